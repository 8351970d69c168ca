"""ipywidgets in a real browser with a real kernel: state at once and after a reload, input to Python and back, every view in step."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import BrowserContext, Locator, expect

from tests.e2e.notebooks import ipynb, shown
from tests.e2e.pages import RUN_MS, Book, Cell, Tab, sign_in
from tests.support.server import ServerProcess

SLIDER = "import ipywidgets as w\nslider = w.IntSlider(description='Value', value=3)\nslider"


async def run(tab: Tab, *sources: str) -> Book:
    book = await tab.upload("widgets.ipynb", ipynb(*sources))
    await book.run_all()
    return book


def readout(cell: Cell) -> Locator:
    return cell.frame.locator(".widget-readout")


async def step(cell: Cell, times: int = 1) -> None:
    """Moves a slider by the keyboard."""
    handle = cell.frame.get_by_role("slider")
    await handle.focus()
    for _ in range(times):
        await handle.press("ArrowRight")


async def test_a_slider_moves_python_and_every_other_view_of_it(tab: Tab) -> None:
    book = await run(tab, SLIDER, "slider", "text = w.Label(); w.dlink((slider, 'value'), (text, 'value'), str); text")
    first, second, label = (book.cell(index) for index in range(3))
    await expect(readout(first)).to_have_text("3", timeout=RUN_MS)
    await expect(label.frame.locator(".widget-label", has_text="3")).to_be_visible(timeout=RUN_MS)
    await step(first, 4)
    await expect(readout(second)).to_have_text("7")
    await expect(label.frame.locator(".widget-label", has_text="7")).to_be_visible(timeout=RUN_MS)
    await step(second, 2)
    await expect(readout(first)).to_have_text("9")
    await expect(label.frame.locator(".widget-label", has_text="9")).to_be_visible(timeout=RUN_MS)


async def test_python_decides_and_the_slider_does_not_jump_back_meanwhile(tab: Tab) -> None:
    source = f"""{SLIDER.removesuffix("slider")}
import time
def slow(change):
    time.sleep(0.1)
    if change.new > 20: slider.value = 20
slider.observe(slow, "value")
slider"""
    book = await run(tab, source)
    cell = book.cell(0)
    await expect(readout(cell)).to_have_text("3", timeout=RUN_MS)
    await cell.frame.locator("body").evaluate(
        """() => { const place = document.querySelector(".widget-readout"); window.seen = [];
                   new MutationObserver(() => window.seen.push(Number(place.textContent))).observe(place, {childList: true, characterData: true, subtree: true}); }"""
    )
    await step(cell, 14)
    await expect(readout(cell)).to_have_text("17")
    seen: list[int] = await cell.frame.locator("body").evaluate("() => window.seen")
    assert seen == sorted(seen), "it went back under the hand"
    await step(cell, 6)
    await expect(readout(cell)).to_have_text("20", timeout=RUN_MS)


async def test_all_is_there_after_a_reload_while_the_kernel_is_busy(tab: Tab, tmp_path: Path) -> None:
    stop = tmp_path / "stop"
    panel = "bar, out = w.IntProgress(max=100), w.Output()\nw.VBox([slider, bar, out])"
    busy = f"""import pathlib, time
