"""What widgets try - their HTML, their modules, their states, live and from a file - and that nothing comes of it for the page."""

import html
import json
from typing import Any

import pytest
from playwright.async_api import expect

from tests.e2e.notebooks import code, ipynb, shown
from tests.e2e.pages import RUN_MS, Book, Tab
from tests.e2e.test_isolation import Canary

VIEW = "application/vnd.jupyter.widget-view+json"
CONTROLS = "@jupyter-widgets/controls"

PROBE = """
const found = {};
const attempt = async (name, work) => {
  try { found[name] = "allowed: " + String(await work()); } catch { found[name] = "refused"; }
};
(async () => {
  await attempt("parent document", () => parent.document.body);
  await attempt("parent variable", () => { parent.__pwned = "widget"; });
  await attempt("top", () => { top.location.href = BASE + "/?stolen"; });
  await attempt("sibling document", () => parent.frames[1].document.body);
  await attempt("cookie", () => document.cookie);
  await attempt("storage", () => localStorage.length);
  await attempt("our server", () => fetch(BASE + "/api/v1/me?canary", { credentials: "include" }).then((answer) => answer.status));
  await attempt("our modules", () => import(BASE + "/api/v1/me?canary"));
  await attempt("window", () => { if (window.open(BASE + "/?canary") === null) throw 0; });
  await attempt("dialog", () => { alert("canary"); throw 0; });
  parent.postMessage({ t: "comm", id: "x", type: "comm_msg", content: "{}", buffers: [] }, "*");
  PLACE.textContent = JSON.stringify(found);
})();
"""


@pytest.fixture
def canary(tab: Tab) -> Canary:
    return Canary(tab.page)


def probe(tab: Tab, place: str) -> str:
    return PROBE.replace("BASE", json.dumps(tab.server.url)).replace("PLACE", place)


def model(name: str, module: object = CONTROLS, **state: object) -> dict[str, object]:
    version = "1.2.0" if module == "@jupyter-widgets/base" else "2.0.0"
    return {"model_name": name, "model_module": module, "model_module_version": version, "state": state}


def control(name: str, **state: object) -> dict[str, object]:
    views = {"_view_name": f"{name}View", "_view_module": CONTROLS, "_view_module_version": "2.0.0"}
    return model(f"{name}Model", **{**views, **state})


def anywidget(esm: str, css: str = "") -> dict[str, object]:
    view = {"_view_name": "AnyView", "_view_module": "anywidget", "_view_module_version": "~0.9.0"}
    return model("AnyModel", "anywidget", **view, _esm=esm, _css=css, _anywidget_id="hostile")


async def saved(tab: Tab, canary: Canary, models: dict[str, Any], *shows: str, server: str = "x = 1") -> Book:
    """A notebook with a cell for each of these models, and one after them that shows nothing of a widget."""
    await canary.watch()
    cells = [shown({VIEW: {"model_id": name}, "text/plain": "widget"}) for name in shows]
    notebook = json.loads(ipynb(*cells, shown({"text/html": "<p id='other'>other</p>"}), code(server)))
    state = {"version_major": 2, "version_minor": 0, "state": models}
    notebook["metadata"]["widgets"] = {"application/vnd.jupyter.widget-state+json": state}
    return await tab.upload("hostile.ipynb", json.dumps(notebook).encode())


async def untouched(book: Book, canary: Canary, count: int) -> None:
    """The page does its work, and the cell after the `count` hostile ones shows what is its own."""
    await book.cell(count).place.scroll_into_view_if_needed()
    await expect(book.cell(count).frame.locator("#other")).to_have_text("other")
    await book.cell(count + 1).write("y = 2")
    await book.all_saved()
    await canary.silent()


async def refused(book: Book, index: int) -> None:
    place = book.cell(index).frame.locator(".tried")
    await expect(place).not_to_be_empty(timeout=RUN_MS)
    found: dict[str, str] = json.loads(await place.text_content() or "")
    assert set(found.values()) == {"refused"}, found


