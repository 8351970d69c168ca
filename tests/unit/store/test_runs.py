"""The run state: what is applied is what snapshots, reducers, pages and files get back; on both databases."""

import base64
from typing import Any

import msgspec
import pytest

from noctule.errors import NotFound
from noctule.runs import export
from noctule.store import StaleRevision, Store, Tx, executions, items, kernels, notebooks, runs, runtimes, sweep
from noctule.store.runs.whole import LONG_BYTES
from noctule.store.tables import metadata
from noctule.texts import Text
from noctule_agent.wire.limits import (
    CHUNK_CHARS,
    INLINE_BYTES,
    OUTPUT_LINES,
    SNAPSHOT_INLINE_BYTES,
    TEXT_HEAD_CHARS,
    TEXT_TAIL_CHARS,
)
from noctule_agent.wire.state import (
    BlobRef,
    BundleReplace,
    Capture,
    CellOutputs,
    CellShows,
    ClearNext,
    CutOutput,
    DisplayOutput,
    ErrorOutput,
    ExecutionPut,
    Inline,
    KernelPut,
    KernelView,
    Op,
    OutputPut,
    OutputsClear,
    PromptPut,
    PromptView,
    RunSnapshot,
    RuntimePut,
    RuntimeView,
    SavedPut,
    SavedView,
    StreamOutput,
    TextAppend,
    WidgetGone,
    WidgetModel,
    WidgetPatch,
    WidgetPut,
)
from noctule_agent.wire.values import (
    Cause,
    CellId,
    ExecutionId,
    ItemId,
    KernelId,
    Millis,
    NotebookId,
    OutputId,
    PromptId,
    RuntimeId,
)
from tests.unit.store.builders import NB, batch, display, execution, kernel, more, queued, runtime, shows, stream
from tests.unit.store.test_dataframes import frame, head, row
from tests.unit.store.test_pictures import png

C1, C2, C3 = CellId("c1"), CellId("c2"), CellId("c3")
X1 = ExecutionId("x1")

pytestmark = pytest.mark.usefixtures("notebook")


async def in_file(store: Store) -> list[dict[str, Any]]:
    """What C1 shows, as the .ipynb has it; of that all texts are read."""

    def read(tx: Tx) -> list[dict[str, Any]]:
        [(_, full)] = runs.full_outputs(tx, NB, [C1])
        return read_texts(export.to_nbformat(full.outputs))

    return await store.read(read)


async def counts_in_file(store: Store, *cells: CellId) -> list[tuple[CellId, int | None]]:
    return await store.read(
        lambda tx: [(cell, full.execution_count) for cell, full in runs.full_outputs(tx, NB, cells)]
    )


def read_texts(value: Any) -> Any:
    match value:
        case Text():
            return "".join(value)
        case dict():
            return {key: read_texts(item) for key, item in value.items()}
        case list():
            return [read_texts(item) for item in value]
        case _:
            return value


async def rev(store: Store) -> int:
    row = await store.read(lambda tx: notebooks.get(tx, NB))
    assert row is not None
    return row.rev


async def apply(store: Store, *ops: Op) -> list[Op]:
    """Apply as the next revision."""
    before = await rev(store)
    applied = await store.write(lambda tx: runs.apply(tx, NB, before, list(ops)))
    assert applied.rev == before + 1
    return applied.ops


async def queue(store: Store, *names: str, cell: str = "c1") -> None:
    items = [queued(name, cell, batch=f"of-{names[0]}") for name in names]
    await store.write(lambda tx: executions.queue(tx, NB, batch(f"of-{names[0]}"), items))


async def snapshot(store: Store, *order: CellId, budget: int = SNAPSHOT_INLINE_BYTES) -> RunSnapshot:
    return await store.read(lambda tx: runs.snapshot(tx, NB, list(order), budget))


async def shown(store: Store, cell: CellId = C1) -> list[Any]:
    [found] = await store.read(lambda tx: runs.outputs(tx, NB, [cell]))
    return list(found.outputs)


# --- revisions --------------------------------------------------------------------------------------------------


