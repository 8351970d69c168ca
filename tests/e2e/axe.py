"""axe-core on the page as it stands: in both themes, and at the widths of a desk and of a phone."""

from pathlib import Path
from typing import Any, Final

import pytest
from playwright.async_api import Page

AXE: Final = Path(__file__).parents[2] / "web" / "node_modules" / "axe-core" / "axe.min.js"
WIDE, NARROW = (1440, 900), (390, 844)
needs_axe = pytest.mark.skipif(not AXE.exists(), reason=f"missing: {AXE} (`make setup`)")
_EVERYTHING: Final[dict[str, Any]] = {"iframes": False, "resultTypes": ["violations"]}
"""What is inside of frames is the notebook's, not ours."""
_COLOURS: Final = {**_EVERYTHING, "runOnly": ["color-contrast", "link-in-text-block"]}
"""All that another theme can change."""


async def violations(page: Page, options: dict[str, Any] = _EVERYTHING) -> list[str]:
    """Rule, place and reason of all that is serious or critical."""
    if not await page.evaluate("'axe' in window"):
        await page.evaluate(AXE.read_text())
    found: dict[str, Any] = await page.evaluate("(options) => axe.run(document, options)", options)
    return [
        f"{violation['id']}: {node['target']} {node['html'][:200]} {node['failureSummary']}"
        for violation in found["violations"]
        if violation["impact"] in {"serious", "critical"}
        for node in violation["nodes"]
    ]


async def assert_accessible(page: Page, *sizes: tuple[int, int]) -> None:
    """Nothing serious in what is shown now, light and dark, at these sizes; without any at both, and wide then."""
    found = []
    for width, height in sizes or (NARROW, WIDE):
        await page.set_viewport_size({"width": width, "height": height})
        await page.emulate_media(color_scheme="light", reduced_motion="reduce")
        found += [f"{width} light {each}" for each in await violations(page)]
        await page.emulate_media(color_scheme="dark", reduced_motion="reduce")
        found += [f"{width} dark {each}" for each in await violations(page, _COLOURS)]
    assert found == [], "\n".join(found)
