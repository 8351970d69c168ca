"""Paths never leave their root: by the kernel and by walking, the same, whatever links there are."""

import errno
import os
import socket
import threading
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


def has_link(root: Path, parts: Parts) -> bool:
    """Whether a name on the path is a link."""
    place = root
    for name in parts:
        place = place / os.fsdecode(name)
        if place.is_symlink():
            return True
    return False


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(things, st.lists(part, max_size=4).map(tuple), st.booleans())
def test_both_ways_find_the_same_and_nothing_outside(
    tmp_path_factory: pytest.TempPathFactory, wishes: list[tuple[Parts, object]], path: Parts, links: bool
) -> None:
    world = tmp_path_factory.mktemp("world")
    for outside in ("a", "b"):
        (world / outside).write_bytes(b"outside")
    inside = world / "c"
    inside.mkdir()
    build(inside, wishes)
    by_kernel, by_walking = Root(inside, in_kernel=True, links=links), Root(inside, in_kernel=False, links=links)
    try:
        one, other = found(by_kernel, path), found(by_walking, path)
        assert one == other
        assert one is None or one in beneath(inside)
        assert links or one is None or not has_link(inside, path)
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


def refused(root: Root, *parts: bytes) -> int | None:
    """Why it is not opened."""
    try:
        with root.at(parts):
            return None
    except OSError as error:
        return error.errno


def test_without_links_none_is_followed_wherever_it_leads(tmp_path: Path, in_kernel: bool) -> None:
    content = tmp_path / "content"
    (content / "folder" / "deep").mkdir(parents=True)
    (content / "folder" / "file").write_text("mine")
    for link, leads in {**HOSTILE, "here": "folder", "file": "folder/file", "itself": ".", "gone": "nothing"}.items():
        (content / link).symlink_to(leads)
    (content / "folder" / "up").symlink_to("..")
    (tmp_path / "way").symlink_to("content")
    # The root's own path is its maker's.
    root = Root(tmp_path / "way", in_kernel=in_kernel, links=False)
    for link in (*HOSTILE, "here", "file", "itself", "gone"):
        assert refused(root, link.encode()) == errno.ELOOP
        assert refused(root, link.encode(), b"deep") == errno.ELOOP
    assert refused(root, b"folder", b"up") == errno.ELOOP
    assert refused(root, b"folder", b"up", b"folder", b"file") == errno.ELOOP
    assert refused(root, b"folder", b"..", b"..", b"content") == errno.EXDEV
    with root.file((b"folder", b"file")) as file, root.folder((b"folder", b"deep")):
        assert file.read() == b"mine"
    root.close()


def test_without_links_a_folder_that_is_swapped_for_one_is_never_that(tmp_path: Path, in_kernel: bool) -> None:
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "file").write_text("secret")
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "file").write_text("mine")
    (tmp_path / "trap").symlink_to("other")
    root = Root(tmp_path, in_kernel=in_kernel, links=False)
    done = threading.Event()

    def swap() -> None:
        while not done.is_set():
            (tmp_path / "folder").rename(tmp_path / "real")
            (tmp_path / "trap").rename(tmp_path / "folder")
            (tmp_path / "folder").rename(tmp_path / "trap")
            (tmp_path / "real").rename(tmp_path / "folder")

    swapping = threading.Thread(target=swap)
    swapping.start()
    refusals: set[int | None] = set()
    try:
        for _ in range(500):
            try:
                with root.file((b"folder", b"file")) as file:
                    assert file.read() == b"mine"
            except OSError as error:
                refusals.add(error.errno)
    finally:
        done.set()
        swapping.join()
        root.close()
    assert refusals <= {errno.ELOOP, errno.ENOENT, errno.EXDEV, errno.ENOTDIR}


def test_a_path_that_is_too_long_for_the_kernel_is_found_all_the_same(tmp_path: Path, in_kernel: bool) -> None:
    root = Root(tmp_path, in_kernel=in_kernel, links=False)
    parts: Parts = ()
    for _ in range(20):
        with root.folder(parts) as above:
            os.mkdir(b"x" * 250, dir_fd=above)
        parts = (*parts, b"x" * 250)
    with root.folder(parts) as deepest:
        os.symlink("/etc/passwd", b"link", dir_fd=deepest)
    assert refused(root, *parts) is None
    assert refused(root, *parts, b"link") == errno.ELOOP
    root.close()
