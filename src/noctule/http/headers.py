"""What every answer says to a browser about itself. Adds to an answer; what a handler said stays."""

from typing import Final

from litestar.types import Message, Send

ALWAYS: Final = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
)
OF_DATA: Final = (
    # Nothing of the API is a page, nor is kept by a browser or a proxy.
    (b"content-security-policy", b"default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"),
    (b"cache-control", b"no-store"),
    (b"x-frame-options", b"DENY"),
)
WHEN_SECURE: Final = ((b"strict-transport-security", b"max-age=31536000"),)
FRAMES: Final = ("/static/",)
"""Output frames and their scripts say themselves who may load them (http/static.py); a worker has the policy of its file."""


def secured(send: Send, path: str, *, secure: bool) -> Send:
    """The same `send`, which adds what is missing."""
    more = [*ALWAYS, *(OF_DATA if not path.startswith(FRAMES) else ()), *(WHEN_SECURE if secure else ())]

    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            said = {name.lower() for name, _ in message["headers"]}
            message["headers"] = [*message["headers"], *(each for each in more if each[0] not in said)]
        await send(message)

    return sending
