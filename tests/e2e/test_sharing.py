"""Two people, two browsers, one server: what is shared is seen, run and lost by the other at the moment in which it happens."""

import re
from pathlib import Path

from playwright.async_api import Page, expect

from tests.e2e.axe import assert_accessible, needs_axe
from tests.e2e.conftest import MakeContext
from tests.e2e.notebooks import ipynb, text, ticking_until
from tests.e2e.pages import RUN_MS, Book
from tests.e2e.people import Office, Person, SharingDialog

CONTROL = "ControlOrMeta"


async def may_edit(book: Book) -> None:
    """The page has it, by the toolbar that only editors have."""
    await expect(book.page.get_by_role("button", name="Run all", exact=True)).to_be_visible()


async def share_button(page: Page) -> SharingDialog:
    await page.get_by_role("button", name="Share", exact=True).click()
    dialog = SharingDialog(page)
    await expect(dialog.place).to_be_visible()
    return dialog


async def test_a_viewer_sees_it_in_shared_with_me_and_outputs_live_and_can_change_nothing(
    ana: Person, ben: Person, tmp_path: Path
) -> None:
    stop = tmp_path / "stop"
    notebook = await ana.upload("Tides.ipynb", ipynb(ticking_until(stop), text("# Notes\n\nread me")))
    mine = await ana.opens(notebook)
    dialog = await share_button(ana.page)
    await dialog.choose("be", "Ben Okoro")
    await dialog.give("viewer")
    await expect(dialog.row("Ben Okoro")).to_contain_text("Viewer")
    await dialog.done()

    await ben.drive("/drive/shared", "Shared with me")
    row = ben.tab.row("Tides")
    await expect(row).to_contain_text("Ana Alvarez")
    await row.get_by_role("link", name="Tides.ipynb").click()
    theirs = await ben.tab.opened()
    await expect(ben.page.get_by_text("View only", exact=True)).to_be_visible()

    await mine.cell(0).run()
    await expect(theirs.cell(0).outputs).to_contain_text("tick 3", timeout=RUN_MS)
    # The run button, the toolbar and the keys: none of them is to be had.
    await expect(theirs.page.get_by_role("button", name="Run all", exact=True)).to_have_count(0)
    await theirs.cell(0).editor.click()
    await ben.page.keyboard.type("hacked")
    await ben.page.keyboard.press("Shift+Enter")
    await expect(ben.page.get_by_text("You may look at this notebook, but not run it.")).to_be_visible()
    await expect(theirs.cell(0).editor).not_to_contain_text("hacked")
    await theirs.cell(1).place.dblclick()
    await expect(theirs.cell(1).place.locator(".cm-editor")).to_have_count(0)
    assert "hacked" not in "".join(await mine.sources())
    stop.touch()
    await expect(theirs.cell(0).outputs).to_contain_text("ticks:", timeout=RUN_MS)


async def test_an_editor_types_without_a_reload_both_texts_are_there_and_the_first_run_asks(
    ana: Person, ben: Person
) -> None:
    notebook = await ana.upload("Both.ipynb", ipynb("x = 1\n"))
    grant = await ana.shares(notebook, ben.id, "viewer")
    mine, theirs = await ana.opens(notebook), await ben.opens(notebook)
    await expect(ben.page.get_by_text("View only", exact=True)).to_be_visible()
    await ana.shares(notebook, ben.id, "editor")
    await may_edit(theirs)
    await expect(ben.page.get_by_text("You can edit this notebook now.")).to_be_visible()

    await theirs.cell(0).editor.click()
    await ben.page.keyboard.press(f"{CONTROL}+End")
    await mine.cell(0).editor.click()
    await ana.page.keyboard.press(f"{CONTROL}+Home")
    for letter in "ab = 2":
        await ben.page.keyboard.type(letter)
        await ana.page.keyboard.type("#")
    for book in (mine, theirs):
        await expect(book.cell(0).editor).to_contain_text("######x = 1")
        await expect(book.cell(0).editor).to_contain_text("ab = 2")

    await ben.page.keyboard.press(f"{CONTROL}+Enter")
    question = ben.page.get_by_role("dialog", name="Run a notebook of Ana Alvarez?")
    await question.get_by_role("button", name="Run anyway").click()
    await theirs.cell(0).ended_ok()
    await theirs.cell(0).editor.click()
    await ben.page.keyboard.press(f"{CONTROL}+Enter")
    await expect(ben.page.get_by_role("dialog")).to_have_count(0)
    # Who is here is called by name, not by an id.
    await expect(ana.page.get_by_role("button", name=re.compile("Follow Ben Okoro"))).to_be_visible()
    assert grant["role"] == "viewer"


