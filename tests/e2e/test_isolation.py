"""Nothing that a notebook contains is trusted (invariant 9): a stored attack in every place, and a canary that must not fire."""

import json
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

import pytest
from playwright.async_api import Dialog, Page, Request, expect

from noctule_agent.wire.values import NotebookId
from tests.e2e.notebooks import ipynb, text
from tests.e2e.pages import RUN_MS, Book, Tab
from tests.support.server import ServerProcess

ATTACK = "<img src=x onerror=\"window.__pwned='{0}';parent.__pwned='{0}'\"><script>window.__pwned='{0}'</script>"

PROBE = """
const tried = {};
const attempt = async (name, work) => {
  try { tried[name] = "allowed: " + String(await work()); } catch (error) { tried[name] = "refused"; }
};
(async () => {
  tried.origin = self.origin;
  await attempt("cookie", () => document.cookie);
  await attempt("localStorage", () => localStorage.length);
  await attempt("indexedDB", () => new Promise((done, failed) => {
    const request = indexedDB.open("noctule");
    request.onsuccess = () => done("opened");
    request.onerror = () => failed(request.error);
  }));
  await attempt("parent document", () => parent.document.title);
  await attempt("parent variable", () => { parent.__pwned = "parent"; });
  await attempt("top location", () => { top.location.href = "/stolen-top"; });
  await attempt("me", () => fetch(BASE + "/api/v1/me?canary", { credentials: "include" }).then((answer) => answer.status));
  await attempt("me without cors", () => fetch(BASE + "/api/v1/me?canary", { credentials: "include", mode: "no-cors" }));
  await attempt("xhr", () => new Promise((done, failed) => {
    const request = new XMLHttpRequest();
    request.open("GET", BASE + "/api/v1/me?canary");
    request.withCredentials = true;
    request.onload = () => done(request.status);
    request.onerror = () => failed(new Error("xhr"));
    request.send();
  }));
  await attempt("image", () => new Promise((done, failed) => {
    const image = new Image();
    image.onload = done;
    image.onerror = () => failed(new Error("image"));
    image.src = BASE + "/api/v1/me?canary";
  }));
  await attempt("beacon", () => {
    if (!navigator.sendBeacon(BASE + "/api/v1/me?canary", "x")) throw new Error("beacon");
    throw new Error("sent to nobody: the canary of requests tells");
  });
  await attempt("socket", () => new Promise((done, failed) => {
    const socket = new WebSocket(BASE.replace("http", "ws") + "/api/v1/notebooks/x/page");
    socket.onopen = () => done("open");
    socket.onerror = () => failed(new Error("socket"));
  }));
  await attempt("popup", () => {
    const popup = window.open(BASE + "/?canary");
    if (popup === null) throw new Error("popup");
    return "opened";
  });
  await attempt("form", () => {
    const form = document.createElement("form");
    form.action = BASE + "/api/v1/me?canary";
    form.target = "_top";
    document.body.append(form);
    form.submit();
    throw new Error("the canary of requests tells");
  });
  parent.postMessage({ t: "link", href: "javascript:window.__pwned='message'" }, "*");
  parent.postMessage("noctule-frame-v1", "*", [new MessageChannel().port2]);
  const result = document.createElement("pre");
  result.id = "tried";
  result.textContent = JSON.stringify(tried);
  document.body.append(result);
})();
"""


@dataclass
class Canary:
    """What must not happen while a hostile notebook is shown."""

    page: Page
    requests: list[str] = field(default_factory=list)
    dialogs: list[str] = field(default_factory=list)
    pages: int = 1

    async def watch(self) -> None:
        context = self.page.context
        context.on("requestfinished", self._request)
        context.on("requestfailed", self._failed)
        context.on("page", self._page)
        self.page.on("dialog", self._dialog)

    def _request(self, request: Request) -> None:
        if any(word in request.url for word in ("canary", "stolen")):
            self.requests.append(request.url)

    def _failed(self, request: Request) -> None:
        """The browser tells of a request that the policy stopped as well; that one never left."""
        if request.failure != "csp":
            self._request(request)

    def _page(self, page: Page) -> None:
        self.pages += 1

    async def _dialog(self, dialog: Dialog) -> None:
        self.dialogs.append(dialog.message)
        await dialog.dismiss()

    async def silent(self) -> None:
        assert await self.page.evaluate("window.__pwned") is None
        assert self.requests == []
        assert self.dialogs == []
        assert self.pages == 1, "a window was opened"


