"""Warm runtimes: kernel started, nothing run, nobody's yet. Kept at a number, in the background, after people's own.

A warm runtime is a row without an attachment, so that a restarted server finds the same ones. `next_fill` is pure.
"""

import asyncio
from typing import Literal

import msgspec

from noctule_agent.wire.ports import Clock
from noctule_agent.wire.values import Cause, RuntimeId

from .allocation import Allocation
from .lifecycle import Connected, StopAsked, Unreachable
from .roster import Roster
from .settings import RuntimeSettings

PAUSE_MAX_SECONDS = 300.0


class Census(msgspec.Struct, frozen=True):
    """`warm` are ready or on their way; `coming` those of them that are on their way; `people` those that others wait for."""

    warm: int
    coming: int
    people: int


def next_fill(census: Census, size: int) -> Literal["grow", "shrink"] | None:
    if census.warm > size:
        return "shrink"
    if census.warm < size and not census.coming and not census.people:
        return "grow"
    return None


class Pool:
    def __init__(self, roster: Roster, allocation: Allocation, settings: RuntimeSettings, clock: Clock) -> None:
        self._roster = roster
        self._allocation = allocation
        self._settings = settings
        self._clock = clock
        self._not_before = asyncio.get_running_loop().time() + settings.pool_delay_seconds
        self._pause = settings.pool_delay_seconds
        self._coming: RuntimeId | None = None
        self._size = settings.pool_size

    def close(self) -> None:
        """No warm runtime is wanted any more."""
        self._size = 0

    @property
    def full(self) -> bool:
        """As many as wanted are ready or on their way."""
        return next_fill(self._census(), self._size) is None

    async def fill(self) -> None:
        """One step towards the wanted number."""
        self._judge_the_last()
        match next_fill(self._census(), self._size):
            case "grow" if asyncio.get_running_loop().time() >= self._not_before:
                self._coming = (await self._allocation.create_warm()).id
            case "shrink":
                await self._shrink()

    def _census(self) -> Census:
        staying = [runtime for runtime in self._roster if not runtime.leaving]
        warm = [runtime for runtime in staying if not runtime.notebooks]
        return Census(
            warm=len(warm),
            coming=sum(not isinstance(runtime.state, Connected | Unreachable) for runtime in warm),
            people=sum(
                not isinstance(runtime.state, Connected | Unreachable) for runtime in staying if runtime.notebooks
            ),
        )

    def _judge_the_last(self) -> None:
        """One that never got ready makes the next one wait, longer each time."""
        if self._coming is None:
            return
        runtime = self._roster.get(self._coming)
        if runtime is None or runtime.leaving:
            self._not_before = asyncio.get_running_loop().time() + self._pause
            self._pause = min(2 * self._pause, PAUSE_MAX_SECONDS)
            self._coming = None
        elif isinstance(runtime.state, Connected):
            self._pause = self._settings.pool_delay_seconds
            self._coming = None

    async def _shrink(self) -> None:
        cause = Cause("pool-shrunk", "This warm runtime was never used, and fewer are wanted.")
        surplus = next(runtime for runtime in self._roster if not runtime.leaving and not runtime.notebooks)
        async with surplus.lock:
            taken = bool(surplus.notebooks)
        if not taken:
            await self._roster.apply(surplus, StopAsked(self._clock.now(), cause))
