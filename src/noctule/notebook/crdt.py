"""The live document: the only module that knows pycrdt, its index units and its traps.

    cells: Map
      <cell_id>: Map
        type: "code" | "markdown" | "raw"
        source: Text
        meta: Map             one entry per top-level key of the cell's metadata, JSON values
        pos: str              order is (pos, cell_id); see fractional.py
        attachments?: JSON    those that came with a file
        attachment:<name>?: JSON    each that a page put there: two at the same time are two entries
        extra?: JSON          fields of the cell that nbformat does not know
    nb: Map
      metadata: Map           one entry per top-level key of the notebook's metadata, JSON values
      <field>?: JSON          top-level fields of the file that nbformat does not know

A deleted cell is a removed key, so an undo manager restores the cell with its text; a move is one write of `pos`.
A document is created once, from a file (`create`); afterwards it is only ever loaded (`load`), never rebuilt. Client ids are
pycrdt's own random ones, never chosen. Pages may write anything: reading is total, and what is malformed reads as a default
(unknown type: raw; no source: empty; position that is none: first) or, where it is no cell at all, not.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

# The first Doc of a process imports this: 0.07 s that are not to fall into the opening of a notebook.
import anyio._backends._asyncio  # noqa: F401
from pycrdt import Doc, Map, Text, TransactionEvent, get_state, get_update

from noctule.errors import Invalid
from noctule.notebook import ops, splice
from noctule.notebook.cells import CELL_ID, CELL_TYPES, POSITION, CellView, Changes, Edit
from noctule.notebook.fractional import spread
from noctule.notebook.nbformat_io import ParsedNotebook
from noctule.notebook.update import (
    StateVector,
    check_update,
    covers,
    decode_state_vector,
    deletions,
    encode_state_vector,
)
from noctule.notebook.values import clean_text, has_pairs, normal, same
from noctule_agent.wire.limits import CELLS_PER_NOTEBOOK, COMPACT_BYTES, COMPACT_UPDATES
from noctule_agent.wire.values import CellId

__all__ = ["CellView", "Changes", "Edit", "NotebookDoc"]

ATTACHMENT = "attachment:"
_PLAIN_TYPES = (str, float, int, type(None), dict, list)
"""Of the values that pycrdt gives, those that are no shared types."""


class NotebookDoc:
    """See the module. Made by `create` or `load`; belongs to one thread.

    Views of all cells are kept beside the document and follow it by its observers, so that reading costs nothing, an
    update costs what it changes (a keystroke in 2,000 cells about 0.1 ms), and removed cells are still known.

    pycrdt has no rollback, and a hostile update can make it fail half way. So the last snapshot and the updates since are
    kept too: what fails is undone by loading them.
    """

    def __init__(self, snapshot: bytes, log: Iterable[bytes]) -> None:
        self._snapshot = snapshot
        self._log = list(log)
        self._log_bytes = sum(map(len, self._log))
        self._views: dict[CellId, CellView] = {}
        self._begin()

    @classmethod
    def create(cls, parsed: ParsedNotebook) -> "NotebookDoc":
        """The document of a new notebook. The one place where a lineage begins (invariant 1)."""
        return cls(_new_lineage(parsed), ())

    @classmethod
    def load(cls, snapshot: bytes, updates: Iterable[bytes]) -> "NotebookDoc":
        """The document from its own snapshot and log, which are trusted. Raises Invalid("document-damaged")."""
        return cls(snapshot, updates)

    def _begin(self) -> None:
        """Load the document from its snapshot and log. Each update is a transaction of its own: n appends in one would
        take n^2 memory."""
        self._doc: Doc[Any] = Doc()
        for update in (self._snapshot, *self._log):
            try:
                self._doc.apply_update(update)
            except (ValueError, RuntimeError) as error:
                raise _damaged(str(error)) from error
        self._cells: Map[Any] = self._doc.get("cells", type=Map)
        self._nb: Map[Any] = self._doc.get("nb", type=Map)
        self._order: list[CellId] | None = None
        self._nb_touched = False
        self._touched: set[str] = {*self._cells.keys(), *self._views}
        self._refresh()
        self._cells.observe_deep(self._see_cells)
        self._nb.observe_deep(self._see_nb)

    # --- sync -----------------------------------------------------------------------------------------------------

    def encode(self) -> bytes:
        """All of it, as an update: the snapshot. Raises Invalid("document-damaged") rather than give less than all."""
        found = self._doc.get_update()
        if not self._is_all(found):
            raise _damaged("Its encoding would lack a part of it.")
        return found

    def state_vector(self) -> bytes:
        return encode_state_vector(self._known())

    def diff(self, state_vector: bytes) -> bytes:
        """What someone with this state vector lacks. Raises Invalid when it is none."""
        decode_state_vector(state_vector)
        return self._doc.get_update(state_vector)

    def exceeds(self, state_vector: bytes, update: bytes) -> bool:
        """Whether this has edits or deletions which a side lacks that has this state vector and sent this update. Deletions
        move no state vector: of these, each side tells all that it knows."""
        if any(clock > decode_state_vector(state_vector).get(client, 0) for client, clock in self._known().items()):
            return True
        mine = deletions(self._doc.get_update(state_vector))
        return not covers(deletions(get_update(update, state_vector)), mine)

    def apply(self, update: bytes) -> Changes:
        """An update of a page. Raises Invalid or TooLarge, and then nothing was applied."""
        expected = check_update(update, self._known(), self._doc.client_id)
        return self._integrate(update, expected)

    def merge(self, update: bytes) -> Changes:
        """An update of a side that is trusted (a page takes the server's word), of any size. Raises Invalid."""
        return self._integrate(update, None)

    def _integrate(self, update: bytes, expected: StateVector | None) -> Changes:
        """Apply, make sure that all of it arrived and that the document is whole, remember."""
        with self._all_or_nothing():
            try:
                self._doc.apply_update(update)
            except BaseException as error:
                if _from_pycrdt(error):
                    raise _unreadable(str(error)) from error
                raise
            before = [self._views.get(CellId(key)) for key in self._touched]
            changes = self._refresh()
            if expected is not None:
                self._make_sure(expected, [*before, *(self._views[cell_id] for cell_id in changes.changed)])
        self._remember(update)
        return changes

    def _make_sure(self, expected: StateVector, touched: Sequence[CellView | None]) -> None:
        if self._known() != expected:
            raise _unreadable("it contradicts what is already known")
        # An edit that cuts a surrogate pair in two makes yrs count wrongly: what it encodes later lacks a part.
        wary = any(view is not None and has_pairs(view.source) for view in touched)
        if wary and not self._is_all(self._doc.get_update()):
            raise _unreadable("it cuts a character in two")

    @contextmanager
    def _all_or_nothing(self) -> Iterator[None]:
        try:
            yield
        except BaseException:
            self._begin()
            raise

    def _remember(self, update: bytes) -> None:
        self._log.append(update)
        self._log_bytes += len(update)
        if len(self._log) >= COMPACT_UPDATES or self._log_bytes >= COMPACT_BYTES:
            found = self._doc.get_update()
            if self._is_all(found):
                self._snapshot, self._log, self._log_bytes = found, [], 0

    def _is_all(self, encoded: bytes) -> bool:
        return decode_state_vector(get_state(encoded)) == self._known()

    def _known(self) -> StateVector:
        return decode_state_vector(self._doc.get_state())

    # --- reading --------------------------------------------------------------------------------------------------

    def order(self) -> list[CellId]:
        """Ids in order, at most CELLS_PER_NOTEBOOK; cells beyond show up when others are deleted."""
        if self._order is None:
            self._order = sorted(self._views, key=lambda cell_id: (self._views[cell_id].pos, cell_id))
        return self._order[:CELLS_PER_NOTEBOOK]

    def cells(self) -> list[CellView]:
        return [self._views[cell_id] for cell_id in self.order()]

    def cell(self, cell_id: CellId) -> CellView | None:
        return self._views.get(cell_id)

    def source(self, cell_id: CellId) -> str | None:
        view = self._views.get(cell_id)
        return None if view is None else view.source

    def nb(self) -> dict[str, Any]:
        """`metadata` and the top-level fields that nbformat does not know."""
        with self._doc.transaction():
            found = {key: _plain(value) for key, value in self._nb.items()}
            return {**found, "metadata": _plain_dict(self._nb.get("metadata"))}

    # --- editing by the server ------------------------------------------------------------------------------------

    def edit(self, operations: Sequence[ops.Op]) -> Edit:
        """Apply operations in one transaction. Those that are no longer possible (the cell is gone) do nothing.

        Raises Invalid("cell-id-invalid"), and then nothing was applied.
        """
        updates: list[bytes] = []

        def note(event: TransactionEvent) -> None:
            updates.append(event.update)

        subscription = self._doc.observe(note)
        with self._all_or_nothing():
            with self._doc.transaction():
                for operation in operations:
                    self._perform(operation)
            self._doc.unobserve(subscription)
            changes = self._refresh()
        for update in updates:
            self._remember(update)
        return Edit(update=updates[0] if updates else b"", changes=changes)

    def _perform(self, operation: ops.Op) -> None:
        match operation:
            case ops.SetNotebookMeta(key, value):
                _set(_submap(self._nb, "metadata"), key, value)
            case ops.SetNotebookExtra(key, value):
                if key != "metadata":
                    _set(self._nb, key, value)
            case ops.InsertCell(cell_id=cell_id):
                self._insert(cell_id, operation)
            case ops.DeleteCell(cell_id):
                if cell_id in self._cells:
                    del self._cells[cell_id]
            case _:
                cell = self._cells.get(operation.cell_id)
                if isinstance(cell, Map):
                    _change_cell(cell, operation)

    def _insert(self, cell_id: CellId, cell: ops.InsertCell) -> None:
        if not CELL_ID.fullmatch(cell_id):
            raise Invalid("cell-id-invalid", f"{cell_id!r} cannot be the id of a cell.")
        if not isinstance(self._cells.get(cell_id), Map):
            self._cells[cell_id] = _cell_map(cell.type, cell.source, cell.meta, cell.attachments, cell.extra, cell.pos)

    # --- following the document -----------------------------------------------------------------------------------

    def _see_cells(self, events: Sequence[Any]) -> None:
        for event in events:
            path = event.path
            if path:
                self._touched.add(path[0])
            else:
                self._touched.update(event.keys)

    def _see_nb(self, _events: Sequence[Any]) -> None:
        self._nb_touched = True

    def _refresh(self) -> Changes:
        """Read again what was touched since the last time, and say what is different."""
        added: list[CellId] = []
        changed: list[CellId] = []
        removed: dict[CellId, CellView] = {}
        with self._doc.transaction():
            cells = _entries_of(self._cells, self._touched)
            for key in self._touched:
                cell_id = CellId(key)
                old, new = self._views.get(cell_id), _read(cell_id, cells.get(key))
                if new is None:
                    if old is not None:
                        removed[cell_id] = self._views.pop(cell_id)
                    continue
                self._views[cell_id] = new
                if old is None:
                    added.append(cell_id)
                else:
                    changed.append(cell_id)
                if old is None or old.pos != new.pos:
                    self._order = None
        if removed:
            self._order = None
        nb, self._nb_touched = self._nb_touched, False
        self._touched = set()
        return Changes(added=sorted(added), removed=removed, changed=sorted(changed), nb=nb)


# --- pycrdt, and nothing else below -----------------------------------------------------------------------------------


def splice_text(text: "Text", base: str | None, new: str) -> None:
    """Make the change from `base` (None: what is there) to `new` in `text`. The only index arithmetic on a Text:
    pycrdt counts its UTF-8 bytes, a page UTF-16 units, a `Splice` code points."""
    current = str(text)
    for part in splice.rebased(current if base is None else base, clean_text(new), current):
        start = len(current[: part.start].encode())
        if part.end > part.start:
            del text[start : start + len(current[part.start : part.end].encode())]
        if part.text:
            text.insert(start, part.text)
        current = current[: part.start] + part.text + current[part.end :]


def _read(cell_id: CellId, cell: Any) -> CellView | None:
    """The cell as it is now; None when there is none, or nothing that could be one."""
    if not isinstance(cell, Map) or not CELL_ID.fullmatch(cell_id):
        return None
    found = _entries_of(cell)
    kind, pos, source = found.get("type"), found.get("pos"), found.get("source")
    extra = found.get("extra")
    return CellView(
        id=cell_id,
        type=kind if isinstance(kind, str) and kind in CELL_TYPES else "raw",  # type: ignore[arg-type]
        source=str(source) if isinstance(source, str | Text) else "",
        meta=_plain_dict(found.get("meta")),
        attachments=_attachments(found),
        pos=pos if isinstance(pos, str) and POSITION.fullmatch(pos) else "",
        extra=_plain_dict(extra),
    )


def _attachments(found: dict[str, Any]) -> dict[str, Any] | None:
    whole = found.get("attachments")
    single = {key.removeprefix(ATTACHMENT): _plain(value) for key, value in found.items() if key.startswith(ATTACHMENT)}
    if not isinstance(whole, dict | Map) and not single:
        return None
    return {**_plain_dict(whole), **single}


def _entries_of(of: Map[Any], keys: Iterable[str] | None = None) -> dict[str, Any]:
    """Entries of a map, as its own accessors give them: those of `keys` that there are, or all.

    The accessors look for each key, open a transaction and try each type for each value. Reading 2,000 cells with them
    held the event loop for 100 ms; this takes 20.
    """
    with of.doc.transaction() as transaction:
        raw, txn = of.integrated, transaction._txn
        wanted = raw.keys(txn) if keys is None else [key for key in keys if raw.has(txn, key)]
        found = {key: raw.get(txn, key) for key in wanted}
    return {
        key: value if isinstance(value, _PLAIN_TYPES) else of._maybe_as_type_or_doc(value)
        for key, value in found.items()
    }


def _new_lineage(parsed: ParsedNotebook) -> bytes:
    doc: Doc[Any] = Doc()
    cells: Map[Any] = doc.get("cells", type=Map)
    nb: Map[Any] = doc.get("nb", type=Map)
    with doc.transaction():
        nb["metadata"] = Map(_entries(parsed.nb.get("metadata")))
        for key, value in parsed.nb.items():
            if key != "metadata":
                nb[clean_text(key)] = normal(value)
        for cell, pos in zip(parsed.cells, spread(len(parsed.cells)), strict=True):
            cells[cell.id] = _cell_map(cell.type, cell.source, cell.meta, cell.attachments, cell.extra, pos)
    return doc.get_update()


def _from_pycrdt(error: BaseException) -> bool:
    """Whether pycrdt refused it, or its Rust code panicked, which is no Exception and has no importable class."""
    return isinstance(error, ValueError | RuntimeError) or type(error).__name__ == "PanicException"


def _unreadable(why: str) -> Invalid:
    return Invalid("update-invalid", "This edit cannot be read.", f"The update is damaged or not from a page: {why}.")


def _damaged(why: str) -> Invalid:
    return Invalid("document-damaged", "The stored document cannot be read.", f"{why} Restore a revision of the file.")


def _change_cell(cell: Map[Any], operation: ops.CellOp) -> None:
    match operation:
        case ops.MoveCell(pos=pos):
            _set(cell, "pos", pos)
        case ops.SetType(type=kind):
            _set(cell, "type", kind)
        case ops.SetSource(source=source, base=base):
            _set_source(cell, source, base)
        case ops.SetCellMeta(key=key, value=value):
            _set(_submap(cell, "meta"), key, value)
        case ops.SetAttachments(attachments=attachments):
            for key in [key for key in cell.keys() if key.startswith(ATTACHMENT)]:  # noqa: SIM118
                del cell[key]
            _set(cell, "attachments", ops.UNSET if attachments is None else attachments)
        case ops.SetCellExtra(extra=extra):
            _set(cell, "extra", extra or ops.UNSET)


def _set_source(cell: Map[Any], source: str, base: str | None) -> None:
    text = cell.get("source")
    if isinstance(text, Text) and len(text) == len(str(text).encode()):
        splice_text(text, base, source)
    else:
        # Not a text, or one with embedded things in it: no index of it can be trusted.
        cell["source"] = Text(clean_text(source))


def _set(target: Map[Any], key: str, value: Any) -> None:
    """Write one entry if that changes anything."""
    key = clean_text(key)
    if value is ops.UNSET:
        if key in target:
            del target[key]
        return
    value = normal(value)
    if key not in target or not same(_plain(target[key]), value):
        target[key] = value


def _submap(parent: Map[Any], key: str) -> Map[Any]:
    found = parent.get(key)
    if not isinstance(found, Map):
        parent[key] = Map(_plain_dict(found))
        found = parent[key]
    return found


def _cell_map(
    kind: str, source: str, meta: Any, attachments: dict[str, Any] | None, extra: dict[str, Any], pos: str
) -> Map[Any]:
    found: dict[str, Any] = {"type": kind, "source": Text(clean_text(source)), "meta": Map(_entries(meta)), "pos": pos}
    if attachments is not None:
        found["attachments"] = normal(attachments)
    if extra:
        found["extra"] = normal(extra)
    return Map(found)


def _entries(value: Any) -> dict[str, Any]:
    found = normal(value)
    return found if isinstance(found, dict) else {}


def _plain(value: Any, depth: int = 16) -> Any:
    """JSON of whatever a client put there. Types below types only so deep, for reading must not exhaust the stack."""
    if isinstance(value, Map):
        return {key: _plain(item, depth - 1) for key, item in _entries_of(value).items()} if depth > 0 else None
    return str(value) if isinstance(value, Text) else normal(value)


def _plain_dict(value: Any) -> dict[str, Any]:
    found = _plain(value) if isinstance(value, dict | Map) else {}
    return found if isinstance(found, dict) else {}
