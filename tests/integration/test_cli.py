"""The command line with real kernels: runs that end well and badly, that are left, and whose server is killed."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from noctule import instance
from tests.support.server import ServerProcess, free_port

NOCTULE = [sys.executable, "-P", "-m", "noctule"]


class Terminal:
    """A person with a shell: one data directory, and commands on it."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.data = home / "data"
        self.environ = {name: value for name, value in os.environ.items() if not name.startswith("NOCTULE_")} | {
            "NOCTULE_DATA": str(self.data),
            "NOCTULE_POOL_SIZE": "0",
            "NOCTULE_PORT": str(free_port()),
        }

    def start(self, *arguments: str, stdin: int = subprocess.DEVNULL) -> "subprocess.Popen[str]":
        return subprocess.Popen(
            [*NOCTULE, *arguments],
            cwd=self.home,
            env=self.environ,
            stdin=stdin,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def __call__(self, *arguments: str, code: int = 0, answer: str | None = None) -> "tuple[str, str]":
        """Standard output and standard error of the command, which must end with this code."""
        process = self.start(*arguments, stdin=subprocess.DEVNULL if answer is None else subprocess.PIPE)
        out, err = process.communicate(answer, timeout=90)
        assert process.returncode == code, f"{arguments} ended with {process.returncode}\n{out}\n{err}"
        return out, err

    def notebook(self, *sources: str, tags: dict[int, list[str]] | None = None, name: str = "nb.ipynb") -> str:
        cells = [
            {
                "cell_type": "code",
                "id": f"c{number}",
                "metadata": {"tags": (tags or {}).get(number, [])},
                "source": source,
                "outputs": [],
                "execution_count": None,
            }
            for number, source in enumerate(sources)
        ]
        spec = {"name": "python3", "display_name": "Python 3", "language": "python"}
        nb = {"nbformat": 4, "nbformat_minor": 5, "metadata": {"kernelspec": spec}, "cells": cells}
        (self.home / name).write_text(json.dumps(nb))
        return name

    def outputs(self, name: str) -> list[list[dict[str, Any]]]:
        cells = json.loads((self.home / name).read_text())["cells"]
        return [cell["outputs"] for cell in cells]

    def printed(self, name: str) -> str:
        found = [output for outputs in self.outputs(name) for output in outputs if output["output_type"] == "stream"]
        return "".join("".join(output["text"]) for output in found)

    def runtimes(self) -> list[psutil.Process]:
        return ServerProcess(self.data).runtime_processes()

    def run_state(self, run_id: str) -> str:
        out, _ = self("runs", "show", run_id, "--json")
        state: str = json.loads(out)["state"]
        return state

    def until_running(self, run_id: str) -> None:
        deadline = time.monotonic() + 60
        while self.run_state(run_id) != "running":
            assert time.monotonic() < deadline, "the run does not start"


@pytest.fixture
def noctule(tmp_path: Path) -> Iterator[Terminal]:
    terminal = Terminal(tmp_path)
    yield terminal
    if terminal.runtimes() or instance.holder(terminal.data) is not None:
        terminal("stop", "--runtimes")
    _, alive = psutil.wait_procs(terminal.runtimes(), timeout=10)
    assert alive == []


def test_a_notebook_runs_without_a_server_and_its_executed_file_is_written(noctule: Terminal) -> None:
    nb = noctule.notebook("x = 1", "print(x)", "x + 1", tags={0: ["parameters"]})
    out, err = noctule("run", nb, "--param", "x=20")
    assert out == ""
    assert "ok: 4 cells" in err
    outputs = noctule.outputs("nb.executed.ipynb")
    assert outputs[2][0]["text"] == ["20\n"]
    assert outputs[3][0]["data"] == {"text/plain": ["21"]}
    assert noctule.outputs(nb) == [[], [], []]
    assert noctule.runtimes() == [], "a run that has ended leaves nothing behind"
    assert "nb.ipynb" in noctule("runs", "list")[0]


def test_parameters_without_a_place_of_their_own_are_put_first_and_that_is_said(noctule: Terminal) -> None:
    _, err = noctule("run", noctule.notebook("print(x)"), "--param", "x=3", "-o", "given.ipynb")
    assert "no cell tagged `parameters`: the values were inserted as its first cell." in err
    assert noctule.printed("given.ipynb") == "3\n"


def test_a_cell_that_fails_ends_the_run_with_1_and_its_traceback(noctule: Terminal) -> None:
    nb = noctule.notebook("print('before')", "1/0", "print('after')")
    _, err = noctule("run", nb, "-o", "out.ipynb", code=1)
    assert "Cell 2 failed" in err
    assert "ZeroDivisionError: division by zero" in err
    assert "\x1b" not in err, "no colours where nobody sees them"
    assert noctule.printed("out.ipynb") == "before\n"
    assert noctule.outputs("out.ipynb")[2] == []


def test_a_cell_that_may_fail_does_not_fail_the_run(noctule: Terminal) -> None:
    nb = noctule.notebook("1/0", "print('after')", tags={0: ["raises-exception"]})
    noctule("run", nb, "--inplace")
    assert noctule.printed(nb) == "after\n"


def test_a_question_is_answered_from_standard_input(noctule: Terminal) -> None:
    nb = noctule.notebook("print('hello', input('Name: '))")
    _, err = noctule("run", nb, answer="Ada\n")
    assert "Name: " in err
    assert noctule.printed("nb.executed.ipynb") == "Name: Ada\nhello Ada\n"


def test_a_question_that_nobody_can_answer_does_not_hang(noctule: Terminal) -> None:
    nb = noctule.notebook("input('Name: ')")
    _, err = noctule("run", nb, code=1)
    assert "StdinNotImplementedError" in err
    assert "asked for input" in err
    assert "< answers.txt" in err
    _, err = noctule("run", nb, answer="", code=1)
    assert "there is none" in err


def test_a_run_out_of_time_is_interrupted(noctule: Terminal) -> None:
    _, err = noctule("run", noctule.notebook("import time; time.sleep(600)"), "--timeout", "3", code=3)
    assert "It did not end in 3.0 s" in err
    # On a slow machine it had not even started.
    assert "KeyboardInterrupt" in err or "aborted: 0 of 1 cell" in err


def test_ctrl_c_interrupts_and_a_second_one_leaves_the_run(noctule: Terminal) -> None:
    stubborn = "import time\nfor i in range(60):\n    try: time.sleep(1)\n    except KeyboardInterrupt: print('not me')"
    process = noctule.start("run", noctule.notebook(f"print('started', flush=True)\n{stubborn}"))
    assert process.stderr is not None
    _until(lambda: _runs_something(noctule.data))
    process.send_signal(signal.SIGINT)
    assert any("Interrupting" in line for line in process.stderr)
    time.sleep(0.6)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=30)
    assert process.returncode == 130
    assert "The run goes on" in err
    assert noctule.printed("nb.executed.ipynb").startswith("started\n"), "what it said so far"
    assert noctule.runtimes() != []


