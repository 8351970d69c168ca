"""Terminal folding of stream text: what a terminal would show is kept, not what was sent to it. Pure.

A stream is finished text that only grows, and a tail that may still be rewritten. `fold(screen, chunk)` gives the text
that became finished and the new screen. In any chunking the result is the same (up to the bound on a hostile tail below).

    \\r  \\b  \\n            move the cursor; writing then overwrites           CSI A B C D E F G   cursor movements
    CSI K (0 1 2), CSI J (0)  erase in the line, erase to the end             SGR, OSC 8          kept, with their characters
    anything else             dropped

Which lines can still be reached (are in the tail)? The unfinished last line always. Complete lines before it, because
`\\n` followed by a cursor-up is how nested progress bars move: the last REACH_LINES / REACH_CHARS, which is little enough
to be sent again with each change; once a stream has moved upwards, FOLD_LINES / FOLD_CHARS. A last line of FOLD_CHARS is
(seen characters) is finished half by half. One code point is one column. An escape sequence that is cut by the end of a message waits at the
end of the tail. The text of lines that were only appended to is kept as it was sent; a line that was overwritten is
rewritten with the shortest sequences that give each character its own colours.
"""

import re
from typing import Final, NamedTuple

from noctule.runs.pen import BLANK, SEQUENCE, Cell, Pen, after, between, cells, changed, is_style, width, written
from noctule_agent.wire.limits import FOLD_CHARS, FOLD_LINES, REACH_CHARS, REACH_LINES

_REWRITES: Final = re.compile(r"[\x08\r]|\x1b(?!\[[0-9;:]*m)")
_TOKEN: Final = re.compile(rf"[^\x1b\r\n\x08]+|[\r\n\x08]|{SEQUENCE.pattern}|\x1b")
_INCOMPLETE: Final = re.compile(
    r"\x1b(?:\[[\x20-\x3f]{0,64}|\][^\x07\x1b\n]{0,2048}\x1b?|[PX^_][^\x1b\n]{0,2048}\x1b?|[\x20-\x2f]{0,4})?\Z"
)
_LONGEST: Final = 2_100
"""More characters than an incomplete sequence can have."""
_MOVED: Final = "^"
_LONGEST_TAIL: Final = 4 * FOLD_CHARS
"""A hostile tail (a colour for each character) that is longer than this is finished as a whole."""
_MAX_COLUMN: Final = 1_000
"""A cursor movement to the right goes no further beyond the end of its line."""


class Screen(NamedTuple):
    """The part of a stream that can still change; fields as in wire.state.TextAppend."""

    tail: str = ""
    cursor: tuple[int, int] | None = None
    terminal: str = ""


def fold(screen: Screen, chunk: str) -> tuple[str, Screen]:
    """Write a chunk. Returns the text that is finished now and the rest."""
    if "\x00" in chunk:
        chunk = chunk.replace("\x00", "\N{SYMBOL FOR NULL}")
    tail, waiting = _split(screen.tail)
    chunk = waiting + chunk
    if screen.cursor is None and "\r\n" in chunk:
        chunk = chunk.replace("\r\n", "\n")
    if screen.cursor is None and not screen.terminal.startswith(_MOVED) and not _rewrites(chunk):
        return _append(tail, screen.terminal, chunk)
    terminal = _Terminal(tail, screen)
    terminal.write(chunk)
    return terminal.result()


def _split(text: str) -> tuple[str, str]:
    """The text and the incomplete escape sequence at its end."""
    if "\x1b" in text and (waiting := _INCOMPLETE.search(text, max(0, len(text) - _LONGEST))):
        return text[: waiting.start()], waiting.group()
    return text, ""


def _rewrites(chunk: str) -> bool:
    if "\x1b" not in chunk and "\r" not in chunk and "\b" not in chunk:
        return False
    return _REWRITES.search(chunk) is not None


def _append(tail: str, pen: str, chunk: str) -> tuple[str, Screen]:
    """Plain text at the end of a stream that never moved upwards: the common case, at the speed of str."""
    text = tail + chunk
    start = _reachable(text) if "\n" in chunk else 0
    line = text.rfind("\n") + 1
    while len(text) - line >= FOLD_CHARS and width(near := text[line : line + _LONGEST_TAIL]) >= FOLD_CHARS:
        start = line = line + _half(near)
    if len(text) - start > _LONGEST_TAIL:
        start = len(text)
    if start == 0:
        return "", Screen(text, None, pen)
    finished = text[:start]
    if pen or "\x1b" in finished:
        pen = between(BLANK, after(after(BLANK, pen), finished))
    return finished, Screen(text[start:], None, pen)


