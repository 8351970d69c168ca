"""Text cells: rendered, safe, checked, written."""

import json
import re

import pytest
from playwright.async_api import Request, expect

from tests.e2e.notebooks import ipynb, text
from tests.e2e.pages import Book, Tab

DOT = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
EVIL = "https://evil.invalid"

HOSTILE = {
    "script": "<script>window.owned = 1</script><b>safe</b>",
    "handler": "<img src=x onerror='window.owned = 1'><b onclick='window.owned = 1' onmouseover='window.owned = 1'>safe</b>",
    "svg": "<svg onload='window.owned = 1'><script>window.owned = 1</script><a xlink:href='javascript:window.owned=1'>x</a></svg>safe",
    "mathml": "<math><mtext><table><mglyph><style><img src=x onerror='window.owned = 1'></style></mglyph></table></mtext></math>safe",
    "link": "[a](javascript:window.owned=1) <a href='javascript:window.owned=1'>b</a> <a href='data:text/html,<script>1</script>'>safe</a>",
    "entity": "<a href='&#106;avascript&colon;window.owned=1'>safe</a>",
    "frame": "<iframe srcdoc='<script>parent.owned = 1</script>'></iframe><object data='x'></object><embed src='x'>safe",
    "form": f"<form action='{EVIL}'><input name=q><button>safe</button></form><textarea>x</textarea>",
    "meta": f"<meta http-equiv=refresh content='0;url={EVIL}'><base href='{EVIL}'><link rel=stylesheet href='{EVIL}/a.css'>safe",
    "style": f"<style>body {{ display: none; background: url({EVIL}/a) }}</style><p style='position:fixed;inset:0;"
    f"z-index:99;background:url({EVIL}/b);color:red'>safe</p>",
    "names": "<a id='root' name='cookie'></a><img name='getElementById'><p class='toasts button' id='toasts'>safe</p>",
    "aria": "<div role='dialog' aria-modal='true' aria-label='Sign in' tabindex=0 popover contenteditable>safe</div>",
    "katex": r"$\href{javascript:window.owned=1}{x}$ $\htmlStyle{position:fixed}{x}$ $\htmlId{root}{x}$ "
    rf"$\includegraphics{{{EVIL}/k.png}}$ $\url{{javascript:1}}$ safe",
    "katex-size": r"$\rule{99999em}{99999em}$ $\def\a{\a\a}\a$ safe",
    "mermaid-click": '```mermaid\nflowchart LR\nA["<img src=x onerror=window.owned=1>safe"]\nclick A "javascript:window.owned=1"\n'
    "click A call alert()\n```\nsafe",
    "mermaid-config": '```mermaid\n%%{init: {"securityLevel": "loose", "htmlLabels": true, "themeCSS": "body{display:none}"}}%%\n'
    f"flowchart LR\nA-->B\nstyle A fill:url({EVIL}/m)\nclassDef x color:red}} body{{display:none\n```\nsafe",
    "fence": '```x" onload="window.owned=1\n<img src=x onerror=window.owned=1>\n```\nsafe',
    "placeholder": "<span data-math='display'>\\htmlStyle{color:red}{x}</span><span data-task='0 checked'></span>"
    "<pre data-fence='mermaid'><code>flowchart LR\nA</code></pre>safe",
    "attachment": "![x](attachment:evil.html) ![y](attachment:__proto__) safe",
}


@pytest.mark.parametrize("name", HOSTILE)
async def test_a_hostile_text_does_nothing_to_the_page(tab: Tab, name: str) -> None:
    asked: list[str] = []
    dialogs: list[str] = []

    def note(request: Request) -> None:
        asked.append(request.url)

    tab.page.on("request", note)
    tab.page.on("dialog", lambda dialog: dialogs.append(dialog.message))
    evil = {**text(HOSTILE[name]), "attachments": {"evil.html": {"text/html": "PHNjcmlwdD4="}}}
    book = await tab.upload("evil.ipynb", ipynb(evil, text("# After")))
    prose = book.cell(0).place.locator(".prose")
    await expect(prose).to_contain_text("safe")
    await expect(book.cell(1).place.get_by_role("heading", name="After")).to_be_visible()
    await expect(prose.locator("[data-drawing=waits]")).to_have_count(0)
    found = await prose.evaluate(
        """(prose) => {
            const all = [...prose.querySelectorAll('*')];
            const names = all.flatMap((node) => node.getAttributeNames().map((name) => [name, node.getAttribute(name)]));
            const bad = 'script, iframe, object, embed, form, textarea, button, style, link, meta, base, svg script, [popover]';
            return {
                owned: window.owned ?? null,
                bad: all.filter((node) => node.matches(bad)).map((node) => node.tagName),
                handlers: names.filter(([name]) => /^on/.test(name)),
                addresses: names.filter(([, value]) => /^\\s*(javascript|data:text|vbscript)/i.test(value)),
                named: all.filter((node) => node.id && !node.id.startsWith('user-content-')).map((node) => node.id),
                fixed: all.filter((node) => ['fixed', 'sticky'].includes(getComputedStyle(node).position)).length,
                boxes: all.filter((node) => node.matches('input:not([type=checkbox])')).length,
                height: prose.getBoundingClientRect().height,
                shown: getComputedStyle(document.body).display,
                root: document.getElementById('root') !== null && typeof document.getElementById === 'function',
                titles: [...prose.querySelectorAll('[role], [aria-modal], [tabindex], [contenteditable]')]
                    .filter((node) => !node.closest('.katex')).length,
            };
        }"""
    )
    height = found.pop("height")
    assert found == {
        "owned": None,
        "bad": [],
        "handlers": [],
        "addresses": [],
        "named": [],
        "fixed": 0,
        "boxes": 0,
        "shown": "block",
        "root": True,
        "titles": 0,
    }
    assert height < 3_000
    assert dialogs == []
    assert [url for url in asked if "evil.invalid" in url] == []


