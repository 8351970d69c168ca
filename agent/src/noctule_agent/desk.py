"""The desk: brings questions and pipes of the server to terminals and files, and their answers back. Decides nothing itself.

Each question and each pipe is a task of its own, so that a slow disk holds up nobody but those who asked it. QUERIES_IN_FLIGHT
and PIPES_PER_RUNTIME bound them.
"""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, assert_never

from .files.service import Files
from .log import Log
from .pipes import Pipe, PipeBroken
from .refusal import Refusal
from .terminals.service import Shells
from .wire.files import AppendUpload, ReadFile, WriteFile
from .wire.limits import PIPES_PER_RUNTIME, QUERIES_IN_FLIGHT
from .wire.pipes import Query, Question, Result, Told, What
from .wire.terminals import AttachTerminal, CloseTerminal, ListTerminals, MakeTerminal
from .wire.values import Problem

BUSY = Problem("runtime-busy", "The runtime does not take more requests now.", "Try again in a moment.", 409)
CLOSED = Problem("runtime-ending", "The runtime is ending.", "It takes no more work.", 409)
DEFECT = Problem("runtime-error", "The runtime failed at this.", "Its log has the details; please report it.", 500)


class Desk:
    def __init__(self, shells: Shells, files: Files, log: Log) -> None:
        self._shells = shells
        self._files = files
        self._log = log
        self._questions: set[asyncio.Task[None]] = set()
        self._pipes: set[asyncio.Task[None]] = set()

    def ask(self, query: Query, answer: Callable[[Result], None]) -> None:
        """`answer` is called once."""
        if len(self._questions) >= QUERIES_IN_FLIGHT:
            answer(Result(query.id, problem=BUSY))
        else:
            self._begin(self._questions, self._answer(query, answer))

    def serve(self, pipe: Pipe, what: What) -> None:
        """To the pipe's end."""
        if len(self._pipes) >= PIPES_PER_RUNTIME:
            pipe.end(BUSY)
        else:
            self._begin(self._pipes, self._serve(pipe, what))

    async def close(self) -> None:
        """Terminals end; what is under way is given up."""
        tasks = [*self._questions, *self._pipes]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._shells.close()
        self._files.close()

    def _begin(self, tasks: "set[asyncio.Task[None]]", work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        tasks.add(task)
        task.add_done_callback(tasks.discard)

    async def _answer(self, query: Query, answer: Callable[[Result], None]) -> None:
        try:
            told = await self._told(query.question)
        except Refusal as refusal:
            answer(Result(query.id, problem=refusal.problem))
        except Exception as error:
            self._log("query-failed", question=type(query.question).__name__, error=repr(error))
            answer(Result(query.id, problem=DEFECT))
        else:
            answer(Result(query.id, told))

    async def _told(self, question: Question) -> Told | None:
        match question:
            case ListTerminals():
                return self._shells.all()
            case MakeTerminal():
                return self._shells.make(question)
            case CloseTerminal():
                self._shells.hang_up(question.terminal_id)
                return None
            case _:
                return await self._files.ask(question)

    async def _serve(self, pipe: Pipe, what: What) -> None:
        pipe.begin()
        try:
            match what:
                case AttachTerminal():
                    await self._shells.attach(pipe, what)
                case ReadFile():
                    await self._files.read(pipe, what)
                case WriteFile():
                    await self._files.write(pipe, what)
                case AppendUpload():
                    await self._files.append(pipe, what)
                case _:
                    assert_never(what)
        except PipeBroken:
            return
        except Refusal as refusal:
            pipe.end(refusal.problem)
        except Exception as error:
            self._log("pipe-failed", what=type(what).__name__, error=repr(error))
            pipe.end(DEFECT)
        except asyncio.CancelledError:
            pipe.end(CLOSED)
            raise
        else:
            pipe.end()
