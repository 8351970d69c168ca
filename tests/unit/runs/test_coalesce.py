"""Fewer operations, the same rows."""

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from noctule.runs.coalesce import Coalescing
from noctule.runs.state import Limits
from noctule.runs.view import applied
from noctule_agent.wire import link
from noctule_agent.wire.limits import TEXT_HEAD_CHARS, TEXT_TAIL_CHARS
from noctule_agent.wire.state import (
    BundleReplace,
    CellShows,
    ClearNext,
    CommTaken,
    DisplayOutput,
    Inline,
    Op,
    OutputPut,
    OutputsClear,
    StreamOutput,
    TextAppend,
    WidgetModel,
    WidgetPatch,
    WidgetPut,
    WidgetSaid,
)
from noctule_agent.wire.values import CellId, ExecutionId, OutputId
from tests.unit.runs import model
from tests.unit.runs.test_restart import EXECUTIONS, SMALL, streams_of_records

A, E1, O1 = CellId("a"), ExecutionId("e1"), OutputId("o1")


def coalesced(ops: list[Op]) -> list[Op]:
    coalescing = Coalescing()
    coalescing.extend(ops)
    return coalescing.result()


def put(text: str = "") -> OutputPut:
    return OutputPut(A, E1, StreamOutput(O1, "stdout", text, chars=len(text)))


def more(text: str, tail: str = "") -> TextAppend:
    return TextAppend(A, E1, O1, text, tail)


def test_a_text_is_one_operation_however_often_it_grew_and_all_of_it_is_kept() -> None:
    line = "x" * 999 + "\n"
    count = 2 * (TEXT_HEAD_CHARS + TEXT_TAIL_CHARS) // len(line)
    assert coalesced([more(line)] * count) == [more(line * count)]
    whole = StreamOutput(O1, "stdout", line * count, "end", chars=count * len(line))
    assert coalesced([put(line), *[more(line)] * (count - 2), more(line, "end")]) == [OutputPut(A, E1, whole)]


def test_of_an_animation_the_last_picture_stays() -> None:
    pictures: list[Op] = []
    for number in range(100):
        shown = OutputPut(A, E1, DisplayOutput(OutputId(f"o{number}"), {"text/plain": Inline(str(number))}))
        pictures += [OutputsClear(A, E1), ClearNext(A, E1, pending=False), shown, ClearNext(A, E1, pending=True)]
    assert coalesced(pictures) == [pictures[-4], pictures[-2], pictures[-1]]


def test_a_display_that_changes_in_place_is_written_once() -> None:
    ops: list[Op] = [BundleReplace(A, E1, O1, {"text/plain": Inline(str(number))}) for number in range(100)]
    assert coalesced(ops) == ops[-1:]


def test_what_a_widget_holds_is_not_held_once_for_each_change_of_it() -> None:
    model_ = WidgetModel("w", 1, "jupyter.widget", {"value": 0, "data": None})
    patches = [WidgetPatch("w", 1, {"value": n}, raw_buffers=[(["data"], b"%d" % n)]) for n in range(1, 100)]
    assert coalesced([*patches]) == [patches[-1]]
    put_ = WidgetPut(WidgetModel("w", 1, "jupyter.widget", {"value": 99}), [(["data"], b"99")])
    assert coalesced([WidgetPut(model_, [(["data"], b"0")]), *patches]) == [put_]


def test_a_buffer_that_is_replaced_by_a_value_is_gone() -> None:
    buffered, plain = WidgetPatch("w", 1, {}, raw_buffers=[(["data", "x"], b"1")]), WidgetPatch("w", 1, {"data": 2})
    assert coalesced([buffered, plain]) == [plain]
    assert coalesced([plain, buffered]) == [buffered]


def test_what_is_said_and_what_pages_said_keeps_its_place() -> None:
    patch, mine = WidgetPatch("w", 1, {"a": 1}), WidgetPatch("w", 1, {"a": 2}, by="m1")
    ops: list[Op] = [patch, WidgetSaid("w", 1, 1), patch, mine, CommTaken("m1"), patch]
    assert coalesced(ops) == ops


def test_a_cell_that_shows_another_execution_takes_nothing_from_the_one_before() -> None:
    ops: list[Op] = [put("a"), CellShows(A, ExecutionId("e2")), more("b")]
    assert coalesced(ops) == [put("ab"), ops[1]]


@given(streams_of_records, st.lists(st.integers(0, 200), max_size=5), st.sampled_from([SMALL, Limits()]))
@settings(max_examples=400, deadline=None)
def test_coalesced_operations_lead_to_the_same_rows_and_the_same_view(
    journal: list[link.Record], splits: list[int], limits: Limits
) -> None:
    start = model.start(*EXECUTIONS)
    ops = [op for step in model.run(start, journal, limits=limits) for op in step.ops]
    edges = sorted({0, len(ops), *(split % (len(ops) + 1) for split in splits)})
    fewer = [op for begin, end in pairwise(edges) for op in coalesced(ops[begin:end])]
    all_rows, fewer_rows = model.Rows(start), model.Rows(start)
    for rows, written in ((all_rows, ops), (fewer_rows, fewer)):
        for op in written:
            rows.apply(op)
    assert fewer_rows.bare() == all_rows.bare()
    assert {slot: found for slot, found in fewer_rows.outputs.items() if found} == {
        slot: found for slot, found in all_rows.outputs.items() if found
    }
    assert applied(start, 1, fewer) == applied(start, 1, ops)
