"""While a cell says very much: does the page still answer keys, and is everything there afterwards?"""

import asyncio
import time
from typing import Final

from bench.harness import Bench, Measure, Most
from bench.page.browser import Watched, chromium
from bench.page.cold import notebook
from bench.page.parties import LabParty, NoctuleParty, Party

LINES: Final = 1_000_000
SECONDS: Final = 45.0
KEY_PAUSE_MS: Final = 120
END: Final = "the flood is over"

PRINTS: Final = f'for n in range({LINES}): print("line", n)\nprint("{END}")'
REWRITES: Final = f"""import time
for n in range(20_000):
    print(f"\\rstep {{n}}", end="", flush=True)
    time.sleep(0.0005)
print()
print("{END}")"""
DISPLAYS: Final = f"""from IPython.display import display
handle = display("0", display_id=True)
for n in range(10_000): handle.update(f"frame {{n}}")
print("{END}")"""


async def run(bench: Bench) -> None:
    floods = (
        Flood(bench, "1,000,000 prints", PRINTS, Most(50), Most(50)),
        Flood(bench, "20,000 rewrites of a line", REWRITES, Most(50), Most(60), Most(20)),
        Flood(bench, "10,000 updates of a display", DISPLAYS, Most(50), Most(60), Most(20)),
    )
    async with (
        NoctuleParty.started(bench.directory("noctule")) as ours,
        LabParty.started(bench.directory("lab")) as lab,
    ):
        for flood in floods:
            for party in (ours, lab):
                await flood.of(party)


class Flood:
    def __init__(self, bench: Bench, name: str, source: str, task: Most, key: Most, pace: Most | None = None) -> None:
        def measure(what: str, unit: str, goal: Most | None = None) -> Measure:
            return bench.measure("page: floods", f"{name}: {what}", unit, goal)

        self._source = source
        self._file = name.replace(" ", "-").replace(",", "")
        self.task = measure("longest task", "ms", task)
        self.key = measure("key p50", "ms")
        self.tail = measure("key p99", "ms", key)
        self.heap = measure("heap above the start", "MB", Most(20))
        self.pace = measure("messages a second", "", pace)
        self.done = measure("shown after", "s")

    async def of(self, party: Party) -> None:
        address = await party.put(f"{self._file}.ipynb", notebook(self._source, ""))
        async with chromium(party.sign_in) as context, Watched.opened(context) as watched:
            page = watched.page
            await page.goto(address, wait_until="commit")
            await watched.first_key(f"{party.editor}")
            await page.keyboard.press("Backspace")
            await page.wait_for_timeout(4_000)
            before = await watched.heap()
            await party.run_first(page)
            await page.locator(party.editor).nth(1).click()
            watched.reset()
            await watched.record()
            began = time.perf_counter()
            ended = asyncio.create_task(self._ended(party, watched))
            while not ended.done() and time.perf_counter() - began < SECONDS:
                await page.keyboard.press("x")
                await page.wait_for_timeout(KEY_PAUSE_MS)
            spent = time.perf_counter() - began
            ended.cancel()
            keys = sorted(float(ms) for ms in await watched.told("keys"))
            self.done.add(party.name, spent)
            self.pace.add(party.name, watched.messages / spent)
            self.task.add(party.name, await watched.longest_task())
            self.key.add(party.name, keys[len(keys) // 2] if keys else SECONDS * 1000)
            self.tail.add(party.name, keys[int(len(keys) * 0.99)] if keys else SECONDS * 1000)
            self.heap.add(party.name, max(0.0, await watched.heap() - before))

    async def _ended(self, party: Party, watched: Watched) -> None:
        await watched.page.wait_for_function(
            "([selector, text]) => [...document.querySelectorAll(selector)].some((one) => one.textContent.includes(text))",
            arg=[party.output_text, END],
            timeout=SECONDS * 2_000,
            polling=200,
        )