async def test_each_application_is_one_revision(store: Store) -> None:
    await apply(store)
    await apply(store, SavedPut(SavedView(at=Millis(3))))
    assert await rev(store) == 2


@pytest.mark.parametrize("wrong", [0, 2])
async def test_another_revision_is_refused_and_nothing_of_it_is_kept(store: Store, wrong: int) -> None:
    await apply(store)
    with pytest.raises(StaleRevision):
        await store.write(lambda tx: runs.apply(tx, NB, wrong, [stream("o1", "lost?", of=None)]))
    assert await shown(store) == []
    assert await rev(store) == 1


async def test_a_notebook_that_is_not_there_has_no_snapshot(store: Store) -> None:
    for read in (lambda tx: runs.snapshot(tx, NotebookId("no"), [], 0), lambda tx: runs.bare(tx, NotebookId("no"))):
        with pytest.raises(NotFound):
            await store.read(read)


async def test_a_new_notebook_has_an_empty_run_state(store: Store) -> None:
    assert await snapshot(store, C1) == RunSnapshot(rev=0)


# --- executions and cells -----------------------------------------------------------------------------------------


async def test_a_snapshot_has_what_waits_and_runs_and_the_shown_and_latest_of_each_cell(store: Store) -> None:
    await queue(store, "x1", "x2", "x3")
    await queue(store, "y1", cell="c2")
    await apply(
        store,
        ExecutionPut(execution("x1", state="ok")),
        shows("x2"),
        ExecutionPut(execution("x2", state="ok")),
        ExecutionPut(execution("x3", state="aborted")),
    )
    found = await snapshot(store, C1, C2)
    assert [(each.id, each.state) for each in found.executions] == [("x2", "ok"), ("x3", "aborted"), ("y1", "queued")]


async def test_every_field_of_an_execution_comes_back(store: Store) -> None:
    await queue(store, "x1")
    view = msgspec.structs.replace(
        execution("x1", state="lost", count=7, batch="of-x1"),
        source_hash="ab" * 32,
        started_at=Millis(20),
        finished_at=Millis(30),
        cause=Cause("kernel-died", "It died.", {"signal": 9}),
        by="ada",
        epoch=3,
        clear_next=True,
    )
    await apply(store, ExecutionPut(view))
    assert (await snapshot(store, C1)).executions == [view]
    assert await store.read(lambda tx: executions.source(tx, X1)) == ""


async def test_clear_next_is_remembered_until_the_outputs_are_cleared(store: Store) -> None:
    await queue(store, "x1")
    await apply(store, shows("x1"), stream("o1", "old"), ClearNext(C1, X1))
    assert (await store.read(lambda tx: runs.bare(tx, NB))).executions[0].clear_next
    assert len(await shown(store)) == 1
    await apply(store, OutputsClear(C1, X1), stream("o2", "new"))
    assert not (await store.read(lambda tx: runs.bare(tx, NB))).executions[0].clear_next
    assert [output.text for output in await shown(store)] == ["new"]


async def test_a_cell_shows_the_outputs_of_one_execution_even_when_there_are_none_yet(store: Store) -> None:
    await queue(store, "x1", "x2")
    await apply(store, shows("x1"), stream("o1", "first"))
    await apply(store, shows("x2"))
    assert (await snapshot(store, C1)).cells == [CellOutputs(C1, ExecutionId("x2"))]
    await apply(store, stream("o2", "late", of="x1"), stream("o3", "second", of="x2"))
    assert [output.text for output in await shown(store)] == ["second"]


async def test_the_last_superseded_outputs_are_kept_and_older_ones_forgotten(store: Store) -> None:
    names = ["x1", "x2", "x3", "x4"]
    await queue(store, *names)
    for name in names:
        await apply(store, shows(name), stream(f"o-{name}", name, of=name))
    found = [await store.read(lambda tx, name=name: runs.text(tx, NB, OutputId(f"o-{name}"), 0, 9)) for name in names]
    assert [None if each is None else each.text for each in found] == [None, None, "x3", "x4"]
    await store.write(lambda tx: runs.forget_superseded(tx, NB, C1, keep=0))
    assert await store.read(lambda tx: runs.text(tx, NB, OutputId("o-x3"), 0, 9)) is None
    assert [output.text for output in await shown(store)] == ["x4"]


