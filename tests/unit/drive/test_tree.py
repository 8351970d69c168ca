"""People's trees on a real disk: nothing leads out of one, nothing is lost by a name, nothing waits at a pipe."""

import errno
import hashlib
import os
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from noctule.drive import door, placing
from noctule.drive.places import Place
from noctule.drive.tree import Tree
from noctule.errors import (
    Conflict,
    Forbidden,
    Invalid,
    NoctuleError,
    NotFound,
    StorageFull,
    StorageUnavailable,
    TooLarge,
)
from noctule_agent.wire.limits import DRIVE_DEPTH

ADA, BOB = Place("ada"), Place("bob")


@pytest.fixture
def disk(tmp_path: Path) -> Path:
    return tmp_path / "drive"


@pytest.fixture(params=[True, False], ids=["openat2", "walking"])
def tree(request: pytest.FixtureRequest, disk: Path) -> Iterator[Tree]:
    made = Tree(disk, in_kernel=request.param)
    made.make_tree("ada")
    made.make_tree("bob")
    yield made
    made.close()


def at(*names: str | bytes, tree: str = "ada") -> Place:
    return Place(tree, tuple(os.fsencode(name) for name in names))


def quiet(_: int) -> None:
    """Nobody watches this copy."""


def kinds(tree: Tree, place: Place = ADA) -> dict[bytes, str]:
    return {entry.name: entry.looked.kind for entry in tree.entries(place)}


# --- the layout ---


def test_the_layout_is_made_and_nobody_else_can_read_what_is_the_servers(disk: Path, tree: Tree) -> None:
    for name in ("", "uploads", "staged", "bin"):
        assert (disk / ".noctule" / name).stat().st_mode & 0o777 == 0o700
    tree.make_tree("ada")
    (disk / "old.ipynb").write_text("of the flat folder")
    (disk / "link").symlink_to("ada")
    assert tree.trees() == ["ada", "bob"]


@pytest.mark.parametrize("name", ["", ".", "..", ".noctule", "a/b", "../x", "a\n", "é", "x" * 101])
def test_a_tree_and_an_id_have_plain_names(tree: Tree, name: str) -> None:
    for work in (
        lambda: tree.make_tree(name),
        lambda: tree.entries(Place(name)),
        lambda: tree.stage(name, []),
        lambda: tree.erase(name),
        lambda: tree.bin(at("file"), name),
    ):
        with pytest.raises(Invalid, match="id-invalid"):
            work()


# --- nothing leads out ---


@pytest.mark.parametrize(
    "parts",
    [
        (b"..",),
        (b".",),
        (b"",),
        (b"a", b"..", b"..", b"bob"),
        (b"/etc",),
        (b"a/b",),
        (b"a\0",),
        (b".noctule-part-x",),
        (b"x" * 256,),
        (b"a",) * (DRIVE_DEPTH + 1),
    ],
)
def test_what_is_no_place_is_refused_before_the_disk_is_asked(tree: Tree, parts: tuple[bytes, ...]) -> None:
    place = Place("ada", parts)
    for work in (tree.look, tree.entries, tree.names, tree.open, tree.make_folder, tree.measure, tree.folder_mtime):
        with pytest.raises(Invalid):
            work(place)
    for change in (
        lambda: tree.move(place, at("x")),
        lambda: tree.move(at("x"), place),
        lambda: tree.copy(at("x"), place, quiet),
        lambda: tree.bin(place, "item"),
        lambda: tree.place("key", place, None),
    ):
        with pytest.raises(NoctuleError):
            change()


