"""Uploads that go on where they were broken off: what has arrived lies in `.noctule/uploads/<id>`, and `<id>.json` says what it will be.

    begun       both are there; how far it is says the size of the data
    placing     where it will lie is noted, then it is moved there
    placed      the data is gone from here; the note stays until it is forgotten, so that a sender who heard no answer gets it

Whoever dies at any moment leaves one of these. Blocking; what the disk refuses is raised as NoctuleError. Who may upload, how much, and
under which name is not decided here.
"""

import hashlib
import os
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from threading import Lock

import msgspec

from noctule.errors import Conflict, Invalid, NotFound, StorageFull
from noctule.store.rows import Mark
from noctule_agent.disk import room
from noctule_agent.wire.limits import MB
from noctule_agent.wire.values import Millis

from .door import NEW, is_key, key_of, listed, open_regular, sync
from .erasing import remove
from .marks import Looked, look
from .places import Place
from .placing import put
from .tree import Tree
from .trouble import telling

_NOTE = b".json"
_DRAFT = b".json.new"
_LOCKS = 64
_READ_BYTES = MB
_WRITE_PARTS = 512
"""Parts in one write: below what every system takes (IOV_MAX)."""
_WRITE_BYTES = 256 * 1024
"""In one write. For larger ones Linux takes larger folios for its page cache; on a virtual machine 1 GB took then 4.2 s of CPU in place
of 0.4 s (by 4 MB and by 256 KB)."""
_GO_ON = os.O_WRONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK
_SHA256 = re.compile(r"[0-9a-f]{64}")


class Wanted(msgspec.Struct, frozen=True):
    """What an upload will be. `who`: its maker; `item`: the folder; `tree`: whose that is, if not the maker's; `path`: folders
    below it; `over`: the version that it replaces."""

    size: int
    name: str
    who: str
    item: str
    made_at: Millis
    path: str = ""
    sha256: str | None = None
    over: str | None = None
    tree: str = ""


class Placed(msgspec.Struct, frozen=True):
    """Where it was put, and what is known of the file wherever it is moved from there."""

    place: Place
    mark: Mark
    sha256: str


class Upload(msgspec.Struct, frozen=True):
    wanted: Wanted
    offset: int
    placed: Placed | None


class Elsewhere(Conflict):
    """The upload stands at `offset`, and not where somebody would go on."""

    def __init__(self, offset: int) -> None:
        super().__init__("upload-offset", "The upload stands at another place.", f"It goes on at {offset}.")
        self.offset = offset


class _Note(msgspec.Struct, frozen=True):
    wanted: Wanted
    placing: Placed | None = None


class _Running(msgspec.Struct):
    """The sha256 of the first `at` bytes, kept while they come, so that a large file is not read again at its end."""

    digest: "hashlib._Hash"
    at: int


_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(_Note).decode


