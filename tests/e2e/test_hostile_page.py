"""What an output tries against the page that draws it as data - and that nothing comes of it."""

from typing import Any

import pytest
from playwright.async_api import expect

from tests.e2e.notebooks import ipynb, shown, text
from tests.e2e.pages import Book, Tab
from tests.e2e.test_isolation import Canary


@pytest.fixture
def canary(tab: Tab) -> Canary:
    return Canary(tab.page)


async def opened(tab: Tab, canary: Canary, *cells: dict[str, Any]) -> Book:
    await canary.watch()
    return await tab.upload("hostile.ipynb", ipynb(*cells))


def printed(text: str) -> dict[str, Any]:
    return {**shown(), "outputs": [{"output_type": "stream", "name": "stdout", "text": text}]}


async def addresses(book: Book) -> list[str]:
    """Where the links of the outputs lead."""
    found: list[str] = await book.page.evaluate("[...document.querySelectorAll('.outputs a')].map((link) => link.href)")
    return found


async def test_links_of_a_terminal_lead_to_the_web_or_nowhere(tab: Tab, canary: Canary) -> None:
    bad = [
        "javascript:window.__pwned=1",
        "JaVaScRiPt:window.__pwned=1",
        "data:text/html,<script>1</script>",
        "file:///etc/passwd",
        "//evil.example/",
        " javascript:1",
        "vbscript:1",
    ]
    text = "".join(f"\x1b]8;;{address}\x1b\\press {at}\x1b]8;;\x1b\\\n" for at, address in enumerate(bad))
    text += "javascript:window.__pwned=2 https://example.org/good\n"
    text += 'File "javascript:window.__pwned=3", line 1\nFile "/x\x1b]8;;https://a.example/\x07y", line 2\n'
    book = await opened(tab, canary, printed(text))
    await expect(book.cell(0).text).to_contain_text("press 6")
    assert set(await addresses(book)) == {"https://example.org/good", "https://a.example/"}
    for rel in await book.page.evaluate("[...document.querySelectorAll('.outputs a')].map((link) => link.rel)"):
        assert "noopener" in rel
    await book.cell(0).text.get_by_role("button", name='File "javascript:').click()
    await canary.silent()


async def test_formulas_make_no_links_images_ids_or_classes(tab: Tab, canary: Canary) -> None:
    formulas = [
        "\\href{javascript:window.__pwned=1}{x}",
        "\\url{javascript:window.__pwned=1}",
        "\\includegraphics{/api/v1/me?canary}",
        "\\htmlId{root}{x} \\htmlClass{dialog}{x} \\htmlStyle{position:fixed;inset:0}{x}",
        "\\def\\a{\\a\\a}\\a",
        "\\rule{99999em}{99999em}",
        "</script><img src=x onerror=window.__pwned=1>",
        "\\text{<img src=x onerror=window.__pwned=1>}",
    ]
    book = await opened(tab, canary, *[shown({"text/latex": f"$${formula}$$"}) for formula in formulas])
    await expect(book.cell(0).outputs.locator(".katex, .katex-error")).not_to_have_count(0)
    await book.cell(len(formulas) - 1).place.scroll_into_view_if_needed()
    await expect(book.cell(len(formulas) - 1).outputs.locator(".katex, .katex-error")).not_to_have_count(0)
    latex = book.page.locator(".output-latex")
    await expect(latex.locator("a, img, script, [id], .dialog, [style*=fixed]")).to_have_count(0)
    await canary.silent()


async def test_a_deep_and_a_huge_value_are_shown_without_harm(tab: Tab, canary: Canary) -> None:
    deep: Any = "bottom"
    for _ in range(90):
        deep = [deep]
    wide = {
        f"<img src=x onerror=window.__pwned={at}>": "</script><script>window.__pwned=1</script>" for at in range(5000)
    }
    book = await opened(tab, canary, shown({"application/json": deep}), shown({"application/json": wide}))
    await expect(book.cell(0).place.get_by_role("tree")).to_be_visible()
    await book.cell(1).place.scroll_into_view_if_needed()
    tree = book.cell(1).place.get_by_role("tree")
    await expect(tree).to_contain_text("Show more (4,900 left)")
    await expect(tree.locator("img")).to_have_count(0)
    await canary.silent()


