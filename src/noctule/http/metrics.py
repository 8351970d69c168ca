"""What the server tells Prometheus about itself. Collected when asked; one registry for one server."""

from collections import Counter
from collections.abc import Iterable

from prometheus_client import CollectorRegistry
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.platform_collector import PlatformCollector
from prometheus_client.process_collector import ProcessCollector

from noctule.app import Core


class CoreCollector:
    """Live notebooks, pages and runtimes, as they are at the moment of the scrape."""

    def __init__(self, core: Core) -> None:
        self._core = core

    def collect(self) -> Iterable[GaugeMetricFamily]:
        yield GaugeMetricFamily("noctule_rooms", "Live notebooks", value=self._core.rooms.live_count)
        yield GaugeMetricFamily("noctule_pages", "Connected pages", value=self._core.rooms.page_count)
        runtimes = GaugeMetricFamily("noctule_runtimes", "Runtimes by state", labels=["state"])
        for state, count in Counter(view.state for view in self._core.runtimes.live()).items():
            runtimes.add_metric([state], count)
        yield runtimes


def registry(core: Core) -> CollectorRegistry:
    made = CollectorRegistry()
    ProcessCollector(registry=made)
    PlatformCollector(registry=made)
    made.register(CoreCollector(core))
    return made
