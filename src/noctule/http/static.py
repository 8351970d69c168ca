"""The page, its assets and the output frame, from the package; Vite puts them there at build time.

The frame's document is immutable, and its name is its digest. It runs what notebooks contain, in an opaque origin, with no
credential; it speaks by a MessageChannel alone (docs/page.md, output frames).
"""

import mimetypes
from pathlib import Path

from litestar import Response, get
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect

from noctule.errors import NotFound
from noctule.http.context import AppRequest, TheCore, visitor_of
from noctule.http.cookies import session_cookies

ROOT = Path(__file__).parent / "static"
PAGE_CSP = (
    "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob: https:; "
    "font-src 'self' data:; connect-src 'self'; frame-src 'self'; object-src 'none'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'"
)
IMMUTABLE = "public, max-age=31536000, immutable"
FRAME_FILES = ("frame/", "nbextensions/")
"""What output frames load of ours: anybody's to read, of any origin."""


def frame_csp(host: str) -> str:
    """What an output frame may load: anything by https, and of this server the files for frames alone.

    Sources without a scheme are of the document's own, so that it may be http on the machine itself.
    """
    own = " ".join(f"{host}/static/{folder}" for folder in FRAME_FILES)
    return (
        "sandbox allow-scripts; default-src 'none'; "
        f"script-src 'unsafe-inline' 'unsafe-eval' data: blob: https: {own}; style-src 'unsafe-inline' data: blob: https: {own}; "
        f"img-src data: blob: https: {own}; font-src data: blob: https: {own}; media-src data: blob: https:; "
        f"connect-src data: blob: https: wss: {own}; frame-src data: blob: https:; worker-src data: blob:; "
        "form-action 'none'; base-uri 'none'; frame-ancestors 'self'"
    )


def frame_headers(host: str) -> dict[str, str]:
    """Of what output frames load of ours: for any origin, without credentials, and confined wherever it is opened."""
    return {
        "access-control-allow-origin": "*",
        "content-security-policy": frame_csp(host),
        "cross-origin-resource-policy": "cross-origin",
        "x-content-type-options": "nosniff",
    }


def file_response(name: str, headers: dict[str, str], encodings: str) -> Response[bytes]:
    """A built file, in the best encoding that was built and is accepted. Never one outside of the folder."""
    path = (ROOT / name).resolve()
    if not path.is_relative_to(ROOT.resolve()) or not path.is_file():
        raise NotFound("not-found", "There is no such file.", "Run `make build` if the page is missing.")
    media_type = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    for encoding, suffix in (("br", ".br"), ("gzip", ".gz")):
        packed = path.with_name(path.name + suffix)
        if encoding in encodings and packed.is_file():
            headers = {**headers, "content-encoding": encoding, "vary": "accept-encoding"}
            return Response(packed.read_bytes(), media_type=media_type, headers=headers)
    return Response(path.read_bytes(), media_type=media_type, headers=headers)


def _page(request: AppRequest) -> Response[bytes]:
    headers = {
        "content-security-policy": PAGE_CSP,
        "cache-control": "no-cache",
        "referrer-policy": "no-referrer",
        "x-content-type-options": "nosniff",
    }
    return file_response("index.html", headers, request.headers.get("accept-encoding", ""))


@get("/", include_in_schema=False)
async def home(request: AppRequest, core: TheCore, token: FromQuery[str | None] = None) -> Response[bytes] | Redirect:
    """Home; with the token of the printed link, first a session for this browser."""
    if token is None:
        return _page(request)
    secret = await core.accounts.server_token.sign_in(token, visitor_of(request))
    return Redirect("/", cookies=session_cookies(request, secret))


@get(
    ["/notebooks/{notebook_id:str}", "/invitation/{secret:str}", "/account/{part:str}", "/admin/{part:str}"],
    include_in_schema=False,
)
async def named_page(request: AppRequest) -> Response[bytes]:
    """The page reads by itself what its address says."""
    return _page(request)


@get(["/sign-in", "/account", "/admin"], include_in_schema=False)
async def plain_page(request: AppRequest) -> Response[bytes]:
    return _page(request)


@get(["/drive", "/drive/{place:str}"], include_in_schema=False)
async def drive_page(request: AppRequest, place: FromPath[str] = "") -> Response[bytes]:
    del place  # the page asks for it itself
    return _page(request)


@get("/static/{name:path}", include_in_schema=False)
async def asset(request: AppRequest, name: FromPath[Path]) -> Response[bytes]:
    relative = str(name).lstrip("/")
    encodings = request.headers.get("accept-encoding", "")
    headers = {"x-content-type-options": "nosniff", "cache-control": IMMUTABLE}
    if relative.startswith("frame/"):
        headers |= frame_headers(request.headers["host"])
    elif relative.endswith(".html"):
        headers["content-security-policy"] = PAGE_CSP
    return file_response(relative, headers, encodings)
