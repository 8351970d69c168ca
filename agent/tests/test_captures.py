"""What Output widgets capture, and what the kernel is told of it."""

import asyncio
import itertools
import json
from typing import Any

import msgspec
import pytest

from agent.tests.harness import KERNEL, Fakes, virtually
from noctule_agent.captures import Captures
from noctule_agent.kernels.fake import Comm
from noctule_agent.wire import link
from noctule_agent.wire.limits import CAPTURED_FULL
from noctule_agent.wire.link import KernelMessage
from noctule_agent.wire.values import CommandId

FULL = {"output_type": "stream", "name": "stderr", "text": CAPTURED_FULL}


class Kernel:
    """Says things, and knows what it was told."""

    def __init__(self, **limits: int) -> None:
        self.captures = Captures(**limits)
        self.told: list[tuple[str, str]] = []
        self._outputs: dict[str, Any] = {}
        self._ids = map(str, itertools.count(1))

    def say(self, msg_type: str, parent: str = "e1", **content: Any) -> "Kernel":
        self.captures.hear(KernelMessage(msg_type, parent, json.dumps(content).encode()))
        return self

    def print(self, text: str, parent: str = "e1", name: str = "stdout") -> "Kernel":
        return self.say("stream", parent, name=name, text=text)

    def display(self, text: str, display_id: str = "", *, kind: str = "display_data", parent: str = "e1") -> "Kernel":
        transient = {"display_id": display_id} if display_id else {}
        return self.say(kind, parent, data={"text/plain": text}, metadata={}, transient=transient)

    def open(self, id_: str, **state: Any) -> "Kernel":
        state = {"_model_name": "OutputModel", "_model_module": "@jupyter-widgets/output", "msg_id": ""} | state
        return self.say("comm_open", comm_id=id_, target_name="jupyter.widget", data={"state": state})

    def update(self, id_: str, method: str = "update", **state: Any) -> "Kernel":
        return self.say("comm_msg", comm_id=id_, data={"method": method, "state": state, "buffer_paths": []})

    def idle(self) -> "Kernel":
        for untold in self.captures.untold(lambda: next(self._ids)):
            content = json.loads(untold.content)
            assert content["data"].keys() == {"method", "state", "buffer_paths"}
            self._outputs[content["comm_id"]] = content["data"]["state"]["outputs"]
            self.told.append((untold.msg_id, content["comm_id"]))
        return self

    def outputs(self, id_: str = "w") -> Any:
        """Those it was told last."""
        return self.idle()._outputs.get(id_)


def capturing(**limits: int) -> Kernel:
    """`w` captures what `e1` says."""
    return Kernel(**limits).open("w").update("w", msg_id="e1")


def text(text: str, name: str = "stdout") -> dict[str, Any]:
    return {"output_type": "stream", "name": name, "text": text}


def shown(value: str, **more: Any) -> dict[str, Any]:
    return {"output_type": "display_data", "metadata": {}, "data": {"text/plain": value}, **more}


def test_what_a_widget_captured_is_told_once():
    kernel = capturing().print("a").print("b").print("c", name="stderr").display("d").print("e")
    assert kernel.outputs() == [text("ab"), text("c", "stderr"), shown("d"), text("e")]
    assert kernel.idle().told == [("1", "w")]


def test_errors_and_results_are_as_nbformat_has_them():
    kernel = capturing().say("error", ename="E", evalue="v", traceback=["t"], more=1)
    kernel.say("execute_result", data={"a": "b"}, metadata={"m": 1}, execution_count=3, transient={})
    error = {"output_type": "error", "ename": "E", "evalue": "v", "traceback": ["t"]}
    result = {"output_type": "execute_result", "metadata": {"m": 1}, "data": {"a": "b"}, "execution_count": 3}
    assert kernel.outputs() == [error, result]
    assert [list(output) for output in kernel.outputs()] == [list(error), list(result)]


def test_what_nobody_captures_is_not_told():
    kernel = Kernel().print("before").open("w").print("not yet").update("w", msg_id="e1").print("other", parent="e2")
    kernel.update("w", msg_id="").print("no longer").display("x").say("clear_output", wait=False)
    assert kernel.outputs() is None


