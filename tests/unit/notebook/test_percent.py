"""The percent format: what comes back is what was written, and what people and other programs write is understood."""

import ast
import string
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from noctule.notebook.percent import LANGUAGES, TRANSIENT, from_percent, to_percent

_TRICKY = [
    "# %%",
    "# %% [markdown]",
    "%% x",
    "#%%",
    "# # %%",
    "%matplotlib inline",
    "# %time x",
    "!ls",
    "  !ls",
    "# !ls",
    "%%bash",
    "%%time",
    "?print",
    '"""',
    "# ---",
    "",
    "#",
    "# # !x",
    "%%html -a b",
    "!=",
    "% x",
    "    # %%",
]
_LINE = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\n\r"), max_size=30),
    st.sampled_from(_TRICKY),
)
_SOURCE = st.lists(_LINE, max_size=6).map("\n".join)
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(st.characters(exclude_categories=["Cs"]), max_size=10),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(string.ascii_letters, max_size=5), inner, max_size=3)
    ),
    max_leaves=5,
)
_KEYS = st.from_regex(r"[A-Za-z_][A-Za-z0-9_.-]{0,8}", fullmatch=True).filter(
    lambda key: key not in TRANSIENT | {"language", "magic_args", "title"}
)
_TITLE = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=15)
_META = st.builds(
    lambda meta, title: {**({"title": title} if title else {}), **meta},
    st.dictionaries(_KEYS, _JSON, max_size=3),
    st.none() | _TITLE,
)
_CELL = st.builds(
    lambda cell_type, source, metadata: {"cell_type": cell_type, "source": source, "metadata": metadata},
    st.sampled_from(["code", "markdown", "raw"]),
    _SOURCE,
    _META,
)


def _kept(cell: dict[str, Any]) -> tuple[str, str, dict[str, Any]]:
    """What a script keeps: of code cells no trailing blank lines; a lone quoted string is text by itself."""
    lines = cell["source"].split("\n")
    while cell["cell_type"] == "code" and lines and not lines[-1].strip():
        lines.pop()
    return cell["cell_type"], "\n".join(lines), cell["metadata"]


def _notebook(*cells: dict[str, Any]) -> dict[str, Any]:
    return {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": list(cells)}


@given(st.lists(_CELL, max_size=5))
def test_cells_come_back_as_they_were(cells: list[dict[str, Any]]) -> None:
    back = from_percent(to_percent(_notebook(*cells)))["cells"]
    assert [_kept(cell) for cell in back] == [_kept(cell) for cell in cells]


@given(st.text(max_size=200))
def test_any_text_is_a_notebook_that_is_written_and_read_alike(text: str) -> None:
    once = from_percent(text.replace("\r", ""))
    assert [_kept(cell) for cell in from_percent(to_percent(once))["cells"]] == [_kept(cell) for cell in once["cells"]]


def test_a_script_of_jupytext_is_understood() -> None:
    script = '''# ---
# jupyter:
#   jupytext:
#     formats: ipynb,py:percent
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # A title
#
# Some *text*.

# %% Load [md] tags=["a", "b"]
"""
In a string
"""

# %% Load the data tags=["parameters"] jupyter={"source_hidden": true}
# %matplotlib inline
x = 1


# %% language="bash" magic_args="-e"
# ls $HOME

# %% [raw]
# raw

#%%
print(x)
'''
    nb = from_percent(script)
    assert nb["metadata"]["kernelspec"] == {
        "display_name": "Python 3 (ipykernel)",
        "language": "python",
        "name": "python3",
    }
    assert [_kept(cell) for cell in nb["cells"]] == [
        ("markdown", "# A title\n\nSome *text*.", {}),
        ("markdown", "In a string", {"title": "Load", "tags": ["a", "b"]}),
        (
            "code",
            "%matplotlib inline\nx = 1",
            {"title": "Load the data", "tags": ["parameters"], "jupyter": {"source_hidden": True}},
        ),
        ("code", "%%bash -e\nls $HOME", {}),
        ("raw", "raw", {}),
        ("code", "print(x)", {}),
    ]


def test_a_plain_script_is_one_cell() -> None:
    nb = from_percent("import sys\r\n\r\nprint(sys.path)\r\n")
    assert [cell["source"] for cell in nb["cells"]] == ["import sys\n\nprint(sys.path)"]
    assert from_percent("")["cells"] == []


def test_what_is_written_is_python() -> None:
    cells = [
        {"cell_type": "markdown", "source": "# Title\n\ntext", "metadata": {}},
        {"cell_type": "code", "source": "%pip install x\nif True:\n    !ls\n    pass", "metadata": {}},
        {"cell_type": "code", "source": "%%html\n<b>no Python</b>", "metadata": {}},
    ]
    written = to_percent(_notebook(*cells))
    ast.parse(written)
    assert '# %% language="html"\n# <b>no Python</b>' in written
    assert "html" in LANGUAGES


def test_outputs_and_what_only_a_page_means_are_left_out() -> None:
    cell = {
        "cell_type": "code",
        "source": ["a = 1\n", "a"],
        "metadata": {"collapsed": True, "tags": ["t"]},
        "outputs": [{"output_type": "stream", "name": "stdout", "text": "secret"}],
    }
    written = to_percent(_notebook(cell))
    assert "secret" not in written
    assert written.endswith('# %% tags=["t"]\na = 1\na\n')
