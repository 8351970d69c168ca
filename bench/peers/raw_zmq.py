"""The floor: one ipykernel, and the least that can talk to it. No jupyter_client, no event loop, no threads.

It signs, since every kernel wants that, and looks at message types; it keeps nothing.
"""

import hashlib
import hmac
import json
import os
import subprocess
import sys
import uuid
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import orjson
import zmq

DELIMITER = b"<IDS|MSG>"

Heard = Callable[[str, bytes], None]
"""(msg_type, content) of each iopub message."""


class RawKernel:
    """A context manager: an ipykernel on unix sockets, ready."""

    def __init__(self, directory: Path) -> None:
        self._key = uuid.uuid4().hex
        self._session = uuid.uuid4().hex
        base = directory / "k"
        ports = {"shell_port": 1, "iopub_port": 2, "stdin_port": 3, "control_port": 4, "hb_port": 5}
        fixed = {"transport": "ipc", "ip": str(base), "signature_scheme": "hmac-sha256", "key": self._key}
        file = directory / "connection.json"
        file.write_text(json.dumps({**ports, **fixed}))
        self._process = subprocess.Popen(
            [sys.executable, "-m", "ipykernel_launcher", "-f", str(file)],
            cwd=directory,
            env={**os.environ, "JPY_PARENT_PID": str(os.getpid())},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self._context: zmq.Context[zmq.Socket[bytes]] = zmq.Context()
        self._shell = self._context.socket(zmq.DEALER)
        self._iopub = self._context.socket(zmq.SUB)
        for socket, port in ((self._shell, 1), (self._iopub, 2)):
            socket.setsockopt(zmq.LINGER, 0)
            socket.setsockopt(zmq.RCVHWM, 0)
            socket.setsockopt(zmq.RECONNECT_IVL, 5)
            if socket is self._iopub:
                socket.setsockopt(zmq.SUBSCRIBE, b"")
            socket.connect(f"ipc://{base}-{port}")
        self._poller = zmq.Poller()
        self._poller.register(self._shell, zmq.POLLIN)
        self._poller.register(self._iopub, zmq.POLLIN)

    def __enter__(self) -> Self:
        self._iopub.recv_multipart()  # its welcome or its first status: the subscription is complete
        self.execute("pass")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.kill()
        self._process.wait()
        self._context.destroy(linger=0)

    def execute(self, code: str, heard: Heard = lambda _type, _content: None) -> None:
        """Returns when the reply and the idle of this request have come."""
        msg_id = uuid.uuid4().hex
        content = {"code": code, "silent": False, "store_history": True, "user_expressions": {}, "allow_stdin": False}
        self._shell.send_multipart(self._pack(msg_id, "execute_request", content))
        replied = idle = False
        while not (replied and idle):
            for socket, _ in self._poller.poll():
                header, parent, data = self._receive(socket)
                if parent.get("msg_id") != msg_id:
                    continue
                if socket is self._shell:
                    replied = True
                    continue
                heard(header["msg_type"], data)
                idle = idle or (header["msg_type"] == "status" and b'"idle"' in data)

    def _receive(self, socket: "zmq.Socket[bytes]") -> tuple[Any, Any, bytes]:
        frames = socket.recv_multipart()
        at = frames.index(DELIMITER)
        return orjson.loads(frames[at + 2]), orjson.loads(frames[at + 3]), frames[at + 5]

    def _pack(self, msg_id: str, msg_type: str, content: dict[str, Any]) -> list[bytes]:
        header = {"msg_id": msg_id, "msg_type": msg_type, "username": "", "session": self._session, "version": "5.4"}
        parts = [orjson.dumps(header), b"{}", b"{}", orjson.dumps(content)]
        digest = hmac.new(self._key.encode(), b"".join(parts), hashlib.sha256).hexdigest()
        return [DELIMITER, digest.encode(), *parts]
