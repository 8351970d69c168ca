"""Hostile, damaged and incomplete updates, written by hand in Yjs' v1 encoding."""

import itertools
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from noctule.errors import Invalid, NoctuleError, TooLarge
from noctule.notebook.crdt import NotebookDoc
from noctule.notebook.ops import DeleteCell, InsertCell, MoveCell, SetCellMeta, SetSource
from noctule.notebook.update import Deletions, check_update, covers, decode_state_vector, encode_state_vector
from noctule_agent.wire.limits import (
    NESTING_DEPTH,
    UPDATE_BYTES,
    UPDATE_SAME_PLACE,
    UPDATE_STRUCTS,
    UPDATE_UNMERGED,
)
from noctule_agent.wire.values import CellId
from tests.unit.notebook.builders import cell, copy, document

NO_DELETES = b"\0"
INT_5 = b"\x7d\x05"
MAP, TEXT, ARRAY = 1, 2, 0


def uint(number: int) -> bytes:
    found = bytearray()
    while number > 127:
        found.append(number & 127 | 128)
        number >>= 7
    return bytes([*found, number])


def string(text: str) -> bytes:
    return uint(len(text.encode())) + text.encode()


def block(client: int, clock: int, *structs: bytes) -> bytes:
    return uint(len(structs)) + uint(client) + uint(clock) + b"".join(structs)


def update(*blocks: bytes, deletes: bytes = NO_DELETES) -> bytes:
    return uint(len(blocks)) + b"".join(blocks) + deletes


def item_id(client: int, clock: int) -> bytes:
    return uint(client) + uint(clock)


def under_root(ref: int, root: str, key: str) -> bytes:
    return bytes([ref | 0x20]) + uint(1) + string(root) + string(key)


def under_item(ref: int, client: int, clock: int, key: str) -> bytes:
    return bytes([ref | 0x20]) + uint(0) + item_id(client, clock) + string(key)


def any_entry(key: str, value: bytes, root: str = "cells") -> bytes:
    return under_root(8, root, key) + uint(1) + value


def map_entry(key: str) -> bytes:
    return under_root(7, "cells", key) + uint(MAP)


def text_after(client: int, clock: int, text: str = "x") -> bytes:
    return bytes([4 | 0x80]) + item_id(client, clock) + string(text)


def refusal(data: bytes, known: dict[int, int] | None = None, own: int | None = None) -> str:
    with pytest.raises(NoctuleError) as caught:
        check_update(data, known or {}, own)
    assert isinstance(caught.value, Invalid | TooLarge)
    return caught.value.code


def test_an_honest_update_is_let_through_and_says_what_the_document_has_afterwards() -> None:
    data = update(block(7, 0, map_entry("a"), any_entry("b", INT_5)))
    assert check_update(data, {3: 9}) == {3: 9, 7: 2}


def test_the_empty_update_is_let_through() -> None:
    assert check_update(b"\0\0", {}) == {}


def test_everything_that_our_own_documents_write_is_let_through() -> None:
    doc = document(cell("a", "x = 1 📊", meta={"tags": ["t"], "n": 1.5, "none": None, "deep": {"a": [True, 2**60]}}))
    page = copy(doc)
    for operation in (
        SetSource("a", "x = 2 é"),
        SetCellMeta("a", "n", -3),
        InsertCell("b", "markdown", "b01"),
        MoveCell("b", "Zz"),
        DeleteCell("a"),
    ):
        doc.apply(page.edit([operation]).update)
    assert doc.cells() == page.cells()
    check_update(doc.encode(), {})


@pytest.mark.parametrize("data", [b"", b"\0", b"garbage", b"\xff" * 20, b"\1\1\xff\xff\xff\xff\x0f", b"\0\0\0"])
def test_bytes_that_are_no_update_are_refused(data: bytes) -> None:
    assert refusal(data) == "update-invalid"


