"""Sequence alignment (patience diff, then a longest common subsequence): finds the equal parts of two sequences.

Equal ends are cut off. Items that occur once on both sides become anchors (the longest series in the same order), and
the stretches between the anchors are aligned in the same way. If no item is unique, neighbouring items are taken
together as anchors. If there are none either, the longest common subsequence is found bit-parallel, a row of the table
in one integer (H. Hyyrö, "Bit-Parallel LCS-length Computation Revisited", 2004), with D. Hirschberg's division where
the table would be large (1975). So a stretch that counts as different has no item in common, unless it is so long that
it is halved first.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Hashable, Sequence
from typing import NamedTuple

_WIDTHS = (1, 2, 4, 16)  # how many neighbours are tried as one anchor
_LARGEST_TABLE = 1 << 26  # bits of a table that is kept to walk back through it: 8 MB
_LARGEST_STRETCH = 1 << 31  # bits of a table that is computed as a whole: about a second


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
            matches += [(x, y, 1) for x, y in _common_subsequence(a, a0, a1, b, b0, b1)]
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


def _common_subsequence(
    a: list[int], a0: int, a1: int, b: list[int], b0: int, b1: int
) -> list[tuple[int, int]]:
    """Return the index pairs of a longest common subsequence; of halves of it where the stretch is too long."""
    pairs: list[tuple[int, int]] = []
    todo = [(a0, a1, b0, b1)]
    while todo:
        a0, a1, b0, b1 = todo.pop()
        size = (a1 - a0) * (b1 - b0)
        if size == 0:
            continue
        if a1 - a0 > 1 and size > _LARGEST_TABLE:
            middle = (a0 + a1) // 2
            cut = (b0 + b1) // 2 if size > _LARGEST_STRETCH else _best_cut(a, a0, middle, a1, b, b0, b1)
            todo += [(a0, middle, b0, cut), (middle, a1, cut, b1)]
            continue
        pairs += _walk_back(_lengths(a[a0:a1], b[b0:b1], keep=True), a0, a1, b0, b1)
    return sorted(pairs)


def _lengths(a: list[int], b: list[int], keep: bool = False) -> list[int]:
    """Return rows of the table of lengths: a bit is 0 where the length grows. The last row, or all of them (`keep`)."""
    bits = {item: bytearray(len(b) // 8 + 1) for item in set(a) & set(b)}
    for place, item in enumerate(b):
        if item in bits:
            bits[item][place >> 3] |= 1 << (place & 7)
    places = {item: int.from_bytes(found, "little") for item, found in bits.items()}
    every = (1 << len(b)) - 1
    row = every
    rows = [row]
    for item in a:
        same = row & places.get(item, 0)
        row = (row + same | row - same) & every
        if keep:
            rows.append(row)
    return rows if keep else [row]


def _best_cut(a: list[int], a0: int, middle: int, a1: int, b: list[int], b0: int, b1: int) -> int:
    """Return where to divide `b` if `a` is divided in the middle."""
    head = bin(_lengths(a[a0:middle], b[b0:b1])[0])[:1:-1].ljust(b1 - b0, "0")
    tail = bin(_lengths(a[middle:a1][::-1], b[b0:b1][::-1])[0])[2:].rjust(b1 - b0, "0")
    length = best = tail.count("0")
    cut = b0
    for place, (grows, shrinks) in enumerate(zip(head, tail, strict=True), b0 + 1):
        length += (grows == "0") - (shrinks == "0")
        if length > best:
            best, cut = length, place
    return cut


def _walk_back(rows: list[int], a0: int, a1: int, b0: int, b1: int) -> list[tuple[int, int]]:
    pairs: list[tuple[int, int]] = []
    x, y = a1 - a0, b1 - b0
    size = y // 8 + 1
    bits = rows[x].to_bytes(size, "little")
    while x and y:
        if bits[y - 1 >> 3] >> (y - 1 & 7) & 1:
            y -= 1
            continue
        x -= 1
        bits = rows[x].to_bytes(size, "little")
        if bits[y - 1 >> 3] >> (y - 1 & 7) & 1:
            y -= 1
            pairs.append((a0 + x, b0 + y))
    return pairs[::-1]
