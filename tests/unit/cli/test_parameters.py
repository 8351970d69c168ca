"""`--param`: what values mean, and where their cell goes."""

import ast
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noctule.cli.parameters import has_place, inject, parse, source, value_of
from noctule.errors import Invalid
from noctule.notebook.mend import ParsedCell
from noctule.notebook.nbformat_io import ParsedNotebook
from noctule_agent.wire.values import CellId


def notebook(*tags: str, language: str = "python") -> ParsedNotebook:
    """One code cell for each tag ("" for none), named c0, c1, ..."""
    cells = [
        ParsedCell(id=CellId(f"c{i}"), type="code", source=f"s{i}", meta={"tags": [tag]} if tag else {})
        for i, tag in enumerate(tags)
    ]
    return ParsedNotebook(nb={"metadata": {"kernelspec": {"language": language}}}, cells=cells)


def ids(nb: ParsedNotebook) -> list[str]:
    return [cell.id for cell in nb.cells]


NEW = CellId("new")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("3", 3),
        ("-7", -7),
        ("0.5", 0.5),
        ("1e-3", 0.001),
        ("true", True),
        ("False", False),
        ("none", None),
        ("null", None),
        ("[1, 2]", [1, 2]),
        ('{"a": [true, null]}', {"a": [True, None]}),
        ('"3"', "3"),
        ("hello world", "hello world"),
        ("[not json", "[not json"),
        ("a=b", "a=b"),
        ("", ""),
    ],
)
def test_a_value_is_read_as_what_it_looks_like(text: str, value: object) -> None:
    found = parse([f"x={text}"])["x"]
    assert found == value
    assert type(found) is type(value)


def test_whether_a_notebook_says_where_parameters_go() -> None:
    assert not has_place(notebook("", "other"))
    assert has_place(notebook("", "parameters"))
    assert has_place(notebook("injected-parameters"))


@pytest.mark.parametrize("text", ["x", "=3", "1x=3", "a b=3", "class=3", "import os; y=3"])
def test_a_name_that_python_would_not_take_is_refused(text: str) -> None:
    with pytest.raises(Invalid):
        parse([text])


def test_the_last_of_a_name_wins() -> None:
    assert parse(["x=1", "y=2", "x=3"]) == {"x": 3, "y": 2}


def test_the_cell_goes_after_the_one_tagged_parameters() -> None:
    assert ids(inject(notebook("", "parameters", ""), {"x": 1}, NEW)) == ["c0", "c1", "new", "c2"]


def test_without_such_a_cell_it_goes_first() -> None:
    assert ids(inject(notebook("", ""), {"x": 1}, NEW)) == ["new", "c0", "c1"]
    assert ids(inject(notebook(), {"x": 1}, NEW)) == ["new"]


def test_an_injected_cell_is_replaced_in_its_place() -> None:
    once = inject(notebook("parameters", ""), {"x": 1}, NEW)
    twice = inject(once, {"x": 2}, CellId("newer"))
    assert ids(twice) == ["c0", "new", "c1"]
    assert twice.cells[1].source == "# Parameters\nx = 2\n"
    assert twice.cells[1].meta == {"tags": ["injected-parameters"]}


def test_the_given_notebook_is_left_as_it_is() -> None:
    given_nb = notebook("parameters")
    inject(given_nb, {"x": 1}, NEW)
    assert given_nb == notebook("parameters")


def test_a_notebook_of_another_language_is_refused() -> None:
    with pytest.raises(Invalid, match="julia"):
        inject(notebook("", language="julia"), {"x": 1}, NEW)


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=10,
)


def same(one: object, other: object) -> bool:
    if isinstance(one, float) and isinstance(other, float):
        return one == other or (math.isnan(one) and math.isnan(other))
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    return type(one) is type(other) and one == other


@given(values)
def test_the_code_of_the_cell_gives_the_value_back(value: object) -> None:
    code = source({"x": value})
    tree = ast.parse(code)
    assert len(tree.body) == 1, "a value never becomes a statement"
    names: dict[str, Any] = {}
    exec(code, names)
    assert same(names["x"], value)


@given(st.text())
def test_any_text_is_a_value(text: str) -> None:
    value_of(text)
