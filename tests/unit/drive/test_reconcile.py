"""Which item each entry is: no id is lost, doubled, or given to another file."""

from itertools import count

from hypothesis import given
from hypothesis import strategies as st

from noctule.drive.reconcile import Compared, Seen, compare
from noctule.store.rows import Mark

NAMES = [b"a", b"b", b"c", b"a~", b"\xff"]


def mark(inode: int, born: int | None = None) -> Mark:
    return Mark(1, inode, inode * 10 if born is None else born)


def folder(**files: int) -> dict[str, Seen]:
    """Items that are called as their files are: name -> inode."""
    return {name: Seen(name.encode(), mark(inode)) for name, inode in files.items()}


def after(known: dict[str, Seen], **files: int) -> Compared[str]:
    return compare(known, folder(**files).values())


def test_what_is_as_it_was_stays() -> None:
    assert after(folder(a=1, b=2), a=1, b=2) == Compared({b"a": "a", b"b": "b"}, (), ())


def test_a_file_under_a_new_name_is_the_same_item() -> None:
    assert after(folder(a=1), b=1) == Compared({b"b": "a"}, (), ())


def test_a_file_that_another_was_renamed_over_is_still_that_item() -> None:
    # As editors save: also when the new file was seen before it was renamed.
    assert after(folder(a=1), a=2).stay == {b"a": "a"}
    assert after(folder(a=1, new=2), a=2) == Compared({b"a": "a"}, (), ("new",))


def test_a_backup_is_a_new_item_and_the_file_stays_what_it_was() -> None:
    compared = after(folder(a=1), a=2, backup=1)
    assert compared.stay == {b"a": "a"}
    assert [seen.name for seen in compared.come] == [b"backup"]


def test_a_new_file_that_has_the_inode_of_a_deleted_one_has_nothing_else_of_it() -> None:
    known = {"shared": Seen(b"a", mark(1, born=100))}
    compared = compare(known, [Seen(b"b", mark(1, born=200))])
    assert compared.gone == ("shared",)
    assert not compared.stay


def test_without_a_time_of_birth_nothing_is_known_by_its_inode() -> None:
    known = {"shared": Seen(b"a", Mark(1, 1, None))}
    assert compare(known, [Seen(b"b", Mark(1, 1, None))]).gone == ("shared",)


def test_of_two_links_to_one_file_one_is_the_item() -> None:
    compared = after(folder(a=1), b=1, c=1)
    assert compared.stay == {b"b": "a"}
    assert [seen.name for seen in compared.come] == [b"c"]


marks = st.builds(Mark, st.just(1), st.integers(1, 4), st.sampled_from([10, 20, None]))
folders = st.dictionaries(st.sampled_from(NAMES), marks)


@given(folders, folders)
def test_every_entry_is_one_item_and_every_item_one_entry_or_gone(
    before: dict[bytes, Mark], now: dict[bytes, Mark]
) -> None:
    numbers = count()
    known = {next(numbers): Seen(name, mark) for name, mark in before.items()}
    compared = compare(known, [Seen(name, mark) for name, mark in now.items()])
    assert sorted([*compared.stay, *(seen.name for seen in compared.come)]) == sorted(now)
    assert sorted([*compared.stay.values(), *compared.gone]) == sorted(known)
    for name, id_ in compared.stay.items():
        same_file = known[id_].mark == now[name] and now[name].born is not None
        assert known[id_].name == name or (same_file and known[id_].name not in now)


def test_a_large_folder_of_which_all_was_renamed_is_compared_at_once() -> None:
    known = {number: Seen(b"%d" % number, mark(number)) for number in range(50_000)}
    renamed = [Seen(b"x%d" % number, mark(number)) for number in range(50_000)]
    assert compare(known, renamed) == Compared({b"x%d" % number: number for number in range(50_000)}, (), ())
