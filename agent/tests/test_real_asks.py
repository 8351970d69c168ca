"""Asks of a real ipykernel: answered while a cell runs, and the cell does not notice."""

import asyncio
import time

import pytest

from agent.tests.harness import KERNEL
from agent.tests.runtime import Runtime
from noctule_agent.wire import link
from noctule_agent.wire.asks import (
    AskBody,
    CompleteAsk,
    Completeness,
    Completions,
    Condition,
    InspectAsk,
    Inspected,
    IsCompleteAsk,
    LookAsk,
    Named,
    Shown,
    Sort,
    TableView,
    VariableList,
    VariablesAsk,
)
from noctule_agent.wire.values import ExecutionId

SLEEP = "print('begun', flush=True)\nimport time\ntime.sleep(30)"
SPIN = "print('begun', flush=True)\nwhile True: pass"
EVERYTHING: list[AskBody] = [
    CompleteAsk("df.ke", 5),
    InspectAsk("df.keys(", 8),
    IsCompleteAsk("for x in y:"),
    VariablesAsk(),
    LookAsk(Named("df")),
]


async def begun(runtime: Runtime, source: str, batch: str = "busy") -> None:
    await runtime.server.run(source, batch=batch)
    await runtime.server.until(lambda: runtime.server.text(f"{batch}-0"))


async def done(runtime: Runtime, *sources: str, batch: str = "b1") -> None:
    ids = await runtime.server.run(*sources, batch=batch)
    assert (await runtime.server.end_of(ids[-1], 60)).state == "ok", runtime.server.messages()


async def stop(runtime: Runtime, batch: str = "busy") -> None:
    assert (await runtime.server.asked(lambda id_: link.Interrupt(id_, KERNEL))).problem is None
    await runtime.server.end_of(f"{batch}-0")


async def look(runtime: Runtime, name: str, **ask: object) -> TableView:
    told = await runtime.server.told(LookAsk(Named(name), **ask))
    assert isinstance(told, TableView)
    return told


def published(runtime: Runtime) -> list[tuple[str, str]]:
    return [(message.msg_type, message.parent_id) for message in runtime.server.messages()]


FRAME = (
    "import numpy as np, pandas as pd\ndf = pd.DataFrame({'n': np.arange(1_000_000)[::-1], 'word': 'x'})\nname = 'Ada'"
)
LIGHT = "df = {'a': 1}"


@pytest.mark.parametrize("cell", [SLEEP, SPIN])
async def test_all_is_answered_while_a_cell_runs(runtime: Runtime, cell: str):
    server = runtime.server
    await done(runtime, FRAME)
    await begun(runtime, cell)
    sort = LookAsk(Named("df"), sort=Sort(0, descending=True))
    completed, inspected, whole, listed, table = [await server.told(ask) for ask in [*EVERYTHING[:4], sort]]
    assert isinstance(completed, Completions)
    assert (completed.start, completed.end) == (3, 5)
    assert [(item.text, item.type) for item in completed.items] == [("keys", "function")]
    assert isinstance(inspected, Inspected)
    assert "Signature:" in inspected.data["text/plain"]
    assert whole == Completeness("incomplete", "    ")
    assert isinstance(listed, VariableList)
    assert [(item.name, item.type, item.shape) for item in listed.items if item.name != "time"] == [
        ("df", "DataFrame", [1_000_000, 2]),
        ("name", "str", [3]),
    ]
    assert isinstance(table, TableView)
    assert (table.total_rows, table.columns[0].texts[:2], table.labels[0]) == (1_000_000, ["999999", "999998"], "0")
    assert "busy-0" not in server.states(), "the cell runs on"
    await stop(runtime)


async def test_a_million_rows_are_sorted_and_searched_in_time(runtime: Runtime):
    await done(runtime, FRAME)
    await look(runtime, "df")
    began = time.monotonic()
    found = await look(runtime, "df", where=[Condition(0, "ge", "999990")], sort=Sort(0), count=3)
    assert time.monotonic() - began < 5
    assert (found.rows, found.columns[0].texts) == (10, ["999990", "999991", "999992"])
    assert found.columns[0].numbers == [999990.0, 999991.0, 999992.0]


async def test_asks_leave_no_trace_in_the_notebook(runtime: Runtime):
    server = runtime.server
    await done(runtime, LIGHT, "6 * 7")
    await begun(runtime, "before = set(globals())\nprint('begun', flush=True)\nwhile True: pass")
    before = published(runtime)
    for ask in EVERYTHING:
        await server.told(ask)
    assert published(runtime) == before
    await stop(runtime)
    for ask in EVERYTHING:
        await server.told(ask)
    assert published(runtime)[-1][1] == "busy-0"
    trace = (
        "print(_, len(In), sorted(Out), sorted(set(globals()) - before - {'_', '_i', '_ii', '_iii', '_i4', 'trace'}))"
    )
    await done(runtime, trace, batch="after")
    assert server.text("after-0") == "42 5 [2] ['before']\n"
    assert server.ended("after-0").execution_count == 4


async def test_what_threads_print_while_the_kernel_is_asked_belongs_to_their_cell(runtime: Runtime):
    server = runtime.server
    await done(runtime, LIGHT)
    source = (
        "import threading, time, os\n"
        "def work():\n    print('begun', flush=True)\n    while not os.path.exists('go'): time.sleep(0.02)\n"
        "    print('thread', flush=True)\n"
        "thread = threading.Thread(target=work)\nthread.start()\nthread.join()"
    )
    await begun(runtime, source)
    for ask in EVERYTHING:
        await server.told(ask)
    (runtime.directory / "content" / "go").touch()
    await server.end_of("busy-0")
    assert server.text("busy-0").split() == ["begun", "thread"]


