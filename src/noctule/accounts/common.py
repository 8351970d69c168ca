"""What the parts of accounts share: the rules, what they need of the world, who visits, and how secrets are kept."""

import hashlib
import hmac
import ipaddress
from typing import Final, Literal, NamedTuple, Protocol

import msgspec

from noctule.accounts.capabilities import Capability
from noctule.accounts.live import Live
from noctule.accounts.passwords import Passwords
from noctule.accounts.principal import Principal
from noctule.errors import Conflict
from noctule.store import Store
from noctule.store.rows import AccountRow
from noctule_agent.wire.ports import Clock, Ids
from noctule_agent.wire.values import Millis, UserId

USER: Final = UserId("you")
"""The one user of personal mode."""
NOTEBOOKS: Final = frozenset({Capability.VIEW, Capability.EDIT, Capability.COMMENT, Capability.RUN, Capability.SHARE})
"""What somebody may do with what is theirs."""
DAY_MS: Final = 24 * 3600 * 1000
NOTED_MS: Final = 5 * 60 * 1000
"""How often it is noted that a session or a token is used: a write for each request would be one too many."""
AGENT_CHARS: Final = 300


class Rules(msgspec.Struct, frozen=True):
    """What the settings say of accounts. `quota`: bytes of a new account, None for no bound."""

    team: bool = False
    sign_up: Literal["invitation", "open"] = "invitation"
    oidc_sign_up: bool = False
    quota: int | None = None
    audit_days: int = 365


class Leaving(Protocol):
    """What else has to go when an account is deleted: files, runtimes. Called before its row goes; may be called again."""

    async def leave(self, account: UserId) -> None: ...


class NothingLeft:
    """A Leaving for who has nothing but rows."""

    async def leave(self, account: UserId) -> None:
        del account


class Means(msgspec.Struct, frozen=True):
    """What every part of accounts has."""

    store: Store
    clock: Clock
    ids: Ids
    passwords: Passwords
    live: Live
    rules: Rules


class Visitor(NamedTuple):
    """A browser or a program at the door: from where, and what it calls itself."""

    address: str
    agent: str = ""


class By(NamedTuple):
    """Who does something, and from where, as the audit log says it."""

    who: str
    address: str = ""


def by(principal: Principal) -> By:
    return By(principal.account, principal.address)


def held_by(account: AccountRow) -> frozenset[Capability]:
    """What an account may at most."""
    return NOTEBOOKS | {Capability.MANAGE} if account.admin else NOTEBOOKS


def digest(secret: str) -> str:
    """How a secret of 256 random bits is kept. A password is not one: passwords.py."""
    return hashlib.sha256(secret.encode(errors="surrogatepass")).hexdigest()


def same(one: str, other: str) -> bool:
    """In the same time, however much of it is the same."""
    return hmac.compare_digest(one.encode(errors="surrogatepass"), other.encode(errors="surrogatepass"))


def neighbourhood(address: str) -> str:
    """What attempts are counted by: an address, of IPv6 the network that one person has."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(found, ipaddress.IPv6Address):
        mapped = found.ipv4_mapped
        return str(mapped) if mapped else str(ipaddress.ip_network((int(found), 64), strict=False))
    return str(found)


def days_from(now: Millis, days: float) -> Millis:
    return Millis(now + int(days * DAY_MS))


def check_team(rules: Rules) -> None:
    """Raises Conflict for what one user alone has no use for."""
    if not rules.team:
        raise Conflict(
            "personal-mode", "This server has one user.", 'Accounts are there in team mode: `mode = "team"`.'
        )
