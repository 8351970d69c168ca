"""Who asks, and what they may at most. A value, made at the door and passed on; it may not know where it came from."""

from dataclasses import dataclass

from noctule.accounts.capabilities import Capability
from noctule.errors import Forbidden
from noctule_agent.wire.values import UserId

SERVER = UserId("server")
"""The machine's own hand, in team mode: whoever holds the data directory's token. It has no account, and no notebooks."""


@dataclass(frozen=True, slots=True)
class Principal:
    """`session` and `token` are ids: by which of the two they came, if by either. What they may with one notebook is
    roles.py's to say, and never more than `capabilities`."""

    account: UserId
    capabilities: frozenset[Capability]
    session: str | None = None
    token: str | None = None
    admin: bool = False
    address: str = ""

    @property
    def in_person(self) -> bool:
        """Not a program with a token that somebody gave it."""
        return self.token is None and self.account != SERVER


def check_in_person(principal: Principal) -> None:
    """Raises Forbidden. A token that could make tokens, passwords or admins would be worth more than its scopes say."""
    if not principal.in_person:
        raise Forbidden("token-cannot", "A token cannot do this.", "Sign in to the page and do it there.")
