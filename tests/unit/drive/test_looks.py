"""Looks at large folders: who waits for the first rows, who for all."""

import asyncio

import pytest

from noctule.drive.looks import Looks, Told
from noctule.errors import NotFound
from noctule_agent.wire.values import ItemId

FOLDER = ItemId("folder")


class Looker:
    """A look that goes on when it is told to."""

    def __init__(self) -> None:
        self.count = 0
        self.tell, self.end = asyncio.Event(), asyncio.Event()
        self.error: Exception | None = None

    async def __call__(self, folder: ItemId, told: Told) -> None:
        self.count += 1
        await self.tell.wait()
        if self.error is not None:
            raise self.error
        told(7)
        await self.end.wait()


async def test_many_who_ask_have_one_look_and_go_on_with_the_first_rows() -> None:
    looker = Looker()
    looks = Looks(looker)
    asking = [asyncio.ensure_future(looks.begun(FOLDER)) for _ in range(3)]
    await asyncio.sleep(0)
    assert looks.all(FOLDER) is None
    looker.tell.set()
    await asyncio.gather(*asking)
    assert (looker.count, looks.all(FOLDER)) == (1, 7)
    ended = asyncio.ensure_future(looks.ended(FOLDER))
    await asyncio.sleep(0)
    assert not ended.done()
    looker.end.set()
    await ended
    assert looks.all(FOLDER) is None
    await looks.begun(FOLDER)
    assert looker.count == 2


async def test_whoever_asks_is_told_why_it_failed_and_the_next_tries_again() -> None:
    looker = Looker()
    looks = Looks(looker)
    looker.error = NotFound("item-not-found", "Gone.", "")
    looker.tell.set()
    looker.end.set()
    for _ in range(2):
        with pytest.raises(NotFound):
            await looks.begun(FOLDER)
    looker.error = None
    await looks.begun(FOLDER)
    assert looker.count == 3


async def test_who_gives_up_takes_nothing_from_the_others() -> None:
    looker = Looker()
    looks = Looks(looker)
    one, other = (asyncio.ensure_future(looks.begun(FOLDER)) for _ in range(2))
    await asyncio.sleep(0)
    one.cancel()
    looker.tell.set()
    await other
    await looks.close()
    assert looks.all(FOLDER) is None
