"""2,000 cells with 40 MB of outputs: the first screen, typing, and scrolling it all. The server holds it already."""

from typing import Final

from bench.big_notebook import notebook_bytes
from bench.harness import Bench, Most
from bench.page.browser import Watched, chromium, renderer_megabytes
from bench.page.parties import LabParty, NoctuleParty, Party

WHEEL_TURNS: Final = 200
WHEEL_PX: Final = 600
KEYS: Final = 60
SETTLE_MS: Final = 3_000


async def run(bench: Bench) -> None:
    figures = Big(bench)
    data = notebook_bytes()
    async with (
        NoctuleParty.started(bench.directory("noctule")) as ours,
        LabParty.started(bench.directory("lab")) as lab,
    ):
        addresses = [(party, await party.put("big.ipynb", data)) for party in (ours, lab)]
        for _ in range(1 if bench.quick else 3):
            for party, address in addresses:
                await figures.of(party, address)


class Big:
    def __init__(self, bench: Bench) -> None:
        topic = "page: 2,000 cells, 40 MB"
        self.cells = bench.measure(topic, "first cells show", "ms", Most(1000))
        self.key = bench.measure(topic, "a typed key shows", "ms", Most(1500))
        self.bytes = bench.measure(topic, "bytes until then", "MB", Most(2))
        self.task = bench.measure(topic, "longest task", "ms", Most(100))
        self.heap = bench.measure(topic, "JavaScript heap", "MB", Most(60))
        self.typing = bench.measure(topic, "typing in a middle cell, p50", "ms", Most(20))
        self.typing_tail = bench.measure(topic, "typing in a middle cell, p99", "ms", Most(40))
        self.dropped = bench.measure(topic, "scrolling it all: frames dropped", "%", Most(10))
        self.scroll_task = bench.measure(topic, "scrolling it all: longest task", "ms", Most(50))
        self.shift = bench.measure(topic, "scrolling it all: layout shift", "", Most(0.01))
        self.memory = bench.measure(topic, "renderer after scrolling it all", "MB", Most(400))
        self.lie = bench.measure(topic, "of one fling to the end, not reached", "%", Most(0))

    async def of(self, party: Party, address: str) -> None:
        async with chromium(party.sign_in) as context, Watched.opened(context) as watched:
            page = watched.page
            await page.goto(address, wait_until="commit")
            self.cells.add(party.name, await watched.there(party.cell))
            self.key.add(party.name, await watched.first_key(party.editor))
            self.bytes.add(party.name, watched.megabytes)
            await page.wait_for_timeout(SETTLE_MS)
            self.task.add(party.name, await watched.longest_task())
            self.heap.add(party.name, await watched.heap())
            await self._fling(party, watched)
            await self._scroll(party, watched)
            await self._type(party, watched)

    async def _fling(self, party: Party, watched: Watched) -> None:
        """What the scroll bar says is the end, against where the end is afterwards."""
        reached = await watched.page.evaluate(
            """async (cell) => {
              const scroller = SCROLLER(cell);
              scroller.scrollTop = scroller.scrollHeight;
              await new Promise((done) => setTimeout(done, 1500));
              const reached = (scroller.scrollTop + scroller.clientHeight) / scroller.scrollHeight;
              scroller.scrollTop = 0;
              await new Promise((done) => setTimeout(done, 500));
              return reached;
            }""".replace("SCROLLER", SCROLLER),
            party.cell,
        )
        self.lie.add(party.name, round(100 * (1 - min(1.0, float(reached))), 1))

    async def _scroll(self, party: Party, watched: Watched) -> None:
        await watched.page.mouse.move(420, 500)
        await watched.record()
        for _ in range(WHEEL_TURNS):
            await watched.page.mouse.wheel(0, WHEEL_PX)
            await watched.page.wait_for_timeout(16)
        self.dropped.add(party.name, await watched.dropped())
        # What was put off while it was scrolled is done now, and counts.
        await watched.page.wait_for_timeout(SETTLE_MS)
        self.scroll_task.add(party.name, await watched.longest_task())
        self.shift.add(party.name, float(await watched.told("shift")))
        self.memory.add(party.name, renderer_megabytes())

    async def _type(self, party: Party, watched: Watched) -> None:
        """Where scrolling has led to: somewhere in the middle."""
        page = watched.page
        visible = page.locator(party.editor).locator("visible=true")
        await visible.nth(await visible.count() // 2).click()
        await page.wait_for_timeout(SETTLE_MS)
        await watched.stop()
        await watched.record()
        for number in range(KEYS):
            await page.keyboard.press("abcdefgh"[number % 8])
            await page.wait_for_timeout(60)
        keys = sorted(float(ms) for ms in await watched.told("keys"))
        self.typing.add(party.name, keys[len(keys) // 2])
        self.typing_tail.add(party.name, keys[int(len(keys) * 0.99)])


SCROLLER: Final = """((cell) => {
  let element = document.querySelector(cell);
  while (element !== null && !(element.scrollHeight > element.clientHeight + 10
    && /auto|scroll/.test(getComputedStyle(element).overflowY))) element = element.parentElement;
  return element ?? document.scrollingElement;
})"""
