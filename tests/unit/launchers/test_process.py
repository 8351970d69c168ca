"""The process launcher with real processes: a tiny script stands for the agent."""

import asyncio
import errno
import json
import os
import select
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from noctule.launchers import procfs
from noctule.launchers.base import Alive, Exited, Handle, LaunchError, LaunchSpec
from noctule.launchers.directories import KEPT_LOGS
from noctule.launchers.process import RUNTIME_VARIABLE, ProcessLauncher
from noctule_agent.wire.values import Millis, RuntimeId

AGENT = """
import json, os, pathlib, signal, subprocess, sys, time
directory = pathlib.Path(sys.argv[sys.argv.index("--directory") + 1])
mode = sys.argv[1]
print("hello from", mode, flush=True)
if mode == "exit":
    sys.exit(3)
if "--ahead" in sys.argv:
    if mode == "ahead-deaf":
        directory.joinpath("deaf").touch()
        time.sleep(600)
    if not sys.stdin.buffer.read(1):
        sys.exit(0)
if mode == "family":
    # A daemon: a session of its own, its parent gone.
    subprocess.Popen([sys.executable, "-c", '''
import os, pathlib, sys, time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        pathlib.Path(sys.argv[1]).write_text(str(os.getpid()))
        time.sleep(600)
''', str(directory / "daemon")])
if mode == "deaf":
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
if mode == "orderly":
    signal.signal(signal.SIGTERM, lambda *_: (directory.joinpath("bye").write_text("bye"), sys.exit(0)))
facts = {
    "fds": sorted(os.readlink(f"/proc/self/fd/{fd}") for fd in os.listdir("/proc/self/fd") if os.path.exists(f"/proc/self/fd/{fd}")),
    "environ": dict(os.environ), "pgid": os.getpgid(0), "sid": os.getsid(0), "pid": os.getpid(),
    "spec": json.loads(directory.joinpath("spec.json").read_text()),
}
directory.joinpath("facts.new").write_text(json.dumps(facts))
directory.joinpath("facts.new").rename(directory / "facts")
time.sleep(600)
"""


def spec(generation: int = 1, runtime_id: str = "") -> LaunchSpec:
    # The mark in the environment must be this test's own: other tests may run on this machine.
    return LaunchSpec(
        RuntimeId(runtime_id or f"r{os.getpid()}-{time.time_ns()}"),
        generation,
        "secret",
        "unix:///s",
        "python3",
        Millis(1),
    )


class Launched:
    def __init__(self, root: Path) -> None:
        self.root = root
        self.specs: list[LaunchSpec] = []

    def launcher(self, mode: str, *, stop_seconds: float = 5.0, **environ: str) -> ProcessLauncher:
        command = [sys.executable, "-c", AGENT, mode]
        return ProcessLauncher(self.root, command=command, environ={**os.environ, **environ}, stop_seconds=stop_seconds)

    async def launch(self, launcher: ProcessLauncher, one: LaunchSpec) -> tuple[Handle, dict[str, object]]:
        """Launch, and wait until the agent has said what it is."""
        self.specs.append(one)
        handle = await launcher.launch(one)
        path = self.root / one.runtime_id / "facts"
        async with asyncio.timeout(20):
            while not path.exists():
                await asyncio.sleep(0.01)
        facts: dict[str, object] = json.loads(path.read_text())
        path.unlink()
        return handle, facts


@pytest.fixture
def launched(tmp_path: Path) -> Iterator[Launched]:
    made = Launched(tmp_path / "runtimes")
    yield made
    for one in made.specs:
        procfs.sweep(RUNTIME_VARIABLE, one.runtime_id)


async def test_an_agent_has_its_own_session_no_descriptor_of_the_server_and_none_of_its_secrets(
    launched: Launched, tmp_path: Path
) -> None:
    secret = (tmp_path / "secret").open("w")
    launcher = launched.launcher("run", NOCTULE_TOKEN="t", NOCTULE_DATABASE_URL="u", PGPASSWORD="p", KEPT="yes")
    one = spec()
    handle, facts = await launched.launch(launcher, one)
    environ = facts["environ"]
    assert isinstance(environ, dict)
    assert facts["pgid"] == facts["sid"] == facts["pid"]
    assert environ[RUNTIME_VARIABLE] == one.runtime_id
    assert environ["KEPT"] == "yes"
    assert not {"NOCTULE_TOKEN", "NOCTULE_DATABASE_URL", "PGPASSWORD"} & environ.keys()
    fds = facts["fds"]
    assert isinstance(fds, list)
    log = str(launched.root / one.runtime_id / "agent.log")
    assert set(fds) <= {"/dev/null", log, *(fd for fd in fds if "/proc/" in fd)}
    secret.close()
    directory = launched.root / one.runtime_id
    assert directory.stat().st_mode & 0o777 == 0o700
    assert (directory / "spec.json").stat().st_mode & 0o777 == 0o600
    told = facts["spec"]
    assert isinstance(told, dict)
    assert told["token"] == "secret"
    await launcher.stop(handle)