def test_links_are_listed_and_never_followed(disk: Path, tree: Tree) -> None:
    (disk / "bob" / "secret").write_text("bob's")
    for name, leads in {
        "passwd": "/etc/passwd",
        "bobs": "../bob",
        "file": "../bob/secret",
        "up": "..",
        "own": ".",
    }.items():
        (disk / "ada" / name).symlink_to(leads)
    assert set(kinds(tree).values()) == {"other"}
    assert {is_folder for _, is_folder in tree.names(ADA)} == {False}
    for name in ("passwd", "file"):
        with pytest.raises(Conflict, match="item-not-a-file"):
            tree.read(at(name), 1000)
        with pytest.raises(Conflict, match="item-not-a-file"):
            tree.copy(at(name), at("copy"), quiet)
    for name in ("bobs", "up", "own"):
        assert tree.look(at(name, "secret")) is None
        for work in (tree.entries, tree.names):
            with pytest.raises(Forbidden, match="link-refused"):
                work(at(name))
        with pytest.raises(Forbidden):
            tree.make_folder(at(name, "new"))
        with pytest.raises(Forbidden):
            tree.move(at(name, "secret"), at("mine"))
        assert tree.measure(at(name)) == 0
        assert list(tree.walk(at(name))) == []
    assert [place for place, _ in tree.walk(ADA)] == [ADA]
    tree.bin(at("bobs"), "item")
    tree.erase("item")
    assert (disk / "bob" / "secret").read_text() == "bob's"
    assert [path.name for path in (disk / "bob").iterdir()] == ["secret"]


def test_a_tree_that_is_a_link_is_no_tree(disk: Path, tree: Tree) -> None:
    (disk / "eve").symlink_to("bob")
    with pytest.raises(Conflict, match="name-taken"):
        tree.make_tree("eve")
    with pytest.raises(Forbidden, match="link-refused"):
        tree.entries(Place("eve"))


def test_a_folder_that_is_swapped_for_a_link_leads_to_nobody_else(disk: Path, tree: Tree) -> None:
    (disk / "bob" / "file").write_text("bob's")
    (disk / "ada" / "folder").mkdir()
    (disk / "ada" / "folder" / "file").write_text("mine!")
    (disk / "ada" / "trap").symlink_to("../bob")
    done = threading.Event()

    def swap() -> None:
        ada = disk / "ada"
        while not done.is_set():
            for old, new in (("folder", "real"), ("trap", "folder"), ("folder", "trap"), ("real", "folder")):
                (ada / old).rename(ada / new)

    swapping = threading.Thread(target=swap)
    swapping.start()
    read: set[bytes] = set()
    try:
        for number in range(300):
            for work in (
                lambda: read.add(tree.read(at("folder", "file"), 100)),
                lambda number=number: tree.make_folder(at("folder", f"new{number}")),
                lambda number=number: tree.move(at("folder", f"new{number}"), at(f"moved{number}")),
            ):
                try:
                    work()
                except NoctuleError:
                    continue
    finally:
        done.set()
        swapping.join()
    assert read <= {b"mine!"}
    assert [path.name for path in (disk / "bob").iterdir()] == ["file"]


def test_a_file_that_is_swapped_for_a_link_or_a_pipe_after_the_look_is_not_read(
    disk: Path, tree: Tree, monkeypatch: pytest.MonkeyPatch
) -> None:
    victim = disk / "ada" / "file"
    victim.write_text("mine")
    mine = tree.look(at("file"))
    monkeypatch.setattr(door, "look", lambda *_: mine)
    victim.unlink()
    victim.symlink_to("/etc/passwd")
    with pytest.raises(Forbidden, match="link-refused"):
        tree.read(at("file"), 10_000)
    victim.unlink()
    os.mkfifo(victim)
    with pytest.raises(Conflict, match="item-not-a-file"):
        tree.read(at("file"), 10_000)


# --- list, look, read ---


def test_everything_is_listed_as_what_it_is_but_the_servers_own(disk: Path, tree: Tree) -> None:
    ada = disk / "ada"
    (ada / "file").write_text("x")
    (ada / "folder").mkdir()
    (ada / ".hidden").write_text("x")
    (ada / ".noctule-part-1").write_text("x")
    (ada / "link").symlink_to("file")
    os.mkfifo(ada / "pipe")
    (ada / os.fsdecode(b"caf\xe9")).write_text("x")
    expected = {
        b"file": "file",
        b"folder": "folder",
        b".hidden": "file",
        b"link": "other",
        b"pipe": "other",
        b"caf\xe9": "file",
    }
    assert kinds(tree) == expected
    assert dict(tree.names(ADA)) == {name: kind == "folder" for name, kind in expected.items()}
    assert tree.read(at(b"caf\xe9"), 10) == b"x"