def _reachable(text: str) -> int:
    """Where the last complete lines begin that fit REACH_LINES and REACH_CHARS."""
    end = start = text.rfind("\n") + 1
    lowest = max(0, end - REACH_CHARS)
    for _ in range(REACH_LINES):
        if start == 0:
            break
        before = text.rfind("\n", max(0, lowest - 1), start - 1) + 1
        if before == 0 and lowest > 0:
            break
        start = before
    return start


def _half(line: str) -> int:
    """Where the first half of a line of FOLD_CHARS seen characters ends."""
    half = FOLD_CHARS // 2
    if "\x1b" not in line:
        return half
    seen = at = 0
    for sequence in SEQUENCE.finditer(line):
        text = sequence.start() - at
        if seen + text >= half:
            break
        seen += text
        at = sequence.end()
    return at + half - seen


class _Line:
    """One line of the screen: `head` are characters that were overwritten at some time, `raw` is what came after them.

    `start` is the pen with which it begins; `edge` the one between `head` and `raw`. A line without colours has no head.
    """

    __slots__ = ("edge", "head", "raw", "start", "width")

    def __init__(self, raw: str, start: Pen) -> None:
        self.start = self.edge = start
        self.head: list[Cell] | None = None
        self.raw = raw
        self.width = width(raw)

    def text(self) -> str:
        return self.raw if self.head is None else written(self.start, self.head, self.edge) + self.raw

    def add(self, text: str) -> None:
        self.raw += text
        self.width += len(text)

    def put(self, column: int, text: str, pen: Pen) -> None:
        """Overwrite from a column on; beyond the end, what is between is blank."""
        end = column + len(text)
        if self.plain and not pen.sgr and not pen.link:
            self.raw = self.raw[:column].ljust(column) + text + self.raw[end:]
        else:
            head = self.styled()
            head.extend([(" ", BLANK)] * (column - len(head)))
            head[column:end] = [(character, pen) for character in text]
        self.width = max(self.width, end)

    def truncate(self, column: int) -> None:
        if column >= self.width:
            return
        if self.plain:
            self.raw = self.raw[:column]
        else:
            del self.styled()[column:]
        self.width = column

    @property
    def plain(self) -> bool:
        return self.head is None and self.start == BLANK and "\x1b" not in self.raw

    def styled(self) -> list[Cell]:
        """All characters with their pens."""
        found, self.edge = cells(self.raw, self.edge)
        self.raw = ""
        if self.head is None:
            self.head = []
        self.head.extend(found)
        return self.head


