"""Text changes as splices in code points: the smallest one between two texts, and one made for another base. Pure."""

from typing import Final

import msgspec

_CHUNK: Final = 1024


class Splice(msgspec.Struct, frozen=True):
    """Remove `[start, end)` of a text, then put `text` at `start`. In code points, so no pair is ever cut."""

    start: int
    end: int
    text: str

    @property
    def empty(self) -> bool:
        return self.start == self.end and not self.text


def smallest(old: str, new: str) -> Splice:
    """The splice from `old` to `new` that leaves the common beginning and end alone."""
    limit = min(len(old), len(new))
    prefix = _common(old, new, limit)
    suffix = _common(old[::-1], new[::-1], limit - prefix) if prefix < limit else 0
    return Splice(prefix, len(old) - suffix, new[prefix : len(new) - suffix])


def _common(a: str, b: str, limit: int) -> int:
    """How many code points both begin with: chunks first, for C compares them, then halving within one."""
    low = 0
    while low < limit and a[low : low + _CHUNK] == b[low : low + _CHUNK]:
        low += _CHUNK
    low, high = min(low, limit), min(low + _CHUNK, limit)
    while low < high:
        middle = (low + high + 1) // 2
        if a[low:middle] == b[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low


def rebased(base: str, new: str, current: str) -> list[Splice]:
    """What makes the change from `base` to `new` in `current`: at most two splices, to be applied in order.

    What others wrote since `base` stays, also where they wrote within what this change removes.
    """
    if current == new:
        return []
    mine = smallest(base, new)
    if current == base or mine.empty:
        return [] if mine.empty else [mine]
    theirs = smallest(base, current)
    shift = len(theirs.text) - (theirs.end - theirs.start)
    if mine.start >= theirs.end and not mine.start == theirs.start == theirs.end:
        return [Splice(mine.start + shift, mine.end + shift, mine.text)]
    if mine.end <= theirs.start:
        return [mine]
    # They overlap. Later part first, so that the indices of the earlier one hold.
    after = Splice(theirs.end + shift, max(mine.end, theirs.end) + shift, "")
    if mine.start <= theirs.start:
        before = Splice(mine.start, theirs.start, mine.text)
    else:
        before = Splice(theirs.end + shift, theirs.end + shift, mine.text)
    return [part for part in (after, before) if not part.empty]
