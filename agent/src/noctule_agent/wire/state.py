"""The run state: what machines say about a notebook, and the numbered operations that change it.

    RunSnapshot(rev)
      kernel    KernelView | None        one kernel a notebook
      runtime   RuntimeView | None       the machine it runs on
      executions[]  ExecutionView        the current one of each cell, and all that wait or run
      cells[]   CellOutputs              outputs of each cell, in order; `complete=False` when left out for size
      prompts[] PromptView               open questions to a person
      threads[], comments[]              what people say about cells (comments.py); only for who may comment
      saved     SavedView                how far the .ipynb in Drive is

Written by the server alone, from the agent's journal; read by pages, the command line and tests. One revision is one
committed transaction; `ops` of a revision are applied in order (src/noctule/runs/view.py and web/src/runs/view.ts do
the same, and contract/fixtures/*.json hold both to it).
"""

from typing import Any, Literal

import msgspec

from .comments import CommentOp, CommentView, ThreadView
from .values import (
    BatchId,
    Cause,
    CellId,
    ExecutionId,
    KernelId,
    Millis,
    OutputId,
    PromptId,
    RuntimeId,
)

ExecutionState = Literal["queued", "running", "ok", "error", "aborted", "lost"]
"""`ok`, `error`, `aborted` and `lost` are final. `aborted`: it never ran. `lost`: it may have run; nobody knows the end."""

FINAL_STATES: frozenset[str] = frozenset({"ok", "error", "aborted", "lost"})

StreamName = Literal["stdout", "stderr"]


class _Tagged(msgspec.Struct, frozen=True, tag_field="t", omit_defaults=True):
    """Base of every tagged value here."""


class ExecutionView(msgspec.Struct, frozen=True, omit_defaults=True):
    """One run of one cell. `source_hash` is the hex sha256 of the source that ran; `epoch` that of its kernel.

    `clear_next`: `clear_output(wait=True)` was said; the next output clears the earlier ones first.
    """

    id: ExecutionId
    cell_id: CellId
    batch_id: BatchId
    state: ExecutionState
    queued_at: Millis
    source_hash: str = ""
    started_at: Millis | None = None
    finished_at: Millis | None = None
    execution_count: int | None = None
    cause: Cause | None = None
    by: str = ""
    epoch: int | None = None
    clear_next: bool = False


# --- MIME values ------------------------------------------------------------------------------------------------


class Inline(_Tagged, frozen=True, tag="inline"):
    """A MIME value itself: text as str (base64 for binary types, as in nbformat), JSON types as JSON."""

    value: Any


class BlobRef(_Tagged, frozen=True, tag="blob"):
    """A MIME value kept as a content-addressed blob: the bytes of its text (UTF-8), its JSON, or the decoded base64.

    `encoding` says which: `text`, `json` or `base64`. `size` is that of the stored bytes. Of a picture `width` and
    `height` are in pixels, 0 when they could not be read; of a DataFrame's HTML `rows` is how many lines its table shows,
    those of the head included, 0 when it is none.
    """

    sha256: str
    size: int
    encoding: Literal["text", "json", "base64"]
    width: int = 0
    height: int = 0
    rows: int = 0


MimeValue = Inline | BlobRef
MimeBundle = dict[str, MimeValue]


# --- outputs ----------------------------------------------------------------------------------------------------


class StreamOutput(_Tagged, frozen=True, tag="stream"):
    """Folded text of stdout or stderr. What is shown is `text + tail`.

    `text` is finished and only ever grows; `tail` (at most FOLD_LINES / FOLD_CHARS) may still be rewritten by `\\r`, `\\b`
    or a cursor movement. `chars` counts the code points of the finished text as stored. In snapshots a long text is
    cut: `text` then holds the head, `omitted` code points are left out, `text_end` holds the end.
    `cursor` and `terminal` are for the reducer alone, as in TextAppend.
    """

    id: OutputId
    name: StreamName
    text: str = ""
    tail: str = ""
    chars: int = 0
    omitted: int = 0
    text_end: str = ""
    cursor: tuple[int, int] | None = None
    terminal: str = ""


class DisplayOutput(_Tagged, frozen=True, tag="display"):
    """`display_data` (execution_count None and not result) or `execute_result` of nbformat."""

    id: OutputId
    data: MimeBundle
    metadata: dict[str, Any] = {}
    result: bool = False
    execution_count: int | None = None
    display_id: str | None = None


class ErrorOutput(_Tagged, frozen=True, tag="error"):
    id: OutputId
    ename: str
    evalue: str
    traceback: list[str] = []


class CutOutput(_Tagged, frozen=True, tag="cut"):
    """The visible mark where a limit of the record was met: what was not kept, and which limit."""

    id: OutputId
    cause: Cause


