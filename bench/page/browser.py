"""A Chromium that tells what a page cost: paints, long tasks, shifts, frames, keys, bytes, memory.

All figures but bytes and memory are the page's own clock, taken by a script that runs before the page's. A key has been shown
when the frame after its event has been drawn. Tasks under 50 ms are not told by the browser, and count as 0.
"""

import asyncio
import contextlib
import gzip
import resource
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any, Final, Self

import psutil
from playwright.async_api import BrowserContext, CDPSession, Page, ViewportSize, async_playwright

from bench.harness import MB
from tests.support.chromium import ARGUMENTS, CHROMIUM

SIZE: Final[ViewportSize] = {"width": 1440, "height": 900}

WATCH: Final = """
(() => {
  const told = { long: [], shift: 0, paint: null, frames: [], keys: [], recording: false };
  Object.defineProperty(window, "__bench", { value: told });
  const watch = (type, see) =>
    new PerformanceObserver((list) => list.getEntries().forEach(see)).observe({ type, buffered: true });
  watch("longtask", ({ startTime, duration }) => told.long.push([startTime, duration]));
  watch("layout-shift", (entry) => { if (!entry.hadRecentInput) told.shift += entry.value; });
  watch("paint", ({ name, startTime }) => { if (name === "first-contentful-paint") told.paint = startTime; });
  let last = 0;
  const frame = (at) => {
    if (!told.recording) { last = 0; return; }
    if (last > 0) told.frames.push(at - last);
    last = at;
    requestAnimationFrame(frame);
  };
  told.record = () => { told.frames = []; told.long = []; told.keys = []; told.shift = 0;
    if (!told.recording) requestAnimationFrame(frame);
    told.recording = true; };
  told.stop = () => { told.recording = false; };
  addEventListener("keydown", ({ timeStamp }) => requestAnimationFrame(() => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => told.keys.push(performance.now() - timeStamp);
    port2.postMessage(null);
  }), true);
})();
"""


@contextlib.asynccontextmanager
async def chromium(sign_in: Callable[[BrowserContext], Awaitable[None]]) -> AsyncIterator[BrowserContext]:
    """A new browser, signed in: nothing is compiled or cached from before. Chromium reserves terabytes of addresses: the limit of the other benchmarks is lifted for it."""
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (hard, hard))
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=list(ARGUMENTS))
        try:
            context = await browser.new_context(viewport=SIZE)
            await sign_in(context)
            yield context
        finally:
            await browser.close()