bar.value = 60
with out: print("captured")
while not pathlib.Path({str(stop)!r}).exists(): time.sleep(0.05)
bar.value = 90"""
    book = await run(tab, SLIDER.removesuffix("slider") + panel, busy)
    bar = book.cell(0).frame.locator(".progress-bar")
    await expect(book.cell(0).frame.get_by_text("captured")).to_be_visible(timeout=RUN_MS)
    await step(book.cell(0), 1)
    await expect(readout(book.cell(0))).to_have_text("4")
    book = await tab.reload()
    await expect(readout(book.cell(0))).to_have_text("4")
    assert await bar.evaluate("(bar) => bar.style.width") == "60%"
    await expect(book.cell(0).frame.get_by_text("captured")).to_be_visible()
    await step(book.cell(0), 1)
    await expect(readout(book.cell(0))).to_have_text("5")
    await book.cell(1).runs()
    stop.touch()
    await book.cell(1).ended_ok()
    await expect(bar).to_have_attribute("style", re.compile("width: 90%"))


async def test_two_pages_are_in_step(tab: Tab) -> None:
    book = await run(tab, SLIDER)
    await expect(readout(book.cell(0))).to_have_text("3", timeout=RUN_MS)
    other = await Tab(await tab.page.context.new_page(), tab.server).open(book.path)
    await expect(readout(other.cell(0))).to_have_text("3")
    await step(book.cell(0), 5)
    await expect(readout(other.cell(0))).to_have_text("8")
    await step(other.cell(0), 1)
    await expect(readout(book.cell(0))).to_have_text("9")
    await other.page.close()


async def test_a_callback_runs_once_for_each_press_and_its_output_is_shown_where_the_button_is(tab: Tab) -> None:
    source = """import ipywidgets as w
from IPython.display import display
button, out, count = w.Button(description="Press"), w.Output(), 0
def pressed(_):
    global count
    count += 1
    with out:
        print("pressed", count)
    print("outside", count)
button.on_click(pressed)
display(button, out)"""
    book = await run(tab, source)
    cell = book.cell(0)
    button = cell.frame.get_by_role("button", name="Press")
    await expect(button).to_be_visible(timeout=RUN_MS)
    for _ in range(3):
        await button.click()
    await expect(cell.frame.locator(".jupyter-widget-output pre")).to_have_text("pressed 1\npressed 2\npressed 3\n")
    await expect(cell.text).to_contain_text("outside 3")


REPLACED = """import ipywidgets as w
from IPython.display import display
shown = display(w.VBox([w.Label("before")]), display_id=True)
go = w.Button(description="Go")
go.on_click(lambda _: shown.update(w.VBox([w.Label("after")])))
display(go)"""


async def test_a_widget_takes_the_place_of_another(tab: Tab) -> None:
    book = await run(tab, REPLACED)
    frame = book.cell(0).frame
    await expect(frame.get_by_text("before")).to_be_visible(timeout=RUN_MS)
    await frame.get_by_role("button", name="Go").click()
    await expect(frame.get_by_text("after")).to_be_visible()
    await expect(frame.get_by_text("before")).to_have_count(0)


async def test_progress_of_tqdm_is_live_without_flicker_and_comes_to_its_end(tab: Tab) -> None:
    source = "from tqdm.notebook import tqdm\nimport time\nfor _ in tqdm(range(200)): time.sleep(0.02)"
    book = await run(tab, source)
    cell = book.cell(0)
    await expect(cell.frame.get_by_text(re.compile(r"(?<!\d)[1-9]\d?%"))).to_be_visible(timeout=RUN_MS)
    await cell.place.locator("iframe").evaluate("(frame) => { frame.dataset.mark = 'same'; }")
    await cell.frame.locator("#outputs").evaluate(
        """(outputs) => {
          const bar = outputs.querySelector(".progress-bar");
          window.seen = { gone: 0, widths: [], heights: new Set() };
          (function look() {
            if (!bar.isConnected || bar.getBoundingClientRect().height === 0 || !/\\d%/.test(outputs.innerText)) window.seen.gone += 1;
            window.seen.widths.push(parseFloat(bar.style.width));
            window.seen.heights.add(Math.round(outputs.getBoundingClientRect().height));
            requestAnimationFrame(look);
          })();
        }"""
    )
    await expect(cell.frame.get_by_text("100%")).to_be_visible(timeout=RUN_MS)
    await expect(cell.frame.get_by_text("200/200")).to_be_visible()
    look = "() => ({ ...window.seen, heights: [...window.seen.heights] })"
    seen: dict[str, Any] = await cell.frame.locator("#outputs").evaluate(look)
    assert seen["gone"] == 0, "it flickered"
    assert len(seen["heights"]) == 1, "it jumped"
    assert seen["widths"] == sorted(seen["widths"])
    assert len(set(seen["widths"])) > 10, "it moved on while it ran"
    await expect(cell.place.locator("iframe")).to_have_attribute("data-mark", "same")


async def test_a_bar_that_its_loop_closed_is_gone_also_after_a_reload(tab: Tab) -> None:
    source = (
        "from tqdm.notebook import tqdm\nimport ipywidgets\n"
        "for _ in tqdm(range(3), leave=False): pass\n"
        "for _ in tqdm(range(5), desc='kept'): pass\nprint('done')"
    )
    book = await run(tab, source)
    for _ in range(2):
        cell = book.cell(0)
        await expect(cell.text).to_contain_text("done", timeout=RUN_MS)
        await expect(cell.frame.get_by_text("kept: 100%")).to_be_visible()
        await expect(cell.frame.locator(".widget-view")).to_have_count(1)
        await expect(cell.frame.get_by_text("was not kept")).to_have_count(0)
        book = await tab.reload()


async def test_on_a_narrow_page_the_bar_of_tqdm_keeps_its_width(tab: Tab) -> None:
    await tab.page.set_viewport_size({"width": 390, "height": 800})
    book = await run(tab, "from tqdm.notebook import tqdm\nfor _ in tqdm(range(2000), desc='an epoch'): pass")
    bar = book.cell(0).frame.locator(".progress, progress, .widget-hprogress").first
    await expect(book.cell(0).frame.get_by_text("2000/2000")).to_be_visible(timeout=RUN_MS)
    box = await bar.bounding_box()
    assert box is not None
    assert box["width"] >= 90


async def test_what_is_captured_is_shown_rich_and_replaced_without_a_gap(tab: Tab) -> None:
    source = """import ipywidgets as w
