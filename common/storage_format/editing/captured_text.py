"""What an edit changes beyond its block: the text that comes to stand under another heading or header row.

A reviewer saw that happen to the page as it was. Where other text stands there now, it would happen to what the
reviewer did not see.
"""

from __future__ import annotations

import itertools

from common.storage_format.editing.block_matching import Matching, NotFound, Version
from common.storage_format.editing.list_end import counterpart, ended
from common.storage_format.edits import Delete, Edit, InsertAfter
from common.storage_format.from_markdown import render
from common.storage_format.from_markdown.blocks import Heading, Paragraph
from common.storage_format.page.block_path import table_around
from common.storage_format.page.page import Block
from common.storage_format.xml.nodes import Container
from common.storage_format.xml.vocabulary import HEADINGS, names

_NO_SCOPE = names(
    """
    ul ol li dl dd dt table thead tbody tfoot tr td th ac:task-list ac:task ac:task-body
    ac:layout ac:layout-section ac:layout-cell
    """
)
"""Containers that a heading after one of their blocks may stand below, or reach out of."""


def check(edit: Edit, number: int, there: int, matching: Matching) -> None:
    """Raise NotFound if an edit of block `number` of the base (-1: before it) changes what other text stands under."""
    base, current = matching.base, matching.current
    block, place = (base.page.blocks[number], current.page.blocks[there]) if number >= 0 else (None, None)
    if level := _level(edit, block):
        frame = ended(block) if block is not None and isinstance(edit, InsertAfter) else None
        now = counterpart(block, frame, place) if block is not None and place is not None else None
        if _section(base, number, level, frame) != _section(current, there, level, now):
            raise NotFound(
                f"the text after {_named(number)} was edited, and this edit would put it under another heading"
            )
    if block is None or place is None or isinstance(edit, InsertAfter) or not _is_header(block):
        return
    if _rows_after(base, number) != _rows_after(current, there):
        raise NotFound(
            f"rows of the table were edited, and this edit changes its header row, {_named(number)}"
        )


def _named(number: int) -> str:
    return f"block [{number + 1}]" if number >= 0 else "the beginning of the page"


def _level(edit: Edit, block: Block | None) -> int:
    """Return the highest level of a heading that an edit adds, takes away or moves to another level; 0 for none."""
    is_heading = block is not None and block.kind == "heading" and not isinstance(edit, InsertAfter)
    own = HEADINGS[block.found.name] if block is not None and is_heading else 0
    if isinstance(edit, Delete):
        return own
    pieces = render.read_markdown(edit.markdown)
    levels = [piece.level for piece in pieces if isinstance(piece, Heading)]
    if levels == [own] or (len(pieces) == 1 and isinstance(pieces[0], Paragraph)):
        return 0
    return min((level for level in (own, *levels) if level), default=0)


def _section(version: Version, number: int, level: int, frame: Container | None) -> list[int]:
    """Return what stands after a block, or after the list `frame`, up to the next heading of a level."""
    scope = _scope(version.page.blocks[number].found.container) if number >= 0 else None
    found: list[int] = []
    for block in version.page.blocks[number + 1 :]:
        if frame is not None and block.found.start < frame.node.end:
            continue
        if not _is_within(block.found.container, scope):
            break
        is_heading = block.kind == "heading" and _scope(block.found.container) is scope
        if is_heading and HEADINGS[block.found.name] <= level:
            break
        found.append(version.code(block.number))
    return found


def _scope(container: Container | None) -> Container | None:
    while container is not None and container.node.name in _NO_SCOPE:
        container = container.above
    return container


def _is_header(block: Block) -> bool:
    """Tell whether a block is a row that names the columns of its table, or the rows after it."""
    return block.kind == "table_row" and ("<td" not in block.source or "thead" in block.containers)


def _rows_after(version: Version, number: int) -> list[int]:
    """Return what stands in a table after one of its rows."""
    table = table_around(version.page.blocks[number].found.container)
    after = itertools.takewhile(
        lambda block: _is_within(block.found.container, table), version.page.blocks[number + 1 :]
    )
    return [version.code(block.number) for block in after]


def _is_within(container: Container | None, scope: Container | None) -> bool:
    while container is not scope and container is not None:
        container = container.above
    return container is scope