def test_other_models_and_other_comms_capture_nothing():
    kernel = Kernel().open("w", _model_name="ButtonModel", description="OutputModel", msg_id="e1")
    state = {"_model_name": "OutputModel", "_model_module": "@jupyter-widgets/output", "msg_id": "e1"}
    kernel.say("comm_open", comm_id="x", target_name="mine", data={"state": state})
    kernel.say("comm_msg", comm_id="x", data=["anything"])
    assert kernel.print("text").outputs() is None


def test_of_several_the_innermost_captures():
    kernel = Kernel().open("outer", msg_id="e1").open("inner").print("1").update("inner", msg_id="e1").print("2")
    kernel.update("inner", msg_id="").print("3")
    assert (kernel.outputs("outer"), kernel.outputs("inner")) == ([text("13")], [text("2")])
    assert len(kernel.told) == 2


def test_a_closed_widget_captures_nothing_and_is_not_told():
    kernel = capturing().print("x").say("comm_close", comm_id="w", data=None)
    assert kernel.print("y").outputs() is None


def test_what_the_kernel_writes_itself_is_what_it_has():
    kernel = capturing().print("x").update("w", outputs=[text("mine")])
    assert kernel.idle().told == []
    assert kernel.print(" and more").outputs() == [text("mine and more")]


def test_what_the_kernel_says_while_it_is_being_told_is_told_again():
    kernel = capturing().print("x").idle().update("w", outputs=[text("crossed")])
    assert kernel.outputs() == [text("crossed")]
    assert kernel.captures.taken("1")
    assert kernel.captures.taken("2")
    assert not kernel.captures.taken("3")
    assert kernel.update("w", outputs=[]).idle().told == [("1", "w"), ("2", "w")]


def test_the_echo_of_what_it_was_told_takes_nothing_back():
    kernel = capturing().print("x").idle().print("y").update("w", "echo_update", outputs=[text("x")])
    assert kernel.outputs() == [text("xy")]


def test_what_a_page_tells_the_kernel_counts_too():
    kernel = capturing().print("x")
    content = {"comm_id": "w", "data": {"method": "update", "state": {"outputs": [text("page")]}}}
    kernel.captures.heard_by_page("comm_msg", json.dumps(content).encode())
    assert kernel.idle().told == []
    assert kernel.print("!").outputs() == [text("page!")]


def test_clearing_empties_the_widget():
    kernel = capturing().print("x").idle().say("clear_output", wait=False)
    assert kernel.outputs() == []


def test_clearing_can_wait_for_the_next_output():
    kernel = capturing().print("x").idle().say("clear_output", wait=True)
    assert kernel.idle().told == [("1", "w")]
    assert kernel.print("y").print("z").outputs() == [text("yz")]


@pytest.mark.parametrize("kind", ["display_data", "update_display_data"])
def test_a_captured_display_changes_in_place_whoever_says_it(kind: str):
    kernel = capturing().display("1", "d").display("other").update("w", msg_id="").idle()
    kernel.display("2", "d", kind=kind, parent="e9").display("3", "unknown", kind=kind)
    assert kernel.outputs() == [shown("2", transient={"display_id": "d"}), shown("other")]


def test_a_display_keeps_its_id_when_the_kernel_writes_around_it():
    kernel = capturing().display("1", "d")
    kernel.update("w", msg_id="", outputs=[*kernel.outputs(), text("more")])
    assert kernel.display("2", "d", kind="update_display_data").outputs()[0]["data"] == {"text/plain": "2"}


def test_a_full_widget_says_so_and_captures_no_more_until_it_is_cleared():
    kernel = capturing(limit=100).print("x" * 90).print("y" * 20).print("z").display("z")
    assert kernel.outputs() == [text("x" * 90), FULL]
    assert kernel.print("z").idle().told == [("1", "w")]
    assert kernel.captures.taken("1")
    kernel.update("w", outputs=[FULL, text("mine")])
    assert kernel.print("z").idle().told == [("1", "w")]
    assert kernel.say("clear_output", wait=True).print("again").outputs() == [text("again")]


def test_room_that_an_update_frees_can_be_used():
    kernel = capturing(limit=250).display("x" * 100, "d").display("y", "d", kind="update_display_data")
    assert kernel.print("z" * 150).outputs()[1] == text("z" * 150)


