"""Terminals of the runtime in a real browser: they outlive the page and the server, and what they print can do nothing."""

import re
from dataclasses import dataclass

from playwright.async_api import Locator, Page, expect

from tests.e2e.conftest import MakeContext
from tests.e2e.notebooks import ipynb
from tests.e2e.pages import RUN_MS, Book, Tab, sign_in
from tests.support.server import ServerProcess


@dataclass(frozen=True)
class Terminal:
    page: Page

    @property
    def dock(self) -> Locator:
        return self.page.get_by_role("complementary", name="Terminals and files")

    @property
    def panel(self) -> Locator:
        return self.dock.get_by_role("tabpanel")

    @property
    def screen(self) -> Locator:
        return self.panel.locator(".xterm-rows")

    @property
    def field(self) -> Locator:
        return self.panel.locator("textarea")

    @property
    def notice(self) -> Locator:
        return self.panel.get_by_role("status")

    def tab(self, name: str) -> Locator:
        return self.dock.get_by_role("tab", name=name)

    async def open(self) -> None:
        await self.page.keyboard.press("Control+`")
        await self.ready()

    async def ready(self) -> None:
        """It takes keys: what is typed is answered."""
        await expect(self.screen).to_contain_text(re.compile(r"[$#]"), timeout=RUN_MS)
        await expect(self.notice).to_have_count(0)

    async def run(self, line: str) -> None:
        await self.field.focus()
        await self.page.keyboard.type(line)
        await self.page.keyboard.press("Enter")

    async def sees(self, text: str | re.Pattern[str]) -> None:
        await expect(self.screen).to_contain_text(text, timeout=RUN_MS)

    async def text(self) -> str:
        return await self.screen.inner_text()


def spaced_anyhow(text: str) -> re.Pattern[str]:
    """This text and nothing else, wherever its lines are broken: a page finds its size after it has drawn."""
    letters = map(re.escape, "".join(text.split()))
    return re.compile(r"^\s*" + r"\s*".join(letters) + r"\s*$")


async def connected(tab: Tab) -> tuple[Book, Terminal]:
    book = await tab.upload("shell.ipynb", ipynb("print('up')"))
    await book.cell(0).run()
    await expect(book.cell(0).text).to_have_text("up", timeout=RUN_MS)
    return book, Terminal(tab.page)


async def test_a_terminal_runs_in_the_runtime_and_a_reload_brings_it_back_with_its_screen(
    tab: Tab, make_context: MakeContext, shared_server: ServerProcess
) -> None:
    book, terminal = await connected(tab)
    await terminal.open()
    await terminal.run(
        "echo made > here.txt; me=ha''nd; for n in 1 2 3; do printf '\\033[31mline %s\\033[0m\\n' $n; done"
    )
    await terminal.sees(re.compile(r"line 3\s*\$"))
    before = await terminal.text()
    await tab.reload()
    terminal = Terminal(tab.page)
    await terminal.sees(spaced_anyhow(before))
    await expect(terminal.notice).to_have_count(0)
    await expect(terminal.screen.locator("span", has_text="line 3").first).to_have_class(re.compile("xterm-fg-1"))
    await terminal.run("echo the same $me, $(cat here.txt)")
    await terminal.sees("the same hand, made")

    elsewhere = await sign_in(await make_context(), shared_server)
    await elsewhere.open(book.path)
    other = Terminal(elsewhere.page)
    await other.open()
    await other.sees("the same hand, made")
    await expect(other.dock.get_by_role("tab")).to_have_count(1)
    await other.run("echo from ano''ther window")
    await terminal.sees("from another window")


async def test_a_program_in_a_terminal_goes_on_while_the_server_is_dead_and_the_page_comes_back_by_itself(
    own_tab: Tab, own_server: ServerProcess
) -> None:
    _, terminal = await connected(own_tab)
    await terminal.open()
    await terminal.run("for n in $(seq 1 100); do echo tick $n; sleep 0.1; done; echo do''ne")
    await terminal.sees("tick 3")
    await own_server.kill()
    await expect(terminal.notice).to_contain_text("The server cannot be reached. The program goes on")
    await own_tab.page.keyboard.type("rm -rf typed-while-away; ")
    await own_server.start()
    await expect(terminal.notice).to_have_count(0)
    await terminal.sees(re.compile(r"tick 98\s*tick 99\s*tick 100\s*done"))
    assert "typed-while-away" not in await terminal.text()


