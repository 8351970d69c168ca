"""Every operation needs exactly one capability; one that nobody classified is refused."""

import typing

import pytest
from litestar import Litestar
from wsgidav.request_server import RequestServer

from noctule.accounts import capabilities
from noctule.accounts.capabilities import ALL, Capability
from noctule.app import Core
from noctule.errors import Forbidden
from noctule.http.app import litestar_app
from noctule_agent.wire import page

WEBDAV = {method.removeprefix("do_") for method in dir(RequestServer) if method.startswith("do_")} - {"POST"}
"""What WsgiDAV answers; a POST it refuses."""


def test_every_frame_of_a_page_is_in_the_table_and_nothing_else() -> None:
    assert set(capabilities.FRAMES) == set(typing.get_args(page.FromPage))


def test_every_route_is_in_the_table_and_nothing_else(core: Core) -> None:
    app: Litestar = litestar_app(core)
    found = set()
    for route in app.routes:
        methods = WEBDAV if route.path_format == "/dav" else getattr(route, "methods", None) or {"WEBSOCKET"}
        unnamed = {"HEAD"} if methods is WEBDAV else {"HEAD", "OPTIONS"}
        found |= {(method, route.path_format) for method in methods if method not in unnamed}
    assert found == set(capabilities.REQUESTS)


def test_a_notebooks_past_is_for_who_may_edit_however_it_is_asked_for() -> None:
    """Revisions and executed code hold what was taken out of a notebook on purpose: a key, a name."""
    of_now = {"/api/v1/notebooks/{notebook_id}/compare/{other_id}"}
    past = [
        needed
        for (_, path), needed in capabilities.REQUESTS.items()
        if any(word in path for word in ("/revisions", "/compare", "/executions")) and path not in of_now
    ]
    assert len(past) == 11
    assert set(past) == {Capability.EDIT}


def test_what_is_not_in_the_table_is_refused() -> None:
    with pytest.raises(Forbidden):
        capabilities.of_request("POST", "/api/v1/unheard-of")
    with pytest.raises(Forbidden):
        capabilities.of_frame(object())


def test_who_lacks_a_capability_is_told_which() -> None:
    capabilities.check(Capability.RUN, ALL)
    with pytest.raises(Forbidden, match="run"):
        capabilities.check(Capability.RUN, ALL - {Capability.RUN})
