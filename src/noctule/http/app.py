"""The Litestar application over a running Core: routes, errors, the gate. It starts and stops nothing."""

from litestar import Litestar
from litestar.di import Provide
from litestar.exceptions import HTTPException
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.types import ASGIApp
from prometheus_client import CollectorRegistry

from noctule import __version__
from noctule.app import Core
from noctule.errors import NoctuleError
from noctule.http import problems, service, sockets, static, widgets
from noctule.http.dav.door import dav
from noctule.http.files import Files
from noctule.http.gate import Gate, capability_guard
from noctule.http.items import Drives
from noctule.http.metrics import registry
from noctule.http.notebooks import Notebooks
from noctule.http.outputs import Outputs
from noctule.http.revisions import Comparing, Revisions
from noctule.http.runs import Runs
from noctule.http.templates import Templates
from noctule.http.terminals import Terminals, terminal_socket
from noctule_agent.wire.limits import NOTEBOOK_FILE_BYTES

LOCAL_NAMES = ("localhost", "127.0.0.1", "::1")


def create_app(core: Core) -> ASGIApp:
    """The ASGI application. `core` is open already, and outlives it."""
    return Gate(litestar_app(core), core.accounts, (*LOCAL_NAMES, core.config.host))


def litestar_app(core: Core) -> Litestar:
    """The routes, without the gate in front."""

    metrics = registry(core)

    def provide_core() -> Core:
        return core

    def provide_metrics() -> CollectorRegistry:
        return metrics

    return Litestar(
        route_handlers=[
            Notebooks,
            Templates,
            Runs,
            Outputs,
            Terminals,
            Files,
            Revisions,
            Comparing,
            service.healthz,
            service.readyz,
            service.scrape,
            service.me,
            service.stop,
            sockets.page_socket,
            terminal_socket,
            sockets.agent_socket,
            static.home,
            static.notebook_page,
            static.asset,
            Drives,
            dav(core),
            widgets.nbextension,
            widgets.buffer,
        ],
        dependencies={
            "core": Provide(provide_core, sync_to_thread=False),
            "metrics": Provide(provide_metrics, sync_to_thread=False),
        },
        guards=[capability_guard(core.accounts)],
        exception_handlers={
            NoctuleError: problems.on_noctule_error,
            HTTPException: problems.on_http_exception,
            Exception: problems.on_defect,
        },
        openapi_config=OpenAPIConfig(
            title="Noctule",
            version=__version__,
            path="/api/v1/openapi.json",
            render_plugins=[JsonRenderPlugin(path="/")],
        ),
        request_max_body_size=NOTEBOOK_FILE_BYTES + 1,
        logging_config=None,
    )
