"""The page socket: one WebSocket per notebook, edits and commands on one ordered stream.

    page                                          server
      Open{epoch?, state_vector, rev?}     --->
                                           <---   Welcome{epoch, update, lacks, snapshot | ops}    or Refused and close
      Update{n, update}                    --->   applied, relayed
                                           <---   Saved{n}        when durable: only then may a page forget it
      Run{id, batch_id, executions}        --->   cells are named, never code; earlier updates are in it
                                           <---   Done{id} | Failed{id, problem}
                                           <---   Ops{from_rev, rev, ops}
      Need{cell_ids}                       --->
                                           <---   Outputs{rev, cells}
      Ask{id, ask}                         --->   of the kernel, beside its runs (asks.py); of no order with the rest
                                           <---   Answer{id, answer} | Failed{id, problem}
      Ping{}                               --->
                                           <---   Pong{}
                                           <---   Rights{capabilities}    from now on it may do this
      Presence{place}                      --->   where this page is; who it is, the server says
                                           <---   Peers{here, gone}     relayed and not kept

A page that comes back says what it has: its epoch and state vector for the document, its `rev` for the run state. It gets
what it lacks, and is told what the server lacks (`state_vector` of the Welcome), and re-sends that. Another epoch is never
merged: the page keeps its old document aside.
"""

from typing import Annotated, Literal

import msgspec

from .asks import AnswerBody, AskBody
from .limits import PRESENCE_POSITION_BYTES
from .state import CellOutputs, Op, RunSnapshot
from .values import CellId, CommandId, CommentId, Epoch, ExecutionId, Id, Problem, PromptId, ThreadId, UserId

# Version history: major = breaking, minor = additive.
# 1.0  the first.
# 1.1  who is here.
# 1.2  Ask and Answer.
# 1.3  comments.
# 1.4  what widgets say: WidgetSaid, CommTaken, WidgetPatch.by, Comm.cell_id.
# 1.5  the measures of outputs that are left out, and of pictures.
# 1.6  the measures of tables.
# 1.7  what a page may do: Rights, and in the Welcome; whose the notebook is.
VERSION = (1, 7)


class _Tagged(msgspec.Struct, frozen=True, tag_field="t", omit_defaults=True):
    """Base of every frame."""


ClientId = Annotated[int, msgspec.Meta(ge=0, le=2**53 - 1)]
_NEW_ID = msgspec.Meta(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9_-]+$")
NewThreadId = Annotated[ThreadId, _NEW_ID]
NewCommentId = Annotated[CommentId, _NEW_ID]

# --- page -> server --------------------------------------------------------------------------------------------------


class Open(_Tagged, frozen=True, tag="open"):
    """First frame. `epoch`, `state_vector` and `rev` are what the page has from before; None on a first visit.

    `client_id` is a number that the page makes once for its life: with its user, the name of its presence. 0: a program,
    which is not shown to others and is not told of them.
    """

    version: tuple[int, int]
    client_id: ClientId = 0
    epoch: Epoch | None = None
    state_vector: bytes | None = None
    rev: int | None = None


class Update(_Tagged, frozen=True, tag="update"):
    """A Yjs update (v1). `n` counts the updates of this connection from 1."""

    n: int
    update: bytes


Position = Annotated[bytes, msgspec.Meta(max_length=PRESENCE_POSITION_BYTES)]
"""A Yjs relative position in the text of a cell."""


class Place(msgspec.Struct, frozen=True, omit_defaults=True):
    """Where a page is: its selected cell; in an editor also both ends of its selection."""

    cell_id: Annotated[CellId, msgspec.Meta(max_length=64)]
    mode: Literal["command", "edit"] = "command"
    anchor: Position | None = None
    head: Position | None = None


class Presence(_Tagged, frozen=True, tag="presence"):
    """Where this page is now; None: nowhere in particular."""

    place: Place | None = None


class RunItem(msgspec.Struct, frozen=True):
    execution_id: Annotated[ExecutionId, _NEW_ID]
    cell_id: CellId


class Run(_Tagged, frozen=True, tag="run"):
    """Run these cells in this order, with the source that the server holds when this frame arrives."""

    id: Id
    batch_id: Id
    executions: list[RunItem]


class Interrupt(_Tagged, frozen=True, tag="interrupt"):
    id: Id


class Restart(_Tagged, frozen=True, tag="restart"):
    id: Id


class CancelRun(_Tagged, frozen=True, tag="cancel"):
    """Take these out of the queue if they have not started; all when None."""

    id: Id
    execution_ids: list[ExecutionId] | None = None


class Connect(_Tagged, frozen=True, tag="connect"):
    """Get a runtime for this notebook now."""

    id: Id


class Disconnect(_Tagged, frozen=True, tag="disconnect"):
    """End the runtime of this notebook: variables and files of the runtime are gone."""

    id: Id


class AnswerPrompt(_Tagged, frozen=True, tag="answer"):
    id: Id
    prompt_id: PromptId
    value: str


class ClearOutputs(_Tagged, frozen=True, tag="clear"):
    """Remove the outputs of these cells, of all when None."""

    id: Id
    cell_ids: list[CellId] | None = None


class Need(_Tagged, frozen=True, tag="need"):
    """Outputs that the snapshot left out."""

    cell_ids: list[CellId]


class Comm(_Tagged, frozen=True, tag="comm"):
    """A widget in this page speaks to the kernel. `content` is JSON text of the Jupyter message's content.

    `Done` says that the kernel will get it, CommTaken that it has dealt with it. What it prints meanwhile belongs to the
    execution that the cell `cell_id` shows.
    """

    id: Id
    msg_type: str
    content: bytes
    buffers: list[bytes] = []
    cell_id: CellId | None = None


