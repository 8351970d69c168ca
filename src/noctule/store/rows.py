"""What the store gives and takes: frozen Structs, one per kind of row. No SQL, no behaviour.

Wire values (executions, outputs, prompts, kernels, widgets) are stored and given back as the Structs of `wire.state`.
"""

from typing import Any, Literal

import msgspec

from noctule.notebook.thinning import Kind as RevisionKind
from noctule.runs.export import LongStream
from noctule_agent.wire.link import QueuedItem
from noctule_agent.wire.state import ExecutionView, KernelState, Op, Output, RuntimeState
from noctule_agent.wire.values import (
    BatchId,
    Cause,
    CellId,
    Epoch,
    ItemId,
    KernelId,
    Millis,
    NotebookId,
    RevisionId,
    RuntimeId,
    UserId,
)

ItemKind = Literal["folder", "notebook", "file", "other"]
GrantKind = Literal["user", "team", "anyone"]
GivenRole = Literal["viewer", "commenter", "editor"]
"""What can be granted."""
Role = Literal["viewer", "commenter", "editor", "owner"]


class Mark(msgspec.Struct, frozen=True):
    """What a file keeps for as long as it lives, and no other ever has: where its inode is, and when it was made.

    `born`: nanoseconds (statx(2), stx_btime); None where the file system tells none, and then nothing is known by its mark.
    """

    device: int
    inode: int
    born: int | None


class ItemRow(msgspec.Struct, frozen=True):
    """A file or folder of somebody's tree, as it was last seen on the disk. The root of a tree has the id of its owner.

    `mtime_ns` None: it was never on the disk (a new notebook, whose first file is not written yet). `looked_ns`: a folder's own
    mtime when it was last compared with its rows; None when it has to be. `missing_at`: since when it is not where it was;
    until everything was looked at, it may have been moved. `binned_at`: it lies in the bin, and came from `binned_from`.
    """

    id: ItemId
    tree: UserId
    parent: ItemId | None
    name: bytes
    kind: ItemKind
    size: int = 0
    mtime_ns: int | None = None
    mark: Mark | None = None
    looked_ns: int | None = None
    missing_at: Millis | None = None
    binned_at: Millis | None = None
    binned_from: ItemId | None = None


class NotebookRow(msgspec.Struct, frozen=True):
    """A notebook: what is known of an item that was opened as one. `rev` counts the committed transactions of its run state.

    `name`, `tree` and `binned` are the item's. `projected_*` say which rev and document sequence the file in Drive holds and its
    digest; `file_*` are the file's size and mtime as written, to see a change from outside. `running`: an execution waits or runs
    (only in lists).
    """

    id: NotebookId
    name: str
    created_at: Millis
    updated_at: Millis
    rev: int = 0
    tree: UserId = UserId("")
    binned: bool = False
    projected_rev: int | None = None
    projected_seq: int | None = None
    projected_sha256: str | None = None
    file_size: int | None = None
    file_mtime_ns: int | None = None
    running: bool = False


class StoredDocument(msgspec.Struct, frozen=True):
    """A document as kept: the snapshot holds updates up to `snapshot_seq`, `updates` are the later ones up to `seq`."""

    epoch: Epoch
    snapshot: bytes
    snapshot_seq: int
    updates: list[bytes]
    seq: int


class BinnedCell(msgspec.Struct, frozen=True):
    """A deleted cell, as nbformat JSON without its outputs (these stay as rows until the bin is swept)."""

    cell_id: CellId
    cell: bytes
    pos: str
    at: Millis


class BatchRow(msgspec.Struct, frozen=True):
    """What one Run press, or one `noctule run`, asked for."""

    id: BatchId
    notebook_id: NotebookId
    by: str
    origin: str
    created_at: Millis
    params: dict[str, Any] = {}


class QueuedExecution(msgspec.Struct, frozen=True):
    """An execution to be queued, with the source that it is going to run.

    `offered`: it is told to an agent at once; from then on only an agent can take it out of the queue.
    """

    view: ExecutionView
    source: str
    raises_exception: bool = False
    allow_stdin: bool = True
    offered: bool = False

    @property
    def item(self) -> QueuedItem:
        """What an agent is told."""
        return QueuedItem(self.view.id, self.view.cell_id, self.source, self.raises_exception, self.allow_stdin)


class Executed(msgspec.Struct, frozen=True):
    """An execution that ran, and the source that it ran."""

    view: ExecutionView
    source: str


class ExecutedPage(msgspec.Struct, frozen=True):
    """The latest first. `before` asks for the page after this one; None when there is none."""

    executions: list[Executed]
    before: int | None


class KernelRow(msgspec.Struct, frozen=True):
    """A kernel and how far its stream of records is applied (`cursor`). `notebook_id` None: warm, nothing run yet.

    `epoch` and `epoch_base` as in KernelView: of a warm kernel, `epoch` is its agent's count and the base 0.
    """

    id: KernelId
    runtime_id: RuntimeId
    spec_name: str
    created_at: Millis
    notebook_id: NotebookId | None = None
    epoch: int = 0
    state: KernelState = "starting"
    language: str = ""
    cause: Cause | None = None
    cursor: int = 0
    retired: bool = False
    epoch_base: int = 0
    language_info: dict[str, Any] = {}