@given(st.binary(max_size=200))
def test_any_bytes_are_let_through_or_refused(data: bytes) -> None:
    try:
        found = check_update(data, {})
    except (Invalid, TooLarge):
        return
    assert all(clock >= 0 for clock in found.values())


@settings(max_examples=50)
@given(st.integers(0, 10_000))
def test_every_shortened_update_is_refused(end: int) -> None:
    whole = copy(document(cell("a", "text", meta={"k": [1, "s"]}))).encode()
    assert refusal(whole[: end % len(whole)]) == "update-invalid"


def test_an_update_that_is_too_large_is_refused_unread() -> None:
    assert refusal(b"\xff" * (UPDATE_BYTES + 1)) == "update-too-large"


def test_an_update_of_too_many_structs_is_refused() -> None:
    structs = [any_entry(f"k{number}", INT_5) for number in range(UPDATE_STRUCTS)]
    check_update(update(block(1, 0, *structs)), {})
    assert refusal(update(block(1, 0, *structs), block(2, 0, structs[0]))) == "update-too-large"


def test_appends_that_would_take_n_squared_memory_are_refused() -> None:
    def appends(number: int) -> bytes:
        first = bytes([4]) + uint(0) + item_id(9, 0) + string("x")
        return update(block(1, 0, first, *(text_after(1, clock) for clock in range(number))))

    check_update(appends(UPDATE_UNMERGED), {9: 1})
    assert refusal(appends(UPDATE_UNMERGED + 1), {9: 1}) == "update-too-large"


def test_inserts_at_one_place_that_would_take_n_squared_time_are_refused() -> None:
    def crowd(number: int) -> bytes:
        return update(*(block(client, 0, text_after(9, 0)) for client in range(10, 10 + number)))

    check_update(crowd(UPDATE_SAME_PLACE), {9: 1})
    assert refusal(crowd(UPDATE_SAME_PLACE + 1), {9: 1}) == "update-too-large"


def test_what_the_document_knows_already_is_not_counted() -> None:
    known = {9: 1} | dict.fromkeys(range(10, 10 + UPDATE_SAME_PLACE), 1)
    clients = range(10, 10 + UPDATE_SAME_PLACE + 1)
    check_update(update(*(block(client, 0, text_after(9, 0)) for client in clients)), known)


@pytest.mark.parametrize("opening", [b"\x75\x01", b"\x76\x01\x01k"], ids=["array", "object"])
@pytest.mark.parametrize("depth", [NESTING_DEPTH + 1, 100_000])
def test_a_value_nested_so_deep_that_pycrdt_would_crash_is_refused(opening: bytes, depth: int) -> None:
    assert refusal(update(block(1, 0, any_entry("a", opening * depth + b"\x7e")))) == "update-too-large"


def test_a_value_as_deep_as_allowed_is_let_through() -> None:
    check_update(update(block(1, 0, any_entry("a", b"\x75\x01" * (NESTING_DEPTH - 1) + b"\x7e"))), {})


def test_types_nested_too_deep_are_refused() -> None:
    nested = (under_item(7, 1, clock, "m") + uint(MAP) for clock in range(50))
    assert refusal(update(block(1, 0, map_entry("a"), *nested))) == "update-too-large"


STRANGE = [
    any_entry("a", INT_5, root="other"),
    bytes([8]) + uint(1) + string("cells") + uint(1) + INT_5,
    under_root(7, "cells", "a") + uint(ARRAY),
    under_root(3, "cells", "a") + string("binary"),
    under_root(9, "cells", "a") + string("subdocument") + b"\x7e",
    any_entry("a", b"\x33"),
    any_entry("a", b"\x77\x02\xed\xa0"),
]


@pytest.mark.parametrize("struct", STRANGE)
def test_what_no_notebook_is_made_of_is_refused(struct: bytes) -> None:
    assert refusal(update(block(1, 0, struct))) == "update-invalid"


