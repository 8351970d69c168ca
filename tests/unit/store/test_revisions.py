"""Revisions as rows: what was captured comes back, what two have in common is kept once, and what none names is gone."""

import json
import zlib
from typing import Any

import pytest
from sqlalchemy import func, select

from noctule.errors import NotFound
from noctule.notebook.cells import CellView
from noctule.store import BlobStore, Store, Tx, items, revisions, runs, sweep
from noctule.store import tables as t
from noctule.store.revisions import Captured, Content, manifest
from noctule.store.revisions.manifest import PART_BYTES, PIECE_CHARS
from noctule.store.rows import RevisionRow
from noctule_agent.wire.limits import REVISION_SECONDS
from noctule_agent.wire.state import DisplayOutput, ErrorOutput, Inline, Op, OutputPut, StreamOutput, TextAppend
from noctule_agent.wire.values import CellId, ItemId, Millis, NotebookId, OutputId, RevisionId, UserId
from tests.unit.store.builders import shows

A, B = CellId("a"), CellId("b")
SPAN = int(REVISION_SECONDS * 1000)
LONG = "a line of a source\n" * 200
CELLS = [
    CellView(A, "code", "x = 1"),
    CellView(B, "markdown", LONG, {"tags": ["t"]}, {"f.png": {"image/png": "iVBO" * 900}}),
]
NB: dict[str, Any] = {"metadata": {"kernelspec": {"name": "python3"}}, "extra": 1}


def said(*outputs: Any) -> list[Op]:
    return [shows(None, "a"), *(OutputPut(A, None, output) for output in outputs)]


def stream(text: str, tail: str = "") -> StreamOutput:
    return StreamOutput(OutputId("o-long"), "stdout", text, tail, chars=len(text))


def captured(tx: Tx, notebook: NotebookId, cells: list[CellView] | None = None, before: str | None = None) -> Captured:
    def earlier(cell_id: CellId) -> Any:
        if before is None:
            return []
        content = Content(tx, notebook, manifest(tx, notebook, RevisionId(before)))
        return content.kept(content.entry(cell_id))

    known = revisions.known_parts(tx, notebook)
    return revisions.capture(tx, notebook, CELLS if cells is None else cells, NB, known, earlier)


def listed(tx: Tx, notebook: NotebookId) -> list[RevisionRow]:
    return revisions.list_page(tx, notebook, before=None, limit=100, named=False)[0]


async def keep(
    store: Store, notebook: NotebookId, id_: str, at: int = 1, before: str | None = None, **fields: Any
) -> Captured:
    found = await store.read(lambda tx: captured(tx, notebook, fields.pop("cell_views", None), before))
    kind = fields.pop("kind", "automatic")
    row = RevisionRow(
        RevisionId(id_), notebook, Millis(at), kind, UserId("ann"), 2, found.size, revisions.digest(found.manifest), 0,
        **fields,
    )  # fmt: skip

    def write(tx: Tx) -> None:
        revisions.add_parts(tx, notebook, found.parts)
        revisions.add(tx, row, found.manifest)

    await store.write(write)
    return found


async def read(store: Store, notebook: NotebookId, id_: str, work: Any) -> Any:
    return await store.read(lambda tx: work(Content(tx, notebook, manifest(tx, notebook, RevisionId(id_)))))


async def apply(store: Store, notebook: NotebookId, rev: int, ops: list[Op]) -> None:
    await store.write(lambda tx: runs.apply(tx, notebook, rev, ops))


async def count(store: Store, column: Any) -> int:
    return int(await store.read(lambda tx: tx.conn.execute(select(func.count(column))).scalar_one()))


async def test_what_people_wrote_comes_back(store: Store, notebook: NotebookId) -> None:
    await keep(store, notebook, "r1", name="Ünïcode\n", kind="named", authors=["ann", "bob"])
    assert await read(store, notebook, "r1", lambda content: (content.cells(), content.nb())) == (CELLS, NB)
    [row] = await store.read(lambda tx: listed(tx, notebook))
    assert (row.name, row.authors, row.kind, row.by) == ("Ünïcode\n", ["ann", "bob"], "named", "ann")


