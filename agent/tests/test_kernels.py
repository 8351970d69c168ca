"""The parts of real kernels that need no kernel: kernelspecs, messages, causes of death, what /proc says."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from noctule_agent.kernels import specs
from noctule_agent.kernels.base import KernelFailed
from noctule_agent.kernels.death import MemoryWatch, explain
from noctule_agent.kernels.message import Untrusted, Wire
from noctule_agent.link import Backoff
from noctule_agent.proc import descendants, tree
from noctule_agent.processes import Exit
from noctule_agent.wire.values import Millis


def install(root: Path, name: str, **spec: object) -> dict[str, str]:
    directory = root / "kernels" / name
    directory.mkdir(parents=True)
    (directory / "kernel.json").write_text(json.dumps({"argv": ["prog", "{connection_file}", "{other}"], **spec}))
    return {"JUPYTER_PATH": str(root), "HOME": str(root / "home")}


def test_a_kernelspec_is_found_on_the_jupyter_path_and_filled_in(tmp_path: Path):
    environ = install(tmp_path, "mine", language="r", interrupt_mode="message", env={"A": "${B}-x"})
    spec = specs.find("mine", environ)
    assert (spec.language, spec.interrupt_mode) == ("r", "message")
    assert specs.command(spec, Path("/c.json")) == ["prog", "/c.json", "{other}"]
    env = specs.environment(spec, ["prog"], {"B": "b", "PYTHONEXECUTABLE": "x"}, {"C": "c"})
    assert (env["A"], env["C"], "PYTHONEXECUTABLE" in env) == ("b-x", "c", False)


def test_python_means_the_python_of_the_agent_and_its_bin_comes_first(tmp_path: Path):
    spec = specs.find("mine", install(tmp_path, "mine", argv=["python3", "-m", "x"]))
    argv = specs.command(spec, Path("/c"))
    assert argv[0] == sys.executable
    env = specs.environment(spec, argv, {"PATH": "/bin"}, {})
    assert env["PATH"] == f"{Path(sys.executable).parent}:/bin"


@pytest.mark.parametrize(
    ("name", "spec", "code"),
    [
        ("absent", None, "kernelspec-missing"),
        ("../evil", None, "kernelspec-invalid"),
        ("mine", {"argv": []}, "kernelspec-unsupported"),
        ("mine", {"metadata": {"kernel_provisioner": {"provisioner_name": "k8s"}}}, "kernelspec-unsupported"),
        ("mine", {"argv": 7}, "kernelspec-invalid"),
    ],
)
def test_a_kernelspec_that_cannot_be_used_says_why(tmp_path: Path, name: str, spec: dict | None, code: str):
    environ = install(tmp_path, "mine", **spec) if spec else {"JUPYTER_PATH": str(tmp_path)}
    with pytest.raises(KernelFailed) as failed:
        specs.find(name, environ)
    assert failed.value.cause.code == code


def test_jupyters_own_session_understands_our_messages_and_we_understand_its():
    from jupyter_client.session import Session

    session, wire = Session(key=b"secret"), Wire(b"secret", "sid")
    frames = wire.pack("m1", "execute_request", b'{"code":"1"}', Millis(1_000), buffers=[b"raw"])
    _, parts = session.feed_identities([b"id", *frames])
    message = session.deserialize(parts)
    assert (message["msg_id"], message["content"], message["buffers"][0]) == ("m1", {"code": "1"}, b"raw")
    reply = session.serialize(session.msg("execute_reply", {"status": "ok"}, parent=message))
    got = wire.unpack([bytes(part) for part in reply])
    assert (got.header.msg_type, got.parent_id, json.loads(got.content)) == ("execute_reply", "m1", {"status": "ok"})


def test_a_message_with_another_key_is_refused():
    frames = Wire(b"other", "sid").pack("m1", "status", b"{}", Millis(0))
    with pytest.raises(Untrusted):
        Wire(b"secret", "sid").unpack(frames)
    with pytest.raises(Untrusted):
        Wire(b"secret", "sid").unpack([b"x"])


def memory(tmp_path: Path, kills: int = 0, limit: str = "1000") -> MemoryWatch:
    (tmp_path / "self").mkdir(exist_ok=True)
    (tmp_path / "self" / "cgroup").write_text("0::/job\n")
    (tmp_path / "job").mkdir(exist_ok=True)
    (tmp_path / "job" / "memory.max").write_text(limit)
    (tmp_path / "job" / "memory.events").write_text(f"oom 1\noom_kill {kills}\n")
    return MemoryWatch(tmp_path, tmp_path)


def test_an_out_of_memory_kill_is_known_by_the_counter_and_guessed_by_the_peak(tmp_path: Path):
    watch = memory(tmp_path)
    killed = Exit(0, signal.SIGKILL, 500)
    assert explain(killed, watch, asked=False, last_words="").code == "kernel-killed"
    assert explain(Exit(0, signal.SIGKILL, 900), watch, asked=False, last_words="").code == "possibly-out-of-memory"
    memory(tmp_path, kills=1)
    cause = explain(killed, watch, asked=False, last_words="")
    assert (cause.code, cause.evidence["peak_rss"], cause.evidence["memory_limit"]) == ("out-of-memory", 500, 1000)
    assert explain(killed, watch, asked=False, last_words="").code == "kernel-killed"


def test_an_exit_code_comes_with_the_last_words(tmp_path: Path):
    cause = explain(Exit(3, 0, 1), memory(tmp_path), asked=False, last_words="No module named ipykernel")
    assert (cause.code, cause.evidence["exit_code"]) == ("kernel-failed", 3)
    assert cause.evidence["stderr"] == "No module named ipykernel"


def test_proc_knows_children_and_what_they_use():
    with subprocess.Popen(["sh", "-c", "sleep 60 & echo up; wait"], stdout=subprocess.PIPE) as shell:
        assert shell.stdout.readline() == b"up\n"
        below = descendants(shell.pid)
        assert len(below) == 1
        assert {process.pid for process in tree(os.getpid())} >= {os.getpid(), shell.pid, *below}
        assert all(process.rss_bytes > 0 for process in tree(shell.pid))
        os.kill(below[0], signal.SIGKILL)


def test_the_pause_between_dials_grows_to_its_cap_and_starts_again():
    backoff = Backoff(1.0, lambda: 1.0)
    assert [round(backoff.delay(), 2) for _ in range(6)] == [0.1, 0.2, 0.4, 0.8, 1.0, 1.0]
    backoff.reset()
    assert backoff.delay() == pytest.approx(0.1)
    assert Backoff(1.0, lambda: 0.0).delay() == pytest.approx(0.05)
