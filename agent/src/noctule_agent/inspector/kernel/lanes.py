"""Threads that work on asks one after the other, and what becomes of one that hangs.

    waiting -> worked on -> answered
                  '-- past its time --> refused; the thread is told to stop (an exception at its next step)
                                          '-- does not (it waits in C) --> given up: another thread takes the lane

Given up are `stuck` threads at most; then the lane answers nothing any more until the kernel is restarted. `late` is called
from the kernel's control thread, which alone may start threads here.
"""

from __future__ import annotations

import ctypes
import queue
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from .tables import Refusal

LATE = Refusal(
    "ask-timeout", "The kernel took too long to answer.", "It may be busy with a long computation. Try again."
)
STUCK = Refusal(
    "ask-stuck", "The kernel cannot be asked any more.", "Code of the notebook hangs in it. Restart the kernel."
)


class _Late(BaseException):
    """Raised in a thread whose time is over; not an Exception, so that careful code lets it pass."""


class Job:
    """One ask. `answer` is called once, from any thread."""

    def __init__(self, work: Callable[[], Any], answer: Callable[[Any], None]) -> None:
        self.work = work
        self._answer = answer
        self._lock = threading.Lock()
        self._answered = False

    def finish(self, result: Any) -> None:
        with self._lock:
            first, self._answered = not self._answered, True
        if first:
            self._answer(result)

    @property
    def answered(self) -> bool:
        return self._answered


class Lane:
    def __init__(self, name: str, stuck: int) -> None:
        self._name = name
        self._left = stuck
        self._jobs: queue.SimpleQueue[Job] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._current: Job | None = None
        self._thread: threading.Thread | None = None

    def put(self, job: Job) -> None:
        if self._left <= 0:
            job.finish(STUCK)
            return
        if self._thread is None:
            self._start()
        self._jobs.put(job)

    def late(self, job: Job) -> bool:
        """Its time is over. Whether its thread is to be looked at again (`give_up`)."""
        if job.answered:
            return False
        job.finish(LATE)
        with self._lock:
            if self._current is not job or self._thread is None or self._thread.ident is None:
                return False
            ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(self._thread.ident), ctypes.py_object(_Late))
        return True

    def give_up(self, job: Job) -> None:
        """If it still works on this, others take over."""
        with self._lock:
            if self._current is not job:
                return
            self._left -= 1
            self._current = self._thread = None
            left_behind, self._jobs = self._jobs, queue.SimpleQueue()
        while not left_behind.empty():
            self.put(left_behind.get())

    def _start(self) -> None:
        self._thread = threading.Thread(
            target=self._work, args=(self._jobs,), name="noctule " + self._name, daemon=True
        )
        self._thread.start()

    def _work(self, jobs: queue.SimpleQueue[Job]) -> None:
        while jobs is self._jobs:
            # What was meant for a job that had just ended. A thread that died of it would say so in a cell.
            with suppress(BaseException):
                self._next(jobs.get())

    def _next(self, job: Job) -> None:
        if job.answered or not self._take(job):
            return
        try:
            job.finish(job.work())
        except BaseException as error:
            job.finish(error)
        finally:
            self._done(job)

    def _take(self, job: Job) -> bool:
        with self._lock:
            if threading.current_thread() is not self._thread:
                return False
            self._current = job
            return True

    def _done(self, job: Job) -> None:
        with self._lock:
            if self._current is job:
                self._current = None
