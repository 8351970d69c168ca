"""ipywidgets: models and their state from comm messages of both sides, and what Output widgets capture. Pure.

A model lives for one kernel epoch; later it is shown as it was and answers to nothing. Custom messages are passed on to the
pages that are there and change nothing here; neither do comms of other targets, nor echoes of what pages sent.

An Output widget whose `msg_id` names a request gets that request's outputs instead of the cell, the innermost of several
first. They are the `outputs` of its state, as nbformat outputs; text is folded, and ends with the control characters that
put the cursor where it was, so that the text alone is enough to go on. A display keeps its display_id in `transient`.
A widget that holds CAPTURED_CHARS captures no more: what follows goes to the cell.
"""

from collections.abc import Sequence
from typing import Any, Final

import msgspec

from noctule.runs.draft import Draft
from noctule.runs.fold import Screen, fold
from noctule.runs.mime import json_size, mended
from noctule.runs.state import Widget, captured_outputs, widget_of
from noctule_agent.wire.limits import CAPTURED_FULL
from noctule_agent.wire.state import BufferPath, Capture, WidgetGone, WidgetModel, WidgetPatch, WidgetPut, WidgetSaid

TARGET: Final = "jupyter.widget"
FULL: Final[dict[str, Any]] = {
    "output_type": "stream",
    "name": "stderr",
    "text": CAPTURED_FULL,
}

RawBuffers = list[tuple[BufferPath, bytes]]


# --- comm messages --------------------------------------------------------------------------------------------------


def comm(draft: Draft, msg_type: str, content: dict[str, Any], buffers: Sequence[bytes], by: str = "") -> None:
    """A comm message of the living kernel, or of a page to it (`by`: the page's Comm)."""
    id_ = content.get("comm_id")
    data = content.get("data")
    if not isinstance(id_, str) or not id_:
        return
    if msg_type == "comm_close":
        _close(draft, id_)
    elif not isinstance(data, dict):
        return
    elif msg_type == "comm_open":
        if content.get("target_name") == TARGET:
            _open(draft, id_, data, buffers)
    elif msg_type == "comm_msg" and data.get("method") == "update":
        _update(draft, id_, data, buffers, by)
    elif msg_type == "comm_msg" and data.get("method") == "custom" and not by:
        widget = draft.widgets.get(id_)
        if widget is not None and widget.epoch == draft.epoch:
            draft.ops.append(
                WidgetSaid(id_, draft.epoch, mended(data.get("content")), [bytes(part) for part in buffers])
            )


def _open(draft: Draft, id_: str, data: dict[str, Any], buffers: Sequence[bytes]) -> None:
    state, raw = _state(data, buffers)
    _release(draft, id_)
    model = WidgetModel(id=id_, epoch=draft.epoch, target=TARGET, state=state)
    widget = widget_of(model)
    depth = _capture(draft, id_, widget.msg_id)
    if depth:
        capture = Capture(depth)
        model = msgspec.structs.replace(model, capture=capture)
        widget = msgspec.structs.replace(widget, capture=capture)
    draft.widgets.put(id_, widget)
    draft.ops.append(WidgetPut(model, raw))


def _update(draft: Draft, id_: str, data: dict[str, Any], buffers: Sequence[bytes], by: str) -> None:
    widget = draft.widgets.get(id_)
    state, raw = _state(data, buffers)
    if widget is None or widget.epoch != draft.epoch or not (state or raw):
        return
    capture = None
    if widget.msg_id is not None:
        if "msg_id" in state:
            _release(draft, id_)
            msg_id = state["msg_id"] if isinstance(state["msg_id"], str) else ""
            capture = Capture(_capture(draft, id_, msg_id), widget.capture.clear_next)
            widget = msgspec.structs.replace(widget, msg_id=msg_id, capture=capture)
        if "outputs" in state:
            outputs = captured_outputs(state["outputs"])
            widget = msgspec.structs.replace(widget, outputs=outputs, chars=sum(map(json_size, outputs)))
        draft.widgets.put(id_, widget)
    draft.ops.append(WidgetPatch(id_, widget.epoch, state, raw_buffers=raw, capture=capture, by=by))


def _close(draft: Draft, id_: str) -> None:
    widget = draft.widgets.get(id_)
    if widget is not None and widget.epoch == draft.epoch:
        _release(draft, id_)
        draft.widgets.drop(id_)
        draft.ops.append(WidgetGone(id_, widget.epoch))


def _state(data: dict[str, Any], buffers: Sequence[bytes]) -> tuple[dict[str, Any], RawBuffers]:
    state = data.get("state")
    paths = data.get("buffer_paths")
    raw: RawBuffers = []
    for path, buffer in zip(paths if isinstance(paths, list) else [], buffers, strict=False):
        if isinstance(path, list) and path and all(isinstance(key, str | int) for key in path):
            raw.append((path, bytes(buffer)))
    return (mended(state) if isinstance(state, dict) else {}), raw


# --- capture --------------------------------------------------------------------------------------------------------


def _capture(draft: Draft, id_: str, msg_id: str | None) -> int:
    """The widget captures what this request says; returns its depth, 0 when it captures nothing."""
    if not msg_id:
        return 0
    stack = draft.captures.get(msg_id) or ()
    inner = draft.widgets.get(stack[-1]) if stack else None
    draft.captures.put(msg_id, (*stack, id_))
    return inner.capture.depth + 1 if inner is not None else 1