class Uploads:
    """One for a server: a lock keeps two requests of one upload apart, and the sums are in memory."""

    def __init__(self, tree: Tree) -> None:
        self._door = tree.door
        self._look = tree.look
        self._running: dict[str, _Running] = {}
        self._locks = [Lock() for _ in range(_LOCKS)]

    def begin(self, id_: str, wanted: Wanted) -> int:
        """How much of it is here; the same again for the same. Raises Conflict for another one, StorageFull where it has no room."""
        if wanted.size < 0 or (wanted.sha256 is not None and not _SHA256.fullmatch(wanted.sha256)):
            raise Invalid(
                "upload-invalid", "This is no upload.", "A size is not negative; a sha256 has 64 digits from 0 to f."
            )
        with self._alone(id_) as (folder, key):
            note = _note(folder, key)
            if note is not None:
                # The folder may have another owner by now.
                if msgspec.structs.replace(note.wanted, made_at=wanted.made_at, tree=wanted.tree) != wanted:
                    raise Conflict("upload-differs", "Another upload has this id.", "Begin it under a new one.")
                return _offset(folder, key, note)
            free, _ = room(folder)
            if wanted.size > free:
                raise StorageFull("storage-full", "The disk of the server is full.", f"It has room for {free} bytes.")
            os.close(os.open(key, NEW | os.O_TRUNC, 0o666, dir_fd=folder))
            self._running[id_] = _Running(hashlib.sha256(), 0)
            _keep(folder, key, _Note(wanted))
            return 0

    def append(self, id_: str, offset: int, *parts: bytes) -> int:
        """Where it stands then; what came is durable after the next `flush`. Raises Elsewhere, and Conflict for more than was
        announced."""
        length = sum(map(len, parts))
        with self._alone(id_) as (folder, key):
            note = _known(folder, key)
            at = _offset(folder, key, note)
            if at != offset:
                raise Elsewhere(at)
            if at + length > note.wanted.size:
                raise Conflict(
                    "upload-too-long",
                    "More came than was announced.",
                    "The file changed while it was sent. Begin it again.",
                )
            if length:
                _append(folder, key, at, parts)
            return at + length

    def digest(self, id_: str, at: int, parts: Sequence[bytes]) -> None:
        """These, which were appended there, are in its sum. Without this call, or out of order, the file is read again at its end."""
        running = self._running.get(id_)
        if running is None or running.at != at:
            self._running.pop(id_, None)
            return
        for part in parts:
            running.digest.update(part)
            running.at += len(part)

    def flush(self, id_: str) -> None:
        """What came before this began is on the disk then; more may come meanwhile. After it failed nobody knows what is there:
        see `cut`."""
        key = key_of(id_)
        with (
            telling(),
            self._door.aside("uploads") as folder,
            suppress(FileNotFoundError),
            open_regular(folder, key) as file,
        ):
            os.fsync(file.fileno())

    def cut(self, id_: str, to: int) -> None:
        """What came after this did not come."""
        with self._alone(id_) as (folder, key), suppress(FileNotFoundError):
            opened = os.open(key, _GO_ON, dir_fd=folder)
            try:
                os.ftruncate(opened, min(to, os.fstat(opened).st_size))
            finally:
                os.close(opened)

    def state(self, id_: str) -> Upload:
        with self._alone(id_) as (folder, key):
            return _upload(folder, key, _known(folder, key))

    def whole(self, id_: str) -> str:
        """Its sha256, when all of it is here. Raises Invalid when that is not the one that was announced; then the upload is gone."""
        with self._alone(id_) as (folder, key):
            return self._whole(folder, id_, key, _known(folder, key))

    def place(self, id_: str, at: Place, over: Looked | None) -> Looked | None:
        """It is now the file, over nothing or over that version. None: something else is there; nothing was changed.

        Of one that was placed before it is told what lies now where it was put.
        """
        with self._alone(id_) as (folder, key):
            note = _known(folder, key)
            new = look(folder, key)
            if new is None and note.placing is not None:
                return self._look(note.placing.place)
            sha256 = self._whole(folder, id_, key, note)
            if new is None:
                raise no_upload()
            with open_regular(folder, key) as file:
                os.fsync(file.fileno())
            with self._door.above(at) as target:
                _keep(folder, key, _Note(note.wanted, Placed(at, new.mark, sha256)))
                placed = put(folder, key, target, at.name, over)
            if placed is not None:
                self._running.pop(id_, None)
            return placed

    def forget(self, id_: str) -> None:
        """What came is gone, or, of one that was placed, that it was an upload."""
        with self._alone(id_) as (folder, key):
            self._forget(folder, id_, key)

    def sweep(self, older_than_ms: int) -> int:
        """Forget those that were begun before this moment, done or not, and what belongs to none; how many."""
        with telling(), self._door.aside("uploads") as folder:
            ids = {os.fsdecode(name).partition(".")[0] for name in listed(folder)}
        return sum(self._swept(id_, older_than_ms) for id_ in filter(is_key, ids))

    def forget_all_of(self, who: str) -> None:
        """Those that this user began, done or not."""
        with telling(), self._door.aside("uploads") as folder:
            keys = [name.removesuffix(_NOTE) for name in listed(folder) if name.endswith(_NOTE)]
            theirs = [key for key in keys if (note := _note(folder, key)) is not None and note.wanted.who == who]
        for id_ in map(os.fsdecode, theirs):
            with self._alone(id_) as (folder, key):
                # The data first: the note says whose it is, and nobody goes on with it.
                remove(folder, key)
                self._forget(folder, id_, key)

    def promised(self, tree: str) -> int:
        """Bytes that uploads into this tree, begun and not placed, will take."""
        with telling(), self._door.aside("uploads") as folder:
            keys = [name.removesuffix(_NOTE) for name in listed(folder) if name.endswith(_NOTE)]
            notes = [note for key in keys if look(folder, key) is not None and (note := _note(folder, key)) is not None]
        return sum(note.wanted.size for note in notes if (note.wanted.tree or note.wanted.who) == tree)

    # --- parts of these ---

    @contextmanager
    def _alone(self, id_: str) -> Iterator[tuple[int, bytes]]:
        key = key_of(id_)
        with self._locks[hash(id_) % _LOCKS], telling(), self._door.aside("uploads") as folder:
            yield folder, key

    def _whole(self, folder: int, id_: str, key: bytes, note: _Note) -> str:
        upload = _upload(folder, key, note)
        if upload.placed is not None:
            return upload.placed.sha256
        if upload.offset != note.wanted.size:
            raise Conflict("upload-incomplete", "Less came than was announced.", f"It goes on at {upload.offset}.")
        running = self._running.get(id_)
        if running is None or running.at != upload.offset:
            running = self._running[id_] = _read_again(folder, key)
        sha256 = running.digest.hexdigest()
        if note.wanted.sha256 not in (None, sha256):
            self._forget(folder, id_, key)
            raise Invalid(
                "upload-checksum", "What came is not what was sent.", "It was changed on its way. Send it again."
            )
        return sha256

    def _forget(self, folder: int, id_: str, key: bytes) -> None:
        self._running.pop(id_, None)
        # The note first: a note without its data says that the data was placed.
        for name in (key + _DRAFT, key + _NOTE, key):
            remove(folder, name)
        sync(folder)

    def _swept(self, id_: str, older_than_ms: int) -> bool:
        with self._alone(id_) as (folder, key):
            note = _note(folder, key)
            if note is None:
                found = look(folder, key) or look(folder, key + _DRAFT)
                made_at = 0 if found is None else found.mtime_ns // 1_000_000
            else:
                made_at = note.wanted.made_at
            if made_at >= older_than_ms:
                return False
            self._forget(folder, id_, key)
            return True


