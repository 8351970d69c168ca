"""What the Output widgets of one kernel process captured, and which of them the kernel must be told. Pure: ids are arguments.

A front end tells an Output widget what it captured: `out.outputs` in the kernel, and what code writes there next, build
on it. The agent is that front end, as the next execution leaves it without the server. What is captured is what the
server shows (noctule.runs.widgets): outputs whose parent is the `msg_id` of a widget go to the innermost such widget.

    hear            all that the kernel publishes            untold    what to send; each widget at most once
    heard_by_page   comm messages of pages to the kernel     taken     the kernel has dealt with one of those

Echoes say nothing new: both sides of a comm are heard here. Without an Output widget a message costs a comparison or two,
and nothing is decoded.
"""

from collections.abc import Callable
from typing import Final

import msgspec

from .captured import Fields, Shown, Widget, display_id_of, read
from .wire.limits import CAPTURED_CHARS
from .wire.link import KernelMessage

COMMS: Final = frozenset({"comm_open", "comm_msg", "comm_close"})
DISPLAYS: Final = frozenset({"display_data", "execute_result", "update_display_data"})
FIELDS: Final = {
    "display_data": ("metadata", "data"),
    "execute_result": ("metadata", "data", "execution_count"),
    "error": ("ename", "evalue", "traceback"),
}
"""Of the content of a message, what its output has; in the order of nbformat, as code may print it."""


class Untold(msgspec.Struct, frozen=True):
    """A `comm_msg` for the kernel."""

    msg_id: str
    content: bytes


# --- what is read ---------------------------------------------------------------------------------------------------


class _State(msgspec.Struct, frozen=True):
    msg_id: str | msgspec.UnsetType = msgspec.UNSET
    outputs: list[Fields] | msgspec.UnsetType = msgspec.UNSET
    model_name: str = msgspec.field(name="_model_name", default="")
    model_module: str = msgspec.field(name="_model_module", default="")


class _Data(msgspec.Struct, frozen=True):
    state: _State = _State()
    method: str = ""


class _Comm(msgspec.Struct, frozen=True):
    data: _Data = _Data()
    target_name: str = ""


class _CommId(msgspec.Struct, frozen=True):
    comm_id: str = ""


class _Said(msgspec.Struct, frozen=True):
    name: str = ""
    text: str = ""


class _Clear(msgspec.Struct, frozen=True):
    wait: bool = False


_comm_id = msgspec.json.Decoder(_CommId)
_comm = msgspec.json.Decoder(_Comm)
_said = msgspec.json.Decoder(_Said)
_clear = msgspec.json.Decoder(_Clear)
_fields = msgspec.json.Decoder(Fields)


def _raw(value: object) -> msgspec.Raw:
    return msgspec.Raw(msgspec.json.encode(value))


