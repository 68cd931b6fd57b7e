"""Containers that edits leave without a block: they are removed too, or keep an empty paragraph.

Lists, items, rows, tables, quotes, panels and expands are removed with their last block. Layout and table cells keep an
empty paragraph, and so do all other macros: other pages may use them (excerpt, page properties), or what they do is
unknown.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from common.storage_format.edits import Delete, PageEdit, Token
from common.storage_format.page.boxes import Box
from common.storage_format.page.page import Block, Page
from common.storage_format.xml import entities
from common.storage_format.xml.block_scanner import MARKUP
from common.storage_format.xml.element_tree import parse_tree
from common.storage_format.xml.nodes import Container, Node
from common.storage_format.xml.vocabulary import BOXES, MACROS

EMPTY_PARAGRAPH = "<p />"

_CELLS = frozenset({"td", "th"})
_LISTED = {
    "ul": "list",
    "ol": "list",
    "dl": "definition-list",
    "ac:task-list": "task-list",
    "table": "table",
    "tr": "table-row",
    "blockquote": "quote",
}
"""Containers whose removal is reported. Panels and expands are reported with their title."""

_HOLDS_ELEMENTS = frozenset({*_LISTED, "thead", "tbody", "tfoot"} - {"blockquote"})
_BODIES = frozenset({"ac:rich-text-body", "ac:adf-content"})


class Removal(NamedTuple):
    """What a deletion removes: `text` replaces `start`–`end`; `containers` are removed too, the innermost first."""

    start: int
    end: int
    text: str = ""
    containers: tuple[Token, ...] = ()


def removals(page: Page, edits: Sequence[PageEdit], insertions: Sequence[int]) -> list[Removal | None]:
    """Return what each edit removes, None for edits that are no deletion; `insertions` are the offsets of new text.

    If several deletions remove a container together, the first of them removes it, and the others nothing more.
    """
    deletions = {
        number: page.box(edit.block_id) or page.block(edit.block_id)
        for number, edit in enumerate(edits)
        if isinstance(edit, Delete)
    }
    emptied = _EmptiedContainers(page, list(deletions.values()), insertions)
    taken: set[tuple[int, int]] = set()
    filled: set[int] = set()
    out: list[Removal | None] = [None] * len(edits)
    for number, block in sorted(deletions.items(), key=lambda deletion: deletion[1].span):
        removal, kept = emptied.removal(block)
        if (removal.start, removal.end) in taken:
            removal = Removal(removal.end, removal.end)
        elif kept is not None and id(kept) in filled:
            removal = removal._replace(text="")
        taken.add((removal.start, removal.end))
        filled.add(id(kept))
        out[number] = removal
    return out


class _EmptiedContainers:
    """The containers of a page in which nothing stays when `deleted` blocks are removed."""

    def __init__(self, page: Page, deleted: Sequence[Block | Box], insertions: Sequence[int]) -> None:
        self.page = page
        self.used: dict[int, bool] = {}
        """Whether anything stays in a container, by the identity of its node."""
        numbers = {number for each in deleted for number in _numbers(each)}
        boxes = {id(each.container.node) for each in deleted if isinstance(each, Box)}
        for block in page.blocks if deleted else ():
            stays = block.number not in numbers
            around = list(chain(block.node.container))
            deleted_with = [place for place, each in enumerate(around) if id(each.node) in boxes]
            for place, container in enumerate(around):
                node = container.node
                known = id(node) in self.used
                self.used[id(node)] = self.used.get(id(node), False) or stays
                if known or place <= max(deleted_with, default=-1):
                    continue
                if _has_stray_text(page.source, node) or _any_within(insertions, node):
                    self._use(container)
                if _keeps(container) and node.name not in _CELLS:
                    self._use(container.above)

    def _use(self, container: Container | None) -> None:
        for outer in chain(container):
            self.used[id(outer.node)] = True

    def removal(self, deleted: Block | Box) -> tuple[Removal, Node | None]:
        """Return what a deletion removes, and the cell or macro that keeps an empty paragraph."""
        start, end = deleted.span
        around = deleted.container.above if isinstance(deleted, Box) else deleted.node.container
        gone: list[Token] = []
        for container in chain(around):
            node, above = container.node, container.above
            if self.used[id(node)]:
                break
            if node.name in _CELLS and above is not None and not self.used[id(above.node)]:
                continue
            if _keeps(container):
                return Removal(start, end, EMPTY_PARAGRAPH, tuple(gone)), node
            if node.name not in _BODIES:
                start, end = _span(container)
                gone += _listed(self.page.source, container)
        return Removal(start, end, "", tuple(gone)), None


def _numbers(deleted: Block | Box) -> range:
    if isinstance(deleted, Box):
        return range(deleted.first, deleted.last + 1)
    return range(deleted.number, deleted.number + 1)


def chain(container: Container | None) -> Iterator[Container]:
    """Yield a container and those around it, outwards."""
    while container is not None:
        yield container
        container = container.above


def _keeps(container: Container) -> bool:
    """Return whether a container stays when it is empty."""
    name = container.node.name
    if name in MACROS:
        return container.name not in BOXES
    return name in _CELLS or name.startswith("ac:layout")


def _span(container: Container) -> tuple[int, int]:
    """Return the span of a container's element; the body of a task stands for the whole task."""
    node = container.node
    if node.name == "ac:task-body" and container.above is not None:
        node = next(task for task in container.above.node.children if task.start < node.start < task.end)
    return node.start, node.end


def _listed(source: str, container: Container) -> Iterator[Token]:
    """Yield the token of a container whose removal is reported."""
    node = container.node
    if kind := _LISTED.get(node.name):
        yield Token(kind, "")
    elif container.name in BOXES:
        title = parse_tree(source, node.start, node.end).elements[0].parameter("title")
        yield Token(container.name, title)


def _any_within(insertions: Sequence[int], node: Node) -> bool:
    return any(node.start < at < node.end for at in insertions)


def _has_stray_text(source: str, node: Node) -> bool:
    """Return whether a list or table has text outside of its items and rows."""
    if node.name not in _HOLDS_ELEMENTS:
        return False
    ends = [node.opened, *(child.end for child in node.children)]
    starts = [*(child.start for child in node.children), node.closed]
    gaps = (source[end:start] for end, start in zip(ends, starts, strict=True))
    return any(entities.decode(MARKUP.sub(_cdata, gap)).strip() for gap in gaps)


def _cdata(markup: re.Match[str]) -> str:
    """Return the text of a CDATA section, nothing for other markup."""
    return markup[0][9:-3] if markup[0].startswith("<![CDATA[") else ""