async def test_late_messages_reach_the_execution_that_a_cell_showed_before(store: Store) -> None:
    await queue(store, "x1", "x2", "x3")
    for name in ("x1", "x2", "x3"):
        await apply(store, ExecutionPut(execution(name, state="ok")), shows(name), stream(f"o-{name}", name, of=name))
    await apply(store, more("o-x2", " late", of="x2"))
    bare = await store.read(lambda tx: runs.bare(tx, NB))
    assert [(cell.execution_id, cell.superseded, cell.count, cell.bytes) for cell in bare.cells] == [
        ("x2", True, 1, 7),
        ("x3", False, 1, 2),
    ]
    assert [view.id for view in bare.executions] == ["x2", "x3"]
    assert [cell.execution_id for cell in (await snapshot(store, C1)).cells] == ["x3"]


async def test_imported_outputs_are_shown_until_the_cell_runs_or_is_cleared(store: Store) -> None:
    await apply(store, stream("o1", "from the file", of=None), stream("o2", "too", of=None, cell="c2"))
    assert [output.text for output in await shown(store)] == ["from the file"]
    await queue(store, "x1")
    await apply(store, shows("x1"), shows(None, "c2"))
    assert await shown(store, C1) == []
    assert await shown(store, C2) == []
    # That it shows nothing is told as well: what came before it may still speak.
    assert (await snapshot(store, C1, C2)).cells == [CellOutputs(C1, X1), CellOutputs(C2, None)]


# --- outputs --------------------------------------------------------------------------------------------------------


async def test_outputs_come_back_in_order_and_whole(store: Store) -> None:
    await queue(store, "x1")
    error = ErrorOutput(id=OutputId("o3"), ename="E\x00", evalue="v", traceback=["\x1b[31m", "𝄞"])
    cut = CutOutput(id=OutputId("o4"), cause=Cause("too-many", "Too many.", {"limit": 5}))
    shown_display = DisplayOutput(
        id=OutputId("o2"),
        data={"text/plain": Inline("a\x00𝄞"), "application/json": Inline({"a": [1, None, "\x00"]})},
        metadata={"image/png": {"width": 3}},
        result=True,
        execution_count=4,
        display_id="d\x00",
    )
    ops: list[Op] = [
        shows("x1"),
        stream("o1", "out\x00𝄞\n", "tail\x00"),
        OutputPut(C1, X1, shown_display),
        OutputPut(C1, X1, error),
        OutputPut(C1, X1, cut),
    ]
    await apply(store, *ops)
    first = StreamOutput(id=OutputId("o1"), name="stdout", text="out\x00𝄞\n", tail="tail\x00", chars=6)
    expected = [first, shown_display, error, cut]
    assert await shown(store) == expected
    assert await in_file(store) == export.to_nbformat(expected)
    [cell] = (await snapshot(store, C1)).cells
    assert (cell.outputs, cell.complete, cell.count) == (expected, True, 4)


async def test_the_file_gets_the_count_of_the_shown_execution_or_the_one_it_came_with(store: Store) -> None:
    await queue(store, "x1")
    await apply(
        store,
        ExecutionPut(execution("x1", state="ok", count=3)),
        shows("x1"),
        CellShows(C2, None, 12),
        CellShows(C3, None, 13),
        shows(None, "c3"),
    )
    assert await counts_in_file(store, C2, C1, C3) == [(C2, 12), (C1, 3), (C3, None)]
    assert [(cell.cell_id, cell.execution_count) for cell in (await snapshot(store, C1, C2, C3)).cells] == [
        (C1, None),
        (C2, 12),
        (C3, None),
    ]
    assert [cell.execution_count for cell in await store.read(lambda tx: runs.outputs(tx, NB, [C1, C2]))] == [None, 12]
    await apply(store, shows("x2", "c2"))
    assert await counts_in_file(store, C2) == [(C2, None)]