@pytest.mark.parametrize("name", ["CON", "a:b", "\u202egnp.exe", "a.", "-rf", "日本", "a\nb", "\\..\\x"])
def test_names_that_others_gave_are_worked_with_whatever_they_are(disk: Path, tree: Tree, name: str) -> None:
    (disk / "ada" / name).write_text("x")
    assert kinds(tree) == {name.encode(): "file"}
    assert tree.read(at(name), 10) == b"x"
    tree.copy(at(name), at("copy"), quiet)
    tree.move(at(name), at("plain"))
    tree.bin(at("plain"), "item")
    tree.erase("item")
    assert kinds(tree) == {b"copy": "file"}


def test_looking_at_what_is_not_there(disk: Path, tree: Tree) -> None:
    (disk / "ada" / "file").write_text("x")
    assert tree.look(at("nothing")) is None
    assert tree.look(at("nothing", "below")) is None
    assert tree.look(at("file", "below")) is None
    assert tree.look(Place("nobody")) is None
    root = tree.look(ADA)
    assert root is not None
    assert root.kind == "folder"
    assert tree.folder_mtime(ADA) == (disk / "ada").stat().st_mtime_ns
    assert tree.folder_mtime(at("file")) is None
    for work in (tree.entries, tree.open, tree.names):
        with pytest.raises(NotFound, match="item-not-found"):
            work(at("nothing"))
        with pytest.raises(NotFound, match="item-not-found"):
            work(at("file", "below"))


def test_a_pipe_is_not_waited_for(disk: Path, tree: Tree) -> None:
    os.mkfifo(disk / "ada" / "pipe")
    for work in (tree.open, lambda place: tree.read(place, 10), lambda place: tree.copy(place, at("copy"), quiet)):
        with pytest.raises(Conflict, match="item-not-a-file"):
            work(at("pipe"))
    assert tree.measure(ADA) == 0


def test_a_file_is_read_up_to_a_bound_whatever_its_size_says(disk: Path, tree: Tree) -> None:
    with (disk / "ada" / "huge").open("wb") as file:
        file.truncate(1 << 40)
    with pytest.raises(TooLarge, match="file-too-large"):
        tree.read(at("huge"), 1000)
    (disk / "ada" / "fits").write_bytes(b"x" * 3_000_000)
    assert tree.read(at("fits"), 3_000_000) == b"x" * 3_000_000
    with pytest.raises(TooLarge):
        tree.read(at("fits"), 2_999_999)


def test_a_file_that_grows_while_it_is_read_is_bounded_too(
    disk: Path, tree: Tree, monkeypatch: pytest.MonkeyPatch
) -> None:
    (disk / "ada" / "file").write_bytes(b"x" * 100)
    fstat = os.fstat

    def before(file: int) -> os.stat_result:
        found = list(fstat(file))
        found[6] = 1
        return os.stat_result(found)

    monkeypatch.setattr("noctule.drive.tree.os.fstat", before)
    with pytest.raises(TooLarge):
        tree.read(at("file"), 50)


def test_a_folder_of_many_entries_is_listed(disk: Path, tree: Tree) -> None:
    folder = disk / "ada" / "many"
    folder.mkdir()
    (folder / "0").touch()
    for number in range(1, 5_000):
        (folder / f"{number}").hardlink_to(folder / "0")
    assert len(tree.entries(at("many"))) == 5_000
    assert len(tree.names(at("many"))) == 5_000


# --- walk, measure ---


def test_a_walk_goes_below_and_passes_over_what_vanishes_meanwhile(disk: Path, tree: Tree) -> None:
    for name in ("a/deep", "b/deep", "c"):
        (disk / "ada" / name).mkdir(parents=True)
    seen = []
    for place, entries in tree.walk(ADA):
        seen.append(place)
        if place == ADA:
            assert {entry.name for entry in entries} == {b"a", b"b", b"c"}
            (disk / "ada" / "b" / "deep").rmdir()
            (disk / "ada" / "b").rmdir()
            (disk / "ada" / "c").rmdir()
            (disk / "ada" / "c").symlink_to("../bob")
    assert set(seen) == {ADA, at("a"), at("a", "deep")}


def test_a_walk_ends_at_the_depth_of_a_drive(disk: Path, tree: Tree) -> None:
    deepest = disk / "ada"
    for _ in range(DRIVE_DEPTH + 5):
        deepest = deepest / "d"
    deepest.mkdir(parents=True)
    assert max(len(place.parts) for place, _ in tree.walk(ADA)) == DRIVE_DEPTH