async def test_links_open_elsewhere_and_give_no_power(tab: Tab) -> None:
    book = await tab.upload("links.ipynb", ipynb(text("[out](https://example.invalid/) https://two.invalid")))
    for name in ("out", "https://two.invalid"):
        link = book.cell(0).place.get_by_role("link", name=name)
        await expect(link).to_have_attribute("target", "_blank")
        await expect(link).to_have_attribute("rel", "noopener noreferrer")


async def test_everything_that_markdown_can_say_is_shown(tab: Tab) -> None:
    source = """# Title
$x^2$, $$y$$ and \\(z\\)

| a | b |
|:-:|--:|
| 1 | 2 |

A note[^1].

[^1]: Below.

```python
def f(): return "s"
```

```mermaid
flowchart LR
  A --> B
```

<details><summary>More</summary>

inside *too*

</details>

![dot](attachment:a%20dot.png)
<img src="attachment:a dot.png" width="40" align="right" alt="second">
<p style="text-align: center; position: fixed">middle</p>"""
    cell = {**text(source), "attachments": {"a dot.png": {"image/png": DOT}}}
    book = await tab.upload("all.ipynb", ipynb(cell))
    prose = book.cell(0).place.locator(".prose")
    await expect(prose.locator(".katex")).to_have_count(3)
    await expect(prose.locator("th").first).to_have_css("text-align", "center")
    await expect(prose.locator("td").nth(1)).to_have_css("text-align", "right")
    await expect(prose.locator(".tok-keyword").first).to_have_text("def")
    await expect(prose.get_by_role("img", name="Diagram (flowchart)")).to_be_visible()
    await expect(prose.get_by_role("img", name="dot")).to_have_js_property("naturalWidth", 1)
    await expect(prose.get_by_role("img", name="second")).to_have_css("float", "right")
    await expect(prose.get_by_text("middle")).to_have_css("text-align", "center")
    await expect(prose.get_by_text("inside too")).to_be_hidden()
    await prose.get_by_text("More").click()
    await expect(prose.get_by_text("inside too")).to_be_visible()
    await prose.get_by_role("link", name="1", exact=True).click()
    await expect(prose.get_by_text("Below.")).to_be_in_viewport()


async def test_a_checked_box_changes_one_character_of_the_source(tab: Tab) -> None:
    source = "Text [ ] x\r\n\r\n- [ ] one\n- [x] two\n  1. [ ] three\n"
    book = await tab.upload("tasks.ipynb", ipynb(text(source)))
    boxes = book.cell(0).place.get_by_role("checkbox")
    await expect(boxes).to_have_count(3)
    await boxes.nth(2).check()
    await boxes.nth(1).uncheck()
    await boxes.nth(2).focus()
    await tab.page.keyboard.press("Space")
    await tab.page.keyboard.press("Space")
    await expect(boxes.nth(2)).to_be_focused()
    await expect(boxes.nth(2)).to_be_checked()
    await book.cell(0).place.get_by_text("Text [ ] x").dblclick()
    await expect(book.cell(0).editor).to_contain_text("1. [x] three")
    lines = await book.cell(0).place.locator(".cm-line").all_text_contents()
    assert [line for line in lines if line.strip()] == ["Text [ ] x", "- [ ] one", "- [ ] two", "  1. [x] three"]


