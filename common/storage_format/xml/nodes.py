"""The tree that one sweep over a page makes, and the ways from the page down to its blocks."""

from __future__ import annotations

from typing import NamedTuple


class Node:
    """A structural element: its tags span `start`–`opened` and `closed`–`end`. Loose text has no name.

    `container` and `heading` are set on those that are blocks, and only there (see `blocks`).
    """

    __slots__ = ("children", "closed", "container", "end", "heading", "kind", "name", "opened", "start")

    container: Container | None
    heading: Heading | None

    def __init__(self, name: str, start: int, opened: int, end: int) -> None:
        self.name = name
        self.start = start
        self.opened = opened
        self.closed = end
        self.end = end
        self.kind = ""
        self.children: list[Node] = _NONE


_NONE: list[Node] = []


class Container(NamedTuple):
    """A container on the way from the page to a block."""

    name: str
    node: Node
    above: Container | None


class Heading(NamedTuple):
    """A heading on the way from the page to a block: `block` is its number."""

    level: int
    block: int
    above: Heading | None


def table_rows(table: Node) -> list[Node]:
    """Return the rows of a table, those of its head and foot among them."""
    rows = []
    for child in table.children:
        if child.name == "tr":
            rows.append(child)
        elif child.name in ("thead", "tbody", "tfoot"):
            rows += table_rows(child)
    return rows
