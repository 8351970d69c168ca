"""What output leaves in force: the prelude alone makes a fresh terminal mean the same by what follows."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noctule_agent.terminals.modes import Modes

SEQUENCES = [
    b"\x1b[?1049h", b"\x1b[?1049l", b"\x1b[?25l", b"\x1b[?25h", b"\x1b[?2004h", b"\x1b[?1;1006h", b"\x1b[?7l",
    b"\x1b[1;31m", b"\x1b[38;5;200;4m", b"\x1b[38;2;1;2;3;48;5;7m", b"\x1b[38:2::1:2:3m", b"\x1b[22;39m", b"\x1b[m", b"\x1b[0m",
    b"\x1b[4:3m", b"\x1b[4:0m", b"\x1b[3;20r", b"\x1b[r", b"\x1b[4h", b"\x1b[4l", b"\x1b[5 q", b"\x1b[!p", b"\x1bc", b"\x1b=", b"\x1b>",
    b"\x1b(0", b"\x1b(B", b"\x1b)0", b"\x0e", b"\x0f", b"\x1b7", b"\x1b8",
    b"\x1b]0;a title\x07", b"\x1b]8;;http://x\x1b\\", b"\x1bPq#0~~\x1b\\", b"\x1b[2J", b"\x1b[10;4H",
    "größe 漢字 🌙\n".encode(), b"plain text\r\n", b"\x1b\n", b"\x1b[", b"\xff\xfe",
]  # fmt: skip
outputs = st.lists(st.sampled_from(SEQUENCES) | st.binary(max_size=6), max_size=20).map(b"".join)


def state(data: bytes) -> bytes:
    modes = Modes()
    modes.feed(data)
    return modes.prelude()


@given(outputs, st.data())
def test_it_does_not_matter_where_output_is_cut(output: bytes, data: st.DataObject) -> None:
    cut = data.draw(st.integers(0, len(output)))
    modes = Modes()
    modes.feed(output[:cut])
    modes.feed(output[cut:])
    assert modes.prelude() == state(output)


@given(outputs, outputs)
def test_the_prelude_stands_for_all_that_was_forgotten(forgotten: bytes, kept: bytes) -> None:
    """The one thing that it does not bring back is what `ESC 7` saved."""
    if b"\x1b8" in forgotten + kept:
        return
    assert state(state(forgotten) + kept) == state(forgotten + kept)


@pytest.mark.parametrize(
    ("output", "prelude"),
    [
        (b"nothing in force\n", b""),
        (b"\x1b[?1049h\x1b[?25l~\r\n~", b"\x1b[?1049h\x1b[?25l"),
        (b"\x1b[?1049h...\x1b[?1049l", b""),
        (b"\x1b[?25l\x1b[?25h", b""),
        (b"\x1b[1m\x1b[31mred \x1b[39mbold", b"\x1b[1m"),
        (b"\x1b[38;5;200mpink", b"\x1b[38;5;200m"),
        (b"\x1b[2;30r", b"\x1b[2;30r"),
        (b"half a \x1b[38;5", b"\x1b[38;5"),
        ("half a 漢".encode()[:-1], "漢".encode()[:-1]),
        (b"\x1b]0;" + b"t" * 10_000, b"\x1b]"),
        (b"\x1b]0;" + b"t" * 10_000 + b"\x07done", b""),
        (b"\x1b[1;31mred\x1bc", b""),
    ],
)
def test_the_prelude_of_what_programs_say(output: bytes, prelude: bytes) -> None:
    assert state(output) == prelude


def test_a_long_string_costs_no_memory_however_long_it_is() -> None:
    modes = Modes()
    for _ in range(100):
        modes.feed(b"\x1b]52;c;" + b"A" * 10_000 if _ == 0 else b"A" * 10_000)
    assert len(modes.prelude()) < 5000
    modes.feed(b"\x07\x1b[1m")
    assert modes.prelude() == b"\x1b[1m"


def test_the_prelude_is_short_whatever_a_program_says() -> None:
    """It travels as one frame: a longer one no page could read, and the terminal would be lost."""
    modes = Modes()
    endless = b"1" * 15_000
    modes.feed(b"\x1b[" + endless + b"r\x1b[" + endless + b" q")
    for number in (1, 2, 3, 4, 5, 7, 8, 9, 31, 41, 53, 58):
        modes.feed(b"\x1b[%d:" % number + endless + b"m\x1b[%d;" % number + b"1;" * 7_000 + b"m")
    assert len(modes.prelude()) < 4096
