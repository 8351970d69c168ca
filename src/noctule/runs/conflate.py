"""Fewer operations with the same view. Pure; for pages, after the store has applied every operation.

texts of one output are joined; of replacements, kernel, runtime, saved and prompts the last wins
of an execution the first and the last put stay, so that order is kept
what was put and then cleared, or is no longer shown by its cell, vanishes
what widgets say is kept, every word in its order
`fit` leaves out the middle of a long text
"""

from collections.abc import Iterable
from typing import Final, assert_never

import msgspec

from noctule.runs.state import Slot
from noctule.runs.view import grown, shortened
from noctule.runs.widgets import patched
from noctule_agent.wire.comments import CommentGone, CommentPut, ThreadPut
from noctule_agent.wire.limits import TEXT_HEAD_CHARS, TEXT_TAIL_CHARS
from noctule_agent.wire.state import (
    BundleReplace,
    CellShows,
    ClearNext,
    CommTaken,
    DisplayOutput,
    ExecutionPut,
    KernelPut,
    Op,
    OutputPut,
    OutputsClear,
    PromptPut,
    RuntimePut,
    SavedPut,
    StreamOutput,
    TextAppend,
    WidgetGone,
    WidgetModel,
    WidgetPatch,
    WidgetPut,
    WidgetSaid,
)
from noctule_agent.wire.values import CellId

replace = msgspec.structs.replace

Key = tuple[object, ...]


def conflate(ops: Iterable[Op]) -> list[Op]:
    """Operations that lead from the same view to the same view."""
    conflation = _Conflation()
    for op in ops:
        conflation.add(op)
    return conflation.result()


def fit_all(ops: Iterable[Op]) -> list[Op]:
    """The operations without the middle of long texts."""
    return [part for op in ops for part in fit(op)]


def fit(op: Op, head_room: int = TEXT_HEAD_CHARS) -> list[Op]:
    """An operation as pages need it. `head_room`: code points of a text's head that a page may still lack, at most."""
    if isinstance(op, OutputPut) and isinstance(op.output, StreamOutput):
        return [replace(op, output=shortened(op.output))]
    if not isinstance(op, TextAppend) or len(op.text) <= head_room + TEXT_TAIL_CHARS:
        return [op]
    middle = len(op.text) - head_room - TEXT_TAIL_CHARS
    rest = replace(op, text=op.text[-TEXT_TAIL_CHARS:], skipped=middle)
    return [replace(op, text=op.text[:head_room]), rest] if head_room or op.skipped else [rest]


