"""The offer to install what a cell does not find, with a kernel whose pip asks no network."""

from playwright.async_api import expect

from tests.e2e.notebooks import ipynb
from tests.e2e.pages import RUN_MS, Tab

NAME = "noctule_no_such_package"


async def test_an_installation_that_fails_says_why_and_can_be_tried_again(tab: Tab) -> None:
    offline = "import os; os.environ['PIP_NO_INDEX'] = '1'"
    book = await tab.upload("missing.ipynb", ipynb(offline, f"import {NAME}"))
    await book.run_all()
    await book.cell(1).failed()
    hint = book.cell(1).outputs.locator(".error-hint")
    offer = hint.get_by_role("button", name=f"Install {NAME}")
    await expect(hint).to_contain_text("is not installed in this runtime")
    await offer.click()
    failed = book.cell(2).outputs.locator(".error-hint")
    await expect(failed).to_contain_text("could not be installed: Could not find a version", timeout=RUN_MS)
    offer = failed.get_by_role("button", name=f"Install {NAME}")
    await expect(offer).to_be_enabled()
    assert await book.sources() == [offline, f"%pip install {NAME}", f"import {NAME}"]
    await offer.click()
    await expect(failed).to_contain_text("could not be installed", timeout=RUN_MS)
    assert len(await book.sources()) == 3, "the same cell tries again"
