"""Where a new heading goes that is inserted at the end of a panel or expand: after it, since it begins a section."""

from __future__ import annotations

from collections.abc import Sequence

from common.storage_format.editing.edit_box import end_of
from common.storage_format.editing.editor_place import PANELS, TRANSPARENT, fit_into, place_within, refusal
from common.storage_format.editing.emptied_containers import chain
from common.storage_format.errors import InvalidEdit
from common.storage_format.from_markdown import blocks as new
from common.storage_format.from_markdown.blocks import Heading, Piece, TaskIds
from common.storage_format.from_markdown.editor_shapes import misfit
from common.storage_format.page.page import Block, Page
from common.storage_format.xml.nodes import Container
from common.storage_format.xml.vocabulary import HEADINGS


def after_boxes(
    page: Page, block: Block, at: int, pieces: Sequence[Piece], task_ids: TaskIds
) -> tuple[int, str] | None:
    """Return the offset and the storage format of text with a heading that leaves panels and expands, else None.

    `at` is the offset where the text would go. A heading leaves each panel, and each expand without a heading of its
    level, that ends there. Raises InvalidEdit in the middle of a panel.
    """
    levels = [piece.level for piece in pieces if isinstance(piece, Heading)]
    left = _left(page, block, at, min(levels)) if levels else None
    if left is None:
        return None
    end, outside = end_of(left)
    fitted = fit_into(pieces, outside)
    if kind := misfit(fitted, place_within(outside)):
        raise refusal(kind, outside, "leave it out here and insert it after a block outside")
    return end, new.to_storage(fitted, task_ids)


def _left(page: Page, block: Block, at: int, level: int) -> Container | None:
    """Return the outermost panel or expand that a heading leaves."""
    left: Container | None = None
    for container in chain(block.node.container):
        node = container.node
        if not node.start < at < node.end or node.name in TRANSPARENT:
            continue
        inside = [each for each in page.blocks if node.start < each.node.start < node.end]
        is_last = inside[-1].node.start < at
        if container.name in PANELS:
            if not is_last and left is None:
                raise InvalidEdit(
                    "a heading cannot be in the middle of a panel; insert it after the panel, or write bold text"
                )
        elif container.name != "expand" or any(HEADINGS.get(each.node.name, 9) <= level for each in inside):
            break
        if not is_last:
            break
        left, at = container, node.end
    return left