def test_what_is_measured_is_files_and_a_sparse_one_weighs_what_it_takes(disk: Path, tree: Tree) -> None:
    (disk / "ada" / "folder").mkdir()
    (disk / "ada" / "one").write_bytes(b"x" * 1000)
    (disk / "ada" / "folder" / "two").write_bytes(b"x" * 500)
    with (disk / "ada" / "sparse").open("wb") as file:
        file.truncate(1 << 40)
    (disk / "ada" / "link").symlink_to("one")
    assert tree.measure(ADA) == 1500
    assert tree.measure(at("folder")) == 500
    assert tree.measure(at("one")) == 1000
    assert tree.measure(at("nothing")) == 0


# --- folders, moves ---


def test_a_folder_is_made_over_nothing(disk: Path, tree: Tree) -> None:
    made = tree.make_folder(at("new"))
    assert made == tree.look(at("new"))
    (disk / "ada" / "link").symlink_to("nowhere")
    for name in ("new", "link"):
        with pytest.raises(Conflict, match="name-taken"):
            tree.make_folder(at(name))
    with pytest.raises(NotFound):
        tree.make_folder(at("nothing", "new"))


def test_a_move_is_over_nothing_and_keeps_the_mark(disk: Path, tree: Tree) -> None:
    (disk / "ada" / "folder").mkdir()
    (disk / "ada" / "file").write_text("one")
    (disk / "ada" / "other").write_text("two")
    before = tree.look(at("file"))
    with pytest.raises(Conflict, match="name-taken"):
        tree.move(at("file"), at("other"))
    with pytest.raises(NotFound):
        tree.move(at("nothing"), at("new"))
    tree.move(at("file"), at("folder", "moved"))
    after = tree.look(at("folder", "moved"))
    assert before is not None
    assert after is not None
    assert after.mark == before.mark
    tree.move(at("folder"), at("of-ada", tree="bob"))
    assert (disk / "bob" / "of-ada" / "moved").read_text() == "one"


def test_a_folder_is_not_moved_into_itself_and_a_tree_not_at_all(disk: Path, tree: Tree) -> None:
    (disk / "ada" / "a" / "b").mkdir(parents=True)
    for new in (at("a", "c"), at("a", "b", "c")):
        with pytest.raises(Invalid, match="into-itself"):
            tree.move(at("a"), new)
    for change in (
        lambda: tree.move(ADA, at("x", tree="bob")),
        lambda: tree.move(at("a"), BOB),
        lambda: tree.bin(ADA, "item"),
        lambda: tree.make_folder(ADA),
    ):
        with pytest.raises(Conflict, match="item-is-root"):
            change()


def test_a_folder_is_not_moved_where_what_is_in_it_would_be_too_deep(disk: Path, tree: Tree) -> None:
    (disk / "ada" / "/".join(["d"] * (DRIVE_DEPTH - 3))).mkdir(parents=True)
    deep = at(*["d"] * (DRIVE_DEPTH - 3))
    (disk / "ada" / "folder" / "one" / "two" / "three").mkdir(parents=True)
    (disk / "ada" / "folder" / "one" / "two" / "file").touch()
    with pytest.raises(Invalid, match="item-too-deep"):
        tree.move(at("folder"), deep.below(b"new"))
    (disk / "ada" / "folder" / "one" / "two" / "three").rmdir()
    tree.move(at("folder"), deep.below(b"new"))
    assert tree.look(deep.below(b"new").below(b"one").below(b"two")) is not None
    assert len(tree.entries(deep.below(b"new").below(b"one").below(b"two"))) == 1


# --- a file that is replaced as a whole ---


def written(tree: Tree, data: bytes, over: object) -> object:
    tree.stage("key", [data])
    tree.settle("key")
    return tree.place("key", at("n.ipynb"), over)  # type: ignore[arg-type]


def test_what_is_staged_is_not_seen_until_it_is_placed(disk: Path, tree: Tree) -> None:
    data = os.urandom(500_000)
    digest = tree.stage("key", (data[start : start + 1000] for start in range(0, len(data), 1000)))
    assert digest == hashlib.sha256(data).hexdigest()
    assert kinds(tree) == {}
    assert tree.staged("key")
    tree.settle("key")
    assert tree.place("key", at("n.ipynb"), None) == tree.look(at("n.ipynb"))
    assert tree.read(at("n.ipynb"), 500_000) == data
    assert not tree.staged("key")


