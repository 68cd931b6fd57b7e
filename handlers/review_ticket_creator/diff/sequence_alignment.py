"""Sequence alignment (patience diff with a bounded Myers diff): finds the equal parts in near-linear time.

Equal ends are cut off. Items that occur once on both sides become anchors (the longest series in the same order), and
the stretches between the anchors are aligned in the same way. If no item is unique, neighbouring items are taken
together as anchors. If there are none either, Myers' O(ND) algorithm is used with a bounded effort (E. Myers, "An
O(ND) Difference Algorithm and Its Variations", 1986). A stretch that exceeds it counts as replaced: that is correct,
but less precise.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Hashable, Sequence
from typing import NamedTuple

_WIDTHS = (1, 2, 4, 16)  # how many neighbours are tried as one anchor
_MAX_DIFFERENCES = 120  # Myers' effort grows with the square of this


class MatchedRun(NamedTuple):
    """`before[before_start:before_end]` became `after[after_start:after_end]`; `equal` if they are the same."""

    equal: bool
    before_start: int
    before_end: int
    after_start: int
    after_end: int


def align(before: Sequence[Hashable], after: Sequence[Hashable]) -> list[MatchedRun]:
    """Divide both sequences into stretches that are alternately equal and different and cover both completely."""
    numbers: dict[Hashable, int] = {}
    a = [numbers.setdefault(item, len(numbers)) for item in before]
    b = [numbers.setdefault(item, len(numbers)) for item in after]
    matches: list[tuple[int, int, int]] = []  # (start in a, start in b, length), in order
    todo = [(0, len(a), 0, len(b))]
    while todo:
        a0, a1, b0, b1 = todo.pop()
        head = _common_head(a, a0, a1, b, b0, b1)
        if head:
            matches.append((a0, b0, head))
            a0, b0 = a0 + head, b0 + head
        tail = _common_tail(a, a0, a1, b, b0, b1)
        if tail:
            a1, b1 = a1 - tail, b1 - tail
            matches.append((a1, b1, tail))
        if a0 == a1 or b0 == b1:
            continue
        anchors = next(filter(None, (_anchors(a, a0, a1, b, b0, b1, width) for width in _WIDTHS)), [])
        if not anchors:
            matches += [(x, y, 1) for x, y in _myers(a, a0, a1, b, b0, b1)]
            continue
        for x, y in anchors:
            if x > a0 or y > b0:
                todo.append((a0, x, b0, y))
            matches.append((x, y, 1))
            a0, b0 = x + 1, y + 1
        todo.append((a0, a1, b0, b1))
    matches.sort()
    return _stretches(matches, len(a), len(b))


def _stretches(matches: list[tuple[int, int, int]], a_end: int, b_end: int) -> list[MatchedRun]:
    found: list[MatchedRun] = []
    x = y = same = 0  # where the last match ends, and how long it is with those it continues
    for a0, b0, length in [*matches, (a_end, b_end, 0)]:
        if a0 == x and b0 == y:
            same += length
        else:
            if same:
                found.append(MatchedRun(True, x - same, x, y - same, y))
            found.append(MatchedRun(False, x, a0, y, b0))
            same = length
        x, y = a0 + length, b0 + length
    if same:
        found.append(MatchedRun(True, x - same, x, y - same, y))
    return found


def _common_head(a: list[int], a0: int, a1: int, b: list[int], b0: int, b1: int) -> int:
    length = min(a1 - a0, b1 - b0)
    for n in range(length):
        if a[a0 + n] != b[b0 + n]:
            return n
    return length


def _common_tail(a: list[int], a0: int, a1: int, b: list[int], b0: int, b1: int) -> int:
    length = min(a1 - a0, b1 - b0)
    for n in range(length):
        if a[a1 - 1 - n] != b[b1 - 1 - n]:
            return n
    return length


def _anchors(
    a: list[int], a0: int, a1: int, b: list[int], b0: int, b1: int, width: int
) -> list[tuple[int, int]]:
    """Return the anchors: the longest series, in order, of items that with `width` - 1 neighbours are unique."""
    if width > min(a1 - a0, b1 - b0):
        return []
    places_a, places_b = _once(_windows(a[a0:a1], width), a0), _once(_windows(b[b0:b1], width), b0)
    pairs = [(place, places_b[item]) for item, place in places_a.items() if item in places_b]
    return _longest_increasing(pairs)


def _windows(items: list[int], width: int) -> Sequence[Hashable]:
    return items if width == 1 else list(zip(*(items[n:] for n in range(width)), strict=False))


def _once(items: Sequence[Hashable], offset: int) -> dict[Hashable, int]:
    """Map each item that occurs exactly once to its index, in order."""
    last = dict(zip(items, range(offset, offset + len(items)), strict=True))
    if len(last) == len(items):
        return last
    first = dict(zip(reversed(items), range(offset + len(items) - 1, offset - 1, -1), strict=True))
    return {item: place for item, place in last.items() if first[item] == place}


def _longest_increasing(pairs: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return the longest series of pairs whose second numbers increase; `pairs` are ordered by their first number."""
    tops: list[int] = []
    ends: list[int] = []
    before: list[int] = []
    for place, (_, y) in enumerate(pairs):
        pile = bisect_left(tops, y)
        before.append(ends[pile - 1] if pile else -1)
        if pile == len(tops):
            tops.append(y)
            ends.append(place)
        else:
            tops[pile] = y
            ends[pile] = place
    chosen: list[tuple[int, int]] = []
    place = ends[-1] if ends else -1
    while place >= 0:
        chosen.append(pairs[place])
        place = before[place]
    return chosen[::-1]


def _myers(a: list[int], a0: int, a1: int, b: list[int], b0: int, b1: int) -> list[tuple[int, int]]:
    """Return the matching pairs of the shortest edit script, or [] if it has more than _MAX_DIFFERENCES edits."""
    n, m = a1 - a0, b1 - b0
    reach = {1: 0}
    trail: list[dict[int, int]] = []
    for differences in range(min(n + m, _MAX_DIFFERENCES) + 1):
        trail.append(dict(reach))
        for k in range(-differences, differences + 1, 2):
            down = k == -differences or (k != differences and reach[k - 1] < reach[k + 1])
            x = reach[k + 1] if down else reach[k - 1] + 1
            y = x - k
            while x < n and y < m and a[a0 + x] == b[b0 + y]:
                x, y = x + 1, y + 1
            reach[k] = x
            if x >= n and y >= m:
                return _walk_back(trail, n, m, a0, b0)
    return []


def _walk_back(trail: list[dict[int, int]], x: int, y: int, a0: int, b0: int) -> list[tuple[int, int]]:
    pairs: list[tuple[int, int]] = []
    for differences in range(len(trail) - 1, -1, -1):
        reach = trail[differences]
        k = x - y
        down = k == -differences or (k != differences and reach[k - 1] < reach[k + 1])
        start_k = k + 1 if down else k - 1
        start_x = reach[start_k]
        start_y = start_x - start_k
        while x > max(start_x, 0) and y > max(start_y, 0):
            x, y = x - 1, y - 1
            pairs.append((a0 + x, b0 + y))
        x, y = start_x, start_y
    return pairs[::-1]
