"""Edits of a box as a whole: text after it, its title, its deletion (`page.boxes` says what a box is)."""

from __future__ import annotations

import re
from collections.abc import Sequence

from common.storage_format.editing.editor_place import fit_into, place_within, refusal
from common.storage_format.errors import InvalidEdit
from common.storage_format.from_markdown import blocks as new
from common.storage_format.from_markdown import inline
from common.storage_format.from_markdown.blocks import Heading, Paragraph, Piece, TaskIds
from common.storage_format.from_markdown.editor_shapes import misfit
from common.storage_format.page.boxes import Box
from common.storage_format.page.page import Page
from common.storage_format.xml import entities
from common.storage_format.xml.element_tree import parse_tree
from common.storage_format.xml.nodes import Container

_SHOWN = re.compile(r"\s*(?:\[\d+\]\s*)?⟨\s*(?:[\w-]+\s*:)?\s*(.*?)\s*⟩\s*")
_SECTION = ' ac:type="fixed-width" ac:breakout-mode="default"'
_OLD_SECTION = ' ac:type="single"'


def text_after_box(page: Page, box: Box, pieces: Sequence[Piece], task_ids: TaskIds) -> tuple[int, str]:
    """Return the offset and the storage format of new text after a box; raise InvalidEdit if it does not fit there.

    After a cell of a layout the text stands below all cells beside it, in a section of its own.
    """
    if not pieces:
        raise InvalidEdit("the text to insert is empty")
    if box.is_cell:
        return _below_section(page, box, pieces, task_ids)
    at, outside = end_of(box.container)
    fitted = fit_into(pieces, outside)
    if kind := misfit(fitted, place_within(outside)):
        raise refusal(kind, outside, "leave it out here and insert it after a block outside")
    return at, new.to_storage(fitted, task_ids)


def end_of(container: Container) -> tuple[int, Container | None]:
    """Return the offset after a container and the container that it is in; a paragraph that wraps it ends there too."""
    node, outside = container.node, container.above
    while outside is not None and outside.node.name == "p":
        if outside.node.children[-1] is not node:
            raise InvalidEdit(
                "nothing can be inserted between the macros of one paragraph; insert it after the last"
            )
        node, outside = outside.node, outside.above
    return node.end, outside


def _below_section(page: Page, cell: Box, pieces: Sequence[Piece], task_ids: TaskIds) -> tuple[int, str]:
    section = cell.container.above
    if section is None or section.node.name != "ac:layout-section":
        raise InvalidEdit("nothing can be inserted after this cell; insert it after a block in it")
    is_old = "fixed-width" not in page.source and 'ac:type="' in page.source
    attributes = _OLD_SECTION if is_old else _SECTION
    text = new.to_storage(fit_into(pieces, None), task_ids)
    return (
        section.node.end,
        f"<ac:layout-section{attributes}><ac:layout-cell>{text}</ac:layout-cell></ac:layout-section>",
    )


def new_title(page: Page, box: Box, pieces: Sequence[Piece]) -> tuple[int, int, str]:
    """Return the span of a box's title and its new storage format; raise InvalidEdit if it can have none."""
    if not box.has_title:
        raise InvalidEdit(
            f"this {box.name} has no title that can be changed; edit its blocks, or delete it and insert other text"
        )
    first = pieces[0] if len(pieces) == 1 else None
    if not isinstance(first, Paragraph | Heading) or "<br />" in first.inline:
        raise InvalidEdit(
            f"the new text of this {box.name} is its title, one line; edit the text in it by its blocks"
        )
    words = " ".join(inline.plain(first.inline).split())
    if not words:
        raise InvalidEdit("the new title is empty")
    macro = parse_tree(page.source, *box.span).elements[0]
    for parameter in macro.elements:
        if parameter.name == "ac:parameter" and parameter.attributes.get("ac:name") == "title":
            if parameter.collapsed_text == words:
                return parameter.start, parameter.end, parameter.markup
            tag = page.source[parameter.start : parameter.opened].removesuffix(">").removesuffix("/").rstrip()
            return parameter.start, parameter.end, f"{tag}>{entities.escape_text(words)}</ac:parameter>"
    return macro.opened, macro.opened, new.parameter("title", words)


def title_text(markdown: str) -> str:
    """Return a title without the mark in which the outline shows it."""
    shown = _SHOWN.fullmatch(markdown)
    return shown[1] if shown else markdown
