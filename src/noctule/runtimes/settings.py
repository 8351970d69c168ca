"""How runtimes are kept: the settings and the patience of this package, in seconds. Holds no behaviour."""

import msgspec

from noctule_agent.wire.limits import UNREACHABLE_SECONDS


class RuntimeSettings(msgspec.Struct, frozen=True, kw_only=True):
    """`server` is what agents are told to dial. `type` names the runtime type (design section 8)."""

    server: str
    type: str = "local"
    lease_seconds: float = 24 * 3600.0
    """How long an agent may run on without hearing from the server."""
    renew_seconds: float = 300.0
    """A lease is renewed this often, a short one four times in its length."""
    pool_size: int = 1
    pool_spec: str = "python3"
    pool_delay_seconds: float = 2.0
    """After the start of the server, and after a warm runtime failed: people come first."""

    tick_seconds: float = 5.0
    """Rows and machines are compared this often while something is under way; events make it at once."""
    rest_seconds: float = 60.0
    """And this often when all is as it should be, in case that an event was missed."""
    grace_seconds: float = 2.0
    """A link that is down for less is not worth a word."""
    unreachable_seconds: float = UNREACHABLE_SECONDS
    """An unreachable agent is inspected from then on, should its launcher have given no notice of death."""
    start_seconds: float = 60.0
    """An agent that has not dialled by then has failed to start (or, draining, to drain)."""
    stop_seconds: float = 20.0
    """An agent that was told to stop and still runs is stopped by its launcher."""
    command_seconds: float = 15.0
    """A command that is not answered by then failed."""
    delete_seconds: float = 120.0
    """The same for the deletion of files, which takes its time when there are many."""