async def test_an_agent_that_is_killed_is_seen_at_once_with_its_signal(launched: Launched) -> None:
    launcher = launched.launcher("run")
    handle, facts = await launched.launch(launcher, spec())
    assert isinstance(await launcher.inspect(handle), Alive)
    waiting = asyncio.ensure_future(launcher.wait(handle))
    await asyncio.sleep(0.05)
    assert not waiting.done()
    os.kill(int(str(facts["pid"])), signal.SIGKILL)
    exited = await asyncio.wait_for(waiting, 2)
    assert exited.cause.evidence == {"signal": "SIGKILL"}
    assert isinstance(await launcher.inspect(handle), Exited)


async def test_an_agent_that_fails_leaves_its_exit_code_and_its_log(launched: Launched) -> None:
    launcher = launched.launcher("exit")
    one = spec()
    exited = await asyncio.wait_for(launcher.wait(await launcher.launch(one)), 10)
    assert exited.cause.evidence == {"exit_code": 3}
    assert "hello from exit" in str((await launcher.evidence(one.runtime_id))["agent_log"])


async def test_a_launcher_of_a_later_server_finds_watches_and_stops_what_an_earlier_one_started(
    launched: Launched,
) -> None:
    handle, facts = await launched.launch(launched.launcher("run"), spec())
    later = launched.launcher("run")
    [(runtime_id, found)] = await later.list()
    assert found == handle
    assert runtime_id == launched.specs[0].runtime_id
    assert isinstance(await later.inspect(found), Alive)
    waiting = asyncio.ensure_future(later.wait(found))
    await later.stop(found)
    assert isinstance(await asyncio.wait_for(waiting, 2), Exited)
    assert procfs.start_time(int(str(facts["pid"]))) is None


async def test_a_pid_that_was_used_again_is_not_taken_for_the_agent(launched: Launched) -> None:
    launcher = launched.launcher("run")
    handle, _ = await launched.launch(launcher, spec())
    impostor = json.loads(handle)
    impostor["start_time"] += 1
    forged = Handle(json.dumps({**impostor, "runtime_id": "nobody"}).encode())
    assert isinstance(await launcher.inspect(forged), Exited)
    await launcher.stop(forged)
    assert isinstance(await launcher.inspect(handle), Alive)
    await launcher.stop(handle)


async def test_stop_is_orderly_first(launched: Launched) -> None:
    launcher = launched.launcher("orderly")
    one = spec()
    handle, _ = await launched.launch(launcher, one)
    await launcher.stop(handle)
    assert (launched.root / one.runtime_id / "bye").read_text() == "bye"
    await launcher.stop(handle)


async def test_stop_uses_force_on_an_agent_that_does_not_listen(launched: Launched) -> None:
    launcher = launched.launcher("deaf", stop_seconds=0.2)
    handle, facts = await launched.launch(launcher, spec())
    await launcher.stop(handle)
    assert procfs.start_time(int(str(facts["pid"]))) is None


async def test_stop_kills_what_the_runtime_left_behind_daemons_too(launched: Launched) -> None:
    launcher = launched.launcher("family")
    one = spec()
    handle, facts = await launched.launch(launcher, one)
    path = launched.root / one.runtime_id / "daemon"
    async with asyncio.timeout(20):
        while not path.exists() or not path.read_text():
            await asyncio.sleep(0.01)
    daemon = int(path.read_text())
    assert os.getsid(daemon) != facts["sid"]
    os.kill(int(str(facts["pid"])), signal.SIGKILL)
    await launcher.wait(handle)
    assert procfs.start_time(daemon) is not None
    await launcher.stop(handle)
    assert procfs.start_time(daemon) is None
    assert list(procfs.marked(RUNTIME_VARIABLE, one.runtime_id)) == []


async def test_a_new_launch_of_a_runtime_stops_the_old_one_first(launched: Launched) -> None:
    launcher = launched.launcher("run")
    first = spec()
    handle, old = await launched.launch(launcher, first)
    later = launched.launcher("run")
    again, new = await launched.launch(later, spec(2, first.runtime_id))
    assert procfs.start_time(int(str(old["pid"]))) is None
    assert old["pid"] != new["pid"]
    assert isinstance(await later.inspect(handle), Exited)
    assert isinstance(await later.inspect(again), Alive)
    await later.stop(again)


async def test_what_cannot_be_started_is_a_launch_error_with_a_cause(tmp_path: Path) -> None:
    launcher = ProcessLauncher(tmp_path, command=["/nonexistent/python"])
    with pytest.raises(LaunchError) as failed:
        await launcher.launch(spec())
    assert failed.value.cause.code == "launcher-failed"
    assert "nonexistent" in failed.value.cause.message