from IPython.display import HTML, display
out = w.Output()
display(out)
with out:
    print("text \\x1b[31mred\\x1b[0m")
    display(HTML("<b id='rich'>rich</b><script>document.getElementById('rich').dataset.ran = 'yes'</script>"))
    display({"application/vnd.plotly.v1+json": {"data": [], "layout": {"title": {"text": "Plot"}}}}, raw=True)"""
    book = await run(tab, source, "@w.interact(x=5)\ndef square(x):\n    print('square', x * x)")
    frame = book.cell(0).frame
    await expect(frame.locator("#rich")).to_have_attribute("data-ran", "yes", timeout=RUN_MS)
    await expect(frame.locator(".gtitle")).to_have_text("Plot")
    await expect(frame.locator("pre span")).to_have_text("red")
    await expect(book.cell(1).frame.get_by_text("square 25")).to_be_visible(timeout=RUN_MS)
    await step(book.cell(1))
    await expect(book.cell(1).frame.get_by_text("square 36")).to_be_visible(timeout=RUN_MS)


ANYWIDGET = '''
import ipywidgets as w, traitlets as t
class Counter(w.DOMWidget):
    _model_module = t.Unicode("anywidget").tag(sync=True)
    _model_module_version = t.Unicode("~0.9.0").tag(sync=True)
    _model_name = t.Unicode("AnyModel").tag(sync=True)
    _view_module = t.Unicode("anywidget").tag(sync=True)
    _view_module_version = t.Unicode("~0.9.0").tag(sync=True)
    _view_name = t.Unicode("AnyView").tag(sync=True)
    _anywidget_id = t.Unicode("test.Counter").tag(sync=True)
    _css = t.Unicode(".counter { color: rgb(1, 2, 3) }").tag(sync=True)
    count = t.Int(0).tag(sync=True)
    known = t.Int(0).tag(sync=True)
    data = t.Bytes(b"").tag(sync=True)
    _esm = t.Unicode("""
      export default () => ({
        initialize({ model }) { model.set("count", 10); model.save_changes(); },
        render({ model, el }) {
          const button = document.createElement("button");
          button.className = "counter";
          const show = () => {
            const data = model.get("data");
            button.dataset.known = model.get("known");
            button.textContent = "count " + model.get("count") + " bytes " + [...new Uint8Array(data?.buffer ?? [])].join(",");
          };
          button.onclick = () => { model.set("count", model.get("count") + 1); model.save_changes(); };
          model.on("change:count", show);
          model.on("change:data", show);
          model.on("change:known", show);
          model.on("msg:custom", (message, buffers) => {
            const [first] = buffers;
            button.dataset.said = message.said + " " + new Uint8Array(first.buffer).join(",");
            model.send({ heard: message.said }, undefined, [new Uint8Array([9, 8]).buffer]);
          });
          show();
          el.append(button);
          return () => { window.cleaned = true; };
        },
      });
    """).tag(sync=True)
heard = []
counter = Counter()
counter.observe(lambda change: setattr(counter, "known", change.new), "count")
def hear(_, content, buffers):
    heard.append((content["heard"], bytes(buffers[0])))
    counter.known = 100 + len(heard)
counter.on_msg(hear)
counter
'''


async def test_an_anywidget_runs_in_its_frame_with_buffers_both_ways(tab: Tab) -> None:
    book = await run(tab, ANYWIDGET)
    cell = book.cell(0)
    button = cell.frame.locator("button.counter")
    await expect(button).to_have_text("count 10 bytes ", timeout=RUN_MS)
    await expect(button).to_have_css("color", "rgb(1, 2, 3)")
    await cell.ended_ok()
    await button.click()
    # Until the kernel has dealt with what was said before, what changes waits in the frame: a run may overtake it.
    await expect(button).to_have_attribute("data-known", "11")
    await book.insert_and_run("counter.data = bytes([1, 2, 250]); print(counter.count)")
    await expect(button).to_have_text("count 11 bytes 1,2,250")
    await expect(book.cell(1).text).to_have_text("11")
    await book.insert_and_run("for n in range(3): counter.send({'said': n}, [bytes([n, 7])])")
    await expect(button).to_have_attribute("data-said", "2 2,7")
    # What the frame answers may be overtaken by a run: until Python has heard it all.
    await expect(button).to_have_attribute("data-known", "103")
    await book.insert_and_run("print(heard)")
    await expect(book.cell(3).text).to_have_text("[(0, b'\\t\\x08'), (1, b'\\t\\x08'), (2, b'\\t\\x08')]")
    book = await tab.reload()
    button = book.cell(0).frame.locator("button.counter")
    await expect(button).to_have_text(re.compile(r"count \d+ bytes 1,2,250"))
    await expect(button).not_to_have_attribute("data-said", re.compile("."))


async def test_widgets_of_a_kernel_that_is_gone_are_shown_as_they_were(tab: Tab) -> None:
    book = await run(tab, SLIDER)
    await expect(readout(book.cell(0))).to_have_text("3", timeout=RUN_MS)
    await step(book.cell(0), 1)
    await expect(readout(book.cell(0))).to_have_text("4")
    await book.press("Restart")
    await book.page.get_by_role("dialog").get_by_role("button", name="Restart").click()
    await expect(book.cell(0).frame.get_by_text("Not connected")).to_be_visible(timeout=RUN_MS)
    await expect(book.cell(0).frame.locator(".widget-host")).to_have_attribute("inert", "")
    await expect(readout(book.cell(0))).to_have_text("4")
    await book.cell(0).run()
    await expect(readout(book.cell(0))).to_have_text("3", timeout=RUN_MS)
    await expect(book.cell(0).frame.get_by_text("Not connected")).to_have_count(0)


async def test_widgets_that_a_file_brings_are_shown_without_a_kernel(tab: Tab) -> None:
    def model(name: str, kind: str = "controls", **state: object) -> dict[str, object]:
        version = "1.2.0" if kind == "base" else "2.0.0"
        return {
            "model_name": name,
            "model_module": f"@jupyter-widgets/{kind}",
            "model_module_version": version,
            "state": state,
        }

    state = {
        "box": model("VBoxModel", children=["IPY_MODEL_text", "IPY_MODEL_image"], layout="IPY_MODEL_layout"),
        "text": model("TextModel", value="from the file", layout="IPY_MODEL_layout"),
        "image": {
            **model("ImageModel", format="svg+xml", layout="IPY_MODEL_layout"),
            "buffers": [{"path": ["value"], "encoding": "base64", "data": "PHN2ZyB4bWxucz0iaHR0cDovL3d3dy53My5vcmcvMjAwMC9zdmciLz4="}],
        },
        "layout": model("LayoutModel", "base"),
        "partly": model("VBoxModel", children=["IPY_MODEL_nowhere", "IPY_MODEL_text"], layout="IPY_MODEL_layout"),
    }  # fmt: skip
    view = {"application/vnd.jupyter.widget-view+json": {"model_id": "box", "version_major": 2, "version_minor": 0}}
    notebook = json.loads(ipynb({"cell_type": "code", "source": "box", "metadata": {}, "execution_count": 1, "outputs": [
        {"output_type": "display_data", "data": view, "metadata": {}},
        {"output_type": "display_data", "data": {**view, "application/vnd.jupyter.widget-view+json": {"model_id": "lost"}}, "metadata": {}},
    ]}, shown({"application/vnd.jupyter.widget-view+json": {"model_id": "partly"}})))  # fmt: skip
    notebook["metadata"]["widgets"] = {
        "application/vnd.jupyter.widget-state+json": {"version_major": 2, "version_minor": 0, "state": state}
    }
    book = await tab.upload("saved.ipynb", json.dumps(notebook).encode())
    frame = book.cell(0).frame
    await expect(frame.locator("input[type=text]")).to_have_value("from the file")
    assert await frame.locator("img").evaluate("(image) => image.src.startsWith('blob:')")
    await expect(frame.get_by_text("Not connected")).to_be_visible()
    lost = "The state of this widget was not kept. Run the cell again."
    await expect(frame.get_by_role("note")).to_have_text(lost)
    partly = book.cell(1).frame
    await expect(partly.locator("input[type=text]")).to_have_value("from the file")
    await expect(partly.get_by_role("note")).to_have_text(lost)


THIRD_PARTY = """
import ipywidgets as w, traitlets as t
class Third(w.DOMWidget):
    _model_module = t.Unicode({module!r}).tag(sync=True)
    _model_module_version = t.Unicode("^1.0.0").tag(sync=True)
    _model_name = t.Unicode("ThirdModel").tag(sync=True)
    _view_module = t.Unicode({module!r}).tag(sync=True)
    _view_module_version = t.Unicode("^1.0.0").tag(sync=True)
    _view_name = t.Unicode("ThirdView").tag(sync=True)
    value = t.Unicode("from Python").tag(sync=True)
