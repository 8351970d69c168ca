"""An event loop whose time is virtual, and processes on it that can be killed. Knows nothing of Noctule.

    VirtualLoop   never blocks: when nothing is ready, time jumps to the next timer; with no timer it is a deadlock
    Process       tasks and callbacks that belong together (a contextvar follows them); `kill` stops all of them at once,
                  without running one more line of their code - not even a `finally`

Tasks hash by their number, so that sets of tasks have the same order in every run of a seed.
"""

import asyncio
import contextlib
import contextvars
import inspect
import itertools
import selectors
from collections.abc import Callable, Coroutine, Iterator, Mapping
from typing import Any, TypeVar

T = TypeVar("T")

ROUND_SECONDS = 1e-6
"""A round of the loop takes some time, or a delay that is too small to be added to the time would be waited for for ever."""

_OWNER: contextvars.ContextVar["Process | None"] = contextvars.ContextVar("owner", default=None)


class Deadlock(Exception):
    """Nothing is ready and no timer is set, but somebody still waits."""


class BusyLoop(Exception):
    """So many rounds of the loop that something must be turning without getting anywhere."""


class _NoSelector(selectors.BaseSelector):
    """There are no files: to wait for them is to let virtual time pass."""

    def __init__(self) -> None:
        self.loop: VirtualLoop
        self._keys: dict[Any, selectors.SelectorKey] = {}

    def register(self, fileobj: Any, events: int, data: Any = None) -> selectors.SelectorKey:
        key = self._keys[fileobj] = selectors.SelectorKey(fileobj, fileobj, events, data)
        return key

    def unregister(self, fileobj: Any) -> selectors.SelectorKey:
        return self._keys.pop(fileobj)

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is None:
            raise Deadlock(self.loop.tasks_text())
        if timeout > 0:
            self.loop.jump()
        return []

    def get_map(self) -> Mapping[Any, selectors.SelectorKey]:
        return self._keys


class SimTask(asyncio.Task[Any]):
    _numbers = itertools.count(1)
    _number: int

    def __hash__(self) -> int:
        try:
            return self._number
        except AttributeError:
            self._number = next(SimTask._numbers)
            return self._number


class Process:
    """Code that lives and dies together. `on_kill` callbacks are the world's (they close its sockets), not the process's."""

    def __init__(self, loop: "VirtualLoop", name: str) -> None:
        self.name = name
        self.alive = True
        self.tasks: dict[asyncio.Task[Any], None] = {}
        self.on_kill: list[Callable[[], None]] = []
        self._loop = loop
        self.context = contextvars.Context()
        self.context.run(_OWNER.set, self)

    def spawn(self, work: Coroutine[Any, Any, T], name: str = "") -> asyncio.Task[T]:
        return self._loop.create_task(work, name=name or self.name, context=self.context)

    def call(self, function: Callable[..., T], *args: Any) -> T:
        """Call as if this process did: what it starts is this process's."""
        return self.context.copy().run(function, *args)

    def kill(self) -> None:
        if self.alive:
            self.alive = False
            self._loop.drop_handles(self)
            for callback in self.on_kill:
                callback()


