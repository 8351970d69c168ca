"""Grants, what they make of items for a person, and requests, on both databases."""

from collections.abc import Collection
from typing import Any

import pytest
from sqlalchemy import event

from noctule.errors import NotFound
from noctule.store import Store, Tx, accounts, grants, handovers, items, requests, search, stars, teams
from noctule.store.rows import AccountRow, GrantRow, ItemRow, RequestRow, Standing, TeamRow, TransferRow
from noctule_agent.wire.values import ItemId, Millis, UserId

ADA, BOB = UserId("ada"), UserId("bob")
NOW = Millis(1000)


def item(id_: str, parent: str | None, kind: Any = "folder") -> ItemRow:
    return ItemRow(ItemId(id_), ADA, None if parent is None else ItemId(parent), id_.encode(), kind)


@pytest.fixture
async def tree(store: Store) -> Store:
    """ada / outer / inner / leaf, and ada / beside; two people and a team of bob's."""

    def write(tx: Tx) -> None:
        for who in (ADA, BOB):
            accounts.create(tx, AccountRow(id=who, login=who, shown=who, created_at=NOW))
        teams.create(tx, TeamRow("lab", "Lab", NOW))
        teams.join(tx, "lab", BOB)
        items.create(tx, item(ADA, None), item("outer", ADA), item("beside", ADA))
        items.create(tx, item("inner", "outer"))
        items.create(tx, item("leaf", "inner", "notebook"))

    await store.write(write)
    return store


async def give(store: Store, on: str, kind: Any, whom: str, role: Any, until: int | None = None) -> GrantRow:
    row = GrantRow(
        f"{on}-{kind}-{whom}", ItemId(on), kind, whom, role, ADA, NOW, None if until is None else Millis(until)
    )
    return (await store.write(lambda tx: grants.put(tx, row)))[0]


async def standing(store: Store, on: str, who: UserId = BOB, now: int = NOW) -> Standing:
    return (await store.read(lambda tx: grants.standings(tx, who, [ItemId(on)], Millis(now))))[ItemId(on)]


async def test_a_role_is_the_highest_on_the_way_up(tree: Store) -> None:
    assert (await standing(tree, "leaf")).role is None
    assert (await standing(tree, "leaf", ADA)).role == "owner"
    await give(tree, "inner", "user", BOB, "viewer")
    assert await standing(tree, "leaf") == Standing(ADA, "viewer", named=True)
    assert await standing(tree, "inner") == Standing(ADA, "viewer", named=True, direct=True, granted=True)
    assert await standing(tree, "outer") == Standing(ADA, None)
    await give(tree, "outer", "team", "lab", "commenter")
    assert (await standing(tree, "leaf")).role == "commenter"
    await give(tree, "leaf", "anyone", "", "editor")
    found = await standing(tree, "leaf")
    assert (found.role, found.open, found.granted, found.direct) == ("editor", True, True, False)
    assert (await standing(tree, "beside")).role is None
    # To others it is told that it is shared, and nothing of with whom.
    assert await standing(tree, "inner", UserId("eve")) == Standing(ADA, None, granted=True)


async def test_a_grant_counts_until_its_end(tree: Store) -> None:
    await give(tree, "outer", "user", BOB, "editor", 2000)
    assert (await standing(tree, "leaf", now=1999)).role == "editor"
    assert (await standing(tree, "leaf", now=2000)).role is None
    assert not (await standing(tree, "outer", now=2000)).granted


async def test_what_lies_in_the_bin_is_its_owners_alone(tree: Store) -> None:
    await give(tree, "leaf", "user", BOB, "editor")
    await tree.write(lambda tx: items.change(tx, ItemId("inner"), parent=None, binned_at=NOW))
    assert await standing(tree, "leaf") == Standing(ADA, None, binned=True)
    found = await standing(tree, "leaf", ADA)
    assert (found.role, found.binned) == ("owner", True)


async def test_what_is_missing_for_now_is_still_whose_it_was(tree: Store) -> None:
    await give(tree, "leaf", "user", BOB, "editor")
    await tree.write(lambda tx: items.change(tx, ItemId("inner"), missing_at=NOW))
    found = await standing(tree, "leaf")
    assert (found.role, found.missing) == ("editor", True)


async def test_many_are_asked_for_with_one_query(tree: Store) -> None:
    many = [ItemId(f"i{number}") for number in range(100)]
    await tree.write(lambda tx: items.create(tx, *(item(each, "inner", "file") for each in many)))
    await give(tree, "outer", "user", BOB, "viewer")
    asked: list[str] = []

    def read(tx: Tx) -> dict[ItemId, Standing]:
        def note(*each: Any) -> None:
            asked.append(each[2])

        event.listen(tx.conn, "before_cursor_execute", note)
        try:
            return grants.standings(tx, BOB, [*many, ItemId("nothing")], NOW)
        finally:
            event.remove(tx.conn, "before_cursor_execute", note)

    found = await tree.read(read)
    assert len([each for each in asked if each.startswith("WITH")]) == 1
    assert len(asked) <= 2, "and what begins the transaction"
    assert {each.role for each in found.values()} == {"viewer"}
    assert set(found) == set(many)


