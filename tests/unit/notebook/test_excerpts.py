"""Lines around what was found."""

from noctule.notebook.excerpts import Excerpt, excerpts
from noctule.notebook.sources import CellText
from noctule_agent.wire.limits import EXCERPT_CHARS, SEARCH_EXCERPTS


def test_lines_that_hold_a_word_are_shown_with_their_cells_and_every_word_is_seen() -> None:
    cells = [CellText("a", "import pandas\npandas.read\npandas.x"), CellText("b", "plot\nThe STRASSE of Titanic")]
    assert excerpts(cells, ["PANDAS", "titanic"]) == [
        Excerpt("a", "import pandas"),
        Excerpt("b", "The STRASSE of Titanic"),
        Excerpt("a", "pandas.read"),
    ]
    assert excerpts(cells, ["straße"]) == [Excerpt("b", "The STRASSE of Titanic")]
    assert excerpts(cells, ["nothing"]) == []
    assert excerpts(cells, []) == []


def test_there_are_few_and_each_is_short_and_of_one_line() -> None:
    [one] = excerpts([CellText("a", "x" * 5000 + "\tneedle\x1b[31m\u202e" + "y" * 5000)], ["needle"])
    assert "needle" in one.text
    assert len(one.text) <= EXCERPT_CHARS + 2
    assert one.text.startswith("…")
    assert one.text.endswith("…")
    assert "\x1b" not in one.text
    assert "\u202e" not in one.text
    assert len(excerpts([CellText("a", "needle\n" * 50)], ["needle"])) == SEARCH_EXCERPTS


def test_what_folding_makes_longer_moves_no_excerpt_out_of_its_line() -> None:
    [one] = excerpts([CellText("a", "ﬃ" * 400 + "needle")], ["needle"])
    assert one.text.startswith("…") or "needle" in one.text
