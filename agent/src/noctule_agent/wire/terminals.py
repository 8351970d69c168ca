"""Terminals: what the server asks an agent about them, and the frames between a page and the agent's end of one.

    page                                             agent (the server passes frames on; it reads `ack` and `ping` itself)
      TermOpen{cols, rows, after?}        --->
                                          <---       TermStart{offset, head, ...}     or TermRefused and close
                                          <---       TermOutput{data}, TermSized, TermStart again after a fall behind
      TermInput{data}, TermResize         --->
      TermAck{size}                       --->       credit: what the page has drawn, in bytes of frames
                                          <---       TermTaken{size}: what of the page's input is on its way
                                          <---       TermEnded{exit}
      TermPing                            --->       TermPong

Output has absolute offsets, counted from the terminal's first byte, so that a page that comes back goes on where it was.
"""

from typing import Annotated, NewType

import msgspec

from .values import Millis, Problem

TerminalId = NewType("TerminalId", str)

Cols = Annotated[int, msgspec.Meta(ge=2, le=1000)]
Rows = Annotated[int, msgspec.Meta(ge=1, le=500)]


class _Tagged(msgspec.Struct, frozen=True, tag_field="t", omit_defaults=True):
    """Base of every frame, question and answer here."""


class TerminalExit(msgspec.Struct, frozen=True, omit_defaults=True):
    """How the shell ended: its exit code, or the signal's name when it was killed."""

    at: Millis
    code: int = 0
    signal: str = ""


class TerminalInfo(msgspec.Struct, frozen=True, omit_defaults=True):
    """`program` is the name of what runs in the foreground (the shell itself, when nothing does); `busy`: it is not the shell."""

    id: TerminalId
    number: int
    created_at: Millis
    cols: int
    rows: int
    program: str
    busy: bool = False
    exit: TerminalExit | None = None


# --- questions of the server ---------------------------------------------------------------------------------------


class ListTerminals(_Tagged, frozen=True, tag="list-terminals"):
    """Answered by Terminals."""


class MakeTerminal(_Tagged, frozen=True, tag="make-terminal"):
    """Start a shell. Answered by Terminals with this one alone. Idempotent by `terminal_id`."""

    terminal_id: TerminalId
    cols: Cols = 80
    rows: Rows = 24


class CloseTerminal(_Tagged, frozen=True, tag="close-terminal"):
    """Hang up and forget it. One that is not there is no fault."""

    terminal_id: TerminalId


TerminalQuestion = ListTerminals | MakeTerminal | CloseTerminal


class Terminals(_Tagged, frozen=True, tag="terminals"):
    terminals: list[TerminalInfo]


class AttachTerminal(_Tagged, frozen=True, tag="attach-terminal"):
    """A pipe to one terminal. `after`: the page has all output before this offset, and wants what follows."""

    terminal_id: TerminalId
    cols: Cols
    rows: Rows
    after: int | None = None


# --- frames of a page ----------------------------------------------------------------------------------------------


class TermOpen(_Tagged, frozen=True, tag="open"):
    """First frame."""

    version: tuple[int, int]
    cols: Cols
    rows: Rows
    after: int | None = None


class TermInput(_Tagged, frozen=True, tag="input"):
    """Keys, pastes. `answer`: not typed, but the terminal's reply to a query in the output; only one page's are passed on."""

    data: bytes
    answer: bool = False


class TermResize(_Tagged, frozen=True, tag="resize"):
    cols: Cols
    rows: Rows


class TermAck(_Tagged, frozen=True, tag="ack"):
    """The page has drawn frames of so many bytes more."""

    size: Annotated[int, msgspec.Meta(ge=0)]


class TermPing(_Tagged, frozen=True, tag="ping"):
    """Is anybody there?"""


FromTerminalPage = TermOpen | TermInput | TermResize | TermAck | TermPing
TermKeys = TermInput | TermResize
"""What of it goes through to the agent."""


# --- frames to a page ----------------------------------------------------------------------------------------------


class TermStart(_Tagged, frozen=True, tag="start"):
    """What follows begins at `offset`. Output before `head` is history: queries in it are not to be answered again.

    `fresh`: forget what is on the screen, and draw `prelude` first: it sets the modes, colours and charsets that what is no
    longer kept has left in force. Otherwise go on.
    """

    offset: int
    head: int
    cols: int
    rows: int
    fresh: bool = False
    prelude: bytes = b""


class TermOutput(_Tagged, frozen=True, tag="output"):
    data: bytes


class TermSized(_Tagged, frozen=True, tag="sized"):
    """From here on the terminal has this size (another page has changed it, or had at this place of the history)."""

    cols: int
    rows: int


class TermEnded(_Tagged, frozen=True, tag="ended"):
    """The shell is gone, and this was all of its output."""

    exit: TerminalExit


class TermTaken(_Tagged, frozen=True, tag="taken"):
    """So many bytes of the page's input have gone on; it may send as many more."""

    size: int


class TermPong(_Tagged, frozen=True, tag="pong"):
    """I am."""


class TermRefused(_Tagged, frozen=True, tag="refused"):
    """Not opened, or broken off. `again`: trying later may help."""

    problem: Problem
    again: bool = False


ToTerminalPage = TermStart | TermOutput | TermSized | TermEnded | TermTaken | TermPong | TermRefused

TERMINAL_VERSION = (1, 0)
