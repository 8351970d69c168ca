"""Drive as people use it: make, upload, look, rename, move, delete and have back, at both widths and by keys."""

import zipfile
from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.e2e.axe import assert_accessible, needs_axe
from tests.e2e.pages import Tab
from tests.support.notebooks import ipynb

SIZES = [(1440, 900), (390, 844)]


def tree(tab: Tab) -> Path:
    """The person's files, on the server's disk."""
    return tab.server.data / "drive" / "you"


async def in_menu(tab: Tab, name: str, choice: str) -> None:
    await tab.row(name).click(button="right")
    await tab.page.get_by_role("menuitem", name=choice).click()


@pytest.mark.parametrize(("width", "height"), SIZES)
async def test_what_other_programs_put_there_is_listed_looked_at_and_runs_nothing(
    tab: Tab, width: int, height: int
) -> None:
    await tab.page.set_viewport_size({"width": width, "height": height})
    root = tree(tab)
    (root / "table.csv").write_text('name,"a, b"\n"x ""1""",2\n')
    (root / "page.html").write_text("<script>window.parent.pwned = window.pwned = 1</script>hello")
    (root / "picture.svg").write_text(
        '<svg xmlns="http://www.w3.org/2000/svg" onload="window.pwned = 1" width="9" height="9"><script>pwned=1</script></svg>'
    )
    (root / f"link-{width}").symlink_to("/etc/passwd")
    await tab.list()
    await tab.row("table.csv").click()
    await tab.page.keyboard.press("Space")
    await expect(tab.page.get_by_role("dialog").get_by_role("cell", name='x "1"')).to_be_visible()
    await tab.page.keyboard.press("Escape")
    for name in ("page.html", "picture.svg"):
        await tab.row(name).click()
        await tab.page.keyboard.press("Space")
        await expect(tab.page.get_by_role("dialog")).to_contain_text(name)
        await tab.page.keyboard.press("Escape")
        await expect(tab.page.get_by_role("dialog")).to_have_count(0)
    assert await tab.page.evaluate("() => window.pwned") is None


@pytest.mark.parametrize(("width", "height"), SIZES)
async def test_files_are_uploaded_renamed_moved_deleted_and_had_back(
    tab: Tab, tmp_path: Path, width: int, height: int
) -> None:
    await tab.page.set_viewport_size({"width": width, "height": height})
    page, root = tab.page, tree(tab)
    folder, first, last = f"Results {width}", f"big-{width}.bin", f"small-{width}.bin"
    await tab.list()
    await page.get_by_role("button", name="New", exact=True).click()
    await page.get_by_role("menuitem", name="Folder", exact=True).click()
    field = page.get_by_role("textbox", name="Name")
    await field.fill(folder)
    await field.press("Enter")
    await expect(tab.row(folder)).to_be_visible()
    assert (root / folder).is_dir()

    big = tmp_path / first
    big.write_bytes(bytes(range(256)) * 40_000)
    async with page.expect_file_chooser() as chooser:
        await page.get_by_role("button", name="New", exact=True).click()
        await page.get_by_role("menuitem", name="Upload files").click()
    await (await chooser.value).set_files([big])
    await expect(tab.row(first)).to_be_visible()
    assert (root / first).read_bytes() == big.read_bytes()

    await in_menu(tab, first, "Rename")
    field = page.get_by_role("textbox", name="Name")
    await field.fill(last)
    await field.press("Enter")
    await expect(tab.row(last)).to_be_visible()
    await expect(tab.row(first)).to_have_count(0)

    await in_menu(tab, last, "Move to bin")
    await expect(tab.row(last)).to_have_count(0)
    await page.get_by_role("button", name="Undo").click()
    await expect(tab.row(last)).to_be_visible()
    assert (root / last).read_bytes() == big.read_bytes()

    await in_menu(tab, last, "Move to bin")
    await expect(tab.row(last)).to_have_count(0)
    await page.goto(f"{tab.server.url}/drive/bin")
    await in_menu(tab, last, "Restore")
    await expect(tab.row(last)).to_have_count(0)
    await tab.list()
    await expect(tab.row(last)).to_be_visible()


