"""Boxes: containers that edits can name, with a number of their own in the outline.

A box is a panel, an expand or another macro with content, a quotation with blocks, or a cell of a layout. Its blocks
are consecutive.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from common.storage_format.xml.element_tree import parse_tree
from common.storage_format.xml.nodes import Container
from common.storage_format.xml.vocabulary import BOXES, MACROS

if TYPE_CHECKING:
    from common.storage_format.page.page import Page

_ELEMENTS = MACROS | {"ac:adf-extension", "blockquote", "ac:layout-cell"}


@dataclass(frozen=True)
class Box:
    """A box; `first` and `last` are the numbers of the first and last block in it."""

    id: str
    container: Container
    first: int
    last: int

    @property
    def name(self) -> str:
        """The name of the container, such as `expand`."""
        return self.container.name

    @property
    def span(self) -> tuple[int, int]:
        """Start and end in the source of the page, in characters."""
        return self.container.node.start, self.container.node.end

    @property
    def is_cell(self) -> bool:
        """Whether the box is a cell of a layout."""
        return self.container.node.name == "ac:layout-cell"

    @property
    def has_title(self) -> bool:
        """Whether the box may have a title that edits can change."""
        return self.container.name in BOXES and self.container.node.name in MACROS


def is_box(container: Container) -> bool:
    """Return whether a container is a box."""
    return container.node.name in _ELEMENTS


def find_boxes(page: Page) -> tuple[Box, ...]:
    """Return the boxes of a page in the order of their start tags."""
    found: dict[int, tuple[Container, int, int]] = {}
    for block in page.blocks:
        container = block.node.container
        while container is not None:
            if is_box(container):
                first = found.get(id(container.node), (container, block.number, 0))[1]
                found[id(container.node)] = container, first, block.number
            container = container.above
    boxes: list[Box] = []
    seen: dict[str, int] = {}
    for container, first, last in sorted(found.values(), key=lambda each: each[0].node.start):
        name = page.source_name(container.node.start, container.node.end)
        seen[name] = seen.get(name, 0) + 1
        boxes.append(Box(f"box-{name}-{seen[name]}", container, first, last))
    return tuple(boxes)


def box_title(page: Page, box: Box) -> str:
    """Return the title of a box, empty if it has none."""
    if box.container.node.name not in MACROS:
        return ""
    return parse_tree(page.source, *box.span).elements[0].parameter("title")
