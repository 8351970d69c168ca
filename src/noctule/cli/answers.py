"""Answers to `input()` and `getpass()` of a cell, read from standard input without blocking anything else."""

import asyncio
import os
import stat
import sys
import termios
from collections.abc import Iterator
from contextlib import contextmanager

from noctule.cli.words import say


def can_answer() -> bool:
    """False when standard input is closed or /dev/null: no answer will ever come from here."""
    try:
        kind = os.fstat(sys.stdin.fileno()).st_mode
    except (AttributeError, OSError, ValueError):
        return False
    return sys.stdin.isatty() or not stat.S_ISCHR(kind)


async def ask(question: str, *, password: bool) -> str | None:
    """One line of standard input; None when there is none to come."""
    sys.stderr.write(question)
    sys.stderr.flush()
    with _silent() if password and sys.stdin.isatty() else _as_it_is():
        line = await _line()
    if password:
        say("")
    return None if line is None else line.rstrip("\n")


async def _line() -> str | None:
    """Byte by byte: what follows the line is for the next question."""
    loop = asyncio.get_running_loop()
    descriptor = sys.stdin.fileno()
    readable = asyncio.Event()
    try:
        loop.add_reader(descriptor, readable.set)
        waits = True
    except OSError:
        waits = False  # a file is always readable
    data = bytearray()
    try:
        while not data.endswith(b"\n"):
            if waits:
                await readable.wait()
                readable.clear()
            byte = os.read(descriptor, 1)
            if not byte:
                break
            data += byte
    finally:
        if waits:
            loop.remove_reader(descriptor)
    return data.decode(errors="replace") if data else None


@contextmanager
def _silent() -> Iterator[None]:
    """A terminal that does not show what is typed."""
    before = termios.tcgetattr(sys.stdin)
    hidden = termios.tcgetattr(sys.stdin)
    hidden[3] &= ~termios.ECHO
    termios.tcsetattr(sys.stdin, termios.TCSADRAIN, hidden)
    try:
        yield
    finally:
        termios.tcsetattr(sys.stdin, termios.TCSADRAIN, before)


@contextmanager
def _as_it_is() -> Iterator[None]:
    yield
