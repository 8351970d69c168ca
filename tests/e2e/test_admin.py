"""What who manages a server sees of what lives on it, and what its people see of the bounds that are set for them."""

import sqlite3
import zipfile
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Locator, Page, expect

from tests.e2e.axe import assert_accessible, needs_axe
from tests.e2e.conftest import MakeContext
from tests.e2e.notebooks import ipynb, ticking_until
from tests.e2e.pages import RUN_MS
from tests.e2e.people import Office, Person, new_office

SIZES = [(1440, 900), (390, 844)]


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def here(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Office]:
    async with new_office(tmp_path_factory.mktemp("team")) as made:
        made.ids["root"] = (await made.admin.get("/api/v1/me")).raise_for_status().json()["id"]
        await made.hire("ana", "Ana Alvarez")
        yield made


@pytest_asyncio.fixture(loop_scope="session")
async def root(make_context: MakeContext, here: Office) -> Person:
    return await here.person(await make_context(), "root")


async def part(person: Person, name: str) -> Page:
    """A part of the admin pages."""
    await person.page.goto(f"{person.tab.server.url}/admin/{name.lower()}")
    await expect(person.page.get_by_role("heading", name=name, level=1)).to_be_visible()
    return person.page


def row(page: Page, table: str, text: str) -> Locator:
    return page.get_by_role("table", name=table).get_by_role("row").filter(has_text=text)


async def fits(page: Page) -> None:
    """Nothing is wider than the screen."""
    assert await page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")


@needs_axe
@pytest.mark.parametrize(("width", "height"), SIZES)
async def test_a_runtime_that_lives_is_shown_and_stopped_and_its_outputs_stay(
    root: Person, ana: Person, tmp_path: Path, width: int, height: int
) -> None:
    name = f"Tides {width}"
    book = await ana.opens(await ana.upload(f"{name}.ipynb", ipynb(ticking_until(tmp_path / "never"))))
    await book.run_all()
    await expect(book.cell(0).text).to_contain_text("tick 3", timeout=RUN_MS)

    await root.page.set_viewport_size({"width": width, "height": height})
    page = await part(root, "Runtimes")
    line = row(page, "Runtimes", name)
    await expect(line).to_contain_text("Running")
    await fits(page)
    await assert_accessible(page)
    await line.get_by_role("button", name=f"Stop the runtime of {name}").click()
    dialog = page.get_by_role("dialog")
    await expect(dialog).to_contain_text("The notebook and its outputs stay.")
    await dialog.get_by_role("button", name="Stop").click()
    await expect(page.get_by_text("The runtime is stopped")).to_be_visible()
    await expect(line).to_have_count(0)
    await expect(book.cell(0).place.get_by_role("button", name="Interrupt this cell")).to_have_count(0)
    await expect(book.cell(0).text).to_contain_text("tick 3")
    await book.page.get_by_role("button", name="Runtime ended").click()
    ended = book.page.get_by_role("dialog", name="Runtime ended")
    await expect(ended).to_contain_text("root, an admin, ended the runtime.")


@pytest.mark.parametrize(("width", "height"), SIZES)
async def test_a_plan_is_made_changed_given_and_cannot_be_deleted_while_somebody_has_it(
    here: Office, root: Person, width: int, height: int
) -> None:
    login, name = f"plan{width}", f"Large {width}"
    await here.hire(login, f"Planned {width}")
    await root.page.set_viewport_size({"width": width, "height": height})
    page = await part(root, "Plans")
    await page.get_by_role("button", name="New plan").click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_label("Name").fill(name)
    await dialog.get_by_label("Storage").fill("2 parsecs")
    await expect(dialog.get_by_role("alert")).to_have_text("Write a number with B, KB, MB, GB or TB.")
    await dialog.get_by_label("Storage").fill("2 GB")
    await dialog.get_by_label("Runtimes at once").fill("3")
    await dialog.get_by_role("button", name="Make plan").click()
    line = row(page, "Plans", name)
    await expect(line).to_contain_text("2.0 GB")
    await fits(page)

    await line.get_by_role("button", name="More for").click()
    await page.get_by_role("menuitem", name="Edit").click()
    await expect(dialog.get_by_label("Runtimes at once")).to_have_value("3")
    await dialog.get_by_label("Storage").fill("5 GB")
    await dialog.get_by_role("button", name="Save").click()
    await expect(line).to_contain_text("5.0 GB")

    await page.get_by_role("link", name="Users").click()
    person = row(page, "Users", login)
    await person.get_by_role("button", name="More for").click()
    await page.get_by_role("menuitem", name="Quota and plan").click()
    await dialog.get_by_label("Plan", exact=True).select_option(name)
    await dialog.get_by_role("button", name="Save").click()
    await expect(dialog).to_have_count(0)
    drive = (await here.admin.get("/api/v1/admin/plans")).raise_for_status().json()["plans"]
    assert [plan["accounts"] for plan in drive if plan["name"] == name] == [1]

    await part(root, "Plans")
    await line.get_by_role("button", name="More for").click()
    await expect(page.get_by_role("menuitem")).to_have_text(["Edit…"])


