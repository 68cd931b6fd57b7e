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
from common.storage_format.editing.emptied_containers import chain
from common.storage_format.edits import Delete, Edit, InsertAfter, Restore
from common.storage_format.from_markdown import render
from common.storage_format.from_markdown.blocks import Heading, Paragraph
from common.storage_format.page.block_path import table_around
from common.storage_format.page.boxes import is_box
from common.storage_format.page.page import Block, Page, parse
from common.storage_format.xml.nodes import Container
from common.storage_format.xml.vocabulary import HEADINGS, names

_NO_SCOPE = names(
    """
    ul ol li dl dd dt table thead tbody tfoot tr td th ac:task-list ac:task ac:task-body
    ac:layout ac:layout-section ac:layout-cell
    """
)
"""Containers that do not limit the section of a heading: it continues after them."""

_CAPTURES = "the text after {} was changed, and this edit would put that text under another heading"


def check_captured_text(edit: Edit, number: int, there: int, matcher: BlockMatcher) -> None:
    """Raise BlockNotFound if a replacement or deletion affects text below its block that changed since the base.

    `number` is the block in the base, `there` in the current version.
    """
    base, current = matcher.base, matcher.current
    block, place = base.page.blocks[number], current.page.blocks[there]
    level = _level(edit, block)
    if level and _section(base, block.span[1], level, block.node.container) != _section(
        current, place.span[1], level, place.node.container
    ):
        raise BlockNotFound(_CAPTURES.format(_named(base, number)))
    if _is_header(block) and _rows_after(base, number) != _rows_after(current, there):
        raise BlockNotFound(
            f"rows of the table were changed, and this edit would change their header row, {_named(base, number)}"
        )


def check_place(edit: InsertAfter, number: int, at: int, there: int, matcher: BlockMatcher) -> None:
    """Raise BlockNotFound if new text would stand in other boxes than on the base, or captures other text.

    `number` is a block in the base that it is inserted after (-1: the beginning of the page), `at` and `there` are the
    offsets of the new text in the base and in the current version.
    """
    base, current = matcher.base, matcher.current
    around, now = _containers(base.page, at), _containers(current.page, there)
    if [each.name for each in around if is_box(each)] != [each.name for each in now if is_box(each)]:
        raise BlockNotFound(
            f"the text after {_named(base, number)} would stand in another panel, expand or cell now"
        )
    level = _level(edit, None)
    if level and _section(base, at, level, around[0] if around else None) != _section(
        current, there, level, now[0] if now else None
    ):
        raise BlockNotFound(_CAPTURES.format(_named(base, number)))


def check_restored(edit: Restore, end: int, matcher: BlockMatcher) -> None:
    """Raise BlockNotFound if earlier text would put text that changed since the base under another heading or header.

    `end` is where the passage ends on the current version.
    """
    base, current = matcher.base, matcher.current
    gone, back = base.page.blocks_within(edit.start, edit.end), parse(edit.storage).blocks
    around, now = _containers(base.page, edit.end), _containers(current.page, end)
    levels = [
        [HEADINGS[block.node.name] for block in blocks if block.kind == "heading"] for blocks in (gone, back)
    ]
    level = 0 if levels[0] == levels[1] else min(level for each in levels for level in each)
    name = _named(base, gone[-1].number) if gone else "the passage"
    if level and _section(base, edit.end, level, around[0] if around else None) != _section(
        current, end, level, now[0] if now else None
    ):
        raise BlockNotFound(_CAPTURES.format(name))
    if any(map(_is_header, (*gone, *back))) and _rows_from(base, edit.end, around) != _rows_from(
        current, end, now
    ):
        raise BlockNotFound(f"rows of the table were changed, and this edit would change {name} above them")


def _rows_from(version: VersionIndex, at: int, around: list[Container]) -> list[int]:
    """Return the content codes of a table after an offset in it."""
    table = next((each for each in around if each.node.name == "table"), None)
    blocks = version.page.blocks_within(at, table.node.end) if table else ()
    return [version.code(block.number) for block in blocks]


def _containers(page: Page, at: int) -> list[Container]:
    """Return the containers around an offset, the innermost first."""
    after = next((block.number for block in page.blocks if block.node.start >= at), len(page.blocks))
    beside = [block.node.container for block in page.blocks[max(after - 1, 0) : after + 1]]
    found = (
        [each for each in chain(container) if each.node.start < at < each.node.end] for container in beside
    )
    return max(found, key=len, default=[])


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


def _section(version: VersionIndex, at: int, level: int, container: Container | None) -> list[int]:
    """Return the content codes after an offset in a container up to the next heading of `level` or above."""
    scope = _scope(container)
    found: list[int] = []
    for block in version.page.blocks:
        if block.node.start < at:
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