def test_one_ctrl_c_ends_the_run_and_its_runtime_and_keeps_what_was_said(noctule: Terminal) -> None:
    nb = noctule.notebook("print('one')", "print('two', flush=True)\nimport time; time.sleep(600)", "print('three')")
    process = noctule.start("run", nb, "-o", "out.ipynb")
    _until(lambda: _runs_something(noctule.data))
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=30)
    assert process.returncode == 130
    assert noctule.printed("out.ipynb") == "one\ntwo\n"
    assert noctule.runtimes() == []


def test_a_run_that_is_killed_has_its_file_and_loses_nothing(noctule: Terminal) -> None:
    slow = "import time\nfor i in range(50):\n    print(i, flush=True)\n    time.sleep(0.1)"
    first = noctule.start("run", noctule.notebook("print('one')", slow, "print('three')"), "-o", "out.ipynb")
    _until((noctule.home / "out.ipynb").exists)
    first.kill()
    first.communicate(timeout=30)
    assert noctule.printed("out.ipynb").startswith("one\n"), "written while the run went on"
    ((run_id, name),) = [(run["id"], run["name"]) for run in json.loads(noctule("runs", "list", "--json")[0])]
    assert name == "nb.ipynb"
    _, err = noctule("run", noctule.notebook("print('other')", name="other.ipynb"))
    assert "1 runtime of an earlier command is still here" in err
    noctule("runs", "show", run_id, "--follow", "-o", "out.ipynb")
    assert noctule.printed("out.ipynb") == "one\n" + "".join(f"{i}\n" for i in range(50)) + "three\n"
    noctule("stop", "--runtimes")
    assert noctule.runtimes() == []


def test_what_was_stopped_is_not_said_to_be_here_and_leaves_nothing_at_the_next_run(noctule: Terminal) -> None:
    run_id = noctule("run", noctule.notebook("print('kept')\nimport time; time.sleep(600)"), "--detach")[0].strip()
    noctule.until_running(run_id)
    noctule("stop")
    _, err = noctule("stop", "--runtimes")
    assert "1 runtime ended." in err
    for _ in range(2):
        _, err = noctule("run", noctule.notebook("print('other')", name="other.ipynb"))
        assert "still here" not in err
        assert noctule.runtimes() == [], "not even the agent that delivered what the stopped one had left to say"
    assert noctule.run_state(run_id) == "lost"