async def test_text_grows_and_its_tail_and_cursor_are_replaced(store: Store) -> None:
    await queue(store, "x1")
    await apply(store, shows("x1"), stream("o1", "a\n", "50%"))
    await apply(store, TextAppend(C1, X1, OutputId("o1"), "b\n", "60%", cursor=(0, 1)), more("o1", "", "70%"))
    [output] = await shown(store)
    assert output == StreamOutput(id=OutputId("o1"), name="stdout", text="a\nb\n", tail="70%", chars=4)
    await apply(store, TextAppend(C1, X1, OutputId("o1"), "", "70%", cursor=(1, 2)))
    [output] = await shown(store)
    assert output.cursor == (1, 2)


async def test_text_for_an_output_that_is_not_there_is_a_defect_and_changes_nothing(store: Store) -> None:
    with pytest.raises(LookupError):
        await apply(store, stream("o1", of=None), more("o2", "?"))
    assert await rev(store) == 0
    assert await shown(store) == []


async def test_a_display_changes_in_place(store: Store) -> None:
    await queue(store, "x1")
    await apply(store, shows("x1"), display("o1", text_plain="before"), stream("o2", "after it"))
    await apply(store, BundleReplace(C1, X1, OutputId("o1"), {"text/plain": Inline("now")}, {"m": 1}))
    first, second = await shown(store)
    assert (first.data, first.metadata) == ({"text/plain": Inline("now")}, {"m": 1})
    assert second.text == "after it"


async def test_clearing_removes_the_outputs_of_that_execution_alone(store: Store) -> None:
    await queue(store, "x1", "x2")
    await apply(store, shows("x1"), stream("o1", "one", of="x1"), shows("x2"), stream("o2", "two", of="x2"))
    await apply(store, OutputsClear(C1, X1))
    assert [output.text for output in await shown(store)] == ["two"]
    assert await store.read(lambda tx: runs.text(tx, NB, OutputId("o1"), 0, 9)) is None
    await apply(store, OutputsClear(C1, ExecutionId("x2")))
    assert await shown(store) == []


# --- large values ----------------------------------------------------------------------------------------------------

PNG = bytes(range(256)) * 64
LARGE = {
    "image/png": (base64.b64encode(PNG).decode(), "base64", PNG),
    "image/svg+xml": ("<svg>" + "é" * INLINE_BYTES, "text", ("<svg>" + "é" * INLINE_BYTES).encode()),
    "image/jpeg": ("not base64! " * INLINE_BYTES, "text", b"not base64! " * INLINE_BYTES),
    "application/pdf": (
        base64.encodebytes(PNG).decode(),  # with newlines: decoding would not give the same text back
        "text",
        base64.encodebytes(PNG),
    ),
    "text/html": ("<b>\x00𝄞</b>" * INLINE_BYTES, "text", ("<b>\x00𝄞</b>" * INLINE_BYTES).encode()),
    "application/json": ({"a": list(range(5000))}, "json", msgspec.json.encode({"a": list(range(5000))})),
}


@pytest.mark.parametrize("mime_type", LARGE)
async def test_a_large_value_becomes_a_blob_and_comes_back_the_same(store: Store, mime_type: str) -> None:
    value, encoding, data = LARGE[mime_type]
    put = OutputPut(
        C1, None, DisplayOutput(id=OutputId("o1"), data={mime_type: Inline(value), "text/plain": Inline("s")})
    )
    [op] = await apply(store, put)
    assert isinstance(op, OutputPut)
    assert isinstance(op.output, DisplayOutput)
    ref = op.output.data[mime_type]
    assert isinstance(ref, BlobRef)
    assert (ref.encoding, ref.size, store.blobs.read(ref.sha256)) == (encoding, len(data), data)
    assert await shown(store) == [op.output]
    assert await store.read(lambda tx: runs.mime(tx, NB, OutputId("o1"), mime_type)) == ref
    assert await store.read(lambda tx: runs.mime(tx, NB, OutputId("o1"), "text/plain")) == Inline("s")
    assert await store.read(lambda tx: runs.mime(tx, NB, OutputId("o1"), "text/latex")) is None
    assert await in_file(store) == export.to_nbformat([put.output])