def test_a_file_that_is_not_the_one_accounted_for_is_left_alone(disk: Path, tree: Tree) -> None:
    first = written(tree, b"first", None)
    assert written(tree, b"second", None) is None
    assert tree.staged("key")
    assert tree.read(at("n.ipynb"), 10) == b"first"
    assert written(tree, b"second", first) == tree.look(at("n.ipynb"))
    assert tree.read(at("n.ipynb"), 10) == b"second"
    (disk / "ada" / "n.ipynb").unlink()
    # Deleted outside: it is written again, as it always was.
    assert written(tree, b"third", first) is not None


def test_a_file_that_comes_between_the_look_and_the_rename_stays(
    disk: Path, tree: Tree, monkeypatch: pytest.MonkeyPatch
) -> None:
    look = placing.look

    def then_somebody_writes(folder: int, name: bytes) -> object:
        found = look(folder, name)
        if name == b"n.ipynb":
            (disk / "ada" / "n.ipynb").write_text("somebody's")
        return found

    monkeypatch.setattr(placing, "look", then_somebody_writes)
    assert written(tree, b"mine", None) is None
    assert (disk / "ada" / "n.ipynb").read_text() == "somebody's"


def test_a_link_at_a_files_place_is_replaced_and_a_folder_is_not(disk: Path, tree: Tree) -> None:
    (disk / "bob" / "file").write_text("bob's")
    (disk / "ada" / "n.ipynb").symlink_to("../bob/file")
    assert written(tree, b"mine", None) == tree.look(at("n.ipynb"))
    assert (disk / "bob" / "file").read_text() == "bob's"
    (disk / "ada" / "n.ipynb").unlink()
    (disk / "ada" / "n.ipynb").mkdir()
    with pytest.raises(Conflict, match="name-taken"):
        written(tree, b"mine", None)


def test_what_the_pieces_raise_is_raised_and_a_part_is_left_until_it_is_unstaged(tree: Tree) -> None:
    def pieces() -> Iterator[bytes]:
        yield b"half"
        raise LookupError

    with pytest.raises(LookupError):
        tree.stage("key", pieces())
    assert tree.staged("key")
    tree.unstage("key")
    tree.unstage("key")
    assert not tree.staged("key")
    with pytest.raises(NotFound):
        tree.place("key", at("n.ipynb"), None)


def test_staging_again_replaces_what_was_staged(tree: Tree) -> None:
    tree.stage("key", [b"a longer one"])
    tree.stage("key", [b"short"])
    tree.place("key", at("file"), None)
    assert tree.read(at("file"), 10) == b"short"


def test_sweeping_leaves_what_is_wanted(disk: Path, tree: Tree) -> None:
    tree.stage("one", [b"x"])
    tree.stage("two", [b"x"])
    (disk / ".noctule" / "staged" / "copy-x" / "deep").mkdir(parents=True)
    tree.sweep_staged({"two"})
    assert [path.name for path in (disk / ".noctule" / "staged").iterdir()] == ["two"]


# --- the disk refuses ---