GAPS = {
    "its own earlier edits": update(block(1, 5, any_entry("a", INT_5))),
    "the text to the left": update(block(1, 0, text_after(2, 0))),
    "the text to the right": update(block(1, 0, bytes([4 | 0x40]) + item_id(2, 0) + string("x"))),
    "the cell it is in": update(block(1, 0, under_item(8, 2, 0, "k") + uint(1) + INT_5)),
    "what it deletes": update(deletes=uint(1) + uint(2) + uint(1) + uint(0) + uint(1)),
    "what it skips": update(block(1, 0, b"\x0a\x05", any_entry("a", INT_5))),
}


@pytest.mark.parametrize("data", GAPS.values(), ids=GAPS.keys())
def test_an_update_that_builds_on_what_the_document_lacks_is_refused(data: bytes) -> None:
    assert refusal(data) == "update-gap"
    check_update(data, {1: 5, 2: 1})


def test_an_update_may_build_on_another_client_that_it_brings_along_in_any_order() -> None:
    check_update(update(block(1, 0, text_after(2, 0)), block(2, 0, map_entry("a"))), {})


def test_nobody_goes_on_in_the_name_of_the_server() -> None:
    data = update(block(5, 2, any_entry("a", INT_5)))
    assert refusal(data, {5: 2}, own=5) == "update-invalid"


def test_what_the_server_itself_wrote_may_come_back() -> None:
    data = update(block(5, 0, any_entry("a", INT_5)))
    check_update(data, {5: 1}, own_client=5)


def test_clocks_that_would_overflow_are_refused() -> None:
    assert refusal(update(block(1, 0, b"\0" + uint(2**40)))) == "update-invalid"


def test_a_state_vector_has_one_spelling() -> None:
    known = {7: 3, 2**50: 300, 1: 0}
    assert decode_state_vector(encode_state_vector(known)) == known
    assert encode_state_vector(known) == encode_state_vector(dict(reversed(known.items())))
    assert encode_state_vector({7: 3}) == b"\1\7\3"


def test_a_state_vector_that_is_none_is_refused() -> None:
    for data in itertools.chain([b""], (b"\1\7\3"[:end] for end in range(3)), [b"\1\7\3\0"]):
        with pytest.raises(Invalid):
            decode_state_vector(data)


def test_a_side_exceeds_another_by_an_edit_and_by_a_deletion_and_by_nothing_else() -> None:
    """Deletions move no state vector."""
    mine = document(cell("a", "abc"))
    theirs = copy(mine)

    def exceeds(one: NotebookDoc, other: NotebookDoc) -> bool:
        return one.exceeds(other.state_vector(), other.diff(one.state_vector()))

    assert not exceeds(mine, theirs)
    deletion = mine.edit([SetSource(CellId("a"), "ac")]).update
    assert exceeds(mine, theirs)
    assert not exceeds(theirs, mine)
    theirs.merge(deletion)
    assert not exceeds(mine, theirs)
    theirs.edit([SetSource(CellId("a"), "c")])
    assert not exceeds(mine, theirs)
    assert exceeds(theirs, mine)
    mine.edit([SetSource(CellId("a"), "acd")])
    assert exceeds(mine, theirs)


@given(
    st.dictionaries(st.integers(1, 2), st.sets(st.integers(0, 12))),
    st.dictionaries(st.integers(1, 2), st.sets(st.integers(0, 12))),
)
def test_ranges_cover_ranges_as_sets_cover_sets(many: dict[int, set[int]], few: dict[int, set[int]]) -> None:
    def ranges(of: dict[int, set[int]]) -> Deletions:
        return {client: [(number, number + 1) for number in sorted(items)] for client, items in of.items()}

    expected = all(items <= many.get(client, set()) for client, items in few.items())
    assert covers(ranges(many), ranges(few)) == expected


def test_the_deletions_of_a_long_life_are_compared_at_once() -> None:
    many: Deletions = {1: [(2 * at, 2 * at + 1) for at in range(100_000)]}
    began = time.process_time()
    assert covers(many, many)
    assert time.process_time() - began < 10