async def test_a_value_at_the_limit_stays_inline(store: Store) -> None:
    at, over = "x" * INLINE_BYTES, "x" * (INLINE_BYTES + 1)
    ops = await apply(store, display("o1", of=None, text_plain=at), display("o2", of=None, text_plain=over))
    kinds = [type(op.output.data["text/plain"]) for op in ops if isinstance(op, OutputPut)]  # type: ignore[union-attr]
    assert kinds == [Inline, BlobRef]


async def test_blobs_are_needed_as_long_as_a_row_refers_to_them(store: Store) -> None:
    large = {"text/plain": Inline("x" * 10_000)}
    other = {"text/plain": Inline("y" * 10_000)}
    await apply(store, OutputPut(C1, None, DisplayOutput(id=OutputId("o1"), data=large)))
    [first] = await store.read(sweep.referenced)
    await apply(store, BundleReplace(C1, None, OutputId("o1"), other))
    [second] = await store.read(sweep.referenced)
    assert store.blobs.read(first) == b"x" * 10_000
    assert store.blobs.read(second) == b"y" * 10_000
    await apply(store, OutputsClear(C1, None))
    assert await store.read(sweep.referenced) == set()


# --- snapshots within a budget ------------------------------------------------------------------------------------------


async def test_a_snapshot_carries_outputs_in_order_while_the_budget_lasts(store: Store) -> None:
    for cell, size in (("c1", 400), ("c2", 5000), ("c3", 300)):
        await apply(store, stream(f"o-{cell}", "x" * size, "tail", of=None, cell=cell))
    first, second, third = (await snapshot(store, C1, C2, C3, budget=1000)).cells
    assert (first.complete, third.complete) == (True, True)
    assert second == CellOutputs(C2, None, complete=False, count=1, bytes=5004, lines=1)
    reverse = await snapshot(store, C3, C2, C1, budget=5400)
    assert [(cell.cell_id, cell.complete) for cell in reverse.cells] == [(C3, True), (C2, True), (C1, False)]
    assert [cell.complete for cell in (await snapshot(store, C1, C2, C3, budget=0)).cells] == [False] * 3


async def test_a_snapshot_says_how_much_room_the_outputs_take_that_it_leaves_out(store: Store) -> None:
    small, large = (
        base64.b64encode(png(*size) + b"x" * more).decode() for size, more in (((300, 200), 0), ((640, 480), 9000))
    )
    await apply(
        store,
        stream("o1", "line\n" * 100, "last", of=None),
        stream("o2", "line\n", of=None),
        display("o3", of=None, image_png=small),
        display("o4", of=None, image_png=large, text_plain="<Figure>"),
        display("o5", of=None, text_html="<table>"),
        *(
            display(name, of=None, text_html=frame([head("", "a")], [row("1")] * rows), text_plain="   a")
            for name, rows in (("o6", 2), ("o7", 300))
        ),
    )
    [cell] = (await snapshot(store, C1, budget=0)).cells
    assert (cell.lines, cell.width, cell.height) == (OUTPUT_LINES + 1 + 1, 640, 680)
    assert (cell.tables, cell.rows) == (2, 3 + 11)
    [whole] = (await snapshot(store, C1)).cells
    data = {output.id: output.data for output in whole.outputs if isinstance(output, DisplayOutput)}
    reference = data[OutputId("o4")]["image/png"]
    assert isinstance(reference, BlobRef)
    assert (reference.width, reference.height) == (640, 480)
    table = data[OutputId("o7")]["text/html"]
    assert isinstance(table, BlobRef)
    assert table.rows == 11
    await apply(store, BundleReplace(C1, None, OutputId("o4"), {"text/plain": Inline("now\ntext")}))
    [cell] = (await snapshot(store, C1, budget=0)).cells
    assert (cell.lines, cell.width, cell.height) == (OUTPUT_LINES + 1 + 1 + 2, 300, 200)


async def test_a_snapshot_leaves_out_cells_that_are_not_in_the_document(store: Store) -> None:
    await apply(store, stream("o1", "x", of=None), stream("o2", "y", of=None, cell="c2"))
    assert [cell.cell_id for cell in (await snapshot(store, C2)).cells] == [C2]


