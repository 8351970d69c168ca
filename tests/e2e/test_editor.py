"""Editors of cells: one measure with the text that stands in for them, preferences at once, Vim, colours, keys."""

import json
from collections.abc import Mapping

import pytest
from playwright.async_api import Page, expect

from tests.e2e.notebooks import ipynb, text
from tests.e2e.pages import Book, Cell, Tab

FOLDED = "def f(a):\n    if a:\n        return [\n            1,\n        ]\n    return 2\n\nf(1)"
WRAPS = "x = '" + "word " * 60 + "'\n\n\ty = 2\n"
MIXED = "%matplotlib inline\nfiles = !ls -a {x}\n@d\ndef g(): return f'{files}'  # all"
BODY = "%%html\n<b class='a'>x</b>"
SOURCES = (FOLDED, WRAPS, MIXED, BODY, "", "\n" * 11 + "z")
VIEWPORTS = ({"width": 1440, "height": 900}, {"width": 390, "height": 844})
MEASURES: tuple[Mapping[str, object], ...] = (
    {},
    {"lineNumbers": True, "wrap": True, "ruler": 20, "indent": 8},
    {"lineNumbers": True, "folding": False},
    {"folding": False, "wrap": True},
)

ROWS = """(source) => {
    const box = source.getBoundingClientRect();
    return [["source", 0, box.height], ...[...source.querySelectorAll(".cm-line, .static-line")].map((line) => {
        const range = document.createRange();
        range.selectNodeContents(line);
        const left = line.textContent === "" ? box.left : range.getClientRects()[0].left;
        return [line.textContent, left - box.left, line.getBoundingClientRect().top - box.top];
    })];
}"""
"""The height of a source, and of each of its lines the text and where it begins."""


async def choose(page: Page, **settings: object) -> None:
    """Sets what a person can set, as another tab of this browser would."""
    await page.evaluate(
        """(chosen) => {
            const settings = JSON.parse(localStorage["noctule.settings"] ?? "{}");
            const editor = { ...settings.editor, ...chosen.editor };
            localStorage["noctule.settings"] = JSON.stringify({ ...settings, ...chosen, editor });
            dispatchEvent(new StorageEvent("storage", { key: "noctule.settings" }));
        }""",
        settings,
    )


async def prefer(page: Page, **editor: object) -> None:
    await choose(page, editor=editor)


async def rows(cell: Cell) -> list[tuple[str, float, float]]:
    found: list[tuple[str, float, float]] = await cell.place.locator(".source").evaluate(ROWS)
    return found


def shifts(before: list[tuple[str, float, float]], after: list[tuple[str, float, float]]) -> float:
    """By how many pixels a line moved, at most; the lines are the same."""
    assert [name for name, *_ in after] == [name for name, *_ in before]
    pairs = zip(before, after, strict=True)
    return max(max(abs(one[1] - other[1]), abs(one[2] - other[2])) for one, other in pairs)


async def source(cell: Cell) -> str:
    """What stands in the editor, line ends and all."""
    lines = await cell.place.locator(".cm-line").all_inner_texts()
    return "\n".join("" if line == "\n" else line for line in lines)


async def write(cell: Cell, content: str) -> None:
    """Replaces the source in one, with the caret behind it."""
    await cell.editor.click()
    await cell.editor.press("Control+a")
    await cell.place.page.keyboard.insert_text(content)


async def looks(cell: Cell) -> list[tuple[str, str]]:
    found: list[list[str]] = await cell.place.locator(".source").evaluate(
        """(source) => [...source.querySelectorAll("[class^=tok-]")].map((part) => [part.className, part.textContent])"""
    )
    return [(look, words) for look, words in found]


def far(book: Book) -> Cell:
    return book.cell(len(SOURCES) + 39)


async def long_book(tab: Tab) -> Book:
    """Some cells to look at, and so many below that they can be far away."""
    below = [f"value_{number} = {number}\n" * 8 for number in range(40)]
    return await tab.upload("editor.ipynb", ipynb(*SOURCES, *below))


@pytest.mark.parametrize("viewport", VIEWPORTS, ids=lambda viewport: str(viewport["width"]))
async def test_static_text_has_the_measure_of_the_editor(tab: Tab, viewport: dict[str, int]) -> None:
    await tab.page.set_viewport_size(viewport)  # type: ignore[arg-type]
    book = await long_book(tab)
    for measure in MEASURES:
        await prefer(book.page, lineNumbers=False, folding=True, wrap=False, ruler=0, indent=4)
        await prefer(book.page, **measure)
        for index in range(len(SOURCES)):
            cell = book.cell(index)
            await cell.place.scroll_into_view_if_needed()
            await expect(cell.editor).to_be_visible()
            near = await rows(cell)
            await far(book).place.scroll_into_view_if_needed()
            await expect(cell.place.locator(".static-source")).to_be_attached()
            away = await rows(cell)
            assert shifts(near, away) < 1, measure


