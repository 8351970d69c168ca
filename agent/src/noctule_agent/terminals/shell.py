"""A process on a pseudo-terminal: bytes in, bytes out, its size, its end. Keeps nothing of what it says.

Reading is paused while it is held, and then the program stops at a full terminal, as it does at any terminal that nobody
reads. The shell gone, what it left in the terminal is read, and the terminal is closed: what still runs there is hung up.
"""

import asyncio
import errno
import fcntl
import os
import signal
import termios
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from noctule_agent.processes import Exit, Process
from noctule_agent.wire.limits import KB

from .pace import Pace
from .ring import Size

READ_BYTES = 64 * KB
READS_AT_ONCE = 16
LAST_WORDS_SECONDS = 0.5
KILL_SECONDS = 2.0
NAME_CHARS = 32
_IUTF8 = 0o40000
_IFLAG = 0


class ShellGone(Exception):
    """It takes no more input."""


class Shell:
    """`start` makes its process, on a terminal; `said` gets its output, `ended` is called once, after the last of it. Raises OSError when it cannot be started."""

    def __init__(
        self,
        start: Callable[[int, Callable[[Exit], None]], Process],
        size: Size,
        pace: Pace,
        said: Callable[[bytes], None],
        ended: Callable[[Exit], None],
    ) -> None:
        self._loop = asyncio.get_running_loop()
        self._pace = pace
        self._said = said
        self._ended = ended
        self._exit: Exit | None = None
        self._reading = False
        self._held = False
        self._pause: asyncio.TimerHandle | None = None
        self._last_words: asyncio.TimerHandle | None = None
        self._writing = asyncio.Lock()
        self._writable = asyncio.Event()
        self._master, slave = _open_terminal(size)
        try:
            self.process = start(slave, self._exited)
        except OSError:
            os.close(self._master)
            raise
        finally:
            os.close(slave)
        self._read_on()

    @property
    def open(self) -> bool:
        return self._master >= 0

    def hold(self, held: bool) -> None:
        """While held, nothing is read of it."""
        self._held = held
        self._read_on()

    async def write(self, data: bytes) -> None:
        """Returns when all of it is in the terminal; what several write comes one after the other. Raises ShellGone."""
        async with self._writing:
            while data:
                if not self.open:
                    raise ShellGone
                try:
                    data = data[os.write(self._master, data) :]
                except BlockingIOError:
                    await self._room()
                except OSError as error:
                    raise ShellGone from error

    def resize(self, size: Size) -> None:
        """The program in the foreground gets SIGWINCH, if it is another size."""
        if self.open:
            with suppress(OSError):
                termios.tcsetwinsize(self._master, (size.rows, size.cols))

    def foreground(self) -> tuple[str, bool]:
        """The name of the program in the foreground, and whether that is another than the shell."""
        with suppress(OSError):
            group = os.tcgetpgrp(self._master)
            name = Path("/proc", str(group), "comm").read_text(errors="replace").strip()
            return name[:NAME_CHARS], group != self.process.pid
        return "", False

    def hang_up(self) -> None:
        """Close the terminal: the shell is told (SIGHUP), and killed if it stays."""
        if self._exit is None:
            self._loop.call_later(KILL_SECONDS, self._kill)
            self.process.signal_group(signal.SIGHUP)
            self.process.signal_group(signal.SIGCONT)
        self._close()

    def _kill(self) -> None:
        if self._exit is None:
            self.process.signal_group(signal.SIGKILL)

    # --- reading ---

    def _read_on(self) -> None:
        wanted = self.open and not self._held and self._pause is None
        if wanted and not self._reading:
            self._loop.add_reader(self._master, self._readable)
        elif not wanted and self._reading:
            self._loop.remove_reader(self._master)
        self._reading = wanted

    def _readable(self) -> None:
        """Read what is there, a bounded part of it; more is read on the loop's next turn."""
        parts: list[bytes] = []
        over = False
        for _ in range(READS_AT_ONCE):
            try:
                part = os.read(self._master, READ_BYTES)
            except BlockingIOError:
                break
            except OSError as error:
                # EIO: nobody has the other side open any more.
                over = error.errno == errno.EIO
                break
            if not part:
                break
            parts.append(part)
        if parts:
            data = b"".join(parts)
            delay = self._pace.spend(self._loop.time(), len(data))
            if delay > 0 and self._exit is None:
                self._pause = self._loop.call_later(delay, self._resume)
                self._read_on()
            self._said(data)
        if over:
            self._nobody_there()

    def _resume(self) -> None:
        self._pause = None
        self._read_on()

    async def _room(self) -> None:
        self._writable.clear()
        self._loop.add_writer(self._master, self._writable.set)
        try:
            await self._writable.wait()
        finally:
            if self.open:
                self._loop.remove_writer(self._master)

    # --- the end ---

    def _exited(self, how: Exit) -> None:
        self._exit = how
        if self.open:
            # What it said last is read, held or not; others that have the terminal open are not waited for.
            self._held = False
            if self._pause is not None:
                self._pause.cancel()
                self._pause = None
            self._last_words = self._loop.call_later(LAST_WORDS_SECONDS, self._nobody_there)
            self._read_on()
        else:
            self._ended(how)

    def _nobody_there(self) -> None:
        if self._exit is None:
            # The shell closed its terminal and lives on, out of reach.
            self.hang_up()
            return
        if self.open:
            self._close()
            self._ended(self._exit)

    def _close(self) -> None:
        if not self.open:
            return
        for timer in (self._pause, self._last_words):
            if timer is not None:
                timer.cancel()
        if self._reading:
            self._loop.remove_reader(self._master)
        self._loop.remove_writer(self._master)
        os.close(self._master)
        self._master, self._reading = -1, False
        self._writable.set()


def _open_terminal(size: Size) -> tuple[int, int]:
    master, slave = os.openpty()
    os.set_blocking(master, False)
    termios.tcsetwinsize(slave, (size.rows, size.cols))
    attributes = termios.tcgetattr(slave)
    # Backspace takes a whole character, not a byte of it.
    attributes[_IFLAG] |= _IUTF8
    termios.tcsetattr(slave, termios.TCSANOW, attributes)
    for descriptor in (master, slave):
        flags = fcntl.fcntl(descriptor, fcntl.F_GETFD)
        fcntl.fcntl(descriptor, fcntl.F_SETFD, flags | fcntl.FD_CLOEXEC)
    return master, slave
