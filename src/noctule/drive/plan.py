"""What a look at a folder means for its rows, and the rows made so. It knows rows, and what was seen; it looks at no disk."""

from collections.abc import Callable, Sequence

import msgspec

from noctule.drive.marks import Looked
from noctule.drive.places import Place, free_name
from noctule.drive.reconcile import Seen, compare
from noctule.drive.walking import Entry
from noctule.store import Tx, items
from noctule.store.rows import ItemKind, ItemRow
from noctule_agent.wire.values import ItemId, Millis


class Plan(msgspec.Struct, frozen=True):
    """`stay` and `moved`: rows and what stands for them now. `came`: entries that are no item of this folder, each with the item
    elsewhere that has the same mark, if there is one. `gone`: rows that nothing was found for."""

    stay: list[tuple[ItemRow, Entry]]
    moved: list[tuple[ItemRow, Entry]]
    came: list[tuple[Entry, ItemRow | None]]
    gone: list[ItemRow]


def plan(tx: Tx, folder: ItemRow, entries: Sequence[Entry]) -> Plan:
    """Of `stay` only what is not as its row says; of `gone` only what was on the disk and is not missed yet."""
    rows = {row.id: row for row in items.children(tx, folder.id)}
    by_name = {entry.name: entry for entry in entries}
    found = compare(
        {row.id: Seen(row.name, row.mark) for row in rows.values()},
        [Seen(entry.name, entry.looked.mark) for entry in entries],
    )
    pairs = [(rows[item_id], by_name[name]) for name, item_id in found.stay.items()]
    taken = set(rows)
    came: list[tuple[Entry, ItemRow | None]] = []
    known = items.all_marked(tx, folder.tree, [seen.mark for seen in found.come if seen.mark is not None])
    for seen in found.come:
        elsewhere = None if seen.mark is None else known.get(seen.mark)
        if elsewhere is not None and elsewhere.id in taken:
            elsewhere = None
        if elsewhere is not None:
            taken.add(elsewhere.id)
        came.append((by_name[seen.name], elsewhere))
    return Plan(
        stay=[(row, entry) for row, entry in pairs if row.name == entry.name and not as_noted(row, entry.looked)],
        moved=[(row, entry) for row, entry in pairs if row.name != entry.name],
        came=came,
        gone=[rows[id_] for id_ in found.gone if rows[id_].mtime_ns is not None and rows[id_].missing_at is None],
    )


def settled(found: Plan, stayed: set[ItemId]) -> Plan:
    """The same when it is known which of the items elsewhere are still there (two names of one file): those did not move."""
    movers = [(row, entry) for entry, row in found.came if row is not None and row.id not in stayed]
    new = [(entry, None) for entry, row in found.came if row is None or row.id in stayed]
    return Plan(found.stay, [*found.moved, *movers], list(new), found.gone)


def new_rows(found: Plan, folder: ItemRow, new_id: Callable[[], str]) -> list[ItemRow]:
    """Of what came and was nowhere."""
    return [item_of(ItemId(new_id()), folder, entry.name, entry.looked) for entry, row in found.came if row is None]


def apply(tx: Tx, found: Plan, folder: ItemId, binned: set[str], now: Millis, looked_ns: int | None) -> None:
    """All but new rows. `binned`: ids that lie in the bin on the disk; a server died before their rows said so."""
    for row in found.gone:
        if row.id in binned:
            to_bin(tx, row, now)
        else:
            items.change(tx, row.id, missing_at=now)
    for row, entry in found.moved:
        items.rename(tx, row, folder, entry.name)
    for row, entry in (*found.stay, *found.moved):
        note(tx, row, entry.looked)
        if row.kind == "folder" and entry.looked.kind != "folder":
            # What was in it may have been moved; a link in its place leads nowhere.
            for child in items.children(tx, row.id):
                items.change(tx, child.id, missing_at=now)
    items.change(tx, folder, looked_ns=looked_ns)


def note(tx: Tx, row: ItemRow, looked: Looked) -> None:
    """It is there, and looks like this."""
    items.change(
        tx,
        row.id,
        kind=kind_of(row.name, looked),
        size=looked.size,
        mtime_ns=looked.mtime_ns,
        mark=looked.mark,
        missing_at=None,
        binned_at=None,
        binned_from=None,
    )


def to_bin(tx: Tx, row: ItemRow, now: Millis) -> None:
    items.change(tx, row.id, parent=None, missing_at=None, binned_at=now, binned_from=row.parent)


def unplaced(tx: Tx, row: ItemRow) -> None:
    """Its file is nowhere, and will be written: where it was, or in the root when its folder is not there either.
    Not of what lies in the bin."""
    above = items.lineage(tx, row.id)[:-1]
    if not above or above[0].binned_at is not None:
        return
    parent, name = row.parent, row.name
    if any(folder.missing_at is not None for folder in above):
        root = ItemId(row.tree)
        parent, name = root, free_name(row.name, lambda name: items.child(tx, root, name) is not None)
    items.rename(tx, row, parent, name)
    items.change(tx, row.id, mtime_ns=None, mark=None)


def item_of(item_id: ItemId, folder: ItemRow, name: bytes, looked: Looked) -> ItemRow:
    return ItemRow(
        id=item_id,
        tree=folder.tree,
        parent=folder.id,
        name=name,
        kind=kind_of(name, looked),
        size=looked.size,
        mtime_ns=looked.mtime_ns,
        mark=looked.mark,
    )


def as_noted(row: ItemRow, looked: Looked) -> bool:
    return row.missing_at is None and (row.kind, row.size, row.mtime_ns, row.mark) == (
        kind_of(row.name, looked),
        looked.size,
        looked.mtime_ns,
        looked.mark,
    )


def kind_of(name: bytes, looked: Looked) -> ItemKind:
    """A notebook's name can be shown as it is."""
    if looked.kind != "file" or not name.lower().endswith(b".ipynb"):
        return looked.kind
    try:
        name.decode()
    except UnicodeDecodeError:
        return "file"
    return "notebook"


def place_of(tx: Tx, item_id: ItemId) -> Place | None:
    """Where it is, as far as rows know. None: there is no such item, or it, or what is above it, is missing, in the bin, or
    no folder any more."""
    line = items.lineage(tx, item_id)
    if not line or line[0].binned_at is not None or any(row.missing_at is not None for row in line):
        return None
    if any(row.kind != "folder" for row in line[:-1]):
        return None
    return Place(line[0].tree, tuple(row.name for row in line[1:]))
