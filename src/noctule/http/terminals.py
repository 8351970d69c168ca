"""Terminals of a notebook's runtime: list, make, close, and the socket of a page at one of them."""

from datetime import datetime
from types import NoneType
from typing import Annotated

import msgspec
from litestar import Controller, delete, get, post, websocket
from litestar.params import FromPath, JSONBody

from noctule.accounts.capabilities import Capability
from noctule.accounts.live import At, Held
from noctule.accounts.principal import Principal
from noctule.app import Core
from noctule.http.context import AppSocket, TheCore, principal_of
from noctule.http.notebooks import moment
from noctule.http.sockets import SocketChannel
from noctule.runtimes.terminals import serve_terminal
from noctule_agent.wire import terminals as wire
from noctule_agent.wire.ports import Channel
from noctule_agent.wire.values import Id, NotebookId


class TerminalEnd(msgspec.Struct):
    """How its shell ended: the exit code, or the name of the signal that killed it."""

    at: datetime
    code: int
    signal: str


class TerminalInfo(msgspec.Struct):
    """`program` runs in the foreground; `busy`: it is not the shell itself. `end`: the shell is gone, its screen is kept."""

    id: str
    number: int
    created_at: datetime
    cols: int
    rows: int
    program: str
    busy: bool
    end: TerminalEnd | None


class TerminalList(msgspec.Struct):
    terminals: list[TerminalInfo]


class NewTerminal(msgspec.Struct):
    """`id` is made by the client, and makes the request idempotent."""

    id: Id
    cols: Annotated[int, msgspec.Meta(ge=2, le=1000)] = 80
    rows: Annotated[int, msgspec.Meta(ge=1, le=500)] = 24


def info(terminal: wire.TerminalInfo) -> TerminalInfo:
    end = terminal.exit
    return TerminalInfo(
        id=terminal.id,
        number=terminal.number,
        created_at=moment(terminal.created_at),
        cols=terminal.cols,
        rows=terminal.rows,
        program=terminal.program,
        busy=terminal.busy,
        end=None if end is None else TerminalEnd(moment(end.at), end.code, end.signal),
    )


class Terminals(Controller):
    path = "/api/v1/notebooks/{notebook_id:str}/terminals"
    tags = ("terminals",)

    @get(summary="The terminals of the notebook's runtime")
    async def all(self, core: TheCore, notebook_id: FromPath[str]) -> TerminalList:
        return _list(await core.runtimes.query(NotebookId(notebook_id), wire.ListTerminals(), wire.Terminals))

    @post(summary="Start a shell")
    async def make(self, core: TheCore, notebook_id: FromPath[str], data: JSONBody[NewTerminal]) -> TerminalInfo:
        ask = wire.MakeTerminal(wire.TerminalId(data.id), data.cols, data.rows)
        return _list(await core.runtimes.query(NotebookId(notebook_id), ask, wire.Terminals)).terminals[0]

    @delete("/{terminal_id:str}", summary="Hang up and forget a terminal")
    async def close(self, core: TheCore, notebook_id: FromPath[str], terminal_id: FromPath[str]) -> None:
        close = wire.CloseTerminal(wire.TerminalId(terminal_id))
        await core.runtimes.query(NotebookId(notebook_id), close, NoneType)


def _list(told: wire.Terminals) -> TerminalList:
    return TerminalList([info(terminal) for terminal in told.terminals])


@websocket("/api/v1/notebooks/{notebook_id:str}/terminals/{terminal_id:str}/socket")
async def terminal_socket(
    socket: AppSocket, core: TheCore, notebook_id: FromPath[str], terminal_id: FromPath[str]
) -> None:
    """A page at a terminal. The gate has checked session, Origin and that this user may run code here."""
    await socket.accept()
    terminal = wire.TerminalId(terminal_id)
    await serve(core, SocketChannel(socket), principal_of(socket), NotebookId(notebook_id), terminal)


async def serve(
    core: Core, channel: Channel, principal: Principal, notebook: NotebookId, terminal: wire.TerminalId
) -> None:
    """A page at a terminal, to its end; it closes when the right to run code here ends."""
    with core.accounts.live.entered(principal, channel.close, At(notebook, Capability.RUN, Held())):
        await core.accounts.rights.review(principal)
        await serve_terminal(core.runtimes, channel, notebook, terminal)
