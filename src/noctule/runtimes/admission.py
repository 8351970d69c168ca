"""Who may come in: judges the Hello of an agent. Pure but for the hash; changes nothing."""

import hashlib
import hmac

import msgspec

from noctule.store.rows import KernelRow, RuntimeRow
from noctule_agent.wire.link import CLOSE_FENCED, CLOSE_VERSION, VERSION, Hello, Refused
from noctule_agent.wire.values import Cause


class Refusal(msgspec.Struct, frozen=True):
    frame: Refused
    close_code: int


def hash_token(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def refusal(hello: Hello, row: RuntimeRow | None) -> Refusal | None:
    """None: it is the agent of this runtime's newest launch. `row` is what the store knows of the runtime."""
    if hello.version[0] != VERSION[0]:
        ours = ".".join(map(str, VERSION))
        return Refusal(Refused("version", f"This server speaks version {ours} of the agent link."), CLOSE_VERSION)
    if row is None:
        return _refused("unknown", "This server knows no such runtime.")
    if row.state == "ended":
        return _refused("fenced", "This runtime has ended.")
    if hello.generation < row.generation:
        return _refused("fenced", f"A newer launch ({row.generation}) of this runtime exists.")
    if hello.generation > row.generation or not hmac.compare_digest(hash_token(hello.token), row.token_hash):
        return _refused("unknown", "The token is not that of this runtime.")
    return None


def journal_lost(hello: Hello, row: RuntimeRow, kernels: list[KernelRow]) -> Cause | None:
    """Why the agent's journal cannot go on where this server stands; None when it can."""
    if row.journal_id and hello.journal_id != row.journal_id:
        return Cause(
            "journal-lost",
            "The runtime's journal was lost, and with it what its kernel said that had not arrived. Run again to start anew.",
            {"journal": hello.journal_id, "expected": row.journal_id},
        )
    cursors = {kernel.id: kernel.cursor for kernel in kernels}
    for head in hello.kernels:
        cursor = cursors.get(head.kernel_id, 0)
        # (0, 0) is an empty journal: everything was applied and forgotten, or nothing was said yet.
        if head.first_seq > cursor + 1 or 0 < head.head_seq < cursor:
            return Cause(
                "journal-lost",
                "The runtime's journal and this server's database do not fit: one of them was set back to an earlier "
                "state. Run again to start anew.",
                {"cursor": cursor, "first": head.first_seq, "head": head.head_seq},
            )
    return None


def _refused(code: str, reason: str) -> Refusal:
    return Refusal(Refused(code, reason), CLOSE_FENCED)
