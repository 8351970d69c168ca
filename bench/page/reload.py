"""A page that is loaded again while its cell prints: how soon its output is there again, and goes on, and what is lost."""

import re
from typing import Final

from bench.harness import Bench, Most
from bench.page.browser import Watched, chromium
from bench.page.cold import notebook
from bench.page.parties import LabParty, NoctuleParty, Party

TICKS: Final = """import time
for n in range(240):
    print(f"tick {n}.", flush=True)
    time.sleep(0.25)"""
BEFORE_MS: Final = 5_000
PATIENCE_MS: Final = 15_000
_TICK: Final = re.compile(r"tick (\d+)\.")


async def run(bench: Bench) -> None:
    figures = Reload(bench)
    async with (
        NoctuleParty.started(bench.directory("noctule")) as ours,
        LabParty.started(bench.directory("lab")) as lab,
    ):
        for number in range(1 if bench.quick else 3):
            for party in (ours, lab):
                await figures.of(party, number)


class Reload:
    def __init__(self, bench: Bench) -> None:
        topic = "page: reload while a cell prints"
        self.shown = bench.measure(topic, "output is shown again", "s", Most(0.7))
        self.goes_on = bench.measure(topic, "and goes on", "s", Most(1.0))
        self.lost = bench.measure(topic, "lines lost", "", Most(0, of="max"))

    async def of(self, party: Party, number: int) -> None:
        address = await party.put(f"reload-{number}.ipynb", notebook(TICKS))
        async with chromium(party.sign_in) as context, Watched.opened(context) as watched:
            page = watched.page
            # Whoever asks whether one really wants to leave is answered yes.
            page.on("dialog", lambda dialog: dialog.accept())
            await page.goto(address, wait_until="commit")
            await page.wait_for_selector(party.editor, timeout=60_000)
            await page.wait_for_timeout(2_000)
            await party.run_first(page)
            await watched.shows(party.output_text, "tick 3.")
            await page.wait_for_timeout(BEFORE_MS)
            await page.reload(wait_until="commit")
            try:
                shown = await watched.shows(party.output_text, "tick 0.", timeout=PATIENCE_MS)
            except Exception:
                self._never(party)
                return
            self.shown.add(party.name, shown / 1000)
            last = max(map(int, _TICK.findall(await page.locator(party.output_text).first.inner_text())))
            self.goes_on.add(party.name, await watched.shows(party.output_text, f"tick {last + 1}.") / 1000)
            seen = [int(tick) for tick in _TICK.findall(await page.locator(party.output_text).first.inner_text())]
            self.lost.add(party.name, len(set(range(seen[-1] + 1)) - set(seen)))

    def _never(self, party: Party) -> None:
        """Nothing came back within the time that was waited: all lines are lost to who looks."""
        self.shown.add(party.name, PATIENCE_MS / 1000)
        self.goes_on.add(party.name, PATIENCE_MS / 1000)
        self.lost.add(party.name, BEFORE_MS // 250)
