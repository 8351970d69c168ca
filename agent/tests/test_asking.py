"""Asks between the link and a kernel: answered once, bounded, never journaled, lost with what they were asked over."""

import asyncio
from typing import Any

import msgspec
import pytest

from agent.tests.harness import KERNEL, Fakes, virtually
from noctule_agent import inspector
from noctule_agent.kernels.asking import PATIENCE_SECONDS, Asks
from noctule_agent.wire import link
from noctule_agent.wire.asks import (
    AnswerBody,
    AskBody,
    CompleteAsk,
    Completeness,
    Completion,
    Completions,
    InspectAsk,
    Inspected,
    IsCompleteAsk,
    LookAsk,
    Named,
    Variable,
    VariableList,
    VariablesAsk,
)
from noctule_agent.wire.limits import ANSWER_BYTES, ASKS_PER_KERNEL, COMPLETIONS
from noctule_agent.wire.values import Problem

_json = msgspec.json.encode


class Wire:
    """What was sent to a kernel that a test plays."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, str, bytes]] = []
        self.said: list[AnswerBody | Problem] = []
        self.asks = Asks(
            lambda kind, content: self._send("control", kind, content), lambda kind, c: self._send("shell", kind, c)
        )

    def _send(self, channel: str, kind: str, content: bytes) -> str:
        self.sent.append((channel, kind, content))
        return f"m{len(self.sent)}"

    def ask(self, ask: AskBody, *, busy: bool = False) -> None:
        self.asks.ask(ask, self.said.append, busy=busy)

    def heard(self, number: int, kind: str, **content: Any) -> None:
        self.asks.heard(f"m{number}", kind, _json(content))

    @property
    def kinds(self) -> list[str]:
        return [f"{channel} {kind}" for channel, kind, _ in self.sent]

    @property
    def codes(self) -> list[str]:
        return [said.code if isinstance(said, Problem) else "told" for said in self.said]


def helped() -> Wire:
    wire = Wire()
    wire.asks.started("python")
    wire.heard(1, "execute_reply", status="ok")
    return wire


def test_a_python_kernel_is_helped_once_and_asked_on_control_though_it_is_busy():
    async def main() -> None:
        wire = Wire()
        wire.asks.started("python")
        wire.ask(VariablesAsk())
        assert wire.kinds == ["shell execute_request"]
        boot = msgspec.json.decode(wire.sent[0][2])
        assert (boot["silent"], boot["store_history"], boot["code"]) == (True, False, inspector.BOOT)
        wire.heard(1, "execute_reply", status="ok")
        wire.ask(CompleteAsk("a", 1), busy=True)
        asked = [f"control {inspector.INSTALL}", f"control {inspector.ASK}", f"control {inspector.ASK}"]
        assert wire.kinds[1:] == asked
        wire.heard(4, "noctule_ask_reply", status="ok", answer='{"t":"completions","start":0,"end":1}')
        wire.heard(3, "noctule_ask_reply", status="error", code="ask-stuck", title="No.", detail="Why.")
        wire.heard(3, "noctule_ask_reply", status="ok", answer='{"t":"variable-list","items":[],"total":0}')
        assert wire.said == [Completions(0, 1), Problem("ask-stuck", "No.", "Why.", 409)]

    asyncio.run(main())


def test_a_kernel_of_another_language_is_asked_by_the_protocol_while_it_is_idle():
    async def main() -> None:
        wire = Wire()
        wire.ask(CompleteAsk("pri", 3))
        wire.asks.started("R")
        wire.ask(InspectAsk("print", 2, 1))
        wire.ask(IsCompleteAsk("f("))
        wire.ask(IsCompleteAsk("f("))
        assert wire.kinds == ["shell complete_request", "shell inspect_request", *["shell is_complete_request"] * 2]
        assert msgspec.json.decode(wire.sent[1][2]) == {"code": "print", "cursor_pos": 2, "detail_level": 1}
        many = [f"p{n}" for n in range(COMPLETIONS + 1)]
        wire.heard(1, "complete_reply", status="ok", matches=many, cursor_start=0, cursor_end=3)
        wire.heard(2, "inspect_reply", found=True, data={"text/plain": "x", "application/json": {}})
        wire.heard(3, "is_complete_reply", status="incomplete", indent="  ")
        wire.heard(4, "is_complete_reply", status="odd")
        assert wire.said == [
            Completions(0, 3, [Completion(name) for name in many[:-1]], more=True),
            Inspected(True, {"text/plain": "x"}),
            Completeness("incomplete", "  "),
            Completeness("unknown"),
        ]
        wire.ask(CompleteAsk("a", 1), busy=True)
        wire.ask(VariablesAsk())
        wire.ask(LookAsk(Named("x")))
        assert wire.codes[4:] == ["kernel-busy", "ask-needs-python", "ask-needs-python"]

    asyncio.run(main())


def test_a_python_kernel_that_is_no_ipykernel_is_asked_by_the_protocol():
    async def main() -> None:
        wire = Wire()
        wire.asks.started("python")
        wire.ask(CompleteAsk("a", 1))
        wire.ask(VariablesAsk())
        wire.heard(1, "execute_reply", status="error", ename="NameError")
        assert (wire.kinds[1:], wire.codes) == (["shell complete_request"], ["ask-needs-python"])

    asyncio.run(main())


@pytest.mark.parametrize(
    "content",
    [
        b"no json",
        b"{}",
        _json({"status": "ok", "answer": "{"}),
        _json({"status": "ok", "answer": '{"t":"done","id":"x"}'}),
        _json({"status": "ok", "answer": '{"t":"completions","start":"a","end":0}'}),
        _json({"status": "ok", "answer": " " * 2 * ANSWER_BYTES}),
        _json({"status": ["ok"]}),
        b'{"status":"\xff"}',
        b'{"unknown":' + b"[" * 100_000,
    ],
    ids=lambda _: "content",
)
def test_what_a_kernel_says_is_checked(content: bytes):
    async def main() -> None:
        wire = helped()
        wire.ask(VariablesAsk())
        wire.asks.heard("m3", "noctule_ask_reply", content)
        assert wire.codes in (["answer-unreadable"], ["ask-failed"])

    asyncio.run(main())


def test_a_kernel_that_does_not_answer_or_is_gone_leaves_nobody_waiting():
    async def main() -> None:
        wire = helped()
        wire.ask(VariablesAsk())
        await asyncio.sleep(PATIENCE_SECONDS + 0.1)
        assert wire.codes == ["ask-timeout"]
        for _ in range(ASKS_PER_KERNEL + 1):
            wire.ask(VariablesAsk())
        assert wire.codes[1:] == ["too-many-asks"]
        wire.asks.close()
        assert wire.codes[2:] == ["kernel-not-running"] * ASKS_PER_KERNEL
        before = Wire()
        before.ask(VariablesAsk())
        before.asks.close()
        assert before.codes == ["kernel-not-running"]

    virtually(main)


# --- over the link, with a scripted kernel -------------------------------------------------------------------------------


def test_a_kernel_answers_while_its_cell_runs_and_nothing_of_it_is_journaled():
    async def main() -> None:
        async with Fakes() as fakes:
            server = fakes.server
            await server.start()
            assert await server.refused(VariablesAsk()) == "kernel-not-running"
            await server.run("set name Ada\nprint begun\nsleep 50")
            await server.until(lambda: server.text("b1-0"))
            head = len(server.records[KERNEL])
            assert await server.told(VariablesAsk()) == VariableList(
                [Variable("name", "str", "text", preview="Ada")], 1
            )
            assert await server.told(CompleteAsk("print na", 8)) == Completions(6, 8, [Completion("name", "instance")])
            assert await server.refused(LookAsk(Named("name"))) == "look-not-possible"
            assert len(server.records[KERNEL]) == head
            await server.command(lambda id_: link.RestartKernel(id_, KERNEL))
            await server.until(lambda: len(server.all(link.KernelReady)) == 2)
            assert await server.told(VariablesAsk()) == VariableList([], 0)

    virtually(main)


def test_an_ask_is_lost_with_its_connection_and_the_next_is_answered():
    async def main() -> None:
        async with Fakes() as fakes:
            server = fakes.server
            await server.start()
            await server.until(lambda: server.all(link.KernelReady))
            lost = await server.put(VariablesAsk())
            await server.cut()
            await server.linked()
            assert await server.told(VariablesAsk()) == VariableList([], 0)
            assert lost not in server.answers

    virtually(main)


def test_a_kernel_that_is_not_there_is_said_not_to_be():
    async def main() -> None:
        async with Fakes() as fakes:
            assert await fakes.server.refused(VariablesAsk()) == "kernel-unknown"

    virtually(main)
