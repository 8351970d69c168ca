import json
import warnings
from typing import Any

import nbformat
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from noctule.errors import Invalid, NoctuleError, TooLarge
from noctule.notebook import nbformat_io
from noctule.notebook.crdt import NotebookDoc
from noctule.notebook.mend import ParsedCell
from noctule.notebook.nbformat_io import ParsedNotebook, dump
from noctule.notebook.project import to_ipynb
from noctule_agent.wire.limits import CELLS_PER_NOTEBOOK, NESTING_DEPTH, SOURCE_BYTES_PER_CELL
from tests.unit.notebook.builders import numbered

NO_NOTEBOOK = "notebook-invalid"


def parse(found: Any) -> ParsedNotebook:
    data = found if isinstance(found, bytes) else json.dumps(found).encode()
    return nbformat_io.parse(data, numbered())


def refusal(found: Any) -> str:
    with pytest.raises(NoctuleError) as caught:
        parse(found)
    assert isinstance(caught.value, Invalid | TooLarge)
    assert caught.value.title
    return caught.value.code


def ipynb(*cells: Any, **fields: Any) -> dict[str, Any]:
    return {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": list(cells), **fields}


def code(cell_id: str = "a", **fields: Any) -> dict[str, Any]:
    plain = {"cell_type": "code", "metadata": {}, "source": "", "outputs": [], "execution_count": None}
    return {"id": cell_id, **plain, **fields}


def only(found: Any) -> ParsedCell:
    (cell,) = parse(ipynb(found)).cells
    return cell


def file_of(parsed: ParsedNotebook) -> dict[str, Any]:
    """The dict of the file that the server writes for this notebook."""
    outputs = {cell.id: cell.outputs for cell in parsed.cells}
    counts = {cell.id: cell.execution_count for cell in parsed.cells}
    doc = NotebookDoc.create(parsed)
    return to_ipynb(doc.nb(), doc.cells(), outputs, counts)


# --- reading ----------------------------------------------------------------------------------------------------------


def test_a_notebook_is_read_as_it_is() -> None:
    output = {"output_type": "stream", "name": "stdout", "text": ["1\n", "2\n"]}
    cell = code(source=["x = 1\n", "x"], metadata={"tags": ["t"]}, outputs=[output], execution_count=3)
    parsed = parse(ipynb(cell, metadata={"kernelspec": {"name": "ir"}}))
    assert parsed.nb == {"metadata": {"kernelspec": {"name": "ir"}}}
    assert parsed.cells == [
        ParsedCell(
            id="a",
            type="code",
            source="x = 1\nx",
            meta={"tags": ["t"]},
            outputs=[{"output_type": "stream", "name": "stdout", "text": "1\n2\n"}],
            execution_count=3,
        )
    ]


def test_unknown_fields_survive_everywhere() -> None:
    output = {"output_type": "display_data", "data": {"application/x+json": {"k": [1]}}, "metadata": {"m": 1}, "new": 2}
    cell = code(source=["x"], outputs=[output], metadata={"custom": {"deep": [None, True, 0.5]}}, future={"k": 1})
    found = ipynb(cell, metadata={"custom": {"deep": [1, "2"]}}, signed_by="me")
    assert json.loads(dump(file_of(parse(found)))) == found


def test_a_colab_notebook_opens_with_its_cells_ids_and_keeps_its_metadata() -> None:
    found = {
        "nbformat": 4,
        "nbformat_minor": 0,
        "metadata": {
            "colab": {"provenance": [], "toc_visible": True},
            "kernelspec": {"name": "python3", "display_name": "Python 3"},
            "language_info": {"name": "python"},
            "accelerator": "GPU",
        },
        "cells": [
            {
                "cell_type": "markdown",
                "source": ["# Title"],
                "metadata": {"id": "view-in-github", "colab_type": "text"},
            },
            {
                "cell_type": "code",
                "source": ['#@title Form { run: "auto" }\n', 'x = 1 #@param {type:"integer"}'],
                "metadata": {"id": "xyz_1-2", "cellView": "form", "colab": {"height": 35}, "outputId": "abc"},
                "execution_count": None,
                "outputs": [],
            },
        ],
    }
    parsed = parse(found)
    assert [cell.id for cell in parsed.cells] == ["view-in-github", "xyz_1-2"]
    written = json.loads(dump(file_of(parsed)))
    assert written["metadata"] == found["metadata"]
    assert [cell["metadata"] for cell in written["cells"]] == [cell["metadata"] for cell in found["cells"]]
    nbformat.validate(written)


def test_missing_invalid_and_duplicate_ids_are_mended() -> None:
    cells = [code("a"), code("a"), code("no good"), code("x" * 65), code(5), code("new0")]
    del cells[0]["id"]
    parsed = parse(ipynb(*cells))
    ids = [cell.id for cell in parsed.cells]
    assert ids[1] == "a"
    assert ids[5] not in ids[:5]
    assert len(set(ids)) == 6


@pytest.mark.parametrize(
    ("given_cell", "expected"),
    [
        ({"cell_type": "code"}, ParsedCell(id="new0", type="code", source="")),
        ({"cell_type": "code", "source": None, "outputs": None}, ParsedCell(id="new0", type="code", source="")),
        ({"cell_type": "raw", "source": "r"}, ParsedCell(id="new0", type="raw", source="r")),
        ({"cell_type": "sql", "source": ["s"]}, ParsedCell(id="new0", type="raw", source="s")),
        ({"source": "x", "outputs": []}, ParsedCell(id="new0", type="code", source="x")),
        ({"cell_type": "code", "metadata": []}, ParsedCell(id="new0", type="code", source="")),
        ({"cell_type": "code", "metadata": {"trusted": True}}, ParsedCell(id="new0", type="code", source="")),
        ({"cell_type": "code", "execution_count": "3"}, ParsedCell(id="new0", type="code", source="")),
        ({"cell_type": "code", "execution_count": True}, ParsedCell(id="new0", type="code", source="")),
        (
            {"cell_type": "markdown", "outputs": [{}], "execution_count": 1},
            ParsedCell(id="new0", type="markdown", source=""),
        ),
        ({"cell_type": "code", "source": "a\r\nb\r"}, ParsedCell(id="new0", type="code", source="a\r\nb\r")),
    ],
)
def test_cells_are_mended_as_jupyter_mends_them(given_cell: Any, expected: ParsedCell) -> None:
    assert only(given_cell) == expected


@pytest.mark.parametrize(
    ("output", "expected"),
    [
        ({"output_type": "stream"}, {"output_type": "stream", "name": "stdout", "text": ""}),
        ({"output_type": "display_data"}, {"output_type": "display_data", "data": {}, "metadata": {}}),
        (
            {"output_type": "execute_result", "data": {"text/plain": ["a\n", "b"]}},
            {"output_type": "execute_result", "data": {"text/plain": "a\nb"}, "metadata": {}, "execution_count": None},
        ),
        (
            {"output_type": "error", "traceback": "line"},
            {"output_type": "error", "ename": "", "evalue": "", "traceback": ["line"]},
        ),
        (
            {"output_type": "display_data", "data": {"application/json": ["a", "b"]}, "metadata": {}},
            {"output_type": "display_data", "data": {"application/json": ["a", "b"]}, "metadata": {}},
        ),
        ({"output_type": "hologram", "text": ["a"]}, {"output_type": "hologram", "text": ["a"]}),
    ],
)
def test_outputs_are_mended_as_jupyter_mends_them(output: Any, expected: Any) -> None:
    assert only(code(outputs=["no output", output])).outputs == [expected]


def test_a_byte_order_mark_is_tolerated() -> None:
    assert parse(b"\xef\xbb\xbf" + json.dumps(ipynb(code())).encode()).cells[0].id == "a"


def test_nan_and_infinity_in_outputs_survive() -> None:
    output = {
        "output_type": "display_data",
        "data": {"application/json": {"x": [float("nan"), float("inf"), 1.5]}},
        "metadata": {},
    }
    data = dump(file_of(parse(ipynb(code(outputs=[output])))))
    assert b"NaN" in data
    assert b"Infinity" in data
    found = parse(data).cells[0].outputs[0]["data"]["application/json"]["x"]
    assert str(found) == "[nan, inf, 1.5]"


def test_lone_surrogates_are_replaced_and_pairs_are_kept() -> None:
    data = b'{"nbformat":4,"nbformat_minor":5,"metadata":{"\\udc00":"\\ud800"},"cells":[{"cell_type":"code","id":"a","source":"\\ud83d\\udcca \\ud83d"}]}'
    parsed = parse(data)
    assert parsed.cells[0].source == "📊 \ufffd"
    assert parsed.nb["metadata"] == {"\ufffd": "\ufffd"}
    assert NotebookDoc.create(parsed).source("a") == "📊 \ufffd"


def test_bytes_that_are_no_utf_8_are_replaced() -> None:
    data = json.dumps(ipynb(code(source="x")), ensure_ascii=False).encode().replace(b'"x"', b'"caf\xe9"')
    assert parse(data).cells[0].source == "caf\ufffd"


# --- refusing ---------------------------------------------------------------------------------------------------------


def test_of_an_empty_file_it_is_said_that_it_is_empty() -> None:
    for data in (b"", b" \n"):
        with pytest.raises(Invalid) as refused:
            parse(data)
        assert refused.value.detail.startswith("It is empty.")


@pytest.mark.parametrize("data", [b"", b"not json", b"{", b"\x00\x01", b"\xff\xfe{\x00}\x00", b'{"a": 1,}'])
def test_what_is_not_json_is_refused(data: bytes) -> None:
    assert refusal(data) == "notebook-not-json"


@pytest.mark.parametrize(
    "found",
    [
        [],
        "text",
        None,
        {},
        {"nbformat": "4", "cells": []},
        {"nbformat": True, "cells": []},
        {"nbformat": 4},
        {"nbformat": 4, "cells": {}},
        ipynb("cell"),
        ipynb(code(), None),
        {"nbformat": 3},
        {"nbformat": 3, "metadata": {}, "worksheets": [{"cells": [{"cell_type": "code", "outputs": [{}]}]}]},
        {"nbformat": 3, "metadata": {}, "worksheets": 5},
    ],
)
def test_what_is_no_notebook_is_refused(found: Any) -> None:
    assert refusal(found) == NO_NOTEBOOK


@pytest.mark.parametrize("major", [0, 1, 2, 5, 99])
def test_versions_that_nobody_here_reads_are_refused(major: int) -> None:
    assert refusal(ipynb(nbformat=major)) == "notebook-version"


@pytest.mark.parametrize("depth", [NESTING_DEPTH + 1, 1_500, 100_000])
@pytest.mark.parametrize("leaf", [b"1", b"NaN"])
def test_deep_nesting_is_refused_without_a_crash(depth: int, leaf: bytes) -> None:
    deep = b"[" * depth + leaf + b"]" * depth
    assert (
        refusal(b'{"nbformat":4,"nbformat_minor":5,"cells":[],"metadata":{"a":' + deep + b"}}") == "notebook-too-deep"
    )


def test_ten_thousand_cells_are_read_and_one_more_is_refused() -> None:
    cells = [code(f"c{number}") for number in range(CELLS_PER_NOTEBOOK)]
    assert len(parse(ipynb(*cells)).cells) == CELLS_PER_NOTEBOOK
    assert refusal(ipynb(*cells, code("more"))) == "notebook-too-many-cells"


def test_a_cell_that_is_too_large_is_refused_with_its_number() -> None:
    with pytest.raises(TooLarge, match="Cell 2") as caught:
        parse(ipynb(code(), code("b", source="é" * (SOURCE_BYTES_PER_CELL // 2 + 1))))
    assert caught.value.code == "notebook-too-large"


def test_a_file_that_is_too_large_is_refused_unread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nbformat_io, "NOTEBOOK_FILE_BYTES", 10)
    assert refusal(b"x" * 11) == "notebook-too-large"


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
        lambda inner: (
            st.lists(inner, max_size=4)
            | st.dictionaries(
                st.sampled_from(
                    [
                        "cells",
                        "metadata",
                        "nbformat",
                        "cell_type",
                        "outputs",
                        "output_type",
                        "data",
                        "source",
                        "id",
                        "text",
                    ]
                ),
                inner,
                max_size=6,
            )
        ),
        max_leaves=25,
    ),
    st.booleans(),
)
def test_any_json_is_read_or_refused_with_a_code(found: Any, helped: bool) -> None:
    if helped and isinstance(found, dict):
        found = {**found, "nbformat": 4, "cells": [found, found]}
    try:
        parsed = parse(found)
    except (Invalid, TooLarge):
        return
    assert parse(dump(file_of(parsed))).cells is not None


# --- nbformat 3 -------------------------------------------------------------------------------------------------------

V3: dict[str, Any] = {
    "nbformat": 3,
    "nbformat_minor": 0,
    "metadata": {"name": "old", "custom": 1},
    "worksheets": [
        {
            "cells": [
                {"cell_type": "heading", "level": 2, "source": ["Title"], "metadata": {}},
                {"cell_type": "markdown", "source": "text", "metadata": {}},
                {
                    "cell_type": "code",
                    "language": "python",
                    "collapsed": True,
                    "input": ["x = 1\n", "x"],
                    "prompt_number": 7,
                    "metadata": {},
                    "outputs": [
                        {"output_type": "pyout", "prompt_number": 7, "text": ["1"], "metadata": {}},
                        {"output_type": "stream", "stream": "stderr", "text": ["a\n", "b"]},
                        {"output_type": "pyerr", "ename": "E", "evalue": "v", "traceback": ["t"]},
                        {"output_type": "display_data", "png": "AAAA", "json": '{"a": 1}', "metadata": {}},
                    ],
                },
            ]
        }
    ],
}


def test_nbformat_3_is_converted_as_nbformat_converts_it() -> None:
    parsed = parse(V3)
    reference = nbformat.reads(json.dumps(V3), as_version=4)
    mine = json.loads(dump(file_of(parsed)))
    nbformat.validate(mine)
    assert [cell.id for cell in parsed.cells] == ["new0", "new1", "new2"]
    theirs = json.loads(nbformat.writes(reference))
    assert [{**cell, "id": None} for cell in mine["cells"]] == [{**cell, "id": None} for cell in theirs["cells"]]
    assert mine["metadata"] == theirs["metadata"]


# --- against nbformat itself ------------------------------------------------------------------------------------------

words = st.text(alphabet=st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=12) | st.sampled_from(
    ["a\nb\n", "a\r\nb", "\u2028x\x85y\x0b", "📊 é", "", '\x1b[0m\t"\\']
)
json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(-1e6, 1e6).map(lambda x: round(x, 3) + 0.0005)
    | words,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=3),
    max_leaves=6,
)
metadata = st.dictionaries(
    words.filter(lambda key: key not in {"trusted"}).map(lambda key: "k" + key), json_values, max_size=3
)
bundles = st.dictionaries(
    st.sampled_from(["text/plain", "text/html", "image/svg+xml"]), words, max_size=2
) | st.dictionaries(st.sampled_from(["application/json", "application/vnd.plotly.v1+json"]), json_values, max_size=1)
outputs = st.one_of(
    st.builds(
        lambda name, text: {"output_type": "stream", "name": name, "text": text},
        st.sampled_from(["stdout", "stderr"]),
        words,
    ),
    st.builds(lambda data, meta: {"output_type": "display_data", "data": data, "metadata": meta}, bundles, metadata),
    st.builds(
        lambda data, n: {"output_type": "execute_result", "data": data, "metadata": {}, "execution_count": n},
        bundles,
        st.none() | st.integers(0, 9),
    ),
    st.builds(
        lambda a, b, c: {"output_type": "error", "ename": a, "evalue": b, "traceback": c},
        words,
        words,
        st.lists(words, max_size=2),
    ),
)
code_cells = st.builds(
    lambda source, meta, found, count: {
        "cell_type": "code",
        "source": source,
        "metadata": meta,
        "outputs": found,
        "execution_count": count,
    },
    words,
    metadata,
    st.lists(outputs, max_size=3),
    st.none() | st.integers(0, 99),
)
text_cells = st.builds(
    lambda kind, source, meta, found: {"cell_type": kind, "source": source, "metadata": meta, **found},
    st.sampled_from(["markdown", "raw"]),
    words,
    metadata,
    st.just({}) | st.builds(lambda text: {"attachments": {"a.png": {"image/png": "AAAA", "text/plain": text}}}, words),
)


