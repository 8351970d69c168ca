"""What two sequences have in common, in order (Myers, O(ND)). Pure; knows nothing of cells or texts."""

from collections.abc import Hashable, Sequence
from typing import Final

MYERS_EDITS: Final = 1_000
"""Sequences that differ by more are taken to have nothing in common: time and memory grow with its square (1 s, 50 MB)."""


def common(a: Sequence[Hashable], b: Sequence[Hashable]) -> list[tuple[int, int]]:
    """Pairs of indices of a longest common subsequence; none past MYERS_EDITS differences."""
    if not a or not b:
        return []
    furthest: dict[int, int] = {1: 0}
    trace: list[dict[int, int]] = []
    for edits in range(min(len(a) + len(b), MYERS_EDITS) + 1):
        trace.append(dict(furthest))
        for diagonal in range(-edits, edits + 1, 2):
            before = _came_from(furthest, diagonal, edits)
            x = furthest[before] + (before < diagonal)
            while x < len(a) and x - diagonal < len(b) and a[x] == b[x - diagonal]:
                x += 1
            furthest[diagonal] = x
            if x >= len(a) and x - diagonal >= len(b):
                return _backtrack(trace, len(a), len(b))
    return []


def _backtrack(trace: list[dict[int, int]], x: int, y: int) -> list[tuple[int, int]]:
    pairs: list[tuple[int, int]] = []
    for edits in range(len(trace) - 1, -1, -1):
        before = _came_from(trace[edits], x - y, edits)
        start_x = trace[edits][before]
        start_y = start_x - before
        while x > start_x and y > max(start_y, 0):
            x, y = x - 1, y - 1
            pairs.append((x, y))
        x, y = start_x, start_y
    return pairs[::-1]


def _came_from(furthest: dict[int, int], diagonal: int, edits: int) -> int:
    """The diagonal from which this one is reached furthest: the one above by an insertion, the one below by a deletion."""
    if diagonal == -edits or (diagonal != edits and furthest[diagonal - 1] < furthest[diagonal + 1]):
        return diagonal + 1
    return diagonal - 1
