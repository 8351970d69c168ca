"""Addresses of this server, as people reach it, and what may be gone on to after a sign-in."""

import re
from typing import Final

from noctule.app import Core
from noctule.http.context import AppRequest
from noctule.http.cookies import is_secure

_OWN_PATH: Final = re.compile(r"/(?![/\\])[^\x00-\x20\\\x7f]{0,1000}")


def link_to(request: AppRequest, core: Core, path: str) -> str:
    """By the name that the settings say; else by the one that was asked, which the gate has checked."""
    urls = core.config.public_urls
    base = urls[0] if urls else f"{'https' if is_secure(request) else 'http'}://{request.headers['host']}"
    return base + path


def own_path(wanted: str) -> str:
    """A path of this server and nothing else: `//elsewhere`, `/\\elsewhere` and addresses become `/` (open redirects)."""
    return wanted if _OWN_PATH.fullmatch(wanted) else "/"
