"""Documents are created once, appended behind a fence, compacted and replaced."""

import pytest

from noctule.errors import Conflict
from noctule.store import StaleDocument, Store, documents, items
from noctule.store.rows import StoredDocument
from noctule_agent.wire.values import Epoch, ItemId, Millis, NotebookId

E1, E2 = Epoch("e1"), Epoch("e2")
AT = Millis(5)


@pytest.fixture
async def document(store: Store, notebook: NotebookId) -> NotebookId:
    await store.write(lambda tx: documents.create(tx, notebook, E1, b"snapshot"))
    return notebook


async def load(store: Store, notebook: NotebookId) -> StoredDocument:
    stored = await store.read(lambda tx: documents.load(tx, notebook))
    assert stored is not None
    return stored


async def append(store: Store, notebook: NotebookId, after: int, *updates: bytes, epoch: Epoch = E1) -> int:
    return await store.write(
        lambda tx: documents.append(tx, notebook, epoch, after, [("ada", update) for update in updates], AT)
    )


async def test_a_document_that_was_never_made_is_none(store: Store, notebook: NotebookId) -> None:
    assert await store.read(lambda tx: documents.load(tx, notebook)) is None


async def test_a_document_is_created_once(store: Store, document: NotebookId) -> None:
    with pytest.raises(Conflict) as refused:
        await store.write(lambda tx: documents.create(tx, document, E2, b"other"))
    assert refused.value.code == "document-exists"
    assert await load(store, document) == StoredDocument(E1, b"snapshot", 0, [], 0)


async def test_updates_come_back_in_order_byte_for_byte(store: Store, document: NotebookId) -> None:
    assert await append(store, document, 0, b"a\x00", b"\xff") == 2
    assert await append(store, document, 2, b"c") == 3
    assert await load(store, document) == StoredDocument(E1, b"snapshot", 0, [b"a\x00", b"\xff", b"c"], 3)


@pytest.mark.parametrize(("epoch", "after"), [(E1, 0), (E1, 2), (E2, 1)])
async def test_an_append_behind_the_fence_is_refused_and_leaves_nothing(
    store: Store, document: NotebookId, epoch: Epoch, after: int
) -> None:
    await append(store, document, 0, b"a")
    with pytest.raises(StaleDocument):
        await append(store, document, after, b"late", epoch=epoch)
    assert (await load(store, document)).updates == [b"a"]


async def test_compacting_forgets_only_what_the_snapshot_holds(store: Store, document: NotebookId) -> None:
    await append(store, document, 0, b"a", b"b", b"c")
    await store.write(lambda tx: documents.compact(tx, document, E1, b"snapshot+a+b", 2))
    assert await load(store, document) == StoredDocument(E1, b"snapshot+a+b", 2, [b"c"], 3)
    assert await append(store, document, 3, b"d") == 4


@pytest.mark.parametrize(("epoch", "upto"), [(E2, 2), (E1, 4), (E1, 0)])
async def test_compacting_another_epoch_or_beyond_what_there_is_is_refused(
    store: Store, document: NotebookId, epoch: Epoch, upto: int
) -> None:
    await append(store, document, 0, b"a", b"b", b"c")
    await store.write(lambda tx: documents.compact(tx, document, E1, b"snapshot+a", 1))
    with pytest.raises(StaleDocument):
        await store.write(lambda tx: documents.compact(tx, document, epoch, b"wrong", upto))
    assert await load(store, document) == StoredDocument(E1, b"snapshot+a", 1, [b"b", b"c"], 3)


async def test_a_new_epoch_goes_on_counting_and_fences_off_the_old_one(store: Store, document: NotebookId) -> None:
    await append(store, document, 0, b"a", b"b")
    assert await store.write(lambda tx: documents.replace(tx, document, E2, b"restored")) == 3
    with pytest.raises(StaleDocument):
        await append(store, document, 3, b"of the old epoch", epoch=E1)
    await append(store, document, 3, b"c", epoch=E2)
    assert await load(store, document) == StoredDocument(E2, b"restored", 3, [b"c"], 4)


async def test_a_document_goes_with_its_notebook(store: Store, document: NotebookId) -> None:
    await append(store, document, 0, b"a")
    await store.write(lambda tx: items.remove(tx, ItemId(document)))
    assert await store.read(lambda tx: documents.load(tx, document)) is None