@pytest.fixture
def canary(tab: Tab) -> Canary:
    return Canary(tab.page)


async def run_hostile(tab: Tab, canary: Canary, *cells: str | dict[str, Any]) -> Book:
    await canary.watch()
    book = await tab.upload("hostile.ipynb", ipynb(*cells))
    await book.run_all()
    return book


async def test_html_output_is_of_an_opaque_origin_and_reaches_nothing(tab: Tab, canary: Canary) -> None:
    script = PROBE.replace("BASE", json.dumps(tab.server.url))
    source = f"from IPython.display import HTML\nHTML({('<p>hello</p><script>' + script + '</script>')!r})"
    book = await run_hostile(tab, canary, source)
    result = book.cell(0).frame.locator("#tried")
    await expect(result).to_be_visible(timeout=RUN_MS)
    tried: dict[str, str] = json.loads(await result.text_content() or "")
    assert tried.pop("origin") == "null"
    assert set(tried.values()) == {"refused"}, tried
    attributes = await book.cell(0).place.locator("iframe").evaluate("(frame) => frame.getAttribute('sandbox')")
    assert attributes == "allow-scripts"
    await canary.silent()


async def test_javascript_runs_only_in_the_frame_and_an_svg_is_an_image(tab: Tab, canary: Canary) -> None:
    svg = "<svg xmlns='http://www.w3.org/2000/svg' onload=\"try { parent.__pwned='svg' } catch {}\"><script>try { parent.__pwned='svg' } catch {}</script><circle r='5'/></svg>"
    book = await run_hostile(
        tab,
        canary,
        f"from IPython.display import SVG\nSVG({svg!r})",
        "from IPython.display import Javascript\nJavascript(\"try { parent.__pwned = 'js' } catch { element.textContent = 'refused' }\")",
    )
    image = book.cell(0).outputs.get_by_role("img")
    await expect(image).to_be_attached(timeout=RUN_MS)
    assert await image.evaluate("(image) => image.decode().then(() => image.naturalWidth)") > 0
    await expect(book.cell(1).frame.get_by_text("refused")).to_be_visible(timeout=RUN_MS)
    await expect(book.page.locator("circle[r='5']")).to_have_count(0)
    await canary.silent()


async def test_markdown_cells_and_outputs_carry_no_script_style_form_or_frame(tab: Tab, canary: Canary) -> None:
    hostile = "\n\n".join(
        [
            ATTACK.format("markdown"),
            "[link](javascript:window.__pwned='link') <a href=\"javascript:window.__pwned='anchor'\">anchor</a>",
            "<svg onload=\"window.__pwned='svg'\"><a xlink:href=\"javascript:window.__pwned='xlink'\">x</a></svg>",
            "<iframe srcdoc=\"<script>parent.__pwned='srcdoc'</script>\"></iframe><base href='//evil.example/'>",
            "<form action='/api/v1/me?canary'><button>press me</button></form>",
            "<style>body { display: none }</style><div style='position:fixed;inset:0'>cover</div>",
            "<math><mtext><table><mglyph><style><!--</style><img title=\"--&gt;&lt;img src=1 onerror=window.__pwned='mx'&gt;\">",
        ]
    )
    source = f"from IPython.display import Markdown\nMarkdown({hostile!r})"
    book = await run_hostile(tab, canary, text(hostile), source)
    await book.cell(1).ended_ok()
    for prose in (book.cell(0).place.locator(".prose"), book.cell(1).outputs.locator(".prose")):
        await expect(prose.get_by_text("anchor")).to_be_visible()
        await expect(prose.locator("script, style, form, button, iframe, base, svg a")).to_have_count(0)
        await expect(prose.locator("[style], [onerror], [onload], [href^=javascript]")).to_have_count(0)
        await prose.get_by_text("anchor").click()
    await canary.silent()