async def test_a_long_text_shows_its_head_and_tail_and_costs_no_more(store: Store) -> None:
    whole = "".join(chr(0x10000 + number % 60_000) if number % 7 else "\x00" for number in range(400_000))
    await apply(store, stream("o1", whole, "end", of=None))
    [cell] = (await snapshot(store, C1)).cells
    [output] = cell.outputs
    assert isinstance(output, StreamOutput)
    assert output.text == whole[:TEXT_HEAD_CHARS]
    assert output.text_end == whole[-TEXT_TAIL_CHARS:]
    assert output.omitted == len(whole) - TEXT_HEAD_CHARS - TEXT_TAIL_CHARS
    assert (output.chars, output.tail) == (len(whole), "end")
    assert await shown(store) == [output]
    assert await in_file(store) == [{"output_type": "stream", "name": "stdout", "text": whole + "end"}]


@pytest.mark.parametrize("over", [0, 1])
async def test_a_file_gets_every_text_of_many_streams_short_and_long(store: Store, over: int) -> None:
    sizes = [LONG_BYTES - 1 + over, 0, 1, LONG_BYTES + over, 5 * CHUNK_CHARS + over, *[LONG_BYTES // 2] * 20, 7]
    texts = [chr(0x61 + number) * size for number, size in enumerate(sizes)]
    await apply(store, *(stream(f"o{number}", text, "end", of=None) for number, text in enumerate(texts)))
    assert [output["text"] for output in await in_file(store)] == [text + "end" for text in texts]


async def test_the_bare_state_has_skeletons_of_all_that_is_shown(store: Store) -> None:
    await queue(store, "x1")
    with_id = DisplayOutput(id=OutputId("o2"), data={"text/plain": Inline("big")}, display_id="d")
    cut = CutOutput(id=OutputId("o4"), cause=Cause("cut", "Cut."))
    await apply(
        store,
        shows("x1"),
        shows("x9", "c3"),
        stream("o1", "long text", "tail"),
        TextAppend(C1, X1, OutputId("o1"), "", "tail", cursor=(0, 2), terminal="^\x1b[31m"),
        OutputPut(C1, X1, with_id),
        OutputPut(C1, X1, ErrorOutput(id=OutputId("o3"), ename="E", evalue="v", traceback=["t"])),
        OutputPut(C1, X1, cut),
        stream("o5", "imported", of=None, cell="c2"),
    )
    bare = await store.read(lambda tx: runs.bare(tx, NB))
    first, second, third = sorted(bare.cells, key=lambda cell: cell.cell_id)
    assert first.outputs == [
        StreamOutput(id=OutputId("o1"), name="stdout", tail="tail", chars=9, cursor=(0, 2), terminal="^\x1b[31m"),
        DisplayOutput(id=OutputId("o2"), data={}, display_id="d"),
        ErrorOutput(id=OutputId("o3"), ename="", evalue=""),
        cut,
    ]
    assert (first.execution_id, first.count) == (X1, 4)
    assert (second.cell_id, second.execution_id, len(second.outputs)) == (C2, None, 1)
    assert third == CellOutputs(C3, ExecutionId("x9"))
    assert bare.rev == 1


# --- the rest -----------------------------------------------------------------------------------------------------------


async def test_prompts_are_shown_while_they_are_open(store: Store) -> None:
    prompt = PromptView(PromptId("p1"), X1, C1, "password", "Key\x00: ", "open", Millis(5))
    await apply(store, PromptPut(prompt))
    assert (await snapshot(store)).prompts == [prompt]
    await apply(store, PromptPut(msgspec.structs.replace(prompt, state="answered", answered_by="ada")))
    assert (await snapshot(store)).prompts == []


async def test_the_kernel_shown_is_the_one_bound_last_even_when_it_is_gone(store: Store) -> None:
    def make(tx: Any) -> None:
        runtimes.create(tx, runtime())
        kernels.create(tx, kernel("warm", notebook=None, at=1))
        kernels.create(tx, kernel("first", at=2))
        kernels.bind(tx, KernelId("warm"), NB)

    await store.write(make)
    died = Cause("kernel-died", "It died.")
    view = KernelView(KernelId("warm"), 2, "dead", "ir", "R", died, language_info={"name": "R", "codemirror_mode": "r"})
    await apply(store, KernelPut(view))
    await store.write(lambda tx: kernels.retire(tx, KernelId("warm")))
    assert (await snapshot(store)).kernel == view


async def test_a_kernel_that_is_not_there_cannot_be_shown(store: Store) -> None:
    with pytest.raises(NotFound):
        await apply(store, KernelPut(KernelView(KernelId("no"), 1, "idle")))


async def test_the_runtime_and_the_file_are_shown_as_put_last(store: Store) -> None:
    view = RuntimeView(RuntimeId("r1"), "ended", "process", Millis(7), Cause("idle", "Idle for 90 min."), 5, 0.5)
    saved = SavedView(at=Millis(9), pending=True, cause=Cause("full", "Disk full."))
    await apply(store, RuntimePut(view), SavedPut(SavedView()), SavedPut(saved))
    found = await snapshot(store)
    assert (found.runtime, found.saved) == (view, saved)


async def test_widgets_are_put_patched_and_removed_with_their_buffers(store: Store) -> None:
    model = WidgetModel("w1", 1, "jupyter.widget", {"a": 1, "b": {"c": 2}})
    [op] = await apply(store, WidgetPut(model, [(["img"], b"\x00one"), (["b", "x"], b"two")]))
    assert isinstance(op, WidgetPut)
    assert op.raw_buffers == []
    assert [store.blobs.read(ref.sha256) for _, ref in op.model.buffers] == [b"\x00one", b"two"]
    assert (await snapshot(store)).widgets == [op.model]

    patch = WidgetPatch("w1", 1, {"b": 3}, raw_buffers=[(["img"], b"three")], capture=Capture(1, True))
    [op] = await apply(store, patch)
    assert isinstance(op, WidgetPatch)
    assert op.raw_buffers == []
    [patched] = (await store.read(lambda tx: runs.bare(tx, NB))).widgets
    assert (patched.state, patched.capture) == ({"a": 1, "b": 3}, Capture(1, True))
    assert [(path, store.blobs.read(ref.sha256)) for path, ref in patched.buffers] == [(["img"], b"three")]
    assert await store.read(sweep.referenced) == {ref.sha256 for _, ref in patched.buffers}

    await apply(store, WidgetGone("w1", 1), WidgetPatch("w1", 1, {"a": 9}))
    assert (await snapshot(store)).widgets == []
    assert await store.read(sweep.referenced) == set()


async def test_the_file_gets_the_widgets_as_nbclient_writes_them(store: Store) -> None:
    assert await store.read(lambda tx: runs.widget_state(tx, NB)) is None
    state = {"_model_name": "M", "_model_module": "mod", "_model_module_version": "2.0", "value": 1}
    await apply(store, WidgetPut(WidgetModel("w1", 1, "jupyter.widget", state), [(["img"], b"\x00")]))
    assert await store.read(lambda tx: runs.widget_state(tx, NB)) == {
        "version_major": 2,
        "version_minor": 0,
        "state": {
            "w1": {
                "model_name": "M",
                "model_module": "mod",
                "model_module_version": "2.0",
                "state": state,
                "buffers": [{"path": ["img"], "encoding": "base64", "data": "AA=="}],
            }
        },
    }


async def test_everything_of_a_notebook_goes_with_it(store: Store) -> None:
    await queue(store, "x1")
    await apply(
        store,
        shows("x1"),
        stream("o1", "x" * 100_000),
        display("o2", text_plain="y" * 10_000),
        WidgetPut(WidgetModel("w1", 1, "t", {}), [(["a"], b"b")]),
        PromptPut(PromptView(PromptId("p1"), X1, C1, "text", "?", "open", Millis(5))),
    )
    await store.write(lambda tx: items.remove(tx, ItemId(NB)))

    def left(tx: Any) -> dict[str, int]:
        return {table.name: len(tx.conn.execute(table.select()).all()) for table in metadata.sorted_tables}

    assert {name: rows for name, rows in (await store.read(left)).items() if rows} == {"item": 1}, (
        "the root of its tree"
    )