w.VBox([Third(), w.Label("beside it")])
"""
MODULE = """
define(["@jupyter-widgets/base", "./deep/words"], function (base, words) {
  class ThirdModel extends base.DOMWidgetModel {}
  class ThirdView extends base.DOMWidgetView {
    render() { this.el.textContent = words.hello + " " + this.model.get("value"); }
  }
  return { ThirdModel, ThirdView };
});
"""


@pytest.fixture
async def third_party_server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ServerProcess:
    folder = tmp_path / "jupyter" / "nbextensions" / "third-party"
    (folder / "deep").mkdir(parents=True)
    (folder / "index.js").write_text(MODULE)
    (folder / "deep" / "words.js").write_text("define({ hello: 'third party' });")
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path / "jupyter"))
    return ServerProcess(tmp_path / "data", options=("--no-widget-cdn",))


async def test_third_parties_widgets_come_from_the_kernels_environment(
    third_party_server: ServerProcess, context: BrowserContext
) -> None:
    server = third_party_server
    try:
        await server.start()
        tab = await sign_in(context, server)
        book = await run(tab, THIRD_PARTY.format(module="third-party"), THIRD_PARTY.format(module="@nowhere/absent"))
        await expect(book.cell(0).frame.get_by_text("third party from Python")).to_be_visible(timeout=RUN_MS)
        missing = book.cell(1).frame.get_by_role("note")
        await expect(missing).to_contain_text("needs the module @nowhere/absent ^1.0.0", timeout=RUN_MS)
        await expect(missing).to_contain_text("Install the package")
        await expect(book.cell(1).frame.get_by_text("beside it")).to_be_visible()
    finally:
        await server.sweep()


async def test_links_in_the_browser_join_views_of_different_cells(tab: Tab) -> None:
    book = await run(
        tab, SLIDER, "bar = w.IntProgress(max=100)\nlink = w.jslink((slider, 'value'), (bar, 'value'))\nbar"
    )
    bar = book.cell(1).frame.locator(".progress-bar")
    await expect(bar).to_be_attached(timeout=RUN_MS)
    await step(book.cell(0), 7)
    await expect(bar).to_have_css("width", "30px", timeout=RUN_MS)


async def test_a_file_goes_to_the_kernel(tab: Tab) -> None:
    source = "import ipywidgets as w\nupload = w.FileUpload()\nupload.observe(lambda c: print(upload.value[0].name, bytes(upload.value[0].content)), 'value')\nupload"
    book = await run(tab, source)
    cell = book.cell(0)
    await expect(cell.frame.get_by_role("button", name="Upload")).to_be_visible(timeout=RUN_MS)
    chooser = cell.frame.locator("button")
    async with book.page.expect_file_chooser() as choosing:
        await chooser.click()
    await (await choosing.value).set_files(
        files=[{"name": "data.bin", "mimeType": "application/octet-stream", "buffer": bytes([0, 255, 7])}]
    )
    await expect(cell.text).to_contain_text("data.bin b'\\x00\\xff\\x07'", timeout=RUN_MS)


async def test_a_frame_speaks_only_to_the_widgets_that_it_shows(tab: Tab) -> None:
    """An HTML output that got hold of its port says what it likes: nothing comes of it."""
    secret = "import ipywidgets as w\nsecret = w.Text('untouched')\nsecret.model_id"
    book = await run(tab, secret)
    await book.cell(0).ended_ok()
    model = (await book.cell(0).text.text_content() or "").strip("'")
    content = f"""<p id="done"></p><script>
      const post = MessagePort.prototype.postMessage;
      let port = null;
      MessagePort.prototype.postMessage = function (...all) {{ port = this; return post.apply(this, all); }};
      const tell = setInterval(() => {{
        if (port === null) return;
        clearInterval(tell);
        const data = {{ method: "update", state: {{ value: "stolen" }}, buffer_paths: [] }};
        for (const type of ["comm_msg", "comm_close", "comm_open", "execute_request"]) {{
          post.call(port, {{ t: "comm", id: "x-" + type, type, content: JSON.stringify({{ comm_id: {model!r}, data, target_name: "jupyter.widget" }}), buffers: [] }});
        }}
        post.call(port, {{ t: "run", id: "x" }});
        document.getElementById("done").textContent = "said";
      }}, 20);
      dispatchEvent(new Event("resize"));
      document.body.style.paddingBottom = "9px";
      document.getElementById("outputs").style.height = "77px";
    </script>"""
    await book.insert_and_run(f"from IPython.display import HTML\nHTML({content!r})")
    await expect(book.cell(1).frame.locator("#done")).to_have_text("said", timeout=RUN_MS)
    await book.insert_and_run("print(secret.value, secret.comm is not None)")
    await expect(book.cell(2).text).to_have_text("untouched True")
