"""Where the server listens, and how its link reads."""

import socket
from pathlib import Path

import pytest

from noctule.cli.serve import listen, url_of
from noctule.config import load
from noctule.errors import Conflict, Unavailable


def taken() -> socket.socket:
    """A socket on a port whose next one is likely free."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen()
    return listener


def test_a_port_that_was_given_and_is_taken_is_refused() -> None:
    with taken() as other:
        port = other.getsockname()[1]
        with pytest.raises(Conflict, match=f"Port {port} of"):
            listen(load({"port": port}, {}))


def test_the_default_port_gives_way_to_the_next_free_one(monkeypatch: pytest.MonkeyPatch) -> None:
    with taken() as other:
        config = load({}, {})
        monkeypatch.setattr(type(config), "port", other.getsockname()[1])
        with listen(config) as listener:
            assert listener.getsockname()[1] > other.getsockname()[1]


def test_an_address_of_another_machine_is_refused_with_the_reason() -> None:
    with pytest.raises(Unavailable, match=r"192\.0\.2\.1:9000"):
        listen(load({"host": "192.0.2.1", "port": 9000}, {}))


def test_the_link_is_one_that_this_machine_can_open(tmp_path: Path) -> None:
    for host, shown in (("127.0.0.1", "127.0.0.1"), ("0.0.0.0", "127.0.0.1"), ("localhost", None)):
        with listen(load({"host": host, "port": 0, "data": str(tmp_path)}, {})) as listener:
            url = url_of(listener)
            port = listener.getsockname()[1]
            assert url in (
                [f"http://{shown}:{port}"] if shown else [f"http://127.0.0.1:{port}", f"http://[::1]:{port}"]
            )