async def test_a_cell_that_comes_near_for_the_first_time_keeps_its_height(tab: Tab) -> None:
    book = await long_book(tab)
    await prefer(book.page, lineNumbers=True, wrap=True)
    static = far(book).place.locator(".static-source")
    await expect(static).to_be_attached()
    before = await far(book).place.locator(".source").evaluate("(source) => source.getBoundingClientRect().height")
    await far(book).place.scroll_into_view_if_needed()
    await expect(far(book).editor).to_be_visible()
    after = await far(book).place.locator(".source").evaluate("(source) => source.getBoundingClientRect().height")
    assert after == pytest.approx(before, abs=1)


async def test_folds_caret_and_colours_stay_when_a_cell_is_away(tab: Tab) -> None:
    book = await long_book(tab)
    cell = book.cell(0)
    await cell.editor.click()
    await book.page.keyboard.press("Control+Home")
    await book.page.keyboard.press("Control+Shift+BracketLeft")
    await expect(cell.place.locator(".cm-foldPlaceholder")).to_have_count(1)
    await expect(cell.place.locator(".cm-line")).to_have_count(3)
    near, colours = await rows(cell), await looks(cell)
    await book.page.keyboard.press("End")
    await book.page.keyboard.press("Escape")
    await far(book).place.scroll_into_view_if_needed()
    await far(book).editor.click()
    await book.page.keyboard.press("Escape")
    await expect(cell.place.locator(".static-source .fold-sign")).to_have_count(1)
    away = await rows(cell)
    assert shifts(near, away) < 1
    assert await looks(cell) == colours
    await cell.place.scroll_into_view_if_needed()
    await expect(cell.place.locator(".cm-foldPlaceholder")).to_have_count(1)
    await book.page.keyboard.press("Control+Home")
    await expect(cell.place).to_be_focused()
    await book.page.keyboard.press("Enter")
    await book.page.keyboard.press("Control+Shift+BracketRight")
    await expect(cell.place.locator(".cm-line")).to_have_count(8)


async def test_preferences_reach_an_editor_at_once_and_leave_what_one_does(tab: Tab) -> None:
    book = await tab.upload("prefer.ipynb", ipynb(FOLDED))
    cell, keys = book.cell(0), book.page.keyboard
    await cell.editor.click()
    await keys.press("Control+Home")
    await keys.press("Shift+ArrowRight")
    await keys.press("Shift+ArrowRight")
    mark = await cell.editor.evaluate_handle("(editor) => editor")
    await prefer(book.page, lineNumbers=True, folding=False, wrap=True, closeBrackets=False, indent=2, whitespace=True)
    await expect(cell.place.locator(".cm-lineNumbers")).to_be_visible()
    await expect(cell.place.locator(".cm-foldGutter")).to_have_count(0)
    await expect(cell.editor).to_have_class("cm-content cm-lineWrapping")
    await expect(cell.place.locator(".cm-highlightSpace").first).to_be_attached()
    assert await cell.editor.evaluate("(editor, before) => editor === before", mark), "the editor was made anew"
    await keys.type("(")
    await keys.press("End")
    await keys.press("Enter")
    await keys.press("Tab")
    assert (await source(cell)).startswith("(f f(a):\n  \n"), "the selection went, or a bracket was closed"
    await prefer(book.page, indent=4, closeBrackets=True)
    await keys.press("Control+a")
    await keys.type("[")
    await keys.press("End")
    await expect(cell.place.locator(".cm-line").first).to_have_text("[(f f(a):")
    await choose(book.page, fontSize=20)
    await expect(cell.place.locator(".cm-line").first).to_have_css("height", "30px")
    await expect(cell.place.locator(".cm-cursor-primary")).to_have_css("top", f"{8 + 8 * 30 + 2}px")


async def test_the_colours_of_magics_are_there_in_the_editor(tab: Tab) -> None:
    book = await tab.upload("magics.ipynb", ipynb(MIXED, BODY, "%%sql\nselect 1"))
    await expect(book.cell(2).place.locator(".tok-keyword")).to_have_text(["select"])
    assert ("tok-keyword", "b") in await looks(book.cell(1))
    found = await looks(book.cell(0))
    for look in (
        ("tok-meta", "matplotlib"),
        ("tok-function", "-a"),
        ("tok-variable", "{x}"),
        ("tok-comment", "# all"),
    ):
        assert look in found
    await write(book.cell(2), "%%bash\necho 'x' # y")
    await expect(book.cell(2).place.locator(".tok-type")).to_have_text(["echo"])