class _Terminal:
    """The lines that can be reached, and a cursor. The current pen is always the one that the last line leaves behind."""

    def __init__(self, tail: str, screen: Screen) -> None:
        self.moved = screen.terminal.startswith(_MOVED)
        self.pen = after(BLANK, screen.terminal)
        self.lines: list[_Line] = []
        for text in tail.split("\n"):
            self.lines.append(_Line(text, self.pen))
            self.pen = after(self.pen, text)
        self.finished: list[str] = []
        self.waiting = ""
        row, self.column = screen.cursor or (0, self.lines[-1].width)
        self.row = max(0, len(self.lines) - 1 - row)

    def write(self, chunk: str) -> None:
        chunk, self.waiting = _split(chunk)
        for token in _TOKEN.findall(chunk):
            first = token[0]
            if first == "\n":
                self._feed()
            elif first == "\r":
                self.column = 0
            elif first == "\b":
                self.column = max(0, self.column - 1)
            elif first != "\x1b":
                self._text(token)
            elif is_style(token):
                self._style(token)
            elif token.startswith("\x1b["):
                self._control(token)

    def result(self) -> tuple[str, Screen]:
        tail = "\n".join([line.text() for line in self.lines])
        if len(tail) > _LONGEST_TAIL:
            self._finish(len(self.lines) - 1)
            self.finished.append(self.lines[0].text())
            self.lines = [_Line("", self.pen)]
            self.row = self.column = 0
            tail = ""
        at_end = self.row == len(self.lines) - 1 and self.column == self.lines[-1].width
        cursor = None if at_end else (len(self.lines) - 1 - self.row, self.column)
        terminal = (_MOVED if self.moved else "") + between(BLANK, self.lines[0].start)
        return "".join(self.finished), Screen(tail + self.waiting, cursor, terminal)

    # --- writing --------------------------------------------------------------------------------------------------

    def _text(self, text: str) -> None:
        line = self.lines[self.row]
        over = max(0, line.width - self.column)
        if self.row < len(self.lines) - 1:
            if max(line.width, self.column + len(text)) < FOLD_CHARS:
                line.put(self.column, text, self.pen)
                self.column += len(text)
                return
            over = max(over, FOLD_CHARS - 1 - self.column)
        if over or self.column > line.width:
            line.put(self.column, text[:over], self.pen)
            self.column += len(text[:over])
            text = text[over:]
        if text and self.row < len(self.lines) - 1:
            self._line_feed_at_end()  # this line became too long: what follows goes to the end
        self._extend(text)

    def _extend(self, text: str) -> None:
        """Append to the last line, which is finished half by half when it is too long."""
        at = 0
        while at < len(text):
            part = text[at : at + max(1, FOLD_CHARS - self.lines[-1].width)]
            self.lines[-1].add(part)
            self.column += len(part)
            at += len(part)
            self._halve()

    def _halve(self) -> None:
        line = self.lines[-1]
        if line.width < FOLD_CHARS:
            return
        self._finish(len(self.lines) - 1)
        whole = line.text()
        at = _half(whole)
        self.finished.append(whole[:at])
        self.lines[-1] = _Line(whole[at:], after(line.start, whole[:at]))
        self.column = self.lines[-1].width

    def _style(self, sequence: str) -> None:
        self.lines[-1].raw += sequence
        self.pen = changed(self.pen, sequence)

    def _feed(self) -> None:
        if self.row < len(self.lines) - 1:
            self.row += 1
            self.column = 0
        else:
            self._line_feed_at_end()

    def _line_feed_at_end(self) -> None:
        self.lines.append(_Line("", self.pen))
        self._trim()
        self.row = len(self.lines) - 1
        self.column = 0

    # --- what can be reached --------------------------------------------------------------------------------------

    def _trim(self) -> None:
        most, room = (FOLD_LINES, FOLD_CHARS) if self.moved else (REACH_LINES, REACH_CHARS)
        kept = 0
        for line in reversed(self.lines[:-1]):
            room -= len(line.text()) + 1
            if room < 0 or kept == most:
                break
            kept += 1
        self._finish(len(self.lines) - 1 - kept)

    def _finish(self, count: int) -> None:
        """The first `count` lines are out of reach."""
        if count:
            self.finished.extend(line.text() + "\n" for line in self.lines[:count])
            del self.lines[:count]
            self.row = max(0, self.row - count)

    # --- control sequences ----------------------------------------------------------------------------------------

    def _control(self, sequence: str) -> None:
        parameters, final = sequence[2:-1], sequence[-1]
        if parameters and not parameters.isdigit():
            return
        number = int(parameters) if parameters else 0
        if final == "K":
            self._erase_line(number)
        elif final == "J":
            if number == 0:
                self._erase_below()
        elif final in "ABCDEFG":
            self._move(final, max(1, number))

    def _move(self, final: str, count: int) -> None:
        if final in "AF":
            self.moved = True
            self.row = max(0, self.row - count)
        elif final in "BE":
            self.row = min(len(self.lines) - 1, self.row + count)
        furthest = max(_MAX_COLUMN, self.lines[self.row].width)
        if final in "EF":
            self.column = 0
        elif final == "C":
            self.column = min(furthest, self.column + count)
        elif final == "D":
            self.column = max(0, self.column - count)
        elif final == "G":
            self.column = min(furthest, count - 1)

    def _erase_line(self, which: int) -> None:
        line = self.lines[self.row]
        if which == 0:
            line.truncate(self.column)
        elif which == 1 and line.width:
            line.put(0, " " * min(self.column + 1, line.width), BLANK)
        elif which == 2:
            line.truncate(0)

    def _erase_below(self) -> None:
        line = self.lines[self.row]
        line.truncate(self.column)
        if self.row < len(self.lines) - 1:
            del self.lines[self.row + 1 :]
            line.raw += between(after(line.edge, line.raw), self.pen)
