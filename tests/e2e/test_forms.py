"""Forms: controls for what the code names. They change a literal, and nothing else."""

import pytest
from playwright.async_api import Locator, expect

from tests.e2e.notebooks import code, ipynb
from tests.e2e.pages import Book, Tab

SOURCE = """#@title A **small** form { run: "auto" }
#@markdown Choose what you *want*.
name = 'old'  #@param {type:"string"}
size = 3 #@param {type:"slider", min:0, max:10, step:1}
count = 5 #@param {type:"integer"}
kind = "b" #@param ["a", "b"]
model = "x" #@param ["x", "y"] {allow-input: true}
on = True #@param {type:"boolean"}
day = "2024-02-29" #@param {type:"date"}
code = f(1) #@param {type:"raw"}
print(name, size)  # é 😀"""
SOURCE = SOURCE.replace("f(1)", "[1, 2]")


def form(book: Book) -> Locator:
    return book.cell(0).place.get_by_role("region", name="A **small** form")


async def source(book: Book) -> str:
    """The cell's source as the editor shows it."""
    lines = book.cell(0).place.locator(".cm-line")
    return "\n".join(await lines.all_text_contents())


@pytest.mark.parametrize("width", [1440, 390])
async def test_a_control_changes_its_literal_and_nothing_else(tab: Tab, width: int) -> None:
    await tab.page.set_viewport_size({"width": width, "height": 900})
    book = await tab.upload("form.ipynb", ipynb(SOURCE))
    await expect(book.cell(0).editor).to_be_visible()
    await expect(form(book).get_by_text("Choose what you want.")).to_be_visible()
    field = form(book).get_by_label
    await field("name", exact=True).fill("it's new")
    await field("name", exact=True).press("Enter")
    await field("size", exact=True).focus()
    await field("size", exact=True).press("ArrowRight")
    await field("count", exact=True).fill("12")
    await field("kind", exact=True).select_option("a")
    await field("model", exact=True).fill("my own")
    await field("on", exact=True).uncheck()
    await field("day", exact=True).fill("2025-01-31")
    await field("code", exact=True).fill("sum([1])")
    await field("code", exact=True).press("Enter")
    wanted = SOURCE
    for old, new in [
        ("'old'", "'it\\'s new'"),
        ("size = 3", "size = 4"),
        ("count = 5", "count = 12"),
        ('kind = "b"', 'kind = "a"'),
        ('model = "x"', 'model = "my own"'),
        ("on = True", "on = False"),
        ("2024-02-29", "2025-01-31"),
        ("[1, 2]", "sum([1])"),
    ]:
        wanted = wanted.replace(old, new, 1)
    await expect(book.cell(0).editor).to_contain_text("code = sum([1])")
    assert await source(book) == wanted
    layout = (
        await book.cell(0)
        .place.locator(".form-layout")
        .evaluate("(it) => getComputedStyle(it).gridTemplateColumns.split(' ').length")
    )
    assert layout == (2 if width == 1440 else 1)
    assert await tab.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    await book.all_saved()
    book = await tab.reload()
    await expect(field("name", exact=True)).to_have_value("it's new")


async def test_what_does_not_fit_is_said_and_nothing_is_rewritten(tab: Tab) -> None:
    lines = 'n = 1 #@param {type:"integer"}\nk = "c" #@param ["a"]\nf(2) #@param\nr = 1 #@param {type:"raw"}'
    book = await tab.upload("misfit.ipynb", ipynb(lines))
    panel = book.cell(0).place.get_by_role("region", name="Form")
    await expect(panel.get_by_text('The code says "c"')).to_be_visible()
    await expect(panel.get_by_text("Line 3: write a name, an equals sign and a value before #@param")).to_be_visible()
    await panel.get_by_label("n", exact=True).fill("")
    await panel.get_by_label("n", exact=True).press("Enter")
    await expect(panel.get_by_role("alert")).to_have_text("Write a whole number, such as 12.")
    await panel.get_by_label("r", exact=True).fill("1 # 2")
    await panel.get_by_label("r", exact=True).press("Enter")
    await expect(panel.get_by_role("alert")).to_have_count(2)
    assert await source(book) == lines
    await panel.get_by_label("k", exact=True).select_option("a")
    await expect(book.cell(0).editor).to_contain_text('k = "a"')


async def test_a_form_that_runs_its_cell_does_so_only_after_a_first_run_by_hand(tab: Tab) -> None:
    book = await tab.upload("auto.ipynb", ipynb(SOURCE))
    size = form(book).get_by_label("size", exact=True)
    await size.focus()
    await size.press("ArrowRight")
    await expect(book.cell(0).editor).to_contain_text("size = 4")
    await expect(book.cell(0).place.get_by_role("button", name="Run this cell", exact=True)).to_be_visible()
    await book.cell(0).run()
    await book.cell(0).ended_ok()
    await expect(book.cell(0).text).to_have_text("old 4")
    await size.focus()
    await size.press("ArrowRight")
    await expect(book.cell(0).text).to_have_text("old 5")
    await form(book).get_by_label("name", exact=True).fill("new")
    await form(book).get_by_label("name", exact=True).press("Enter")
    await expect(book.cell(0).text).to_have_text("new 5")


async def test_the_code_is_hidden_and_shown_and_the_notebook_remembers(tab: Tab) -> None:
    cell = {**code("#@title Settings\nx = 1 #@param {type:'number'}"), "metadata": {"cellView": "form"}}
    book = await tab.upload("view.ipynb", ipynb(cell))
    panel = book.cell(0).place.get_by_role("region", name="Settings")
    await expect(panel.get_by_label("x", exact=True)).to_have_value("1")
    await expect(book.cell(0).editor).to_be_hidden()
    await panel.get_by_role("button", name="Show code").click()
    await expect(book.cell(0).editor).to_be_visible()
    await book.all_saved()
    book = await tab.reload()
    await expect(book.cell(0).editor).to_be_visible()
    await panel.get_by_role("button", name="Hide code").click()
    await expect(book.cell(0).editor).to_be_hidden()


async def test_a_first_param_line_leaves_the_editor_as_it_is(tab: Tab) -> None:
    book = await tab.upload("typed.ipynb", ipynb("x = 1"))
    await book.cell(0).editor.click()
    await tab.page.keyboard.press("End")
    await tab.page.keyboard.type(' #@param {type:"slider", max:5}\ny = 2')
    await expect(book.cell(0).place.get_by_label("x", exact=True)).to_have_attribute("type", "range")
    assert await source(book) == 'x = 1 #@param {type:"slider", max:5}\ny = 2'


async def test_two_people_change_different_fields_at_the_same_time(tab: Tab) -> None:
    book = await tab.upload("two.ipynb", ipynb(SOURCE))
    page = await tab.page.context.new_page()
    other = await Tab(page, tab.server).open(book.path)
    await expect(other.cell(0).editor).to_be_visible()
    await form(book).get_by_label("count", exact=True).fill("77")
    await form(other).get_by_label("name", exact=True).fill("theirs")
    await form(book).get_by_label("count", exact=True).press("Enter")
    await form(other).get_by_label("name", exact=True).press("Enter")
    for each in (book, other):
        await expect(each.cell(0).editor).to_contain_text("name = 'theirs'")
        await expect(each.cell(0).editor).to_contain_text("count = 77")
        await expect(form(each).get_by_label("name", exact=True)).to_have_value("theirs")
    await page.close()
