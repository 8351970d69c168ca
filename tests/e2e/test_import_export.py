"""Notebooks from files and to files: scripts, HTML that stands for itself, paper, addresses; and stars."""

import json
from pathlib import Path

import pytest
from playwright.async_api import FilePayload, Page, expect

from tests.e2e.conftest import MakeContext
from tests.e2e.notebooks import code, ipynb, text
from tests.e2e.pages import Book, Tab

SIZES = ((1440, 900), (390, 844))
SCRIPT = b"""# %% [markdown]
# # A script
#
# With text.

# %% tags=["first"]
# %matplotlib inline
x = 1

# %%
print(x)
"""
PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
DRAG = """({ name, content, events = ['dragover', 'drop'], over = 'section.cell' }) => {
  const data = new DataTransfer();
  data.items.add(new File([content], name));
  const place = document.querySelector(over);
  const event = (type) => new DragEvent(type, { dataTransfer: data, bubbles: true, cancelable: true });
  return events.map((type) => !place.dispatchEvent(event(type)));
}"""
"""Whether the page took each event: one that it leaves to the browser leads away from the notebook."""


async def command(page: Page, title: str) -> None:
    """By the palette, which is there at every width."""
    await page.keyboard.press("Escape")
    await page.keyboard.press("Control+Shift+p")
    await (
        page.get_by_role("dialog")
        .get_by_role("searchbox")
        .or_(page.get_by_role("dialog").get_by_role("combobox"))
        .or_(page.get_by_role("dialog").get_by_role("textbox"))
        .first.fill(title)
    )
    await page.keyboard.press("Enter")


def display(**data: object) -> dict[str, object]:
    return {"output_type": "display_data", "data": data, "metadata": {}}


async def test_who_opens_the_printed_link_is_in_and_files_of_the_list_open(tab: Tab, make_context: MakeContext) -> None:
    page = await (await make_context()).new_page()
    await page.goto(tab.server.link)
    await expect(page.get_by_role("heading", name="Home", exact=True)).to_be_visible()
    assert page.url == f"{tab.server.url}/", "the token does not stay in the address"
    file = FilePayload(name="mine.ipynb", mimeType="application/json", buffer=ipynb("x = 1"))
    await page.locator("input[type=file]:not([webkitdirectory])").first.set_input_files(files=[file])
    await page.get_by_role("region", name="Uploads").get_by_role("button", name="Open").click()
    await page.wait_for_url("**/notebooks/*")
    book = await Tab(page, tab.server).opened()
    assert await book.sources() == ["x = 1"]
    await page.goto(f"{tab.server.url}/drive")
    await expect(page.get_by_role("link", name="mine.ipynb")).to_be_visible()


async def test_a_script_becomes_a_notebook_and_a_notebook_a_script(tab: Tab, tmp_path: Path) -> None:
    book = await tab.upload("analysis.py", SCRIPT)
    await expect(book.cells).to_have_count(3)
    await expect(book.cell(0).place.get_by_role("heading", name="A script")).to_be_visible()
    assert (await book.sources())[1:] == ["%matplotlib inline\nx = 1", "print(x)"]
    async with book.page.expect_download() as downloading:
        await command(book.page, "Download .py")
    download = await downloading.value
    assert download.suggested_filename == "analysis.py"
    await download.save_as(tmp_path / "out.py")
    assert (tmp_path / "out.py").read_bytes().endswith(SCRIPT)


@pytest.mark.parametrize(("width", "height"), SIZES)
async def test_a_file_dropped_onto_the_page_gives_its_cells(tab: Tab, width: int, height: int) -> None:
    await tab.page.set_viewport_size({"width": width, "height": height})
    book = await tab.upload("host.ipynb", ipynb("first = 1"))
    target = book.page.get_by_text("Drop an .ipynb or .py file here")
    await expect(target).to_have_count(0)
    await book.page.evaluate(DRAG, {"name": "script.py", "content": SCRIPT.decode(), "events": ["dragover"]})
    await expect(target).to_be_visible()
    await book.page.evaluate(DRAG, {"name": "script.py", "content": SCRIPT.decode(), "events": ["drop"]})
    await expect(target).to_have_count(0)
    dialog = book.page.get_by_role("dialog", name="What to do with script.py?")
    await dialog.get_by_role("button", name="Insert cells here").click()
    await expect(book.cells).to_have_count(4)
    assert (await book.sources())[0] == "first = 1"
    await book.page.evaluate(DRAG, {"name": "other.ipynb", "content": ipynb("second = 2").decode()})
    dialog = book.page.get_by_role("dialog", name="What to do with other.ipynb?")
    await dialog.get_by_role("button", name="Open as a new notebook").click()
    await expect(book.page.get_by_label("Notebook name")).to_have_value("other.ipynb")
    await expect(book.cells).to_have_count(1)


