"""The list or table whose last item or row a block is: other text inserted after the block goes below it."""

from __future__ import annotations

from common.storage_format.page.page import Block
from common.storage_format.xml.nodes import Container, Node, table_rows

_LIST_ELEMENTS = {"task": "ac:task-list", "term": "dl", "definition": "dl", "table_row": "table"}


def list_ended_by(block: Block) -> Container | None:
    """Return the list or table whose last block this is (of nested lists the outermost), or None."""
    if block.kind == "list_item":
        return _outermost_list(block)
    name = _LIST_ELEMENTS.get(block.kind, "")
    ended_list = _nearest(block.node.container, name)
    if ended_list is None:
        return None
    parts = table_rows(ended_list.node) if name == "table" else ended_list.node.children
    is_last = parts and parts[-1].start <= block.node.start and block.node.end <= parts[-1].end
    return ended_list if is_last else None


def matching_container(block: Block, ended_list: Container | None, place: Block) -> Container | None:
    """Return the list or table around `place` that corresponds to `ended_list` around `block`, or None."""
    around, above = block.node.container, place.node.container
    while ended_list is not None and around is not ended_list and around is not None and above is not None:
        around, above = around.above, above.above
    if ended_list is None or above is None or _kind(above) != _kind(ended_list):
        return None
    return above


def _kind(container: Container) -> str:
    """Return the kind of a list or table; bulleted and numbered lists are the same kind."""
    return "list" if container.node.name in ("ul", "ol") else container.node.name


def _nearest(container: Container | None, name: str) -> Container | None:
    while container is not None and container.node.name != name:
        container = container.above
    return container


def _outermost_list(block: Block) -> Container | None:
    container = block.node.container
    around = _nearest(container, "li")
    item = block.node if block.node.name == "li" or around is None else around.node
    last: Node = item
    end: Container | None = None
    while container is not None:
        node = container.node
        if node is not item:
            if node.name not in ("ul", "ol", "li"):
                break
            if not node.children or node.children[-1] is not last:
                return None
            last = node
            if node.name != "li":
                end = container
        container = container.above
    return end