class Watched:
    """One page of a context of its own, from its first navigation on."""

    def __init__(self, page: Page, cdp: CDPSession) -> None:
        self.page = page
        self._cdp = cdp
        self._sizes: dict[str, int] = {}
        self._scripts: dict[str, str] = {}
        self._frames = 0

    @classmethod
    @contextlib.asynccontextmanager
    async def opened(cls, context: BrowserContext) -> AsyncIterator[Self]:
        page = await context.new_page()
        await _at_rest()
        await page.add_init_script(WATCH)
        watched = cls(page, await context.new_cdp_session(page))
        await watched._listen()
        try:
            yield watched
        finally:
            await page.close()

    def reset(self) -> None:
        """Count bytes, requests and frames from now on."""
        self._sizes, self._scripts, self._frames = {}, {}, 0

    async def _listen(self) -> None:
        self._cdp.on("Network.loadingFinished", self._finished)
        self._cdp.on("Network.responseReceived", self._received)
        self._cdp.on("Network.webSocketFrameReceived", self._frame)
        await self._cdp.send("Network.enable")

    def _received(self, event: dict[str, Any]) -> None:
        if event["type"] == "Script":
            self._scripts[event["response"]["url"]] = event["requestId"]

    def _finished(self, event: dict[str, Any]) -> None:
        self._sizes[event["requestId"]] = int(event["encodedDataLength"])

    def _frame(self, event: dict[str, Any]) -> None:
        self._frames += 1
        # Binary frames come as base64.
        self._sizes[f"frame-{self._frames}"] = len(event["response"]["payloadData"]) * 3 // 4

    @property
    def megabytes(self) -> float:
        return sum(self._sizes.values()) / MB

    @property
    def requests(self) -> int:
        return len(self._sizes) - self._frames

    @property
    def messages(self) -> int:
        """WebSocket messages that came."""
        return self._frames

    async def script_kilobytes(self) -> float:
        """Scripts that were there before the first paint, each as gzip would send it, or as it was sent if that is less."""
        early = await self.page.evaluate(
            """performance.getEntriesByType("resource")
                .filter(({ responseEnd }) => responseEnd < window.__bench.paint).map(({ name }) => name)"""
        )
        total = 0
        for request in [self._scripts[url] for url in early if url in self._scripts]:
            with contextlib.suppress(Exception):  # a body that the browser has dropped
                body = await self._cdp.send("Network.getResponseBody", {"requestId": request})
                packed = len(gzip.compress(body["body"].encode(), 6))
                total += min(packed, self._sizes.get(request, packed))
        return total / 1024

    async def told(self, name: str) -> Any:
        return await self.page.evaluate(f"window.__bench.{name}")

    async def paint(self) -> float:
        """First contentful paint, in ms."""
        await self.page.wait_for_function("window.__bench.paint !== null")
        return float(await self.told("paint"))

    async def longest_task(self) -> float:
        return max((float(duration) for _, duration in await self.told("long")), default=0.0)

    async def record(self) -> None:
        await self.page.evaluate("window.__bench.record()")

    async def stop(self) -> None:
        """Count no more frames: to ask for each is work as well."""
        await self.page.evaluate("window.__bench.stop()")

    async def dropped(self) -> float:
        """Percent of the frames of 60 a second that the main thread did not make while recorded."""
        frames = [float(ms) for ms in await self.told("frames")]
        missed = sum(max(0, round(ms * 60 / 1000) - 1) for ms in frames)
        return 100 * missed / max(1, missed + len(frames))

    async def heap(self) -> float:
        """MB of JavaScript heap after collecting garbage."""
        await self._cdp.send("HeapProfiler.collectGarbage")
        await self._cdp.send("Performance.enable")
        metrics = await self._cdp.send("Performance.getMetrics")
        return next(float(one["value"]) for one in metrics["metrics"] if one["name"] == "JSHeapUsedSize") / MB

    async def there(self, selector: str, timeout: float = 120_000) -> float:
        """When an element of this selector has a box: ms of the page's clock. Looked for in every frame of the page:
        Playwright's own waiting looks every 500 ms."""
        found = await self.page.wait_for_function(
            "(selector) => (document.querySelector(selector)?.getClientRects().length ?? 0) > 0 && performance.now()",
            arg=selector,
            timeout=timeout,
        )
        return float(await found.json_value())

    async def shows(self, selector: str, text: str, timeout: float = 120_000) -> float:
        """When the first element of this selector shows `text`: ms of the page's clock."""
        found = await self.page.wait_for_function(
            "([selector, text]) => document.querySelector(selector)?.textContent.includes(text) && performance.now()",
            arg=[selector, text],
            timeout=timeout,
        )
        return float(await found.json_value())

    async def first_key(self, editor: str, timeout: float = 120_000) -> float:
        """Type into the first editor until it shows: when it did, in ms since the navigation began."""
        await self.there(editor, timeout)
        while True:
            await self.page.locator(editor).first.click(timeout=timeout)
            await self.page.keyboard.press("q")
            with contextlib.suppress(Exception):
                return await self.shows(editor, "q", timeout=100)


async def _at_rest() -> None:
    """A window takes CPU of its own to open: what is measured is a page in a browser that is open."""
    quiet = 0
    while quiet < 3:
        before = _browser_seconds()
        await asyncio.sleep(0.2)
        quiet = quiet + 1 if _browser_seconds() - before <= 0.02 else 0


def _browser_seconds() -> float:
    """CPU seconds of all processes of this machine's Chromium."""
    total = 0.0
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            if process.name().startswith("chrom"):
                times = process.cpu_times()
                total += times.user + times.system
    return total


def renderer_megabytes() -> float:
    """Resident memory of the largest renderer of this machine's Chromium: that of the page that is measured."""
    found = [0]
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            if "--type=renderer" in process.cmdline():
                found.append(process.memory_info().rss)
    return max(found) / MB


def axe_source(root: Path) -> str:
    """axe-core as this project's own tests have it."""
    return (root / "web" / "node_modules" / "axe-core" / "axe.min.js").read_text()
