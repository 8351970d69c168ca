"""A notebook as a Python script in the percent format, as jupytext, VS Code and Spyder read and write it. Pure.

    # %% A title [markdown] tags=["a"]      begins a cell: its title, its type (code without one), its metadata as key=JSON
    # # Heading                             text and raw cells are comments
    # %matplotlib inline                    magics and shell lines are comments, so that the file is Python

Outputs, attachments, and what only a page or a run means (TRANSIENT) are not in a script; trailing blank lines of a code
cell are not kept. Everything else comes back as it was: a line that would be read as something else gets one more `# `,
which is taken away again.
"""

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

_MARKER: Final = re.compile(r"#\s?%%(%*)(?:\s+(.*))?$")
_LIKE_MARKER: Final = re.compile(r"(?:# )*#\s?%%%*(?:\s|$)")
_MAGIC: Final = re.compile(r"(\s*)((?:# )*)(%{1,2}[A-Za-z_]|![^\s=]|\?{1,2}[A-Za-z_])")
_KEY: Final = re.compile(r"(?:^|\s)([A-Za-z_][\w.-]*)=")
_TYPE: Final = re.compile(r"\[(markdown|md|raw)\](?:\s|$)")
_PLAIN_TITLE: Final = re.compile(r"[^\s\[\]={}\"'%](?:[^\n\r\[\]={}\"']*[^\s\[\]={}\"'])?")
_LANGUAGE: Final = re.compile(r"%%(\w+)(?:[ \t]+(.*))?$")
LANGUAGES: Final = frozenset({"bash", "sh", "html", "javascript", "js", "latex", "perl", "ruby", "R", "sql", "svg"})
"""Cell magics whose cell is no Python: all of it becomes comments."""
TRANSIENT: Final = frozenset(
    {"autoscroll", "collapsed", "scrolled", "trusted", "ExecuteTime", "execution", "executionInfo", "outputId", "colab"}
)
_KERNEL_FIELDS: Final = ("display_name", "language", "name")
_DECODER: Final = json.JSONDecoder()
_TYPES: Final = {"md": "markdown", "markdown": "markdown", "raw": "raw"}


def is_script(name: str) -> bool:
    return name.endswith(".py")


def script_of_ipynb(data: bytes) -> bytes:
    """The script of a notebook that was written by us; its outputs may have NaN, as Jupyter's do."""
    return to_percent(json.loads(data)).encode()


def ipynb_of_script(data: bytes) -> bytes:
    """The .ipynb that the bytes of a script are; bytes that are no UTF-8 become U+FFFD."""
    nb = from_percent(data.decode(errors="replace"))
    nb["cells"] = nb["cells"] or [_cell("", [])]
    return json.dumps(nb, ensure_ascii=False).encode()


# --- writing --------------------------------------------------------------------------------------------------------


def to_percent(nb: Mapping[str, Any]) -> str:
    """The script of a notebook in nbformat 4."""
    parts = [_front(nb.get("metadata", {}).get("kernelspec"))]
    parts.extend(_cell_text(cell) for cell in nb["cells"])
    return "\n\n".join(parts) + "\n"


def _front(kernelspec: object) -> str:
    lines = ["---", "jupyter:", "  jupytext:", "    text_representation:", "      extension: .py"]
    lines += ["      format_name: percent", "      format_version: '1.3'"]
    if isinstance(kernelspec, dict):
        fields = [(field, kernelspec[field]) for field in _KERNEL_FIELDS if isinstance(kernelspec.get(field), str)]
        lines += ["  kernelspec:", *(f"    {field}: {json.dumps(value)}" for field, value in fields)] if fields else []
    return "\n".join(f"# {line}" for line in [*lines, "---"])


def _cell_text(cell: Mapping[str, Any]) -> str:
    source = "".join(cell["source"]) if isinstance(cell["source"], list) else str(cell["source"])
    metadata = dict(cell.get("metadata", {}))
    lines = source.split("\n")
    if cell["cell_type"] != "code":
        return _joined(_header(metadata, cell["cell_type"]), map(_commented, lines))
    language = _LANGUAGE.match(lines[0])
    if language is not None and language[1] in LANGUAGES and not metadata.keys() & {"language", "magic_args"}:
        metadata["language"] = language[1]
        if language[2] is not None:
            metadata["magic_args"] = language[2]
        return _joined(_header(metadata, "code"), map(_commented, lines[1:]))
    return _joined(_header(metadata, "code"), map(_shielded, lines))


def _joined(header: str, lines: Iterable[str]) -> str:
    escaped = [f"# {line}" if _LIKE_MARKER.match(line) else line for line in lines]
    while escaped and not escaped[-1].strip():
        escaped.pop()
    return "\n".join([header, *escaped])


def _header(metadata: dict[str, Any], cell_type: str) -> str:
    words = ["# %%"]
    title = metadata.get("title")
    if isinstance(title, str) and _PLAIN_TITLE.fullmatch(title):
        words.append(title)
        del metadata["title"]
    if cell_type != "code":
        words.append(f"[{cell_type}]")
    words += [
        f"{key}={json.dumps(value, ensure_ascii=False)}"
        for key, value in metadata.items()
        if key not in TRANSIENT and _KEY.fullmatch(f"{key}=")
    ]
    return " ".join(words)


