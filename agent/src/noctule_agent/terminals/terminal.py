"""One terminal: joins a shell, the ring of its output and the pages that look at it.

The program is held up while a page that keeps pace at all is too far behind. One that does not draw for TERMINAL_HOLD_SECONDS
(a laptop asleep) is waited for no more: the program goes on, and that page gets the screen anew when it wakes.
"""

import asyncio
import signal
from collections.abc import Callable

from noctule_agent.processes import Exit
from noctule_agent.wire.limits import KB, TERMINAL_HOLD_SECONDS
from noctule_agent.wire.ports import Clock
from noctule_agent.wire.terminals import TerminalExit, TerminalId, TerminalInfo
from noctule_agent.wire.values import Millis

from .ring import Ring, Size
from .shell import Shell

LAG_BYTES = 128 * KB
"""A page that is further behind the program than this holds it up."""
NUDGE_SECONDS = 0.1

Start = Callable[[Size, Callable[[bytes], None], Callable[[Exit], None]], Shell]


class Watch:
    """One page's place in the output. `stuck`: since when it has not moved although there is more for it."""

    def __init__(self, offset: int) -> None:
        self.offset = offset
        self.stuck: float | None = None
        self.given_up = False


class Terminal:
    """Raises OSError when its shell cannot be started."""

    def __init__(self, terminal_id: TerminalId, number: int, size: Size, start: Start, clock: Clock) -> None:
        self.id = terminal_id
        self.number = number
        self.ring = Ring(size)
        self.exit: TerminalExit | None = None
        self._created: Millis = clock.now()
        self._clock = clock
        self._loop = asyncio.get_running_loop()
        self._watches: list[Watch] = []
        self._changed = asyncio.Event()
        self._check: asyncio.TimerHandle | None = None
        self._shell = start(size, self._said, self._ended)

    def info(self) -> TerminalInfo:
        size = self.ring.size
        program, busy = self._shell.foreground() if self.exit is None else ("", False)
        return TerminalInfo(self.id, self.number, self._created, size.cols, size.rows, program, busy, self.exit)

    async def write(self, data: bytes) -> None:
        """Raises ShellGone."""
        await self._shell.write(data)

    def resize(self, size: Size) -> None:
        if size != self.ring.size and self.exit is None:
            self.ring.resize(size)
            self._shell.resize(size)
            self._wake()

    def redraw(self) -> None:
        """Have the program in the foreground draw its whole screen: it does when its size changes, and changes back."""
        size = self.ring.size
        self._shell.resize(Size(size.cols, max(1, size.rows - 1)))
        self._loop.call_later(NUDGE_SECONDS, lambda: self._shell.resize(self.ring.size))

    def hang_up(self) -> None:
        self._shell.hang_up()

    # --- pages ---

    def watch(self, offset: int) -> Watch:
        watch = Watch(offset)
        self._watches.append(watch)
        return watch

    def unwatch(self, watch: Watch) -> None:
        self._watches.remove(watch)
        self.regulate()

    def leads(self, watch: Watch) -> bool:
        """It is the page that typed last: the one whose answers to queries of the program count."""
        return bool(self._watches) and self._watches[-1] is watch

    def lead(self, watch: Watch) -> None:
        if not self.leads(watch):
            self._watches.remove(watch)
            self._watches.append(watch)

    async def changed(self) -> None:
        """There is more output, another size, or the end."""
        await self._changed.wait()

    def moved(self, watch: Watch, offset: int) -> None:
        """The page has been sent what is before `offset`."""
        watch.offset = offset
        watch.stuck = None
        if offset >= self.ring.end:
            watch.given_up = False
        self.regulate()

    def regulate(self) -> None:
        """Hold the program, or let it go on."""
        now = self._loop.time()
        waiting = False
        for watch in self._watches:
            if self.ring.end - watch.offset <= LAG_BYTES:
                watch.stuck = None
                continue
            if watch.stuck is None:
                watch.stuck = now
            watch.given_up = watch.given_up or now - watch.stuck >= TERMINAL_HOLD_SECONDS
            waiting = waiting or not watch.given_up
        self._shell.hold(waiting)
        if waiting and self._check is None:
            self._check = self._loop.call_later(TERMINAL_HOLD_SECONDS / 4, self._recheck)

    def _recheck(self) -> None:
        self._check = None
        self.regulate()

    # --- the shell ---

    def _said(self, data: bytes) -> None:
        self.ring.append(data)
        self._wake()
        self.regulate()

    def _ended(self, how: Exit) -> None:
        name = _signal_name(how.signum) if how.signum else ""
        self.exit = TerminalExit(self._clock.now(), how.code, name)
        self._wake()

    def _wake(self) -> None:
        """Whoever waits now is woken; who waits later waits for what comes then."""
        self._changed.set()
        self._changed = asyncio.Event()


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return str(number)