async def test_by_keyboard_alone_one_gets_in_and_out_and_about(tab: Tab) -> None:
    book, terminal = await connected(tab)
    await terminal.open()
    await expect(terminal.field).to_be_focused()
    name = await terminal.field.get_attribute("aria-label")
    assert name == "Terminal 1. Ctrl+` leaves it."
    # Keys of the page are the terminal's now.
    await tab.page.keyboard.type("dd jj")
    await terminal.sees("dd jj")
    await tab.page.keyboard.press("Control+u")
    await expect(book.cells).to_have_count(1)
    await tab.page.keyboard.press("Control+`")
    await expect(terminal.dock).to_be_hidden()
    await tab.page.keyboard.press("Control+`")
    await expect(terminal.field).to_be_focused()
    await terminal.dock.get_by_role("button", name="New terminal").press("Enter")
    await expect(terminal.tab("Terminal 2")).to_have_attribute("aria-selected", "true")
    await terminal.ready()
    await terminal.tab("Terminal 2").focus()
    await tab.page.keyboard.press("ArrowLeft")
    await expect(terminal.tab("Terminal 1")).to_be_focused()
    await expect(terminal.tab("Terminal 1")).to_have_attribute("aria-selected", "true")
    await tab.page.keyboard.press("Delete")
    await expect(terminal.tab("Terminal 1")).to_have_count(0)
    await expect(terminal.tab("Terminal 2")).to_have_attribute("aria-selected", "true")


async def test_closing_one_with_a_program_names_the_program_and_its_end_is_told(tab: Tab) -> None:
    _, terminal = await connected(tab)
    await terminal.open()
    await terminal.run("sleep 1000")
    await terminal.tab("Terminal 1").hover()
    await terminal.tab("Terminal 1").locator(".dock-close").click()
    ask = tab.page.get_by_role("dialog", name="Close terminal 1?")
    await expect(ask).to_contain_text("sleep runs in it and will be ended")
    await ask.get_by_role("button", name="Cancel").click()
    await terminal.field.focus()
    await tab.page.keyboard.press("Control+c")
    await terminal.run("exit 3")
    await expect(terminal.notice).to_contain_text("The shell ended with exit code 3.")
    await terminal.sees("sleep 1000")
    await terminal.notice.get_by_role("button", name="New terminal").click()
    await terminal.ready()
    await expect(terminal.tab("Terminal 2")).to_be_visible()
    await expect(terminal.dock.get_by_role("tab")).to_have_count(1)


async def test_when_the_runtime_is_gone_it_says_so_and_a_new_one_brings_a_new_terminal(tab: Tab) -> None:
    book, terminal = await connected(tab)
    await terminal.open()
    await tab.page.get_by_role("button", name=re.compile("Connected")).click()
    await tab.page.get_by_role("menuitem", name=re.compile("Disconnect and end")).click()
    await tab.page.get_by_role("dialog").get_by_role("button", name="End this runtime").click()
    await expect(terminal.notice).to_contain_text("The runtime of this terminal is gone", timeout=RUN_MS)
    await terminal.notice.get_by_role("button", name="Connect to a runtime").click()
    new = terminal.notice.get_by_role("button", name="New terminal")
    await expect(new).to_be_visible(timeout=RUN_MS)
    await expect(book.connection).to_contain_text("Connected")
    await new.click()
    await terminal.ready()


async def test_what_a_program_prints_opens_nothing_and_takes_nothing(tab: Tab) -> None:
    """Links to scripts, links that are not meant, the clipboard, the window's title."""
    _, terminal = await connected(tab)
    await tab.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    await tab.page.evaluate("navigator.clipboard.writeText('mine')")
    title = await tab.page.title()
    opened: list[str] = []
    tab.page.context.on("page", lambda page: opened.append(page.url))
    await terminal.open()
    await terminal.run(
        r"printf '\033]8;;javascript:alert(1)\033\\script\033]8;;\033\\ \033]8;;data:text/html,x\033\\data\033]8;;\033\\ ';"
        r" printf '\033]52;c;c3RvbGVu\007\033]0;evil\007\033]2;evil\007 http://127.0.0.1:1/plain e''nd\n'"
    )
    await terminal.sees("http://127.0.0.1:1/plain end")
    row = terminal.screen.locator("div", has_text="http://127.0.0.1:1/plain end").last
    places = [await place(row.get_by_text(word).first) for word in ("script", "data")]
    # Its text begins with the space before the link: well inside of it.
    places.append(await place(row.get_by_text("http://127.0.0.1:1/plain").first, 80))
    for x, y in places:
        await tab.page.mouse.click(x, y)
    await tab.page.keyboard.down("Control")
    for x, y in places[:2]:
        await tab.page.mouse.move(x - 2, y)
        await tab.page.mouse.click(x, y)
    await tab.page.keyboard.up("Control")
    assert opened == []
    assert await tab.page.title() == title
    assert await tab.page.evaluate("navigator.clipboard.readText()") == "mine"
    # A link that is meant opens, in a window that cannot reach this one.
    x, y = places[2]
    await tab.page.keyboard.down("Control")
    await tab.page.mouse.move(x - 2, y)
    # Found out after the pointer has come: only then it is a link.
    await expect(terminal.panel.locator(".terminal-screen")).to_have_attribute("title", re.compile("127.0.0.1:1/plain"))
    async with tab.page.context.expect_page() as meant:
        await tab.page.mouse.click(x, y)
    await tab.page.keyboard.up("Control")
    assert await (await meant.value).evaluate("window.opener") is None