async def test_who_is_no_editor_any_more_while_typing_loses_no_word_of_it_silently(ana: Person, ben: Person) -> None:
    notebook = await ana.upload("Less.ipynb", ipynb("kept = 1\n"))
    await ana.shares(notebook, ben.id, "editor")
    theirs = await ben.opens(notebook)
    await may_edit(theirs)
    await theirs.cell(0).editor.click()
    await ben.page.keyboard.press(f"{CONTROL}+End")
    await ben.page.keyboard.type("saved = 2")
    await theirs.all_saved()
    # What is typed without a connection the server will not take.
    await ben.page.context.set_offline(True)
    await ben.page.keyboard.type(" # lost words")
    await ana.shares(notebook, ben.id, "viewer")
    await ben.page.context.set_offline(False)
    banner = ben.page.get_by_role("alert").filter(has_text="You may no longer edit this notebook")
    await expect(banner).to_be_visible(timeout=RUN_MS)
    await expect(theirs.cell(0).editor).to_contain_text("saved = 2")
    await expect(theirs.cell(0).editor).not_to_contain_text("lost words")
    await banner.get_by_role("button", name="Show what was not saved").click()
    await expect(ben.page.get_by_role("dialog")).to_contain_text("# lost words")
    await ben.page.get_by_role("dialog").get_by_role("button", name="Close").click()
    # It is found again after a reload, and kept when it is saved as a notebook of one's own.
    again = await ben.tab.reload()
    await expect(banner).to_be_visible(timeout=RUN_MS)
    await banner.get_by_role("button", name="Save as a notebook of my own").click()
    await expect(ben.page).not_to_have_url(re.compile(notebook))
    await expect(again.cell(0).editor).to_contain_text("# lost words")


async def test_whose_access_ends_is_told_so_asks_again_and_comes_in_when_the_owner_accepts_on_home(
    ana: Person, ben: Person
) -> None:
    notebook = await ana.upload("Ends.ipynb", ipynb("print('still on the screen')"))
    grant = await ana.shares(notebook, ben.id, "viewer")
    theirs = await ben.opens(notebook)
    await ana.asks("DELETE", f"/items/{notebook}/grants/{grant['id']}")
    ended = ben.page.get_by_role("heading", name="Your access to this notebook has ended")
    await expect(ended).to_be_visible()
    await expect(theirs.cell(0).place).to_contain_text("still on the screen")
    await ben.page.reload()
    await expect(ben.page.get_by_role("heading", name="You need access, or it does not exist")).to_be_visible()
    await expect(ben.page.get_by_text("You are signed in as Ben Okoro.")).to_be_visible()
    await ben.page.get_by_label("What you would like").select_option("Edit and run it")
    await ben.page.get_by_label("A few words to the owner").fill("for the review")
    await ben.page.get_by_role("button", name="Ask for access").click()
    await expect(ben.page.get_by_text("Asked.", exact=True)).to_be_visible()

    await ana.tab.home()
    card = ana.page.get_by_role("region", name="Waiting for your answer")
    await expect(card).to_contain_text("Ben Okoro would like to edit Ends.ipynb")
    await expect(card).to_contain_text("for the review")
    await expect(ana.page.get_by_title("1 request waits").first).to_be_visible()
    await card.get_by_role("button", name=re.compile("^Accept: ")).click()
    await expect(card).to_have_count(0)
    # It was looked for meanwhile.
    await may_edit(await ben.tab.opened())


