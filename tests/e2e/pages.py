"""What a person sees and does, in a real browser: the page's parts by their names, never by timing.

Everything that waits, waits for something that can be seen; nothing sleeps.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import httpx
from playwright.async_api import BrowserContext, FrameLocator, Locator, Page, expect

from tests.support.server import ServerProcess

SOON_MS = 15_000
"""For what the page does by itself or with the server."""
RUN_MS = 45_000
"""For what needs a kernel, which may have to start on a busy machine."""

expect.set_options(timeout=SOON_MS)


@dataclass(frozen=True)
class Tab:
    """One tab of a browser that is signed in to a server."""

    page: Page
    server: ServerProcess

    async def home(self) -> None:
        await self.page.goto(self.server.url)
        await expect(self.page.get_by_role("heading", name="Home", exact=True)).to_be_visible()

    async def list(self) -> None:
        """The person's own Drive."""
        await self.page.goto(f"{self.server.url}/drive")
        await expect(self.page.get_by_role("heading", name="My Drive", exact=True)).to_be_visible()

    def row(self, name: str) -> Locator:
        """An item of Drive."""
        return self.page.locator(".item-row[data-item]").filter(has_text=name)

    async def upload(self, name: str, content: bytes) -> Book:
        """Makes it a notebook by the API, and opens that: the page is not loaded twice for it."""
        address = f"{self.server.url}/api/v1/notebooks/upload"
        headers = {"authorization": f"Bearer {self.server.token}"}
        async with httpx.AsyncClient(headers=headers) as client:
            made = await client.post(address, params={"name": name}, content=content, timeout=SOON_MS / 1000)
        return await self.open(f"/notebooks/{made.raise_for_status().json()['id']}")

    async def open(self, path: str) -> Book:
        await self.page.goto(f"{self.server.url}{path}")
        return await self.opened()

    async def reload(self) -> Book:
        await self.page.reload()
        return await self.opened()

    async def opened(self) -> Book:
        book = Book(self)
        await expect(book.cell(0).place).to_be_visible(timeout=SOON_MS)
        return book

    async def close(self) -> None:
        await self.page.close()


@dataclass(frozen=True)
class Book:
    """The notebook page in one tab."""

    tab: Tab

    @property
    def page(self) -> Page:
        return self.tab.page

    @property
    def path(self) -> str:
        return "/notebooks/" + self.page.url.rsplit("/", 1)[1]

    def cell(self, index: int) -> Cell:
        """The cell that stands at this place now."""
        name = re.compile(rf"^(Code|Text|Raw) cell {index + 1}$")
        return Cell(self.page.get_by_role("region", name=name))

    @property
    def cells(self) -> Locator:
        return self.page.locator("section.cell")

    @property
    def connection(self) -> Locator:
        return self.page.get_by_label("Status", exact=True)

    async def press(self, tool: str) -> None:
        """A button of the toolbar."""
        await self.page.get_by_role("toolbar", name="Notebook tools").get_by_role("button", name=tool).click()

    async def run_all(self) -> None:
        await self.press("Run all")

    async def insert_and_run(self, source: str) -> None:
        """A new code cell at the end, run; returns when it has ended well."""
        count = await self.cells.count()
        await self.page.get_by_role("button", name="Add code cell").last.click()
        cell = self.cell(count)
        await cell.editor.fill(source)
        await cell.run()
        await cell.ended_ok()

    async def all_saved(self) -> None:
        await expect(self.page.locator(".saved:visible")).to_have_attribute("title", "All changes saved")

    async def sources(self) -> Sequence[str]:
        """The text of all cells in the order in which they are shown, as soon as each shows one."""
        texts = ".cm-content, .static-source, .text-raw, .prose"
        await expect(self.cells.filter(has_not=self.page.locator(texts))).to_have_count(0)
        sources: list[str] = await self.page.evaluate(
            """(texts) => [...document.querySelectorAll("section.cell")]
                .sort((a, b) => a.style.order - b.style.order)
                .map((cell) => cell.querySelector(texts).innerText.trim())""",
            texts,
        )
        return sources


@dataclass(frozen=True)
class Cell:
    """One cell, with its editor, its run button and its outputs."""

    place: Locator

    @property
    def editor(self) -> Locator:
        return self.place.locator(".cm-content")

    @property
    def outputs(self) -> Locator:
        return self.place.locator(".outputs")

    @property
    def text(self) -> Locator:
        """What it printed."""
        return self.place.locator(".output-text")

    @property
    def frame(self) -> FrameLocator:
        return self.place.frame_locator("iframe")

    @property
    def prompt(self) -> Locator:
        return self.place.get_by_role("form", name="This cell waits for your answer")

    async def write(self, text: str) -> None:
        """Replaces the source, key by key as a person does."""
        await self.editor.click()
        await self.editor.press("Control+a")
        await self.editor.press("Delete")
        await self.editor.press_sequentially(text)

    async def run(self) -> None:
        await self.place.locator(".run").click()

    async def tool(self, name: str) -> None:
        await self.place.hover()
        tools = self.place.get_by_role("toolbar", name="Cell tools")
        if not await tools.is_visible():
            # On a phone they stand below the cell that is selected.
            await self.editor.click()
        await tools.get_by_role("button", name=name).click()

    async def runs(self) -> None:
        await expect(self.place.get_by_role("button", name="Interrupt this cell")).to_be_visible(timeout=RUN_MS)

    async def ended_ok(self) -> None:
        await expect(self.place.get_by_role("button", name="Run this cell again")).to_be_visible(timeout=RUN_MS)

    async def failed(self) -> None:
        await expect(self.place.get_by_role("button", name="Failed. Run again")).to_be_visible(timeout=RUN_MS)

    async def printed(self) -> str:
        """All that its streams show, character by character."""
        return "".join(await self.text.all_text_contents())


async def same_in_another_tab(book: Book) -> Book:
    return await Tab(await book.page.context.new_page(), book.tab.server).open(book.path)


async def sign_in(context: BrowserContext, server: ServerProcess) -> Tab:
    """A new tab, still empty, of a browser that has the session of the printed link."""
    answer = await context.request.get(server.link)
    assert answer.ok, answer.status_text
    return Tab(await context.new_page(), server)
