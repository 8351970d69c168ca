"""What a program asks of Noctule. A server over HTTP and the one embedded in `noctule run` both answer to it."""

from collections.abc import Mapping
from typing import Any, Protocol

from noctule.runs.info import RunInfo
from noctule_agent.wire.ports import Channel
from noctule_agent.wire.values import BatchId, NotebookId


class Api(Protocol):
    """Every method raises errors.NoctuleError: Refused when it will not be done, Unavailable when it may be later."""

    async def create_from_file(self, name: str, data: bytes) -> NotebookId:
        """A new notebook from an .ipynb. The name is made unique."""

    async def run(self, notebook_id: NotebookId, params: Mapping[str, Any], *, allow_stdin: bool = True) -> BatchId:
        """Run all code cells in order. Returns when it is durable. `params` are kept with the run, to be seen.

        `allow_stdin` False: a cell that asks for input fails at once.
        """

    async def run_info(self, run_id: BatchId) -> RunInfo: ...

    async def list_runs(self) -> list[RunInfo]:
        """The latest first."""

    async def ipynb(self, notebook_id: NotebookId) -> bytes:
        """The notebook as an .ipynb file, with all outputs that are committed."""

    async def dial(self, notebook_id: NotebookId) -> Channel:
        """The notebook's page socket (wire/page.py)."""
