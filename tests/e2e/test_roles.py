"""The notebook page by role, with real people: what a viewer and a commenter see live, what they can do, and what is said where they cannot."""

import pytest
from playwright.async_api import Locator, Page, expect

from tests.e2e.axe import assert_accessible, needs_axe
from tests.e2e.conftest import MakeContext
from tests.e2e.notebooks import ipynb
from tests.e2e.pages import RUN_MS, Book
from tests.e2e.people import Office, Person
from tests.e2e.test_comments import pane, press, say, thread
from tests.e2e.test_forms import SOURCE as FORM

SLIDER = "import ipywidgets as w\nslider = w.IntSlider(description='Value', value=3)\nw.VBox([slider, w.Button(description='Go')])"
LIVE_WIDGETS = "You see these controls as they are now. Only editors can use them."
LIVE_FORM = "You see this form as it is now. Only editors can change it."


def rail(page: Page) -> Locator:
    return page.get_by_role("navigation", name="Panes")


async def panes(page: Page, *names: str) -> None:
    """The rail offers these and nothing else."""
    await expect(rail(page).get_by_role("button")).to_have_count(len(names))
    for name in names:
        await expect(rail(page).get_by_role("button", name=name)).to_be_visible()


async def changes_nothing(book: Book) -> None:
    """No key and no button of the first cell, which is code, writes or runs."""
    await book.cell(0).editor.click()
    await book.page.keyboard.type("hacked")
    await expect(book.page.get_by_text("You may look at this notebook, but not change it.")).to_be_visible()
    await book.page.keyboard.press("Control+Enter")
    await expect(book.page.get_by_text("You may look at this notebook, but not run it.")).to_be_visible()
    await expect(book.cell(0).editor).not_to_contain_text("hacked")
    for name in ("Run this cell", "Run all", "Add code cell", "Interrupt"):
        await expect(book.page.get_by_role("button", name=name)).to_have_count(0)


async def test_a_commenter_says_answers_and_resolves_and_neither_edits_nor_runs(ana: Person, ben: Person) -> None:
    notebook = await ana.upload("Talk.ipynb", ipynb("x = 40", "y = 2"))
    await ana.shares(notebook, ben.id, "commenter")
    mine, theirs = await ana.opens(notebook), await ben.opens(notebook)
    await expect(ben.page.get_by_text("Comments only", exact=True)).to_be_visible()
    await say(mine, 0, "Why 40?")
    await theirs.cell(0).place.get_by_role("button", name="1 comment").click()
    await press(ben.page, "Code cell 1", "Reply")
    await ben.page.keyboard.insert_text("It was 41 before")
    await ben.page.keyboard.press("Control+Enter")
    said = thread(ana.page, "Code cell 1")
    await expect(said.locator(".comment-text")).to_have_text(["Why 40?", "It was 41 before"])
    await expect(said.locator(".comment-by")).to_have_text(["You", "Ben Okoro"])
    await expect(pane(ben.page).get_by_role("textbox")).to_have_count(0)
    # What somebody else said is theirs to change.
    await expect(pane(ben.page).get_by_role("button", name="More for the comment by Ana Alvarez")).to_have_count(0)
    await expect(pane(ben.page).get_by_role("button", name="More for the comment by You")).to_have_count(1)
    await say(theirs, 1, "And y?")
    await expect(thread(ana.page, "Code cell 2").locator(".comment-text")).to_have_text("And y?")
    await press(ben.page, "Code cell 1", "Resolve this thread")
    await expect(said).to_have_count(0)
    await changes_nothing(theirs)
    await panes(ben.page, "Contents", "Find and replace", "Comments")


async def test_who_may_comment_no_more_keeps_what_they_were_writing(ana: Person, ben: Person) -> None:
    notebook = await ana.upload("Draft.ipynb", ipynb("x = 1"))
    await ana.shares(notebook, ben.id, "commenter")
    theirs = await ben.opens(notebook)
    await say(theirs, 0, "Before")
    await press(ben.page, "Code cell 1", "Reply")
    await ben.page.keyboard.insert_text("half a wo")
    await ana.shares(notebook, ben.id, "viewer")
    await expect(ben.page.get_by_text("View only", exact=True)).to_be_visible()
    await expect(pane(ben.page)).to_have_count(0)
    await expect(theirs.cell(0).place.get_by_role("button", name="1 comment")).to_have_count(0)
    kept = ben.page.get_by_role("alert").filter(has_text="You may no longer comment")
    await expect(kept).to_contain_text("half a wo")
    await ana.shares(notebook, ben.id, "commenter")
    await expect(ben.page.get_by_text("Comments only", exact=True)).to_be_visible()
    await expect(kept).to_have_count(0)
    await press(ben.page, "Code cell 1", "Reply")
    await expect(pane(ben.page).get_by_role("textbox")).to_have_value("half a wo")


