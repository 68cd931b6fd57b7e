"""Nested lists by two to four spaces: CommonMark wants three below `1. ` and four below `10. `.

Lines of a list that is indented less than the text of the item above, but by two spaces or more, are moved to that
text before Markdown is read.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore

_ITEM = re.compile(r"( *)(?:[-*+]|(\d{1,9})[.)])( +)(?=\S)")
_FENCE = re.compile(r" *(?:[-*+] +|\d{1,9}[.)] +)*(`{3,}|~{3,})")
_LEAST = 2


class _Open(NamedTuple):
    """An item whose lines may follow: its indentation, that of its text, its number, and how far it was moved."""

    mark: int
    text: int
    number: int
    moved: int


def list_indentation(markdown: MarkdownIt) -> None:
    """Add the rule to a parser."""
    markdown.core.ruler.after("normalize", "list_indentation", _move_lists)


def _move_lists(state: StateCore) -> None:
    if _ITEM.search(state.src):
        state.src = "\n".join(_moved(state.src.split("\n")))


def _moved(lines: list[str]) -> list[str]:
    out: list[str] = []
    items: list[_Open] = []
    fence, fence_moved = "", 0
    for line in lines:
        found = _FENCE.match(line)
        if fence:
            out.append(" " * fence_moved + line if line else line)
            fence = "" if found and found[1].startswith(fence) else fence
            continue
        sibling = _ended(items, line)
        if item := _ITEM.match(line):
            items.append(_opened(item, items[-1] if items else None, sibling))
        moved = items[-1].moved if items else 0
        if found:
            indent = _indent(line)
            moved += max(0, items[-1].text - indent) if items and items[-1].mark + _LEAST <= indent else 0
            fence, fence_moved = found[1], moved
        out.append(" " * moved + line if line.strip() else line)
    return out


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def _ended(items: list[_Open], line: str) -> _Open | None:
    """Remove the items that end before a line; return the outermost of them."""
    ended = None
    least = _LEAST if _ITEM.match(line) else 0
    while line.strip() and items and _indent(line) < items[-1].mark + least:
        ended = items.pop()
    return ended


def _opened(found: re.Match[str], above: _Open | None, sibling: _Open | None) -> _Open:
    """Return an item that begins on a line in an item, or after one."""
    mark, text, number = len(found[1]), found.end(), int(found[2] or -1)
    if above is None:
        return _Open(mark, text, number, 0)
    if sibling is not None and sibling.mark <= mark:
        return _Open(mark, text, number, sibling.moved)
    is_next = number > 0 and number == above.number + 1
    return _Open(mark, text, number, above.moved + (0 if is_next else max(0, above.text - mark)))
