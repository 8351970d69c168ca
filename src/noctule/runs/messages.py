"""What each iopub message does. Pure; a message that cannot be read leaves a mark and never an exception.

    stream, display_data, execute_result, error, clear_output   to the execution that is their parent, also after it has
                                                                ended; or to the Output widget that captures it
    update_display_data                                         to all places of its display, whoever says it
    execute_input, execute_result                               tell the execution count
    comm_open, comm_msg, comm_close                             widgets, of the living kernel only
    status idle, of a page's comm message                       tells that page that it was dealt with
    anything else                                               is not about what is shown

A message whose parent is not known (any more), or that has none, belongs to nothing: it is counted and ignored.
"""

from collections.abc import Iterator
from typing import Any, Final

import msgspec

from noctule.runs import widgets
from noctule.runs.draft import Draft
from noctule.runs.mime import bundle, content_of, mapping, mended_text, text_of
from noctule.runs.state import Slot
from noctule_agent.wire.link import KernelMessage, Said, StreamSaid
from noctule_agent.wire.state import CommTaken, Inline, MimeBundle, StreamName
from noctule_agent.wire.values import Cause, ExecutionId

COMMS: Final = frozenset({"comm_open", "comm_msg", "comm_close"})
DISPLAYS: Final = frozenset({"display_data", "execute_result", "update_display_data"})
SHOWN: Final = COMMS | DISPLAYS | {"stream", "error", "clear_output", "execute_input"}

_stream = msgspec.json.Decoder(StreamSaid)


_PAGE: Final = "comm."


def page_request(comm_id: str, execution: ExecutionId | None) -> str:
    """The msg_id of a page's comm message. What it prints belongs to the execution; this says which, and nothing has to
    be remembered."""
    return f"{_PAGE}{comm_id}.{execution or ''}"


class Text(msgspec.Struct, frozen=True):
    """Text of one or more adjacent stream messages of one request."""

    parent: str
    name: StreamName
    text: str


class Other(msgspec.Struct, frozen=True):
    """Any other message that is about what is shown; `content` is None when it cannot be read."""

    message: KernelMessage
    content: dict[str, Any] | None


def said(draft: Draft, record: Said) -> None:
    """All that the kernel said in this record, in order."""
    alive = draft.epoch_of(record.epoch) == draft.epoch
    for heard in _joined(record.messages):
        if isinstance(heard, Text):
            _text(draft, heard)
        elif heard.content is None:
            _unreadable(draft, heard.message)
        elif heard.message.msg_type == "status":
            if heard.content.get("execution_state") == "idle":
                draft.ops.append(CommTaken(heard.message.parent_id.split(".")[1]))
        elif heard.message.msg_type in COMMS:
            if alive:
                widgets.comm(draft, heard.message.msg_type, heard.content, heard.message.buffers)
        else:
            _other(draft, heard.message, heard.content, alive)


def _joined(messages: list[KernelMessage]) -> Iterator[Text | Other]:
    """The messages decoded, text that belongs together joined."""
    parts: list[str] = []
    parent, name = "", "stdout"
    for message in messages:
        if message.msg_type not in SHOWN and not (message.msg_type == "status" and _is_of_page(message.parent_id)):
            continue
        heard = _decoded(message)
        if parts and not (isinstance(heard, Text) and heard.parent == parent and heard.name == name):
            yield Text(parent, _name(name), "".join(parts))
            parts = []
        if isinstance(heard, Text):
            parent, name = heard.parent, heard.name
            parts.append(heard.text)
        else:
            yield heard
    if parts:
        yield Text(parent, _name(name), "".join(parts))


def _slot(draft: Draft, request: str) -> Slot | None:
    """Where the outputs of a request go: to its execution, or to the one that a page's widget named."""
    return draft.slot(request.split(".")[2] if _is_of_page(request) else request)


def _is_of_page(request: str) -> bool:
    return request.startswith(_PAGE) and request.count(".") == 2


def _decoded(message: KernelMessage) -> Text | Other:
    if message.msg_type != "stream":
        return Other(message, content_of(message.content))
    try:
        stream = _stream.decode(message.content)
        return Text(message.parent_id, stream.name, stream.text)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        content = content_of(message.content)
    if content is None:
        return Other(message, None)
    return Text(message.parent_id, _name(content.get("name")), mended_text(text_of(content.get("text"))))


