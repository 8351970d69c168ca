"""What handlers share: the running Core, and who asks, typed. The gate puts both of a request's into its scope."""

from typing import Any, TypeAlias, cast

from litestar import Request, WebSocket
from litestar.connection import ASGIConnection
from litestar.datastructures import State
from litestar.di import NamedDependency

from noctule.accounts.common import AGENT_CHARS, Visitor
from noctule.accounts.principal import Principal
from noctule.app import Core
from noctule.errors import NotFound, Unauthorized
from noctule_agent.wire.values import ID_PATTERN, UserId

TheCore: TypeAlias = NamedDependency[Core]
AppConnection: TypeAlias = ASGIConnection[Any, Any, Any, Any]
AppRequest: TypeAlias = Request[UserId | None, Principal | None, State]
AppSocket: TypeAlias = WebSocket[UserId | None, Principal | None, State]


def principal_of(connection: AppConnection) -> Principal:
    """Who was let in by the gate, and what they may at most. Raises Unauthorized."""
    found = cast("Principal | None", connection.scope.get("auth"))
    if found is None:
        raise Unauthorized("no-session", "You are not signed in.", "Sign in, or open the link that the server printed.")
    return found


def user_of(connection: AppConnection) -> UserId:
    """The account of who was let in. Raises Unauthorized."""
    return principal_of(connection).account


def visitor_of(request: AppRequest) -> Visitor:
    """From where a request comes, as the gate found it."""
    address = str(request.scope.get("state", {}).get("address", ""))
    return Visitor(address, request.headers.get("user-agent", "")[:AGENT_CHARS])


def checked_id(text: str) -> str:
    """An id out of a path. Raises NotFound: what cannot be one is nowhere."""
    if not ID_PATTERN.fullmatch(text):
        raise NotFound("not-found", "There is no such thing.", "Its id is none.")
    return text
