"""Questions about files and pipes with their bytes. Whatever touches the disk is done in a few threads of its own."""

import asyncio
import os
import secrets
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from io import FileIO
from pathlib import Path
from typing import Any, TypeVar, assert_never

import msgspec

from noctule_agent.pipes import Pipe
from noctule_agent.refusal import Refusal
from noctule_agent.wire.files import (
    AppendUpload,
    CountFiles,
    DeleteFile,
    DropUpload,
    Entry,
    FileHead,
    FileQuestion,
    ListFolder,
    MakeFolder,
    MoveFile,
    OpenUpload,
    ReadFile,
    StatFile,
    StatUpload,
    WriteFile,
)
from noctule_agent.wire.limits import KB
from noctule_agent.wire.pipes import Told
from noctule_agent.wire.values import Problem

from . import folders, placing
from .beneath import Root
from .names import parts_of
from .trouble import refusing
from .uploads import TOO_LONG, Uploads

T = TypeVar("T")

THREADS = 4
READ_BYTES = 256 * KB
CUT_SHORT = Problem("file-changed", "The file became shorter while it was read.", "Try again.", 409)
INCOMPLETE = Problem("upload-incomplete", "Less came than was announced.", "Nothing was changed. Try again.", 409)

_ENCODE = msgspec.msgpack.Encoder().encode


class Files:
    def __init__(self, content: Path) -> None:
        self._root = Root(content)
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="files")
        self._uploads = Uploads(self._root, self._aside)

    def close(self) -> None:
        """What is under way in a thread comes to its end by itself."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def ask(self, ask: FileQuestion) -> Told | None:
        """Raises Refusal."""
        with refusing():
            match ask:
                case OpenUpload():
                    return await self._uploads.open(ask)
                case StatUpload():
                    return await self._uploads.state(ask.upload_id)
                case DropUpload():
                    await self._uploads.drop(ask.upload_id)
                    return None
                case _:
                    return await self._aside(_answer, self._root, ask)

    async def read(self, pipe: Pipe, what: ReadFile) -> None:
        """Raises Refusal, PipeBroken."""
        with refusing():
            entry, file = await self._aside(_open, self._root, what.path)
            with file:
                rest = max(0, entry.size - what.offset)
                left = rest if what.length is None else min(rest, what.length)
                await pipe.send(_ENCODE(FileHead(entry, left)))
                offset = what.offset
                while left:
                    data = await self._aside(_read, file, offset, min(left, READ_BYTES))
                    if not data:
                        raise Refusal(CUT_SHORT)
                    await pipe.send(data)
                    offset += len(data)
                    left -= len(data)

    async def write(self, pipe: Pipe, what: WriteFile) -> None:
        """Raises Refusal, PipeBroken; then nothing was changed."""
        parts, key = folders.named(what.path), secrets.token_hex(8)
        with refusing():
            file = await self._aside(placing.begin, self._root, parts, key, what.size, what.replace)
            try:
                with file:
                    await self._fill(pipe, file, what.size)
                entry = await self._aside(placing.place, self._root, parts, key, what.replace)
            except BaseException:
                self._threads.submit(placing.drop, self._root, parts, key)
                raise
        await pipe.send(_ENCODE(entry))

    async def append(self, pipe: Pipe, what: AppendUpload) -> None:
        """Raises Refusal, PipeBroken; what came is kept."""
        with refusing():
            entry = await self._uploads.append(pipe, what)
        if entry is not None:
            await pipe.send(_ENCODE(entry))

    async def _fill(self, pipe: Pipe, file: FileIO, size: int) -> None:
        left = size
        while (data := await pipe.receive()) is not None:
            left -= len(data)
            if left < 0:
                raise Refusal(TOO_LONG)
            await self._aside(placing.write_all, file, data)
            pipe.taken(len(data))
        if left:
            raise Refusal(INCOMPLETE)

    async def _aside(self, work: Callable[..., T], /, *args: Any) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._threads, work, *args)


def _answer(root: Root, ask: FileQuestion) -> Told:
    match ask:
        case ListFolder():
            return folders.list_folder(root, ask)
        case StatFile():
            return folders.look(root, ask.path)
        case MakeFolder():
            return folders.make_folder(root, ask.path, parents=ask.parents)
        case MoveFile():
            return folders.move(root, ask.source, ask.target)
        case CountFiles():
            return folders.count(root, ask.path)
        case DeleteFile():
            return folders.delete(root, ask.path)
        case OpenUpload() | StatUpload() | DropUpload():
            raise AssertionError("answered by the uploads")
        case _:
            assert_never(ask)


def _open(root: Root, path: str) -> tuple[Entry, FileIO]:
    parts = parts_of(path)
    file = root.file(parts)
    return folders.entry_of(parts, os.fstat(file.fileno()), link=False), file


def _read(file: FileIO, offset: int, size: int) -> bytes:
    return os.pread(file.fileno(), size, offset)
