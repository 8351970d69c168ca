"""Fewer operations, the same view."""

from hypothesis import given, settings
from hypothesis import strategies as st

from noctule.runs.conflate import conflate, fit
from noctule.runs.view import applied
from noctule_agent.wire.limits import TEXT_HEAD_CHARS, TEXT_TAIL_CHARS
from noctule_agent.wire.state import (
    BundleReplace,
    CellShows,
    CommTaken,
    DisplayOutput,
    ExecutionPut,
    Inline,
    KernelPut,
    KernelView,
    Op,
    OutputPut,
    OutputsClear,
    RunSnapshot,
    StreamOutput,
    TextAppend,
    WidgetModel,
    WidgetPatch,
    WidgetPut,
    WidgetSaid,
)
from noctule_agent.wire.values import CellId, ExecutionId, KernelId, OutputId
from tests.unit.runs.model import view

A, E1, O1, O2 = CellId("a"), ExecutionId("e1"), OutputId("o1"), OutputId("o2")
EMPTY = RunSnapshot(rev=0)


def text(more: str, tail: str = "", output: OutputId = O1, skipped: int = 0) -> TextAppend:
    return TextAppend(A, E1, output, more, tail, skipped)


def put(more: str = "", output: OutputId = O1) -> OutputPut:
    return OutputPut(A, E1, StreamOutput(output, "stdout", more, chars=len(more)))


def bundle(value: str) -> dict[str, Inline]:
    return {"text/plain": Inline(value)}


def test_text_of_one_output_is_joined() -> None:
    assert conflate([text("a", "1"), text("x", output=O2), text("b", "2"), text("c", "3")]) == [
        text("abc", "3"),
        text("x", output=O2),
    ]


def test_text_joins_the_output_that_it_belongs_to() -> None:
    assert conflate([put("a"), text("b"), text("c", "t")]) == [
        OutputPut(A, E1, StreamOutput(O1, "stdout", "abc", "t", chars=3))
    ]


def test_a_gap_is_kept_apart() -> None:
    ops = [text("a"), text("b", skipped=5), text("c")]
    assert conflate(ops) == [text("a"), text("bc", skipped=5)]


def test_of_replacements_the_last_wins() -> None:
    ops: list[Op] = [BundleReplace(A, E1, O1, bundle(value)) for value in "123"]
    assert conflate(ops) == ops[-1:]
    shown = OutputPut(A, E1, DisplayOutput(O1, bundle("0")))
    assert conflate([shown, *ops]) == [OutputPut(A, E1, DisplayOutput(O1, bundle("3")))]


def test_outputs_that_were_put_and_cleared_vanish() -> None:
    clear = OutputsClear(A, E1)
    assert conflate([put("a"), text("b"), clear, put("c", O2), clear, put("d")]) == [clear, put("d")]


def test_a_clear_does_not_take_away_that_the_cell_shows_the_execution() -> None:
    clear = OutputsClear(A, E1)
    assert conflate([CellShows(A, E1), put("a"), clear, put("b")]) == [CellShows(A, E1), put("b")]


def test_outputs_of_an_execution_that_is_no_longer_shown_vanish() -> None:
    shows = CellShows(A, ExecutionId("e2"))
    assert conflate([CellShows(A, E1), put("a"), OutputsClear(A, E1), shows]) == [shows]


def test_of_an_execution_the_first_and_the_last_put_stay() -> None:
    puts: list[Op] = [
        ExecutionPut(view("e1", "a")),
        ExecutionPut(view("e2", "b")),
        ExecutionPut(view("e1", "a", state="running")),
        CellShows(A, E1),
        ExecutionPut(view("e1", "a", state="ok")),
    ]
    assert conflate(puts) == [puts[0], puts[1], puts[3], puts[4]]


def test_of_the_kernel_the_last_wins() -> None:
    ops: list[Op] = [KernelPut(KernelView(KernelId("k"), 1, state)) for state in ("busy", "idle", "busy")]
    assert conflate([ops[0], put(), *ops[1:]]) == [put(), ops[2]]


def test_patches_join_the_widget() -> None:
    model = WidgetModel("w", 1, "jupyter.widget", {"a": 1, "b": 1})
    patches: list[Op] = [WidgetPatch("w", 1, {"a": 2}), WidgetPatch("w", 1, {"c": 3})]
    assert conflate(patches) == [WidgetPatch("w", 1, {"a": 2, "c": 3})]
    joined = WidgetModel("w", 1, "jupyter.widget", {"a": 2, "b": 1, "c": 3})
    assert conflate([WidgetPut(model), *patches]) == [WidgetPut(joined)]


def test_a_page_knows_its_own_patches_again_though_there_were_others() -> None:
    mine, again, theirs = (WidgetPatch("w", 1, {"a": n}, by=by) for n, by in ((1, "m1"), (2, "m1"), (3, "m2")))
    kernel: Op = WidgetPatch("w", 1, {"a": 4})
    assert conflate([mine, again]) == [again]
    assert conflate([mine, theirs, kernel, kernel]) == [mine, theirs, kernel]


def test_what_a_widget_says_is_kept_and_stays_where_it_was_said() -> None:
    one, two, taken = WidgetSaid("w", 1, 1), WidgetSaid("w", 1, 2, [b"x"]), CommTaken("m1")
    patches = [WidgetPatch("w", 1, {"a": n}) for n in range(4)]
    ops: list[Op] = [patches[0], one, patches[1], patches[2], two, taken, taken, patches[3]]
    assert conflate(ops) == [patches[0], one, patches[2], two, taken, taken, patches[3]]


sizes = st.sampled_from([1, 500, TEXT_HEAD_CHARS - 1, TEXT_HEAD_CHARS, TEXT_TAIL_CHARS + 1, 300_000])


@given(st.lists(sizes, max_size=6))
@settings(max_examples=60, deadline=None)
def test_a_text_without_its_middle_gives_the_same_view(lengths: list[int]) -> None:
    ops: list[Op] = [put()]
    for number, length in enumerate(lengths):
        ops.append(text(chr(97 + number) * length, "tail"))
    short = [part for op in ops for part in fit(op)]
    joined = [part for op in conflate(ops) for part in fit(op)]
    assert applied(EMPTY, 1, short) == applied(EMPTY, 1, ops) == applied(EMPTY, 1, joined)
    assert all(len(op.text) <= TEXT_HEAD_CHARS + TEXT_TAIL_CHARS for op in short if isinstance(op, TextAppend))


def test_a_long_text_is_shown_with_head_and_end() -> None:
    ops: list[Op] = [put(), text("h" * TEXT_HEAD_CHARS + "m" * 1_000 + "e" * TEXT_TAIL_CHARS)]
    shown = applied(EMPTY, 1, ops).cells[0].outputs[0]
    assert isinstance(shown, StreamOutput)
    assert (set(shown.text), set(shown.text_end), shown.omitted) == ({"h"}, {"e"}, 1_000)
    assert shown.chars == len(shown.text) + shown.omitted + len(shown.text_end)