def markup(tab: Tab) -> str:
    """A script by a handler, links that are scripts, a form for the whole window, a document within."""
    handler = html.escape(probe(tab, "document.querySelector('.tried')"))
    reach = html.escape("try { top.__pwned = parent.__pwned = 'link' } catch {}")
    return f"""<p class="tried"></p><img src="x" onerror="{handler}">
      <script>try {{ parent.__pwned = 'script' }} catch {{}}</script>
      <a class="press" href="javascript:{reach}">script</a> <a class="press" target="_top" href="javascript:{reach}">script</a>
      <svg width="40" height="20"><a class="press" href="javascript:{reach}"><text y="15">script</text></a></svg>
      <form action="{tab.server.url}/api/v1/me?canary" method="post" target="_top"><button class="press">send</button></form>
      <iframe srcdoc="<script>try {{ top.__pwned = 'srcdoc' }} catch {{}}; try {{ top.location = '/?stolen' }} catch {{}}</script>"></iframe>
      <base href="https://stolen.example/"><style>* {{ animation: none }} body {{ outline: 9px solid }}</style>"""


@pytest.mark.parametrize("kind", ["HTML", "HTMLMath"])
async def test_html_of_a_live_widget_reaches_nothing(tab: Tab, canary: Canary, kind: str) -> None:
    await canary.watch()
    book = await tab.upload("hostile.ipynb", ipynb(f"import ipywidgets as w\nw.{kind}({markup(tab)!r})", "x = 1"))
    await book.run_all()
    await refused(book, 0)
    for at in range(4):
        await book.cell(0).frame.locator(".press").nth(at).click()
    await expect(book.cell(0).frame.locator(".tried")).to_contain_text("refused")
    await book.cell(1).write("y = 2")
    await book.all_saved()
    assert await book.page.evaluate("getComputedStyle(document.body).outlineStyle") == "none"
    await canary.silent()


async def test_html_of_a_saved_widget_reaches_nothing(tab: Tab, canary: Canary) -> None:
    models = {
        "html": control("HTML", value=markup(tab)),
        "titles": control("Tab", children=["IPY_MODEL_html", "IPY_MODEL_text"], titles=[markup(tab), "<script>1</script>"]),
        "text": control("Text", value=markup(tab), placeholder=markup(tab), description=markup(tab), description_allow_html=True),
        "label": control("Label", value=markup(tab)),
        "choice": control("Select", _options_labels=[markup(tab)], index=0, description=markup(tab)),
    }  # fmt: skip
    book = await saved(tab, canary, models, "html", "titles", "text", "label", "choice")
    await refused(book, 0)
    for at in range(1, 5):
        await book.cell(at).place.scroll_into_view_if_needed()
        await expect(book.cell(at).frame.locator(".widget-host > *")).to_be_visible()
    await untouched(book, canary, 5)


async def test_a_widget_that_goes_elsewhere_gets_nothing_more(tab: Tab, canary: Canary) -> None:
    leave = "<meta http-equiv='refresh' content='0;url=data:text/html,<script>parent.__pwned=1</script>'>"
    book = await saved(tab, canary, {"html": control("HTML", value=leave)}, "html")
    await expect(book.cell(0).place.get_by_text("it went to another page")).to_be_visible()
    await expect(book.cell(0).place.locator("iframe")).to_have_count(0)
    await untouched(book, canary, 1)


async def test_the_module_of_an_anywidget_reaches_nothing(tab: Tab, canary: Canary) -> None:
    """It needs no kernel and no press: what a file brings runs as soon as it is looked at."""
    esm = f"""export default {{ initialize({{ model }}) {{ model.set("x", 1); model.save_changes(); }},
      render({{ el }}) {{ el.className += " tried"; {probe(tab, "el")} }} }};"""
    css = "* { display: none !important } body { background: url(https://stolen.example/never) }"
    models = {"any": anywidget(esm), "styled": anywidget("export default { render() {} }", css)}
    book = await saved(tab, canary, models, "any", "styled")
    await refused(book, 0)
    await untouched(book, canary, 2)