@st.composite
def notebooks(draw: st.DrawFn) -> dict[str, Any]:
    minor = draw(st.integers(0, 5))
    cells = draw(st.lists(code_cells | text_cells, max_size=4))
    if minor == 5:
        cells = [{**cell, "id": f"cell-{number}"} for number, cell in enumerate(cells)]
    return {"nbformat": 4, "nbformat_minor": minor, "metadata": draw(metadata), "cells": cells}


def read_by_nbformat(data: str) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return nbformat.v4.upgrade(nbformat.reads(data, as_version=4))


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(notebooks(), st.booleans())
def test_a_file_means_what_nbformat_says_that_it_means(found: dict[str, Any], lines: bool) -> None:
    data = nbformat.writes(nbformat.from_dict(found), version=nbformat.NO_CONVERT) if lines else json.dumps(found)
    parsed = parse(data.encode())
    reference = read_by_nbformat(data)
    for mine, theirs in zip(parsed.cells, reference.cells, strict=True):
        theirs.id = mine.id
    reference.metadata.pop("orig_nbformat_minor", None)
    assert file_of(parsed) == reference


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(notebooks())
def test_the_written_file_is_valid_and_byte_for_byte_that_of_nbformat(found: dict[str, Any]) -> None:
    mine = file_of(parse(found))
    nbformat.validate(mine)
    assert dump(mine).decode() == nbformat.writes(nbformat.from_dict(mine), version=nbformat.NO_CONVERT) + "\n"


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(notebooks())
def test_what_was_written_is_read_as_it_was(found: dict[str, Any]) -> None:
    parsed = parse(found)
    assert parse(dump(file_of(parsed))) == parsed


def test_numbers_that_json_knows_and_orjson_does_not_are_written_by_json() -> None:
    output = {"output_type": "display_data", "data": {"application/json": 2**70}, "metadata": {}}
    assert str(2**70).encode() in dump(ipynb(code(outputs=[output])))


def test_writing_leaves_the_given_dict_as_it_is() -> None:
    output = {"output_type": "stream", "name": "stdout", "text": "a\nb"}
    given_dict = ipynb(code(source="a\nb", outputs=[output], metadata={"trusted": True}), metadata={"signature": "s"})
    before = json.dumps(given_dict)
    assert b"trusted" not in dump(given_dict)
    assert b"signature" not in dump(given_dict)
    assert json.dumps(given_dict) == before