def test_a_long_progress_bar_does_not_fill_its_widget():
    kernel = capturing(limit=200_000)
    for step in range(20_000):
        kernel.print(f"\r{step:6} of 20000 |{'#' * 40}|")
    [said] = kernel.outputs()
    assert said["text"].endswith(f"\r 19999 of 20000 |{'#' * 40}|")
    assert len(said["text"]) < 70_000


def test_long_text_is_kept_whole():
    kernel = capturing()
    for line in range(20_000):
        kernel.print(f"line {line}\n")
    assert kernel.outputs() == [text("".join(f"line {line}\n" for line in range(20_000)))]


@pytest.mark.parametrize("content", [b"", b"[]", b'{"data":', b'{"data":5}', b"\xff", b"[" * 100_000])
@pytest.mark.parametrize("kind", ["stream", "comm_open", "comm_msg", "comm_close", "display_data", "clear_output"])
def test_what_cannot_be_read_changes_nothing_that_was_captured(kind: str, content: bytes):
    kernel = capturing().print("x")
    content = content if kind != "comm_open" else content + b"OutputModel"
    kernel.captures.hear(KernelMessage(kind, "e2", content))
    assert kernel.outputs() == [text("x")]


def test_bad_characters_are_mended():
    kernel = capturing()
    kernel.captures.hear(KernelMessage("stream", "e1", b'{"name":"stdout","text":"a\\ud800b"}'))
    kernel.captures.hear(KernelMessage("display_data", "e1", b'{"data":{"x":NaN},"metadata":{}}'))
    assert kernel.outputs() == [text("a?b"), {"output_type": "display_data", "metadata": {}, "data": {"x": None}}]


# --- in the agent ---------------------------------------------------------------------------------------------------


def told(comms: list[Comm]) -> list[list[str]]:
    states = [json.loads(comm.content)["data"]["state"] for comm in comms]
    return [[output["text"] for output in state["outputs"]] for state in states]


def test_what_the_kernel_writes_next_builds_on_what_was_captured_with_no_server_there():
    async def main() -> None:
        async with Fakes() as fakes:
            await fakes.server.start()
            cells = ("widget w\nenter w\nprint 1\nprint 2\nleave w", "append w more", "enter w\nprint 3\nleave w")
            await fakes.server.run(*cells)
            await fakes.server.until(lambda: fakes.server.all(link.BatchAccepted))
            fakes.server.up = False
            await fakes.server.cut()
            kernel = fakes.kernels.started[0]
            while len(kernel.comms) < 2:
                await asyncio.sleep(0.1)
            assert told(kernel.comms) == [["1\n2\n"], ["1\n2\n", "more3\n"]]
            fakes.server.up = True
            await fakes.server.end_of("b1-2")
            assert [len(fakes.server.messages(comm.msg_id)) for comm in kernel.comms] == [3, 3], "busy, echo, idle"

    virtually(main)


def test_a_cell_that_prints_a_lot_is_told_of_once():
    async def main() -> None:
        async with Fakes() as fakes:
            await fakes.server.start()
            await fakes.server.run("widget w\nenter w\nflood 1000\nleave w")
            await fakes.server.end_of("b1-0")
            assert len(fakes.kernels.started[0].comms) == 1

    virtually(main)


def test_what_a_thread_captured_is_told_before_a_page_speaks_to_the_kernel():
    async def main() -> None:
        async with Fakes() as fakes:
            await fakes.server.start()
            await fakes.server.run("widget w\nenter w")
            await fakes.server.end_of("b1-0")
            kernel = fakes.kernels.started[0]
            kernel._stream("b1-0", "late")
            click = link.CommSend(CommandId("click"), KERNEL, "comm_msg", b'{"comm_id":"button","data":{}}', [])
            await fakes.server.asked(lambda id_: msgspec.structs.replace(click, id=id_))
            assert told(kernel.comms[:1]) == [["late"]]
            assert len(kernel.comms) == 2

    virtually(main)


def test_a_restarted_kernel_is_told_nothing_of_the_one_before():
    async def main() -> None:
        async with Fakes() as fakes:
            await fakes.server.start()
            await fakes.server.run("widget w\nenter w\nprint 1\ndie")
            await fakes.server.end_of("b1-0")
            await fakes.server.run("print 2", batch="b2")
            await fakes.server.end_of("b2-0")
            assert [kernel.comms for kernel in fakes.kernels.started] == [[], []]

    virtually(main)