async def test_a_file_that_is_dropped_where_nothing_takes_it_leads_nowhere(tab: Tab) -> None:
    book = await tab.upload("host.ipynb", ipynb("first = 1"))
    assert await book.page.evaluate(DRAG, {"name": "photo.jpg", "content": "1"}) == [True, True]
    await expect(book.page.get_by_role("status").filter(has_text="photo.jpg holds no cells")).to_be_visible()
    await book.page.get_by_role("button", name="Contents", exact=True).click()
    await expect(book.page.get_by_role("complementary", name="Contents")).to_be_visible()
    assert await book.page.evaluate(DRAG, {"name": "a.ipynb", "content": "{}", "over": ".pane-head"}) == [True, True]
    await expect(book.page.get_by_role("dialog")).to_have_count(0)
    await expect(book.page.get_by_text("Drop an .ipynb or .py file here")).to_have_count(0)


async def exported(book: Book, path: Path) -> str:
    async with book.page.expect_download() as downloading:
        await command(book.page, "Download .html")
    await (await downloading.value).save_as(path)
    return path.read_text()


async def test_an_exported_file_stands_for_itself_and_runs_nothing(tab: Tab, tmp_path: Path) -> None:
    hostile = "<script>try { parent.pwned = top.pwned = 1 } catch {} document.title = 'ran'</script><b>framed</b>"
    outputs = [
        {"output_type": "stream", "name": "stdout", "text": "\x1b[31mred\x1b[0m <script>window.pwned = 1</script>\n"},
        display(**{"image/png": PIXEL, "text/plain": '"><script>window.pwned = 1</script>'}),
        display(**{"text/html": "<table><tr><td onclick='pwned=1'>A cell</td></tr></table>"}),
        display(**{"text/html": "<table><tr><td>A plain table</td></tr></table>"}),
        display(**{"text/html": hostile}),
        display(**{"image/svg+xml": "<svg xmlns='http://www.w3.org/2000/svg'><script>window.pwned=1</script></svg>"}),
        display(
            **{
                "application/javascript": "try { parent.pwned = 1 } catch {} // </script><script>parent.pwned = 2</script>"
            }
        ),
        display(**{"application/x-unknown": "?"}),
    ]
    cells = [
        text("# Title\n\nEuler: $e^{i\\pi}$ <img src=x onerror='window.pwned=1'> [link](javascript:pwned=1)"),
        {**code("print('<b>')</code><script>window.pwned=1</script>"), "outputs": outputs, "execution_count": 7},
    ]
    book = await tab.upload("</title><script>window.pwned=1<.ipynb".replace("/", ""), ipynb(*cells))
    html = await exported(book, tmp_path / "out.html")
    assert "https://" not in html.split("</style>", 1)[1].replace("https://www.w3.org", "").replace(
        "http://www.w3.org", ""
    )
    page = await book.page.context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    await page.goto((tmp_path / "out.html").as_uri())
    await expect(page.get_by_role("heading", name="Title")).to_be_visible()
    await expect(page.locator("math")).to_be_visible()
    await expect(page.locator(".stdout span")).to_have_css("color", "rgb(179, 38, 30)")
    await expect(page.get_by_role("cell", name="A plain table")).to_be_visible()
    await expect(page.locator("img[src^='data:image/png']")).to_be_visible()
    await page.locator("iframe").first.scroll_into_view_if_needed()
    await expect(page.frame_locator("iframe >> nth=1").locator("b")).to_have_text("framed")
    for frame in await page.locator("iframe").all():
        assert await frame.get_attribute("sandbox") == "allow-scripts"
    assert await page.evaluate("() => window.pwned") is None
    # The one that gives frames their height.
    assert await page.locator("script").count() == 1
    assert await page.locator("body script").count() == 0
    assert [url for url in asked if not url.startswith(("file:", "data:", "about:", "blob:"))] == []
    await page.close()


def model(name: str, **state: object) -> dict[str, object]:
    kind = {"_model_name": f"{name}Model", "_model_module": "@jupyter-widgets/controls"}
    return {"model_name": f"{name}Model", "model_module": "@jupyter-widgets/controls", "state": {**kind, **state}}


