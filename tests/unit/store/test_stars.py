"""Stars: each person's own, gone with the item."""

from noctule.store import Store, items, stars
from noctule_agent.wire.values import ItemId, UserId
from tests.support.notebook_rows import add_notebook

ADA, BOB = UserId("ada"), UserId("bob")
ONE, TWO = ItemId("one"), ItemId("two")


async def test_stars_belong_to_a_person_and_go_with_the_item(store: Store) -> None:
    for key in (ONE, TWO):
        await store.write(lambda tx, key=key: add_notebook(tx, key))  # type: ignore[misc]
    for _ in range(2):
        await store.write(lambda tx: stars.put(tx, ADA, ONE, starred=True))
    await store.write(lambda tx: stars.put(tx, ADA, TWO, starred=True))
    await store.write(lambda tx: stars.put(tx, BOB, TWO, starred=True))
    assert await store.read(lambda tx: stars.of_user(tx, ADA)) == {ONE, TWO}
    for _ in range(2):
        await store.write(lambda tx: stars.put(tx, ADA, ONE, starred=False))
    assert await store.read(lambda tx: stars.of_user(tx, ADA)) == {TWO}
    await store.write(lambda tx: items.remove(tx, TWO))
    assert await store.read(lambda tx: stars.of_user(tx, BOB)) == frozenset()