@pytest.mark.parametrize("role", ["viewer", "commenter"])
async def test_forms_and_widgets_are_live_and_switched_off_and_say_why(ana: Person, ben: Person, role: str) -> None:
    notebook = await ana.upload("Live.ipynb", ipynb(SLIDER, FORM))
    await ana.shares(notebook, ben.id, role)
    mine, theirs = await ana.opens(notebook), await ben.opens(notebook)
    await mine.cell(0).run()
    cell = theirs.cell(0)
    await expect(cell.frame.locator(".widget-readout")).to_have_text("3", timeout=RUN_MS)
    await expect(cell.place.get_by_text(LIVE_WIDGETS)).to_be_visible()
    await expect(cell.frame.get_by_role("button", name="Go")).to_be_disabled()
    await expect(
        cell.frame.locator(".widget-slider [disabled], .widget-slider [aria-disabled=true]").first
    ).to_be_visible()
    form = theirs.cell(1).place.get_by_role("region", name="A **small** form")
    await expect(form.get_by_text(LIVE_FORM)).to_be_visible()
    for name in ("name", "size", "count", "kind", "model", "on", "day", "code"):
        await expect(form.get_by_label(name, exact=True)).to_be_disabled()

    handle = mine.cell(0).frame.get_by_role("slider")
    await handle.focus()
    await handle.press("ArrowRight")
    await expect(cell.frame.locator(".widget-readout")).to_have_text("4")
    hers = mine.cell(1).place.get_by_role("region", name="A **small** form")
    await hers.get_by_label("count", exact=True).fill("12")
    await hers.get_by_label("count", exact=True).press("Enter")
    await expect(form.get_by_label("count", exact=True)).to_have_value("12")


@pytest.mark.parametrize("role", ["viewer", "commenter"])
async def test_who_may_now_edit_uses_them_at_once(ana: Person, ben: Person, role: str) -> None:
    notebook = await ana.upload("Soon.ipynb", ipynb(SLIDER, FORM))
    await ana.shares(notebook, ben.id, role)
    mine, theirs = await ana.opens(notebook), await ben.opens(notebook)
    await mine.cell(0).run()
    cell = theirs.cell(0)
    await expect(cell.place.get_by_text(LIVE_WIDGETS)).to_be_visible(timeout=RUN_MS)
    form = theirs.cell(1).place.get_by_role("region", name="A **small** form")
    await expect(form.get_by_label("count", exact=True)).to_be_disabled()
    await ana.shares(notebook, ben.id, "editor")
    await expect(form.get_by_label("count", exact=True)).to_be_enabled()
    await expect(cell.place.get_by_text(LIVE_WIDGETS)).to_have_count(0)
    await expect(cell.frame.get_by_role("button", name="Go")).to_be_enabled()
    handle = cell.frame.get_by_role("slider")
    await handle.focus()
    await handle.press("ArrowRight")
    await expect(mine.cell(0).frame.locator(".widget-readout")).to_have_text("4")


async def test_a_viewer_is_offered_no_runtime_and_told_what_runs(ana: Person, ben: Person) -> None:
    notebook = await ana.upload("Waits.ipynb", ipynb("input('Name? ')"))
    await ana.shares(notebook, ben.id, "viewer")
    mine, theirs = await ana.opens(notebook), await ben.opens(notebook)
    await mine.cell(0).run()
    await expect(mine.cell(0).prompt).to_be_visible(timeout=RUN_MS)
    await expect(theirs.cell(0).place.get_by_role("img", name="Runs now")).to_be_visible()
    await expect(ben.page.locator(".chip")).to_contain_text("Waits for an answer")
    await expect(theirs.cell(0).place.get_by_text("Name?", exact=True)).to_be_visible()
    await expect(theirs.cell(0).place.get_by_role("textbox", name="Answer")).to_have_count(0)
    await mine.cell(0).prompt.get_by_role("textbox").fill("Ada")
    await mine.cell(0).prompt.get_by_role("textbox").press("Enter")
    await expect(theirs.cell(0).outputs).to_contain_text("'Ada'")
    await panes(ben.page, "Contents", "Find and replace")
    await theirs.cell(0).place.get_by_role("button", name="Output actions").first.click()
    await expect(ben.page.get_by_role("menuitem", name="Copy")).to_be_visible()
    await expect(ben.page.get_by_role("menuitem", name="Clear outputs")).to_have_count(0)
    await ben.page.keyboard.press("Escape")
    await changes_nothing(theirs)


async def test_what_somebody_said_and_ran_stays_when_their_account_is_deleted(
    ana: Person, here: Office, make_context: MakeContext
) -> None:
    await here.hire("dee", "Dee Dubois")
    dee = await here.person(await make_context(), "dee")
    notebook = await ana.upload("Left.ipynb", ipynb("x = 1"))
    await ana.shares(notebook, dee.id, "editor")
    await say(await dee.opens(notebook), 0, "I was here")
    await dee.tab.close()
    (await here.admin.delete(f"/api/v1/admin/accounts/{dee.id}")).raise_for_status()
    mine = await ana.opens(notebook)
    await mine.cell(0).place.get_by_role("button", name="1 comment").click()
    said = thread(ana.page, "Code cell 1")
    await expect(said).to_contain_text("I was here")
    await expect(said.locator(".comment-by")).to_have_text("Deleted account")


@needs_axe
async def test_everybody_can_use_what_a_viewer_sees(ana: Person, ben: Person) -> None:
    notebook = await ana.upload("Axe.ipynb", ipynb("1 + 1", FORM))
    await ana.shares(notebook, ben.id, "viewer")
    mine, theirs = await ana.opens(notebook), await ben.opens(notebook)
    await mine.cell(0).run()
    await expect(theirs.cell(0).place.get_by_role("img", name="Run 1")).to_be_visible(timeout=RUN_MS)
    await assert_accessible(ben.page)