@pytest.mark.parametrize(
    ("number", "kind", "code"),
    [
        (errno.ENOSPC, StorageFull, "storage-full"),
        (errno.EDQUOT, StorageFull, "storage-full"),
        (errno.EACCES, StorageUnavailable, "disk-refused"),
        (errno.EROFS, StorageUnavailable, "disk-refused"),
        (errno.EIO, StorageUnavailable, "disk-failed"),
        (errno.EMFILE, StorageUnavailable, "disk-failed"),
        (errno.EXDEV, Conflict, "other-disk"),
        (errno.ENAMETOOLONG, Invalid, "name-invalid"),
        (errno.EFBIG, TooLarge, "file-too-large"),
    ],
)
def test_what_the_disk_refuses_is_told_as_what_it_means(
    tree: Tree, monkeypatch: pytest.MonkeyPatch, number: int, kind: type[NoctuleError], code: str
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr("noctule.drive.tree.os.mkdir", refuse)
    with pytest.raises(kind) as told:
        tree.make_folder(at("new"))
    assert told.value.code == code


def test_a_full_disk_leaves_what_was_there(tree: Tree) -> None:
    def pieces() -> Iterator[bytes]:
        yield b"half"
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    first = written(tree, b"first", None)
    with pytest.raises(StorageFull):
        tree.stage("key", pieces())
    assert tree.look(at("n.ipynb")) == first


# --- whatever is asked ---

good = st.sampled_from([b"a", b"b", b"new"])
bad = st.sampled_from([b"..", b"out", b"up", b".", b"", b"a/../..", b".noctule", b"/etc", b"\xff"])
paths = st.one_of(
    st.lists(good, min_size=1, max_size=2),
    st.tuples(bad, good).map(list),
    st.tuples(st.sampled_from([b"..", b"up"]), st.sampled_from([b"bob", b".noctule", b"eve"]), good).map(list),
    st.lists(good | bad, max_size=3),
)
places = st.builds(Place, st.sampled_from(["ada", "ada", "eve"]), paths.map(tuple))
ids = st.sampled_from(["one", "two", "../bob", ".."])
asks = st.one_of(
    st.tuples(st.sampled_from(["make_folder", "entries", "measure", "look", "names"]), places),
    st.tuples(st.sampled_from(["move", "copy"]), places, places),
    st.tuples(st.just("bin"), places, ids),
    st.tuples(st.just("unbin"), ids, places),
    st.tuples(st.just("erase"), ids),
    st.tuples(st.just("write"), ids, places),
    st.tuples(st.just("link"), places, st.sampled_from(["../bob", "..", "/etc", ".", "a", "../../outside"])),
)


def do(disk: Path, tree: Tree, ask: tuple[object, ...]) -> None:
    match ask:
        case ("copy", old, new):
            tree.copy(old, new, quiet)  # type: ignore[arg-type]
        case ("write", str(key), Place() as place):
            tree.stage(key, [b"written"])
            tree.place(key, place, tree.look(place))
        case ("link", Place() as place, str(leads)):
            # As somebody does it who has the tree mounted.
            above = disk / place.tree
            if place.parts and set(place.parts) <= {b"a", b"b", b"new"}:
                below = above / os.fsdecode(b"/".join(place.parts))
                if below.parent.resolve().is_relative_to(above):
                    below.symlink_to(leads)
        case (str(name), *given):
            getattr(tree, name)(*given)


@pytest.fixture
def unsynced(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody pulls the plug."""
    monkeypatch.setattr("os.fsync", lambda _: None)
    monkeypatch.setattr("noctule.drive.copying._settle", lambda *_: None)


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(asks, max_size=14))
def test_whatever_is_asked_for_ones_own_tree_nothing_else_is_changed(
    tmp_path_factory: pytest.TempPathFactory, unsynced: None, wishes: list[tuple[object, ...]]
) -> None:
    world = tmp_path_factory.mktemp("world")
    disk = world / "data" / "drive"
    tree = Tree(disk)
    for name in ("ada", "eve", "bob"):
        tree.make_tree(name)
    (world / "data" / "outside").mkdir()
    for place in (disk / "bob", world / "data" / "outside"):
        (place / "a").mkdir()
        (place / "a" / "file").write_text("not yours")
    for place in (disk / "ada", disk / "eve"):
        (place / "out").symlink_to("../bob")
        (place / "up").symlink_to("..")
    for wish in wishes:
        try:
            do(disk, tree, wish)
        except (NoctuleError, FileNotFoundError, FileExistsError, NotADirectoryError):
            continue
    tree.close()
    for place in (disk / "bob", world / "data" / "outside"):
        assert set(place.rglob("*")) == {place / "a", place / "a" / "file"}
        assert (place / "a" / "file").read_text() == "not yours"
    assert {path.name for path in disk.iterdir()} == {".noctule", "ada", "bob", "eve"}
    assert {path.name for path in (disk / ".noctule").iterdir()} == {"uploads", "staged", "bin"}
    assert {path.name for path in world.iterdir()} == {"data"}
    real = [
        path for name in ("ada", "eve") for path in (disk / name).rglob("*") if path.is_file() and not path.is_symlink()
    ]
    assert {path.read_text() for path in real} <= {"written"}