class Ask(_Tagged, frozen=True, tag="ask"):
    """Ask the kernel something that runs no code of the notebook. Lost with the connection; never asked twice."""

    id: Id
    ask: AskBody


class StartThread(_Tagged, frozen=True, tag="start-thread"):
    """Say something about a cell. The ids make it idempotent, as those of all commands about comments."""

    id: Id
    thread_id: NewThreadId
    comment_id: NewCommentId
    cell_id: CellId
    text: str


class Reply(_Tagged, frozen=True, tag="reply"):
    id: Id
    thread_id: ThreadId
    comment_id: NewCommentId
    text: str


class EditComment(_Tagged, frozen=True, tag="edit-comment"):
    """Replace the text of one's own comment. `version`: the one that this page saw."""

    id: Id
    comment_id: CommentId
    version: int
    text: str


class DeleteComment(_Tagged, frozen=True, tag="delete-comment"):
    """Take back one's own comment."""

    id: Id
    comment_id: CommentId


class ResolveThread(_Tagged, frozen=True, tag="resolve-thread"):
    """Resolve a thread, or reopen it. `turn`: the one that this page saw."""

    id: Id
    thread_id: ThreadId
    turn: int
    resolved: bool


class Ping(_Tagged, frozen=True, tag="ping"):
    """Is anybody there? A browser cannot see the WebSocket's own pings. Answered by Pong at once."""


FromPage = (
    Open
    | Update
    | Presence
    | Run
    | Interrupt
    | Restart
    | CancelRun
    | Connect
    | Disconnect
    | AnswerPrompt
    | ClearOutputs
    | Need
    | Comm
    | Ask
    | StartThread
    | Reply
    | EditComment
    | DeleteComment
    | ResolveThread
    | Ping
)


# --- server -> page --------------------------------------------------------------------------------------------------


class Welcome(_Tagged, frozen=True, tag="welcome"):
    """`update` is what the page lacks of the document (all of it when `fresh`); `state_vector` is what the server has.

    `fresh`: the page's epoch was another one, or none: start a new document from `update`.
    `snapshot` is None when the page's `rev` could be resumed; then Ops follow. `capabilities`: what this page may do, until
    Rights says otherwise. `owner`: the account whose notebook it is.
    """

    version: tuple[int, int]
    server: str
    epoch: Epoch
    fresh: bool
    update: bytes
    state_vector: bytes
    rev: int
    snapshot: RunSnapshot | None = None
    user: str = ""
    capabilities: list[str] = []
    owner: str = ""


class Refused(_Tagged, frozen=True, tag="refused"):
    """The server closes after this. `again`: seconds until a new try makes sense, None when none does."""

    problem: Problem
    again: float | None = None


class PeerUpdate(_Tagged, frozen=True, tag="peer"):
    """A Yjs update of another page or of the server."""

    update: bytes


class Saved(_Tagged, frozen=True, tag="durable"):
    """Updates of this connection up to `n` are durable."""

    n: int


class PeerKey(msgspec.Struct, frozen=True):
    """The name of a page among those that have a notebook open."""

    user: UserId
    client_id: ClientId


class Peer(msgspec.Struct, frozen=True, omit_defaults=True):
    """A page that has this notebook open. Who it is, and its colour, the server says; where it is, the page itself."""

    key: PeerKey
    colour: int
    place: Place | None = None


class Peers(_Tagged, frozen=True, tag="peers"):
    """Pages that came or moved, and those that are gone. `whole`: there are no others (the receiver is one of them)."""

    here: list[Peer]
    gone: list[PeerKey] = []
    whole: bool = False


class Ops(_Tagged, frozen=True, tag="ops"):
    """Operations of the revisions after `from_rev` up to `rev`, conflated. Apply only when `from_rev` is what one has."""

    from_rev: int
    rev: int
    ops: list[Op]


class Outputs(_Tagged, frozen=True, tag="outputs"):
    """Answer to Need: these cells' outputs as of `rev`, replacing what the page has of them."""

    rev: int
    cells: list[CellOutputs]


class Done(_Tagged, frozen=True, tag="done"):
    id: CommandId


class Failed(_Tagged, frozen=True, tag="failed"):
    id: CommandId
    problem: Problem


class Answer(_Tagged, frozen=True, tag="answer"):
    """What the kernel says to an Ask. A refusal is Failed."""

    id: CommandId
    answer: AnswerBody


class Notice(_Tagged, frozen=True, tag="notice"):
    """The server cannot commit now (a full disk); what a page writes stays in the page until it can. None: it is over."""

    problem: Problem | None


class Rights(_Tagged, frozen=True, tag="rights"):
    """What this page may do from now on, whatever it could before: the server holds it to that already.

    A page that gains `comment` opens anew without its `rev`: what was said before comes with the snapshot.
    """

    capabilities: list[str]


class Pong(_Tagged, frozen=True, tag="pong"):
    """The answer to Ping."""


class NewEpoch(_Tagged, frozen=True, tag="epoch"):
    """The document was replaced. Close and open anew; never merge."""

    epoch: Epoch


ToPage = (
    Welcome
    | Refused
    | PeerUpdate
    | Saved
    | Peers
    | Ops
    | Outputs
    | Done
    | Failed
    | Answer
    | Notice
    | Rights
    | Pong
    | NewEpoch
)

CLOSE_PROTOCOL = 4400
CLOSE_UNAUTHORIZED = 4401
CLOSE_ACCESS_ENDED = 4403
CLOSE_NOT_FOUND = 4404
CLOSE_VERSION = 4426
CLOSE_SLOW = 4429
CLOSE_SERVER_STOPS = 1012
