"""Positions between positions: strings of 0-9A-Za-z whose plain order is the order of cells. Knows nothing of cells.

    position = head integer [fraction]        a1 < a2 < ... < az < b01 < ... ;   Zz < a1;   a1 < a1V < a2

The head letter says how many digits its integer has (a: 1, b: 2, ...; Z: 1, Y: 2, ... before it), so going on at either
end makes strings no longer than a counter's. Between two neighbours it halves: inserting for ever at one place adds one
character per five inserts (62 = 2^5.95). The page's twin (web/src/doc/fractional.ts) makes other strings; all that both must
keep to is that a position is not empty and does not end in "0", for nothing would fit before it.

Two people may insert at one place at once and get equal positions: order is (position, cell id), and `between` of two
equal ones has no answer (NoRoom). Strings that are not of this scheme, which a client may write, are still ordered and
still have a `between` where plain order leaves room.
"""

from typing import Final

DIGITS: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_VALUE: Final = {digit: value for value, digit in enumerate(DIGITS)}
_BASE: Final = len(DIGITS)
_FIRST: Final = "a1"


class NoRoom(ValueError):
    """There is no string between these two."""


def between(a: str | None, b: str | None) -> str:
    """A position after `a` and before `b`; None is the open end. Raises NoRoom when plain order leaves none."""
    if a is not None and b is not None and a >= b:
        raise NoRoom(f"nothing lies between {a!r} and {b!r}")
    found = _neat(a, b) if _is_neat(a) and _is_neat(b) else _midpoint(a or "", b)
    if (a is not None and found <= a) or (b is not None and found >= b):
        raise NoRoom(f"nothing lies between {a!r} and {b!r}")
    return found


def spread(n: int, a: str | None = None, b: str | None = None) -> list[str]:
    """`n` rising positions between `a` and `b`, evenly, so that they stay short."""
    if n <= 0:
        return []
    if b is None:
        return _climb(n, a)
    middle = n // 2
    found = between(a, b)
    return [*spread(middle, a, found), found, *spread(n - middle - 1, found, b)]


def _climb(n: int, after: str | None) -> list[str]:
    positions: list[str] = []
    for _ in range(n):
        after = between(after, None)
        positions.append(after)
    return positions


# --- the scheme -----------------------------------------------------------------------------------------------------


def _is_neat(position: str | None) -> bool:
    """Whether it is of the scheme; the open end is."""
    if position is None:
        return True
    length = _integer_length(position)
    if length is None or len(position) < length or not all(digit in _VALUE for digit in position):
        return False
    return not position.endswith("0")


def _integer_length(position: str) -> int | None:
    head = position[:1]
    if "a" <= head <= "z":
        return ord(head) - ord("a") + 2
    if "A" <= head <= "Z":
        return ord("Z") - ord(head) + 2
    return None


def _split(position: str) -> tuple[str, str]:
    length = _integer_length(position) or 0
    return position[:length], position[length:]


def _neat(a: str | None, b: str | None) -> str:
    if a is None and b is None:
        return _FIRST
    if a is None:
        return _before(b or "")
    integer_a, fraction_a = _split(a)
    if b is None:
        following = _step(integer_a, 1)
        return following if following is not None else integer_a + _midpoint(fraction_a, None)
    integer_b, fraction_b = _split(b)
    if integer_a == integer_b:
        return integer_a + _midpoint(fraction_a, fraction_b)
    following = _step(integer_a, 1)
    if following is not None and following < b:
        return following
    return integer_a + _midpoint(fraction_a, None)


def _before(b: str) -> str:
    integer, fraction = _split(b)
    if fraction and not integer.endswith("0"):
        return integer
    previous = _step(integer, -1)
    if previous is not None:
        return previous
    # Nothing is before the very first integer but fractions of zero.
    return "A" + "0" * 26 + _midpoint("", fraction if integer.endswith("0") else None)


def _step(integer: str, by: int) -> str | None:
    """The next (by=1) or previous (by=-1) integer that does not end in "0", None past the last one."""
    found: str | None = integer
    while found is not None:
        found = _neighbour(found, by)
        if found is not None and not found.endswith("0"):
            break
    return found


def _neighbour(integer: str, by: int) -> str | None:
    head, digits = integer[0], [_VALUE[digit] for digit in integer[1:]]
    for place in range(len(digits) - 1, -1, -1):
        digits[place] += by
        if 0 <= digits[place] < _BASE:
            return head + "".join(DIGITS[value] for value in digits)
        digits[place] %= _BASE
    return _wider(head, by)


def _wider(head: str, by: int) -> str | None:
    """The integer after the last one with this head (or before the first)."""
    edge = "0" if by > 0 else DIGITS[-1]
    if head == ("Z" if by > 0 else "a"):
        return ("a" if by > 0 else "Z") + edge
    following = chr(ord(head) + by)
    length = _integer_length(following)
    return None if length is None else following + edge * (length - 1)


def _midpoint(a: str, b: str | None) -> str:
    """A fraction between two, `b` None meaning one. Digits that are not of DIGITS count as the nearest one below."""
    prefix: list[str] = []
    place = 0
    while True:
        low = _value(a, place, 0)
        high = _BASE if b is None else _value(b, place, 0)
        if b is not None and low == high and place < len(b):
            prefix.append(DIGITS[low])
        elif high - low > 1:
            return "".join(prefix) + DIGITS[(low + high + 1) // 2]
        elif b is not None and len(b) > place + 1:
            return "".join(prefix) + DIGITS[high]
        else:
            prefix.append(DIGITS[low])
            b = None
        place += 1


def _value(fraction: str, place: int, default: int) -> int:
    return _VALUE.get(fraction[place], 0) if place < len(fraction) else default
