"""Fewer operations with the same view. Pure; for pages, after the store has applied every operation.

what coalesce.py does for the store, and:
of kernel, runtime, saved and prompts the last wins
of an execution the first and the last put stay, so that order is kept
what is no longer shown by its cell vanishes
`fit` leaves out the middle of a long text
"""

from collections.abc import Iterable

import msgspec

from noctule.runs.coalesce import Coalescing
from noctule.runs.view import grown, shortened
from noctule_agent.wire.limits import TEXT_HEAD_CHARS, TEXT_TAIL_CHARS
from noctule_agent.wire.state import (
    CellShows,
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
)

replace = msgspec.structs.replace


def conflate(ops: Iterable[Op]) -> list[Op]:
    """Operations that lead from the same view to the same view."""
    conflation = _Conflation()
    conflation.extend(ops)
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


class _Conflation(Coalescing):
    """The same, and what is only about what is shown."""

    def add(self, op: Op) -> None:
        match op:
            case CellShows():
                for places in self._slots.pop(op.cell_id, {}).values():
                    self._vanish(places)
                self._slot((op.cell_id, op.execution_id)).append(self._append(op))
            case ExecutionPut():
                self._add_execution(op)
            case PromptPut():
                self._in_place(("prompt", op.prompt.id), op)
            case KernelPut() | RuntimePut() | SavedPut():
                self._last((type(op),), op)
            case _:
                # Threads and comments among them: a thread goes with its last comment, so their order says something.
                super().add(op)

    def _clear(self, op: OutputsClear) -> None:
        """What the slot had vanishes, save for the word that its cell shows it: with that it starts empty anyway."""
        places = self._slot((op.cell_id, op.execution_id))
        shown = [place for place in places if isinstance(self._kept[place], CellShows)]
        self._vanish([place for place in places if place not in shown])
        places[:] = shown or [self._append(op)]

    def _add_execution(self, op: ExecutionPut) -> None:
        key = ("execution", op.execution.id)
        if ("later", *key) in self._places:
            self._last(("later", *key), op)
        elif key in self._places:
            self._places[("later", *key)] = self._append(op)
        else:
            self._places[key] = self._append(op)

    def _grown(self, stream: StreamOutput, more: TextAppend) -> StreamOutput:
        return grown(stream, more)
