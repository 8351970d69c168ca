"""How the command line speaks."""

import pytest

from noctule.cli.words import counted, duration, plain, table


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.04, "0.0 s"), (3.25, "3.2 s"), (42.4, "42 s"), (59.7, "1 min 00 s"), (125, "2 min 05 s"), (7620, "2 h 07 min")],
)
def test_a_duration_has_the_units_that_fit_it(seconds: float, words: str) -> None:
    assert duration(seconds) == words


def test_columns_are_as_wide_as_their_widest_entry() -> None:
    assert table(["A", "BCD"], [["xyz", "1"], ["", "2"]]) == "A    BCD\nxyz  1\n     2"


def test_terminal_control_is_taken_out() -> None:
    assert plain("\x1b[0;31mE\x1b[0m \x1b]8;;http://x\x07link\x1b]8;;\x07\x1b(") == "E link\x1b("


def test_one_has_no_s() -> None:
    assert (counted(1, "cell"), counted(2, "cell")) == ("1 cell", "2 cells")
