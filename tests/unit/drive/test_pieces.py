"""What is made while it is sent comes whole, in order, and a piece at a time."""

from collections.abc import Iterator

from noctule.drive.pieces import PIECE_BYTES, aside


async def test_small_ones_are_joined_and_no_more_is_made_than_was_asked_for() -> None:
    made: list[int] = []

    def making() -> Iterator[bytes]:
        for number in range(40):
            made.append(number)
            yield b"" if number % 4 == 0 else bytes([number]) * (PIECE_BYTES // 10)

    pieces = aside(making())
    first = await anext(pieces)
    assert PIECE_BYTES <= len(first) < PIECE_BYTES * 1.1
    assert len(made) < 20
    rest = [piece async for piece in pieces]
    assert len(rest) == 2
    assert b"".join([first, *rest]) == b"".join(bytes([n]) * (PIECE_BYTES // 10) for n in range(40) if n % 4)


async def test_of_nothing_there_is_nothing() -> None:
    assert [piece async for piece in aside(iter([b"", b""]))] == []
