"""Who has a notebook open, and where they are. It keeps nothing and may not know what a page means by its place.

A page says where it is; who it is comes from its session: nobody speaks for anybody else. What changed is told every
PRESENCE_SECONDS at most, in one frame that is encoded once for all.
"""

import asyncio
from typing import Protocol
from zlib import crc32

import msgspec

from noctule.rooms.outbox import Outbox
from noctule_agent.wire.limits import PEER_COLOURS, PRESENCE_SECONDS
from noctule_agent.wire.page import Peer, PeerKey, Place
from noctule_agent.wire.page import Peers as PeersFrame
from noctule_agent.wire.values import UserId

_encoder = msgspec.msgpack.Encoder()


class Present(Protocol):
    """A page, as far as others are told of it."""

    user: UserId
    client_id: int
    outbox: Outbox


class Peers:
    """See the module. A page with `client_id` 0 is a program: it is not shown, and is told nothing."""

    def __init__(self) -> None:
        self._peers: dict[PeerKey, Peer] = {}
        self._speaking: dict[PeerKey, Present] = {}
        """The connection that speaks for each: the last one, when a page came back before its old one was missed."""
        self._changed: set[PeerKey] = set()
        self._timer: asyncio.TimerHandle | None = None
        self._closed = False

    def joined(self, page: Present) -> None:
        """Tell it who is here, and the others that it is."""
        if not page.client_id:
            return
        key = _key(page)
        before = self._peers.get(key)
        self._peers[key] = Peer(key, self._colour(key)) if before is None else before
        self._speaking[key] = page
        page.outbox.put(PeersFrame(here=list(self._peers.values()), whole=True))
        if before is None:
            self._note(key)

    def moved(self, page: Present, place: Place | None) -> None:
        key = _key(page)
        if self._speaking.get(key) is page and self._peers[key].place != place:
            self._peers[key] = msgspec.structs.replace(self._peers[key], place=place)
            self._note(key)

    def left(self, page: Present) -> None:
        key = _key(page)
        if self._speaking.get(key) is page:
            del self._speaking[key], self._peers[key]
            self._note(key)

    def close(self) -> None:
        """Nothing more is told."""
        self._closed = True
        if self._timer is not None:
            self._timer.cancel()

    def _colour(self, key: PeerKey) -> int:
        """That of this page whenever it comes, unless somebody has it; the next one that is free then."""
        own = crc32(f"{key.user}/{key.client_id}".encode()) % PEER_COLOURS
        taken = {peer.colour for peer in self._peers.values()}
        tried = [(own + step) % PEER_COLOURS for step in range(PEER_COLOURS)]
        return next((colour for colour in tried if colour not in taken), own)

    def _note(self, key: PeerKey) -> None:
        if not self._changed and not self._closed:
            self._timer = asyncio.get_running_loop().call_later(PRESENCE_SECONDS, self._tell)
        self._changed.add(key)

    def _tell(self) -> None:
        here = [peer for key, peer in self._peers.items() if key in self._changed]
        gone = sorted(self._changed - self._peers.keys(), key=lambda key: (key.user, key.client_id))
        self._changed.clear()
        frame = _encoder.encode(PeersFrame(here=here, gone=gone))
        for page in self._speaking.values():
            page.outbox.put_encoded(frame)


def _key(page: Present) -> PeerKey:
    return PeerKey(page.user, page.client_id)