def _known(folder: int, key: bytes) -> _Note:
    note = _note(folder, key)
    if note is None:
        raise no_upload()
    return note


def no_upload() -> NotFound:
    return NotFound("upload-not-found", "This upload is not known here.", "It was given up. Begin it again.")


def _note(folder: int, key: bytes) -> _Note | None:
    with suppress(FileNotFoundError, msgspec.DecodeError), open_regular(folder, key + _NOTE) as file:
        return _decode(file.read())
    return None


def _keep(folder: int, key: bytes, note: _Note) -> None:
    """The note is this one, and on the disk, as is the name of the data."""
    opened = os.open(key + _DRAFT, NEW | os.O_TRUNC, 0o600, dir_fd=folder)
    with os.fdopen(opened, "wb") as file:
        file.write(_encode(note))
        file.flush()
        os.fsync(opened)
    os.rename(key + _DRAFT, key + _NOTE, src_dir_fd=folder, dst_dir_fd=folder)
    sync(folder)


def _upload(folder: int, key: bytes, note: _Note) -> Upload:
    data = look(folder, key)
    if data is not None:
        return Upload(note.wanted, data.size, None)
    if note.placing is None:
        raise no_upload()
    return Upload(note.wanted, note.wanted.size, note.placing)


def _offset(folder: int, key: bytes, note: _Note) -> int:
    return _upload(folder, key, note).offset


def _append(folder: int, key: bytes, at: int, parts: Sequence[bytes]) -> None:
    opened = os.open(key, _GO_ON, dir_fd=folder)
    try:
        try:
            _write(opened, at, parts)
        except BaseException:
            # It was not acknowledged, so it did not come.
            with suppress(OSError):
                os.ftruncate(opened, at)
            raise
    finally:
        os.close(opened)


def _write(opened: int, at: int, parts: Sequence[bytes]) -> None:
    for batch in _batches(parts):
        rest = batch
        while rest:
            written = os.pwritev(opened, rest, at)
            at += written
            while rest and written >= len(rest[0]):
                written -= len(rest.pop(0))
            if written:
                rest[0] = rest[0][written:]


def _batches(parts: Sequence[bytes]) -> Iterator[list[memoryview]]:
    """What one write takes, again and again."""
    batch: list[memoryview] = []
    room = _WRITE_BYTES
    for part in parts:
        rest = memoryview(part)
        while rest:
            batch.append(rest[:room])
            rest = rest[room:]
            room -= len(batch[-1])
            if room == 0 or len(batch) == _WRITE_PARTS:
                yield batch
                batch, room = [], _WRITE_BYTES
    if batch:
        yield batch


def _read_again(folder: int, key: bytes) -> _Running:
    running = _Running(hashlib.sha256(), 0)
    with open_regular(folder, key) as file:
        while data := file.read(_READ_BYTES):
            running.digest.update(data)
            running.at += len(data)
    return running
