"""The tree of structural elements that `block_scanner` builds, and the containers and headings above each block."""

from __future__ import annotations

from typing import NamedTuple


class Node:
    """A structural element. Its start tag is at `start`–`opened`, its end tag at `closed`–`end`.

    Loose text has an empty name. `container` and `heading` are set only on blocks (by `page.block_finder`).
    """

    __slots__ = ("children", "closed", "container", "end", "heading", "kind", "name", "opened", "start")

    container: Container | None
    heading: HeadingAbove | None

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
    """A container around a block; `above` is the next container outwards."""

    name: str
    node: Node
    above: Container | None


class HeadingAbove(NamedTuple):
    """A heading above a block; `block` is the number of the heading's own block, `above` the heading over it."""

    level: int
    block: int
    above: HeadingAbove | None


def table_rows(table: Node) -> list[Node]:
    """Return the rows of a table, including those of its head and foot."""
    rows = []
    for child in table.children:
        if child.name == "tr":
            rows.append(child)
        elif child.name in ("thead", "tbody", "tfoot"):
            rows += table_rows(child)
    return rows
