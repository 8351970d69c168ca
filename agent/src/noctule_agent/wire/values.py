"""Ids, causes and problems: the values that every protocol shares. Knows nobody."""

import re
from typing import Annotated, Final, NewType

import msgspec

ItemId = NewType("ItemId", str)
NotebookId = NewType("NotebookId", str)
Epoch = NewType("Epoch", str)
CellId = NewType("CellId", str)
ExecutionId = NewType("ExecutionId", str)
BatchId = NewType("BatchId", str)
OutputId = NewType("OutputId", str)
PromptId = NewType("PromptId", str)
RuntimeId = NewType("RuntimeId", str)
KernelId = NewType("KernelId", str)
CommandId = NewType("CommandId", str)
UserId = NewType("UserId", str)
ThreadId = NewType("ThreadId", str)
CommentId = NewType("CommentId", str)
RevisionId = NewType("RevisionId", str)

DECODE_ERRORS: Final = (msgspec.MsgspecError, UnicodeError, RecursionError)
"""What decoding raises over bytes that others sent: msgspec lets the last two through as they are."""

Millis = NewType("Millis", int)
"""A moment: milliseconds since the Unix epoch, UTC."""

ID_PATTERN: Final = re.compile(r"[A-Za-z0-9_-]{1,64}")
Id = Annotated[str, msgspec.Meta(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9_-]+$")]
"""What an id made by a client must look like (nbformat 4.5 cell ids fit)."""

Evidence = dict[str, str | int | float | bool | None]


class Cause(msgspec.Struct, frozen=True, omit_defaults=True):
    """Why something ended or is not going on. Invariant 13: every end has one.

    `code` is stable and for programs, `message` is a sentence for people that says what happened, why, and what to
    do. `evidence` holds the measured facts behind it (exit status, signal, peak memory in bytes, ...).
    """

    code: str
    message: str
    evidence: Evidence = {}


class Problem(msgspec.Struct, frozen=True, omit_defaults=True):
    """A refusal or an error as a value: RFC 9457 in HTTP, a `reply` on a socket.

    `code` is stable; `title` says what happened; `detail` says why and what to do.
    """

    code: str
    title: str
    detail: str = ""
    status: int = 400
