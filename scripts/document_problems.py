#!/usr/bin/env python3
"""Writes docs/problems.md: every code of an error or a cause that the sources make, with its words. `--check` only compares.

It reads the sources as syntax trees: calls of the classes in noctule.errors, of Problem, Rejected and Cause, whose first
argument is a code written out. What stands in braces there is shown as an ellipsis.
"""

import argparse
import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SOURCES = ("src/noctule", "agent/src/noctule_agent")
TARGET = ROOT / "docs" / "problems.md"
STATUS = {
    "NotFound": "404",
    "Conflict": "409",
    "Invalid": "422",
    "TooLarge": "413",
    "Unauthorized": "401",
    "Forbidden": "403",
    "TooMany": "429",
    "Refused": "400",
    "Unavailable": "503",
    "StorageFull": "507",
    "StorageUnavailable": "503",
    "Rejected": "409",
    "Problem": "as said",
    "Cause": "a cause",
}
CODE = re.compile(r"[a-z]+(-[a-z]+)*")
FAKES = ("fake.py",)

HEAD = """# Problems and causes

Every error that a person or a program can meet has a stable code. Over HTTP it is a problem detail
([RFC 9457](https://www.rfc-editor.org/rfc/rfc9457)) with the fields `type`, `title`, `status`, `detail` and `code`; on a
notebook's socket the same stands in `failed` and `refused`; the command line prints it. *A cause* says why an execution, a
kernel, a runtime or a connection ended or waits, and carries its evidence. Written by `make format` from the sources.

| code | status | what it says |
| --- | --- | --- |
"""


def calls(tree: ast.AST) -> Iterator[tuple[str, str, str]]:
    """(code, class, words) of each call that makes a problem."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name) or node.func.id not in STATUS:
            continue
        given = {keyword.arg: keyword.value for keyword in node.keywords}
        code = node.args[0] if node.args else given.get("code")
        words = node.args[1] if len(node.args) > 1 else given.get("title") or given.get("message")
        if isinstance(code, ast.Constant) and isinstance(code.value, str) and CODE.fullmatch(code.value):
            yield code.value, node.func.id, text(words)


def text(words: ast.expr | None) -> str:
    match words:
        case ast.Constant(value=str() as value):
            return value
        case ast.JoinedStr(values=values):
            return "".join(text(value) for value in values)
        case _:
            return "…"


def table() -> str:
    found: dict[str, tuple[str, str]] = {}
    for source in SOURCES:
        for path in sorted((ROOT / source).rglob("*.py")):
            if path.name not in FAKES:
                for code, kind, words in calls(ast.parse(path.read_text())):
                    before = found.get(code)
                    if before is None or before[1] == "…":
                        found[code] = (STATUS[kind], words)
    rows = (
        f"| `{code}` | {status} | {words.strip().replace('|', '/')} |\n"
        for code, (status, words) in sorted(found.items())
    )
    return HEAD + "".join(rows)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="only compare; exit 1 when it is out of date")
    wanted = table()
    if not parser.parse_args().check:
        TARGET.write_text(wanted)
        return 0
    if TARGET.exists() and TARGET.read_text() == wanted:
        return 0
    sys.stderr.write("docs/problems.md does not say what the sources say; run `make format`\n")
    return 1


if __name__ == "__main__":
    sys.exit(main())
