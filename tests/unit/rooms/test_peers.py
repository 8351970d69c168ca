"""Who is here: told to who comes later, taken away with the connection, and never said by anybody but the server."""

from collections.abc import AsyncIterator, Callable
from zlib import crc32

import pytest

from noctule.accounts.capabilities import ALL, Capability
from noctule_agent.wire import page as wire
from noctule_agent.wire.limits import PEER_COLOURS, PRESENCE_POSITION_BYTES
from noctule_agent.wire.page import Peer, PeerKey, Place, Presence
from noctule_agent.wire.values import CellId, NotebookId, UserId
from tests.support.notebooks import ipynb
from tests.support.rooms import USER, RawPage, RoomsWorld

ANN, BOB = UserId("ann"), UserId("bob")
HERE = Place(CellId("cell-0"), "edit", anchor=b"a", head=b"h")
THERE = Place(CellId("cell-1"))

Dial = Callable[[UserId], RawPage]


@pytest.fixture
async def dial(rooms_world: RoomsWorld) -> AsyncIterator[Dial]:
    notebook: NotebookId = (await rooms_world.library.create("n.ipynb", USER, ipynb("a = 1", "b"))).id
    opened: list[RawPage] = []

    def one(user: UserId) -> RawPage:
        opened.append(rooms_world.dial(notebook, ALL, user))
        return opened[-1]

    yield one
    for page in opened:
        await page.channel.close()


async def until(page: RawPage, key: PeerKey) -> Peer:
    """What the page is told next of this peer."""
    while True:
        for peer in (await page.next(wire.Peers)).here:
            if peer.key == key:
                return peer


async def until_gone(page: RawPage, key: PeerKey) -> None:
    while key not in (await page.next(wire.Peers)).gone:
        pass


async def test_where_a_page_is_reaches_the_others_under_the_name_of_its_session(dial: Dial) -> None:
    ann, bob = dial(ANN), dial(BOB)
    await ann.open(client_id=7)
    await bob.open(client_id=8)
    await ann.send(Presence(place=HERE))
    while (peer := await until(bob, PeerKey(ANN, 7))).place is None:
        pass
    assert peer.place == HERE


async def test_who_comes_later_is_told_at_once_who_is_here_and_where(dial: Dial) -> None:
    ann, witness = dial(ANN), dial(BOB)
    await ann.open(client_id=7)
    await witness.open(client_id=8)
    await ann.send(Presence(place=HERE))
    while (await until(witness, PeerKey(ANN, 7))).place is None:
        pass
    late = dial(BOB)
    await late.open(client_id=9)
    first = await late.next(wire.Peers)
    assert first.whole
    assert {peer.key: peer.place for peer in first.here} == {
        PeerKey(ANN, 7): HERE,
        PeerKey(BOB, 8): None,
        PeerKey(BOB, 9): None,
    }


async def test_a_page_that_dies_is_taken_away(dial: Dial) -> None:
    ann, bob = dial(ANN), dial(BOB)
    await ann.open(client_id=7)
    await bob.open(client_id=8)
    ann.channel.cut()
    await until_gone(bob, PeerKey(ANN, 7))


async def test_a_page_that_says_the_number_of_another_user_takes_nothing_of_it(dial: Dial) -> None:
    """Numbers are known to all: only with the user do they name a page."""
    ann, bob, witness = dial(ANN), dial(BOB), dial(UserId("carl"))
    await ann.open(client_id=7)
    await witness.open(client_id=1)
    await ann.send(Presence(place=HERE))
    await bob.open(client_id=7)
    await bob.send(Presence(place=THERE))
    while (await until(witness, PeerKey(BOB, 7))).place != THERE:
        pass
    await bob.channel.close()
    await until_gone(witness, PeerKey(BOB, 7))
    late = dial(UserId("dora"))
    await late.open(client_id=1)
    assert Peer(PeerKey(ANN, 7), colour=_colour(7), place=HERE) in (await late.next(wire.Peers)).here


def _colour(client_id: int) -> int:
    return crc32(f"ann/{client_id}".encode()) % PEER_COLOURS


async def test_a_page_that_comes_back_before_it_was_missed_stays_the_same_one(dial: Dial) -> None:
    old, witness = dial(ANN), dial(BOB)
    await old.open(client_id=7)
    await witness.open(client_id=8)
    new = dial(ANN)
    await new.open(client_id=7)
    await old.send(Presence(place=HERE))
    await old.send(wire.Ping())
    await old.next(wire.Pong)
    await old.channel.close()
    await new.send(Presence(place=THERE))
    seen: list[Place | None] = []
    while not seen or seen[-1] != THERE:
        frame = await witness.next(wire.Peers)
        assert frame.gone == []
        seen.extend(peer.place for peer in frame.here if peer.key == PeerKey(ANN, 7))
    assert HERE not in seen


async def test_a_place_that_is_too_long_closes_that_page_alone(dial: Dial) -> None:
    ann, bob = dial(ANN), dial(BOB)
    await ann.open(client_id=7)
    await bob.open(client_id=8)
    await ann.send(Presence(place=Place(CellId("c"), "edit", anchor=bytes(PRESENCE_POSITION_BYTES + 1))))
    await until_gone(bob, PeerKey(ANN, 7))
    assert ann.channel.closed is None or ann.channel.closed[0] == wire.CLOSE_PROTOCOL


async def test_a_viewer_is_seen_as_well(rooms_world: RoomsWorld, dial: Dial) -> None:
    ann = dial(ANN)
    await ann.open(client_id=7)
    [notebook] = await rooms_world.library.all(USER, lambda _, ids: ids)
    viewer = rooms_world.dial(notebook.id, frozenset({Capability.VIEW}), BOB)
    await viewer.open(client_id=8)
    await viewer.send(Presence(place=THERE))
    while (await until(ann, PeerKey(BOB, 8))).place != THERE:
        pass
    await viewer.channel.close()


async def test_a_program_is_not_shown_and_is_told_nothing(dial: Dial) -> None:
    program, ann = dial(BOB), dial(ANN)
    await program.open()
    await program.send(Presence(place=HERE))
    await ann.open(client_id=7)
    assert [peer.key for peer in (await ann.next(wire.Peers)).here] == [PeerKey(ANN, 7)]
    await program.send(wire.Ping())
    with pytest.raises(AssertionError):
        # Whatever comes before the answer is no word of others.
        assert isinstance(await program.next(wire.Peers | wire.Pong), wire.Peers)  # type: ignore[arg-type]


async def test_pages_have_colours_of_their_own_as_long_as_there_are_some(dial: Dial) -> None:
    pages = [dial(ANN) for _ in range(PEER_COLOURS + 1)]
    for number, page in enumerate(pages, 1):
        await page.open(client_id=number)
    here = (await pages[-1].next(wire.Peers)).here
    assert len(here) == PEER_COLOURS + 1
    assert {peer.colour for peer in here[:PEER_COLOURS]} == set(range(PEER_COLOURS))