async def test_one_has_one_grant_on_an_item_and_it_keeps_its_id(tree: Store) -> None:
    first = await give(tree, "leaf", "user", BOB, "viewer")
    again = GrantRow("another", ItemId("leaf"), "user", BOB, "editor", BOB, Millis(5), Millis(9))
    row, new = await tree.write(lambda tx: grants.put(tx, again))
    assert (row.id, new, row.role, row.by, row.at, row.expires_at) == (first.id, False, "editor", BOB, 5, 9)
    assert await tree.read(lambda tx: grants.of_item(tx, ItemId("leaf"))) == [row]
    await tree.write(lambda tx: grants.end(tx, row.id))
    with pytest.raises(NotFound):
        await tree.read(lambda tx: grants.get(tx, row.id))


async def test_who_is_gone_has_nothing_more(tree: Store) -> None:
    await give(tree, "leaf", "user", BOB, "viewer")
    await give(tree, "leaf", "team", "lab", "viewer")
    await tree.write(lambda tx: requests.put(tx, RequestRow(ItemId("leaf"), BOB, "editor", "please", NOW)))
    await tree.write(lambda tx: teams.remove(tx, "lab"))
    assert [row.kind for row in await tree.read(lambda tx: grants.of_item(tx, ItemId("leaf")))] == ["user"]
    await tree.write(lambda tx: accounts.remove(tx, BOB))
    assert await tree.read(lambda tx: grants.of_item(tx, ItemId("leaf"))) == []
    assert await tree.read(lambda tx: requests.of_item(tx, ItemId("leaf"))) == []


async def test_a_request_is_one_a_person_and_item(tree: Store) -> None:
    def ask(role: Any, text: str) -> RequestRow:
        return RequestRow(ItemId("leaf"), BOB, role, text, NOW)

    await tree.write(lambda tx: requests.put(tx, ask("viewer", "first")))
    await tree.write(lambda tx: requests.put(tx, ask("editor", "p\0lease \ud800")))
    [row] = await tree.read(lambda tx: requests.of_owner(tx, ADA, 10))
    assert (row.role, row.text) == ("editor", "p\0lease ?")
    assert await tree.read(lambda tx: requests.count(tx, ADA)) == 1
    assert await tree.read(lambda tx: requests.count(tx, BOB)) == 0
    await tree.write(lambda tx: items.change(tx, ItemId("leaf"), binned_at=NOW))
    assert await tree.read(lambda tx: requests.of_owner(tx, ADA, 10)) == []
    assert await tree.read(lambda tx: requests.of_tree(tx, ADA)) == [row]
    assert await tree.read(lambda tx: requests.of_tree(tx, BOB)) == []
    assert await tree.read(lambda tx: requests.of_person(tx, BOB)) == [row]
    assert await tree.write(lambda tx: requests.end(tx, ItemId("leaf"), BOB))
    assert not await tree.write(lambda tx: requests.end(tx, ItemId("leaf"), BOB))
    assert await tree.read(lambda tx: requests.of_item(tx, ItemId("leaf"))) == []


async def test_lists_hold_what_may_be_known_and_end_there(tree: Store) -> None:
    many = [ItemId(f"i{number:02}") for number in range(30)]
    await tree.write(lambda tx: items.create(tx, *(item(each, "beside", "file") for each in many)))
    for place, each in enumerate(many):
        await tree.write(lambda tx, each=each: stars.put(tx, BOB, each, starred=True))  # type: ignore[misc]
        if place % 10 == 0:
            await give(tree, each, "user", BOB, "viewer")

    def keep(tx: Tx, wanted: list[ItemId]) -> Collection[ItemId]:
        return [id_ for id_, each in grants.standings(tx, BOB, wanted, NOW).items() if each.role]

    first = await tree.read(lambda tx: items.starred(tx, BOB, None, 2, keep))
    assert [row.id for row in first.rows] == ["i00", "i10"]
    assert first.after is not None
    assert first.after[-1] == "i10"
    rest = await tree.read(lambda tx: items.starred(tx, BOB, first.after, 2, keep))
    assert ([row.id for row in rest.rows], rest.after) == (["i20"], None)
    shared = await tree.read(lambda tx: items.shared(tx, BOB, None, 10, keep))
    assert [row.id for row in shared.rows] == ["i20", "i10", "i00"]
    found = await tree.read(lambda tx: search.found(tx, BOB, ["I1"], None, 10, keep, inside=False))
    assert [row.id for row in found.rows] == ["i10"]


async def test_all_below_gets_its_new_owner_and_nobody_else_does(tree: Store) -> None:
    await give(tree, "leaf", "user", BOB, "viewer")
    await give(tree, "leaf", "team", "lab", "viewer")
    wish = TransferRow(ItemId("outer"), BOB, b"given")

    def write(tx: Tx) -> None:
        items.create(tx, ItemRow(ItemId(BOB), BOB, None, b"", "folder"))
        handovers.begin(tx, wish)
        handovers.begin(tx, wish)

    await tree.write(write)
    assert await tree.read(handovers.list_all) == [wish]
    await tree.write(lambda tx: handovers.done(tx, wish))
    assert await tree.read(handovers.list_all) == []
    rows = await tree.read(lambda tx: items.lineage(tx, ItemId("leaf")))
    assert [(row.id, row.tree) for row in rows] == [(id_, BOB) for id_ in (BOB, "outer", "inner", "leaf")]
    assert rows[1].name == b"given"
    assert (await tree.read(lambda tx: items.need(tx, ItemId("beside")))).tree == ADA
    assert [row.kind for row in await tree.read(lambda tx: grants.of_item(tx, ItemId("leaf")))] == ["team"]