async def test_keys_lead_through_folders_and_move_files(tab: Tab) -> None:
    page, root = tab.page, tree(tab) / "keys"
    (root / "below").mkdir(parents=True)
    (root / "a.txt").write_text("a")
    await tab.list()
    await tab.row("keys").dblclick()
    await tab.row("a.txt").click()
    await page.keyboard.press("Control+x")
    await page.keyboard.press("ArrowUp")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", name="below", exact=True)).to_be_visible()
    await page.keyboard.press("Control+v")
    await expect(tab.row("a.txt")).to_be_visible()
    assert (root / "below" / "a.txt").read_text() == "a"
    await page.keyboard.press("Backspace")
    await expect(page.get_by_role("heading", name="keys", exact=True)).to_be_visible()
    await expect(tab.row("a.txt")).to_have_count(0)


async def test_the_dialog_for_moving_begins_where_one_is(tab: Tab) -> None:
    page, root = tab.page, tree(tab) / "near" / "here"
    (root / "inner").mkdir(parents=True)
    (root / "b.txt").write_text("b")
    await tab.list()
    await tab.row("near").dblclick()
    await tab.row("here").dblclick()
    await in_menu(tab, "b.txt", "Move to…")
    dialog = page.get_by_role("dialog")
    await expect(dialog.get_by_role("row", name="here", exact=True)).to_have_attribute("aria-selected", "true")
    await expect(dialog.get_by_role("button", name="Move here")).to_be_disabled()
    await dialog.get_by_role("row", name="inner", exact=True).click()
    await dialog.get_by_role("button", name="Move here").click()
    await expect(tab.row("b.txt")).to_have_count(0)
    await tab.row("inner").dblclick()
    await expect(tab.row("b.txt")).to_be_visible()
    assert (root / "inner" / "b.txt").read_text() == "b"


async def test_a_file_that_is_no_notebook_says_so_and_can_be_had(tab: Tab) -> None:
    (tree(tab) / "broken.ipynb").write_text("{not json")
    await tab.list()
    await tab.row("broken.ipynb").dblclick()
    refused = tab.page.get_by_role("alert").filter(has_text="This is not a notebook")
    await expect(refused).to_be_visible()
    async with tab.page.expect_download() as download:
        await refused.get_by_role("link", name="Download").click()
    assert (await (await download.value).path()).read_text() == "{not json"
    (tree(tab) / "broken.ipynb").write_bytes(ipynb("1"))
    await refused.get_by_role("button", name="Try again").click()
    await expect(refused).to_have_count(0)


async def test_a_file_that_another_program_wrote_opens_as_a_notebook_and_runs(tab: Tab) -> None:
    (tree(tab) / "deep").mkdir()
    (tree(tab) / "deep" / "theirs.ipynb").write_bytes(ipynb("print(6 * 7)"))
    await tab.list()
    await tab.row("deep").dblclick()
    await tab.row("theirs.ipynb").dblclick()
    book = await tab.opened()
    await book.run_all()
    await expect(book.cell(0).place).to_contain_text("42")


async def test_a_template_runs_from_the_menu_to_its_first_output(tab: Tab) -> None:
    await tab.home()
    await tab.page.get_by_role("button", name="From template").click()
    await tab.page.get_by_role("dialog").get_by_text("Data frames and plots").click()
    book = await tab.opened()
    await expect(book.page).to_have_title("Data frames and plots.ipynb")


async def found(tab: Tab, words: str) -> None:
    """What is in notebooks is searched a little after it was written."""
    await tab.page.goto(f"{tab.server.url}/drive/search?q={words}")
    await expect(tab.page.locator(".found-line")).not_to_have_count(0, timeout=60_000)


async def test_a_line_that_a_search_found_leads_to_its_cell_in_a_notebook_that_nobody_opened(tab: Tab) -> None:
    page = tab.page
    (tree(tab) / "long.ipynb").write_bytes(ipynb(*(f"x{at} = {at}" for at in range(60)), "needle = '<b>x</b>'"))
    await tab.list()
    await found(tab, "needle")
    line = page.locator(".found-line")
    await expect(line).to_have_text("needle = '<b>x</b>'")
    await expect(line.locator("mark")).to_have_text("needle")
    await page.get_by_role("button", name="Names", exact=True).click()
    await expect(page.get_by_role("heading", name="Nothing found")).to_be_visible()
    await page.get_by_role("button", name="Names and contents").click()
    await line.click()
    book = await tab.opened()
    await expect(book.cell(60).place).to_be_in_viewport()