LIES = """
const { host } = model.widget_manager;
const junk = [null, 3, "x", [], { t: "__proto__" }, { t: "toString" }, { t: "run", id: "x" }, { t: "link", href: "javascript:parent.__pwned=1" },
  { t: "height", height: 1e300 }, { t: "height", height: "9" }, { t: "open", id: {} }, { t: "open", id: "__proto__" }, { t: "open", id: "constructor" },
  { t: "picture", n: 1, data: "x" }, { t: "download", name: "canary", data: "x" }, { t: "widgets", events: [], open: null, cdn: true }];
const contents = ["{", "null", "[]", '{"comm_id":{}}', '{"comm_id":"__proto__","data":{"method":"update","state":{"x":1}}}',
  '{"comm_id":"any","data":{"method":"update","state":null}}', '{"comm_id":"new","target_name":"jupyter.widget.control","data":{}}', "[".repeat(50000)];
for (const content of contents)
  for (const type of ["comm_open", "comm_msg", "comm_close", "execute_request"])
    for (const id of ["a", "../x", ""]) junk.push({ t: "comm", id, type, content, buffers: [] });
for (const message of junk) host.say(message);
el.textContent = "said";
"""


async def test_what_a_widget_makes_up_is_not_heard(tab: Tab, canary: Canary) -> None:
    lies = f"export default {{ render({{ model, el }}) {{ {LIES} }} }};"
    flood = "export default { render({ model, el }) { for (let n = 0; n < 5000; n += 1) model.widget_manager.host.say({ t: 'open', id: 'x' + n }); } };"
    book = await saved(tab, canary, {"any": anywidget(lies), "flood": anywidget(flood)}, "any", "flood")
    await expect(book.cell(0).frame.get_by_text("said")).to_be_visible()
    await expect(book.cell(1).place.get_by_text("it sent more than the page can take")).to_be_visible()
    await untouched(book, canary, 2)


def nested(depth: int) -> object:
    value: object = "IPY_MODEL_fine"
    for _ in range(depth):
        value = [value]
    return value


async def test_states_that_are_damaged_or_made_to_harm_stay_where_they_are(tab: Tab, canary: Canary) -> None:
    chain = {f"c{at}": control("Label", value="c", next=f"IPY_MODEL_c{at + 1}") for at in range(3_000)}
    polluted = {"path": ["__proto__", "polluted"], "encoding": "base64", "data": "AQI="}
    modules: list[object] = [
        *("javascript:parent.__pwned=1", "data:text/javascript,try{parent.__pwned=1}catch{}", "https://stolen.example/module"),
        *("../../api/v1/me?canary", "/api/v1/me?canary", "@jupyter-widgets/../../../api/v1/me?canary", "__proto__"),
        *("constructor", "", None, {}, ["anywidget"]),
    ]  # fmt: skip
    hostile: dict[str, Any] = {
        **{f"module {at}": model("Model", module, _view_name="View") for at, module in enumerate(modules)},
        "class": control("constructor"),
        "proto": model("__proto__", _view_module=CONTROLS, _view_name="hasOwnProperty"),
        "cycle": control("Box", children=["IPY_MODEL_cycle"]),
        "lost": control("Box", children=["IPY_MODEL_nowhere", "IPY_MODEL_fine"]),
        "deep": control("Box", children=nested(60)),
        "wrong": control("IntSlider", value="<img src=x onerror=parent.__pwned=1>", min=[], max={}, step=None, layout=3),
        "path": {**control("Text", value="x"), "buffers": [polluted, {"path": [["x"]], "encoding": "base64", "data": "AQI="}]},
        "text": "no model",
        "list": [1, 2],
        "none": None,
        "state": {**control("Text"), "state": "no state"},
        "constructor": {"state": {"_model_name": "x"}},
    }  # fmt: skip
    shows = [*hostile, "c0", "__proto__", "toString", "x" * 5_000]
    book = await saved(tab, canary, {**hostile, **chain, "fine": control("Label", value="fine")}, *shows, "fine")
    for at in range(0, len(shows), 3):
        await book.cell(at).place.scroll_into_view_if_needed()
        await expect(book.cell(at).place.locator("iframe")).to_be_visible()
    await book.cell(len(shows)).place.scroll_into_view_if_needed()
    await expect(book.cell(len(shows)).frame.get_by_text("fine", exact=True)).to_be_visible()
    await untouched(book, canary, len(shows) + 1)
    assert await book.page.evaluate("[({}).polluted, Object.prototype.polluted]") == [None, None]
