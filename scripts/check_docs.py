#!/usr/bin/env python3
"""Checks that docs say what the code says: limits, settings, invariants. `--write` brings the figures up to date.

docs/limits.md      every name of wire/limits.py once, with its value, and with what a person sees at it
docs/settings.md    every row of the table in noctule.config, with its default, variable, flag and help
docs/invariants.md  all invariants of the design; a test named there exists
links               every relative link of a Markdown file leads to a file
"""

import argparse
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from noctule.config import SETTINGS, Setting
from noctule_agent.wire import limits

ROOT = Path(__file__).resolve().parents[1]
UNITS = (("GB", 1024**3), ("MB", 1024**2), ("KB", 1024))
NO_LIMITS = ("KB", "MB")
LIMIT_ROW = re.compile(r"^\| `([A-Z_]+)` \| ([^|]*) \| ([^|]*) \|$", re.MULTILINE)
INVARIANT_ROW = re.compile(r"^\| (\d+) \| ([^|]*) \| ([^|]*) \|$", re.MULTILINE)
LINK = re.compile(r"\[[^\]]*\]\((?!https?:|mailto:|#)([^)#\s]+)")
SETTINGS_MARK = "<!-- settings: `make format` writes what follows -->\n"


def limits_of_code() -> dict[str, str]:
    return {
        name: shown(name, value)
        for name, value in vars(limits).items()
        if name.isupper() and name not in NO_LIMITS and isinstance(value, int | float)
    }


def shown(name: str, value: float) -> str:
    """A value for people: the unit follows from the name."""
    if "BYTES" in name:
        return next((f"{value / size:g} {unit}" for unit, size in UNITS if value >= size), f"{value:g} bytes")
    if name.endswith("SECONDS") and "PER" not in name:
        return f"{value:g} s"
    return f"{value:,}" if isinstance(value, int) else f"{value:g}"


def limits_problems(text: str) -> Iterator[str]:
    rows = {name: (value.strip(), words.strip()) for name, value, words in LIMIT_ROW.findall(text)}
    code = limits_of_code()
    for name in code.keys() - rows.keys():
        yield f"docs/limits.md does not have {name} ({code[name]})"
    for name in rows.keys() - code.keys():
        yield f"docs/limits.md has {name}, which wire/limits.py has not"
    for name in rows.keys() & code.keys():
        value, words = rows[name]
        if value != code[name]:
            yield f"docs/limits.md says that {name} is {value}; it is {code[name]}"
        if not words:
            yield f"docs/limits.md does not say what a person sees at {name}"


def limits_written(text: str) -> str:
    code = limits_of_code()
    return LIMIT_ROW.sub(lambda row: f"| `{row[1]}` | {code.get(row[1], row[2])} | {row[3]} |", text)


def settings_table() -> str:
    head = "| setting | default | variable | flag | what it is for |\n| --- | --- | --- | --- | --- |\n"
    return head + "".join(settings_row(setting) for setting in SETTINGS)


def settings_row(setting: Setting) -> str:
    default = f"`{setting.default}`" if setting.default and " " not in setting.default else setting.default or "none"
    words = f"{setting.help} ({setting.words}.)"
    return f"| `{setting.name}` | {default} | `{setting.env}` | `{setting.flag}` | {words} |\n"


def settings_written(text: str) -> str:
    return text.partition(SETTINGS_MARK)[0] + SETTINGS_MARK + "\n" + settings_table()


def settings_problems(text: str) -> Iterator[str]:
    if settings_written(text) != text:
        yield "docs/settings.md does not have the table of noctule.config as it is; `make format` writes it"


def invariants_problems(text: str, root: Path) -> Iterator[str]:
    rows = {int(number): tests for number, _, tests in INVARIANT_ROW.findall(text)}
    if sorted(rows) != list(range(1, 15)):
        yield f"docs/invariants.md has the invariants {sorted(rows)} and not 1 to 14"
    for number, tests in rows.items():
        for test in re.findall(r"`([^`]+)`", tests):
            path, _, name = test.partition("::")
            if not (root / path).exists() or (name and name not in (root / path).read_text()):
                yield f"docs/invariants.md: there is no test {test} for invariant {number}"


def link_problems(root: Path) -> Iterator[str]:
    for page in (*root.glob("*.md"), *root.glob("docs/**/*.md"), *root.glob("bench/*.md")):
        for target in LINK.findall(page.read_text()):
            if not (page.parent / target).exists():
                yield f"{page.relative_to(root)} links to {target}, which is not there"


def problems(root: Path = ROOT) -> list[str]:
    docs = root / "docs"
    return [
        *limits_problems((docs / "limits.md").read_text()),
        *settings_problems((docs / "settings.md").read_text()),
        *invariants_problems((docs / "invariants.md").read_text(), root),
        *link_problems(root),
    ]


def write(root: Path = ROOT) -> None:
    for name, written in (("limits", limits_written), ("settings", settings_written)):
        page = root / "docs" / f"{name}.md"
        page.write_text(written(page.read_text()))


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--write", action="store_true", help="write the figures and the table of settings")
    if arguments.parse_args().write:
        write()
    found = problems()
    sys.stderr.writelines(f"{line}\n" for line in found)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