Output = StreamOutput | DisplayOutput | ErrorOutput | CutOutput


class CellOutputs(msgspec.Struct, frozen=True, omit_defaults=True):
    """Outputs that a cell shows. `execution_id` is None for outputs that came with an imported file; they have the
    `execution_count` of the file, others that of their execution.

    `complete=False`: they were left out of the snapshot and are asked for by `need`. `count` and `bytes` say how much
    there is; so that a page keeps their place, `lines` how many lines their texts have (of each at most OUTPUT_LINES),
    `width` and `height` what their pictures take one below the other, in CSS pixels, `tables` how many DataFrames are among
    them and `rows` how many lines those show. What is neither text, picture nor table is not in these.
    `superseded=True` (only in the bare snapshot from which a reducer goes on, never to pages): the cell shows a later
    execution; late messages still reach this one. Of one cell, entries are in the order in which they were shown.
    """

    cell_id: CellId
    execution_id: ExecutionId | None
    outputs: list[Output] = []
    complete: bool = True
    count: int = 0
    bytes: int = 0
    lines: int = 0
    width: int = 0
    height: int = 0
    tables: int = 0
    rows: int = 0
    superseded: bool = False
    execution_count: int | None = None


# --- prompts, kernel, runtime -----------------------------------------------------------------------------------


class PromptView(msgspec.Struct, frozen=True, omit_defaults=True):
    """A question of a running cell to a person: `input()` or `getpass()`."""

    id: PromptId
    execution_id: ExecutionId
    cell_id: CellId
    kind: Literal["text", "password"]
    text: str
    state: Literal["open", "answered", "cancelled"]
    opened_at: Millis
    answered_by: str = ""


KernelState = Literal["starting", "idle", "busy", "waiting", "restarting", "dead"]


class KernelView(msgspec.Struct, frozen=True, omit_defaults=True):
    """The kernel of a notebook. `epoch` counts the starts of all kernels the notebook had; variables live for one epoch.

    `language_info` is what the kernel says of its language, as nbformat's metadata has it.
    An agent counts the starts of one kernel from 1: `epoch = epoch_base + the agent's epoch`, where `epoch_base` is
    above the epochs of all kernels before this one. So widgets and displays of an earlier kernel never seem alive.
    """

    id: KernelId
    epoch: int
    state: KernelState
    spec_name: str = "python3"
    language: str = ""
    cause: Cause | None = None
    epoch_base: int = 0
    language_info: dict[str, Any] = {}


RuntimeState = Literal["queued", "starting", "connected", "unreachable", "ended"]


class RuntimeView(msgspec.Struct, frozen=True, omit_defaults=True):
    """The machine that runs this notebook. `cause` says why it waits, cannot be reached, or ended.

    The figures are the last that its agent sent (link.Metrics).
    """

    id: RuntimeId
    state: RuntimeState
    launcher: str
    since: Millis
    cause: Cause | None = None
    rss_bytes: int | None = None
    cpu_percent: float | None = None
    rss_limit_bytes: int | None = None
    disk_free_bytes: int | None = None
    disk_total_bytes: int | None = None


class SavedView(msgspec.Struct, frozen=True, omit_defaults=True):
    """How far the .ipynb in Drive is behind what is committed. `problem` when it cannot be written."""

    at: Millis | None = None
    pending: bool = False
    cause: Cause | None = None


class Capture(msgspec.Struct, frozen=True, omit_defaults=True):
    """How an Output widget captures, for the reducer alone.

    `depth`: of several widgets that capture the same request, the deepest gets its outputs (0: captures nothing).
    `clear_next`: `clear_output(wait=True)` was said inside it.
    """

    depth: int = 0
    clear_next: bool = False


BufferPath = list[str | int]
"""Where in a widget's state a buffer belongs: keys and list indices from the top."""


class WidgetModel(msgspec.Struct, frozen=True, omit_defaults=True):
    """An ipywidgets model of the kernel epoch `epoch`. `state` is JSON; `buffers` are (path, blob) pairs.

    As in the Jupyter message, a value that is a buffer is absent from `state` (or None in a list). A model of an
    earlier epoch than the kernel's is shown as it was and answers to nothing.
    """

    id: str
    epoch: int
    target: str
    state: dict[str, Any]
    buffers: list[tuple[BufferPath, BlobRef]] = []
    capture: Capture = Capture()


# --- operations -------------------------------------------------------------------------------------------------


class ExecutionPut(_Tagged, frozen=True, tag="execution"):
    """Insert or replace an execution. One that leaves `queued` for `running` becomes what its cell shows."""

    execution: ExecutionView


class CellShows(_Tagged, frozen=True, tag="shows"):
    """From now on the cell shows the outputs of this execution (none yet), or those that come with a file when None.

    `execution_count` is that of the file.
    """

    cell_id: CellId
    execution_id: ExecutionId | None
    execution_count: int | None = None


