"""Search by names and by text, on both databases."""

from noctule.notebook.sources import CellText
from noctule.store import Store, Tx, items, search
from noctule.store.rows import ItemRow
from noctule_agent.wire.values import ItemId, Millis, UserId

ADA, BOB = UserId("ada"), UserId("bob")


def book(tx: Tx, tree: UserId, name: str, *texts: str, size: int = 1) -> ItemId:
    """A notebook whose file of this size was read and said this."""
    item_id = ItemId(f"{tree}-{name}")
    if items.get(tx, ItemId(tree)) is None:
        items.create(tx, ItemRow(ItemId(tree), tree, None, b"", "folder"))
    items.create(tx, ItemRow(item_id, tree, ItemId(tree), name.encode(), "notebook", size=size, mtime_ns=7))
    search.put(tx, item_id, 1, 7, [CellText(str(at), text) for at, text in enumerate(texts)])
    return item_id


def everything(tx: Tx, wanted: list[ItemId]) -> list[ItemId]:
    del tx
    return wanted


async def found(store: Store, text: str, *, inside: bool = True, user: UserId = ADA) -> list[str]:
    page = await store.read(lambda tx: search.found(tx, user, text.split(), None, 99, everything, inside=inside))
    return [row.name.decode() for row in page.rows]


async def test_all_words_are_found_in_the_name_and_the_text_together_names_first(store: Store) -> None:
    def fill(tx: Tx) -> None:
        book(tx, ADA, "a.ipynb", "Load the Titanic", "survived = 1")
        book(tx, ADA, "titanic.ipynb", "who SURVIVED?")
        book(tx, ADA, "z titanic survived.ipynb")
        book(tx, ADA, "caf\u00e9.ipynb", "cafe\u0301 100% _x\0y")
        book(tx, BOB, "bob titanic survived.ipynb", "titanic survived")

    await store.write(fill)
    assert await found(store, "survived TITANIC") == ["z titanic survived.ipynb", "a.ipynb", "titanic.ipynb"]
    assert await found(store, "survived TITANIC", inside=False) == ["z titanic survived.ipynb"]
    assert await found(store, "caf\u00e9 100% _x\0y") == ["caf\u00e9.ipynb"]
    assert await found(store, "100_") == []
    assert await found(store, "titanic nowhere") == []
    assert len(await found(store, "")) == 4


async def test_pages_of_a_search_follow_one_another(store: Store) -> None:
    def fill(tx: Tx) -> None:
        for at in range(12):
            book(tx, ADA, f"{'needle' if at % 3 == 0 else 'n'}{at}.ipynb", "a needle")

    await store.write(fill)
    seen: list[ItemRow] = []
    after: items.Cursor | None = None
    while True:
        page = await store.read(
            lambda tx, after=after: search.found(tx, ADA, ["needle"], after, 5, everything, inside=True)
        )  # type: ignore[misc]
        seen += page.rows
        after = page.after
        if after is None:
            break
    assert [row.name.decode() for row in seen] == await found(store, "needle")
    assert len({row.id for row in seen}) == 12
    assert [b"needle" in row.name for row in seen] == [True] * 4 + [False] * 8


async def test_what_is_to_be_read_is_what_has_another_version(store: Store) -> None:
    def fill(tx: Tx) -> ItemId:
        book(tx, ADA, "read.ipynb", "x")
        book(tx, ADA, "binned.ipynb", "x", size=3)
        items.change(tx, ItemId("ada-binned.ipynb"), binned_at=Millis(1))
        return book(tx, ADA, "changed.ipynb", "x", size=2)

    changed = await store.write(fill)
    behind = await store.read(lambda tx: search.behind(tx, ItemId(""), 9))
    assert [row.id for row in behind] == [changed]
    assert await store.read(lambda tx: search.behind(tx, changed, 9)) == []
    assert len(await store.read(lambda tx: search.notebooks(tx, ItemId(""), 9))) == 2
    await store.write(lambda tx: search.put(tx, changed, 2, 7, [CellText("0", "x")]))
    assert await store.read(lambda tx: search.behind(tx, ItemId(""), 9)) == []
    await store.write(lambda tx: search.put(tx, changed, 2, 7, [CellText("1", "x")]))
    assert await store.read(lambda tx: search.cells(tx, changed)) == [CellText("1", "x")]


async def test_a_text_goes_with_its_item_and_none_is_kept_of_what_is_gone(store: Store) -> None:
    made = await store.write(lambda tx: book(tx, ADA, "a.ipynb", "needle"))
    await store.write(lambda tx: items.remove(tx, made))
    await store.write(lambda tx: search.put(tx, made, 1, 1, [CellText("", "needle")]))
    assert await store.read(lambda tx: search.cells(tx, made)) == []
