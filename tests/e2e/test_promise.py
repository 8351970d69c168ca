"""The promise, as a person sees it: what was started runs to its end and all that it says is kept."""

from pathlib import Path

from playwright.async_api import expect

from tests.e2e.conftest import MakeContext
from tests.e2e.notebooks import all_ticks, ipynb, ticking_until
from tests.e2e.pages import RUN_MS, Tab, sign_in
from tests.support.server import ServerProcess


async def test_a_run_goes_on_when_the_tab_is_closed_and_the_server_is_killed(
    own_tab: Tab, own_server: ServerProcess, make_context: MakeContext, tmp_path: Path
) -> None:
    book = await own_tab.upload("ticks.ipynb", ipynb(ticking_until(tmp_path / "stop")))
    await book.cell(0).run()
    await expect(book.cell(0).text).to_contain_text("tick 5", timeout=RUN_MS)
    seen = (await book.cell(0).printed()).count("tick")
    path = book.path
    await own_tab.close()
    await own_server.kill()
    await own_server.start()

    elsewhere = await sign_in(await make_context(), own_server)
    await elsewhere.list()
    await expect(elsewhere.row("ticks")).to_contain_text("Running")
    again = await elsewhere.open(path)
    await again.cell(0).runs()
    await expect(again.cell(0).text).to_contain_text(f"tick {seen + 20}")
    (tmp_path / "stop").touch()
    await again.cell(0).ended_ok()
    assert all_ticks(await again.cell(0).printed())


async def test_an_open_page_goes_on_by_itself_when_the_server_comes_back(
    own_tab: Tab, own_server: ServerProcess, tmp_path: Path
) -> None:
    book = await own_tab.upload("ticks.ipynb", ipynb(ticking_until(tmp_path / "stop")))
    await book.cell(0).run()
    await expect(book.cell(0).text).to_contain_text("tick 5", timeout=RUN_MS)
    await own_server.kill()
    await expect(book.connection).to_contain_text("The server cannot be reached")
    seen = (await book.cell(0).printed()).count("tick")
    await own_server.start()
    await expect(book.connection).to_contain_text("Connected")
    await expect(book.cell(0).text).to_contain_text(f"tick {seen + 20}")
    (tmp_path / "stop").touch()
    await book.cell(0).ended_ok()
    assert all_ticks(await book.cell(0).printed())


async def test_a_reload_brings_the_outputs_back_and_they_go_on(tab: Tab, tmp_path: Path) -> None:
    book = await tab.upload("ticks.ipynb", ipynb("print('before')", ticking_until(tmp_path / "stop")))
    await book.run_all()
    await expect(book.cell(1).text).to_contain_text("tick 5", timeout=RUN_MS)
    book = await tab.reload()
    await expect(book.cell(0).text).to_have_text("before")
    await expect(book.cell(1).text).to_contain_text("tick 5")
    await book.cell(1).runs()
    (tmp_path / "stop").touch()
    await book.cell(1).ended_ok()
    assert all_ticks(await book.cell(1).printed())


async def test_an_edit_that_was_said_to_be_saved_survives_kill_9(
    own_tab: Tab, own_server: ServerProcess, make_context: MakeContext
) -> None:
    book = await own_tab.upload("edits.ipynb", ipynb("x = 1"))
    await book.all_saved()
    await book.cell(0).write("answer = 42")
    await book.all_saved()
    await own_server.kill()
    await own_server.start()
    elsewhere = await sign_in(await make_context(), own_server)
    again = await elsewhere.open(book.path)
    assert await again.sources() == ["answer = 42"]


async def test_an_edit_made_while_the_server_is_down_arrives_when_it_is_back(
    own_tab: Tab, own_server: ServerProcess, make_context: MakeContext
) -> None:
    book = await own_tab.upload("edits.ipynb", ipynb("x = 1"))
    await book.all_saved()
    await own_server.kill()
    await expect(book.connection).to_contain_text("The server cannot be reached")
    await book.cell(0).write("written = 'alone'")
    await expect(book.page.locator(".saved:visible")).to_contain_text("not saved yet")
    await expect(book.connection).to_contain_text("next try in")

    await own_server.start()
    await book.connection.get_by_role("button", name="Try now").or_(book.connection.get_by_text("Connected")).click()
    await book.all_saved()
    elsewhere = await sign_in(await make_context(), own_server)
    again = await elsewhere.open(book.path)
    assert await again.sources() == ["written = 'alone'"]


