"""What widgets need besides the socket: buffers of their state, and the scripts of third parties' packages.

The scripts are those that packages put into `share/jupyter/nbextensions` of the kernel environment and of the user. Output
frames load them, which have no credentials: so they are anybody's to read, like the frame itself. Nothing outside of these
folders is, symlinks included.
"""

import asyncio
import mimetypes
import os
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from litestar import Response, get
from litestar.params import FromPath

from noctule.errors import NotFound
from noctule.http.context import AppRequest, TheCore
from noctule.http.outputs import UNTRUSTED
from noctule.http.static import frame_headers
from noctule.store import runs
from noctule_agent.wire.limits import NBEXTENSION_FILE_BYTES
from noctule_agent.wire.values import NotebookId


@get("/api/v1/notebooks/{notebook_id:str}/widgets/buffers/{sha256:str}", tags=["outputs"])
async def buffer(core: TheCore, notebook_id: FromPath[str], sha256: FromPath[str]) -> Response[bytes]:
    """A buffer of a widget's state, by its digest"""
    data = await core.store.read(lambda tx: runs.widget_buffer(tx, NotebookId(notebook_id), sha256))
    if data is None:
        raise NotFound("buffer-not-found", "No widget has this buffer any more.", "Its state has changed since.")
    headers = {**UNTRUSTED, "cache-control": "private, max-age=86400, immutable"}
    return Response(data, media_type="application/octet-stream", headers=headers)


@get("/static/nbextensions/{name:path}", include_in_schema=False)
async def nbextension(request: AppRequest, core: TheCore, name: FromPath[Path]) -> Response[bytes]:
    """A file of a third party's widget package, for output frames."""
    python = core.config.kernel_python or Path(sys.executable)
    path = await asyncio.to_thread(find, str(name).lstrip("/"), folders(python))
    if path is None:
        raise NotFound("no-nbextension", "The kernel's environment has no such file.", "Install the widget's package.")
    media_type = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    headers = {**frame_headers(request.headers["host"]), "cache-control": "no-cache"}
    return Response(await asyncio.to_thread(path.read_bytes), media_type=media_type, headers=headers)


def folders(python: Path, environ: Mapping[str, str] = os.environ) -> list[Path]:
    """Where packages put their scripts, as Jupyter looks for them: what is set, the environment, the user, the system."""
    return [place / "nbextensions" for place in _jupyter(python, environ)]


def _jupyter(python: Path, environ: Mapping[str, str]) -> Iterator[Path]:
    yield from (Path(part) for part in environ.get("JUPYTER_PATH", "").split(os.pathsep) if part)
    # Not resolved: the Python of a virtual environment is a link to that of another.
    yield python.parent.parent / "share" / "jupyter"
    home = environ.get("JUPYTER_DATA_DIR")
    yield Path(home) if home else Path("~/.local/share/jupyter").expanduser()
    yield from (Path("/usr/local/share/jupyter"), Path("/usr/share/jupyter"))


def find(name: str, places: list[Path]) -> Path | None:
    """The first such file, if it lies beneath its place and is not too large."""
    for place in places:
        root = place.resolve()
        try:
            path = (root / name).resolve()
            beneath = path.is_relative_to(root) and path != root
            if beneath and path.is_file() and path.stat().st_size <= NBEXTENSION_FILE_BYTES:
                return path
        except (OSError, ValueError):
            continue
    return None
