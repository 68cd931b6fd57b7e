"""Insert new text after a block: where it goes, and in what form (items after items, tasks after tasks)."""

from __future__ import annotations

import re
from collections.abc import Sequence

from common.storage_format.editing.editor_place import (
    end_of_containers,
    fit_into,
    place_within,
    refusal,
    split_tags,
)
from common.storage_format.editing.replace_block import as_items, as_tasks, shaped_item
from common.storage_format.errors import InvalidEdit
from common.storage_format.from_markdown import blocks as new
from common.storage_format.from_markdown.blocks import (
    Definitions,
    Heading,
    Item,
    List,
    Paragraph,
    Piece,
    TaskIds,
)
from common.storage_format.from_markdown.editor_shapes import Place, fit_pieces, misfit
from common.storage_format.page.page import Block, Page
from common.storage_format.xml.block_scanner import MARKUP
from common.storage_format.xml.nodes import Container, Node


def insertion(
    page: Page, block: Block | None, pieces: Sequence[Piece], task_ids: TaskIds, ended_list: Container | None
) -> tuple[int, str]:
    """Return the offset and the storage format of new text after a block; raise InvalidEdit if it does not fit there.

    Text that is not an item goes below `ended_list`, the list whose last block this is (see `list_end`). Text that
    the block's container cannot hold goes after the container if the block is its last.
    """
    if not pieces:
        raise InvalidEdit("the text to insert is empty")
    if block is None:
        return page_start(page), new.to_storage(fit_pieces(pieces), task_ids)
    node, container = block.node, block.node.container
    if block.kind == "list_item":
        item = node if node.name == "li" else _nearest(container, "li")
        if item is not None:
            return _after_item(page, item, container, pieces, task_ids, ended_list)
    if block.kind == "task":
        task = node if node.name == "ac:task" else _nearest(container, "ac:task-body")
        return _after_task(task, container, pieces, task_ids, ended_list)
    if block.kind in ("term", "definition"):
        return _after_definition(block, pieces, task_ids, ended_list)
    fitted = fit_into(pieces, container)
    kind = misfit(fitted, place_within(container))
    if not kind:
        return block.span[1], new.to_storage(fitted, task_ids)
    behind = end_of_containers(page, block, pieces)
    if behind is None:
        raise refusal(kind, container, "leave it out here and insert it after a block outside")
    return behind[0], new.to_storage(behind[1], task_ids)


def _after_definition(
    block: Block, pieces: Sequence[Piece], task_ids: TaskIds, ended_list: Container | None
) -> tuple[int, str]:
    """Insert definitions into the list of a term or definition, and other text below that list if it ends here."""
    if len(pieces) == 1 and isinstance(pieces[0], Definitions):
        return block.span[1], new.to_storage(pieces, task_ids).removeprefix("<dl>").removesuffix("</dl>")
    if ended_list is None:
        raise InvalidEdit(
            "between terms and definitions only a term with its definition can be inserted: a line with the term, "
            "then a line `: definition`"
        )
    return below(ended_list, pieces, task_ids)


def below(ended_list: Container, pieces: Sequence[Piece], task_ids: TaskIds) -> tuple[int, str]:
    """Return the offset and the storage format of text below a list or table; raise InvalidEdit if it does not fit."""
    fitted = fit_into(pieces, ended_list.above)
    if kind := misfit(fitted, place_within(ended_list.above)):
        raise refusal(kind, ended_list.above, "leave it out here and insert it after a block outside")
    return ended_list.node.end, new.to_storage(fitted, task_ids)


def page_start(page: Page) -> int:
    """Return the offset of text before the first block: before its outermost container, but inside layouts."""
    if not page.blocks:
        tags = MARKUP.finditer(page.source)
        cells = (tag for tag in tags if tag[1] == "ac:layout-cell" and not tag[0].endswith("/>"))
        return next((cell.end() for cell in cells), 0)
    block = page.blocks[0]
    outermost = block.node.start
    container = block.node.container
    while container is not None and not container.node.name.startswith("ac:layout"):
        outermost = min(outermost, container.node.start)
        container = container.above
    return outermost


def _nearest(container: Container | None, name: str) -> Node | None:
    while container is not None:
        if container.node.name == name:
            return container.node
        container = container.above
    return None


def _after_item(
    page: Page,
    item: Node,
    container: Container | None,
    pieces: Sequence[Piece],
    task_ids: TaskIds,
    ended_list: Container | None,
) -> tuple[int, str]:
    """Insert text after an item: items as items, other blocks below the list if it ends here.

    Between items, a paragraph or heading is refused, code becomes an item, and what a list cannot hold splits the list.
    """
    wrap = re.match(r"<li[^>]*>\s*<p[\s>]", page.source[item.start : item.end][:2000]) is not None
    fitted = fit_pieces(pieces, Place.ITEM)
    kind = misfit(fitted, Place.ITEM)
    if not kind and all(isinstance(piece, List) for piece in fitted):
        rest = as_items(fitted)
        return item.end, "".join(f"<li>{shaped_item(one, wrap, task_ids)}</li>" for one in rest)
    if ended_list is not None:
        return below(ended_list, pieces, task_ids)
    if text := next((piece for piece in pieces if isinstance(piece, Paragraph | Heading)), None):
        name = "a heading" if isinstance(text, Heading) else "a paragraph"
        raise InvalidEdit(
            f"{name} cannot be in between the items of a list; write it as an item (`- text`), or insert it after the "
            "last item of the outermost list: there it stands after the list"
        )
    if not kind:
        return item.end, f"<li>{shaped_item(Item(fitted), wrap, task_ids)}</li>"
    return _between_items(page, item, container, pieces, task_ids)


def _between_items(
    page: Page, item: Node, container: Container | None, pieces: Sequence[Piece], task_ids: TaskIds
) -> tuple[int, str]:
    """Insert text between two items of a list, with the tags that end the list before it and begin it again."""
    while container is not None and item not in container.node.children:
        container = container.above
    outside = container.above if container is not None else None
    place = place_within(outside)
    fitted = fit_into(pieces, outside)
    kind = misfit(fitted, place)
    if container is None or place in (Place.ITEM, Place.TASK) or kind:
        kind = misfit(fitted, Place.ITEM) or kind
        raise refusal(kind, container, "insert it after the last item of the outermost list, where it fits")
    text = new.to_storage(fitted, task_ids)
    if container.node.children[-1] is item:
        return container.node.end, text
    closing, opening = split_tags(page, container, item.end)
    return item.end, f"{closing}{text}{opening}"


def _after_task(
    task: Node | None,
    container: Container | None,
    pieces: Sequence[Piece],
    task_ids: TaskIds,
    ended_list: Container | None,
) -> tuple[int, str]:
    tasks = _nearest(container, "ac:task-list")
    if task is None or tasks is None:
        raise InvalidEdit("nothing can be inserted after this task")
    if task.name == "ac:task-body":
        task = next(node for node in tasks.children if task in node.children)
    items = fit_pieces([as_tasks(pieces)]) if all(isinstance(piece, List) for piece in pieces) else ()
    if len(items) == 1 and isinstance(items[0], List):
        return task.end, "".join(new.task(item, task_ids) for item in items[0].items)
    if ended_list is not None:
        return below(ended_list, pieces, task_ids)
    raise InvalidEdit(
        "between tasks only a task can be inserted: `- [ ] text`; put other text after the last task"
    )
