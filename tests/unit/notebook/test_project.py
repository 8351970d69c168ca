import json

import nbformat
from hypothesis import given
from hypothesis import strategies as st

from noctule.notebook.cells import CellView
from noctule.notebook.nbformat_io import dump
from noctule.notebook.project import WIDGET_STATE, cell_to_json, to_ipynb

CODE = CellView(id="a", type="code", source="x", meta={"tags": ["t"]}, pos="a1")
OUTPUT = {"output_type": "stream", "name": "stdout", "text": "1"}
WIDGETS = {"version_major": 2, "version_minor": 0, "state": {"m": {"model_name": "IntModel"}}}


def test_a_code_cell_gets_its_outputs_and_count() -> None:
    found = to_ipynb({"metadata": {}}, [CODE], {CODE.id: [OUTPUT]}, {CODE.id: 3})
    assert found["cells"] == [
        {
            "id": "a",
            "cell_type": "code",
            "source": "x",
            "metadata": {"tags": ["t"]},
            "outputs": [OUTPUT],
            "execution_count": 3,
        }
    ]
    nbformat.validate(found)


def test_a_code_cell_that_never_ran_has_none() -> None:
    (cell,) = to_ipynb({"metadata": {}}, [CODE], {}, {})["cells"]
    assert (cell["outputs"], cell["execution_count"]) == ([], None)


def test_outputs_of_a_cell_that_is_text_by_now_are_not_written() -> None:
    text = CellView(id="a", type="markdown", source="x")
    (cell,) = to_ipynb({"metadata": {}}, [text], {CODE.id: [OUTPUT]}, {CODE.id: 3})["cells"]
    assert cell == {"id": "a", "cell_type": "markdown", "source": "x", "metadata": {}}


def test_attachments_are_written_for_text_cells_alone() -> None:
    attachments = {"a.png": {"image/png": "AAAA"}}
    cells = [
        CellView(id="a", type="markdown", source="", attachments=attachments),
        CellView(id="b", type="code", source="", attachments=attachments),
    ]
    found = to_ipynb({"metadata": {}}, cells, {}, {})
    assert found["cells"][0]["attachments"] == attachments
    nbformat.validate(found)


def test_unknown_fields_are_written_and_never_hide_known_ones() -> None:
    odd = CellView(id="a", type="code", source="x", extra={"future": 1, "source": "hidden", "outputs": 5})
    found = to_ipynb({"metadata": {}, "future": 2, "nbformat": 9}, [odd], {}, {})
    assert (found["future"], found["nbformat"]) == (2, 4)
    assert found["cells"][0]["source"] == "x"
    assert found["cells"][0]["outputs"] == []
    assert found["cells"][0]["future"] == 1


def test_the_widget_state_replaces_that_of_the_file_and_leaves_other_versions() -> None:
    nb = {"metadata": {"widgets": {"other": 1, WIDGET_STATE: {"state": {}}}}}
    assert to_ipynb(nb, [], {}, {}, WIDGETS)["metadata"]["widgets"] == {"other": 1, WIDGET_STATE: WIDGETS}
    assert to_ipynb(nb, [], {}, {})["metadata"] == nb["metadata"]
    assert nb["metadata"]["widgets"][WIDGET_STATE] == {"state": {}}


@given(st.builds(CellView, id=st.just("a"), type=st.sampled_from(["code", "markdown", "raw"]), source=st.text()))
def test_a_binned_cell_is_a_valid_cell_of_a_notebook(cell: CellView) -> None:
    binned = json.loads(cell_to_json(cell))
    nbformat.validate({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [binned]})
    assert binned["source"] == cell.source


def test_the_projection_can_be_written() -> None:
    assert dump(to_ipynb({"metadata": {}}, [CODE], {}, {})).endswith(b"}\n")
