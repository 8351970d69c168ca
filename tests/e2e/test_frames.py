"""Output frames: what is rendered in them, how they behave as a part of the page, and how one that misbehaves ends."""

import json
import re

import pytest
from playwright.async_api import Route, expect

from tests.e2e.notebooks import ipynb, shown
from tests.e2e.pages import RUN_MS, Book, Tab

VEGA_LITE = {
    "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
    "data": {"values": [{"a": "A", "b": 28}, {"a": "B", "b": 55}]},
    "mark": "bar",
    "encoding": {"x": {"field": "a", "type": "nominal"}, "y": {"field": "b", "type": "quantitative"}},
}
VEGA = {
    "$schema": "https://vega.github.io/schema/vega/v5.json",
    "width": 100,
    "height": 40,
    "signals": [{"name": "sum", "update": "1 + 2"}],
    "marks": [{"type": "text", "encode": {"update": {"text": {"signal": "'sum ' + sum"}, "y": {"value": 20}}}}],
}
PLOTLY = {"data": [{"type": "scatter", "x": [1, 2, 3], "y": [3, 1, 2]}], "layout": {"title": {"text": "Three points"}}}


def html(content: str) -> dict[str, object]:
    return shown({"text/html": content})


async def open_book(tab: Tab, *cells: str | dict[str, object]) -> Book:
    return await tab.upload("frames.ipynb", ipynb(*cells))


async def test_plots_are_drawn_from_their_specification(tab: Tab) -> None:
    book = await open_book(
        tab,
        shown({"application/vnd.vegalite.v5+json": VEGA_LITE, "text/plain": "alt.Chart(...)"}),
        shown({"application/vnd.vega.v5+json": VEGA}),
        shown({"application/vnd.plotly.v1+json": PLOTLY, "text/html": "<p>not this</p>"}),
    )
    for index in range(3):
        await book.cell(index).place.scroll_into_view_if_needed()
    await expect(book.cell(0).frame.locator("canvas, svg.marks")).to_be_visible()
    await expect(book.cell(1).frame.locator("canvas, svg.marks")).to_be_visible()
    await expect(book.cell(2).frame.locator(".gtitle")).to_have_text("Three points")
    await expect(book.cell(2).frame.get_by_text("not this")).to_have_count(0)


async def test_scripts_of_html_run_in_order_with_what_notebooks_expect_to_find(tab: Tab) -> None:
    async def library(route: Route) -> None:
        body = "define(['jquery'], function ($) { return {name: 'library with jquery ' + typeof $.fn}; })"
        await route.fulfill(body=body, content_type="text/javascript", headers={"access-control-allow-origin": "*"})

    await tab.page.context.route("https://cdn.example/**", library)
    content = """
      <div id="log"></div><p>Euler: $e^{i\\pi} = -1$, for $5 to $6</p>
      <script src="data:text/javascript,window.first = 'first'"></script>
      <script>document.getElementById('log').append(window.first + ' then second; ')</script>
      <script>
        requirejs.config({paths: {library: 'https://cdn.example/lib/library'}});
        require(['library'], (library) => document.getElementById('log').append(library.name));
      </script>"""
    book = await open_book(
        tab,
        html(content),
        shown({"application/javascript": "element.append('written by JavaScript'); $(element).append('<b>!</b>')"}),
    )
    frame = book.cell(0).frame
    await expect(frame.locator("#log")).to_have_text("first then second; library with jquery object")
    await expect(frame.locator(".katex")).to_have_count(1)
    await expect(frame.locator("p")).to_contain_text("for $5 to $6")
    await expect(book.cell(1).frame.locator("b")).to_have_text("!")


async def test_bokeh_of_one_cell_is_there_for_the_plots_of_another(tab: Tab) -> None:
    load = "window.Bokeh = { embed: (id) => { document.getElementById(id).textContent = 'embedded'; } }"
    book = await open_book(
        tab,
        shown({"application/javascript": load, "application/vnd.bokehjs_load.v0+json": load}),
        shown(
            {"text/html": "<div id='plot'></div>"},
            {"application/javascript": "Bokeh.embed('plot')", "application/vnd.bokehjs_exec.v0+json": ""},
        ),
    )
    await expect(book.cell(1).frame.locator("#plot")).to_have_text("embedded")
    alone = await open_book(tab, shown({"application/javascript": "1", "application/vnd.bokehjs_exec.v0+json": ""}))
    await expect(alone.cell(0).frame.get_by_role("note")).to_contain_text("output_notebook()")


