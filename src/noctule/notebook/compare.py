"""Two notebooks, or two moments of one, side by side: which cells belong together and what is different. Pure.

Cells belong together by id; those whose ids the other side does not know, by content (Myers); and what is left between such
pairs, by likeness, in order. So it works for revisions of a notebook, and for copies of it that other tools wrote.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from difflib import SequenceMatcher
from typing import Any, Final, Literal

import msgspec

from noctule.notebook.cells import CellView
from noctule.notebook.diff import longest_rising
from noctule.notebook.myers import common
from noctule.notebook.values import same

LIKENESS: Final = 0.4
"""Cells that have so much in common are one cell that was changed."""
_TRIES: Final = 1_000
"""Pairs that are looked at between two that belong together; beyond, cells are shown as removed and added."""
_SHORT: Final = 500

What = Literal["source", "type", "metadata", "attachments", "outputs"]


class Side(msgspec.Struct, frozen=True):
    """A cell, and what stands for its outputs: equal when they are."""

    cell: CellView
    outputs: Any = None


class Pair(msgspec.Struct, frozen=True):
    """Indices of what belongs together; None where the other side has nothing. `changed`: what is different."""

    old: int | None
    new: int | None
    moved: bool = False
    changed: list[What] = []


def compare(old: Sequence[Side], new: Sequence[Side]) -> list[Pair]:
    """All cells of both: in the order of the new side, what was removed behind the cell that it stood behind."""
    partner = _partners([side.cell for side in old], [side.cell for side in new])
    of_new = {there: here for here, there in partner.items()}
    ranks = [of_new[index] for index in range(len(new)) if index in of_new]
    staying = {ranks[index] for index in longest_rising(ranks)}
    pairs: list[Pair] = []
    place: dict[int, Pair] = {}
    for index, side in enumerate(new):
        here = of_new.get(index)
        if here is None:
            pairs.append(Pair(None, index))
            continue
        place[here] = Pair(here, index, here not in staying, _changed(old[here], side))
        pairs.append(place[here])
    return _with_removed(pairs, place, len(old))


def _with_removed(pairs: list[Pair], place: dict[int, Pair], count: int) -> list[Pair]:
    behind: dict[int | None, list[Pair]] = {}
    anchor: int | None = None
    for index in range(count):
        if index in place:
            anchor = index
        else:
            behind.setdefault(anchor, []).append(Pair(index, None))
    found = behind.get(None, [])
    for pair in pairs:
        found.append(pair)
        if pair.old is not None:
            found.extend(behind.get(pair.old, ()))
    return found


def _changed(old: Side, new: Side) -> list[What]:
    one, two = old.cell, new.cell
    differing: list[tuple[What, bool]] = [
        ("source", one.source != two.source),
        ("type", one.type != two.type),
        ("metadata", not same(one.meta, two.meta) or not same(one.extra, two.extra)),
        ("attachments", not same(one.attachments, two.attachments)),
        ("outputs", old.outputs != new.outputs),
    ]
    return [what for what, differs in differing if differs]


# --- what belongs together ------------------------------------------------------------------------------------------------


def _partners(old: Sequence[CellView], new: Sequence[CellView]) -> dict[int, int]:
    by_id = {cell.id: index for index, cell in enumerate(new)}
    found = {index: by_id[cell.id] for index, cell in enumerate(old) if cell.id in by_id}
    left, right = _left(old, new, found)
    for one, two in common([_content(old[index]) for index in left], [_content(new[index]) for index in right]):
        found[left[one]] = right[two]
    left, right = _left(old, new, found)
    _pair_by_likeness(old, new, found, left, right)
    return found


def _content(cell: CellView) -> tuple[str, str]:
    return cell.type, cell.source


def _left(old: Sequence[CellView], new: Sequence[CellView], found: dict[int, int]) -> tuple[list[int], list[int]]:
    taken = set(found.values())
    return (
        [index for index in range(len(old)) if index not in found],
        [index for index in range(len(new)) if index not in taken],
    )


def _pair_by_likeness(
    old: Sequence[CellView], new: Sequence[CellView], found: dict[int, int], left: list[int], right: list[int]
) -> None:
    """Of cells behind the same pair, those that are alike."""
    of_new = {there: here for here, there in found.items()}
    heres, theres = sorted(found), sorted(of_new)
    gaps: dict[int, tuple[list[int], list[int]]] = {}
    for index in left:
        gaps.setdefault(_before(heres, index), ([], []))[0].append(index)
    for index in right:
        gaps.setdefault(of_new.get(_before(theres, index), -1), ([], []))[1].append(index)
    for ones, twos in gaps.values():
        if len(ones) * len(twos) > _TRIES:
            continue
        at = 0
        for one in ones:
            for step, two in enumerate(twos[at:]):
                if old[one].type == new[two].type and _likeness(old[one].source, new[two].source) >= LIKENESS:
                    found[one] = two
                    at += step + 1
                    break


def _before(numbers: Sequence[int], index: int) -> int:
    """The last of these numbers before this one, -1 when there is none."""
    at = bisect_left(numbers, index)
    return numbers[at - 1] if at else -1


def _likeness(one: str, two: str) -> float:
    """0: nothing in common, 1: the same. Of long sources the lines are counted."""
    if len(one) <= _SHORT and len(two) <= _SHORT:
        matcher = SequenceMatcher(None, one, two, autojunk=False)
        return matcher.ratio() if matcher.quick_ratio() >= LIKENESS else 0.0
    lines, others = (Counter(line.strip() for line in text.split("\n") if line.strip()) for text in (one, two))
    total = lines.total() + others.total()
    return 2 * (lines & others).total() / total if total else 1.0
