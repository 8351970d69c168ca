"""What a page asks of a real kernel through a real server, while its cell runs; and the code that was run, over HTTP."""

import asyncio
from typing import Any

import httpx
import msgspec

from noctule_agent.wire import page as wire
from noctule_agent.wire.asks import (
    AskBody,
    CompleteAsk,
    Completions,
    LookAsk,
    Shown,
    TableView,
    VariableList,
    VariablesAsk,
)
from noctule_agent.wire.ports import Channel
from noctule_agent.wire.state import ExecutionPut
from noctule_agent.wire.values import CellId, ExecutionId
from tests.support.notebooks import ipynb
from tests.support.server import ServerProcess, StartServer

TABLE = "import pandas as pd\ndf = pd.DataFrame({'n': range(1000)})\ndf.head(3)"


class AskingPage:
    """A page that runs cells and asks."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel
        self._asked = 0

    async def send(self, frame: wire.FromPage) -> None:
        await self._channel.send(msgspec.msgpack.encode(frame))

    async def next(self) -> wire.ToPage:
        return msgspec.msgpack.decode(await self._channel.receive(), type=wire.ToPage)

    async def open(self) -> None:
        await self.send(wire.Open(version=wire.VERSION))
        assert isinstance(await self.next(), wire.Welcome)

    async def run(self, name: str, cell: str, until: str) -> None:
        """Returns when the execution has this state."""
        item = wire.RunItem(ExecutionId(name), CellId(cell))
        await self.send(wire.Run(id=name, batch_id=f"batch-{name}", executions=[item]))
        async with asyncio.timeout(90):
            while True:
                frame = await self.next()
                for op in frame.ops if isinstance(frame, wire.Ops) else []:
                    if isinstance(op, ExecutionPut) and (op.execution.id, op.execution.state) == (name, until):
                        return

    async def ask(self, ask: AskBody) -> Any:
        self._asked += 1
        await self.send(wire.Ask(id=f"a{self._asked}", ask=ask))
        async with asyncio.timeout(30):
            while True:
                frame = await self.next()
                if isinstance(frame, wire.Answer | wire.Failed) and frame.id == f"a{self._asked}":
                    return frame.answer if isinstance(frame, wire.Answer) else frame.problem.code


async def test_a_page_asks_while_its_cell_runs_and_after_a_restart(start_server: StartServer) -> None:
    server = await start_server()
    async with server.client() as client:
        notebook = await client.create_from_file("n.ipynb", ipynb(TABLE, "import time\ntime.sleep(60)"))
        page = AskingPage(await client.dial(notebook))
        await page.open()
        assert await page.ask(VariablesAsk()) == "no-runtime"
        await page.run("x1", "cell-0", "ok")
        await page.run("x2", "cell-1", "running")
        completed = await page.ask(CompleteAsk("df.descr", 8))
        assert isinstance(completed, Completions)
        assert [item.text for item in completed.items] == ["describe"]
        listed = await page.ask(VariablesAsk())
        assert isinstance(listed, VariableList)
        assert [item.name for item in listed.items] == ["df"]
        table = await page.ask(LookAsk(Shown(ExecutionId("x1"), result=True)))
        assert isinstance(table, TableView)
        assert (table.total_rows, table.found) == (3, "result")
        await page.send(wire.Restart(id="restart"))
        while not isinstance(frame := await page.next(), wire.Done) or frame.id != "restart":
            pass
        async with asyncio.timeout(60):
            while await page.ask(VariablesAsk()) != VariableList([], 0):
                await asyncio.sleep(0.1)
        assert await page.ask(LookAsk(Shown(ExecutionId("x1"), result=True))) == "output-value-gone"
        await the_code_that_was_run(server, notebook)
        await page.send(wire.Disconnect(id="end"))
    await server.no_runtime_process()


async def the_code_that_was_run(server: ServerProcess, notebook: str) -> None:
    async with httpx.AsyncClient(base_url=server.url, headers={"authorization": f"Bearer {server.token}"}) as http:
        answer = await http.get(f"/api/v1/notebooks/{notebook}/executions", params={"limit": 1})
        [latest] = answer.json()["executions"]
        assert (latest["id"], latest["state"], latest["source"]) == ("x2", "lost", "import time\ntime.sleep(60)")
        before = answer.json()["before"]
        answer = await http.get(f"/api/v1/notebooks/{notebook}/executions", params={"before": before})
        [first] = answer.json()["executions"]
        assert (first["cell_id"], first["source"], first["execution_count"], first["kernel_epoch"]) == (
            "cell-0",
            TABLE,
            1,
            1,
        )
        assert answer.json()["before"] is None
        assert (await http.get("/api/v1/notebooks/none/executions")).json()["code"] == "notebook-not-found"