@pytest.mark.parametrize("width", [1440, 390])
async def test_a_frame_is_as_high_as_its_content_and_never_grows_for_ever(tab: Tab, width: int) -> None:
    await tab.page.set_viewport_size({"width": width, "height": 800})
    book = await open_book(
        tab,
        html("<div style='height: 333px; background: teal'></div>"),
        html("<div style='height: 100vh'></div><p id='end'>the end</p>"),
        html("<table><tr>" + "<td>a rather wide cell</td>" * 20 + "</tr></table>"),
    )
    frame = book.cell(0).place.locator("iframe")
    await expect(frame).to_have_css("height", "333px")
    growing = book.cell(1).place.locator("iframe")
    await growing.scroll_into_view_if_needed()
    heights = [-1.0, -2.0]
    while heights[-1] != heights[-2]:
        await growing.evaluate("() => new Promise((done) => setTimeout(done, 700))")
        heights.append(await growing.evaluate("(frame) => frame.clientHeight"))
    assert heights[-1] < 2_000
    wide = await tab.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0, "what is wide scrolls in its frame"


async def test_the_height_is_known_before_the_frame_is_there_again(tab: Tab) -> None:
    book = await open_book(tab, html("<div style='height: 777px'></div>"), "last = 1")
    await expect(book.cell(0).place.locator("iframe")).to_have_css("height", "777px")
    await book.page.wait_for_function("() => (localStorage.getItem('noctule.frame-heights') ?? '').includes('777')")
    await book.page.context.route("**/static/frame/**", lambda route: route.abort())
    book = await tab.reload()
    await expect(book.cell(0).place.locator(".output-frame-room")).to_have_css("height", "777px")
    await book.page.context.unroute("**/static/frame/**")


async def test_the_theme_of_the_page_is_that_of_its_frames_at_once(tab: Tab) -> None:
    book = await open_book(tab, html("<p id='text'>text</p>"))
    text = book.cell(0).frame.locator("#text")
    await expect(text).to_have_css("color", "rgb(28, 27, 32)")
    await book.page.emulate_media(color_scheme="dark")
    await expect(text).to_have_css("color", "rgb(236, 235, 241)")


async def test_the_wheel_is_the_pages_until_somebody_pressed_in_the_frame(tab: Tab) -> None:
    zoom = """<div id='map' style='height: 400px; background: teal'>0</div><script>
      const map = document.getElementById('map');
      map.addEventListener('wheel', (event) => { event.preventDefault(); map.textContent = 'zoomed'; }, {passive: false});
    </script>"""
    book = await open_book(tab, html(zoom), *(f"x = {n}" for n in range(40)))
    plot = book.cell(0).frame.locator("#map")
    await plot.hover()
    before = await book.page.evaluate("scrollY")
    await book.page.mouse.wheel(0, 120)
    await book.page.wait_for_function("(before) => scrollY > before", arg=before)
    await expect(plot).to_have_text("0")
    await plot.click()
    await book.page.mouse.wheel(0, 10)
    await expect(plot).to_have_text("zoomed")


# Counts the frames of the screen in which no step is shown.
WATCH = "<script>if (!window.watching) { window.watching = 1; window.empty = 0; (function look() { if (!document.getElementById('outputs').innerText.includes('step')) window.empty += 1; requestAnimationFrame(look); })(); }</script>"


async def test_what_is_drawn_again_and_again_does_not_flicker_and_comes_to_its_last_state(tab: Tab) -> None:
    source = (
        f"watch = {WATCH!r}"
        + """
from IPython.display import HTML, clear_output, display
import time
for step in range(30):
    clear_output(wait=True)
    display(HTML(f"<p>step {step}</p>{watch}"))
    time.sleep(0.05)
handle = display(HTML("<p>step: first</p>"), display_id=True)
for step in range(30):
    handle.update(HTML(f"<p>step: updated {step}</p>"))
    time.sleep(0.03)
"""
    )
    book = await open_book(tab, source)
    await book.run_all()
    await expect(book.cell(0).frame.get_by_text("step: updated 29")).to_be_visible(timeout=RUN_MS)
    await expect(book.cell(0).frame.get_by_text("step 29")).to_be_visible()
    await expect(book.cell(0).frame.locator("p")).to_have_count(2)
    assert await book.cell(0).frame.locator("#outputs").evaluate("() => window.empty") == 0


