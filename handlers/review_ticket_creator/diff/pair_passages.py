"""Find which removed and added passages are two versions of the same passage."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

_WORD = re.compile(r"\w+|[^\w\s]")
_MIN_LIKENESS = 0.4  # the minimum share of common words of two versions of a passage
_BAND = 8  # in long stretches, how far from the diagonal passages are compared
_MAX_FULL_COMPARISONS = 2_500  # up to this number, every passage is compared with every other

Pair = tuple[int | None, int | None]


class _Row(NamedTuple):
    """One row of the dynamic programming table: the best total likeness by number of texts of `after`, from `low`."""

    low: int
    values: list[float]

    def at(self, j: int) -> float:
        """Return a value, also outside the band: 0 left of it, the last value right of it."""
        return 0.0 if j < self.low else self.values[min(j - self.low, len(self.values) - 1)]


def pair(before: Sequence[str], after: Sequence[str]) -> list[Pair]:
    """Pair similar texts in order; a text without a counterpart is paired with None.

    The pairs have the greatest total likeness. Long stretches are compared only near their diagonal, so the time grows
    with their length, not with its square.
    """
    bags_a = [frozenset(_WORD.findall(text)) for text in before]
    bags_b = [frozenset(_WORD.findall(text)) for text in after]
    n, m = len(bags_a), len(bags_b)
    band = max(n, m) if n * m <= _MAX_FULL_COMPARISONS else _BAND
    best: list[_Row] = []
    likeness: dict[tuple[int, int], float] = {}
    previous = _Row(0, [0.0])
    for i in range(n):
        centre = i * m // n
        low, high = max(0, centre - band), min(m, centre + band + m // n + 1)
        row = _Row(low, [previous.at(low)])
        for j in range(low, high):
            alike = _likeness(bags_a[i], bags_b[j])
            value = max(previous.at(j + 1), row.values[-1])
            if alike >= _MIN_LIKENESS:
                likeness[i, j] = alike
                value = max(value, previous.at(j) + alike)
            row.values.append(value)
        best.append(row)
        previous = row
    return _walk_back(best, likeness, n, m)


def _likeness(a: frozenset[str], b: frozenset[str]) -> float:
    """Return the share of common words, from 0 to 1 (Dice coefficient)."""
    total = len(a) + len(b)
    return 2 * len(a & b) / total if total else 1.0


def _walk_back(best: list[_Row], likeness: dict[tuple[int, int], float], n: int, m: int) -> list[Pair]:
    pairs: list[tuple[int, int]] = []
    i, j = n - 1, m
    while i >= 0 and j > 0:
        above = best[i - 1] if i else _Row(0, [0.0])
        here = best[i].at(j)
        alike = likeness.get((i, j - 1))
        if alike is not None and here == above.at(j - 1) + alike:
            pairs.append((i, j - 1))
            i, j = i - 1, j - 1
        elif here == above.at(j):
            i -= 1
        else:
            j -= 1
    found: list[Pair] = []
    x = y = 0
    for a, b in [*reversed(pairs), (n, m)]:
        found += [(place, None) for place in range(x, a)] + [(None, place) for place in range(y, b)]
        if (a, b) != (n, m):
            found.append((a, b))
        x, y = a + 1, b + 1
    return found