def _name(name: object) -> StreamName:
    return "stderr" if name == "stderr" else "stdout"


def _unreadable(draft: Draft, message: KernelMessage) -> None:
    slot = _slot(draft, message.parent_id)
    if slot is None:
        draft.ignored += 1
        return
    draft.mark(
        slot,
        Cause(
            "message-unreadable",
            f"The kernel sent a {message.msg_type} message that is no valid JSON object; it cannot be shown.",
            {"bytes": len(message.content)},
        ),
    )


def _text(draft: Draft, heard: Text) -> None:
    if not heard.text:
        return
    widget = widgets.capturing(draft, heard.parent)
    if widget is not None and widgets.capture_text(draft, widget, heard.name, heard.text):
        return
    slot = _slot(draft, heard.parent)
    if slot is None:
        draft.ignored += 1
    else:
        draft.write(slot, heard.name, heard.text)


def _other(draft: Draft, message: KernelMessage, content: dict[str, Any], alive: bool) -> None:
    kind = message.msg_type
    if kind in ("execute_input", "execute_result"):
        _count(draft, message.parent_id, content.get("execution_count"))
    if kind == "execute_input":
        return
    display_id = _display_id(content) if kind in DISPLAYS and alive else None
    if display_id is not None:
        data, metadata = bundle(content.get("data")), mapping(content.get("metadata"))
        draft.update_displays(display_id, data, metadata)
        widgets.update_captured(draft, display_id, _plain(data), metadata)
    if kind == "update_display_data":
        return
    slot = _slot(draft, message.parent_id)
    widget = widgets.capturing(draft, message.parent_id)
    if widget is not None and _capture(draft, widget, kind, content):
        return
    if slot is None:
        draft.ignored += 1
    elif kind == "clear_output":
        _clear(draft, slot, wait=bool(content.get("wait")))
    elif kind == "error":
        draft.error(slot, *_error(content))
    else:
        draft.display(
            slot,
            bundle(content.get("data")),
            mapping(content.get("metadata")),
            result=kind == "execute_result",
            count=_integer(content.get("execution_count")) if kind == "execute_result" else None,
            display_id=display_id,
        )


def _clear(draft: Draft, slot: Slot, *, wait: bool) -> None:
    if wait:
        draft.clear_before_next(slot, True)
    else:
        draft.clear(slot)


def _capture(draft: Draft, widget: str, kind: str, content: dict[str, Any]) -> bool:
    """Whether the Output widget took it."""
    if kind == "clear_output":
        widgets.capture_clear(draft, widget, bool(content.get("wait")))
        return True
    if kind == "error":
        ename, evalue, traceback = _error(content)
        output: dict[str, Any] = {
            "output_type": "error",
            "ename": ename,
            "evalue": evalue,
            "traceback": traceback,
        }
    else:
        output = {
            "output_type": kind,
            "data": _plain(bundle(content.get("data"))),
            "metadata": mapping(content.get("metadata")),
        }
        if kind == "execute_result":
            output["execution_count"] = _integer(content.get("execution_count"))
        if (display_id := _display_id(content)) is not None:
            output["transient"] = {"display_id": display_id}
    return widgets.capture_output(draft, widget, output)


def _count(draft: Draft, parent: str, value: object) -> None:
    slot = _slot(draft, parent)
    count = _integer(value)
    if slot is None or slot[1] is None or count is None:
        return
    view = draft.executions[slot[1]]
    if view.execution_count != count:
        draft.put_execution(msgspec.structs.replace(view, execution_count=count))


def _display_id(content: dict[str, Any]) -> str | None:
    transient = content.get("transient")
    display_id = transient.get("display_id") if isinstance(transient, dict) else None
    return display_id if isinstance(display_id, str) and display_id else None


def _error(content: dict[str, Any]) -> tuple[str, str, list[str]]:
    traceback = content.get("traceback")
    lines = [text_of(line) for line in traceback] if isinstance(traceback, list) else []
    return text_of(content.get("ename")), text_of(content.get("evalue")), lines


def _integer(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**53 else None


def _plain(data: MimeBundle) -> dict[str, Any]:
    return {mime_type: value.value for mime_type, value in data.items() if isinstance(value, Inline)}
