"""Outputs as nbformat has them."""

import nbformat
import pytest

from noctule.runs.export import LongStream, to_nbformat
from noctule.texts import Text
from noctule_agent.wire.state import BlobRef, CutOutput, DisplayOutput, ErrorOutput, Inline, Output, StreamOutput
from noctule_agent.wire.values import Cause, OutputId

ID = OutputId("o1")


def test_every_kind_of_output_is_valid_nbformat() -> None:
    outputs: list[Output] = [
        StreamOutput(ID, "stdout", "finished\n", "tail", chars=9),
        DisplayOutput(ID, {"text/plain": Inline("x"), "application/json": Inline({"a": 1})}, {"isolated": True}),
        DisplayOutput(ID, {"text/plain": Inline("42")}, result=True, execution_count=7, display_id="d"),
        ErrorOutput(ID, "ValueError", "bad", ["line 1", "line 2"]),
        CutOutput(ID, Cause("iopub-gap", "Messages were missed.")),
    ]
    found = to_nbformat(outputs)
    assert found == [
        {"output_type": "stream", "name": "stdout", "text": "finished\ntail"},
        {
            "output_type": "display_data",
            "data": {"text/plain": "x", "application/json": {"a": 1}},
            "metadata": {"isolated": True},
        },
        {"output_type": "execute_result", "data": {"text/plain": "42"}, "metadata": {}, "execution_count": 7},
        {"output_type": "error", "ename": "ValueError", "evalue": "bad", "traceback": ["line 1", "line 2"]},
        {"output_type": "stream", "name": "stderr", "text": "[Noctule: Messages were missed.]\n"},
    ]
    cell = nbformat.v4.new_code_cell("x", outputs=[nbformat.from_dict(output) for output in found])
    nbformat.validate(nbformat.v4.new_notebook(cells=[cell]))


def test_a_text_that_is_not_held_stays_so() -> None:
    text = Text([b"x"])
    [found] = to_nbformat([LongStream("stderr", text)])
    assert found == {"output_type": "stream", "name": "stderr", "text": text}


@pytest.mark.parametrize(
    "output",
    [
        StreamOutput(ID, "stdout", "head", omitted=5, text_end="end"),
        DisplayOutput(ID, {"image/png": BlobRef("0" * 64, 9, "base64")}),
    ],
)
def test_what_is_not_whole_is_never_written_to_a_file(output: Output) -> None:
    with pytest.raises(ValueError, match="o1"):
        to_nbformat([output])
