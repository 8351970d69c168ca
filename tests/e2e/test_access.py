"""Everybody can use it: axe-core finds nothing serious on the list and on a notebook, in both themes and on a phone."""

from pathlib import Path
from typing import Any, Literal

import pytest
from playwright.async_api import Page, expect

from tests.e2e.notebooks import ipynb, text
from tests.e2e.pages import RUN_MS, Tab

AXE = Path(__file__).parents[2] / "web" / "node_modules" / "axe-core" / "axe.min.js"
pytestmark = pytest.mark.skipif(not AXE.exists(), reason=f"missing: {AXE} (`make setup`)")

BOOK = ipynb(
    text("# Title\n\nSome `code`, a [link](https://example.org) and\n\n| a | b |\n|---|---|\n| 1 | 2 |"),
    "# a comment\nfor i in range(3):\n    print('\\x1b[3%dm' % (i + 1) + 'text', i)\n'result'",
    "import sys\nprint('careful', file=sys.stderr)\nimport matplotlib.pyplot as plt\nplt.plot([1, 3, 2]);",
    "1 / 0",
    "never_run = True",
)


async def violations(page: Page) -> list[str]:
    """Rule and place of all that is serious or critical."""
    await page.evaluate(AXE.read_text())
    # Frames hold what notebooks bring; they are not ours to judge.
    found: dict[str, Any] = await page.evaluate("axe.run({ exclude: ['iframe'] }, { iframes: false })")
    return [
        f"{violation['id']}: {node['target']} {node['failureSummary']}"
        for violation in found["violations"]
        if violation["impact"] in {"serious", "critical"}
        for node in violation["nodes"]
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_nothing_serious_is_found_on_the_list_and_on_a_notebook(
    tab: Tab, scheme: Literal["light", "dark"]
) -> None:
    await tab.page.emulate_media(color_scheme=scheme)
    book = await tab.upload("access.ipynb", BOOK)
    await book.run_all()
    await book.cell(3).failed()
    await expect(book.cell(0).place.get_by_role("heading", name="Title")).to_be_visible()
    assert await violations(book.page) == []
    await tab.page.set_viewport_size({"width": 390, "height": 844})
    assert await violations(book.page) == []
    await tab.list()
    await expect(tab.page.get_by_role("listitem")).to_have_count(1)
    assert await violations(tab.page) == []


async def test_nothing_serious_is_found_while_a_cell_runs_waits_and_asks(tab: Tab) -> None:
    book = await tab.upload("asking.ipynb", ipynb("input('Your name? ')", "print('later')"))
    await book.run_all()
    await expect(book.cell(0).prompt).to_be_visible(timeout=RUN_MS)
    assert await violations(book.page) == []
    await book.press("Restart")
    await expect(book.page.get_by_role("dialog")).to_be_visible()
    assert await violations(book.page) == []
