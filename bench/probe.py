"""How long other requests wait meanwhile: `python -m bench.probe URL` asks for it again and again, and says the longest
wait when its standard input ends. A process of its own, so that what it waits for is the server alone.
"""

import asyncio
import contextlib
import http.client
import sys
import threading
import time
from collections.abc import AsyncIterator
from urllib.parse import urlsplit

PAUSE_SECONDS = 0.002
WARM_REQUESTS = 20


class Waited:
    """`longest`: milliseconds, known when the probe has ended."""

    longest = 0.0


@contextlib.asynccontextmanager
async def probing(url: str) -> AsyncIterator[Waited]:
    """Probe while the body runs."""
    waited = Waited()
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bench.probe", url), stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdin is not None
    assert process.stdout is not None
    await process.stdout.readline()  # it is warm
    yield waited
    process.stdin.close()
    waited.longest = float(await process.stdout.readline())
    await process.wait()


def _probe(url: str) -> None:
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.netloc, timeout=60)
    ended = threading.Event()
    threading.Thread(target=lambda: (sys.stdin.read(), ended.set()), daemon=True).start()
    for _ in range(WARM_REQUESTS):
        _ask(connection, parts.path)
    print("warm", flush=True)
    longest = 0.0
    while not ended.is_set():
        longest = max(longest, _ask(connection, parts.path))
        time.sleep(PAUSE_SECONDS)
    print(longest * 1000, flush=True)


def _ask(connection: http.client.HTTPConnection, path: str) -> float:
    began = time.perf_counter()
    connection.request("GET", path)
    connection.getresponse().read()
    return time.perf_counter() - began


if __name__ == "__main__":
    _probe(sys.argv[1])