async def test_outputs_come_back_as_the_file_has_them(store: Store, notebook: NotebookId) -> None:
    image = "iVBORw0KGgo" + "A" * 40_001
    html = "<b>" + "x" * 20_000 + "</b>"
    shown = DisplayOutput(
        OutputId("o2"),
        {"image/png": Inline(image), "text/html": Inline(html)},
        {"m": 1},
        result=True,
        execution_count=7,
    )
    await apply(store, notebook, 0, said(stream("out\n", "tail"), shown, ErrorOutput(OutputId("o3"), "E", "v", ["t"])))
    await keep(store, notebook, "r1")
    nb = json.loads(await read(store, notebook, "r1", lambda content: b"".join(content.pieces())))
    assert nb["extra"] == 1
    [cell, text] = nb["cells"]
    assert text["attachments"] == CELLS[1].attachments
    assert cell["outputs"] == [
        {"output_type": "stream", "name": "stdout", "text": ["out\n", "tail"]},
        {
            "output_type": "execute_result",
            "data": {"image/png": image, "text/html": [html]},
            "metadata": {"m": 1},
            "execution_count": 7,
        },
        {"output_type": "error", "ename": "E", "evalue": "v", "traceback": ["t"]},
    ]


@pytest.mark.parametrize("chars", [100_000, PIECE_CHARS, 2 * PIECE_CHARS + 77_777])
async def test_a_long_text_comes_back_whole_and_is_shown_by_its_ends(
    store: Store, notebook: NotebookId, chars: int
) -> None:
    text = "".join(f"{number:09}\U0001f987" for number in range(chars // 10 + 1))[:chars]
    await apply(store, notebook, 0, said(stream(text, "tail")))
    await keep(store, notebook, "r1")
    nb = json.loads(await read(store, notebook, "r1", lambda content: b"".join(content.pieces())))
    assert "".join(nb["cells"][0]["outputs"][0]["text"]) == text + "tail"
    [shown] = await read(store, notebook, "r1", lambda content: content.shown(content.entry(A)))
    assert len(shown.text) + shown.omitted + len(shown.text_end) == shown.chars == len(text) + 4
    assert (text + "tail").startswith(shown.text)
    assert (text + "tail").endswith(shown.text_end or "tail")


async def test_what_did_not_change_is_kept_once(store: Store, notebook: NotebookId) -> None:
    await apply(store, notebook, 0, said(stream("x" * 50_000)))
    first = await keep(store, notebook, "r1")
    second = await keep(store, notebook, "r2", at=SPAN, before="r1")
    assert len(first.parts) == 2
    assert second.parts == []
    assert second.manifest == first.manifest
    changed = [CELLS[0], CellView(B, "markdown", LONG + "and more")]
    third = await keep(store, notebook, "r3", at=2 * SPAN, before="r2", cell_views=changed)
    assert len(third.parts) == 1


async def test_of_a_text_that_grew_only_what_is_new_is_read_and_kept(
    store: Store, notebook: NotebookId, monkeypatch: pytest.MonkeyPatch
) -> None:
    await apply(store, notebook, 0, said(stream("x" * (PIECE_CHARS + 10))))
    await keep(store, notebook, "r1")
    more = TextAppend(A, None, OutputId("o-long"), "y" * PIECE_CHARS, "")
    await apply(store, notebook, 1, [more])
    put: list[int] = []
    real = BlobStore.put

    def noted(self: BlobStore, data: bytes) -> Any:
        put.append(len(zlib.decompress(data)))
        return real(self, data)

    monkeypatch.setattr(BlobStore, "put", noted)
    await keep(store, notebook, "r2", at=SPAN, before="r1")
    assert put == [PIECE_CHARS]
    for id_, length in (("r1", PIECE_CHARS + 10), ("r2", 2 * PIECE_CHARS + 10)):
        [shown] = await read(store, notebook, id_, lambda content: content.shown(content.entry(A)))
        assert shown.chars == length


async def test_parts_and_blobs_go_with_the_last_revision_that_names_them(store: Store, notebook: NotebookId) -> None:
    # Bytes that cannot be compressed, so that the part is a blob, which refers to another.
    noise = "".join(f"{hash((number, 'x')) & 0xFFFFFFFF:08x}" for number in range(80_000))
    image = DisplayOutput(OutputId("o2"), {"image/png": Inline("iVBORw0KGgo" + "A" * 40_001)})
    outputs = [StreamOutput(OutputId(f"n{part}"), "stdout", noise[part * 60_000 :][:60_000]) for part in range(10)]
    await apply(store, notebook, 0, said(*outputs, image))
    await keep(store, notebook, "r1")
    await keep(store, notebook, "r2", at=SPAN, before="r1")
    await apply(store, notebook, 1, [shows(None, "a")])
    named = await store.read(sweep.referenced)
    assert len(named) == 2
    await store.write(lambda tx: revisions.remove(tx, notebook, RevisionId("r1")))
    assert await store.read(sweep.referenced) == named
    assert len(await read(store, notebook, "r2", lambda content: content.shown(content.entry(A)))) == 11
    await store.write(lambda tx: revisions.remove(tx, notebook, RevisionId("r2")))
    assert await store.read(sweep.referenced) == set()
    assert await count(store, t.revision_part.c.digest) == 0


async def test_thinning_takes_away_what_only_the_old_ones_said(store: Store, notebook: NotebookId) -> None:
    hour = 3_600_000
    for number in range(3):
        views = [CellView(A, "markdown", f"{number}" * PART_BYTES)]
        await keep(store, notebook, f"r{number}", at=2 * 24 * hour + number, cell_views=views)
    await keep(store, notebook, "late", at=5 * 24 * hour, cell_views=[CellView(A, "markdown", "z" * PART_BYTES)])
    assert [row.id for row in await store.read(lambda tx: listed(tx, notebook))] == ["late", "r2"]
    assert await count(store, t.revision_part.c.digest) == 2


async def test_a_revision_that_names_what_is_not_kept_is_refused(store: Store, notebook: NotebookId) -> None:
    found = await store.read(lambda tx: captured(tx, notebook))
    row = RevisionRow(RevisionId("r"), notebook, Millis(1), "automatic", UserId(""), 2, 1, "d", 0)
    with pytest.raises(revisions.PartsMissing):
        await store.write(lambda tx: revisions.add(tx, row, found.manifest))


async def test_naming_keeps_it_and_unpinning_lets_it_go(store: Store, notebook: NotebookId) -> None:
    await keep(store, notebook, "r1")
    named = await store.write(lambda tx: revisions.rename(tx, notebook, RevisionId("r1"), "v1"))
    assert (named.name, named.kind) == ("v1", "named")
    assert await store.read(lambda tx: revisions.count_named(tx, notebook)) == 1
    unpinned = await store.write(lambda tx: revisions.rename(tx, notebook, RevisionId("r1"), None))
    assert (unpinned.name, unpinned.kind) == (None, "automatic")


async def test_a_revision_of_another_notebook_is_not_there(store: Store, notebook: NotebookId) -> None:
    await keep(store, notebook, "r1")
    other = NotebookId("other")
    for work in (revisions.get, revisions.manifest):
        with pytest.raises(NotFound):
            await store.read(lambda tx, work=work: work(tx, other, RevisionId("r1")))
    with pytest.raises(NotFound):
        await store.write(lambda tx: revisions.remove(tx, other, RevisionId("r1")))
    await store.write(lambda tx: items.remove(tx, ItemId(notebook)))
    assert await count(store, t.revision.c.id) == 0
    assert await count(store, t.revision_part.c.digest) == 0


async def test_a_list_goes_on_where_it_ended_whatever_went_meanwhile(store: Store, notebook: NotebookId) -> None:
    for number in range(7):
        # Two of each moment.
        kind = "named" if number % 3 == 0 else "before-import"
        await keep(store, notebook, f"r{number}", at=number // 2, kind=kind)

    async def page(before: revisions.Place | None, *, named: bool = False) -> tuple[list[str], revisions.Place | None]:
        rows, rest = await store.read(lambda tx: revisions.list_page(tx, notebook, before=before, limit=3, named=named))
        return [row.id for row in rows], rest

    first, rest = await page(None)
    assert first == ["r6", "r5", "r4"]
    assert rest == revisions.Place(Millis(2), RevisionId("r4"))
    await store.write(lambda tx: revisions.remove(tx, notebook, RevisionId("r4")))
    second, rest = await page(rest)
    assert second == ["r3", "r2", "r1"]
    assert await page(rest) == (["r0"], None)
    assert await page(None, named=True) == (["r6", "r3", "r0"], None)
