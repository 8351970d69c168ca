"""The escape checklist (escape.py), run in a cell of a real runtime: every try is refused, and what people need still works."""

import asyncio
import json
import os
import socket
from pathlib import Path
from typing import Any

import pytest

from noctule.launchers.sandbox.network import own_addresses
from noctule_agent.wire.values import CellId
from tests.support.notebooks import ipynb, text_in_view
from tests.support.server import ServerProcess, StartServer

CHECKLIST = Path(__file__).with_name("escape.py")
RUN_SECONDS = 300


async def output(server: ServerProcess, source: str) -> str:
    """What a cell prints in a runtime of its own notebook."""
    async with server.client() as client:
        notebook = await client.create_from_file("out.ipynb", ipynb(source))
        async with server.session(client, notebook) as page:
            await page.ready()
            batch = await page.run([CellId("cell-0")])
            async with asyncio.timeout(RUN_SECONDS):
                [execution] = await page.finished(batch)
            assert execution.state == "ok", execution.cause
            return text_in_view(page.view, "cell-0")


async def tried(server: ServerProcess, tmp_path: Path, **more: Any) -> dict[str, str]:
    """What the checklist got in a runtime of this server, with things of the host to be got at."""
    secret = tmp_path / "secret.txt"
    secret.write_text("of the host")
    secret.chmod(0o644)
    abstract = f"noctule-test-{os.getpid()}"
    with socket.socket() as door, socket.socket(socket.AF_UNIX) as hidden:
        door.bind(("0.0.0.0", 0))
        door.listen()
        hidden.bind(f"\0{abstract}")
        hidden.listen()
        host: dict[str, Any] = {
            "files": [str(secret), str(server.data / "token"), str(server.data / "noctule.db")],
            "pid": server.pid,
            "port": door.getsockname()[1],
            "addresses": [str(address) for address in own_addresses()],
            "abstract": abstract,
            **more,
        }
        assert all(Path(file).exists() for file in host["files"])
        printed = await output(server, f"HOST = {host!r}\n{CHECKLIST.read_text()}")
    results: dict[str, str] = json.loads(printed.strip().splitlines()[-1])
    return results


async def test_every_way_out_is_closed(sandbox_server: ServerProcess, tmp_path: Path) -> None:
    results = await tried(sandbox_server, tmp_path)
    assert len(results) == CHECKLIST.read_text().count("\n@attempt\n")
    assert {name: got for name, got in results.items() if got} == {}


async def test_the_checklist_finds_what_is_open_where_nothing_is_closed(
    start_server: StartServer, tmp_path: Path
) -> None:
    """The tries that harm nobody, in a runtime that is a process of the server's own user: each gets something."""
    if os.geteuid() != 0:
        pytest.skip("the server's own user is not root: less is open to it")
    harmless = [
        *("files_of_the_host", "killing_others", "loopback_of_the_host", "addresses_of_the_host", "abstract_sockets"),
        *("capabilities", "setuid_root", "kernel_files", "devices", "processes_of_others", "core_files"),
    ]
    results = await tried(await start_server(), tmp_path, only=harmless)
    assert [name for name, got in results.items() if not got] == []


async def test_a_second_runtime_is_as_far_away_as_the_host(sandbox_server: ServerProcess) -> None:
    listening = "import socket\ns = socket.socket(); s.bind(('0.0.0.0', 8765)); s.listen()\nprint(socket.gethostbyname(socket.gethostname()))"
    async with sandbox_server.client() as client:
        first = await client.create_from_file("first.ipynb", ipynb(listening))
        async with sandbox_server.session(client, first) as page:
            await page.ready()
            await page.finished(await page.run([CellId("cell-0")]))
            tries = (
                "import os, socket\n"
                "def reached(address):\n"
                "    with socket.socket() as s:\n"
                "        s.settimeout(2)\n"
                "        return s.connect_ex((address, 8765)) == 0\n"
                "print([a for a in ('127.0.0.1', '0.0.0.0', socket.gethostname()) if reached(a)])\n"
                "print(sorted(os.listdir('/content')), len([p for p in os.listdir('/proc') if p.isdigit()]) < 20)\n"
            )
            told = await output(sandbox_server, tries)
    assert told.splitlines() == ["[]", "[] True"]


async def test_an_agent_that_says_it_is_another_is_shown_the_door(sandbox_server: ServerProcess) -> None:
    lies = (
        "import msgspec, pathlib\n"
        "from websockets.sync.client import unix_connect\n"
        "from noctule_agent.wire.link import VERSION, Hello\n"
        "spec = msgspec.json.decode(pathlib.Path('/var/lib/noctule/spec.json').read_bytes())\n"
        "hello = Hello(VERSION, 'another', spec['token'], spec['generation'], 'j', [])\n"
        "with unix_connect('/run/noctule/agents.sock', 'ws://agent/') as link:\n"
        "    link.send(msgspec.msgpack.encode(hello))\n"
        "    try:\n"
        "        print(link.recv(timeout=10))\n"
        "    except Exception as error:\n"
        "        print(error)\n"
    )
    assert "says that it is another" in await output(sandbox_server, lies)


async def test_what_people_do_as_root_works(sandbox_server: ServerProcess) -> None:
    """apt-get, pip, a compiler, sudo, another user: as in Colab."""
    told = await output(
        sandbox_server,
        "import subprocess\n"
        "def sh(line):\n"
        "    done = subprocess.run(line, shell=True, capture_output=True, text=True, executable='/bin/bash')\n"
        "    print(done.returncode, (done.stdout + done.stderr).strip().splitlines()[-1:])\n"
        "sh('apt-get update -qq && apt-get install -y -qq hello >/dev/null 2>&1 && hello')\n"
        "sh('pip install -q --disable-pip-version-check --root-user-action=ignore six && python -c \"import six; print(six.__name__)\"')\n"
        "sh('echo \"int main(){return 7;}\" > a.c && gcc a.c -o a && ./a; echo $?')\n"
        "sh('sudo id -u')\n"
        "sh('useradd -m ann && sudo -u ann id -un')\n"
        "sh('id -u; pwd')\n",
    )
    assert told.splitlines() == [
        "0 ['Hello, world!']",
        "0 ['six']",
        "0 ['7']",
        "0 ['0']",
        "0 ['ann']",
        "0 ['/content']",
    ]
