"""Fewer operations with the same rows: of one revision, before the store applies them. Pure.

A kernel that prints in a loop says thousands of small things. Each would read and write its row again within one
transaction, and PostgreSQL keeps every version of a row, and walks over them, until that is over; and what an Output widget
captured, which is said as a whole each time, would be held thousands of times.

texts of one output are joined; of replacements of a display the last stays
what was put and then cleared vanishes, as do earlier clears and earlier words that one is pending
what a widget says is kept, every word in its order; patches by its kernel in between are joined
"""

from collections.abc import Iterable
from typing import Final

import msgspec

from noctule.runs.state import Slot
from noctule.runs.widgets import patched
from noctule_agent.wire.state import (
    BundleReplace,
    ClearNext,
    CommTaken,
    DisplayOutput,
    Op,
    OutputPut,
    OutputsClear,
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


class Coalescing:
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

    def extend(self, ops: Iterable[Op]) -> None:
        for op in ops:
            self.add(op)

    def add(self, op: Op) -> None:
        match op:
            case TextAppend() | OutputPut() | BundleReplace():
                self._add_output(op)
            case OutputsClear():
                self._clear(op)
            case ClearNext():
                self._last(("clear-next", op.cell_id, op.execution_id), op)
            case WidgetPut() | WidgetPatch() | WidgetGone() | WidgetSaid() | CommTaken():
                self._add_widget(op)
            case _:
                self._append(op)

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
        """What the slot had vanishes, an earlier clear with it."""
        places = self._slot((op.cell_id, op.execution_id))
        self._vanish(places)
        places[:] = [self._append(op)]

    def _vanish(self, places: Iterable[int]) -> None:
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
        return replace(op, output=self._grown(op.output, joined))

    def _grown(self, stream: StreamOutput, more: TextAppend) -> StreamOutput:
        """All of it: the store keeps what pages do not show."""
        text = stream.text + more.text
        return replace(stream, text=text, tail=more.tail, chars=len(text), cursor=more.cursor, terminal=more.terminal)


_ABSENT: Final = WidgetModel(id="", epoch=0, target="", state={})


def _patch(before: Op | None, op: WidgetPatch) -> Op:
    """A patch after what came before it."""
    if not isinstance(before, WidgetPut | WidgetPatch):
        return op
    changed = op.state.keys() | {path[0] for path, _ in (*op.buffers, *op.raw_buffers)}
    raw = [part for part in before.raw_buffers if part[0][0] not in changed] + op.raw_buffers
    if isinstance(before, WidgetPut):
        return WidgetPut(patched(before.model, op), raw)
    merged = patched(replace(_ABSENT, state=before.state, buffers=before.buffers), op)
    capture = op.capture or before.capture
    return replace(op, state=merged.state, buffers=merged.buffers, raw_buffers=raw, capture=capture)


def _output_key(op: TextAppend | OutputPut | BundleReplace) -> Key:
    return ("output", op.output.id if isinstance(op, OutputPut) else op.output_id)


def _has_text(op: Op | None) -> bool:
    return isinstance(op, TextAppend) or (isinstance(op, OutputPut) and isinstance(op.output, StreamOutput))