async def test_forgetting_keeps_the_log_alone_and_not_too_many_of_them(launched: Launched) -> None:
    launcher = launched.launcher("exit")
    undelivered = launched.root / "undelivered"
    undelivered.mkdir(parents=True)
    (undelivered / "journal.db").write_text("records that nobody has")
    ids = []
    for n in range(KEPT_LOGS + 2):
        directory = launched.root / f"gone{n}"
        (directory / "content").mkdir(parents=True)
        (directory / "content" / "data").write_text("x")
        for name in ("agent.log", "journal.db", "spec.json", "handle.json"):
            (directory / name).write_text("x")
        os.utime(directory, (n, n))
        ids.append(RuntimeId(directory.name))
    for runtime_id in ids:
        await launcher.forget(runtime_id)
    left = sorted(entry.name for entry in launched.root.iterdir())
    assert len(left) == KEPT_LOGS + 1
    assert "undelivered" in left
    assert all(
        [file.name for file in entry.iterdir()] == ["agent.log"]
        for entry in launched.root.iterdir()
        if entry.name != "undelivered"
    )
    assert await launcher.list() == []


async def seen(runtime_id: str) -> int:
    """The one process of this runtime. The kernel lets a parent go on before the environment of its child can be read."""
    async with asyncio.timeout(10):
        while not (found := list(procfs.marked(RUNTIME_VARIABLE, runtime_id))):
            await asyncio.sleep(0)
    [process] = found
    return process


async def test_what_was_started_ahead_is_launched_in_its_place_with_the_spec_of_the_launch(launched: Launched) -> None:
    launcher, one = launched.launcher("run"), spec()
    launcher.start_ahead(one)
    directory = launched.root / one.runtime_id
    early = json.loads((directory / "spec.json").read_text())
    assert (early["generation"], early["token"]) == (0, "")
    assert await launcher.list() == [], "nobody takes it for a runtime before it is one"
    ahead = await seen(one.runtime_id)
    handle, facts = await launched.launch(launcher, one)
    assert facts["pid"] == ahead
    assert facts["spec"] == json.loads((directory / "spec.json").read_text())
    assert isinstance(told := facts["spec"], dict)
    assert (told["generation"], told["token"]) == (1, "secret")
    assert await launcher.list() == [(one.runtime_id, handle)]
    launcher.discard()
    assert isinstance(await launcher.inspect(handle), Alive), "it is a runtime now, and no longer discarded"
    await launcher.stop(handle)


async def test_what_was_started_ahead_and_died_is_launched_afresh(launched: Launched) -> None:
    launcher, one = launched.launcher("run"), spec()
    launcher.start_ahead(one)
    directory = launched.root / one.runtime_id
    (directory / "journal.db").write_text("of the one that died")
    ahead = await seen(one.runtime_id)
    os.kill(ahead, signal.SIGKILL)
    waiting = os.pidfd_open(ahead)
    await asyncio.to_thread(select.select, [waiting], [], [])
    os.close(waiting)
    handle, facts = await launched.launch(launcher, one)
    assert facts["pid"] != ahead
    assert not (directory / "journal.db").exists()
    await launcher.stop(handle)


async def test_what_was_started_ahead_and_cannot_be_written_down_is_ended(
    launched: Launched, monkeypatch: pytest.MonkeyPatch
) -> None:
    launcher, one = launched.launcher("run"), spec()
    launcher.start_ahead(one)

    def full(path: Path, data: bytes) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("noctule.launchers.process.write", full)
    with pytest.raises(LaunchError):
        await launcher.launch(one)
    assert list(procfs.marked(RUNTIME_VARIABLE, one.runtime_id)) == []
    launcher.discard()


@pytest.mark.parametrize("mode", ["run", "ahead-deaf"])
def test_what_was_started_ahead_and_is_not_wanted_leaves_nothing(launched: Launched, mode: str) -> None:
    launcher, one = launched.launcher(mode, stop_seconds=0.5), spec()
    launcher.start_ahead(one)
    launcher.discard()
    assert list(procfs.marked(RUNTIME_VARIABLE, one.runtime_id)) == []
    assert list(launched.root.iterdir()) == []


async def test_what_was_started_ahead_ends_with_its_starter_and_the_next_one_removes_the_rest(
    launched: Launched,
) -> None:
    one = spec()
    launched.specs.append(one)
    starter = (
        "import os, pathlib, signal, sys\n"
        "from noctule.launchers.process import ProcessLauncher\n"
        "from tests.unit.launchers.test_process import AGENT, spec\n"
        "launcher = ProcessLauncher(pathlib.Path(sys.argv[1]), command=[sys.executable, '-c', AGENT, 'run'])\n"
        "launcher.start_ahead(spec(1, sys.argv[2]))\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    killed = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", starter, str(launched.root), one.runtime_id), cwd=Path(__file__).parents[3]
    )
    assert await killed.wait() == -signal.SIGKILL
    async with asyncio.timeout(20):
        while list(procfs.marked(RUNTIME_VARIABLE, one.runtime_id)):
            await asyncio.sleep(0.02)
    assert (launched.root / one.runtime_id).exists()
    assert await launched.launcher("run").list() == []
    assert list(launched.root.iterdir()) == []