async def test_an_exported_file_shows_widgets_scripts_and_tables_as_they_were(tab: Tab, tmp_path: Path) -> None:
    frame = '<table border="1" class="dataframe"><tr><th>city</th></tr><tr><td>Bern</td></tr></table>'
    outputs = [
        display(**{"application/vnd.jupyter.widget-view+json": {"model_id": "row"}, "text/plain": "  0%|  | 0/200"}),
        display(**{"application/javascript": "element.append('by its element '); element[0].append('</script>')"}),
        display(**{"text/html": "<p style='height: 700px; margin: 0'>tall</p><script>document.title = 'x'</script>"}),
        display(**{"text/html": "<div style='height: calc(100vh + 9px)'>grows</div><script>0</script>"}),
        display(**{"text/html": frame}),
    ]
    widgets = {
        "row": model("HBox", children=["IPY_MODEL_bar", "IPY_MODEL_text"]),
        "bar": model("FloatProgress", value=200, min=0, max=200),
        "text": model("HTML", value="200/200 <img src=x onerror='window.pwned=1'>"),
    }
    file = json.loads(ipynb({**code("show()"), "outputs": outputs}))
    file["metadata"]["widgets"] = {"application/vnd.jupyter.widget-state+json": {"state": widgets}}
    book = await tab.upload("shown.ipynb", json.dumps(file).encode())
    html = await exported(book, tmp_path / "out.html")
    assert "0/200" not in html.replace("200/200", "")
    page = await book.page.context.new_page()
    await page.goto((tmp_path / "out.html").as_uri())
    await expect(page.get_by_text("200/200")).to_be_visible()
    assert await page.locator("progress").evaluate("(bar) => [bar.value, bar.max]") == [200, 200]
    frames = page.locator(".frame")
    await expect(page.frame_locator("iframe >> nth=0").locator("div")).to_have_text("by its element </script>")
    await expect(frames.nth(0)).to_have_css("height", "24px")
    await expect(frames.nth(1)).to_have_css("height", "700px")
    await expect(page.frame_locator("iframe >> nth=2").locator("div")).to_have_text("grows")
    await expect(page.get_by_role("cell", name="Bern")).to_have_css("border-left-style", "none")
    assert await page.evaluate("() => window.pwned") is None
    assert (await frames.nth(2).bounding_box() or {"height": 9_999})["height"] < 4_001
    await page.close()


async def test_all_cells_and_outputs_are_drawn_before_printing(tab: Tab) -> None:
    cells = [
        {
            **code(f"print({number})"),
            "outputs": [{"output_type": "stream", "name": "stdout", "text": f"out {number}\n"}],
        }
        for number in range(120)
    ]
    book = await tab.upload("long.ipynb", ipynb(text("# Printed"), *cells))
    await book.page.evaluate(
        """() => { window.print = () => {
            window.printed = document.querySelectorAll('section.cell .output-text').length;
        } }"""
    )
    await expect(book.cells).to_have_count(121)
    assert await book.page.locator("section.cell .output-text").count() < 120
    await book.page.keyboard.press("Escape")
    await book.page.keyboard.press("Control+p")
    await book.page.wait_for_function("() => window.printed !== undefined")
    assert await book.page.evaluate("() => window.printed") == 120
    await book.page.emulate_media(media="print")
    await expect(book.page.locator(".bars")).to_be_hidden()
    await expect(book.connection).to_be_hidden()
    await expect(book.cell(0).place.get_by_role("heading", name="Printed")).to_be_visible()
    pdf = await book.page.pdf(format="A4")
    assert pdf.count(b"/Type /Page\n") + pdf.count(b"/Type /Page ") + pdf.count(b"/Type /Page/") >= 3
    await book.page.emulate_media(media="screen")
    await expect(book.page.locator(".bars")).to_be_visible()


@pytest.mark.parametrize(("width", "height"), SIZES)
async def test_an_address_that_is_not_allowed_is_refused_with_a_reason(tab: Tab, width: int, height: int) -> None:
    await tab.page.set_viewport_size({"width": width, "height": height})
    book = await tab.upload("here.ipynb", ipynb("x = 1"))
    await command(book.page, "Open notebook from GitHub or a gist")
    dialog = book.page.get_by_role("dialog", name="Open from GitHub or a gist")
    await dialog.get_by_role("textbox").fill("https://127.0.0.1:1/secret.ipynb")
    await dialog.get_by_role("button", name="Open").click()
    await expect(book.page.get_by_text("Notebooks are not opened from this host.")).to_be_visible()


@pytest.mark.parametrize(("width", "height"), SIZES)
async def test_starred_notebooks_are_at_hand(tab: Tab, width: int, height: int) -> None:
    await tab.page.set_viewport_size({"width": width, "height": height})
    await tab.upload("plain.ipynb", ipynb("x = 1"))
    book = await tab.upload("dear.ipynb", ipynb("x = 1"))
    await command(book.page, "Star")
    await book.all_saved()
    await tab.list()
    dear = tab.row("dear.ipynb")
    await expect(dear.get_by_role("button", name="Remove star")).to_be_visible()
    await tab.page.get_by_role("navigation", name="Places").get_by_role("link", name="Starred").click()
    await expect(tab.page.locator(".item-row[data-item]")).to_have_count(1)
    await dear.get_by_role("button", name="Remove star").click()
    await expect(tab.page.get_by_role("heading", name="Nothing has a star yet")).to_be_visible()
