"""What a terminal would show is what is kept."""

import time
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from noctule.runs.fold import Screen, fold
from noctule.runs.pen import BLANK, cells
from noctule_agent.wire.limits import FOLD_CHARS, FOLD_LINES, REACH_CHARS, REACH_LINES

LONG = st.sampled_from(["x" * 700 + "\n", "y" * (FOLD_CHARS - 3), "z" * (FOLD_CHARS + 5), "ab\n" * 30])
TEXTS = ["a", "bc", "déf ", "\n", "\r", "\b", "\r\n", "\t"]
ERASES = ["\x1b[K", "\x1b[1K", "\x1b[2K", "\x1b[J", "\x1b[2J"]
MOVES = ["\x1b[A", "\x1b[2A", "\x1b[B", "\x1b[C", "\x1b[4C", "\x1b[D", "\x1b[3G", "\x1b[F", "\x1b[E", "\x1b[H"]
STYLES = ["\x1b[31m", "\x1b[1;42m", "\x1b[0m", "\x1b[m", "\x1b[39m", "\x1b[22m", "\x1b[38;5;9m", "\x1b[4:3m"]
OTHERS = ["\x1b]8;;http://x/\x1b\\", "\x1b]8;;\x1b\\", "\x1b]0;title\x07", "\x1b[?25l", "\x1b(B"]
BROKEN = ["\x1b", "\x1b[", "\x1b]", "\x1b]0;no end"]
PIECES = st.sampled_from([*TEXTS, *ERASES, *MOVES, *STYLES, *OTHERS, *BROKEN])
STREAMS = st.lists(PIECES, max_size=40).map("".join)
LONG_STREAMS = st.lists(PIECES | LONG, max_size=25).map("".join)


def folded(*chunks: str) -> tuple[str, Screen]:
    finished, screen = "", Screen()
    for chunk in chunks:
        more, screen = fold(screen, chunk)
        finished += more
    return finished, screen


def shown(*chunks: str) -> str:
    finished, screen = folded(*chunks)
    return finished + screen.tail


def cut(text: str, at: list[int]) -> list[str]:
    edges = sorted({0, len(text), *(index % (len(text) + 1) for index in at)})
    return [text[start:end] for start, end in pairwise(edges)]


@pytest.mark.parametrize(
    ("written", "seen"),
    [
        ("plain\ntext", "plain\ntext"),
        ("10%\r20%", "20%"),
        ("long line\rab", "abng line"),
        ("abc\b\bX", "aXc"),
        ("\b\bX", "X"),
        ("one\r\ntwo\r\n", "one\ntwo\n"),
        ("one\r\r\ntwo", "one\ntwo"),
        ("abc\rX\nnext", "Xbc\nnext"),
        ("abc\r\x1b[Kx", "x"),
        ("abcdef\x1b[3D\x1b[K", "abc"),
        ("abcdef\x1b[3D\x1b[1K", "    ef"),
        ("abc\x1b[2Kx", "   x"),
        ("a\nb\nc\x1b[2AX", "aX\nb\nc"),
        ("a\nb\nc\x1b[2A\r\x1b[JX", "X"),
        ("a\nb\x1b[A\x1b[B!", "a\nb!"),
        ("ab\x1b[3Cx", "ab   x"),
        ("abc\x1b[2GX", "aXc"),
        ("one\ntwo\x1b[FX\x1b[EY", "Xne\nYwo"),
        ("\x1b[?25lhidden cursor\x1b[?25h", "hidden cursor"),
        ("\x1b]0;a title\x07text", "text"),
        ("\x1b(Btext\x1b=", "text"),
        ("\x1b[2J\x1b[Htop", "top"),
        ("nul\x00", "nul␀"),
        ("\x1bé", "é"),
        ("see \x1b]8;;http://x/\x1b\\here\x1b]8;;\x1b\\", "see \x1b]8;;http://x/\x1b\\here\x1b]8;;\x1b\\"),
    ],
)
def test_control_characters_do_what_a_terminal_does(written: str, seen: str) -> None:
    assert shown(written) == seen
    assert shown(*written) == seen


@pytest.mark.parametrize(
    ("written", "seen"),
    [
        ("\x1b[31mred\x1b[0m and \x1b[m plain\n", "\x1b[31mred\x1b[0m and \x1b[m plain\n"),
        ("\x1b[31mred\x1b[0m\rX", "X\x1b[31med\x1b[0m"),
        ("plain\r\x1b[32mgr", "\x1b[32mgr\x1b[0main\x1b[32m"),
        ("\x1b[32mgreen\r\x1b[31mX\x1b[0m", "\x1b[31mX\x1b[32mreen\x1b[31m\x1b[0m"),
        ("\x1b[1;31mab\x1b[22m\rc", "\x1b[31mc\x1b[1mb\x1b[0m\x1b[31m"),
        ("\x1b[31mone\ntwo\x1b[0m\x1b[A\rX", "X\x1b[31mne\ntwo\x1b[0m"),
        ("\x1b[41mab\x1b[0m\x1b[2Cx", "\x1b[41mab\x1b[0m  x"),
    ],
)
def test_colours_stay_with_their_characters(written: str, seen: str) -> None:
    assert shown(written) == seen
    assert shown(*written) == seen


def test_a_long_progress_bar_is_one_line() -> None:
    assert shown(*(f"\r{step:5}/20000 {'#' * 50}" for step in range(20_001))) == f"20000/20000 {'#' * 50}"


