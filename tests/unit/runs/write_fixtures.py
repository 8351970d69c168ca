"""Writes contract/fixtures/runs anew: `python -m tests.unit.runs.write_fixtures`. Read the difference before you keep it.

The files are the contract; this only saves typing them.
"""

from typing import Any

from noctule.runs.comments import mentions
from noctule.runs.state import Limits
from noctule.runs.view import applied
from noctule_agent.wire import link
from noctule_agent.wire.comments import CommentGone, CommentPut, CommentView, ThreadPut, ThreadView
from noctule_agent.wire.state import (
    BlobRef,
    CellOutputs,
    ClearNext,
    DisplayOutput,
    Inline,
    Op,
    OutputPut,
    OutputsClear,
    RunSnapshot,
    StreamOutput,
    TextAppend,
    WidgetModel,
    WidgetPatch,
)
from noctule_agent.wire.values import (
    Cause,
    CellId,
    CommentId,
    ExecutionId,
    Millis,
    OutputId,
    PromptId,
    ThreadId,
    UserId,
)
from tests.unit.runs.fixtures import FIXTURES, Fixture, dump
from tests.unit.runs.model import (
    READY,
    STARTING,
    asked,
    clear,
    comm,
    comm_update,
    died,
    display,
    ended,
    error,
    message,
    output_widget,
    run,
    said,
    start,
    started,
    stream,
)

ONE = start(("e1", "a"))
TWO = start(("e1", "a"), ("e2", "b"))
AGAIN = start(("e1", "a"), ("e2", "a"))
UP = [STARTING, READY, started("e1")]

