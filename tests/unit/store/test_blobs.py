"""Blobs are whole or not there, shared by content, and swept only when nothing needs them for long enough."""

import os
from pathlib import Path

import pytest

from noctule.errors import NotFound
from noctule.store.blobs import BLOB_GRACE_DAYS, BlobStore
from noctule_agent.wire.values import Millis

DAY = 24 * 60 * 60 * 1000
NOW = Millis(2_000_000_000_000)


@pytest.fixture
def blobs(tmp_path: Path) -> BlobStore:
    return BlobStore(tmp_path / "blobs")


def put(blobs: BlobStore, data: bytes, days_ago: int) -> str:
    blob = blobs.put(data)
    at = (NOW - days_ago * DAY) / 1000
    os.utime(blobs.path(blob.sha256), (at, at))
    return blob.sha256


def files(blobs: BlobStore) -> set[str]:
    return {path.name for path in blobs._files()}


def test_what_is_put_comes_back(blobs: BlobStore) -> None:
    blob = blobs.put(b"\x00data")
    assert (blob.size, blobs.read(blob.sha256)) == (5, b"\x00data")
    with blobs.open(blob.sha256) as file:
        assert file.read() == b"\x00data"


def test_the_same_content_is_kept_once(blobs: BlobStore) -> None:
    assert blobs.put(b"same") == blobs.put(b"same")
    assert len(files(blobs)) == 1


@pytest.mark.parametrize("name", ["0" * 64, "../../etc/passwd", "", "0" * 63, "G" * 64, "0" * 64 + "\n"])
def test_what_is_not_there_or_no_digest_is_not_found(blobs: BlobStore, name: str) -> None:
    blobs.put(b"something")
    for read in (blobs.path, blobs.open, blobs.read):
        with pytest.raises(NotFound):
            read(name)


def test_a_write_that_fails_leaves_no_blob_and_the_next_one_works(
    blobs: BlobStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", full)
        with pytest.raises(OSError, match="No space"):
            blobs.put(b"data")
    assert files(blobs) == set()
    assert blobs.read(blobs.put(b"data").sha256) == b"data"


def test_a_temporary_file_of_a_crash_is_no_blob_and_is_swept(blobs: BlobStore) -> None:
    kept = put(blobs, b"kept", days_ago=0)
    half = blobs.path(kept).with_name("ab" * 32 + ".0011.part")
    half.write_bytes(b"hal")
    with pytest.raises(NotFound):
        blobs.open("ab" * 32)
    os.utime(half, (0, 0))
    assert blobs.sweep({kept}, NOW) == 1
    assert files(blobs) == {kept}


def test_a_sweep_keeps_what_is_needed_and_what_is_young(blobs: BlobStore) -> None:
    needed = put(blobs, b"needed", days_ago=400)
    young = put(blobs, b"young", days_ago=BLOB_GRACE_DAYS - 1)
    old = put(blobs, b"old", days_ago=BLOB_GRACE_DAYS + 1)
    assert blobs.sweep({needed}, NOW) == 1
    assert files(blobs) == {needed, young}
    assert old not in files(blobs)


def test_the_grace_begins_when_a_blob_was_last_needed(blobs: BlobStore) -> None:
    blob = put(blobs, b"long needed", days_ago=400)
    other = put(blobs, b"other", days_ago=0)
    blobs.sweep({blob, other}, NOW)
    assert blobs.sweep({other}, Millis(NOW + (BLOB_GRACE_DAYS - 1) * DAY)) == 0
    assert blobs.sweep({other}, Millis(NOW + (BLOB_GRACE_DAYS + 1) * DAY)) == 1


def test_a_blob_that_is_put_again_is_young_again(blobs: BlobStore) -> None:
    blob = put(blobs, b"again", days_ago=4000)
    blobs.put(b"again")
    assert blobs.path(blob).stat().st_mtime_ns // 1_000_000 > NOW - 4000 * DAY + DAY


def test_an_empty_mark_removes_nothing(blobs: BlobStore) -> None:
    old = put(blobs, b"old", days_ago=4000)
    assert blobs.sweep(set(), NOW) == 0
    assert files(blobs) == {old}


def test_a_file_that_gets_its_name_meanwhile_is_passed_over(blobs: BlobStore, monkeypatch: pytest.MonkeyPatch) -> None:
    old, needed = put(blobs, b"old", days_ago=400), put(blobs, b"needed", days_ago=0)
    renamed = blobs.path(old).with_name("0.part")
    found = [renamed, blobs.path(needed), blobs.path(old)]
    monkeypatch.setattr(blobs, "_files", lambda: iter(found))
    assert blobs.sweep({needed}, NOW) == 1
    assert not found[2].exists()