async def test_a_kernel_of_another_language_has_its_colours(tab: Tab) -> None:
    content = json.loads(ipynb("f <- function(x) TRUE # r"))
    content["metadata"] = {"language_info": {"name": "R"}, "kernelspec": {"name": "ir", "display_name": "R"}}
    book = await tab.upload("r.ipynb", json.dumps(content).encode())
    await expect(book.cell(0).place.locator(".tok-comment")).to_have_text(["# r"])
    await expect(book.cell(0).place.locator(".tok-keyword").first).to_have_text("function")


async def test_keys_that_edit(tab: Tab) -> None:
    book = await tab.upload("keys.ipynb", ipynb("", "last"))
    cell, keys = book.cell(0), book.page.keyboard
    await write(cell, "one = 1")
    await keys.press("Enter")
    await keys.type("if one")
    await keys.type(":")
    await keys.press("Enter")
    await keys.type("pass")
    await keys.press("Enter")
    await keys.type("else:")
    assert await source(cell) == "one = 1\nif one:\n    pass\nelse:"
    await keys.press("Alt+ArrowUp")
    assert await source(cell) == "one = 1\nif one:\nelse:\n    pass"
    await keys.press("Control+Shift+K")
    await keys.press("Control+Home")
    await keys.press("Control+d")
    await keys.press("Control+d")
    await keys.type("two")
    assert await source(cell) == "two = 1\nif two:\n    pass"
    await keys.press("Escape")
    await expect(cell.editor).to_be_focused()
    await keys.press("Control+Home")
    await keys.press("Control+Alt+ArrowDown")
    await keys.press("End")
    await keys.type(" #")
    assert await source(cell) == "two = 1 #\nif two: #\n    pass"
    await keys.press("Escape")
    await keys.press("Control+l")
    await keys.press("Backspace")
    assert await source(cell) == "two = 1 #\n    pass"
    await keys.press("Control+/")
    assert await source(cell) == "two = 1 #\n    # pass"


async def test_more_cursors_by_the_mouse(tab: Tab) -> None:
    book = await tab.upload("cursors.ipynb", ipynb("aaa\nbbb\nccc"))
    cell = book.cell(0)
    lines = cell.place.locator(".cm-line")
    at = {"x": 14, "y": 8}
    await lines.nth(0).click(position=at)  # type: ignore[arg-type]
    await lines.nth(2).click(position=at, modifiers=["Alt"])  # type: ignore[arg-type]
    await book.page.keyboard.type("-")
    first, second, third = (await source(cell)).split("\n")
    assert ("-" in first, second, "-" in third) == (True, "bbb", True)


async def test_pasted_prompts_go(tab: Tab) -> None:
    book = await tab.upload("paste.ipynb", ipynb(""))
    cell = book.cell(0)
    await cell.editor.click()
    await cell.editor.evaluate(
        """(editor) => {
            const data = new DataTransfer();
            data.setData("text/plain", ">>> def f():\\n...     return 1  \\n>>> f()\\n1");
            const event = { clipboardData: data, bubbles: true, cancelable: true };
            editor.dispatchEvent(new ClipboardEvent("paste", event));
        }"""
    )
    assert await source(cell) == "def f():\n    return 1  \nf()"


@pytest.mark.parametrize("viewport", VIEWPORTS, ids=lambda viewport: str(viewport["width"]))
async def test_find_in_the_cell(tab: Tab, viewport: dict[str, int]) -> None:
    await tab.page.set_viewport_size(viewport)  # type: ignore[arg-type]
    book = await tab.upload("find.ipynb", ipynb("alpha\nbeta\nalpha", "alpha"))
    cell, keys = book.cell(0), book.page.keyboard
    await cell.editor.click()
    await keys.press("Control+f")
    field = cell.place.get_by_role("textbox", name="Find", exact=True)
    await expect(field).to_be_focused()
    await keys.type("alpha")
    await expect(cell.place.locator(".cm-searchMatch")).to_have_count(2)
    await cell.place.get_by_role("textbox", name="Replace", exact=True).fill("gamma")
    await cell.place.get_by_role("button", name="Replace all").click()
    assert await source(cell) == "gamma\nbeta\ngamma"
    panel = await cell.place.locator(".cm-search").bounding_box()
    assert panel is not None
    assert panel["x"] + panel["width"] <= viewport["width"]
    await field.focus()
    await keys.press("Escape")
    await expect(cell.editor).to_be_focused()
    await expect(cell.place.locator(".cm-search")).to_have_count(0)
    await keys.press("Escape")
    await expect(cell.place).to_be_focused()