REDUCED: list[tuple[str, str, RunSnapshot, list[link.Record], Limits | None]] = [
    (
        "streams",
        "Text goes on in the last output while it is the same stream; messages of one record are joined.",
        ONE,
        [*UP, said(stream("e1", "one\n"), stream("e1", "two")), said(stream("e1", "!\n")),
         said(stream("e1", "warn\n", "stderr")), said(stream("e1", "three\n")), ended("e1")],
        None,
    ),
    (
        "carriage-return",
        "A progress bar stays one line; CR LF is a line end; what is longer than the overwriting text remains.",
        ONE,
        [*UP, *(said(stream("e1", f"\r{percent:3}%")) for percent in (0, 50, 100)),
         said(stream("e1", " done\r\nabc\rX")), said(stream("e1", "\n\r"), stream("e1", "\nend\r")), ended("e1")],
        None,
    ),
    (
        "backspace",
        "Backspace moves back within the line; erasing takes a space.",
        ONE,
        [*UP, said(stream("e1", "working |")), said(stream("e1", "\b/")), said(stream("e1", "\b\b\b  \b")), ended("e1")],
        None,
    ),
    (
        "colours",
        "SGR and hyperlinks stay with their characters when some are overwritten; other sequences are dropped; "
        "a sequence that is cut by the end of a message waits.",
        ONE,
        [*UP, said(stream("e1", "\x1b[31mred\x1b[0m plain \x1b]8;;https://example.org/\x1b\\link\x1b]8;;\x1b\\\n")),
         said(stream("e1", "\x1b[32mgreen\x1b[0m\r\x1b[1mB")), said(stream("e1", "\x1b[?25l\x1b[0"), stream("e1", "m\x1b[2")),
         said(stream("e1", "C\x1b[K")), ended("e1")],
        None,
    ),
    (
        "nested-bars",
        "Nested progress bars (tqdm) move down by a line end and up again by a cursor movement.",
        ONE,
        [*UP, said(stream("e1", "\router 0", "stderr")),
         said(stream("e1", "\n", "stderr"), stream("e1", "\rinner 1", "stderr"), stream("e1", "\x1b[A", "stderr")),
         said(stream("e1", "\n", "stderr")), said(stream("e1", "\rinner 2", "stderr")), said(stream("e1", "\x1b[A", "stderr")),
         said(stream("e1", "\router 1", "stderr")), said(stream("e1", "\n\x1b[K", "stderr"), stream("e1", "\x1b[A", "stderr")),
         ended("e1")],
        None,
    ),
    (
        "clear-output",
        "clear_output removes at once; with wait it removes when the next output comes, also one of a later record.",
        ONE,
        [*UP, said(stream("e1", "first\n"), display("e1", "shown")), said(clear("e1"), stream("e1", "second\n")),
         said(clear("e1", wait=True)), said(clear("e1", wait=True)), said(display("e1", "third")),
         said(display("e1", "fourth")), said(clear("e1", wait=True)), ended("e1")],
        None,
    ),
    (
        "display-id",
        "A display_id is shown in many places, also in another cell; an update, or a new display with that id, changes all.",
        TWO,
        [*UP, said(display("e1", "v1", "d"), display("e1", "other", "x")), ended("e1"), started("e2"),
         said(display("e2", "v2", "d")), said(display("", "v3", "d", "update_display_data")),
         said(clear("e2")), said(display("e2", "v4", "d", "update_display_data")), ended("e2")],
        None,
    ),
    (
        "error",
        "An error is an output, and the end of its execution; what follows in the batch is aborted.",
        TWO,
        [*UP, said(stream("e1", "before\n"), error("e1")), ended("e1", "error", execution_count=1),
         ended("e2", "aborted", cause=Cause("earlier-error", "A cell before it in the same run raised an error."))],
        None,
    ),
    (
        "execute-result",
        "The count is known from execute_input on; a result is a display with a count.",
        ONE,
        [*UP, said(message("execute_input", "e1", {"code": "40 + 2", "execution_count": 7})),
         said(display("e1", "42", kind="execute_result"), message("status", "e1", {"execution_state": "idle"})),
         ended("e1", execution_count=7)],
        None,
    ),
    (
        "mime-bundle",
        "Lists of lines are joined, JSON stays JSON, missing metadata is empty.",
        ONE,
        [*UP, said(message("display_data", "e1", {"data": {"text/html": ["<b>", "x</b>"], "application/json": {"a": [1]},
                                                           "image/svg+xml": "<svg/>"}})), ended("e1")],
        None,
    ),
    (
        "late-messages",
        "What comes after the end still belongs to its execution; when the cell was run again, it is kept and not shown.",
        AGAIN,
        [*UP, said(stream("e1", "a\n")), ended("e1"), said(stream("e1", "late\n")), started("e2"),
         said(stream("e1", "later\n")), said(stream("e2", "new\n")), ended("e2"), said(stream("nobody", "ignored\n"))],
        None,
    ),
    (
        "run-again",
        "Old outputs stay while the cell waits and go when it starts.",
        AGAIN,
        [*UP, said(stream("e1", "old\n")), ended("e1"), started("e2"), said(display("e2", "new")), ended("e2")],
        None,
    ),
    (
        "output-widget",
        "An Output widget whose msg_id names a request gets its outputs; the innermost of two first; clear_output too.",
        ONE,
        [*UP, said(output_widget("w1"), output_widget("w2"), stream("e1", "cell\n")), said(comm_update("w1", msg_id="e1")),
         said(stream("e1", "in w1"), stream("e1", "\rIN", "stdout"), display("e1", "shown", "d")),
         said(comm_update("w2", msg_id="e1")), said(stream("e1", "in w2\n")), said(clear("e1", wait=True)),
         said(error("e1")), said(comm_update("w2", msg_id="")),
         said(display("e1", "changed", "d", "update_display_data")), said(comm_update("w1", msg_id="")),
         said(stream("e1", "cell again\n")), said(comm("comm_close", "w2")), ended("e1")],
        None,
    ),
    (
        "too-many-outputs",
        "At the limit of outputs a mark is put once; text goes on below it, displays do not; clearing makes room.",
        ONE,
        [*UP, said(*(display("e1", f"{n}") for n in range(5))), said(stream("e1", "text\n"), stream("e1", "err\n", "stderr")),
         said(stream("e1", "more\n"), display("e1", "dropped")), said(clear("e1"), display("e1", "room")), ended("e1")],
        Limits(outputs=3),
    ),
    (
        "too-much-output",
        "At the limit of bytes a mark is put once and nothing is kept after it.",
        ONE,
        [*UP, said(stream("e1", "0123456789" * 3)), said(stream("e1", "dropped")), said(error("e1")), ended("e1", "error")],
        Limits(bytes=20),
    ),
    (
        "kernel-death",
        "What runs is lost with the cause, its question cancelled, its outputs stay; the agent's word on it adds nothing.",
        ONE,
        [*UP, said(stream("e1", "so far\n")), asked("e1"), died(), ended("e1", "lost")],
        None,
    ),
    (
        "prompt",
        "A question opens and closes; meanwhile the kernel waits.",
        ONE,
        [*UP, asked("e1", password=True), link.PromptClosed(PromptId("p1"), Millis(1_500), True),
         said(stream("e1", "thanks\n")), ended("e1")],
        None,
    ),
    (
        "restart",
        "A new epoch: displays and widgets of the old one are shown and reach nothing; what ran is lost.",
        TWO,
        [*UP, said(display("e1", "old", "d"), output_widget("w1")), link.KernelStarting(2, Millis(3_000), "python3"),
         link.KernelReady(2, Millis(3_100), "python"), started("e2", epoch=2),
         said(display("e2", "new", "d", "update_display_data"), comm_update("w1", msg_id="e2"), display("e2", "x", "d"), epoch=2),
         said(stream("e1", "from the old one\n")), ended("e2")],
        None,
    ),
    (
        "gap",
        "Messages that were missed are marked where they would have been.",
        ONE,
        [*UP, said(stream("e1", "before\n")), link.Gap(1, Millis(1_200), Cause("iopub-gap", "Messages were missed.", {"count": 3})),
         said(stream("e1", "after\n")), ended("e1")],
        None,
    ),
    (
        "unreadable-message",
        "A message that is no JSON object leaves a mark; a lone surrogate and NUL are replaced.",
        ONE,
        [*UP, said(message("display_data", "e1", b"{broken")),
         said(message("stream", "e1", b'{"name": "stdout", "text": "half \\ud83d nul \\u0000"}')), ended("e1")],
        None,
    ),
]  # fmt: skip


