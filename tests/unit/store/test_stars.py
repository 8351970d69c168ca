"""Stars: each person's own, gone with the notebook."""

from noctule.store import Store, notebooks, stars
from noctule.store.rows import NotebookRow
from noctule_agent.wire.values import Millis, NotebookId, UserId

ADA, BOB = UserId("ada"), UserId("bob")
ONE, TWO = NotebookId("one"), NotebookId("two")


async def test_stars_belong_to_a_person_and_go_with_the_notebook(store: Store) -> None:
    for key in (ONE, TWO):
        row = NotebookRow(key, str(key), Millis(1), Millis(1))
        await store.write(lambda tx, row=row: notebooks.create(tx, row))  # type: ignore[misc]
    for _ in range(2):
        await store.write(lambda tx: stars.put(tx, ADA, ONE, starred=True))
    await store.write(lambda tx: stars.put(tx, ADA, TWO, starred=True))
    await store.write(lambda tx: stars.put(tx, BOB, TWO, starred=True))
    assert await store.read(lambda tx: stars.of_user(tx, ADA)) == {ONE, TWO}
    for _ in range(2):
        await store.write(lambda tx: stars.put(tx, ADA, ONE, starred=False))
    assert await store.read(lambda tx: stars.of_user(tx, ADA)) == {TWO}
    await store.write(lambda tx: notebooks.remove(tx, TWO))
    assert await store.read(lambda tx: stars.of_user(tx, BOB)) == frozenset()