class _Conflation:
    """Operations kept so far; a place of None is one that vanished.

    `places` says where the operation is into which a later one of the same key merges; `slots` where those on the outputs
    of a slot are; `texts` what a place has to be joined with.
    """

    def __init__(self) -> None:
        self._kept: list[Op | None] = []
        self._places: dict[Key, int] = {}
        self._slots: dict[CellId, dict[Slot, list[int]]] = {}
        self._texts: dict[int, list[TextAppend]] = {}

    def result(self) -> list[Op]:
        return [self._joined(place, op) for place, op in enumerate(self._kept) if op is not None]

    def add(self, op: Op) -> None:
        match op:
            case TextAppend() | OutputPut() | BundleReplace():
                self._add_output(op)
            case OutputsClear():
                self._clear(op)
            case CellShows():
                for places in self._slots.pop(op.cell_id, {}).values():
                    self._vanish(places)
                self._slot((op.cell_id, op.execution_id)).append(self._append(op))
            case ExecutionPut():
                self._add_execution(op)
            case WidgetPut() | WidgetPatch() | WidgetGone() | WidgetSaid() | CommTaken():
                self._add_widget(op)
            case ClearNext():
                self._last(("clear-next", op.cell_id, op.execution_id), op)
            case PromptPut():
                self._in_place(("prompt", op.prompt.id), op)
            case ThreadPut() | CommentPut() | CommentGone():
                # A thread goes with its last comment, so their order says something; and they are few.
                self._append(op)
            case KernelPut() | RuntimePut() | SavedPut():
                self._last((type(op),), op)
            case _:
                assert_never(op)

    # --- places ---------------------------------------------------------------------------------------------------

    def _append(self, op: Op) -> int:
        self._kept.append(op)
        return len(self._kept) - 1

    def _in_place(self, key: Key, op: Op) -> None:
        """Takes the place of the earlier one."""
        if (place := self._places.get(key)) is not None:
            self._kept[place] = op
        else:
            self._places[key] = self._append(op)

    def _last(self, key: Key, op: Op) -> None:
        """The earlier one vanishes."""
        if (place := self._places.get(key)) is not None:
            self._kept[place] = None
        self._places[key] = self._append(op)

    def _slot(self, slot: Slot) -> list[int]:
        return self._slots.setdefault(slot[0], {}).setdefault(slot, [])

    def _clear(self, op: OutputsClear) -> None:
        """What the slot had vanishes, save for the word that its cell shows it: with that it starts empty anyway."""
        places = self._slot((op.cell_id, op.execution_id))
        shown = [place for place in places if isinstance(self._kept[place], CellShows)]
        self._vanish([place for place in places if place not in shown])
        places[:] = shown or [self._append(op)]

    def _vanish(self, places: list[int]) -> None:
        for place in places:
            op = self._kept[place]
            if isinstance(op, OutputPut | TextAppend | BundleReplace):
                self._places.pop(_output_key(op), None)
            self._kept[place] = None

    # --- kinds ----------------------------------------------------------------------------------------------------

    def _add_output(self, op: TextAppend | OutputPut | BundleReplace) -> None:
        key = _output_key(op)
        place = self._places.get(key)
        before = self._kept[place] if place is not None else None
        if place is not None and isinstance(op, TextAppend) and not op.skipped and _has_text(before):
            self._texts.setdefault(place, []).append(op)
        elif place is not None and isinstance(op, BundleReplace) and isinstance(before, BundleReplace):
            self._kept[place] = op
        elif place is not None and isinstance(op, BundleReplace) and isinstance(before, OutputPut):
            if isinstance(before.output, DisplayOutput):
                self._kept[place] = replace(before, output=replace(before.output, data=op.data, metadata=op.metadata))
        else:
            self._places[key] = self._append(op)
            self._slot((op.cell_id, op.execution_id)).append(self._places[key])

    def _add_execution(self, op: ExecutionPut) -> None:
        key = ("execution", op.execution.id)
        if ("later", *key) in self._places:
            self._last(("later", *key), op)
        elif key in self._places:
            self._places[("later", *key)] = self._append(op)
        else:
            self._places[key] = self._append(op)

    def _add_widget(self, op: WidgetPut | WidgetPatch | WidgetGone | WidgetSaid | CommTaken) -> None:
        if isinstance(op, CommTaken):
            self._append(op)
            return
        id_, epoch = (op.model.id, op.model.epoch) if isinstance(op, WidgetPut) else (op.id, op.epoch)
        key = ("widget", id_, epoch)
        if isinstance(op, WidgetGone):
            self._last(key, op)
            del self._places[key]
        elif isinstance(op, WidgetSaid):
            # What its model becomes later does not come before it.
            self._places.pop(key, None)
            self._append(op)
        elif isinstance(op, WidgetPut):
            self._in_place(key, op)
        else:
            self._patch_widget(key, op)

    def _patch_widget(self, key: Key, op: WidgetPatch) -> None:
        """Joined with the one before, unless another page or the kernel said that: each page knows its own again by `by`."""
        place = self._places.get(key)
        before = self._kept[place] if place is not None else None
        if isinstance(before, WidgetPatch) and before.by != op.by:
            self._places[key] = self._append(op)
        else:
            self._in_place(key, _patch(before, op))

    def _joined(self, place: int, op: Op) -> Op:
        texts = self._texts.get(place)
        if not texts:
            return op
        joined = replace(texts[-1], text="".join(part.text for part in texts))
        if isinstance(op, TextAppend):
            return replace(joined, text=op.text + joined.text, skipped=op.skipped)
        assert isinstance(op, OutputPut)
        assert isinstance(op.output, StreamOutput)
        return replace(op, output=grown(op.output, joined))


_ABSENT: Final = WidgetModel(id="", epoch=0, target="", state={})


def _patch(before: Op | None, op: WidgetPatch) -> Op:
    """A patch after what came before it in the batch."""
    if isinstance(before, WidgetPut):
        return WidgetPut(patched(before.model, op), before.raw_buffers)
    if not isinstance(before, WidgetPatch):
        return op
    merged = patched(replace(_ABSENT, state=before.state, buffers=before.buffers), op)
    return replace(op, state=merged.state, buffers=merged.buffers, capture=op.capture or before.capture)


def _output_key(op: TextAppend | OutputPut | BundleReplace) -> Key:
    return ("output", op.output.id if isinstance(op, OutputPut) else op.output_id)


def _has_text(op: Op | None) -> bool:
    return isinstance(op, TextAppend) or (isinstance(op, OutputPut) and isinstance(op.output, StreamOutput))
