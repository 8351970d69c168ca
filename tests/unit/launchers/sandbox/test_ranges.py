"""Ranges of ids: each to one owner, the same again, free when the owner is gone."""

import threading
from pathlib import Path

import pytest

from noctule.launchers.sandbox import ranges
from noctule.launchers.sandbox.ranges import COUNT, FIRST, SIZE, NoRange, Ranges, base_of, number_of


def owners(root: Path, count: int) -> list[Path]:
    found = [root / f"r{number}" for number in range(count)]
    for owner in found:
        owner.mkdir()
    return found


def test_an_owner_has_one_range_and_another_owner_another(tmp_path: Path) -> None:
    one, two = owners(tmp_path, 2)
    ours = Ranges(tmp_path / "ranges")
    assert (ours.take(one), ours.take(two), ours.take(one)) == (0, 1, 0)
    # Another server of this machine sees the same.
    assert Ranges(tmp_path / "ranges").taken() == {0: one, 1: two}
    assert ours.owner_of(base_of(1)) == two
    assert ours.owner_of(base_of(1) + SIZE - 1) == two
    assert ours.owner_of(base_of(2)) is None
    ours.free(one)
    assert ours.take(tmp_path) == 0


def test_ids_of_people_and_of_the_system_are_in_no_range() -> None:
    assert [number_of(uid) for uid in (0, 1000, 65534, 524_288, FIRST - 1, FIRST + COUNT * SIZE)] == [None] * 6
    # systemd's table of ids ends below the sign bit.
    assert base_of(COUNT - 1) + SIZE - 1 <= 2_147_352_575


def test_a_range_whose_owner_is_gone_is_free(tmp_path: Path) -> None:
    one, two = owners(tmp_path, 2)
    ours = Ranges(tmp_path / "ranges")
    ours.take(one)
    ours.take(two)
    one.rmdir()
    ours.sweep()
    assert ours.taken() == {1: two}


def test_when_all_are_taken_it_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ranges, "COUNT", 2)
    ours = Ranges(tmp_path / "ranges")
    for owner in owners(tmp_path, 2):
        ours.take(owner)
    with pytest.raises(NoRange):
        ours.take(tmp_path)


def test_two_who_take_at_once_never_get_the_same(tmp_path: Path) -> None:
    several = owners(tmp_path, 12)
    taken: list[int] = []
    threads = [
        threading.Thread(target=lambda o=owner: taken.append(Ranges(tmp_path / "ranges").take(o))) for owner in several
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(taken) == list(range(12))