def sent() -> list[tuple[str, str, RunSnapshot, list[list[Op]]]]:
    """Operations as the server sends them to pages: conflated, with blobs, with gaps in long texts."""
    cell, execution = CellId("a"), ExecutionId("e1")
    output = OutputId("o1")
    blob = [BlobRef(sha256=digit * 64, size=4, encoding="base64") for digit in "123"]
    shown = CellOutputs(cell, execution, [StreamOutput(output, "stdout", "head\n", "tail", chars=5)], count=1, bytes=9)
    model = WidgetModel(
        "w1", 1, "jupyter.widget", {"value": 1, "label": "x"}, [(["data"], blob[0]), (["tex", 0], blob[1])]
    )
    return [
        (
            "text-gap",
            "The middle of a long text is left out: omitted counts it, text_end has the end.",
            RunSnapshot(rev=1, cells=[shown]),
            [[TextAppend(cell, execution, output, "second\n", "")],
             [TextAppend(cell, execution, output, "end 1\n", "", skipped=1_000_000)],
             [TextAppend(cell, execution, output, "end 2 \U0001f987\n", "t")],
             [TextAppend(cell, execution, output, "end 3\n", "", skipped=50)]],
        ),
        (
            "not-shown",
            "Operations on an execution that the cell does not show change nothing.",
            RunSnapshot(rev=1, cells=[shown]),
            [[OutputPut(cell, ExecutionId("e0"), DisplayOutput(OutputId("o9"), {"text/plain": Inline("old")}))],
             [OutputsClear(cell, ExecutionId("e0")), ClearNext(cell, execution)],
             [TextAppend(cell, execution, OutputId("o9"), "unknown output", "")]],
        ),
        (
            "widget-buffers",
            "Of the keys that a patch changes, earlier values and buffers are gone; the others stay.",
            RunSnapshot(rev=1, widgets=[model]),
            [[WidgetPatch("w1", 1, {"tex": [None]}, [(["tex", 0], blob[2])])],
             [WidgetPatch("w1", 1, {"data": None})],
             [WidgetPatch("w1", 1, {}, [(["value"], blob[0])])],
             [WidgetPatch("w1", 2, {"label": "of another epoch"})]],
        ),
        (
            "comments",
            "A thread begins, is replied to, resolved; a comment is edited in its place; a thread goes with its last comment.",
            RunSnapshot(rev=1, threads=[_thread("t0")], comments=[_comment("c0", "t0", "Why 40?")]),
            [[ThreadPut(_thread("t1")), CommentPut(_comment("c1", "t1", "Look, @ada"))],
             [CommentPut(_comment("c2", "t1", "I see")), CommentPut(_comment("c3", "t0", "Because"))],
             [ThreadPut(_thread("t1", turn=1, resolved=True)), CommentPut(_comment("c0", "t0", "Why 41?", version=1))],
             [CommentGone(CommentId("c1"), ThreadId("t1")), CommentGone(CommentId("c0"), ThreadId("t0"))],
             [CommentGone(CommentId("c3"), ThreadId("t0")), CommentGone(CommentId("c9"), ThreadId("t9"))]],
        ),
    ]  # fmt: skip


def _thread(name: str, **fields: Any) -> ThreadView:
    return ThreadView(ThreadId(name), CellId("a"), Millis(1_000), "x = 40", **fields)


def _comment(name: str, thread: str, text: str, **fields: Any) -> CommentView:
    said = {"mentions": mentions(text), **fields}
    return CommentView(CommentId(name), ThreadId(thread), UserId("ada"), Millis(1_000), text, **said)


def main() -> None:
    FIXTURES.mkdir(parents=True, exist_ok=True)
    for name, about, first, records, limits in REDUCED:
        ops = [step.ops for step in run(first, records, limits=limits)]
        _write(Fixture(name, about, first, ops, _view(first, ops), records, limits))
    for name, about, first, ops in sent():
        _write(Fixture(name, about, first, ops, _view(first, ops)))


def _view(first: RunSnapshot, ops: list[list[Op]]) -> RunSnapshot:
    return applied(first, first.rev + len(ops), [op for step in ops for op in step])


def _write(fixture: Fixture) -> None:
    (FIXTURES / f"{fixture.name}.json").write_bytes(dump(fixture))


if __name__ == "__main__":
    main()
