"""Names: every one of the disk has a text that leads back, and no new one is what some system could not keep or would read wrongly."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noctule.drive.places import NAME_BYTES, Place, bytes_of, checked, free_name, portable, shown
from noctule.errors import Invalid

raw_names = st.binary(min_size=1, max_size=80).filter(lambda name: b"/" not in name and b"\0" not in name)
tricky = st.sampled_from([*' ./\\:*?"<>|.\0\n\x7f\u202e\u2066\u200f\uf7ff\udcff', "é", "é", "CON", "nul", "..", "日本"])
texts = (
    st.text(max_size=30)
    | st.lists(tricky, max_size=4).map("".join)
    | st.lists(tricky | st.text(), max_size=6).map("".join)
)


def test_a_place_knows_its_name_and_its_folder() -> None:
    place = Place("ada", (b"a", b"b"))
    assert (place.name, place.above) == (b"b", Place("ada", (b"a",)))
    assert place.above.below(b"b") == place
    assert Place("ada").name == b""
    with pytest.raises(ValueError):
        _ = Place("ada").above


@given(raw_names)
def test_every_name_has_a_text_that_leads_back(name: bytes) -> None:
    assert bytes_of(shown(name)) == name


def test_half_a_character_is_no_name() -> None:
    with pytest.raises(Invalid):
        bytes_of("\ud800")


@given(texts)
def test_a_name_that_is_accepted_is_one_part_and_is_kept_as_it_is(text: str) -> None:
    try:
        name = checked(text)
    except Invalid:
        return
    assert 0 < len(name) <= NAME_BYTES
    assert name not in (b".", b"..")
    assert not set(name) & set(b'/\0<>:"\\|?*')
    assert unicodedata.is_normalized("NFC", name.decode())
    assert checked(shown(name)) == name
    assert portable(name) == name.decode()


@pytest.mark.parametrize(
    "name",
    [
        *("", " ", ".", "..", "a/b", "/etc/passwd", "../x", "a\0b", "a\nb", "a\x7f", "a\u2028b"),
        *("x" * 256, "é" * 128, "a\u202egnp.exe", "a\u2066b", "a\u200fb", "\udcff", "caf\uf7e9"),
        *("CON", "con.txt", "Nul.tar.gz", "com1", "LPT9.ipynb", "COM¹", "aux .txt", "a.", "a. ", "..."),
        *(f"a{char}b" for char in '<>:"\\|?*'),
        *(".noctule", ".noctule-part-x"),
    ],
)
def test_a_name_that_some_system_could_not_keep_is_refused_with_words(name: str) -> None:
    with pytest.raises(Invalid, match="name-invalid") as refused:
        checked(name)
    assert refused.value.detail


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("  my notes.ipynb ", "my notes.ipynb"),
        ("e\u0301tude", "étude"),
        (".env", ".env"),
        ("CONtents", "CONtents"),
        ("日本.ipynb", "日本.ipynb"),
        ("x" * 255, "x" * 255),
    ],
)
def test_other_names_are_kept_composed_and_without_outer_spaces(name: str, kept: str) -> None:
    assert checked(name) == kept.encode()


@pytest.mark.parametrize(
    ("name", "taken", "free"),
    [
        (b"x.ipynb", [], b"x.ipynb"),
        (b"x.ipynb", [b"x.ipynb"], b"x (2).ipynb"),
        (b"x.ipynb", [b"x.ipynb", b"x (2).ipynb"], b"x (3).ipynb"),
        (b"x (2).ipynb", [b"x (2).ipynb"], b"x (3).ipynb"),
        (b"folder", [b"folder"], b"folder (2)"),
        (b".env", [b".env"], b".env (2)"),
        (b"caf\xe9.txt", [b"caf\xe9.txt"], b"caf\xe9 (2).txt"),
    ],
)
def test_a_taken_name_gets_the_first_free_number(name: bytes, taken: list[bytes], free: bytes) -> None:
    assert free_name(name, taken.__contains__) == free


@given(st.text(min_size=1, max_size=300) | raw_names, st.integers(1, 12))
def test_a_free_name_is_free_and_fits_and_stays_text(name: str | bytes, taken: int) -> None:
    raw = (
        name
        if isinstance(name, bytes)
        else name.encode("utf-8", "ignore")[:NAME_BYTES].decode("utf-8", "ignore").encode()
    )
    if not raw:
        return
    names: set[bytes] = set()
    for _ in range(taken):
        free = free_name(raw, names.__contains__)
        assert free not in names
        assert len(free) <= NAME_BYTES
        if isinstance(name, str):
            free.decode()
        names.add(free)


@given(raw_names)
def test_a_portable_name_can_be_kept_everywhere(name: bytes) -> None:
    text = portable(name)
    assert text
    text.encode()
    assert not set(text) & set('/\0<>:"\\|?*\u202e')
    assert not text.endswith((".", " "))


def test_portable_names_do_not_climb() -> None:
    assert portable(b"..") == "__"
    assert portable(b"..\\..\\evil") == ".._.._evil"
    assert portable(b"C:evil") == "C_evil"
    assert portable(b"con.txt") == "_con.txt"