def test_nested_bars_of_tqdm_stay_two_lines() -> None:
    chunks = []
    for outer in range(5):
        chunks += [f"\router {outer}", "\n", "\rinner 0", "\x1b[A"]
        for inner in range(1, 5):
            chunks += ["\n", f"\rinner {inner}", "\x1b[A"]
    assert shown(*chunks) == "outer 4\ninner 4"


def test_a_display_of_many_lines_is_redrawn_in_place() -> None:
    frames = ["".join(f"row {row} frame {frame}\x1b[K\n" for row in range(12)) for frame in range(6)]
    assert shown("\x1b[12A".join(frames)) == frames[-1].replace("\x1b[K", "")
    assert shown(*frames[:1], *("\x1b[12A" + frame for frame in frames[1:])) == frames[-1].replace("\x1b[K", "")


def test_after_the_first_upward_movement_far_lines_can_be_reached() -> None:
    start = "a\n\x1b[A\x1b[B"
    rows = "".join(f"row {row}\n" for row in range(50))
    assert shown(start, rows, "\x1b[50A" + rows.replace("row", "ROW")).count("row") == 0


def test_plain_text_keeps_only_a_few_lines_unfinished() -> None:
    _, screen = folded("".join(f"line {n}\n" for n in range(1000)))
    assert screen.tail.count("\n") == REACH_LINES
    _, screen = folded("".join("x" * 300 + "\n" for _ in range(1000)) + "partial")
    assert len(screen.tail) <= REACH_CHARS + len("partial")


def test_a_line_without_end_is_finished_half_by_half() -> None:
    finished, screen = folded(*["." * 1000] * 100)
    assert finished + screen.tail == "." * 100_000
    assert len(screen.tail) < FOLD_CHARS


def test_a_cut_escape_sequence_waits_at_the_end_of_the_tail() -> None:
    finished, screen = folded("red \x1b[3")
    assert (finished, screen.tail) == ("", "red \x1b[3")
    assert fold(screen, "1mx")[1].tail == "red \x1b[31mx"


@given(STREAMS, st.lists(st.integers(0), max_size=8))
@settings(max_examples=400)
def test_any_chunking_gives_the_same_result(text: str, at: list[int]) -> None:
    assert folded(*cut(text, at)) == folded(text) or not text


@given(LONG_STREAMS, st.lists(st.integers(0), max_size=8))
@settings(max_examples=150, deadline=None)
def test_any_chunking_gives_the_same_result_at_the_limits(text: str, at: list[int]) -> None:
    assert folded(*cut(text, at)) == folded(text) or not text


@given(st.text(st.characters(exclude_characters="\r\b\x1b\x00")))
def test_text_without_control_characters_is_unchanged(text: str) -> None:
    assert shown(text) == text


@given(LONG_STREAMS)
@settings(max_examples=100, deadline=None)
def test_the_tail_is_bounded(text: str) -> None:
    _, screen = folded(text)
    assert len(screen.tail) <= 4 * FOLD_CHARS
    assert screen.tail.count("\n") <= FOLD_LINES


class ReferenceTerminal:
    """A grid of (character, pen) cells: the same rules with nothing clever in them."""

    def __init__(self) -> None:
        self.rows: list[list[tuple[str, object]]] = [[]]
        self.row = self.column = 0

    def write(self, character: str, pen: object) -> None:
        if character == "\n":
            self.row, self.column = self.row + 1, 0
            if self.row == len(self.rows):
                self.rows.append([])
        elif character == "\r":
            self.column = 0
        elif character == "\b":
            self.column = max(0, self.column - 1)
        elif character == "\v":
            self.row = max(0, self.row - 1)
        else:
            line = self.rows[self.row]
            line.extend([(" ", BLANK)] * (self.column - len(line)))
            line[self.column : self.column + 1] = [(character, pen)]
            self.column += 1


COLOURS = {"0": "\x1b[0m", "1": "\x1b[31m", "2": "\x1b[1;42m"}


@given(st.lists(st.tuples(st.sampled_from("012"), st.sampled_from("abc\n\r\b\v")), max_size=60))
@settings(max_examples=300)
def test_each_character_has_the_colour_that_a_terminal_gives_it(strokes: list[tuple[str, str]]) -> None:
    reference = ReferenceTerminal()
    text = ""
    for colour, character in strokes[:REACH_LINES]:
        _, pen = cells(COLOURS[colour], BLANK)
        reference.write(character, pen)
        text += "\x1b[0m" + COLOURS[colour] + ("\x1b[A" if character == "\v" else character)
    rendered, pen = [], BLANK
    for line in shown(*text).split("\n"):
        row, pen = cells(line, pen)
        rendered.append(row)
    assert rendered == reference.rows


def test_folding_takes_as_long_as_the_text_is_long() -> None:
    """No measurement: a fold that is quadratic in any of these takes minutes."""
    started = time.process_time()
    prints = "".join(f"{n % 1_000_000}\n" for n in range(2_000_000))
    folded(*(prints[at : at + 32_768] for at in range(0, len(prints), 32_768)))
    assert shown("y" * 5_000_000 + "\r" + "z" * 5_000_000).count("z") == 5_000_000
    folded(*(f"\r{step:6} {'#' * 53}" for step in range(20_000)))
    assert time.process_time() - started < 20
