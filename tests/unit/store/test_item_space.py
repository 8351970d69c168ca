"""What takes room, on both databases."""

from noctule.notebook.cells import CellView
from noctule.store import Store, Tx, item_space, items, revisions, runs
from noctule.store.rows import ItemRow, RevisionRow
from noctule_agent.wire.state import DisplayOutput, Inline, OutputPut, OutputsClear, StreamOutput
from noctule_agent.wire.values import CellId, ItemId, Millis, NotebookId, OutputId, RevisionId, UserId
from tests.support.notebook_rows import OWNER, add_notebook

A = CellId("a")
LARGE = "".join(f"{hash((number, 'z')) & 0xFFFFFFFF:08x}" for number in range(80_000))


def put(tx: Tx, name: str, above: str, size: int, **more: object) -> None:
    kind = "folder" if size == 0 else "file"
    items.create(tx, ItemRow(ItemId(name), OWNER, ItemId(above), name.encode(), kind, size=size, mtime_ns=1))  # type: ignore[arg-type]
    if more:
        items.change(tx, ItemId(name), **more)


async def test_the_largest_come_first_and_the_bin_counts_as_it_lies_there(store: Store) -> None:
    def fill(tx: Tx) -> None:
        items.create(tx, ItemRow(ItemId(OWNER), OWNER, None, b"", "folder"))
        items.create(tx, ItemRow(ItemId("eve"), UserId("eve"), None, b"", "folder"))
        put(tx, "folder", OWNER, 0)
        put(tx, "middle", "folder", 50)
        put(tx, "small", OWNER, 10)
        put(tx, "thrown", OWNER, 0, binned_at=Millis(1), parent=None)
        put(tx, "deep", "thrown", 0)
        for at in range(3):
            put(tx, f"in-bin-{at}", "deep", 30)
        put(tx, "gone", OWNER, 99, missing_at=Millis(1))
        items.create(tx, ItemRow(ItemId("hers"), UserId("eve"), ItemId("eve"), b"x", "file", size=1000, mtime_ns=1))

    await store.write(fill)
    found = await store.read(lambda tx: item_space.largest(tx, OWNER, 9))
    assert [(row.id, row.size) for row in found] == [("thrown", 90), ("middle", 50), ("small", 10)]
    assert [row.id for row in await store.read(lambda tx: item_space.largest(tx, OWNER, 1))] == ["thrown"]


async def revision(store: Store, notebook: NotebookId, id_: str, kind: str = "automatic", at: int = 1) -> None:
    cells = [CellView(A, "code", f"x = {id_}")]
    known = await store.read(lambda tx: revisions.known_parts(tx, notebook))
    made = await store.read(lambda tx: revisions.capture(tx, notebook, cells, {}, known, lambda _: ()))

    def write(tx: Tx) -> None:
        revisions.add_parts(tx, notebook, made.parts)
        row = RevisionRow(RevisionId(id_), notebook, Millis(at), kind, OWNER, 1, made.size, id_, 1)  # type: ignore[arg-type]
        revisions.add(tx, row, made.manifest)

    await store.write(write)


async def test_a_blob_counts_once_and_for_revisions_only_when_nothing_else_shows_it(store: Store) -> None:
    notebook = await store.write(lambda tx: add_notebook(tx, "nb"))
    await store.write(lambda tx: items.change(tx, ItemId("nb"), size=123, mtime_ns=1))
    picture = DisplayOutput(OutputId("o"), {"text/plain": Inline(LARGE)})
    said = StreamOutput(OutputId("s"), "stdout", "hello" * 100, "", chars=500)
    await store.write(lambda tx: runs.apply(tx, notebook, 0, [OutputPut(A, None, picture), OutputPut(A, None, said)]))
    for at, id_ in enumerate(("r1", "r2", "r3")):
        await revision(store, notebook, id_, at=at * 10**10)
    now = await store.read(lambda tx: item_space.of_item(tx, ItemId("nb")))
    assert now.file == 123
    assert len(LARGE) < now.outputs < len(LARGE) + 5_000
    assert now.revisions < 20_000
    await store.write(lambda tx: runs.apply(tx, notebook, 1, [OutputsClear(A, None)]))
    later = await store.read(lambda tx: item_space.of_item(tx, ItemId("nb")))
    assert later.outputs < 5_000
    assert len(LARGE) < later.revisions < len(LARGE) + 20_000
    assert await store.read(lambda tx: item_space.of_item(tx, ItemId(OWNER))) == later
    gone = await store.write(lambda tx: revisions.remove_before(tx, notebook, Millis(10**12), None))
    assert gone == 3
    assert (await store.read(lambda tx: item_space.of_item(tx, ItemId("nb")))).revisions == 0


async def test_named_revisions_and_the_one_that_is_spared_stay(store: Store) -> None:
    notebook = await store.write(lambda tx: add_notebook(tx, "nb"))
    await revision(store, notebook, "named", "named", 1)
    await revision(store, notebook, "way back", "before-import", 10**7)
    await revision(store, notebook, "spared", at=2 * 10**7)
    await revision(store, notebook, "young", at=9 * 10**7)
    gone = await store.write(lambda tx: revisions.remove_before(tx, notebook, Millis(9 * 10**7), RevisionId("spared")))
    left = await store.read(lambda tx: revisions.list_page(tx, notebook, before=None, limit=9, named=False)[0])
    assert (gone, [row.id for row in left]) == (1, ["young", "spared", "named"])
