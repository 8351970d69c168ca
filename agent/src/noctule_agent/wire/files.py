"""Files of a runtime: what the server asks an agent about them, and how their bytes travel.

A path is relative to the runtime's content directory, its parts parted by `/`; "" is the directory itself. A byte of a name
that is no UTF-8 stands as the character U+F700 + byte, so every name can be said, and said back.

    ReadFile    agent -> server: FileHead as the first message, then the bytes, then the end
    WriteFile   server -> agent: the bytes and the end; then agent -> server: Entry, and the end
    AppendUpload    the same; what arrived before a break is kept, and UploadState says how much that is
"""

from typing import Annotated, Literal, NewType

import msgspec

from .limits import FOLDER_PAGE_ENTRIES
from .values import Millis

UploadId = NewType("UploadId", str)
EntryKind = Literal["folder", "file", "other"]

RawPath = Annotated[str, msgspec.Meta(max_length=4096)]
Size = Annotated[int, msgspec.Meta(ge=0)]
Version = Annotated[str, msgspec.Meta(max_length=100, pattern=r"^[0-9A-Za-z._-]*$(?!\n)")]
"""It becomes an ETag: nothing that could end a header."""


class _Tagged(msgspec.Struct, frozen=True, tag_field="t", omit_defaults=True):
    """Base of every question and answer here."""


class Entry(_Tagged, frozen=True, tag="entry"):
    """One file or folder. `link`: a symbolic link, described by what it leads to; `other` when that is nothing to open.

    `version` changes whenever the file does: it is what a conflict is seen by.
    """

    path: str
    name: str
    kind: EntryKind
    size: int
    modified: Millis
    version: Version = ""
    link: bool = False


class Disk(msgspec.Struct, frozen=True):
    total_bytes: int
    free_bytes: int


class ListFolder(_Tagged, frozen=True, tag="list-folder"):
    """Folders first, then by name; those after the cursor `after`. Answered by Listing."""

    path: RawPath
    after: str = ""
    limit: Annotated[int, msgspec.Meta(ge=1, le=FOLDER_PAGE_ENTRIES)] = 500
    hidden: bool = False


class Listing(_Tagged, frozen=True, tag="listing"):
    """`next`: the cursor of the page that follows, "" when there is none. `cut`: the folder has more than are looked at."""

    entries: list[Entry]
    next: str = ""
    cut: bool = False
    disk: Disk | None = None


class StatFile(_Tagged, frozen=True, tag="stat-file"):
    """Answered by Entry."""

    path: RawPath


class MakeFolder(_Tagged, frozen=True, tag="make-folder"):
    """Answered by Entry. `parents`: make those too, and do not mind if it is there."""

    path: RawPath
    parents: bool = False


class MoveFile(_Tagged, frozen=True, tag="move-file"):
    """Rename or move; nothing is replaced. Answered by Entry."""

    source: RawPath
    target: RawPath


class CountFiles(_Tagged, frozen=True, tag="count-files"):
    """How much lies at and below the path. Answered by Counted."""

    path: RawPath


class DeleteFile(_Tagged, frozen=True, tag="delete-file"):
    """With all that is below it. Answered by Counted: what was deleted."""

    path: RawPath


class Counted(_Tagged, frozen=True, tag="counted"):
    """`more`: counting ended early, there is more than that."""

    files: int
    folders: int
    size: int
    more: bool = False


class OpenUpload(_Tagged, frozen=True, tag="open-upload"):
    """Answered by UploadState. Idempotent by `upload_id`.

    `replace`: None: nothing may be there; "*": whatever is there is replaced; else: only this version of it.
    """

    upload_id: UploadId
    path: RawPath
    size: Size
    replace: str | None = None


class StatUpload(_Tagged, frozen=True, tag="stat-upload"):
    """Answered by UploadState."""

    upload_id: UploadId


class DropUpload(_Tagged, frozen=True, tag="drop-upload"):
    """Give it up. One that is not there is no fault."""

    upload_id: UploadId


class UploadState(_Tagged, frozen=True, tag="upload-state"):
    """`done`: it is whole and in its place."""

    upload_id: UploadId
    offset: int
    size: int
    done: Entry | None = None


FileQuestion = (
    ListFolder | StatFile | MakeFolder | MoveFile | CountFiles | DeleteFile | OpenUpload | StatUpload | DropUpload
)


# --- pipes ---------------------------------------------------------------------------------------------------------


class ReadFile(_Tagged, frozen=True, tag="read-file"):
    """The bytes from `offset` on, `length` of them or all."""

    path: RawPath
    offset: Size = 0
    length: Size | None = None


class FileHead(_Tagged, frozen=True, tag="file-head"):
    """First message of ReadFile: which version it is; what follows is of that one. `length` bytes follow."""

    entry: Entry
    length: int


class WriteFile(_Tagged, frozen=True, tag="write-file"):
    """A file as a whole, placed when all `size` bytes are there. `replace` as in OpenUpload."""

    path: RawPath
    size: Size
    replace: str | None = None


class AppendUpload(_Tagged, frozen=True, tag="append-upload"):
    """Bytes from `offset` on, which must be where the upload stands."""

    upload_id: UploadId
    offset: Size
