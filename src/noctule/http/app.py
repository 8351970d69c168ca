"""The Litestar application over a running Core: routes, errors, the gate. It starts and stops nothing."""

from urllib.parse import urlsplit

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
from noctule.http import door, problems, service, settings, sockets, static, widgets
from noctule.http.admin import Admin
from noctule.http.audit import Audit
from noctule.http.dav.door import dav
from noctule.http.files import Files
from noctule.http.gate import Gate, capability_guard
from noctule.http.items.contents import Contents
from noctule.http.items.items import Drives
from noctule.http.items.sharing import SharingController
from noctule.http.items.uploads import UploadsController
from noctule.http.me import MyAccount
from noctule.http.metrics import registry
from noctule.http.notebooks import Notebooks
from noctule.http.outputs import Outputs
from noctule.http.people import people
from noctule.http.revisions import Comparing, Revisions
from noctule.http.runs import Runs
from noctule.http.teams import TeamsController
from noctule.http.templates import Templates
from noctule.http.terminals import Terminals, terminal_socket
from noctule_agent.wire.limits import NOTEBOOK_FILE_BYTES

LOCAL_NAMES = ("localhost", "127.0.0.1", "::1")


def create_app(core: Core) -> ASGIApp:
    """The ASGI application. `core` is open already, and outlives it."""
    config = core.config
    parts = [urlsplit(url) for url in config.public_urls]
    named = [part.hostname or "" for part in parts] if config.mode == "team" else [config.host]
    return Gate(
        litestar_app(core),
        core.accounts,
        (*LOCAL_NAMES, *named),
        [each.strip() for each in config.trusted_proxies.split(",") if each.strip()],
        [part.netloc for part in parts if part.scheme == "https"],
    )


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
            service.stop,
            settings.settings,
            door.door,
            door.sign_in,
            door.sign_out,
            door.sign_up,
            door.invitation,
            door.oidc_start,
            door.oidc_back,
            MyAccount,
            people,
            Admin,
            TeamsController,
            Audit,
            sockets.page_socket,
            terminal_socket,
            sockets.agent_socket,
            static.home,
            static.named_page,
            static.plain_page,
            static.drive_page,
            static.asset,
            Drives,
            Contents,
            UploadsController,
            SharingController,
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
