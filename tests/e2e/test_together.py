"""Several tabs and machines on one notebook: edits, live outputs, questions, and stopping what another started."""

from pathlib import Path

from playwright.async_api import expect

from tests.e2e.conftest import MakeContext
from tests.e2e.notebooks import all_ticks, ipynb, ticking_until
from tests.e2e.pages import RUN_MS, Tab, same_in_another_tab, sign_in


async def test_two_tabs_edit_and_see_each_other(tab: Tab) -> None:
    first = await tab.upload("shared.ipynb", ipynb("x = 1", "y = 2"))
    second = await same_in_another_tab(first)
    await first.cell(0).write("left = 'first'")
    await second.cell(1).write("right = 'second'")
    await expect(second.cell(0).editor).to_have_text("left = 'first'")
    await expect(first.cell(1).editor).to_have_text("right = 'second'")

    await second.cell(0).editor.click()
    await second.cell(0).editor.press("End")
    await second.cell(0).editor.press_sequentially("  # and second")
    await expect(first.cell(0).editor).to_have_text("left = 'first'  # and second")
    await first.all_saved()
    await second.all_saved()


async def test_two_machines_see_the_same_live_output(tab: Tab, make_context: MakeContext, tmp_path: Path) -> None:
    first = await tab.upload("live.ipynb", ipynb(ticking_until(tmp_path / "stop")))
    second = await (await sign_in(await make_context(), tab.server)).open(first.path)
    await first.cell(0).run()
    await second.cell(0).runs()
    for seen in (first, second):
        await expect(seen.cell(0).text).to_contain_text("tick 5", timeout=RUN_MS)
    (tmp_path / "stop").touch()
    for seen in (first, second):
        await seen.cell(0).ended_ok()
        assert all_ticks(await seen.cell(0).printed())


async def test_interrupt_stops_the_cell_and_the_kernel_keeps_its_variables(tab: Tab) -> None:
    source = "kept = 41\nprint('started', flush=True)\nimport time\nwhile True: time.sleep(0.01)"
    book = await tab.upload("endless.ipynb", ipynb(source, "print(kept + 1)"))
    await book.cell(0).run()
    await expect(book.cell(0).text).to_have_text("started", timeout=RUN_MS)
    await book.press("Interrupt")
    await book.cell(0).failed()
    await expect(book.cell(0).outputs.locator(".error-title")).to_have_text("KeyboardInterrupt")
    await book.cell(1).run()
    await expect(book.cell(1).text).to_have_text("42", timeout=RUN_MS)


async def test_restart_asks_first_and_then_the_variables_are_gone_and_the_outputs_stay(tab: Tab) -> None:
    book = await tab.upload("restart.ipynb", ipynb("kept = 41\nprint('done')", "print('kept' in globals())"))
    await book.cell(0).run()
    await book.cell(0).ended_ok()
    dialog = book.page.get_by_role("dialog", name="Restart the kernel?")

    await book.press("Restart")
    await dialog.get_by_role("button", name="Cancel").click()
    await book.cell(1).run()
    await expect(book.cell(1).text).to_have_text("True", timeout=RUN_MS)

    await book.press("Restart")
    await expect(dialog).to_contain_text("All variables are lost")
    await dialog.get_by_role("button", name="Restart").click()
    await book.cell(1).run()
    await expect(book.cell(1).text).to_have_text("False", timeout=RUN_MS)
    await expect(book.cell(0).text).to_have_text("done")


async def test_a_question_is_answered_from_another_tab_also_after_a_reload(tab: Tab) -> None:
    book = await tab.upload("asks.ipynb", ipynb("name = input('Your name? ')\nprint('Hello,', name)"))
    await book.cell(0).run()
    await expect(book.cell(0).prompt).to_contain_text("Your name?", timeout=RUN_MS)
    await expect(book.page.get_by_role("banner")).to_contain_text("Waits for you")

    other = await same_in_another_tab(book)
    await other.cell(0).prompt.get_by_role("textbox").fill("Ada")
    await other.cell(0).prompt.get_by_role("button", name="Send").click()
    for seen in (book, other):
        await seen.cell(0).ended_ok()
        await expect(seen.cell(0).prompt).to_have_count(0)
        await expect(seen.cell(0).text).to_have_text("Your name? Ada\nHello, Ada")
    await book.page.reload()
    await expect(book.cell(0).text).to_have_text("Your name? Ada\nHello, Ada")


async def test_a_password_is_masked_and_is_not_shown_afterwards(tab: Tab) -> None:
    source = "from getpass import getpass\nprint(len(getpass('Token: ')))"
    book = await tab.upload("secret.ipynb", ipynb(source))
    await book.cell(0).run()
    field = book.cell(0).prompt.get_by_label("Token:")
    await expect(field).to_have_attribute("type", "password", timeout=RUN_MS)
    await field.fill("hunter2")
    await field.press("Enter")
    await book.cell(0).ended_ok()
    await expect(book.cell(0).text).to_have_text("Token: ········\n7")
    assert "hunter2" not in await book.page.content()
