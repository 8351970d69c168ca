"""An agent process for a test, with its server; neither is there any more when the test is over."""

import asyncio
import shutil
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from agent.tests.runtime import Runtime


@pytest.fixture
async def runtime(ahead: Runtime) -> Runtime:
    await ahead.launch()
    return ahead


@pytest.fixture
async def ahead() -> AsyncIterator[Runtime]:
    """Its agent is not started yet; its server is there."""
    directory = Path(tempfile.mkdtemp(prefix="nct-test-"))
    runtime = Runtime(directory)
    await runtime.server.open()
    yield runtime
    if runtime.process.returncode is None:
        runtime.process.terminate()
        await asyncio.wait_for(runtime.process.wait(), 10)
    await runtime.server.close()
    assert "Traceback" not in runtime.log(), runtime.log()
    assert '"event":"defect"' not in runtime.log(), runtime.log()
    shutil.rmtree(directory)
