"""Rows of revisions and of the parts that they have in common. A part goes with the last revision that names it."""

import hashlib
from collections.abc import Collection, Iterable
from typing import Any, Final

import msgspec
from sqlalchemy import bindparam, delete, func, insert, select, tuple_, update

from noctule.errors import NotFound
from noctule.notebook.thinning import Aged, superfluous
from noctule.store import tables as t
from noctule.store.codec import to_json
from noctule.store.rows import RevisionRow
from noctule.store.writer import Tx
from noctule_agent.wire.values import Millis, NotebookId, RevisionId

from .manifest import Manifest, Part, encode, packed, to_manifest, unpacked

DIGEST_BYTES: Final = 32
_AT_ONCE: Final = 500
_names: Final = msgspec.json.Decoder(list[str])

_SMALL = [t.revision.c[name] for name in RevisionRow.__struct_fields__]
_OF = t.revision.c.notebook_id == bindparam("notebook")
_THIS = (_OF, t.revision.c.id == bindparam("this"))
_LIST = select(*_SMALL).where(_OF).order_by(t.revision.c.at.desc(), t.revision.c.id.desc())
_BEFORE = tuple_(t.revision.c.at, t.revision.c.id) < tuple_(bindparam("before_at"), bindparam("before_id"))
_GET = select(*_SMALL).where(*_THIS)
_MANIFEST = select(t.revision.c.manifest).where(*_THIS)
_NAMED = select(func.count()).select_from(t.revision).where(_OF, t.revision.c.kind == "named")
_AGES = select(t.revision.c.id, t.revision.c.kind, t.revision.c.at).where(_OF)
_USES = select(t.revision.c.uses).where(_OF)
_INSERT = insert(t.revision)
_NAME = update(t.revision).where(*_THIS).values(name=bindparam("new_name"), kind=bindparam("new_kind"))
_DELETE = delete(t.revision).where(*_THIS)
_DELETE_BEFORE = delete(t.revision).where(
    _OF, t.revision.c.kind != "named", t.revision.c.at < bindparam("before"), t.revision.c.id != bindparam("spare")
)

_PARTS_OF = t.revision_part.c.notebook_id == bindparam("notebook")
_KNOWN = select(t.revision_part.c.digest).where(_PARTS_OF)
_PARTS = select(t.revision_part.c.digest, t.revision_part.c.stored, t.revision_part.c.data).where(
    _PARTS_OF, t.revision_part.c.digest.in_(bindparam("digests", expanding=True))
)
_FORGET = delete(t.revision_part).where(_PARTS_OF, t.revision_part.c.digest.in_(bindparam("digests", expanding=True)))
_INSERT_PART = insert(t.revision_part)
_REFER = insert(t.revision_part_blob)


class PartsMissing(Exception):
    """A part that this revision names is not kept: it must be captured again."""


class Place(msgspec.Struct, frozen=True):
    """Where a revision stands in the list, also when it is gone by now."""

    at: Millis
    id: RevisionId


def list_page(
    tx: Tx, notebook_id: NotebookId, *, before: Place | None, limit: int, named: bool
) -> tuple[list[RevisionRow], Place | None]:
    """The last one first, those before this place; and the place of the last when there are more."""
    statement = _LIST
    key: dict[str, Any] = {"notebook": notebook_id}
    if named:
        statement = statement.where(t.revision.c.kind == "named")
    if before is not None:
        statement, key = statement.where(_BEFORE), {**key, "before_at": before.at, "before_id": before.id}
    found = [_row(row) for row in tx.conn.execute(statement.limit(limit + 1), key).mappings()]
    if len(found) <= limit:
        return found, None
    last = found[limit - 1]
    return found[:limit], Place(last.at, last.id)


def latest(tx: Tx, notebook_id: NotebookId) -> RevisionRow | None:
    row = tx.conn.execute(_LIST.limit(1), {"notebook": notebook_id}).mappings().one_or_none()
    return None if row is None else _row(row)


def get(tx: Tx, notebook_id: NotebookId, revision_id: RevisionId) -> RevisionRow:
    """Raises NotFound, also for a revision of another notebook."""
    row = tx.conn.execute(_GET, {"notebook": notebook_id, "this": revision_id}).mappings().one_or_none()
    if row is None:
        raise _not_found()
    return _row(row)


def manifest(tx: Tx, notebook_id: NotebookId, revision_id: RevisionId) -> Manifest:
    """Raises NotFound."""
    data = tx.conn.execute(_MANIFEST, {"notebook": notebook_id, "this": revision_id}).scalar_one_or_none()
    if data is None:
        raise _not_found()
    return to_manifest(data)


def count_named(tx: Tx, notebook_id: NotebookId) -> int:
    return int(tx.conn.execute(_NAMED, {"notebook": notebook_id}).scalar_one())


def known_parts(tx: Tx, notebook_id: NotebookId) -> set[str]:
    return set(tx.conn.execute(_KNOWN, {"notebook": notebook_id}).scalars())