class VirtualLoop(asyncio.SelectorEventLoop):
    def __init__(self) -> None:
        self.now = 0.0
        self.steps = 0
        self.steps_at_most = 0
        self.outside = contextvars.Context()
        """The context of the world itself: what is called in it belongs to no process."""
        SimTask._numbers = itertools.count(1)
        self._dead: list[Process] = []
        selector = _NoSelector()
        selector.loop = self
        super().__init__(selector)
        self.set_task_factory(self._make_task)

    def time(self) -> float:
        return self.now

    def jump(self) -> None:
        """To the next timer that was not cancelled."""
        scheduled = self._scheduled  # type: ignore[attr-defined]
        self.now = max(self.now, scheduled[0].when())

    # --- processes ---------------------------------------------------------------------------------------------------

    def _make_task(self, loop: asyncio.AbstractEventLoop, work: Any, **options: Any) -> asyncio.Task[Any]:
        task = SimTask(work, loop=self, **options)
        owner = _OWNER.get() if options.get("context") is None else options["context"].get(_OWNER)
        if owner is not None:
            owner.tasks[task] = None
            if owner.alive:
                task.add_done_callback(lambda done: owner.tasks.pop(done, None), context=self.outside)
        return task

    def call_soon(  # type: ignore[override]
        self, callback: Callable[..., Any], *args: Any, context: contextvars.Context | None = None
    ) -> asyncio.Handle:
        if self._is_dead(context):
            return asyncio.Handle(_nothing, (), self, context)
        return super().call_soon(callback, *args, context=context)

    def call_at(  # type: ignore[override]
        self, when: float, callback: Callable[..., Any], *args: Any, context: contextvars.Context | None = None
    ) -> asyncio.TimerHandle:
        if self._is_dead(context):
            return asyncio.TimerHandle(when, _nothing, (), self, context)
        return super().call_at(when, callback, *args, context=context)

    @staticmethod
    def _is_dead(context: contextvars.Context | None) -> bool:
        owner = _OWNER.get() if context is None else context.get(_OWNER)
        return owner is not None and not owner.alive

    def drop_handles(self, process: Process) -> None:
        """Nothing of this process runs any more."""
        self._dead.append(process)
        for handle in (*self._ready, *self._scheduled):  # type: ignore[attr-defined]
            if handle._context.get(_OWNER) is process:
                handle.cancel()

    def _run_once(self) -> None:
        self.steps += 1
        if self.steps == self.steps_at_most:
            ready = "\n".join(repr(handle) for handle in self._ready)  # type: ignore[attr-defined]
            raise BusyLoop(f"{self.steps} rounds, and it is only {self.now:.3f} s\nready: {ready}\n{self.tasks_text()}")
        self.now += ROUND_SECONDS
        super()._run_once()  # type: ignore[misc]

    # --- looking at it -----------------------------------------------------------------------------------------------

    def tasks_text(self) -> str:
        return "\n".join(_task_text(task) for task in sorted(asyncio.all_tasks(self), key=hash))

    def dispose(self) -> None:
        """End all coroutines where they stand, so that none is left to the garbage collector."""
        tasks = [*asyncio.all_tasks(self), *(task for process in self._dead for task in process.tasks)]
        for task in tasks:
            task._log_destroy_pending = False  # type: ignore[attr-defined]
            for coroutine in _inside_out(task.get_coro()):
                # One that awaits while it ends is closed where it then stands.
                for _ in range(5):
                    with contextlib.suppress(BaseException):
                        coroutine.close()
        self._ready.clear()  # type: ignore[attr-defined]
        self._scheduled.clear()  # type: ignore[attr-defined]
        self.close()


def _inside_out(coroutine: Any) -> list[Any]:
    """This coroutine and those that it awaits, the innermost first."""
    chain: list[Any] = []
    while inspect.iscoroutine(coroutine):
        chain.append(coroutine)
        coroutine = coroutine.cr_await
    return chain[::-1]


def _nothing() -> None:
    """A callback of a process that is no more."""


def _task_text(task: asyncio.Task[Any]) -> str:
    lines = [f"{task.get_name()}:"]
    lines.extend(f"    {frame}" for frame in _frames(task))
    return "\n".join(lines)


def _frames(task: asyncio.Task[Any]) -> Iterator[str]:
    waiting: Any = task.get_coro()
    while waiting is not None:
        frame = getattr(waiting, "cr_frame", None) or getattr(waiting, "gi_frame", None)
        if frame is not None:
            yield f"{frame.f_code.co_filename.rsplit('/', 3)[-1]}:{frame.f_lineno} {frame.f_code.co_qualname}"
        waiting = getattr(waiting, "cr_await", None) or getattr(waiting, "gi_yieldfrom", None)
