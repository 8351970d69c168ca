"""Outputs as nbformat has them, for the .ipynb. Pure: values that are blobs must have been resolved by the caller."""

from collections.abc import Iterable
from typing import Any, assert_never

import msgspec

from noctule.texts import Text
from noctule_agent.wire.comments import CommentGone, CommentPut, ThreadPut
from noctule_agent.wire.state import (
    BlobRef,
    CommTaken,
    CutOutput,
    DisplayOutput,
    ErrorOutput,
    KernelPut,
    MimeBundle,
    Op,
    Output,
    PromptPut,
    RuntimePut,
    SavedPut,
    StreamName,
    StreamOutput,
    WidgetSaid,
)

NOT_IN_FILE = (
    SavedPut,
    RuntimePut,
    KernelPut,
    PromptPut,
    ThreadPut,
    CommentPut,
    CommentGone,
    WidgetSaid,
    CommTaken,
)


class LongStream(msgspec.Struct, frozen=True):
    """A StreamOutput whose text, with its tail, is too long to be held."""

    name: StreamName
    text: Text


def change_the_file(ops: Iterable[Op]) -> bool:
    """Whether the .ipynb of before these operations is not that of after them."""
    return not all(isinstance(op, NOT_IN_FILE) for op in ops)


def to_nbformat(outputs: Iterable[Output | LongStream]) -> list[dict[str, Any]]:
    """Output dicts of nbformat 4.5, long texts as they are given. A mark where something was not kept becomes a line on stderr that says so."""
    return [_output(output) for output in outputs]


def _output(output: Output | LongStream) -> dict[str, Any]:
    match output:
        case LongStream():
            return {"output_type": "stream", "name": output.name, "text": output.text}
        case StreamOutput():
            if output.omitted:
                raise ValueError(f"output {output.id} is cut: {output.omitted} characters are not here")
            return {"output_type": "stream", "name": output.name, "text": output.text + output.tail}
        case DisplayOutput():
            return _display(output)
        case ErrorOutput():
            return {
                "output_type": "error",
                "ename": output.ename,
                "evalue": output.evalue,
                "traceback": list(output.traceback),
            }
        case CutOutput():
            return {"output_type": "stream", "name": "stderr", "text": f"[Noctule: {output.cause.message}]\n"}
        case _:
            assert_never(output)


def _display(output: DisplayOutput) -> dict[str, Any]:
    display: dict[str, Any] = {
        "output_type": "execute_result" if output.result else "display_data",
        "data": _values(output.id, output.data),
        "metadata": output.metadata,
    }
    if output.result:
        display["execution_count"] = output.execution_count
    return display


def _values(output_id: str, data: MimeBundle) -> dict[str, Any]:
    values = {}
    for mime_type, value in data.items():
        if isinstance(value, BlobRef):
            raise ValueError(f"{mime_type} of output {output_id} is a blob that was not resolved")
        values[mime_type] = value.value
    return values
