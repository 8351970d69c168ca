"""How the system's Chromium is started by tests, benches and the pictures: without what is not the page's."""

from pathlib import Path
from typing import Final

CHROMIUM: Final = Path("/usr/bin/chromium")

_FEATURES: Final = (
    # Menus of the browser's address bar are pages themselves: they cost a second of CPU for each new window.
    "WebUIOmniboxPopup",
    "WebUIOmniboxAimPopup",
    # The switch replaces Playwright's own: of those, what could come between a test and the page.
    "PaintHolding",
    "HttpsUpgrades",
    "HttpsFirstBalancedModeAutoEnable",
    "DestroyProfileOnBrowserClose",
    "AvoidUnnecessaryBeforeUnloadCheckSync",
    "OptimizationHints",
    "NetworkTimeServiceQuerying",
    "MediaRouter",
)

ARGUMENTS: Final = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    f"--disable-features={','.join(_FEATURES)}",
)
