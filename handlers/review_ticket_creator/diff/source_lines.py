"""Splits storage format into readable lines: before and after the tags of blocks.

The joined lines are exactly the source.
"""

from __future__ import annotations

import itertools
import re

_BLOCKS = (
    r"p|h[1-6]|ul|ol|li|dl|dt|dd|table|colgroup|thead|tbody|tfoot|tr|td|th|blockquote|pre|hr|div|section"
    r"|ac:(?:layout|layout-section|layout-cell|structured-macro|macro|rich-text-body|plain-text-body|parameter|task-list"
    r"|task|task-body|image|adf-extension|adf-node|adf-content|adf-fallback)"
)
_BREAK = re.compile(rf"<(/)?(?:{_BLOCKS})\b[^<>]*>|\n")


def split(source: str) -> list[str]:
    """Split `source` into lines; a newline in the source stays at the end of its line."""
    cuts = [0]
    for match in _BREAK.finditer(source):
        start, end = match.span()
        ends = match.lastindex or end - start == 1  # an end tag or a newline
        if not ends:
            cuts.append(start)
        if (ends or source[end - 2] == "/") and source[end : end + 1] != "\n":
            cuts.append(end)
    cuts.append(len(source))
    return [source[start:end] for start, end in itertools.pairwise(cuts) if end > start]


def split_both(before: str, after: str) -> tuple[list[str], list[str]]:
    """Split two versions into lines; the second reuses the lines of the first at their common beginning and end.

    The result is the same as that of `split` for each version, but takes less time.
    """
    lines = split(before)
    head, tail = _common_head(before, after), _common_tail(before, after)
    first = start = 0
    while first + 1 < len(lines) and start + len(lines[first]) + len(lines[first + 1]) < head:
        start += len(lines[first])
        first += 1
    room = min(tail, len(before) - start, len(after) - start)
    last, end = len(lines), 0
    while last - 2 >= first and end + len(lines[last - 1]) + len(lines[last - 2]) < room:
        last -= 1
        end += len(lines[last])
    return lines, lines[:first] + split(after[start : len(after) - end]) + lines[last:]


def _common_head(a: str, b: str) -> int:
    """Return the length of the common beginning, by binary search: comparing slices is fast."""
    low, high = 0, min(len(a), len(b))
    while low < high:
        middle = (low + high + 1) // 2
        if a[low:middle] == b[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low


def _common_tail(a: str, b: str) -> int:
    low, high = 0, min(len(a), len(b))
    while low < high:
        middle = (low + high + 1) // 2
        if a[len(a) - middle : len(a) - low] == b[len(b) - middle : len(b) - low]:
            low = middle
        else:
            high = middle - 1
    return low