async def place(text: Locator, inside: float = 6) -> tuple[float, float]:
    """Where it stands on the page: the terminal listens with a layer of its own above its text."""
    box = await text.bounding_box()
    assert box is not None
    return box["x"] + inside, box["y"] + box["height"] / 2


async def test_without_a_runtime_it_is_said_what_a_terminal_needs(tab: Tab) -> None:
    book = await tab.upload("terminal.ipynb", ipynb("1"))
    terminal = Terminal(book.page)
    await tab.page.get_by_role("button", name="Terminal", exact=True).click()
    said = tab.page.get_by_role("status").filter(has_text="A terminal needs a runtime.")
    await said.get_by_role("button", name="Connect to a runtime").click()
    await expect(tab.page.get_by_role("button", name="Connected")).to_be_visible(timeout=RUN_MS)
    await terminal.open()


async def test_on_a_phone_the_terminal_has_the_page_and_keys_for_fingers(tab: Tab) -> None:
    book, terminal = await connected(tab)
    await tab.page.set_viewport_size({"width": 390, "height": 844})
    await tab.page.get_by_role("button", name="Panes").click()
    await (
        tab.page.get_by_role("menuitemcheckbox", name="Terminal")
        .or_(tab.page.get_by_role("menuitem", name="Terminal"))
        .click()
    )
    await terminal.ready()
    box = await terminal.dock.bounding_box()
    assert box is not None
    assert (box["x"], box["width"]) == (0, 390)
    await terminal.run("stty size")
    await terminal.sees(re.compile(r"\d+ [34]\d\b"))
    width = await tab.page.evaluate("document.documentElement.scrollWidth")
    assert width == 390
    await terminal.dock.get_by_role("button", name="Hide terminals and files").click()
    await expect(terminal.dock).to_be_hidden()
    await expect(book.cell(0).text).to_be_visible()


async def test_a_paste_that_ends_itself_runs_nothing(tab: Tab) -> None:
    """What is copied from a stranger's page may hold the mark that ends a paste, and then lines that would run."""
    _, terminal = await connected(tab)
    await tab.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    await terminal.open()
    await terminal.run("bash --norc")
    await terminal.run("bind 'set enable-bracketed-paste on'; echo re''ady")
    # It is the prompt after it that turns the marks around pastes on.
    await terminal.sees(re.compile(r"ready\s*\S*[$#]"))
    await tab.page.evaluate("navigator.clipboard.writeText('echo safe\\x1b[201~\\necho ow\\'\\'ned\\n')")
    await terminal.field.focus()
    await tab.page.keyboard.press("Control+v")
    await terminal.sees("echo safe[201~")
    await tab.page.keyboard.press("Control+c")
    await terminal.run("echo 'the' end")
    await terminal.sees("the end")
    await expect(terminal.screen).not_to_contain_text("owned", timeout=1)


async def test_paste_and_copy(tab: Tab) -> None:
    _, terminal = await connected(tab)
    await tab.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    await terminal.open()
    await tab.page.evaluate("navigator.clipboard.writeText('echo pas' + 'ted')")
    await terminal.field.focus()
    await tab.page.keyboard.press("Control+v")
    await tab.page.keyboard.press("Enter")
    await terminal.sees(re.compile(r"pasted\s*pasted"))
    await tab.page.mouse.dblclick(*await place(terminal.screen.get_by_text("pasted", exact=True).last))
    await tab.page.keyboard.press("Control+c")
    await expect(terminal.screen).not_to_contain_text("^C")
    assert await tab.page.evaluate("navigator.clipboard.readText()") == "pasted"
