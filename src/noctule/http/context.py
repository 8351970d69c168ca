"""What handlers share: the running Core, and the request's user, typed."""

from typing import Any, TypeAlias, cast

from litestar import Request, WebSocket
from litestar.datastructures import State
from litestar.di import NamedDependency

from noctule.app import Core
from noctule.errors import Unauthorized
from noctule_agent.wire.values import UserId

TheCore: TypeAlias = NamedDependency[Core]
AppRequest: TypeAlias = Request[UserId | None, Any, State]
AppSocket: TypeAlias = WebSocket[UserId | None, Any, State]


def user_of(request: AppRequest) -> UserId:
    """The user whom the gate let in."""
    user = cast("UserId | None", request.scope.get("user"))
    if user is None:
        raise Unauthorized("no-session", "You are not signed in.", "Open the link that `noctule serve` printed.")
    return user