async def test_a_huge_table_is_paged_and_markup_in_one_stays_in_the_frame(tab: Tab, canary: Canary) -> None:
    head = '<table border="1" class="dataframe">\n<thead><tr style="text-align: right;"><th></th><th>a</th></tr></thead><tbody>'
    rows = "".join(f"<tr><th>{at}</th><td>&lt;img src=x onerror=window.__pwned=1&gt;</td></tr>" for at in range(20_000))
    evil = "<tr><th>0</th><td><img src=x onerror=\"try{parent.__pwned='table'}catch{}\"></td></tr>"
    end = "</tbody></table>"
    book = await opened(
        tab,
        canary,
        shown({"text/html": f"<div>{head}{rows}{end}</div>", "text/plain": "frame"}),
        shown({"text/html": f"<div>{head}{evil}{end}</div>", "text/plain": "frame"}),
    )
    await expect(book.cell(0).outputs).to_contain_text("1 to 10 of 20,000 rows")
    await expect(book.cell(0).outputs.get_by_role("row")).to_have_count(11)
    await expect(book.cell(0).outputs.locator("img")).to_have_count(0)
    await book.cell(1).place.scroll_into_view_if_needed()
    await expect(book.cell(1).frame.locator("table")).to_be_visible()
    await canary.silent()


@pytest.mark.parametrize(
    "bundle",
    [
        {"audio/wav": 'x" onerror="window.__pwned=1'},
        {"audio/x-evil": "aGVsbG8="},
        {"video/mp4": "<svg onload=window.__pwned=1>"},
        {"video/html": "PHNjcmlwdD4xPC9zY3JpcHQ+"},
        {"image/png": 'iVBORw0KGgo" onerror="window.__pwned=1'},
        {"image/svg+xml": "<svg xmlns='http://www.w3.org/2000/svg' onload='window.__pwned=1'><image href='/api/v1/me?canary'/><foreignObject><iframe src='javascript:parent.__pwned=1'/></foreignObject></svg>"},
        {"application/pdf": "<script>window.__pwned=1</script>"},
        {"text/markdown": "[x](javascript:window.__pwned=1) <img src=x onerror=window.__pwned=1>"},
    ],
)  # fmt: skip
async def test_a_value_that_is_not_what_it_says_is_only_not_shown(
    tab: Tab, canary: Canary, bundle: dict[str, object]
) -> None:
    book = await opened(tab, canary, shown({**bundle, "text/plain": "plain"}), shown({"text/plain": "the last"}))
    await expect(book.cell(1).text).to_have_text("the last")
    await book.all_saved()
    await expect(book.cell(0).outputs.locator("iframe, script, [onerror], [onload]")).to_have_count(0)
    await canary.silent()


async def test_a_text_that_nothing_can_draw_takes_no_page_with_it(tab: Tab, canary: Canary) -> None:
    deep = "{" * 9_000 + "}" * 9_000
    many = "\\[ a\n" * 2_500 + "\\] x\n"
    last = shown({"text/plain": "the last"})
    book = await opened(tab, canary, text(f"$${deep}$$"), text(many), shown({"text/latex": f"$${deep}$$"}), last)
    # How deep is too deep depends on the browser: it is drawn, or shown as it is written.
    await expect(book.cell(0).place.locator(".prose")).to_contain_text("{{{{")
    for index in (2, 3):
        await book.cell(index).place.scroll_into_view_if_needed()
    await expect(book.cell(3).text).to_have_text("the last")
    await expect(book.cell(2).outputs).to_contain_text("{{{{")
    await expect(book.page.get_by_role("alert")).to_have_count(0)
    await canary.silent()