async def test_what_is_text_is_shown_as_text(tab: Tab, canary: Canary) -> None:
    attack = ATTACK.format("text")
    book = await run_hostile(
        tab,
        canary,
        f"print({attack!r})\nprint('\\x1b]8;;javascript:window.__pwned=1\\x07press\\x1b]8;;\\x07')",
        "from IPython.display import display\n"
        f"display({{'text/plain': {attack!r}}}, raw=True)\n"
        f"display({{'application/json': {{'key': {attack!r}}}}}, raw=True)\n"
        f"display({{'text/latex': {attack!r}}}, raw=True)\n"
        f"display({{'image/png': 'x\\\" onerror=\\\"window.__pwned=1'}}, raw=True)\n"
        f"display({{'image/png': 'iVBORw0KGgo=', 'text/plain': {attack!r}}}, raw=True)\n"
        f"display({{'application/x-{'<img>'}': {attack!r}}}, raw=True)",
        f"input({attack!r})",
        f"raise ValueError({attack!r})",
    )
    await expect(book.cell(0).text).to_contain_text("onerror=", timeout=RUN_MS)
    await expect(book.cell(0).text.locator("img, script, [href^=javascript]")).to_have_count(0)
    prompt = book.cell(2).prompt
    await expect(prompt).to_contain_text("onerror=", timeout=RUN_MS)
    await expect(prompt.locator("img")).to_have_count(0)
    await prompt.get_by_role("textbox").fill(attack)
    await prompt.get_by_role("button", name="Send").click()
    await book.cell(3).failed()
    await expect(book.cell(3).outputs.locator(".error-title")).to_contain_text("onerror=")
    await expect(book.cell(3).outputs.locator("img, script")).to_have_count(0)
    await canary.silent()


async def test_a_hostile_name_is_only_a_name(tab: Tab, canary: Canary) -> None:
    """No such name can be given here, but another program may have given it."""
    await canary.watch()
    name = "<img src=x onerror=window.__pwned='name'>.ipynb"
    (tab.server.data / "drive" / "you" / name).write_bytes(ipynb("x = 1"))
    await tab.list()
    await tab.page.get_by_role("link", name=name, exact=True).click()
    book = await tab.opened()
    await expect(book.page.get_by_label("Notebook name")).to_have_value(name)
    await book.cell(0).write("<img src=x onerror=window.__pwned='source'>")
    await book.all_saved()
    await tab.list()
    await expect(tab.page.get_by_role("link", name=name, exact=True)).to_be_visible()
    await canary.silent()


async def test_an_output_opened_at_its_own_address_is_inert(tab: Tab, canary: Canary) -> None:
    """What is too large for the page is fetched from the server's own origin, where it must not run."""
    attack = (
        "<svg xmlns='http://www.w3.org/2000/svg'>"
        "<script>document.documentElement.id = 'ran'; fetch('/api/v1/me?canary').catch(() => 0)</script></svg>"
    )
    bundle = {"image/svg+xml": attack, "text/html": attack, "text/plain": attack}
    show = f"from IPython.display import display\ndisplay({bundle!r}, raw=True)\nprint({attack!r})"
    book = await run_hostile(tab, canary, show)
    await book.cell(0).ended_ok()
    shown, printed = await output_ids(tab.server, book)
    outputs = f"{tab.server.url}/api/v1{book.path}/outputs"
    for place in (*(f"{shown}/mime?type={quote(kind, safe='')}" for kind in bundle), f"{printed}/log"):
        answer = await tab.page.context.request.get(f"{outputs}/{place}")
        assert await answer.text() in (attack, attack + "\n"), place
        assert answer.headers["content-security-policy"].startswith("sandbox;"), place
        assert answer.headers["x-content-type-options"] == "nosniff", place
        assert answer.headers["content-type"].split(";")[0] != "text/html", place
    await tab.page.goto(f"{outputs}/{shown}/mime?type={quote('image/svg+xml', safe='')}")
    assert await tab.page.evaluate("document.documentElement.id") == ""
    await canary.silent()


async def output_ids(server: ServerProcess, book: Book) -> list[str]:
    """Of the first cell, in order."""
    async with server.client() as client, server.session(client, NotebookId(book.path.rsplit("/", 1)[1])) as page:
        await page.ready()
        return [output.id for output in page.view.cells[0].outputs]
