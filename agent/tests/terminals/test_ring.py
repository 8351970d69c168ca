"""The ring keeps the last output, knows where it lies, and for which size it was written."""

import time

from hypothesis import given
from hypothesis import strategies as st

from noctule_agent.terminals.pace import BURST_SECONDS, Pace
from noctule_agent.terminals.ring import CHUNK_BYTES, Ring, Size

SMALL, LARGE = Size(80, 24), Size(120, 40)


def read_all(ring: Ring, offset: int, limit: int = 1000) -> bytes:
    said = b""
    while (piece := ring.read(offset + len(said), limit)) is not None:
        assert 0 < len(piece.data) <= limit
        said += piece.data
    return said


@given(st.lists(st.binary(min_size=1, max_size=40_000), max_size=12), st.integers(CHUNK_BYTES, 50_000), st.data())
def test_from_any_offset_that_is_kept_the_output_is_what_was_said(
    parts: list[bytes], limit: int, data: st.DataObject
) -> None:
    ring = Ring(SMALL, limit)
    for part in parts:
        ring.append(part)
    said = b"".join(parts)
    assert ring.end == len(said)
    assert ring.end - ring.start <= limit
    assert ring.overrun == (ring.start > 0)
    # No more is forgotten than one chunk beyond what must be.
    assert ring.start <= max(0, len(said) - limit + CHUNK_BYTES)
    offset = data.draw(st.integers(ring.start, ring.end))
    assert read_all(ring, offset) == said[offset:]


def test_output_is_given_with_the_size_that_it_was_written_for() -> None:
    ring = Ring(SMALL)
    ring.append(b"narrow")
    ring.resize(LARGE)
    ring.resize(SMALL)
    ring.resize(LARGE)
    ring.append(b"wide")
    first, second = ring.read(0, 100), ring.read(6, 100)
    assert first is not None
    assert second is not None
    assert (first.data, first.size) == (b"narrow", SMALL)
    assert (second.data, second.size) == (b"wide", LARGE)
    assert ring.read(10, 100) is None
    assert ring.size == LARGE


def test_it_knows_on_which_screen_the_program_draws_also_when_the_switch_comes_in_two() -> None:
    ring = Ring(SMALL)
    ring.append(b"$ vim\r\n\x1b[?10")
    assert not ring.full_screen
    ring.append(b"49h\x1b[2J~")
    assert ring.full_screen
    ring.append(b"\x1b[?1049l$ ")
    assert not ring.full_screen


def test_what_is_forgotten_leaves_its_modes_in_the_prelude() -> None:
    ring = Ring(SMALL, 2 * CHUNK_BYTES)
    ring.append(b"\x1b[?2004h\x1b[32m")
    ring.append(b"x" * 5 * CHUNK_BYTES)
    assert ring.overrun
    assert ring.prelude() == b"\x1b[?2004h\x1b[32m"


def test_a_flood_is_slowed_to_the_pace_and_a_little_is_not() -> None:
    pace = Pace(per_second=1000)
    assert pace.spend(0.0, 100) == 0.0
    now, said = 0.0, 0
    while now < 10.0:
        said += 200
        now += pace.spend(now, 200)
    assert 1000 * 10 <= said <= 1000 * (10 + 2 * BURST_SECONDS) + 200


def test_endless_parameters_are_read_once_and_not_once_for_each() -> None:
    """A file with these in it, shown in a terminal, held the agent up for minutes."""
    ring = Ring(SMALL)
    begun = time.process_time()
    for _ in range(4):
        ring.append(b"\x1b[?" + b"47;" * 80_000)
    assert time.process_time() - begun < 20
    ring.append(b"\x1b[?1;47;25h")
    assert ring.full_screen
    ring.append(b"\x1b[?104")
    ring.append(b"9l")
    assert not ring.full_screen
