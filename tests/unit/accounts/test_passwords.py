"""Passwords: right is right, the same work for nobody, and no queue without end."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from noctule.accounts import passwords
from noctule.accounts.passwords import Passwords
from noctule.errors import TooMany

pytestmark = pytest.mark.usefixtures("cheap_passwords")


async def test_only_the_right_password_is_right() -> None:
    checked = Passwords(asyncio.to_thread)
    known = await checked.hash("correct horse\0battery")
    assert known.startswith("$argon2id$")
    assert await checked.verify(known, "correct horse\0battery")
    for wrong in ("correct horse", "", "correct horse\0battery ", "\ud800"):
        assert not await checked.verify(known, wrong)
    assert not await checked.verify(None, "the password of nobody")
    assert not await checked.verify("not a hash", "x")
    assert not checked.outdated(known)


async def test_the_same_characters_are_the_same_password_however_they_are_typed() -> None:
    checked = Passwords(asyncio.to_thread)
    assert await checked.verify(await checked.hash("Caf\u00e9 cr\u00e8me"), "Cafe\u0301 cre\u0300me")


async def test_few_are_done_at_once_and_a_long_queue_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "WAITING", 4)
    doing, most, go = 0, 0, asyncio.Event()

    async def aside(work: Callable[..., Any], /, *args: Any) -> Any:
        nonlocal doing, most
        doing += 1
        most = max(most, doing)
        await go.wait()
        doing -= 1
        return work(*args)

    checked = Passwords(aside)
    tasks = [asyncio.create_task(checked.verify(None, "x")) for _ in range(5)]
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    go.set()
    found = await asyncio.gather(*tasks, return_exceptions=True)
    assert [isinstance(each, TooMany) for each in found] == [False] * 4 + [True]
    assert most == passwords.AT_ONCE
    assert not await checked.verify(None, "x")