class OutputPut(_Tagged, frozen=True, tag="put"):
    """Append an output to an execution of a cell (or to an imported cell when `execution_id` is None)."""

    cell_id: CellId
    execution_id: ExecutionId | None
    output: Output


class TextAppend(_Tagged, frozen=True, tag="text"):
    """The finished text grows by `skipped` code points that are not shown here, then by `text`; `tail` replaces its end.

    `skipped` is 0 as stored; frames to pages leave out the middle of a long text. `cursor` is for the reducer alone:
    (row from the last line of the tail upwards, column) of the next character; None when it is at the end. `terminal`
    too: the SGR and hyperlink sequences in force where the tail begins, after a `^` if the cursor ever moved upwards.
    """

    cell_id: CellId
    execution_id: ExecutionId | None
    output_id: OutputId
    text: str
    tail: str
    skipped: int = 0
    cursor: tuple[int, int] | None = None
    terminal: str = ""


class BundleReplace(_Tagged, frozen=True, tag="replace"):
    """A display changes in place (`update_display_data`)."""

    cell_id: CellId
    execution_id: ExecutionId | None
    output_id: OutputId
    data: MimeBundle
    metadata: dict[str, Any] = {}


class OutputsClear(_Tagged, frozen=True, tag="clear"):
    """Remove all outputs of an execution (`clear_output`, or a person's wish)."""

    cell_id: CellId
    execution_id: ExecutionId | None


class ClearNext(_Tagged, frozen=True, tag="clear-next"):
    """`clear_output(wait=True)`: nothing to show yet; the server sends OutputsClear before the next output."""

    cell_id: CellId
    execution_id: ExecutionId | None
    pending: bool = True


class PromptPut(_Tagged, frozen=True, tag="prompt"):
    """Insert or replace a prompt; one that is not open is no longer shown."""

    prompt: PromptView


class KernelPut(_Tagged, frozen=True, tag="kernel"):
    kernel: KernelView


class RuntimePut(_Tagged, frozen=True, tag="runtime"):
    runtime: RuntimeView


class SavedPut(_Tagged, frozen=True, tag="saved"):
    saved: SavedView


class WidgetPut(_Tagged, frozen=True, tag="widget"):
    """A widget model was opened, or is replaced as a whole.

    `raw_buffers` come from the reducer: the store makes blobs of them, appends them to `model.buffers` and empties
    the field. Pages never see it.
    """

    model: WidgetModel
    raw_buffers: list[tuple[BufferPath, bytes]] = []


class WidgetPatch(_Tagged, frozen=True, tag="widget-patch"):
    """Top-level keys of a model's state changed (`runs.widgets.patched` says exactly how).

    Changed are the keys of `state` and the first keys of all buffer paths: their earlier values and buffers are gone.
    `raw_buffers` as in WidgetPut. `capture` None leaves it as it is. `by`: the Comm of a page that asked for it; that page
    takes it for its echo. "": the kernel said so.
    """

    id: str
    epoch: int
    state: dict[str, Any]
    buffers: list[tuple[BufferPath, BlobRef]] = []
    raw_buffers: list[tuple[BufferPath, bytes]] = []
    capture: Capture | None = None
    by: str = ""


class WidgetGone(_Tagged, frozen=True, tag="widget-gone"):
    id: str
    epoch: int


class WidgetSaid(_Tagged, frozen=True, tag="widget-said"):
    """A custom message of the kernel to the views of a model: for pages that are connected. Nothing keeps it."""

    id: str
    epoch: int
    content: Any = None
    buffers: list[bytes] = []


class CommTaken(_Tagged, frozen=True, tag="comm-taken"):
    """The kernel has dealt with this Comm of a page: it may send the next. Nothing keeps it."""

    id: str


Op = (
    ExecutionPut
    | CellShows
    | OutputPut
    | TextAppend
    | BundleReplace
    | OutputsClear
    | ClearNext
    | PromptPut
    | KernelPut
    | RuntimePut
    | SavedPut
    | WidgetPut
    | WidgetPatch
    | WidgetGone
    | WidgetSaid
    | CommTaken
    | CommentOp
)


class RunSnapshot(msgspec.Struct, frozen=True, omit_defaults=True):
    """The whole run state at revision `rev`."""

    rev: int
    kernel: KernelView | None = None
    runtime: RuntimeView | None = None
    saved: SavedView = SavedView()
    executions: list[ExecutionView] = []
    cells: list[CellOutputs] = []
    prompts: list[PromptView] = []
    widgets: list[WidgetModel] = []
    threads: list[ThreadView] = []
    comments: list[CommentView] = []
