"""Text changes as splices in code points: the smallest ones between two texts, and those made for another base. Pure."""

from typing import Final

import msgspec

from noctule.notebook.myers import common

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


def splices(old: str, new: str) -> list[Splice]:
    """The splices from `old` to `new`, ascending, in indices of `old`: by line, and within changed lines the smallest."""
    whole = smallest(old, new)
    if "\n" not in old[whole.start : whole.end] or "\n" not in whole.text:
        return [] if whole.empty else [whole]
    # Widened to whole lines: a line that is the same must not differ for where the cut went.
    start = old.rfind("\n", 0, whole.start) + 1
    end = (old.find("\n", whole.end) + 1) or len(old)
    old_lines = old[start:end].splitlines(keepends=True)
    new_lines = new[start : len(new) - (len(old) - end)].splitlines(keepends=True)
    found: list[Splice] = []
    place, i, j = start, 0, 0
    for i_next, j_next in [*common(old_lines, new_lines), (len(old_lines), len(new_lines))]:
        removed, added = "".join(old_lines[i:i_next]), "".join(new_lines[j:j_next])
        part = smallest(removed, added)
        if not part.empty:
            found.append(Splice(place + part.start, place + part.end, part.text))
        place += len(removed) + (len(old_lines[i_next]) if i_next < len(old_lines) else 0)
        i, j = i_next + 1, j_next + 1
    return found


def rebased(base: str, new: str, current: str) -> list[Splice]:
    """What makes the change from `base` to `new` in `current`, last place first, so that all indices hold.

    What others wrote since `base` stays, also where they wrote within what this change removes. A change that they made
    as well is not made twice.
    """
    if current == new:
        return []
    mine = splices(base, new)
    if current == base:
        return mine[::-1]
    theirs = splices(base, current)
    kept = _kept(base, theirs)
    return [part for hunk in reversed(mine) if hunk not in theirs for part in _moved(hunk, kept)]


class _Kept(msgspec.Struct, frozen=True):
    """`[start, end)` of the base is still there, moved by `shift`."""

    start: int
    end: int
    shift: int


def _kept(base: str, theirs: list[Splice]) -> list[_Kept]:
    found: list[_Kept] = []
    start = shift = 0
    for hunk in theirs:
        found.append(_Kept(start, hunk.start, shift))
        start, shift = hunk.end, shift + len(hunk.text) - (hunk.end - hunk.start)
    return [*found, _Kept(start, len(base), shift)]


def _moved(hunk: Splice, kept: list[_Kept]) -> list[Splice]:
    """One splice of the base in the current text: remove what is left of what it removes, insert once."""
    holder = next(part for part in kept if hunk.start <= part.end)
    place = max(hunk.start, holder.start) + holder.shift
    left = [
        (max(hunk.start, part.start) + part.shift, min(hunk.end, part.end) + part.shift)
        for part in kept
        if max(hunk.start, part.start) < min(hunk.end, part.end)
    ]
    if left and left[0][0] == place:
        return [*(Splice(start, end, "") for start, end in left[:0:-1]), Splice(place, left[0][1], hunk.text)]
    removals = [Splice(start, end, "") for start, end in reversed(left)]
    return [*removals, Splice(place, place, hunk.text)] if hunk.text else removals
