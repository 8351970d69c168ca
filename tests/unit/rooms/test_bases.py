"""What stands for the outputs of a cell: the same for a file that was read and for the rows that it was written from."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noctule.notebook import nbformat_io
from noctule.notebook.layout import pieces
from noctule.rooms.bases import Base, Bases, outputs_digest
from noctule.texts import Text
from noctule_agent.wire.values import NotebookId

NOTEBOOK = NotebookId("n")

TEXTS = st.text(st.characters(codec="utf-8"), max_size=20) | st.sampled_from(["a\r\nb\n", "\u2028\x85\f", "x\n" * 900])
JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=5,
)
BUNDLES = st.dictionaries(st.sampled_from(["text/plain", "image/png", "image/svg+xml", "x/y"]), TEXTS, max_size=3)
OUTPUTS = st.lists(
    st.builds(lambda text: {"output_type": "stream", "name": "stdout", "text": text}, TEXTS)
    | st.builds(
        lambda data, value: {
            "output_type": "display_data",
            "data": {**data, "application/json": value},
            "metadata": {},
        },
        BUNDLES,
        JSON_VALUES,
    ),
    max_size=3,
)


def unheld(value: Any) -> Any:
    """With texts that are not held."""
    return Text([value.encode()]) if isinstance(value, str) else value


def with_texts(output: dict[str, Any]) -> dict[str, Any]:
    if output["output_type"] == "stream":
        return {**output, "text": unheld(output["text"])}
    data = output["data"]
    return {**output, "data": {key: value if "json" in key else unheld(value) for key, value in data.items()}}


def file_of(outputs: list[dict[str, Any]]) -> bytes:
    cell = {"id": "a", "cell_type": "code", "metadata": {}, "source": "", "execution_count": None, "outputs": outputs}
    return b"".join(pieces({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [cell]}))


@given(OUTPUTS)
def test_outputs_that_were_written_and_read_are_the_same_held_or_not(outputs: list[dict[str, Any]]) -> None:
    given_outputs = [with_texts(output) for output in outputs]
    data = file_of(given_outputs)
    assert json.loads(data)["cells"][0]["id"] == "a"
    [cell] = nbformat_io.parse(data, iter("bcd").__next__).cells
    assert outputs_digest(cell.outputs) == outputs_digest(given_outputs) == outputs_digest(outputs)


@pytest.mark.parametrize(
    "other",
    [
        [],
        [{"output_type": "stream", "name": "stderr", "text": "a\n"}],
        [{"output_type": "stream", "name": "stdout", "text": "a"}],
        [{"output_type": "stream", "name": "stdout", "text": "a\n"}] * 2,
        [{"output_type": "display_data", "data": {"text/plain": "a\n"}, "metadata": {}}],
    ],
)
def test_outputs_that_mean_something_else_differ(other: list[dict[str, Any]]) -> None:
    assert outputs_digest(other) != outputs_digest([{"output_type": "stream", "name": "stdout", "text": ["a\n"]}])


def base(source: str, *, ours: bool = True) -> Base:
    return Base(cells=[], nb={"source": source}, outputs={}, ours=ours)


def test_a_later_file_of_ours_that_the_row_does_not_name_is_the_last(tmp_path: Path) -> None:
    bases = Bases(tmp_path)
    bases.save(NOTEBOOK, "one", base("1"))
    assert bases.last(NOTEBOOK, "one") == "one"
    bases.save(NOTEBOOK, "two", base("2"))
    assert bases.last(NOTEBOOK, "one") == "two"
    assert bases.load(NOTEBOOK, "two") == base("2")
    bases.save(NOTEBOOK, "theirs", base("3", ours=False))
    assert bases.last(NOTEBOOK, "two") == "two"


def test_an_earlier_base_that_a_dead_server_left_is_not_the_last(tmp_path: Path) -> None:
    bases = Bases(tmp_path)
    bases.save(NOTEBOOK, "one", base("1"))
    bases.save(NOTEBOOK, "two", base("2"))
    assert bases.last(NOTEBOOK, "two") == "two"
    # The first file once more: an edit was taken back.
    bases.keep_only(NOTEBOOK, "two")
    bases.save(NOTEBOOK, "one", base("1"))
    assert bases.last(NOTEBOOK, "two") == "one"
    assert bases.last(NOTEBOOK, "one") == "one"


def test_what_is_not_kept_is_gone_and_half_written_ones_with_it(tmp_path: Path) -> None:
    bases = Bases(tmp_path)
    for name in ("one", "two", "one"):
        bases.save(NOTEBOOK, name, base(name))
    [directory] = (tmp_path / "projected").iterdir()
    (directory / "9-three.tmp").touch()
    bases.keep_only(NOTEBOOK, "one")
    assert [path.name for path in directory.iterdir()] == ["3-one.json"]
    assert bases.load(NOTEBOOK, "two") is None