class RuntimeRow(msgspec.Struct, frozen=True):
    """A machine. `handle` is the launcher's own; `generation` counts launches, an older one is refused."""

    id: RuntimeId
    type: str
    launcher: str
    spec_name: str
    state: RuntimeState
    created_at: Millis
    handle: bytes | None = None
    generation: int = 1
    token_hash: str = ""
    journal_id: str = ""
    cause: Cause | None = None
    connected_at: Millis | None = None
    ended_at: Millis | None = None
    lease_until: Millis | None = None
    draining: bool = False


class RevisionRow(msgspec.Struct, frozen=True):
    """The notebook as it was at one moment. `by`: who asked for it, "" when nobody did. `authors`: who wrote since the one
    before. `size`: the bytes of JSON that it stands for. `digest`: the same of revisions that are the same. `seq`: how far
    the document's log was."""

    id: RevisionId
    notebook_id: NotebookId
    at: Millis
    kind: RevisionKind
    by: UserId
    cells: int
    size: int
    digest: str
    seq: int
    name: str | None = None
    authors: list[str] = []


class AccountRow(msgspec.Struct, frozen=True):
    """A person who may come in. `password`: its argon2id hash, None when it signs in elsewhere. `quota`: bytes, None for
    no bound."""

    id: UserId
    login: str
    shown: str
    created_at: Millis
    email: str | None = None
    password: str | None = None
    admin: bool = False
    disabled: bool = False
    quota: int | None = None
    visited_at: Millis | None = None


class SessionRow(msgspec.Struct, frozen=True):
    """A signed-in browser. Only the hash of its token is kept; `id` is how its owner names it. `agent`: what the browser
    calls itself."""

    token_hash: str
    id: str
    account: UserId
    created_at: Millis
    expires_at: Millis
    seen_at: Millis
    address: str = ""
    agent: str = ""


class TokenRow(msgspec.Struct, frozen=True):
    """A program that acts for a person, and what it may at most."""

    id: str
    account: UserId
    label: str
    hash: str
    scopes: frozenset[str]
    created_at: Millis
    expires_at: Millis | None = None
    used_at: Millis | None = None


class InvitationRow(msgspec.Struct, frozen=True):
    """Lets one person make an account. `by` is the id of an account, or "" for the machine's own."""

    id: str
    hash: str
    by: str
    created_at: Millis
    expires_at: Millis
    email: str | None = None
    admin: bool = False
    used_at: Millis | None = None
    used_by: str | None = None


class TeamRow(msgspec.Struct, frozen=True):
    id: str
    name: str
    created_at: Millis


class GrantRow(msgspec.Struct, frozen=True):
    """Somebody has a role for an item and all below it. `whom`: an account or a team, "" for anyone. `by` may be gone since."""

    id: str
    item_id: ItemId
    kind: GrantKind
    whom: str
    role: GivenRole
    by: UserId
    at: Millis
    expires_at: Millis | None = None


class RequestRow(msgspec.Struct, frozen=True):
    """Somebody asks for a role."""

    item_id: ItemId
    account: UserId
    role: GivenRole
    text: str
    at: Millis


class TransferRow(msgspec.Struct, frozen=True):
    """An item that is to be in the root of another tree, under this name."""

    item_id: ItemId
    to: UserId
    name: bytes


class Standing(msgspec.Struct, frozen=True):
    """What an item is to one person. `role` None: it is not to be known of. `named`: a grant to them or a team of theirs counts,
    on it or above; `direct`: on it. `granted`: it has a grant of its own that counts, whoever has it; `open`: that is one to
    anyone. `binned`, `missing`: it, or something above it, is."""

    tree: UserId
    role: Role | None
    named: bool = False
    direct: bool = False
    granted: bool = False
    open: bool = False
    binned: bool = False
    missing: bool = False


class AuditRow(msgspec.Struct, frozen=True):
    """Who did what, when, from where. `key` counts up; `who` may be gone since."""

    key: int
    at: Millis
    who: str
    address: str
    what: str
    about: str
    detail: dict[str, Any]


class Applied(msgspec.Struct, frozen=True):
    """The new revision, and the operations as pages may see them: large MIME values are blobs."""

    rev: int
    ops: list[Op]


class FullOutputs(msgspec.Struct, frozen=True):
    """What a cell shows, whole, and the count of the execution (or of the file) that it shows. Every value is inline; a
    long text is a `Text`."""

    outputs: list[Output | LongStream]
    execution_count: int | None


class TextSlice(msgspec.Struct, frozen=True):
    """A part of a stream's text, in code points. `next` is where to go on, None at the end."""

    text: str
    total: int
    next: int | None


class LogLines(msgspec.Struct, frozen=True):
    """Lines of a stream's text from `first` on, without their ends. `total` counts all lines; of them, the first `stable`
    never change any more. `cut` names lines that are longer than what is given of them, with their whole length.
    """

    first: int
    lines: list[str]
    total: int
    stable: int
    cut: dict[int, int]


class LogPlace(msgspec.Struct, frozen=True):
    """A place in a stream's text: code points before it, and lines that end before it."""

    offset: int
    line: int


class LogMatches(msgspec.Struct, frozen=True):
    """Lines in which a search found something, in order; `next` is where it goes on, None when it has seen all."""

    lines: list[int]
    next: LogPlace | None
    searched: int
    total: int
