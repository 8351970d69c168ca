"""The ladder dispatches by what a handle says of itself, and by who launched a runtime before."""

import json

from noctule.launchers.base import Alive, Exited, Handle, LaunchSpec
from noctule.launchers.ladder import Ladder, Means, Standing
from noctule_agent.wire.values import Cause, Evidence, Millis, RuntimeId


class Noting:
    """A launcher that notes what it is asked."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.asked: list[str] = []
        self.known: dict[RuntimeId, Handle] = {}

    async def launch(self, spec: LaunchSpec) -> Handle:
        self.asked.append(f"launch {spec.runtime_id}")
        # As processes' handles have always been: without a word of who made them.
        tag = {} if self.name == "process" else {"launcher": self.name}
        handle = Handle(json.dumps({**tag, "runtime_id": spec.runtime_id}).encode())
        self.known[spec.runtime_id] = handle
        return handle

    async def inspect(self, handle: Handle) -> Alive:
        self.asked.append("inspect")
        return Alive()

    async def wait(self, handle: Handle) -> Exited:
        self.asked.append("wait")
        return Exited(Cause("agent-gone", ""))

    async def stop(self, handle: Handle) -> None:
        self.asked.append("stop")

    async def list(self) -> list[tuple[RuntimeId, Handle]]:
        return [*self.known.items()]

    async def forget(self, runtime_id: RuntimeId) -> None:
        self.asked.append(f"forget {runtime_id}")
        del self.known[runtime_id]

    async def evidence(self, runtime_id: RuntimeId) -> Evidence:
        return {"of": self.name}


def spec(runtime: str) -> LaunchSpec:
    return LaunchSpec(RuntimeId(runtime), 1, "t", "unix:///nowhere", "python3", Millis(0))


def standing_on(level: str, process: Noting, sandbox: Noting) -> Ladder:
    return Ladder(Standing(level, [], []), Means(process, sandbox))  # type: ignore[arg-type]


async def test_what_a_lower_level_started_is_ended_there_when_the_server_stands_higher() -> None:
    process, sandbox = Noting("process"), Noting("sandbox")
    old = await standing_on("process", process, sandbox).launch(spec("old"))
    ladder = standing_on("sandbox", process, sandbox)
    new = await ladder.launch(spec("new"))
    # Drained by whoever has its journal.
    await ladder.launch(spec("old"))
    assert dict(await ladder.list()) == {"old": old, "new": new}
    for handle in (old, new):
        await ladder.inspect(handle)
        await ladder.stop(handle)
    await ladder.wait(new)
    assert await ladder.evidence(RuntimeId("old")) == {"of": "process"}
    assert await ladder.evidence(RuntimeId("new")) == {"of": "sandbox"}
    await ladder.forget(RuntimeId("old"))
    await ladder.forget(RuntimeId("new"))
    await ladder.forget(RuntimeId("unknown"))
    assert process.asked == ["launch old", "launch old", "inspect", "stop", "forget old"]
    assert sandbox.asked == ["launch new", "inspect", "stop", "wait", "forget new"]
    assert ladder.name == "sandbox"
