"""The docs say what the code says; and the check that holds them to it notices when they do not."""

import re
from pathlib import Path

from scripts import check_docs

DOCS = Path(check_docs.ROOT) / "docs"


def test_the_docs_agree_with_the_code() -> None:
    assert check_docs.problems() == []


def test_a_limit_that_is_missing_wrong_unknown_or_without_words_is_noticed() -> None:
    text = (DOCS / "limits.md").read_text()
    cases = {
        "does not have PAGE_FRAME_BYTES": text.replace("`PAGE_FRAME_BYTES`", "PAGE_FRAME_BYTES"),
        "says that FOLD_LINES is 63": text.replace("| `FOLD_LINES` | 64 |", "| `FOLD_LINES` | 63 |"),
        "has NO_SUCH_LIMIT": text + "| `NO_SUCH_LIMIT` | 1 | Nothing. |\n",
        "does not say what a person sees at BIN_DAYS": text.replace("| 30 | A deleted", "| 30 |  |\n| A deleted"),
    }
    for words, changed in cases.items():
        assert any(words in line for line in check_docs.limits_problems(changed)), words


def test_writing_brings_figures_up_to_date_and_keeps_the_words() -> None:
    text = (DOCS / "limits.md").read_text()
    stale = text.replace("| `FOLD_LINES` | 64 |", "| `FOLD_LINES` | 63 |")
    assert check_docs.limits_written(stale) == text


def test_a_table_of_settings_that_is_not_that_of_the_code_is_noticed() -> None:
    text = (DOCS / "settings.md").read_text()
    assert list(check_docs.settings_problems(text.replace("8600", "8601"))) != []


def test_an_invariant_that_names_a_test_which_is_not_there_is_noticed(tmp_path: Path) -> None:
    text = (DOCS / "invariants.md").read_text()
    changed = re.sub(r"^(\| 1 \|.*\|)[^|]*\|$", r"\1 `tests/none.py::test_nothing` |", text, flags=re.MULTILINE)
    assert any("tests/none.py::test_nothing" in line for line in check_docs.invariants_problems(changed, tmp_path))


def test_a_link_that_leads_nowhere_is_noticed(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("[there](docs/there.md) [web](https://example.org/x)")
    assert list(check_docs.link_problems(tmp_path)) == ["README.md links to docs/there.md, which is not there"]