async def test_what_is_cleared_at_once_keeps_its_frame_and_does_not_flicker(tab: Tab) -> None:
    source = (
        f"watch = {WATCH!r}"
        + """
from IPython.display import HTML, clear_output, display
import time
display(HTML(f"<p>step: first</p>{watch}"))
input("begin?")
for step in range(12):
    clear_output()
    time.sleep(0.08)
    display(HTML(f"<p>step {step}</p>{watch}"))
    time.sleep(0.12)
input("go on?")
clear_output()
input("end?")
"""
    )
    book = await open_book(tab, source)
    await book.run_all()
    cell = book.cell(0)
    await expect(cell.frame.get_by_text("step: first")).to_be_visible(timeout=RUN_MS)
    await cell.place.locator("iframe").evaluate("(frame) => { frame.dataset.mark = 'same'; }")
    await cell.prompt.get_by_role("textbox").press("Enter")
    await expect(cell.frame.get_by_text("step 11")).to_be_visible(timeout=RUN_MS)
    await expect(cell.frame.locator("p")).to_have_count(1)
    assert await cell.frame.locator("#outputs").evaluate("() => window.empty") == 0
    await expect(cell.place.locator("iframe")).to_have_attribute("data-mark", "same")
    await expect(cell.prompt).to_contain_text("go on?", timeout=RUN_MS)
    await cell.prompt.get_by_role("textbox").press("Enter")
    await expect(cell.prompt).to_contain_text("end?", timeout=RUN_MS)
    await expect(cell.frame.locator("#outputs > *")).to_have_count(0)
    await cell.prompt.get_by_role("textbox").press("Enter")
    await cell.ended_ok()
    await expect(cell.place.locator("iframe")).to_have_count(0)


async def test_a_figure_that_is_updated_changes_in_place(tab: Tab) -> None:
    source = f"""
from IPython.display import display
import json
figure = json.loads({json.dumps(json.dumps(PLOTLY))})
handle = display({{"application/vnd.plotly.v1+json": figure}}, raw=True, display_id="figure")
input("go on?")
figure["layout"]["title"]["text"] = "Four points"
display({{"application/vnd.plotly.v1+json": figure}}, raw=True, display_id="figure", update=True)
"""
    book = await open_book(tab, source)
    await book.run_all()
    cell = book.cell(0)
    await expect(cell.frame.locator(".gtitle")).to_have_text("Three points", timeout=RUN_MS)
    await cell.frame.locator(".js-plotly-plot").evaluate("(plot) => { plot.dataset.mark = 'same'; }")
    await cell.prompt.get_by_role("textbox").press("Enter")
    await expect(cell.frame.locator(".gtitle")).to_have_text("Four points", timeout=RUN_MS)
    await expect(cell.frame.locator(".js-plotly-plot")).to_have_attribute("data-mark", "same")


async def test_a_frame_keeps_its_state_when_its_cell_moves(tab: Tab) -> None:
    book = await open_book(tab, html("<input id='field'>"), "second = 2")
    await book.cell(0).frame.locator("#field").fill("typed")
    await book.cell(0).tool("Move down")
    await expect(book.cell(1).frame.locator("#field")).to_have_value("typed")


async def test_a_frame_that_hangs_is_noticed_stopped_and_shown_again(tab: Tab) -> None:
    content = "<button id='hang' onclick='while (true);'>hang</button>"
    book = await open_book(tab, html(content), "x = 1")
    cell = book.cell(0)
    await cell.frame.locator("#hang").evaluate("(button) => setTimeout(() => button.click(), 50)")
    await expect(cell.place.get_by_text("This output does not respond.")).to_be_visible(timeout=RUN_MS)
    # The page itself is as quick as ever.
    await book.cell(1).write("y = 2")
    await book.all_saved()
    await cell.place.get_by_role("button", name="Stop it").click()
    await expect(cell.place.get_by_text("This output was stopped.")).to_be_visible()
    await expect(cell.place.locator("iframe")).to_have_count(0)
    await cell.place.get_by_role("button", name="Show it again").click()
    await expect(cell.frame.locator("#hang")).to_be_visible()