async def test_a_link_to_a_heading_goes_to_it_wherever_it_is(tab: Tab) -> None:
    far = [f"x = {number}" for number in range(60)]
    links = "[down](#The-End) [named](#spot) [cell](#scrollTo=cell-30) [nowhere](#none)"
    end = text("## The **End**\n" + "line\n\n" * 10 + "<a name='spot'></a>here")
    book = await tab.upload("anchors.ipynb", ipynb(text(links), *far, end))
    await book.cell(0).place.get_by_role("link", name="down").click()
    await expect(book.cell(61).place.get_by_role("heading", name="The End")).to_be_in_viewport()
    await book.page.evaluate("scrollTo(0, 0)")
    await book.cell(0).place.get_by_role("link", name="named").click()
    await expect(book.cell(61).place.get_by_text("here")).to_be_in_viewport()
    await book.page.evaluate("scrollTo(0, 0)")
    await book.cell(0).place.get_by_role("link", name="cell").click()
    await expect(book.cell(30).place).to_be_in_viewport()
    await book.page.evaluate("scrollTo(0, 0)")
    await book.cell(0).place.get_by_role("link", name="nowhere").click()
    await expect(book.page.get_by_text("Nothing in this notebook is called none.")).to_be_visible()


async def test_enter_right_after_escape_writes_again(tab: Tab) -> None:
    """What the editor that is gone says late is not taken for a word of the one that is there."""
    book = await tab.upload("again.ipynb", ipynb(text("# Title"), "1"))
    cell = book.cell(0)
    await cell.place.get_by_role("heading", name="Title").dblclick()
    for _ in range(15):
        await expect(cell.editor).to_be_focused()
        await book.page.keyboard.press("Escape")
        await expect(cell.place).to_be_focused()
        await book.page.keyboard.press("Enter")
    await expect(cell.editor).to_be_focused()
    await book.page.keyboard.type("x")
    await expect(cell.editor).to_contain_text("x")


@pytest.mark.parametrize("width", [1440, 390])
async def test_what_is_written_is_shown_beside_or_below(tab: Tab, width: int) -> None:
    await tab.page.set_viewport_size({"width": width, "height": 900})
    book = await tab.upload("preview.ipynb", ipynb(text("# Old\n\n$x$"), "1"))
    cell = book.cell(0)
    await cell.place.get_by_role("heading", name="Old").dblclick()
    preview = cell.place.get_by_role("region", name="Preview")
    await expect(preview.locator(".katex")).to_be_visible()
    formula = await preview.locator(".katex").element_handle()
    await cell.editor.press("Control+Home")
    await book.page.keyboard.press("End")
    await book.page.keyboard.type("er")
    await expect(preview.get_by_role("heading", name="Older")).to_be_visible()
    assert formula is not None
    assert await formula.evaluate("(node) => node.isConnected"), "the formula was drawn anew"
    editor_box, preview_box = await cell.editor.bounding_box(), await preview.bounding_box()
    assert editor_box is not None
    assert preview_box is not None
    beside = preview_box["x"] >= editor_box["x"] + editor_box["width"]
    assert beside is (width == 1440)
    assert await book.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    tools = cell.place.get_by_role("toolbar", name="Text format")
    await tools.get_by_role("button", name="Hide the preview").click()
    await expect(preview).to_have_count(0)
    await expect(cell.editor).to_be_focused()
    await tools.get_by_role("button", name="Show the preview").click()
    await book.page.keyboard.press("Escape")
    await expect(cell.editor).to_have_count(0)
    await expect(cell.place.get_by_role("heading", name="Older")).to_be_visible()
    await expect(cell.place).to_be_focused()
    await book.page.keyboard.press("Enter")
    await expect(cell.editor).to_be_focused()
    await book.page.keyboard.press("Shift+Enter")
    await expect(cell.place.get_by_role("heading", name="Older")).to_be_visible()
    await expect(book.cell(1).place).to_be_focused()


async def lines(book: Book) -> list[str]:
    texts: list[str] = await book.cell(0).place.locator(".cm-line").all_text_contents()
    return texts


async def test_the_toolbar_and_its_keys_write_markdown(tab: Tab) -> None:
    book = await tab.upload("tools.ipynb", ipynb(text("word")))
    cell, keys = book.cell(0), book.page.keyboard
    await cell.place.get_by_text("word").dblclick()
    await expect(cell.editor).to_be_focused()
    await keys.press("Control+a")
    await keys.press("Control+b")
    assert await lines(book) == ["**word**"]
    await keys.press("Control+i")
    assert await lines(book) == ["***word***"]
    tools = cell.place.get_by_role("toolbar", name="Text format")
    await tools.get_by_role("button", name="Italic").click()
    await expect(cell.editor).to_be_focused()
    assert await lines(book) == ["**word**"]
    await tools.get_by_role("button", name="Heading").click()
    assert await lines(book) == ["# **word**"]
    await keys.press("Control+End")
    await keys.press("Enter")
    await keys.type("- one")
    await keys.press("Enter")
    await keys.type("two")
    assert await lines(book) == ["# **word**", "- one", "- two"]
    await tools.get_by_role("button", name="Task list").click()
    assert (await lines(book))[2] == "- [ ] two"
    # By keys alone: into the toolbar, along it, and back.
    await tools.get_by_role("button", name="Bold").focus()
    await keys.press("ArrowLeft")
    await expect(tools.get_by_role("button", name="Heading")).to_be_focused()
    await expect(cell.editor).to_be_visible()
    await keys.press("d")
    await keys.press("d")
    await expect(book.cells).to_have_count(1)
    await keys.press("Escape")
    await expect(cell.place).to_be_focused()
    await expect(cell.place.get_by_role("checkbox")).to_have_count(1)
    await keys.press("Control+Shift+p")
    await book.page.get_by_role("searchbox", name="Search commands").fill("format horizontal")
    await book.page.get_by_role("menuitem", name="Format text: horizontal line").click()
    await expect(cell.place.locator(".prose hr")).to_have_count(1)


