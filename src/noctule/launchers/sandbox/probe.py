"""Whether sandboxes work here, seen by running one: its Python imports the agent and tells us so by the socket that agents get.

Tried with a disk and a network; where that fails, without the one, the other, both. Blocking, about a second where all is well.
Leaves nothing. Raises Missing.
"""

import os
import socket
import subprocess
import tempfile
from pathlib import Path
from typing import Final

import msgspec
import structlog

from noctule.launchers.directories import locked
from noctule.launchers.sandbox.host import Bounds, Host, Lack, Missing
from noctule.launchers.sandbox.launcher import clear, run_builder
from noctule.launchers.sandbox.plan import SOCKETS
from noctule.launchers.sandbox.ranges import NoRange, Ranges

log = structlog.get_logger()

SECONDS: Final = 30.0
_SOCKET: Final = "probe.sock"
_PROGRAM: Final = (
    "import socket, noctule_agent;"
    "from noctule_agent.wire import limits;"
    f"s = socket.socket(socket.AF_UNIX); s.connect('{SOCKETS}/{_SOCKET}'); s.sendall(b'here')"
)
_TRIALS: Final = (Bounds(), Bounds(network=False), Bounds(disk=False), Bounds(disk=False, network=False))


def probe(host: Host) -> list[Lack]:
    """The host makes sandboxes from now on with what works; returned is what does not."""
    problems: dict[Bounds, str] = {}
    for bounds in _TRIALS:
        host.bounds = bounds
        problem = _try(host)
        if problem is None:
            return _lacks(host, bounds, problems)
        log.warning("a sandbox did not work", disk=bounds.disk, network=bounds.network, why=problem)
        problems[bounds] = problem
    raise Missing(f"No sandbox could be started: {problems[Bounds()]}", "The server's log has each trial.")


def _lacks(host: Host, bounds: Bounds, problems: dict[Bounds, str]) -> list[Lack]:
    found = []
    why = problems.get(Bounds(), "")
    if not bounds.disk:
        found.append(
            Lack(
                "a disk of its own",
                f"{why} What is written counts as memory.",
                "Give the server loop devices (/dev/loop-control; of a container: --device, or --privileged).",
            )
        )
    wanted = host.settings.egress != "none"
    if wanted and not host.pasta:
        found.append(Lack("a network", "There is no pasta.", "Install it: apt-get install passt"))
    elif wanted and not bounds.network:
        found.append(Lack("a network", why, "Give the server /dev/net/tun."))
    return found


def _try(host: Host) -> str | None:
    """Why it does not work; None when it does."""
    host.settings.data.mkdir(mode=0o700, parents=True, exist_ok=True)
    ranges = Ranges()
    with tempfile.TemporaryDirectory(prefix="probe-", dir=host.settings.data) as scratch:
        directory = Path(scratch)
        name = f"noctule-{directory.name}"
        sockets = directory / "sockets"
        sockets.mkdir(mode=0o711)
        try:
            with _listening(sockets / _SOCKET) as door, locked(directory / "building") as lock:
                plan = host.plan(
                    name=name,
                    number=ranges.take(directory),
                    directory=directory,
                    spec=b"{}",
                    command=host.python("-c", _PROGRAM),
                    environment={},
                    sockets=sockets,
                )
                run_builder(plan, lock)
                door.settimeout(SECONDS)
                with door.accept()[0] as inside:
                    inside.settimeout(SECONDS)
                    return None if inside.recv(16) == b"here" else "What ran in it did not answer."
        except subprocess.CalledProcessError as error:
            return (error.stderr or b"").decode("utf-8", "replace").strip()[-300:] or str(error)
        except TimeoutError:
            return f"What ran in it did not answer within {SECONDS:g} s."
        except NoRange:
            return "All ranges of ids are taken."
        except (OSError, subprocess.TimeoutExpired, msgspec.DecodeError) as error:
            return str(error)
        finally:
            clear(host, name)
            ranges.free(directory)


def _listening(path: Path) -> socket.socket:
    door = socket.socket(socket.AF_UNIX)
    # By its directory's descriptor: the path may be longer than a socket's name can be.
    directory = os.open(path.parent, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        door.bind(f"/proc/self/fd/{directory}/{path.name}")
    finally:
        os.close(directory)
    path.chmod(0o666)
    door.listen()
    return door
