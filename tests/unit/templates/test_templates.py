"""Templates are clean notebooks, named as people see them; tests/integration/test_templates.py runs them."""

import ast
import re
from importlib.resources import files

import nbformat
import pytest
from IPython.core.inputtransformer2 import TransformerManager
from nbformat import NotebookNode

from noctule import templates
from noctule.drive.places import checked
from noctule.errors import NotFound
from noctule.templates import Template

MOST_BYTES = 40_000
FORM_LINE = re.compile(r"^\w+ = (?P<value>.+?)  # @param(?: (?P<options>.*))?$")
TYPES = {"string", "raw", "date", "number", "integer", "boolean", "slider"}
every = pytest.mark.parametrize("template", templates.all(), ids=lambda one: one.id)


def notebook(template: Template) -> NotebookNode:
    return nbformat.reads(templates.read(template.id), as_version=nbformat.NO_CONVERT)


def code_of(template: Template) -> dict[str, str]:
    return {cell.id: cell.source for cell in notebook(template).cells if cell.cell_type == "code"}


def test_all_files_are_listed_and_nothing_else() -> None:
    packed = {file.name for file in files(templates).iterdir() if file.name.endswith(".ipynb")}
    assert packed == {template.file for template in templates.all()}
    assert len(packed) == len(templates.all()) == 5


def test_an_unknown_one_is_not_found() -> None:
    with pytest.raises(NotFound, match="template-not-found"):
        templates.read("../welcome")


@every
def test_it_is_a_valid_notebook_that_holds_nothing_of_a_run(template: Template) -> None:
    data = templates.read(template.id)
    assert len(data) < MOST_BYTES
    nb = notebook(template)
    nbformat.validate(nb)
    assert (nb.nbformat, nb.nbformat_minor) == (4, 5)
    assert set(nb.metadata) == {"kernelspec", "language_info"}
    assert nb.metadata.kernelspec.name == "python3"
    for cell in nb.cells:
        assert cell.source.strip() == cell.source != "", cell.id
        assert set(cell.metadata) <= {"cellView", "tags"}, cell.id
        assert cell.cell_type == "markdown" or (cell.outputs, cell.execution_count) == ([], None), cell.id


@every
def test_its_cells_have_names_that_last(template: Template) -> None:
    ids = [cell.id for cell in notebook(template).cells]
    assert len(set(ids)) == len(ids)
    assert all(re.fullmatch(r"[a-z]+(-[a-z]+)*", cell_id) for cell_id in ids)


@every
def test_its_title_is_a_name_for_a_file_and_its_first_heading(template: Template) -> None:
    assert (template.id + template.title).isascii()
    assert checked(template.title) == template.title.encode()
    assert template.about.endswith(".")
    assert len(template.about) <= 100
    first = notebook(template).cells[0]
    assert first.cell_type == "markdown"
    assert first.source.startswith(f"# {template.title}\n")
    assert re.search(r"It takes about \d+ seconds", first.source), "how long it takes"


@every
def test_its_words_are_calm_and_its_code_compiles(template: Template) -> None:
    for cell in notebook(template).cells:
        if cell.cell_type == "markdown":
            assert "!" not in cell.source, cell.id
        else:
            compile(TransformerManager().transform_cell(cell.source), cell.id, "exec")
            assert not re.search(r"requests|urllib|drive\.mount|^!|%pip install(?! torch)", cell.source, re.MULTILINE)


# --- forms ------------------------------------------------------------------------------------------------------------


def literal(text: str) -> object:
    """What stands in a list or braces: keys may have no quotes."""
    quoted = re.sub(r"([{,]\s*)([a-z-]+):", r'\1"\2":', text)
    return ast.literal_eval(re.sub(r"\btrue\b", "True", quoted))


def options_of(text: str | None) -> tuple[list[object] | None, dict[str, object]]:
    """The choices, if there are any, and the options."""
    if text is None:
        return None, {}
    parts = re.fullmatch(r"(?P<choices>\[.*?\])?\s*(?P<fields>\{.*\})?", text)
    assert parts is not None, text
    choices = literal(parts["choices"]) if parts["choices"] else None
    fields = literal(parts["fields"]) if parts["fields"] else {}
    assert choices is None or isinstance(choices, list)
    assert isinstance(fields, dict)
    return choices, fields


def kind_of(line: str) -> str:
    """The kind of a field, whose value fits it."""
    found = FORM_LINE.fullmatch(line)
    assert found is not None, f"no field: {line}"
    choices, fields = options_of(found["options"])
    assert set(fields) <= {"type", "min", "max", "step", "placeholder", "allow-input"}, line
    if choices is not None:
        assert ast.literal_eval(found["value"]) in choices, line
        return f"choice of {'code' if fields.get('type') == 'raw' else 'text'}{', or free' * ('allow-input' in fields)}"
    kind = fields.get("type")
    if kind is None:
        return "any"
    assert kind in TYPES, line
    value = ast.literal_eval(found["value"])
    if kind in ("slider", "number"):
        low, high = fields.get("min", 0), fields.get("max", 100)
        assert low <= value <= high, line  # type: ignore[operator]
    wanted = {"string": str, "date": str, "integer": int, "boolean": bool, "slider": int | float, "number": float}
    assert isinstance(value, wanted.get(str(kind), object)), line
    return str(kind)


@every
def test_every_line_of_a_form_is_a_field_with_a_value_that_fits(template: Template) -> None:
    for source in code_of(template).values():
        for line in source.splitlines():
            if "@param" in line:
                kind_of(line)


def test_the_template_on_forms_has_every_kind_of_field() -> None:
    code = code_of(next(one for one in templates.all() if one.id == "forms-and-widgets"))
    kinds = {kind_of(line) for line in code["every-field"].splitlines() if "@param" in line}
    assert kinds == TYPES | {"any", "choice of text", "choice of text, or free", "choice of code"}
    assert code["flower"].startswith('# @title A flower of sines {run: "auto"}\n# @markdown ')