async def test_a_rectangle_chooses_what_it_touches_and_scrolls_and_its_choice_is_one_download(tab: Tab) -> None:
    page, root = tab.page, tree(tab) / "many"
    root.mkdir()
    for at in range(60):
        (root / f"f{at:02}.txt").write_text(str(at))
    await page.set_viewport_size({"width": 1440, "height": 700})
    await tab.list()
    await tab.row("many").dblclick()
    box = await tab.row("f02.txt").bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] - 160, box["y"] + 10
    await page.mouse.move(x, y)
    await page.mouse.down()
    await page.mouse.move(x - 200, y + 100, steps=4)
    await expect(page.locator(".lasso")).to_be_visible()
    await page.mouse.up()
    await expect(page.locator(".lasso")).to_have_count(0)
    await expect(page.get_by_role("toolbar", name="3 selected")).to_be_visible()
    async with page.expect_download() as download:
        await page.get_by_role("button", name="Download").click()
    path = await (await download.value).path()
    with zipfile.ZipFile(path) as archive:
        assert archive.namelist() == ["f02.txt", "f03.txt", "f04.txt"]
    await page.mouse.move(x, y)
    await page.keyboard.press("Escape")
    await page.mouse.down()
    await page.mouse.move(x - 200, 690, steps=4)
    # At the edge it scrolls by itself, to the end.
    await expect(page.get_by_role("toolbar", name="58 selected")).to_be_visible()
    await page.mouse.up()
    # A row that is chosen is dragged, and the keys go on from there.
    await tab.row("f59.txt").click()
    await expect(page.get_by_role("toolbar", name="1 selected")).to_be_visible()


async def test_what_takes_most_is_shown_and_deleted_there(tab: Tab) -> None:
    page = tab.page
    (tree(tab) / "huge.bin").write_bytes(b"x" * 3_000_000)
    await tab.list()
    await expect(tab.row("huge.bin")).to_be_visible()
    await page.get_by_role("button", name="What takes most").click()
    dialog = page.get_by_role("dialog")
    row = dialog.get_by_role("listitem").filter(has_text="huge.bin")
    await expect(row).to_contain_text("2.9 MB")
    await dialog.get_by_role("button", name="Move huge.bin to the bin").click()
    await expect(row).to_contain_text("Bin")
    await dialog.get_by_role("button", name="Empty bin").click()
    await dialog.get_by_role("button", name="Empty bin").click()
    await expect(page.get_by_role("heading", name="What takes most of your Drive")).to_be_visible()
    await expect(dialog.get_by_text("huge.bin")).to_have_count(0)
    assert not (tree(tab) / "huge.bin").exists()


@needs_axe
async def test_what_was_found_and_what_takes_most_is_accessible_at_both_widths(tab: Tab) -> None:
    page = tab.page
    (tree(tab) / "axe.ipynb").write_bytes(ipynb("a haystack with a straw in it", "straw"))
    await tab.list()
    await found(tab, "straw")
    await assert_accessible(page)
    await page.set_viewport_size({"width": 390, "height": 844})
    await tab.list()
    await page.get_by_role("button", name="More for this folder").click()
    await page.get_by_role("menuitem", name="What takes most").click()
    await expect(page.get_by_role("dialog").get_by_role("listitem").first).to_be_visible()
    await assert_accessible(page)


async def test_enter_on_what_was_found_goes_to_its_first_line(tab: Tab) -> None:
    (tree(tab) / "keys.ipynb").write_bytes(ipynb(*(f"y{at} = {at}" for at in range(60)), "haystack"))
    await tab.list()
    await found(tab, "haystack%20keys")
    await tab.page.get_by_role("grid").focus()
    await tab.page.keyboard.press("ArrowDown")
    await tab.page.keyboard.press("Enter")
    book = await tab.opened()
    await expect(book.cell(60).place).to_be_in_viewport()
