"""Parts of WebDAV: what a path and a destination mean, how many locks and threads there are, and that it is imported late."""

import subprocess
import sys
import threading
from concurrent.futures import wait
from typing import Any

import pytest
from wsgidav.dav_error import DAVError

from noctule.drive.places import Place
from noctule.errors import Conflict, Invalid, NotFound, StorageFull
from noctule.http.dav import locks
from noctule.http.dav.app import _destination
from noctule.http.dav.calls import told
from noctule.http.dav.locks import Locks
from noctule.http.dav.provider import USER, name_of, place_of
from noctule.http.dav.threads import Threads

YOU = {USER: "you"}


@pytest.mark.parametrize(
    ("path", "parts"),
    [
        ("/", ()),
        ("/a/b/", (b"a", b"b")),
        ("//a//b", (b"a", b"b")),
        ("/实验/🦉", ("实验".encode(), "🦉".encode())),
        ("/odd \uf7ff", (b"odd \xff",)),
        ("/a\uf8f0b", (b"a;b",)),
    ],
)
def test_a_path_leads_to_a_place_of_who_asks(path: str, parts: tuple[bytes, ...]) -> None:
    assert place_of(path, YOU) == Place("you", parts)


@pytest.mark.parametrize("path", ["/..", "/a/../b", "/.", "/a\0b", "/\ud800"])
def test_what_is_no_path_leads_nowhere(path: str) -> None:
    with pytest.raises(DAVError) as refused:
        place_of(path, YOU)
    assert refused.value.value in (403, 404)


def test_a_new_name_is_kept_as_it_was_given_or_refused() -> None:
    assert name_of(Place("you", ("e\u0301".encode(),))) == "\u00e9"
    for name in (b" a", b"a ", b"a:b", b".noctule", b"\xff", b"CON", b"a."):
        with pytest.raises(DAVError):
            name_of(Place("you", (name,)))


@pytest.mark.parametrize(
    ("address", "kept"),
    [
        ("http://h/dav/a%20b", "http://h/dav/a%20b"),
        ("/dav/a%3Bb%3fc%23d", "/dav/a\uf8f0b\uf8f1c\uf8f2d"),
        ("http://h/dav/a;b?query", "http://h/dav/a\uf8f0b"),
    ],
)
def test_no_character_of_a_name_cuts_a_destination(address: str, kept: str) -> None:
    assert _destination(address) == kept


def test_our_errors_are_webdavs() -> None:
    for error, status in (
        (NotFound("a", "b"), 404),
        (Conflict("a", "b"), 409),
        (Invalid("a", "b"), 403),
        (StorageFull("a", "b"), 507),
    ):
        with pytest.raises(DAVError) as found, told():
            raise error
        assert found.value.value == status


def lock(timeout: float) -> dict[str, Any]:
    return {
        "root": "/a",
        "type": "write",
        "scope": "shared",
        "depth": "0",
        "owner": b"me",
        "principal": "you",
        "timeout": timeout,
    }


def test_locks_are_so_many_and_so_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(locks, "DAV_LOCKS", 2)
    held = Locks()
    held.open()
    first = held.create("/a", lock(-1))
    assert first["timeout"] == 3600
    assert held.refresh(first["token"], timeout=10_000_000)["timeout"] == 3600
    held.create("/b", lock(5))
    with pytest.raises(DAVError) as refused:
        held.create("/c", lock(5))
    assert refused.value.value == 507
    held._dict[first["token"]]["expire"] = 1.0
    assert held.create("/c", lock(5))["timeout"] == 5


def test_threads_are_so_many_and_no_more_than_needed() -> None:
    threads, together, most = Threads(2), 0, 0
    guard = threading.Lock()
    go_on = threading.Event()

    def work(number: int) -> int:
        nonlocal together, most
        with guard:
            together += 1
            most = max(most, together)
        go_on.wait(5)
        with guard:
            together -= 1
        if number == 3:
            raise ValueError
        return number

    asked = [threads.submit(work, number) for number in range(6)]
    go_on.set()
    wait(asked, timeout=10)
    assert [future.exception() is None for future in asked] == [True, True, True, False, True, True]
    assert most <= 2
    assert threads._made == 2


def test_it_is_imported_with_the_first_request_alone() -> None:
    code = "import noctule.cli.serve, sys; print(sorted({'wsgidav', 'defusedxml'} & sys.modules.keys()))"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"
