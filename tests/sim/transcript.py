"""What the rows must show, computed from the agents' journals by a reader of its own: small, slow, and not the reducer.

Transcript   of one kernel stream: records in order -> per execution, its state and its outputs
"""

import hashlib
import json
from collections.abc import Iterable

import msgspec

from noctule_agent.wire import link
from noctule_agent.wire.limits import INLINE_BYTES

Item = tuple[str, ...]
"""("stream", name, text) | ("display", text) | ("result", text) | ("error", ename) | ("cut", code)"""


class Display(msgspec.Struct):
    kind: str
    display_id: str | None
    text: str


class Stream(msgspec.Struct):
    name: str
    said: str


class Told(msgspec.Struct):
    """One execution, as far as its records go."""

    id: str
    state: str = "queued"
    outputs: list[Stream | Display | Item] = []
    clear_next: bool = False
    clears: int = 0

    def items(self) -> list[Item]:
        return [_item(output) for output in self.outputs]

    def unmarked(self) -> list[Item]:
        """As its kernel said it: no kernel says a mark, and its text goes on after one."""
        outputs: list[Stream | Display | Item] = []
        for output in self.outputs:
            last = outputs[-1] if outputs else None
            if isinstance(output, Stream) and isinstance(last, Stream) and last.name == output.name:
                outputs[-1] = Stream(last.name, last.said + output.said)
            elif not (isinstance(output, tuple) and output[0] == "cut"):
                outputs.append(output)
        return [_item(output) for output in outputs]


class Transcript:
    def __init__(self) -> None:
        self.executions: dict[str, Told] = {}
        self._displays: dict[str, list[Display]] = {}
        self._epoch = 0

    def read(self, records: Iterable[link.Record]) -> set[str]:  # noqa: C901 - one arm a record
        """Take records; the executions that they touched."""
        touched: set[str] = set()
        for record in records:
            match record:
                case link.KernelStarting():
                    self._epoch = record.epoch
                    self._displays = {}
                case link.BatchAccepted():
                    for id_ in record.execution_ids:
                        self._told(id_)
                case link.ExecutionStarted():
                    self._told(record.execution_id).state = "running"
                    touched.add(record.execution_id)
                case link.ExecutionEnded():
                    self._told(record.execution_id).state = record.state
                    touched.add(record.execution_id)
                case link.Gap():
                    for told in self.executions.values():
                        if told.state == "running":
                            # A mark is not said by the kernel: a clear that is to come still waits.
                            told.outputs.append(("cut", record.cause.code))
                            touched.add(told.id)
                case link.KernelDied():
                    for told in self.executions.values():
                        if told.state == "running":
                            told.state = "lost"
                            touched.add(told.id)
                case link.Said():
                    for message in record.messages:
                        touched |= self._hear(message)
        return touched

    def _told(self, execution_id: str) -> Told:
        if execution_id not in self.executions:
            self.executions[execution_id] = Told(execution_id)
        return self.executions[execution_id]

    def _hear(self, message: link.KernelMessage) -> set[str]:
        content = json.loads(message.content)
        display_id = content.get("transient", {}).get("display_id")
        touched = {message.parent_id}
        if message.msg_type in ("display_data", "update_display_data") and display_id:
            for display in self._displays.get(display_id, ()):
                display.text = content["data"]["text/plain"]
            touched |= set(self.executions)
        if message.parent_id not in self.executions:
            return touched - {message.parent_id}
        told = self.executions[message.parent_id]
        match message.msg_type:
            case "stream":
                self._stream(told, content["name"], content["text"])
            case "clear_output":
                if content["wait"]:
                    told.clear_next = True
                else:
                    self._clear(told)
            case "display_data" | "execute_result" as kind:
                shown = Display(
                    "result" if kind == "execute_result" else "display", display_id, content["data"]["text/plain"]
                )
                self._add(told, shown)
                if display_id:
                    self._displays.setdefault(display_id, []).append(shown)
            case "error":
                self._add(told, ("error", content["ename"]))
        return touched

    def _stream(self, told: Told, name: str, text: str) -> None:
        if not text:
            return
        self._ready(told)
        last = told.outputs[-1] if told.outputs else None
        if isinstance(last, Stream) and last.name == name:
            last.said += text
        else:
            told.outputs.append(Stream(name, text))

    def _add(self, told: Told, output: Display | Item) -> None:
        self._ready(told)
        told.outputs.append(output)

    def _ready(self, told: Told) -> None:
        if told.clear_next:
            self._clear(told)

    def _clear(self, told: Told) -> None:
        gone = {id(output) for output in told.outputs}
        for places in self._displays.values():
            places[:] = [place for place in places if id(place) not in gone]
        told.outputs = []
        told.clear_next = False
        told.clears += 1


def _item(output: Stream | Display | Item) -> Item:
    match output:
        case Stream(name, said):
            return ("stream", name, shown(said))
        case Display(kind, _, text) if len(text) > INLINE_BYTES:
            return (kind, f"blob {hashlib.sha256(text.encode()).hexdigest()}")
        case Display(kind, _, text):
            return (kind, text)
        case _:
            return output


def shown(text: str) -> str:
    """What a terminal shows of text with newlines and carriage returns."""
    if "\r" not in text:
        return text
    lines: list[str] = []
    for line in text.split("\n"):
        cells: list[str] = []
        at = 0
        for char in line:
            if char == "\r":
                at = 0
                continue
            cells[at : at + 1] = [char]
            at += 1
        lines.append("".join(cells))
    return "\n".join(lines)