async def test_a_folder_for_a_team_the_link_for_everyone_and_a_new_owner(
    ana: Person, ben: Person, here: Office
) -> None:
    folder = (await ana.asks("POST", "/items/root/folders", json={"name": "Course"}))["id"]
    notebook = (await ana.asks("POST", f"/items/{folder}/notebooks", json={"name": "Week 1.ipynb"}))["id"]
    await here.team("Oceans", "ben")

    await ana.drive("/drive", "My Drive")
    await ana.tab.row("Course").click()
    await ana.page.get_by_role("toolbar").get_by_role("button", name="Share").click()
    dialog = SharingDialog(ana.page)
    await dialog.choose("oce", "Oceans")
    await dialog.give("editor")
    await expect(dialog.row("Oceans")).to_contain_text("Editor")
    await dialog.done()
    theirs = await ben.opens(notebook)
    await may_edit(theirs)

    # In the notebook the team's role comes from the folder, which the row leads to.
    await ana.opens(notebook)
    dialog = await share_button(ana.page)
    await expect(dialog.row("Oceans")).to_contain_text("from Course")
    await dialog.place.get_by_role("combobox", name="General access").select_option("anyone")
    await expect(dialog.place).to_contain_text("Everyone with an account on this server who has the link can see it.")
    await dialog.choose("ben", "Ben Okoro")
    await dialog.give("editor")

    await dialog.change("Ben Okoro", "Make owner…")
    await expect(ana.page.get_by_role("dialog", name=re.compile("^Give “Week 1"))).to_be_visible()
    await ana.page.get_by_role("button", name="Make owner").click()
    await expect(dialog.row("Ben Okoro")).to_contain_text("Owner")
    await expect(dialog.row("Ana Alvarez")).to_contain_text("Editor")
    await ben.drive("/drive", "My Drive")
    await expect(ben.tab.row("Week 1")).to_be_visible()


async def test_anyone_with_an_account_opens_what_the_link_leads_to(
    ana: Person, make_context: MakeContext, here: Office
) -> None:
    notebook = await ana.upload("Open.ipynb", ipynb("1"))
    cai = await here.person(await make_context(), "cai")
    await cai.page.goto(f"{here.server.url}/notebooks/{notebook}")
    await expect(cai.page.get_by_role("heading", name="You need access, or it does not exist")).to_be_visible()
    await ana.shares(notebook, "", "commenter", kind="anyone")
    await cai.page.get_by_role("button", name="Try again").click()
    await expect(cai.page.get_by_text("Comments only", exact=True)).to_be_visible()


@needs_axe
async def test_everybody_can_use_the_dialog_the_card_and_the_page_without_access(ana: Person, ben: Person) -> None:
    notebook = await ana.upload("Axe.ipynb", ipynb("1"))
    hidden = await ana.upload("Hidden.ipynb", ipynb("1"))
    await ana.shares(notebook, ben.id, "commenter")
    await ben.asks("POST", "/requests", json={"item": notebook, "role": "editor", "text": "please"})
    await ana.opens(notebook)
    dialog = await share_button(ana.page)
    await expect(dialog.row("Ben Okoro").first).to_be_visible()
    await assert_accessible(ana.page)
    await dialog.choose("cai", "cai")
    await assert_accessible(ana.page)
    await ana.tab.home()
    await expect(ana.page.get_by_role("region", name="Waiting for your answer")).to_be_visible()
    await assert_accessible(ana.page)
    await ben.page.goto(f"{ben.tab.server.url}/notebooks/{hidden}")
    await expect(ben.page.get_by_role("button", name="Ask for access")).to_be_visible()
    await assert_accessible(ben.page)
    await ben.opens(notebook)
    await expect(ben.page.get_by_text("Comments only", exact=True)).to_be_visible()
    await assert_accessible(ben.page)
