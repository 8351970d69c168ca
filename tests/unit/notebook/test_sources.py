"""What is searched of a notebook's file, whatever the file is."""

import json
import tracemalloc
from typing import Any

import pytest

from noctule.notebook import sources
from noctule.notebook.sources import CellText, cells_of


def book(*cells: Any, **more: Any) -> bytes:
    return json.dumps({"nbformat": 4, "cells": cells, **more}).encode()


def test_sources_are_read_with_their_cells_and_outputs_are_not() -> None:
    data = book(
        {"id": "a", "cell_type": "markdown", "source": ["# Über\n", "text"]},
        {"id": "b", "cell_type": "code", "source": "x = 1", "outputs": [{"text": "secret"}]},
        {"cell_type": "code", "source": "   \n"},
        {"id": "no id: <b>", "source": "y"},
        {"source": "z"},
    )
    assert cells_of(data) == [
        CellText("a", "# Über\ntext"),
        CellText("b", "x = 1"),
        CellText("", "y"),
        CellText("", "z"),
    ]


def test_nbformat_3_and_a_bom_are_read() -> None:
    old = {"nbformat": 3, "worksheets": [{"cells": [{"cell_type": "code", "input": ["a = 1\n", "b"]}]}]}
    assert cells_of(b"\xef\xbb\xbf" + json.dumps(old).encode()) == [CellText("", "a = 1\nb")]


def test_what_jupyter_writes_and_json_has_not_is_read() -> None:
    data = b'{"cells": [{"source": "NaN is kept \\u00e9", "outputs": [NaN, -Infinity, "\\ud800", "\\\\ud800"]}]}'
    assert cells_of(data) == [CellText("", "NaN is kept é")]
    assert cells_of(b'{"cells": [{"source": "a\\ud800b"}]}') == [CellText("", "a?b")]
    assert cells_of(b'{"cells": [{"source": "a\xffb"}]}') == [CellText("", "a\ufffdb")]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\0" * 1000,
        b"[]",
        b"null",
        b'"x"',
        b'{"cells": null}',
        b'{"cells": [1, 2]}',
        b'{"cells": [{"source": 5}, {"source": {"a": "b"}}, {"source": [1, null]}, {"source": "\\x"}]}',
        b'{"cells": [{"source": "x"',
        b'{"x": ' + b"[" * 200_000,
        b'{"cells": ' + b'[{"a":' * 200_000,
        b'{"cells": [{"source": ' + b"[" * 100_000 + b"]" * 100_000 + b"}]}",
        b'{"n": ' + b"9" * 10_000 + b', "cells": [{"source": ' + b"9" * 10_000 + b"}]}",
    ],
)
def test_what_is_no_notebook_says_nothing_and_raises_nothing(data: bytes) -> None:
    assert cells_of(data) == []


def test_a_notebook_says_no_more_than_is_searched(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sources, "TEXT_CHARS_PER_NOTEBOOK", 10)
    found = cells_of(book({"source": "12345678"}, {"source": "90abc"}, {"source": "more"}))
    assert [cell.text for cell in found] == ["12345678", "90"]


@pytest.mark.parametrize("part", [b"{},", b"[],", b"0,", b'"ab",', b'{"source":["ab"]},'])
def test_a_hostile_file_takes_no_more_memory_than_a_few_times_its_size(part: bytes) -> None:
    for head, end in ((b'{"cells":[', b"]}"), (b'{"x":NaN,"cells":[{"source":[', b"]}]}")):
        data = head + (part * (3_000_000 // len(part))).rstrip(b",") + end
        tracemalloc.start()
        try:
            cells_of(data)
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
        assert peak < 20 * len(data)
