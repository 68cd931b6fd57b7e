"""Detect edits of headings and header rows that would affect text the reviewer has not seen.

Adding, removing or changing a heading or header row also affects the text below it. The reviewer approved that for
the page version that was shown. If the text below was changed since then, the edit is a conflict.
"""

from __future__ import annotations

import itertools

from common.storage_format.editing.block_matching import (
    BlockMatcher,
    BlockNotFound,
    VersionIndex,
    quoted_text,
)
from common.storage_format.editing.list_end import list_ended_by, matching_container
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
"""Containers that do not limit the section of a heading: it continues after them."""


def check_captured_text(edit: Edit, number: int, there: int, matcher: BlockMatcher) -> None:
    """Raise BlockNotFound if an edit affects text below its block that changed since the base version.

    `number` is the block in the base, `there` in the current version; -1 is the beginning of the page.
    """
    base, current = matcher.base, matcher.current
    block, place = (base.page.blocks[number], current.page.blocks[there]) if number >= 0 else (None, None)
    if level := _level(edit, block):
        ended_list = list_ended_by(block) if block is not None and isinstance(edit, InsertAfter) else None
        now = (
            matching_container(block, ended_list, place) if block is not None and place is not None else None
        )
        if _section(base, number, level, ended_list) != _section(current, there, level, now):
            raise BlockNotFound(
                f"the text after {_named(base, number)} was changed, and this edit would put that text under another "
                "heading"
            )
    if block is None or place is None or isinstance(edit, InsertAfter) or not _is_header(block):
        return
    if _rows_after(base, number) != _rows_after(current, there):
        raise BlockNotFound(
            f"rows of the table were changed, and this edit would change their header row, {_named(base, number)}"
        )


def _named(base: VersionIndex, number: int) -> str:
    return quoted_text(base.page, number) if number >= 0 else "the beginning of the page"


def _level(edit: Edit, block: Block | None) -> int:
    """Return the lowest level number of headings that an edit adds, deletes or moves to another level; 0 if none."""
    is_heading = block is not None and block.kind == "heading" and not isinstance(edit, InsertAfter)
    own = HEADINGS[block.node.name] if block is not None and is_heading else 0
    if isinstance(edit, Delete):
        return own
    pieces = render.read_markdown(edit.markdown)
    levels = [piece.level for piece in pieces if isinstance(piece, Heading)]
    if levels == [own] or (len(pieces) == 1 and isinstance(pieces[0], Paragraph)):
        return 0
    return min((level for level in (own, *levels) if level), default=0)


def _section(version: VersionIndex, number: int, level: int, ended_list: Container | None) -> list[int]:
    """Return the content codes after a block (or after `ended_list`) up to the next heading of `level` or above."""
    scope = _scope(version.page.blocks[number].node.container) if number >= 0 else None
    found: list[int] = []
    for block in version.page.blocks[number + 1 :]:
        if ended_list is not None and block.node.start < ended_list.node.end:
            continue
        if not _is_within(block.node.container, scope):
            break
        is_heading = block.kind == "heading" and _scope(block.node.container) is scope
        if is_heading and HEADINGS[block.node.name] <= level:
            break
        found.append(version.code(block.number))
    return found


def _scope(container: Container | None) -> Container | None:
    while container is not None and container.node.name in _NO_SCOPE:
        container = container.above
    return container


def _is_header(block: Block) -> bool:
    """Return whether a block is a header row of its table, or of the rows after it."""
    return block.kind == "table_row" and ("<td" not in block.source or "thead" in block.containers)


def _rows_after(version: VersionIndex, number: int) -> list[int]:
    """Return the content codes of a table after one of its rows."""
    table = table_around(version.page.blocks[number].node.container)
    after = itertools.takewhile(
        lambda block: _is_within(block.node.container, table), version.page.blocks[number + 1 :]
    )
    return [version.code(block.number) for block in after]


def _is_within(container: Container | None, scope: Container | None) -> bool:
    while container is not scope and container is not None:
        container = container.above
    return container is scope