async def test_an_edit_made_while_the_server_is_down_survives_a_reload_of_the_page(
    own_tab: Tab, own_server: ServerProcess
) -> None:
    book = await own_tab.upload("edits.ipynb", ipynb("x = 1"))
    await book.all_saved()
    await own_server.kill()
    await expect(book.connection).to_contain_text("The server cannot be reached")
    await book.cell(0).write("kept = True")
    await expect(book.page.locator(".saved:visible")).to_contain_text("not saved yet")
    path = book.path
    await own_tab.page.goto("about:blank")
    await own_server.start()
    again = await own_tab.open(path)
    await again.all_saved()
    assert await again.sources() == ["kept = True"]


async def test_a_lost_network_is_named_and_the_edit_arrives_when_it_is_back(
    own_tab: Tab, own_server: ServerProcess
) -> None:
    book = await own_tab.upload("offline.ipynb", ipynb("x = 1"))
    await book.all_saved()
    await own_tab.page.context.set_offline(True)
    # A browser leaves an open socket alone; whatever it opens from now on, it refuses itself.
    await own_server.kill()
    await own_server.start()
    await expect(book.connection).to_contain_text("Your network is offline")
    await expect(book.connection).to_contain_text("next try in")
    await book.cell(0).write("y = 2")
    await expect(book.page.locator(".saved:visible")).to_contain_text("not saved yet")
    await own_tab.page.context.set_offline(False)
    await expect(book.connection).to_contain_text("Connected")
    await book.all_saved()


async def test_a_page_whose_parts_do_not_come_says_so_and_opens_when_they_do(tab: Tab) -> None:
    book = await tab.upload("later.ipynb", ipynb("x = 1"))
    path = book.path
    await tab.list()
    await tab.page.context.route("**/notebook-page-*.js", lambda route: route.abort())
    await tab.page.reload()
    await tab.page.get_by_role("link", name="later.ipynb").click()
    await expect(tab.page.get_by_text("The server has not answered yet")).to_be_visible()
    await tab.page.context.unroute("**/notebook-page-*.js")
    await expect(book.cell(0).place).to_be_visible()
    assert book.path == path


async def test_text_can_be_written_and_shown_while_the_server_is_down(own_tab: Tab, own_server: ServerProcess) -> None:
    book = await own_tab.upload("text.ipynb", ipynb("x = 1"))
    await book.all_saved()
    await own_server.kill()
    await expect(book.connection).to_contain_text("The server cannot be reached")
    await book.press("Add text cell")
    await book.cell(1).write("Written alone")
    await book.cell(1).editor.press("Control+Enter")
    await expect(book.cell(1).place.get_by_text("Written alone")).to_be_visible()
    await own_server.start()
    await expect(book.cell(1).place.locator(".prose")).to_have_text("Written alone")


async def test_the_list_stays_and_says_so_while_the_server_is_down(own_tab: Tab, own_server: ServerProcess) -> None:
    await own_tab.upload("mine.ipynb", ipynb("x = 1"))
    await own_tab.list()
    row = own_tab.page.get_by_role("link", name="mine.ipynb")
    await expect(row).to_be_visible()
    await own_server.kill()
    await expect(own_tab.page.get_by_role("alert")).to_contain_text("The server cannot be reached")
    await expect(row).to_be_visible()
    await own_server.start()
    await expect(own_tab.page.get_by_role("alert")).to_have_count(0)


async def test_a_lost_connection_is_told_whole_on_a_phone(own_tab: Tab, own_server: ServerProcess) -> None:
    await own_tab.page.set_viewport_size({"width": 390, "height": 844})
    book = await own_tab.upload("phone.ipynb", ipynb("x = 1"))
    await expect(book.connection).to_contain_text("Connected")
    await own_server.kill()
    again = book.connection.get_by_role("button", name="Try now")
    await expect(again).to_be_in_viewport(ratio=1)
    told = book.connection.locator(".lost")
    assert await told.evaluate("(place) => place.scrollWidth <= place.clientWidth")
    assert await book.page.evaluate("document.documentElement.scrollWidth") == 390