async def test_figures_questions_and_errors_of_a_running_cell_stay_its_own(runtime: Runtime):
    server = runtime.server
    await done(runtime, LIGHT, "import matplotlib.pyplot as plt")
    source = (
        "figure = plt.figure()\nplt.plot([1, 2])\nanswer = input('name? ')\nplt.title(answer)\nprint(plt.get_fignums())"
    )
    await server.run(source, batch="busy")
    opened = (await server.until(lambda: server.all(link.PromptOpened)))[0]
    for ask in EVERYTHING:
        await server.told(ask)
    await server.asked(lambda id_: link.Answer(id_, KERNEL, opened.prompt_id, "Ada"))
    assert (await server.end_of("busy-0")).state == "ok"
    assert server.text("busy-0") == "name? Ada\n[1]\n", "the figure that the cell draws was not shown before its end"
    shown = [message for message in server.messages("busy-0") if message.msg_type == "display_data"]
    assert len(shown) == 1
    await done(runtime, "print(input('again? ') if False else answer)", batch="after")
    assert server.text("after-0") == "Ada\n"


async def test_hostile_values_break_nothing(runtime: Runtime):
    server = runtime.server
    hostile = """
class Hostile:
    def __repr__(self):
        print('loud')
        while True: pass
    __len__ = __str__ = __bool__ = __getattr__ = __dir__ = __repr__
    @property
    def __class__(self):
        print('loud')
        while True: pass
class Slow:
    def __lt__(self, other):
        print('loud')
        while True: pass
import pandas as pd
hostile = Hostile()
many = [Hostile()] * 3
slow = pd.DataFrame({'a': pd.Series([Slow(), Slow()], dtype=object)})
"""
    await done(runtime, hostile)
    listed = await server.told(VariablesAsk())
    assert isinstance(listed, VariableList)
    assert [(item.name, item.preview) for item in listed.items] == [
        ("hostile", "Hostile"),
        ("many", "[Hostile, Hostile, Hostile]"),
        ("slow", "a"),
    ]
    assert (await look(runtime, "many")).columns[1].texts == ["Hostile"] * 3
    refused = await server.put(LookAsk(Named("slow"), sort=Sort(0)))
    assert isinstance(await server.told(CompleteAsk("pri", 3)), Completions), "a sort that hangs holds up nothing else"
    assert (await server.until(lambda: server.answers.get(refused), 20)).problem.code == "ask-timeout"
    assert (await look(runtime, "slow")).columns[0].texts == ["Slow", "Slow"], "its thread goes on"
    await done(runtime, "1 + 1", batch="after")
    assert "loud" not in "".join(server.text(parent) for _, parent in published(runtime))


async def test_an_interrupt_and_a_restart_do_not_break_asks(runtime: Runtime):
    server = runtime.server
    await done(runtime, LIGHT)
    await begun(runtime, SPIN)
    await server.told(VariablesAsk())
    await stop(runtime)
    assert isinstance(await server.told(VariablesAsk()), VariableList)
    await server.asked(lambda id_: link.RestartKernel(id_, KERNEL))
    await server.until(lambda: len(server.all(link.KernelReady)) == 2)
    listed = await server.told(VariablesAsk())
    assert listed == VariableList([], 0)
    assert await server.refused(LookAsk(Named("df"))) == "variable-not-found"
    await server.run("exit()", batch="last")
    await server.until(lambda: len(server.all(link.KernelReady)) == 3)
    assert await server.told(VariablesAsk()) == VariableList([], 0)


async def test_what_an_output_showed_is_found_again(runtime: Runtime):
    server = runtime.server
    await done(runtime, FRAME, "df.head(2)", "display(df)")

    async def found(count: int, *, result: bool) -> TableView:
        told = await server.told(LookAsk(Shown(ExecutionId("x"), result, execution_count=count)))
        assert isinstance(told, TableView)
        return told

    result = await found(2, result=True)
    assert (result.found, result.total_rows) == ("result", 2)
    displayed = await found(3, result=False)
    assert (displayed.found, displayed.name, displayed.total_rows) == ("variable", "df", 1_000_000)
    await done(runtime, "del df", batch="b2")
    assert await server.refused(LookAsk(Shown(ExecutionId("x"), execution_count=3))) == "output-value-gone"


async def test_asks_reach_a_kernel_that_has_only_started_and_no_more_than_it_takes(runtime: Runtime):
    server = runtime.server
    await server.linked()
    await server.until(lambda: server.all(link.KernelReady))
    ids = [await server.put(VariablesAsk()) for _ in range(40)]
    await server.until(lambda: all(id_ in server.answers for id_ in ids))
    problems = [server.answers[id_].problem for id_ in ids]
    assert all(problem is None or problem.code == "too-many-asks" for problem in problems)
    assert problems[0] is None


async def test_code_points_beyond_the_first_plane(runtime: Runtime):
    await done(runtime, "𝔘 = 1\ntable = {'𝄞': 1}")
    code = "'𝄞𝄞'; tabl"
    told = await runtime.server.told(CompleteAsk(code, len(code)))
    assert isinstance(told, Completions)
    assert (told.start, told.end, told.items[0].text) == (6, 10, "table")
    assert (await look(runtime, "table")).columns[0].texts == ["𝄞"]


async def test_no_ask_takes_part_in_the_journal(runtime: Runtime):
    await done(runtime, LIGHT)
    heads = len(runtime.server.records[KERNEL])
    for ask in EVERYTHING:
        await runtime.server.told(ask)
    await asyncio.sleep(0.2)
    assert len(runtime.server.records[KERNEL]) == heads