def test_a_run_that_is_refused_leaves_no_runtime(noctule: Terminal) -> None:
    (noctule.home / "bad.ipynb").write_text('{"metadata": {}, "nbformat": 99, "cells": 3}')
    _, err = noctule("run", "bad.ipynb", code=2)
    assert err.startswith("bad.ipynb: ")
    (noctule.home / "none.ipynb").write_text("")
    _, err = noctule("run", "none.ipynb", code=2)
    assert err.splitlines()[0] == "none.ipynb: This is not a notebook: it is not JSON."
    assert "It is empty" in err
    _, err = noctule("run", noctule.notebook(), "-o", "empty.ipynb")
    assert "no code to run" in err
    assert noctule.outputs("empty.ipynb") == []
    noctule("run", noctule.notebook("1"), "-o", "missing/out.ipynb", code=2)
    assert noctule.runtimes() == []
    assert list((noctule.data / "runtimes").iterdir()) == []


def test_a_detached_run_outlives_its_command_and_its_server_and_loses_nothing(noctule: Terminal) -> None:
    count = "import time\nfor i in range(60):\n    print(i, flush=True)\n    time.sleep(0.1)"
    out, _ = noctule("run", noctule.notebook(count), "--detach")
    run_id = out.strip()
    assert out == f"{run_id}\n", "the id alone"
    noctule.until_running(run_id)
    reached = instance.reach(noctule.data)
    assert reached is not None
    os.kill(reached.pid, signal.SIGKILL)
    psutil.wait_procs([psutil.Process(reached.pid)] if psutil.pid_exists(reached.pid) else [], timeout=10)
    _, err = noctule("runs", "show", run_id)
    assert "what the last one knew" in err
    out, _ = noctule("runs", "show", run_id, "--follow", "--json", "-o", "out.ipynb")
    run = json.loads(out)
    assert (run["state"], run["cause"], [cell["state"] for cell in run["cells"]]) == ("ok", None, ["ok"])
    assert run["cells"][0]["finished"] > run["cells"][0]["started"]
    assert noctule.printed("out.ipynb") == "".join(f"{i}\n" for i in range(60))


def test_one_server_on_a_directory_answers_every_command_until_it_is_stopped(noctule: Terminal) -> None:
    server = noctule.start("serve", "--no-browser")
    assert server.stdout is not None
    link = server.stdout.readline().strip()
    url, token = link.split("/?token=")
    _, err = noctule("serve", "--no-browser", code=2)
    assert f"process {server.pid}" in err
    nb = noctule.notebook("print('on the server')")
    noctule("run", nb)
    assert noctule.printed("nb.executed.ipynb") == "on the server\n"
    (run,) = json.loads(noctule("runs", "list", "--json", "--server", url, "--token", token)[0])
    assert run["state"] == "ok"
    noctule("runs", "list", "--server", url, "--token", "wrong", code=2)
    noctule("run", nb, "--keep-runtime")
    assert noctule.runtimes() != []
    _, err = noctule("stop")
    assert "1 runtime left running" in err
    out, err = server.communicate(timeout=30)
    assert (server.returncode, out) == (0, "")
    assert "1 runtime goes on: nb (2).ipynb" in err
    assert noctule.runtimes() != []


def test_a_signal_stops_the_server_in_order(noctule: Terminal) -> None:
    for number in (signal.SIGTERM, signal.SIGINT):
        server = noctule.start("serve", "--no-browser")
        assert server.stdout is not None
        server.stdout.readline()
        server.send_signal(number)
        _, err = server.communicate(timeout=30)
        assert server.returncode == 0
        assert "The server has ended. No runtime is left." in err
        assert instance.reach(noctule.data) is None


def test_a_second_run_on_the_directory_waits_for_the_first(noctule: Terminal) -> None:
    first = noctule.start("run", noctule.notebook("import time; time.sleep(3)"), "-o", "one.ipynb")
    deadline = time.monotonic() + 60
    while instance.holder(noctule.data) is None:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    _, err = noctule("run", noctule.notebook("print(2)", name="second.ipynb"), "-o", "two.ipynb")
    assert f"Another `noctule run` (process {first.pid})" in err
    assert noctule.printed("two.ipynb") == "2\n"
    first.communicate(timeout=60)
    assert first.returncode == 0


def _until(seen: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not seen():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def _runs_something(data: Path) -> bool:
    """A cell of the directory prints: its runtime's journal is there and a kernel has started."""
    found = subprocess.run(
        [*NOCTULE, "runs", "list", "--json", "--data", str(data)], capture_output=True, text=True, timeout=60
    )
    return found.returncode == 0 and any(
        cell["state"] == "running" for run in json.loads(found.stdout) for cell in run["cells"]
    )