def _commented(line: str) -> str:
    return f"# {line}" if line else "#"


def _shielded(line: str) -> str:
    """A magic as a comment; a comment that looks like one, with one more `# `."""
    found = _MAGIC.match(line)
    return line if found is None else f"{found[1]}# {line[len(found[1]) :]}"


# --- reading --------------------------------------------------------------------------------------------------------


def from_percent(text: str) -> dict[str, Any]:
    """The notebook (nbformat 4, without ids) that a script is. One without any marker is one code cell."""
    lines = text.removeprefix("\ufeff").replace("\r\n", "\n").split("\n")
    kernelspec, start = _read_front(lines)
    cells: list[dict[str, Any]] = []
    header: str | None = None
    body: list[str] = []
    for line in [*lines[start:], "# %%"]:
        found = _MARKER.match(line)
        if found is None:
            body.append(line)
            continue
        if header is not None or any(part.strip() for part in body):
            cells.append(_cell(header or "", body))
        header, body = found[2] or "", []
    metadata: dict[str, Any] = {"kernelspec": kernelspec} if kernelspec else {}
    return {"nbformat": 4, "nbformat_minor": 5, "metadata": metadata, "cells": cells}


def _read_front(lines: list[str]) -> tuple[dict[str, str], int]:
    """The kernelspec of the block at the top, and where the block ends. Its YAML has no more than these fields for us."""
    if not lines or lines[0].rstrip() != "# ---":
        return {}, 0
    end = next((at for at, line in enumerate(lines[1:], 1) if line.rstrip() == "# ---"), None)
    if end is None or any(not line.startswith("#") for line in lines[:end]):
        return {}, 0
    found: dict[str, str] = {}
    inside = False
    for line in lines[1:end]:
        inside = line.strip() == "#   kernelspec:" or (inside and line.startswith("#     "))
        key, _, value = line.removeprefix("#").strip().partition(":")
        if inside and key in _KERNEL_FIELDS:
            found[key] = value.strip().strip("'\"")
    return (found if "name" in found else {}), end + 1


def _cell(header: str, body: list[str]) -> dict[str, Any]:
    cell_type, metadata = _read_header(header)
    while body and not body[-1].strip():
        body.pop()
    lines = [line[2:] if line.startswith("# ") and _LIKE_MARKER.match(line[2:]) else line for line in body]
    language = metadata.get("language")
    if cell_type != "code":
        return {"cell_type": cell_type, "metadata": metadata, "source": "\n".join(_text_of(lines))}
    if isinstance(language, str) and language in LANGUAGES:
        arguments = metadata.pop("magic_args", None)
        del metadata["language"]
        first = f"%%{language}" if arguments is None else f"%%{language} {arguments}"
        source = "\n".join([first, *map(_uncommented, lines)])
    else:
        source = "\n".join(map(_unshielded, lines))
    return {"cell_type": "code", "metadata": metadata, "source": source, "outputs": [], "execution_count": None}


def _read_header(header: str) -> tuple[str, dict[str, Any]]:
    """Title, `[type]`, then `key=JSON`. What is none of these belongs to the title."""
    at = _first_pair(header)
    metadata = {} if at is None else _read_pairs(header[at:])
    rest = header if at is None or metadata is None else header[:at]
    found = _TYPE.search(rest)
    cell_type = "code" if found is None else _TYPES[found[1]]
    title = (rest if found is None else rest[: found.start()] + rest[found.end() :]).strip()
    return cell_type, {"title": title, **(metadata or {})} if title else metadata or {}


def _first_pair(header: str) -> int | None:
    """Where the first `key=` stands that has a JSON value."""
    for key in _KEY.finditer(header):
        if _value(header, key.end()) is not None:
            return key.start()
    return None


def _value(text: str, at: int) -> tuple[Any, int] | None:
    try:
        return _DECODER.raw_decode(text, at)
    except (ValueError, RecursionError):
        return None


def _read_pairs(text: str) -> dict[str, Any] | None:
    """`key=JSON` up to the end; None when it is anything else."""
    pairs: dict[str, Any] = {}
    at, end = 0, len(text.rstrip())
    while at < end:
        key = _KEY.match(text, at)
        value = None if key is None else _value(text, key.end())
        if key is None or value is None:
            return None
        pairs[key[1]], at = value
    return pairs


def _text_of(lines: list[str]) -> list[str]:
    """Comments, or a string over all lines, as people write it."""
    for quote in ('"""', "'''"):
        whole = "\n".join(lines)
        if whole.startswith((quote, f"r{quote}")) and whole.endswith(quote) and len(whole) >= 2 * len(quote):
            inner = whole[whole.index(quote) + 3 : -3]
            return inner.strip("\n").split("\n")
    return list(map(_uncommented, lines))


def _uncommented(line: str) -> str:
    return line[2:] if line.startswith("# ") else line.removeprefix("#")


def _unshielded(line: str) -> str:
    found = _MAGIC.match(line)
    return line if found is None or not found[2] else found[1] + line[len(found[1]) + 2 :]
