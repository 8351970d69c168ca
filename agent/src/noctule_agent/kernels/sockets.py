"""One ZMQ socket on the event loop, without threads or futures: frames come by a callback, in order.

A ZMQ descriptor signals an edge: it must be read until empty, and looked at after each send. RCVHWM is 0: what has
arrived is never dropped here.
"""

import asyncio
from collections.abc import Callable

import zmq

DRAIN_FRAMES = 256
"""Messages taken in one turn of the loop, so that a flood lets the rest of the agent work."""
RECONNECT_MS = 5


class Socket:
    def __init__(
        self,
        context: "zmq.Context[zmq.Socket[bytes]]",
        kind: int,
        address: str,
        identity: bytes,
        received: Callable[[list[bytes]], None],
    ) -> None:
        self._received = received
        self._loop = asyncio.get_running_loop()
        self._socket = context.socket(kind)
        self._socket.setsockopt(zmq.LINGER, 0)
        self._socket.setsockopt(zmq.RCVHWM, 0)
        self._socket.setsockopt(zmq.SNDHWM, 0)
        self._socket.setsockopt(zmq.RECONNECT_IVL, RECONNECT_MS)
        self._socket.setsockopt(zmq.IDENTITY, identity)
        if kind == zmq.SUB:
            self._socket.setsockopt(zmq.SUBSCRIBE, b"")
        self._monitor = self._socket.get_monitor_socket(zmq.EVENT_DISCONNECTED)
        self._socket.connect(address)
        self._fd = int(self._socket.getsockopt(zmq.FD))
        self._reading = False
        self.resume()

    def send(self, frames: list[bytes]) -> None:
        self._socket.send_multipart(frames, zmq.NOBLOCK)
        self._loop.call_soon(self.drain)

    def drain(self) -> None:
        """Take what is there, at most a turn's worth."""
        for _ in range(DRAIN_FRAMES):
            if not self._reading:
                return
            try:
                frames = self._socket.recv_multipart(zmq.NOBLOCK)
            except zmq.Again:
                return
            self._received(frames)
        self._loop.call_soon(self.drain)

    def pause(self) -> None:
        if self._reading:
            self._reading = False
            self._loop.remove_reader(self._fd)

    def resume(self) -> None:
        if not self._reading:
            self._reading = True
            self._loop.add_reader(self._fd, self.drain)
            self._loop.call_soon(self.drain)

    async def drain_to_end(self, seconds: float) -> None:
        """The peer is dead: take all that it managed to send. The monitor tells when its end of the pipe was reached."""
        self.resume()
        ended = asyncio.Event()
        monitor_fd = int(self._monitor.getsockopt(zmq.FD))
        self._loop.add_reader(monitor_fd, self._disconnected, ended)
        self._disconnected(ended)
        try:
            async with asyncio.timeout(seconds):
                await ended.wait()
        except TimeoutError:
            pass
        finally:
            self._loop.remove_reader(monitor_fd)
        while self._reading and _readable(self._socket):
            self.drain()
            await asyncio.sleep(0)

    def _disconnected(self, ended: asyncio.Event) -> None:
        while _readable(self._monitor):
            self._monitor.recv_multipart(zmq.NOBLOCK)
            ended.set()

    def close(self) -> None:
        if not self._socket.closed:
            self.pause()
            self._socket.disable_monitor()
            self._monitor.close(linger=0)
            self._socket.close(linger=0)


def _readable(socket: "zmq.Socket[bytes]") -> bool:
    return bool(int(socket.getsockopt(zmq.EVENTS)) & zmq.POLLIN)
