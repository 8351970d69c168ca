"""What takes how much room, and whose runtimes are alive, on both databases."""

from typing import Any

import pytest

from noctule.store import Store, Tx, items, kernels, runtimes, space
from noctule.store.rows import ItemRow, KernelRow, RuntimeRow
from noctule.store.tables import revision_part
from noctule_agent.wire.values import Cause, ItemId, KernelId, Millis, NotebookId, RuntimeId, UserId
from tests.support.notebook_rows import add_notebook

ADA, BOB = UserId("ada"), UserId("bob")


def item(tx: Tx, id_: str, tree: UserId, parent: str | None, size: int, **values: Any) -> None:
    name = b"" if parent is None and "binned_at" not in values else id_.encode()
    kind = "folder" if parent is None else "file"
    above = None if parent is None else ItemId(parent)
    items.create(tx, ItemRow(ItemId(id_), tree, above, name, kind, size, **values))  # type: ignore[arg-type]


async def test_bytes_are_counted_by_tree(store: Store) -> None:
    def write(tx: Tx) -> None:
        item(tx, "ada", ADA, None, 0)
        item(tx, "a", ADA, "ada", 10)
        item(tx, "thrown", ADA, None, 3, binned_at=Millis(5))
        item(tx, "in thrown", ADA, "thrown", 4)
        item(tx, "lost", ADA, "ada", 100, missing_at=Millis(5))
        item(tx, "bob", BOB, None, 0)
        item(tx, "b", BOB, "bob", 2**40)

    await store.write(write)
    assert await store.read(space.used) == {ADA: 17, BOB: 2**40}
    assert await store.read(space.binned) == {ADA: 7}
    assert await store.read(space.database) > 1000


async def test_revisions_weigh_what_they_take(store: Store) -> None:
    def write(tx: Tx) -> None:
        one = add_notebook(tx, "one", owner=ADA)
        parts = [{"notebook_id": one, "digest": digest, "size": 10**6, "data": b"12345"} for digest in "ab"]
        tx.conn.execute(revision_part.insert(), parts)

    await store.write(write)
    assert await store.read(space.revisions) == {ADA: 10}


CAUSE = Cause("stopped", "It was.")


@pytest.mark.parametrize(
    ("values", "alive"),
    [
        ({"state": "queued"}, True),
        ({"state": "connected"}, True),
        ({"state": "unreachable", "cause": CAUSE}, True),
        ({"state": "connected", "cause": CAUSE}, False),
        ({"state": "starting", "cause": CAUSE}, False),
        ({"state": "unreachable", "cause": CAUSE, "draining": True}, False),
        ({"state": "ended", "cause": CAUSE}, False),
    ],
)
async def test_a_runtime_on_its_way_out_does_not_count(store: Store, values: dict[str, Any], alive: bool) -> None:
    def write(tx: Tx) -> None:
        for number, owner in enumerate((ADA, BOB)):
            book = add_notebook(tx, f"{owner}s", owner=owner)
            row = RuntimeRow(
                id=RuntimeId(f"r{number}"),
                type="local",
                launcher="fake",
                spec_name="python3",
                created_at=Millis(1),
                generation=0,
                **values,
            )
            runtimes.create(tx, row)
            kernels.create(tx, KernelRow(KernelId(f"k{number}"), row.id, "python3", Millis(1), notebook_id=book))
            runtimes.attach(tx, NotebookId(book), row.id)

    await store.write(write)
    assert await store.read(lambda tx: runtimes.names_alive(tx, ADA)) == ([b"adas.ipynb"] if alive else [])
