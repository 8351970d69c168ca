"""The layout of the file: that of nbformat, byte for byte, however long the texts are and however they come."""

import tracemalloc
from collections.abc import Iterator
from typing import Any

import nbformat
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from noctule.notebook import layout
from noctule.notebook.layout import PIECE_BYTES, pieces
from noctule.texts import Text

ENDS = ["\n", "\r", "\r\n", "\v", "\f", "\x1c", "\x1d", "\x1e", "\x85", "\u2028", "\u2029"]
TEXTS = st.lists(
    st.sampled_from(
        [*ENDS, "a", "\\", "\\n", "\\u2028", "\\u000b", '"', ",", "\x00", "\x01", "\x1b", "é", "📊", " " * 9]
    )
    | st.text(max_size=4)
).map("".join)
MIMES = st.sampled_from(["text/plain", "text/html", "image/svg+xml", "image/png", "application/javascript", "x/y"])


@pytest.fixture(autouse=True)
def nothing_is_short(monkeypatch: pytest.MonkeyPatch) -> None:
    """Texts are long from a few characters on, and are written in parts of three."""
    monkeypatch.setattr(layout, "_LONG", 5)
    monkeypatch.setattr(layout, "_PART", 3)


def notebook(*outputs: dict[str, Any], **cell: Any) -> dict[str, Any]:
    plain = {"id": "a", "cell_type": "code", "metadata": {}, "source": "", "execution_count": None}
    cells = [{**plain, "outputs": list(outputs), **cell}]
    return {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": cells}


def stream(text: Any) -> dict[str, Any]:
    return {"output_type": "stream", "name": "stdout", "text": text}


def display(data: Any) -> dict[str, Any]:
    return {"output_type": "display_data", "data": data, "metadata": {"k": {"deep": [1, {"a": []}]}}}


def written(nb: dict[str, Any]) -> str:
    return b"".join(pieces(nb)).decode()


def reference(nb: dict[str, Any]) -> str:
    return nbformat.writes(nbformat.from_dict(nb), version=nbformat.NO_CONVERT) + "\n"


def cut(text: str, size: int) -> Text:
    data = text.encode()
    return Text(data[at : at + size] for at in range(0, len(data), size))


FEW = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])


@FEW
@given(TEXTS, st.dictionaries(MIMES, TEXTS, max_size=3), TEXTS)
@example("ab\r\ncd\r\n", {}, "abcdef\r")
@example("abc\r\r\n\r", {}, "\r\n\r\n\r\n")
@example("", {"text/plain": "", "image/png": ""}, "\\\n\\\\\n\\\\\\n")
def test_the_file_is_that_of_nbformat(said: str, shown: dict[str, str], source: str) -> None:
    nb = notebook(stream(said), display(shown), stream(said), source=source)
    assert written(nb) == reference(nb)


@FEW
@given(TEXTS, MIMES, st.integers(1, 7))
def test_a_text_that_is_not_held_is_written_as_if_it_were(text: str, mime_type: str, size: int) -> None:
    held = notebook(stream(text), display({mime_type: text}))
    given_nb = notebook(stream(cut(text, size)), display({mime_type: cut(text, size)}))
    assert written(given_nb) == reference(held)


@FEW
@given(TEXTS, st.dictionaries(MIMES, TEXTS, max_size=2))
def test_attachments_and_cells_without_outputs_are_those_of_nbformat(source: str, attached: dict[str, str]) -> None:
    nb = notebook()
    nb["cells"] = [
        {"id": "a", "cell_type": "markdown", "metadata": {}, "source": source, "attachments": {"f": attached}},
        {"id": "b", "cell_type": "raw", "metadata": {"k": [[], {}]}, "source": source},
    ]
    assert written(nb) == reference(nb)


def test_a_notebook_without_cells_is_that_of_nbformat() -> None:
    nb: dict[str, Any] = {"nbformat": 4, "nbformat_minor": 5, "metadata": {"a": {"b": 1}}, "cells": []}
    assert written(nb) == reference(nb)


@pytest.mark.parametrize("text", ["a\ud800b\n", "long enough \udfff\n\ud83d\n"])
def test_a_lone_surrogate_is_replaced_and_nothing_else(text: str) -> None:
    clean = "".join("\ufffd" if "\ud800" <= char <= "\udfff" else char for char in text)
    given_nb = notebook(stream(text), display({"text/plain": text, "image/png": text, text: {text: text}}), source=text)
    held = notebook(
        stream(clean), display({"text/plain": clean, "image/png": clean, clean: {clean: clean}}), source=clean
    )
    assert written(given_nb) == reference(held)


def test_numbers_that_orjson_does_not_know_are_written_as_json_writes_them() -> None:
    numbers = [float("nan"), float("inf"), -float("inf"), 2**70, -(2**70), 1.5, 3, True, None]
    nb = notebook(display({"application/json": numbers}), stream("a long text\n"), metadata={"n": numbers})
    assert written(nb) == reference(nb)


def test_null_is_null() -> None:
    nb = notebook(display({"application/json": [None, "null"]}), metadata={"null": None})
    assert written(nb) == reference(nb)


def test_of_a_text_of_millions_of_lines_little_is_held_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    chunk = b"".join(b"%d\n" % number for number in range(10_000))
    nb = notebook(stream(Text(chunk for _ in range(200))))
    tracemalloc.start()
    try:
        size = longest = 0
        for piece in pieces(nb):
            size += len(piece)
            longest = max(longest, len(piece))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert size > 200 * len(chunk)
    assert longest < 8 * PIECE_BYTES
    assert peak < 4_000_000


def test_a_cell_is_asked_for_when_the_one_before_it_was_written() -> None:
    read: list[str] = []

    def chunks(name: str) -> Iterator[bytes]:
        yield b"x"
        read.append(name)

    def cells() -> Iterator[dict[str, Any]]:
        for name in "abc":
            yield from notebook(stream(Text(chunks(name))), id=name)["cells"]
            read.append(f"after {name}")

    written({**notebook(), "cells": cells()})
    assert read == ["a", "after a", "b", "after b", "c", "after c"]