async def test_a_frame_that_floods_the_page_is_stopped(tab: Tab) -> None:
    flood = """<p>quiet</p><script>
      const post = MessagePort.prototype.postMessage;
      let port = null;
      MessagePort.prototype.postMessage = function (...all) { port = this; return post.apply(this, all); };
      setInterval(() => { for (let n = 0; port && n < 1000; n += 1) post.call(port, {t: 'height', height: n}); }, 10);
    </script>"""
    book = await open_book(tab, html(flood), "x = 1")
    await expect(book.cell(0).place.get_by_text("it sent more than the page can take")).to_be_visible()
    await book.cell(1).write("y = 2")
    await book.all_saved()


async def test_links_and_downloads_of_a_frame_are_the_pages_to_do(tab: Tab) -> None:
    content = """<a id='link' href='https://elsewhere.example/page'>a link</a>
      <button id='save' onclick="const a = document.createElement('a'); a.download = '../plot.svg';
        a.href = window.URL.createObjectURL(new Blob(['<svg/>'], {type: 'image/svg+xml'})); a.click()">save</button>"""
    book = await open_book(tab, html(content))
    context = book.page.context
    await context.route("https://elsewhere.example/**", lambda route: route.fulfill(body="elsewhere"))
    async with context.expect_page() as opening:
        await book.cell(0).frame.locator("#link").click()
    page = await opening.value
    await page.wait_for_load_state()
    assert page.url == "https://elsewhere.example/page"
    assert await page.evaluate("[window.opener, document.referrer]") == [None, ""]
    await page.close()
    async with book.page.expect_download() as saving:
        await book.cell(0).frame.locator("#save").click()
    download = await saving.value
    assert re.fullmatch(r"_?\.?_plot\.svg", download.suggested_filename)
    assert (await download.path()).read_bytes() == b"<svg/>"


async def test_escape_goes_from_a_frame_back_to_the_cell(tab: Tab) -> None:
    book = await open_book(tab, html("<input id='field'>"), "x = 1")
    await book.cell(0).frame.locator("#field").click()
    await expect(book.cell(0).place).to_have_class(re.compile("command"))
    await book.cell(0).frame.locator("#field").press("Escape")
    await expect(book.cell(0).place).to_be_focused()


async def test_what_a_script_writes_into_the_document_stands_in_its_output_and_wipes_nothing(tab: Tab) -> None:
    pieces = """<p>before <script>document.write('<b>written</b>')</script> after</p>
      <script>
        document.write('<table><tr>');
        document.write('<td id="found">in the table</td>');
        const found = document.getElementById('found').parentElement.tagName;
        document.write(`</tr></table><i>${found}</i>`);
        document.write('<script>window.runs = (window.runs ?? 0) + 1<' + '/script>');
        document.write(`<u>runs: ${window.runs}</u>`);
      </script>"""
    later = "<em>asked</em><script>setTimeout(() => { document.open(); document.write('<s>later</s>') }, 50)</script>"
    script = "document.write('by JavaScript'); setTimeout(() => document.writeln(', later'), 100)"
    book = await open_book(
        tab,
        shown(
            {"text/html": "<h4>first</h4>"},
            {"text/html": pieces},
            {"text/html": later},
            {"application/javascript": script},
            {"text/html": "<h5>last</h5><script>window.last = 1</script>"},
        ),
    )
    outputs = book.cell(0).frame.locator(".output")
    await expect(outputs).to_have_count(5)
    await expect(outputs.nth(0)).to_have_text("first")
    await expect(outputs.nth(1).locator("p")).to_have_text("before written after", use_inner_text=True)
    await expect(outputs.nth(1).locator("table td")).to_have_text("in the table")
    await expect(outputs.nth(1).locator("i")).to_have_text("TR")
    await expect(outputs.nth(1).locator("u")).to_have_text("runs: 1")
    await expect(outputs.nth(2)).to_have_text("askedlater", use_inner_text=True)
    await expect(outputs.nth(3)).to_have_text("by JavaScript, later", use_inner_text=True)
    await expect(outputs.nth(4)).to_have_text("last", use_inner_text=True)