async def test_all_that_one_has_is_downloaded_from_the_page(ana: Person, tmp_path: Path) -> None:
    await ana.upload("Mine.ipynb", ipynb("mine = 1"))
    page = ana.page
    await page.goto(f"{ana.tab.server.url}/account/data")
    async with page.expect_download() as download:
        await page.get_by_role("link", name="Download everything", exact=True).click()
    path = tmp_path / "all.zip"
    await (await download.value).save_as(path)
    with zipfile.ZipFile(path) as archive:
        names = archive.namelist()
        assert "account.json" in names
        [mine] = [name for name in names if name.endswith("Mine.ipynb")]
        assert b"mine = 1" in archive.read(mine)


@needs_axe
@pytest.mark.parametrize(("width", "height"), SIZES)
async def test_a_full_drive_refuses_an_upload_says_why_and_goes_on_when_there_is_room(
    here: Office, make_context: MakeContext, tmp_path: Path, width: int, height: int
) -> None:
    login = f"full{width}"
    await here.hire(login, "Full House")
    (await here.admin.patch(f"/api/v1/admin/accounts/{here.ids[login]}", json={"quota": 300_000})).raise_for_status()
    person = await here.person(await make_context(), login)
    page = person.page
    await page.set_viewport_size({"width": width, "height": height})
    await person.drive("/drive", "My Drive")
    files = {}
    for name in ("first", "second"):
        files[name] = tmp_path / f"{name}.bin"
        files[name].write_bytes(b"x" * 200_000)

    async def upload(name: str) -> None:
        async with page.expect_file_chooser() as chooser:
            await page.get_by_role("button", name="New", exact=True).click()
            await page.get_by_role("menuitem", name="Upload files").click()
        await (await chooser.value).set_files([files[name]])

    await upload("first")
    await expect(person.tab.row("first.bin")).to_be_visible()
    # On a phone the list of uploads stands where the round button is.
    await page.get_by_role("button", name="Close", exact=True).click()
    await upload("second")
    tray = page.locator(".tray-upload", has_text="second.bin")
    await expect(tray).to_contain_text("There is no room left in this Drive.")
    await fits(page)
    await assert_accessible(page)

    if width < 720:
        await page.get_by_role("button", name="More for this folder").click()
        await page.get_by_role("menuitem", name="What takes most").click()
    else:
        await page.get_by_role("button", name="What takes most").first.click()
    dialog = page.get_by_role("dialog", name="What takes most of your Drive")
    await dialog.get_by_role("button", name="Move first.bin to the bin").click()
    await dialog.get_by_role("button", name="Empty bin").click()
    await page.get_by_role("dialog").last.get_by_role("button", name="Empty bin").last.click()
    await expect(dialog).to_be_visible()
    await expect(dialog.get_by_text("first.bin")).to_have_count(0)
    await page.keyboard.press("Escape")
    await page.get_by_role("button", name="Go on with second.bin").click()
    await expect(person.tab.row("second.bin")).to_be_visible()


@needs_axe
@pytest.mark.parametrize(("width", "height"), SIZES)
async def test_home_lists_what_ran_while_one_was_away(
    here: Office, make_context: MakeContext, width: int, height: int
) -> None:
    login = f"away{width}"
    await here.hire(login, "Away")
    person = await here.person(await make_context(), login)
    for name, source in (("Good", "1 + 1"), ("Bad", "1 / 0")):
        book = await person.opens(await person.upload(f"{name}.ipynb", ipynb(source)))
        await book.run_all()
        await (book.cell(0).ended_ok() if name == "Good" else book.cell(0).failed())
    # As if they had left before any of it ran, and come back now.
    with closing(sqlite3.connect(here.server.data / "noctule.db")) as db, db:
        db.execute("UPDATE account SET left_at = 1 WHERE id = ?", (here.ids[login],))
    page = person.page
    await page.set_viewport_size({"width": width, "height": height})
    await person.tab.home()
    await expect(page.get_by_text("Ran while you were away")).to_be_visible()
    await expect(person.tab.row("Good")).to_contain_text("Done")
    await expect(person.tab.row("Bad")).to_contain_text("ZeroDivisionError")
    await fits(page)
    await assert_accessible(page)
