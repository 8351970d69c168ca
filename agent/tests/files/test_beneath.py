"""Paths never leave their root: by the kernel and by walking, the same, whatever links there are."""

import os
import socket
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from noctule_agent.files.beneath import NotRegular, Root
from noctule_agent.files.names import Parts

part = st.sampled_from([b"a", b"b", b"c"])
target = st.lists(st.sampled_from([b"a", b"b", b"c", b"..", b".", b""]), min_size=1, max_size=5).map(b"/".join)
things = st.lists(
    st.tuples(
        st.lists(part, min_size=1, max_size=3).map(tuple),
        st.one_of(st.just("folder"), st.just("file"), st.tuples(st.just("link"), target)),
    ),
    max_size=8,
)


def build(root: Path, wishes: list[tuple[Parts, object]]) -> None:
    """Make of it what can be made."""
    for parts, what in wishes:
        path = root / os.fsdecode(b"/".join(parts))
        try:
            match what:
                case "folder":
                    path.mkdir()
                case "file":
                    path.write_bytes(b"inside")
                case ("link", bytes(link)):
                    path.symlink_to(os.fsdecode(link or b"."))
        except OSError:
            continue


def found(root: Root, parts: Parts) -> tuple[int, int] | None:
    try:
        with root.at(parts) as place:
            status = os.fstat(place)
            return status.st_dev, status.st_ino
    except OSError:
        return None


def beneath(root: Path) -> set[tuple[int, int]]:
    every = [root, *(Path(folder, name) for folder, below, files in os.walk(root) for name in (*below, *files))]
    return {(status.st_dev, status.st_ino) for status in (path.lstat() for path in every)}


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(things, st.lists(part, max_size=4).map(tuple))
def test_both_ways_find_the_same_and_nothing_outside(
    tmp_path_factory: pytest.TempPathFactory, wishes: list[tuple[Parts, object]], path: Parts
) -> None:
    world = tmp_path_factory.mktemp("world")
    for outside in ("a", "b"):
        (world / outside).write_bytes(b"outside")
    inside = world / "c"
    inside.mkdir()
    build(inside, wishes)
    by_kernel, by_walking = Root(inside, in_kernel=True), Root(inside, in_kernel=False)
    try:
        one, other = found(by_kernel, path), found(by_walking, path)
        assert one == other
        assert one is None or one in beneath(inside)
    finally:
        by_kernel.close()
        by_walking.close()


@pytest.fixture(params=[True, False], ids=["openat2", "walking"])
def in_kernel(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


HOSTILE = {
    "absolute": "/etc/passwd",
    "upwards": "../secret",
    "far-upwards": "../../../../../../etc/passwd",
    "round-about": "folder/../../secret",
    "proc": "/proc/self/root/etc/passwd",
    "loop": "loop",
    "to-absolute": "absolute",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_link_that_leads_out_is_not_followed(tmp_path: Path, in_kernel: bool, name: str) -> None:
    (tmp_path / "secret").write_text("secret")
    content = tmp_path / "content"
    (content / "folder").mkdir(parents=True)
    for link, leads in HOSTILE.items():
        (content / link).symlink_to(leads)
    (content / "way").symlink_to("..")
    root = Root(content, in_kernel=in_kernel)
    for parts in ((name.encode(),), (b"way", b"secret"), (b"way", b"content", b"folder")):
        with pytest.raises(OSError):
            root.file(parts)
    with pytest.raises(OSError), root.folder((b"way",)):
        pass
    root.close()


def test_a_link_that_stays_inside_is_followed(tmp_path: Path, in_kernel: bool) -> None:
    (tmp_path / "data" / "deep").mkdir(parents=True)
    (tmp_path / "data" / "deep" / "file").write_text("here")
    (tmp_path / "short").symlink_to("data/deep")
    (tmp_path / "data" / "back").symlink_to("../short/file")
    root = Root(tmp_path, in_kernel=in_kernel)
    for parts in ((b"short", b"file"), (b"data", b"back")):
        with root.file(parts) as file:
            assert file.read() == b"here"
    root.close()


def test_what_is_no_file_is_neither_opened_nor_touched(tmp_path: Path, in_kernel: bool) -> None:
    """A pipe would block, a device may do something when it is opened."""
    os.mkfifo(tmp_path / "pipe")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(tmp_path / "socket"))
        (tmp_path / "device").symlink_to("/dev/zero")
        root = Root(tmp_path, in_kernel=in_kernel)
        for name in (b"pipe", b"socket"):
            with pytest.raises(NotRegular):
                root.file((name,))
        with pytest.raises(OSError):
            root.file((b"device",))
        root.close()


def test_a_folder_that_is_swapped_for_a_link_while_it_is_walked_leads_nowhere_else(tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "file").write_text("secret")
    content = tmp_path / "content"
    (content / "folder").mkdir(parents=True)
    (content / "folder" / "file").write_text("mine")
    (content / "trap").symlink_to("../outside")
    for in_kernel in (True, False):
        root = Root(content, in_kernel=in_kernel)
        for _ in range(200):
            (content / "folder").rename(content / "real")
            (content / "trap").rename(content / "folder")
            with pytest.raises(OSError):
                root.file((b"folder", b"file"))
            (content / "folder").rename(content / "trap")
            (content / "real").rename(content / "folder")
            with root.file((b"folder", b"file")) as file:
                assert file.read() == b"mine"
        root.close()