async def test_the_keyboard_is_never_trapped_and_every_editor_has_a_name(tab: Tab) -> None:
    book = await tab.upload("focus.ipynb", ipynb("x = 1", text("words"), "y = 2"))
    keys = book.page.keyboard
    editor = book.page.get_by_role("textbox", name="Code cell 1 source")
    await editor.click()
    await keys.press("Home")
    await keys.press("Tab")
    assert await source(book.cell(0)) == "    x = 1"
    await keys.press("Escape")
    await expect(book.cell(0).place).to_be_focused()
    for _ in range(40):
        await keys.press("Tab")
        if await book.cell(2).place.locator(":focus").count() > 0:
            break
    else:
        pytest.fail("Tab does not leave the cell")
    assert await source(book.cell(0)) == "    x = 1"
    await book.cell(2).tool("Move up")
    await expect(book.page.get_by_role("textbox", name="Code cell 2 source")).to_have_text("y = 2")


async def test_arrows_go_on_into_the_next_cell_at_their_column(tab: Tab) -> None:
    book = await tab.upload("arrows.ipynb", ipynb("one\ntwo", "three\nfour"))
    keys = book.page.keyboard
    await book.cell(0).editor.click()
    await keys.press("Control+Home")
    for key in ("ArrowRight", "ArrowRight", "ArrowDown", "ArrowDown"):
        await keys.press(key)
    await expect(book.cell(1).editor).to_be_focused()
    await keys.type("-")
    assert await source(book.cell(1)) == "th-ree\nfour"
    await keys.press("ArrowUp")
    await keys.type("-")
    assert await source(book.cell(0)) == "one\ntwo-"


async def test_vim_in_cells(tab: Tab) -> None:
    await tab.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    book = await tab.upload("vim.ipynb", ipynb("one\ntwo", "three\nfour"))
    cell, keys = book.cell(0), book.page.keyboard
    mode = book.page.get_by_text("Vim: ", exact=False)
    await cell.editor.click()
    await prefer(book.page, keys="vim")
    await expect(mode).to_have_text("Vim: normal")
    await keys.type("gg0xx")
    assert await source(cell) == "e\ntwo"
    await keys.type("uu")
    assert await source(cell) == "one\ntwo"
    await keys.press("Control+r")
    assert await source(cell) == "ne\ntwo"
    await keys.type("Anew")
    await expect(mode).to_have_text("Vim: insert")
    assert await source(cell) == "nenew\ntwo"
    await keys.press("Escape")
    await expect(mode).to_have_text("Vim: normal")
    await expect(cell.editor).to_be_focused()
    await keys.type("uyyjp")
    assert await source(cell) == "ne\ntwo\nne"
    await keys.type('"+yy')
    assert await book.page.evaluate("navigator.clipboard.readText()") == "ne\n"
    await keys.type("j")
    await expect(book.cell(1).editor).to_be_focused()
    await keys.type("ddk")
    await expect(cell.editor).to_be_focused()
    assert await source(book.cell(1)) == "four"
    await keys.type(":w")
    await keys.press("Enter")
    await expect(book.page.get_by_text("All changes saved", exact=False).last).to_be_visible()
    await expect(cell.editor).to_be_focused()
    await keys.press("Escape")
    await expect(cell.place).to_be_focused()
    await expect(mode).to_have_count(0)
    await keys.press("Enter")
    await keys.type("i")
    await keys.press("Control+m")
    await keys.press("b")
    await expect(book.cells).to_have_count(3)
    await prefer(book.page, keys="default")
    await book.cell(1).editor.click()
    await keys.type("j = 1")
    assert await source(book.cell(1)) == "j = 1"


async def test_changed_since_it_ran_is_told_without_a_secure_context(tab: Tab) -> None:
    await tab.page.context.add_init_script(
        "Object.defineProperty(window, 'isSecureContext', { value: false });"
        "Object.defineProperty(crypto, 'subtle', { value: undefined });"
    )
    book = await tab.upload("changed.ipynb", ipynb("print('\u00e9')"))
    cell = book.cell(0)
    await cell.run()
    await cell.ended_ok()
    await write(cell, "print('e')")
    await expect(cell.place.locator(".cell-main.changed")).to_be_visible()
    await write(cell, "print('\u00e9')")
    await expect(cell.place.locator(".cell-main.changed")).to_have_count(0)


async def test_the_keys_of_editors_are_told_in_the_settings(tab: Tab) -> None:
    book = await tab.upload("told.ipynb", ipynb("x"))
    await book.page.keyboard.press("Control+m")
    await book.page.keyboard.press("h")
    part = book.page.get_by_role("heading", name="In an editor")
    await expect(part).to_be_attached()
    await book.page.get_by_role("searchbox", name="Search commands or keys").fill("Add a cursor below")
    await expect(book.page.get_by_text("Ctrl+Alt+\u2193")).to_be_visible()
