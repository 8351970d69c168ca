"""One notebook run by nbclient and by `noctule run`, and what came out compared (comparison.py).

A notebook that differs is run by nbclient once more: what differs between two runs of nbclient is chance, and counted as
such. Both run in an empty directory.
"""

import asyncio
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from queue import Empty
from typing import Any, Final

import msgspec
import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, DeadKernelError

from tests.support.comparison import Comparison, Difference, compare
from tests.support.server import ServerProcess

SECONDS: Final = 300.0
LOOK_AGAIN_SECONDS: Final = 1.0
EXIT_CODES: Final = {0: "ok", 1: "error", 3: "lost"}


class Options(msgspec.Struct, frozen=True):
    """`kernel`: used instead of the one that the notebook names. `allow_errors`: every cell may fail."""

    kernel: str | None = None
    allow_errors: bool = False
    keep: Path | None = None
    seconds: float = SECONDS


class Compared(msgspec.Struct, frozen=True):
    """`trouble`: why there is nothing to compare."""

    notebook: Path
    comparison: Comparison | None
    seconds: tuple[float, float] = (0.0, 0.0)
    trouble: str = ""

    @property
    def same(self) -> bool:
        return self.comparison is not None and not self.comparison.differences


# --- the two ways ---------------------------------------------------------------------------------------------------


class Reference(NotebookClient):
    """nbclient; it also knows which widgets were closed, whose state it would keep, and misses no reply.

    While it tells an Output widget what it captured, it can miss that the reply of the cell came, and waits for ever.
    """

    async def async_start_new_kernel_client(self) -> Any:
        client = await super().async_start_new_kernel_client()
        receive = client.shell_channel.get_msg

        async def get_msg(timeout: float | None = None) -> Any:
            while True:
                try:
                    return await receive(timeout=LOOK_AGAIN_SECONDS if timeout is None else timeout)
                except Empty:
                    if timeout is not None:
                        raise

        client.shell_channel.get_msg = get_msg
        return client

    def handle_comm_msg(self, outs: list[Any], msg: dict[str, Any], cell_index: int) -> None:
        super().handle_comm_msg(outs, msg, cell_index)
        if msg["msg_type"] == "comm_close":
            self.widget_state.pop(msg["content"]["comm_id"], None)


async def with_nbclient(path: Path, seconds: float) -> tuple[dict[str, Any], str]:
    """The executed notebook, and how it ended: `ok`, `error` or `lost`."""
    nb = nbformat.read(path, as_version=4)
    state = "ok"
    with tempfile.TemporaryDirectory() as directory:
        client = Reference(nb, resources={"metadata": {"path": directory}})
        try:
            async with asyncio.timeout(seconds):
                await client.async_execute(stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        except CellExecutionError:
            state = "error"
        except DeadKernelError:
            state = "lost"
        client.set_widgets_metadata()
    return json.loads(nbformat.writes(nb)), state


async def with_noctule(path: Path, output: Path, server: ServerProcess, seconds: float) -> tuple[dict[str, Any], str]:
    """The same. Raises RuntimeError with what it said when there is none."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-P", "-m", "noctule", "run", str(path), "-o", str(output), "--timeout", str(seconds)),
        *("--server", server.url, "--token", server.token),
        stdin=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )
    _, said = await process.communicate()
    state = EXIT_CODES.get(process.returncode or 0)
    if state is None:
        raise RuntimeError(
            f"noctule run ended with {process.returncode}: {said.decode(errors='replace')[-500:].strip()}"
        )
    return json.loads(await asyncio.to_thread(output.read_bytes)), state


# --- one notebook ---------------------------------------------------------------------------------------------------


async def compare_one(path: Path, server: ServerProcess, options: Options) -> Compared:
    """See the module. What cannot be run is told in the result, not raised."""
    with tempfile.TemporaryDirectory() as directory:
        place = options.keep or Path(directory)
        given = place / f"{path.stem}.ipynb"
        await asyncio.to_thread(prepare, path, given, options)
        try:
            started = time.perf_counter()
            reference, expected = await with_nbclient(given, options.seconds)
            between = time.perf_counter()
            found, state = await with_noctule(given, place / f"{path.stem}.noctule.ipynb", server, options.seconds)
            took = (between - started, time.perf_counter() - between)
            if options.keep is not None:
                (place / f"{path.stem}.nbclient.ipynb").write_text(json.dumps(reference, indent=1))
            comparison = compare(reference, None, found)
            if comparison.differences:
                again, _ = await with_nbclient(given, options.seconds)
                comparison = compare(reference, again, found)
        except Exception as error:
            # Whatever either of them cannot run is told, and the next one is tried.
            return Compared(path, None, trouble=f"{type(error).__name__}: {error}".splitlines()[0][:300])
    if state != expected:
        comparison.differences.append(Difference("the run", expected, state))
    return Compared(path, comparison, took)


def prepare(path: Path, given: Path, options: Options) -> None:
    """Copy the notebook with the options applied, in whatever version of nbformat it is."""
    nb = json.loads(path.read_bytes())
    if options.kernel is not None:
        nb["metadata"]["kernelspec"] = {"name": options.kernel, "display_name": options.kernel}
    if options.allow_errors:
        for cell in _cells(nb):
            tags = cell.setdefault("metadata", {}).setdefault("tags", [])
            tags.append("raises-exception")
    given.write_text(json.dumps(nb))


def _cells(nb: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for sheet in nb.get("worksheets", [nb]):
        yield from (cell for cell in sheet.get("cells", []) if cell.get("cell_type") == "code")