def _release(draft: Draft, id_: str) -> None:
    widget = draft.widgets.get(id_)
    if widget is None or not widget.msg_id:
        return
    stack = tuple(other for other in draft.captures.get(widget.msg_id) or () if other != id_)
    if stack:
        draft.captures.put(widget.msg_id, stack)
    else:
        draft.captures.drop(widget.msg_id)


def capturing(draft: Draft, request: str) -> str | None:
    """The widget that gets the outputs of this request."""
    stack = draft.captures.get(request)
    return stack[-1] if stack else None


def capture_clear(draft: Draft, id_: str, wait: bool) -> None:
    widget = draft.widgets[id_]
    if wait:
        _keep(draft, id_, widget, Capture(widget.capture.depth, clear_next=True))
    else:
        _keep(draft, id_, msgspec.structs.replace(widget, outputs=(), chars=0), Capture(widget.capture.depth))


def capture_text(draft: Draft, id_: str, name: str, text: str) -> bool:
    """Whether the widget took it."""
    widget, outputs = _begin(draft, id_)
    last = outputs[-1] if outputs else {}
    if last.get("output_type") == "stream" and last.get("name") == name and last is not FULL:
        outputs = outputs[:-1]
        text = _folded(str(last.get("text", "")), text)
    else:
        text = _folded("", text)
    return _end(draft, id_, widget, (*outputs, {"output_type": "stream", "name": name, "text": text}))


def capture_output(draft: Draft, id_: str, output: dict[str, Any]) -> bool:
    """Whether the widget took it."""
    widget, outputs = _begin(draft, id_)
    return _end(draft, id_, widget, (*outputs, output))


def update_captured(draft: Draft, display_id: str, data: dict[str, Any], metadata: dict[str, Any]) -> None:
    """Displays in Output widgets change in place, too."""
    for id_, widget in list(draft.widgets.items()):
        if widget.epoch != draft.epoch or not any(_display_id(output) == display_id for output in widget.outputs):
            continue
        outputs = tuple(
            {**output, "data": data, "metadata": metadata} if _display_id(output) == display_id else output
            for output in widget.outputs
        )
        _keep(draft, id_, msgspec.structs.replace(widget, outputs=outputs, chars=sum(map(json_size, outputs))))


def _display_id(output: dict[str, Any]) -> Any:
    transient = output.get("transient")
    return transient.get("display_id") if isinstance(transient, dict) else None


def _begin(draft: Draft, id_: str) -> tuple[Widget, tuple[dict[str, Any], ...]]:
    """An output is about to come: a pending clear happens now."""
    widget = draft.widgets[id_]
    return (widget, ()) if widget.capture.clear_next else (widget, widget.outputs)


def _end(draft: Draft, id_: str, widget: Widget, outputs: tuple[dict[str, Any], ...]) -> bool:
    capture = Capture(widget.capture.depth) if widget.capture.clear_next else None
    if FULL in widget.outputs and capture is None:
        return False
    kept = {id(output) for output in widget.outputs}
    added = sum(json_size(output) for output in outputs if id(output) not in kept)
    still = {id(output) for output in outputs}
    removed = sum(json_size(output) for output in widget.outputs if id(output) not in still)
    chars = widget.chars + added - removed
    if chars > draft.captured_limit:
        outputs, taken = (*(() if capture else widget.outputs), FULL), False
    else:
        taken = True
    _keep(draft, id_, msgspec.structs.replace(widget, outputs=outputs, chars=chars), capture)
    return taken


def _keep(draft: Draft, id_: str, widget: Widget, capture: Capture | None = None) -> None:
    """Remember it and say so; several changes in one step are said once."""
    before = draft.widgets[id_]
    widget = msgspec.structs.replace(widget, capture=capture or widget.capture)
    draft.widgets.put(id_, widget)
    state: dict[str, Any] = {} if widget.outputs is before.outputs else {"outputs": list(widget.outputs)}
    if not state and capture is None:
        return
    last = draft.ops[-1] if draft.ops else None
    joins = isinstance(last, WidgetPatch) and last.id == id_ and last.epoch == widget.epoch and not last.by
    if isinstance(last, WidgetPatch) and joins and not last.raw_buffers:
        draft.ops[-1] = WidgetPatch(id_, widget.epoch, {**last.state, **state}, capture=capture or last.capture)
    else:
        draft.ops.append(WidgetPatch(id_, widget.epoch, state, capture=capture))


def _folded(before: str, text: str) -> str:
    """Folded text that ends with what brings the cursor back to its place."""
    finished, screen = fold(Screen(), before + text)
    if screen.cursor is None:
        return finished + screen.tail
    row, column = screen.cursor
    back = (f"\x1b[{row}A" if row else "") + (f"\x1b[{column + 1}G" if column else "\r")
    return finished + screen.tail + back


# --- models ---------------------------------------------------------------------------------------------------------


def patched(model: WidgetModel, patch: WidgetPatch) -> WidgetModel:
    """The model after a patch: of the changed top-level keys, earlier values and buffers are gone."""
    buffered = {path[0] for path, _ in (*patch.buffers, *patch.raw_buffers)}
    changed = patch.state.keys() | buffered
    state = {key: value for key, value in model.state.items() if key not in buffered}
    return msgspec.structs.replace(
        model,
        state=state | patch.state,
        buffers=[(path, blob) for path, blob in model.buffers if path[0] not in changed] + patch.buffers,
        capture=patch.capture or model.capture,
    )