GIVE = """async ([selector, files, how]) => {
    const transfer = new DataTransfer();
    for (const { name, type, size, photo } of files) {
        let blob = new Blob([new Uint8Array(size ?? 10)], { type });
        if (photo) {
            const canvas = new OffscreenCanvas(3000, 2000), context = canvas.getContext('2d');
            const noise = context.createImageData(3000, 2000);
            for (let at = 0; at < noise.data.length; at += 65536)
                crypto.getRandomValues(new Uint8Array(noise.data.buffer, at, Math.min(65536, noise.data.length - at)));
            context.putImageData(noise, 0, 0);
            blob = await canvas.convertToBlob({ type, quality: 0.9 });
        }
        transfer.items.add(new File([blob], name, { type }));
    }
    const event = how === 'paste'
        ? new ClipboardEvent('paste', { clipboardData: transfer, bubbles: true, cancelable: true })
        : new DragEvent('drop', { dataTransfer: transfer, bubbles: true, cancelable: true });
    document.querySelector(selector).dispatchEvent(event);
}"""


async def test_pictures_come_by_paste_and_by_drop_and_stay_in_the_file(tab: Tab) -> None:
    book = await tab.upload("pictures.ipynb", ipynb(text("before")))
    cell, page = book.cell(0), book.page
    await cell.place.get_by_text("before").dblclick()
    await expect(cell.editor).to_be_focused()
    await page.keyboard.press("Control+End")
    small = {"name": "my dot.png", "type": "image/png"}
    await page.evaluate(GIVE, [".cm-content", [small], "paste"])
    await expect(cell.editor).to_contain_text("before![my-dot.png](attachment:my-dot.png)")
    await page.evaluate(GIVE, [".cm-content", [small], "paste"])
    await expect(cell.editor).to_contain_text("![my-dot-2.png](attachment:my-dot-2.png)")
    await page.keyboard.press("Escape")
    await page.evaluate(GIVE, [".cell .prose", [{"name": "photo.png", "type": "image/png", "photo": True}], "drop"])
    await expect(page.get_by_text("photo.png was made smaller")).to_be_visible(timeout=60_000)
    picture = cell.place.get_by_role("img", name="photo.jpg")
    await expect(picture).to_have_attribute("src", re.compile("^data:image/jpeg;base64,"))
    large = {"name": "film.gif", "type": "image/gif", "size": 700_000}
    await page.evaluate(GIVE, [".cell .prose", [large, {"name": "a.pdf", "type": "application/pdf"}], "drop"])
    await expect(page.get_by_text("film.gif is larger than")).to_be_visible()
    await expect(page.get_by_text("a.pdf is no picture")).to_be_visible()
    await book.all_saved()
    book = await tab.reload()
    await expect(picture).to_have_attribute("src", re.compile("^data:image/jpeg;base64,"))
    assert await names_in_file(book) == ["my-dot-2.png", "my-dot.png", "photo.jpg"]


async def names_in_file(book: Book) -> list[str]:
    """Attachments of the first cell in the file that one downloads."""
    response = await book.page.request.get(f"{book.tab.server.url}/api/v1{book.path}/file")
    cell = json.loads(await response.text())["cells"][0]
    return sorted(cell.get("attachments", {}))


async def test_two_people_write_one_text(tab: Tab) -> None:
    book = await tab.upload("both.ipynb", ipynb(text("- [ ] task\n\nend")))
    page = await tab.page.context.new_page()
    other = await Tab(page, tab.server).open(book.path)
    await expect(other.cell(0).place.get_by_role("checkbox")).to_be_visible()
    await book.cell(0).place.get_by_text("end").dblclick()
    await book.cell(0).editor.press("Control+End")
    await tab.page.keyboard.type(" of it")
    await other.cell(0).place.get_by_role("checkbox").check()
    await expect(other.cell(0).place.get_by_text("end of it")).to_be_visible()
    await expect(book.cell(0).editor).to_contain_text("[x] task")
    await expect(book.cell(0).place.get_by_role("checkbox")).to_be_checked()
    await page.close()
