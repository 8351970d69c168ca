"""Questions and pipes: what travels on the agent link beside the journal. Nothing of it is durable, and all ends with the link.

    server asks                               agent
      Query{id, question}             --->
                                      <---    Result{id, told | problem}
      PipeOpen{pipe, what, credit}    --->
                                      <---    PipeCredit (what it can take), then PipeData ...
      PipeData, PipeCredit, PipeEnd  <--->    PipeData, PipeCredit, PipeEnd

A pipe is a stream of messages each way. Nobody sends what the other has not given credit for, one message over it at most,
so a pipe that is not emptied costs PIPE_WINDOW_BYTES and holds up nobody else. Each side says PipeEnd once: "no more from
me", or with a problem "all is over".
"""

import msgspec

from . import files, terminals
from .values import CommandId, Problem

PIPES_SINCE = (1, 2)
"""Agents of an earlier version of the link know neither."""

Question = terminals.TerminalQuestion | files.FileQuestion
Told = terminals.Terminals | files.Entry | files.Listing | files.Counted | files.UploadState
What = terminals.AttachTerminal | files.ReadFile | files.WriteFile | files.AppendUpload


class _Tagged(msgspec.Struct, frozen=True, tag_field="t", omit_defaults=True):
    """Base of every frame."""


class Query(_Tagged, frozen=True, tag="query"):
    id: CommandId
    question: Question


class Result(_Tagged, frozen=True, tag="result"):
    """Both None: done, and there is nothing to tell."""

    id: CommandId
    told: Told | None = None
    problem: Problem | None = None


class PipeOpen(_Tagged, frozen=True, tag="pipe-open"):
    """`pipe` numbers the pipes of this connection; `credit` is what the agent may send before it is given more."""

    pipe: int
    what: What
    credit: int


class PipeData(_Tagged, frozen=True, tag="pipe-data"):
    pipe: int
    data: bytes


class PipeCredit(_Tagged, frozen=True, tag="pipe-credit"):
    """So many bytes more are welcome."""

    pipe: int
    size: int


class PipeEnd(_Tagged, frozen=True, tag="pipe-end"):
    pipe: int
    problem: Problem | None = None


PipeFrame = PipeData | PipeCredit | PipeEnd
FromAgentAside = Result | PipeFrame
ToAgentAside = Query | PipeOpen | PipeFrame