def parts(tx: Tx, notebook_id: NotebookId, digests: Iterable[str]) -> dict[str, bytes]:
    """The JSON of these parts. Raises NotFound when a blob is gone."""
    found: dict[str, bytes] = {}
    wanted = sorted(set(digests))
    for start in range(0, len(wanted), _AT_ONCE):
        these = {"notebook": notebook_id, "digests": wanted[start : start + _AT_ONCE]}
        for row in tx.conn.execute(_PARTS, these):
            found[row.digest] = unpacked(row.data if row.stored is None else tx.blobs.read(row.stored))
    return found


def add_parts(tx: Tx, notebook_id: NotebookId, new: Collection[Part]) -> None:
    """Parts that no revision names yet: whoever captured them inserts the revision next."""
    known = known_parts(tx, notebook_id)
    fresh = [part for part in new if part.digest not in known]
    if not fresh:
        return
    tx.conn.execute(
        _INSERT_PART,
        [
            {
                "notebook_id": notebook_id,
                "digest": part.digest,
                "size": part.size,
                "stored": part.stored or None,
                "data": part.data,
            }
            for part in fresh
        ],
    )
    refers = [
        {"notebook_id": notebook_id, "digest": part.digest, "sha256": sha256}
        for part in fresh
        for sha256 in sorted(part.blobs)
    ]
    if refers:
        tx.conn.execute(_REFER, refers)


def add(tx: Tx, row: RevisionRow, of: Manifest, spare: RevisionId | None = None) -> None:
    """A revision, whose parts are kept. Thins the others by its moment, but for `spare`. Raises PartsMissing."""
    uses = of.parts()
    if uses - known_parts(tx, row.notebook_id):
        raise PartsMissing
    values = {**msgspec.structs.asdict(row), "authors": to_json(row.authors), "name": _to_name(row.name)}
    data = {"uses": b"".join(map(bytes.fromhex, sorted(uses))), "manifest": packed(encode(of))}
    tx.conn.execute(_INSERT, {**values, **data})
    _thin(tx, row.notebook_id, row.at, spare)


def digest(of: Manifest) -> str:
    """The same for revisions that are the same."""
    return hashlib.sha256(encode(of)).hexdigest()


def rename(tx: Tx, notebook_id: NotebookId, revision_id: RevisionId, name: str | None) -> RevisionRow:
    """Name it, so that it is kept; None: it is thinned like the others. Raises NotFound."""
    kind = "automatic" if name is None else "named"
    key = {"notebook": notebook_id, "this": revision_id, "new_name": _to_name(name), "new_kind": kind}
    if tx.conn.execute(_NAME, key).rowcount == 0:
        raise _not_found()
    return get(tx, notebook_id, revision_id)


def remove(tx: Tx, notebook_id: NotebookId, revision_id: RevisionId) -> None:
    """Raises NotFound."""
    if tx.conn.execute(_DELETE, {"notebook": notebook_id, "this": revision_id}).rowcount == 0:
        raise _not_found()
    _forget_unused(tx, notebook_id)


def remove_before(tx: Tx, notebook_id: NotebookId, at: Millis, spare: RevisionId | None) -> int:
    """Those that nobody named and that were made before then, but for `spare`; how many."""
    gone = tx.conn.execute(_DELETE_BEFORE, {"notebook": notebook_id, "before": at, "spare": spare or ""}).rowcount
    if gone:
        _forget_unused(tx, notebook_id)
    return gone


def _thin(tx: Tx, notebook_id: NotebookId, now: Millis, spare: RevisionId | None) -> None:
    ages = [Aged(row.id, row.kind, row.at) for row in tx.conn.execute(_AGES, {"notebook": notebook_id})]
    gone = [revision_id for revision_id in superfluous(ages, now) if revision_id != spare]
    for revision_id in gone:
        tx.conn.execute(_DELETE, {"notebook": notebook_id, "this": revision_id})
    if gone:
        _forget_unused(tx, notebook_id)


def _forget_unused(tx: Tx, notebook_id: NotebookId) -> None:
    key = {"notebook": notebook_id}
    used = {
        uses[at : at + DIGEST_BYTES].hex()
        for uses in tx.conn.execute(_USES, key).scalars()
        for at in range(0, len(uses), DIGEST_BYTES)
    }
    unused = sorted(known_parts(tx, notebook_id) - used)
    for start in range(0, len(unused), _AT_ONCE):
        tx.conn.execute(_FORGET, {**key, "digests": unused[start : start + _AT_ONCE]})


def _row(row: Any) -> RevisionRow:
    name = None if row["name"] is None else row["name"].decode()
    return RevisionRow(**{**row, "name": name, "authors": _names.decode(row["authors"])})


def _to_name(name: str | None) -> bytes | None:
    return None if name is None else name.encode()


def _not_found() -> NotFound:
    return NotFound("revision-not-found", "There is no such revision.", "It may have been thinned out or deleted.")
