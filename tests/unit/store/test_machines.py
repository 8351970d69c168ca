"""Runtimes, attachments, kernels with their cursors, and browser sessions."""

import msgspec
import pytest

from noctule.errors import NotFound
from noctule.store import CursorMoved, Store, Tx, accounts, kernels, runtimes, sessions
from noctule.store.rows import AccountRow, RuntimeRow, SessionRow
from noctule_agent.wire.state import KernelView
from noctule_agent.wire.values import Cause, KernelId, Millis, NotebookId, RuntimeId, UserId
from tests.support.notebook_rows import add_notebook
from tests.unit.store.builders import NB, kernel, runtime

pytestmark = pytest.mark.usefixtures("notebook")

K1, K2, R1, R2 = KernelId("k1"), KernelId("k2"), RuntimeId("r1"), RuntimeId("r2")


@pytest.fixture
async def machines(store: Store) -> Store:
    """Two runtimes, and a kernel of NB on the first."""

    def make(tx: Tx) -> None:
        runtimes.create(tx, runtime("r1", at=1))
        runtimes.create(tx, runtime("r2", at=2))
        kernels.create(tx, kernel("k1"))

    await store.write(make)
    return store


async def test_every_field_of_a_runtime_comes_back(machines: Store) -> None:
    whole = RuntimeRow(
        id=R1,
        type="gpu",
        launcher="sandbox",
        spec_name="ir",
        state="unreachable",
        created_at=Millis(1),
        handle=b'{"pid": 1}\x00',
        generation=3,
        token_hash="ab",
        journal_id="j",
        cause=Cause("lost", "Lost.", {"signal": 9}),
        connected_at=Millis(2),
        ended_at=Millis(3),
        lease_until=Millis(4),
        draining=True,
    )
    await machines.write(lambda tx: runtimes.update(tx, whole))
    assert await machines.read(lambda tx: runtimes.get(tx, R1)) == whole
    assert await machines.read(lambda tx: runtimes.get(tx, R2)) == runtime("r2", at=2)


async def test_an_ended_runtime_is_not_live_and_an_unknown_one_cannot_be_updated(machines: Store) -> None:
    ended = msgspec.structs.replace(runtime("r1"), state="ended")
    await machines.write(lambda tx: runtimes.update(tx, ended))
    assert [row.id for row in await machines.read(runtimes.list_live)] == ["r2"]
    with pytest.raises(NotFound):
        await machines.write(lambda tx: runtimes.update(tx, runtime("r9")))


async def test_a_notebook_is_attached_to_one_runtime_at_most(machines: Store) -> None:
    other = NotebookId("other")
    await machines.write(lambda tx: add_notebook(tx, other))
    assert await machines.read(lambda tx: runtimes.attached(tx, NB)) is None
    for notebook_id, runtime_id in ((NB, R1), (other, R2), (NB, R2)):
        await machines.write(lambda tx, n=notebook_id, r=runtime_id: runtimes.attach(tx, n, r))
    assert await machines.read(lambda tx: runtimes.attached(tx, NB)) == runtime("r2", at=2)
    assert await machines.read(lambda tx: runtimes.notebooks_of(tx, R1)) == []
    assert await machines.read(lambda tx: runtimes.notebooks_of(tx, R2)) == ["nb", "other"]
    await machines.write(lambda tx: runtimes.detach(tx, NB))
    assert await machines.read(lambda tx: runtimes.notebooks_of(tx, R2)) == ["other"]


async def test_the_cursor_moves_from_where_it_is_expected_and_no_other_way(machines: Store) -> None:
    await machines.write(lambda tx: kernels.advance(tx, K1, 0, 5))
    for kernel_id, expected in ((K1, 0), (K1, 6), (KernelId("no"), 0)):
        with pytest.raises(CursorMoved):
            await machines.write(lambda tx, k=kernel_id, e=expected: kernels.advance(tx, k, e, 9))
    row = await machines.read(lambda tx: kernels.get(tx, K1))
    assert row is not None
    assert row.cursor == 5


async def test_a_retired_kernel_keeps_its_row_and_its_cursor(machines: Store) -> None:
    await machines.write(lambda tx: kernels.advance(tx, K1, 0, 5))
    await machines.write(lambda tx: kernels.retire(tx, K1))
    [row] = await machines.read(lambda tx: kernels.of_runtime(tx, R1))
    assert (row.retired, row.cursor) == (True, 5)
    assert await machines.read(lambda tx: kernels.of_notebook(tx, NB)) == [row]


async def test_a_kernel_gets_epochs_above_those_of_the_kernels_before_it(machines: Store) -> None:
    await machines.write(lambda tx: kernels.update(tx, KernelView(K1, 4, "dead")))
    warm = msgspec.structs.replace(kernel("k2", "r2", notebook=None), epoch=1, state="idle")
    await machines.write(lambda tx: kernels.create(tx, warm))
    assert await machines.read(lambda tx: kernels.get(tx, K2)) == warm
    await machines.write(lambda tx: kernels.bind(tx, K2, NB))
    await machines.write(lambda tx: kernels.bind(tx, K2, NB))
    newest, oldest = await machines.read(lambda tx: kernels.of_notebook(tx, NB))
    assert (newest.id, newest.epoch_base, newest.epoch, oldest.id) == ("k2", 5, 6, "k1")
    assert kernels.view(newest) == KernelView(K2, 6, "idle", epoch_base=5)


@pytest.mark.parametrize("change", ["bind", "update", "retire"])
async def test_a_kernel_that_is_not_there_cannot_be_changed(machines: Store, change: str) -> None:
    unknown = KernelId("no")
    changes = {
        "bind": lambda tx: kernels.bind(tx, unknown, NB),
        "update": lambda tx: kernels.update(tx, KernelView(unknown, 1, "idle")),
        "retire": lambda tx: kernels.retire(tx, unknown),
    }
    with pytest.raises(NotFound):
        await machines.write(changes[change])


async def test_sessions_are_kept_until_they_are_removed_or_swept(store: Store) -> None:
    ada = AccountRow(UserId("ada"), "ada", "Ada", Millis(1))
    await store.write(lambda tx: accounts.create(tx, ada))
    rows = [SessionRow(f"hash{end}", f"s{end}", ada.id, Millis(1), Millis(end), Millis(1)) for end in (10, 20, 30)]
    for row in rows:
        await store.write(lambda tx, row=row: sessions.create(tx, row))
    assert await store.read(lambda tx: sessions.get(tx, "hash20")) == (rows[1], ada)
    assert await store.write(lambda tx: sessions.sweep(tx, Millis(10))) == 1
    await store.write(lambda tx: sessions.remove(tx, "hash20"))
    await store.write(lambda tx: sessions.remove(tx, "hash20"))
    found = [await store.read(lambda tx, row=row: sessions.get(tx, row.token_hash)) for row in rows]
    assert found == [None, None, (rows[2], ada)]
