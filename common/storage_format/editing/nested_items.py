"""Items inserted below an item, one level deeper: `  - nested` after an item makes it a child of that item."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from common.storage_format.editing.editor_place import fit_into, place_within, refusal
from common.storage_format.editing.replace_block import shaped_item
from common.storage_format.errors import InvalidEdit
from common.storage_format.from_markdown import blocks as new
from common.storage_format.from_markdown.blocks import List, Piece, TaskIds
from common.storage_format.from_markdown.editor_shapes import misfit
from common.storage_format.page.page import Block, Page
from common.storage_format.xml.nodes import Container, Node

_INDENTED = re.compile(r"\A\s*^([ \t]+)(?=(?:[-*+]|\d{1,9}[.)]) )", re.MULTILINE)
_STEP = 2
"""Spaces by which the outline indents each level of a list (nested tasks not at all); this many or more nest."""
_LISTS = ("ul", "ol", "ac:task-list")
_BODIES = {"li": "li", "ac:task": "ac:task-body"}


class IndentedItems(NamedTuple):
    """Markdown without the indentation of its first item; `is_nested` if that is deeper than the block's own."""

    markdown: str
    is_nested: bool


def indented_items(block: Block, markdown: str) -> IndentedItems:
    """Read the indentation of items that are inserted after an item or task; other text is unchanged."""
    found = _INDENTED.match(markdown.expandtabs(4)) if block.kind in ("list_item", "task") else None
    if found is None:
        return IndentedItems(markdown, False)
    indent = len(found[1])
    lines = markdown.expandtabs(4).split("\n")
    moved = "\n".join(line[min(indent, len(line) - len(line.lstrip(" "))) :] for line in lines)
    levels = sum(name in ("ul", "ol") for name in block.containers) if block.kind == "list_item" else 1
    return IndentedItems(moved, indent >= _STEP * levels)


def below_item(page: Page, block: Block, pieces: Sequence[Piece], task_ids: TaskIds) -> tuple[int, str]:
    """Return the offset and the storage format of a list in an item: its new first items, or a list of its own."""
    container = block.node.container
    own = block.node.name in _BODIES
    inside = container if not own else Container(block.node.name.removeprefix("ac:"), block.node, container)
    fitted = fit_into(pieces, inside)
    if kind := misfit(fitted, place_within(inside)):
        raise refusal(kind, inside, "leave it out here and insert it after the last item of the list")
    if own:
        end = page.source.rfind(f"</{_BODIES[block.node.name]}", block.node.start, block.node.end)
        if end < 0:
            raise InvalidEdit("nothing can be nested in this item; replace it by an item with nested items")
        return end, new.to_storage(fitted, task_ids)
    nested = _first_list(block, container)
    if nested is None or not _continues(nested, fitted):
        return block.span[1], new.to_storage(fitted, task_ids)
    wrap = re.match(r"\s*<li[^>]*>\s*<p[\s>]", page.source[nested.opened : nested.closed][:2000]) is not None
    items = [item for piece in fitted if isinstance(piece, List) for item in piece.items]
    if nested.name == "ac:task-list":
        return nested.opened, "".join(new.task(item, task_ids) for item in items)
    return nested.opened, "".join(f"<li>{shaped_item(item, wrap, task_ids)}</li>" for item in items)


def _first_list(block: Block, container: Container | None) -> Node | None:
    """Return the list that begins right after the own text of an item."""
    children = container.node.children if container is not None else []
    following = next((child for child in children if child.start >= block.span[1]), None)
    return following if following is not None and following.name in _LISTS else None


def _continues(nested: Node, pieces: Sequence[Piece]) -> bool:
    """Return whether all pieces are lists of the same kind as a list of the page."""
    return all(isinstance(piece, List) and _name(piece) == nested.name for piece in pieces)


def _name(piece: List) -> str:
    if piece.is_tasks:
        return "ac:task-list"
    return "ul" if piece.start is None else "ol"