class Captures:
    """The Output widgets of one kernel process."""

    def __init__(self, limit: int = CAPTURED_CHARS) -> None:
        self._limit = limit
        self._widgets: dict[str, Widget] = {}
        self._stacks: dict[str, list[str]] = {}
        """Who captures what this request says, the innermost last."""
        self._changed: dict[str, None] = {}
        """Widgets that the kernel must be told of, in the order in which they changed."""
        self._flying: dict[str, str] = {}
        """Messages on their way to the kernel, and whom they are about."""

    def hear(self, message: KernelMessage) -> None:
        """Something that the kernel published."""
        kind = message.msg_type
        if kind == "stream":
            if message.parent_id in self._stacks:
                self._write(message)
        elif kind in COMMS:
            self._comm(kind, message.content, by_kernel=True)
        elif self._widgets and (kind in DISPLAYS or message.parent_id in self._stacks):
            self._other(kind, message)

    def heard_by_page(self, msg_type: str, content: bytes) -> None:
        """A comm message that a page sends to the kernel."""
        if msg_type in COMMS:
            self._comm(msg_type, content, by_kernel=False)

    def untold(self, new_id: Callable[[], str]) -> list[Untold]:
        """What the kernel is to be told now."""
        if not self._changed:
            return []
        changed, self._changed = self._changed, {}
        news = [Untold(new_id(), self._content(id_)) for id_ in changed]
        self._flying |= {one.msg_id: id_ for one, id_ in zip(news, changed, strict=True)}
        return news

    def taken(self, msg_id: str) -> bool:
        """The kernel is done with this request. Whether it was one of `untold`."""
        return self._flying.pop(msg_id, None) is not None

    def _content(self, id_: str) -> bytes:
        state = {"outputs": [output.output() for output in self._widgets[id_].outputs]}
        return msgspec.json.encode({"comm_id": id_, "data": {"method": "update", "state": state, "buffer_paths": []}})

    # --- comm messages -----------------------------------------------------------------------------------------------

    def _comm(self, kind: str, content: bytes, *, by_kernel: bool) -> None:
        if kind == "comm_open":
            if b"OutputModel" in content:
                self._open(content)
            return
        head = read(_comm_id, content) if self._widgets else None
        if head is None or head.comm_id not in self._widgets:
            return
        if kind == "comm_close":
            self._close(head.comm_id)
            return
        comm = read(_comm, content)
        if comm is not None and comm.data.method == "update":
            self._update(head.comm_id, comm.data.state, by_kernel=by_kernel)

    def _open(self, content: bytes) -> None:
        head, comm = read(_comm_id, content), read(_comm, content)
        if head is None or comm is None or not head.comm_id or comm.target_name != "jupyter.widget":
            return
        state = comm.data.state
        if state.model_name == "OutputModel" and state.model_module == "@jupyter-widgets/output":
            self._close(head.comm_id)
            self._widgets[head.comm_id] = Widget()
            self._update(head.comm_id, state, by_kernel=True)

    def _update(self, id_: str, state: _State, *, by_kernel: bool) -> None:
        widget = self._widgets[id_]
        if state.msg_id is not msgspec.UNSET:
            self._release(id_)
            widget.msg_id = state.msg_id
            if widget.msg_id:
                self._stacks.setdefault(widget.msg_id, []).append(id_)
        if state.outputs is not msgspec.UNSET:
            widget.put(state.outputs)
            self._changed.pop(id_, None)
            if by_kernel and id_ in self._flying.values():
                # What is on its way will replace in the kernel what it has just said.
                self._changed[id_] = None

    def _close(self, id_: str) -> None:
        if id_ in self._widgets:
            self._release(id_)
            del self._widgets[id_]
            self._changed.pop(id_, None)

    def _release(self, id_: str) -> None:
        stack = self._stacks.get(self._widgets[id_].msg_id, [])
        if id_ in stack:
            stack.remove(id_)
        if not stack:
            self._stacks.pop(self._widgets[id_].msg_id, None)

    # --- outputs -----------------------------------------------------------------------------------------------------

    def _write(self, message: KernelMessage) -> None:
        said = read(_said, message.content)
        if said is not None and said.text:
            id_ = self._stacks[message.parent_id][-1]
            name = "stderr" if said.name == "stderr" else "stdout"
            if self._widgets[id_].write(name, said.text, self._limit):
                self._changed[id_] = None

    def _other(self, kind: str, message: KernelMessage) -> None:
        capturing = self._stacks.get(message.parent_id)
        if not capturing and not any(widget.displays for widget in self._widgets.values()):
            return
        content = read(_fields, message.content)
        if content is None:
            return
        display_id = display_id_of(content) if kind in DISPLAYS else None
        if display_id is not None:
            self._update_displays(display_id, content)
        if capturing and kind == "clear_output":
            self._clear(capturing[-1], message.content)
        elif capturing and kind in FIELDS:
            output = {"output_type": _raw(kind)} | {key: content[key] for key in FIELDS[kind] if key in content}
            if display_id is not None:
                output["transient"] = _raw({"display_id": display_id})
            if self._widgets[capturing[-1]].show(Shown(output, display_id), self._limit):
                self._changed[capturing[-1]] = None

    def _clear(self, id_: str, content: bytes) -> None:
        wanted = read(_clear, content) or _Clear()
        self._widgets[id_].clear(wait=wanted.wait)
        if not wanted.wait:
            self._changed[id_] = None

    def _update_displays(self, display_id: str, content: Fields) -> None:
        for id_, widget in self._widgets.items():
            if display_id in widget.displays:
                widget.update(display_id, content)
                self._changed[id_] = None
