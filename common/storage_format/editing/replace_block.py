"""New text fitted to the place it is aimed at: a list item becomes an item, cells stay in their row.

What takes the place of one block of the same kind keeps the start tag it had, with its attributes and ids.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from common.storage_format.errors import InvalidEdit
from common.storage_format.from_markdown import blocks as new
from common.storage_format.from_markdown.blocks import (
    Code,
    Definitions,
    Heading,
    Item,
    List,
    Paragraph,
    Piece,
    Quote,
    TaskIds,
)
from common.storage_format.page.page import Block, Page
from common.storage_format.xml import entities
from common.storage_format.xml.element_tree import Element, tree
from common.storage_format.xml.nodes import Container


def start_tag(element: Element, name: str = "") -> str:
    """Return the start tag of an element, open even if it was self-closing, perhaps under another name."""
    tag = element.source[element.start : element.opened]
    if tag.endswith("/>"):
        tag = tag[:-2].rstrip() + ">"
    return f"<{name}{tag[1 + len(element.name) :]}" if name else tag


def replacement(page: Page, block: Block, pieces: Sequence[Piece], task_ids: TaskIds) -> str:
    """Return the storage format that takes a block's place; raise InvalidEdit where it cannot."""
    if not pieces:
        raise InvalidEdit(f"nothing to put in the place of this {_called(block)}; to take it away, delete it")
    root = tree(page.source, *block.span)
    element = root.elements[0] if block.found.name else root
    one = pieces[0] if len(pieces) == 1 else None
    kind = block.kind
    if kind == "list_item":
        return _list_item(block, element, pieces, task_ids)
    if kind == "task":
        return _task(page, block, element, pieces, task_ids)
    if kind == "paragraph" and isinstance(one, Paragraph):
        return _line(element, one)
    if kind == "heading":
        return _heading(element, pieces, task_ids)
    if kind == "quote" and (isinstance(one, Quote) or all(isinstance(piece, Paragraph) for piece in pieces)):
        inner = one.pieces if isinstance(one, Quote) else pieces
        return f"{start_tag(element)}{new.storage(inner, task_ids)}</blockquote>"
    if kind == "code" and isinstance(one, Code):
        return _code(element, one)
    if kind in ("term", "definition"):
        return _definition(element, pieces, task_ids)
    return new.storage(pieces, task_ids)


def _called(block: Block) -> str:
    return block.kind.replace("_", " ")


def _line(element: Element, piece: Paragraph) -> str:
    """Return a paragraph in the form of the old one: in its element, or loose."""
    return f"{start_tag(element)}{piece.inline}</{element.name}>" if element.name else piece.inline


def _heading(element: Element, pieces: Sequence[Piece], task_ids: TaskIds) -> str:
    """Fit a heading: its attributes stay; a single line without `#` keeps its level too."""
    first = pieces[0]
    if isinstance(first, Heading):
        head = f"{start_tag(element, f'h{first.level}')}{first.inline}</h{first.level}>"
        return head + new.storage(pieces[1:], task_ids)
    if len(pieces) == 1 and isinstance(first, Paragraph):
        return _line(element, first)
    return new.storage(pieces, task_ids)


def items(pieces: Sequence[Piece]) -> tuple[Item, ...]:
    """Return pieces as items of a list: those of a list, or all of them in one item."""
    if len(pieces) == 1 and isinstance(pieces[0], List):
        return pieces[0].items
    return (Item(tuple(pieces)),)


def shaped(item: Item, wrap: bool, task_ids: TaskIds) -> str:
    """Return the content of an item with its paragraphs in elements (`wrap`) or, if it is one, loose."""
    if wrap:
        inner = tuple(
            Paragraph(piece.inline) if isinstance(piece, Paragraph) else piece for piece in item.pieces
        )
    elif sum(isinstance(piece, Paragraph) for piece in item.pieces) == 1 and isinstance(
        item.pieces[0], Paragraph
    ):
        inner = (Paragraph(item.pieces[0].inline, bare=True), *item.pieces[1:])
    else:
        inner = item.pieces
    return new.item_content(Item(inner, item.done), task_ids)


def _list_item(block: Block, element: Element, pieces: Sequence[Piece], task_ids: TaskIds) -> str:
    first, *others = items(pieces)
    if block.found.name != "li":
        wrap = element.name == "p"
        if wrap and len(first.pieces) == 1 and isinstance(first.pieces[0], Paragraph) and first.done is None:
            head = _line(element, first.pieces[0])
        else:
            head = shaped(first, wrap, task_ids)
        return head + "".join(f"</li><li>{shaped(item, wrap, task_ids)}" for item in others)
    paragraph = element.child("p")
    wrap = paragraph is not None
    content = shaped(first, wrap, task_ids)
    if paragraph is not None and content.startswith("<p>"):
        content = start_tag(paragraph) + content.removeprefix("<p>")
    rest = "".join(f"<li>{shaped(item, wrap, task_ids)}</li>" for item in others)
    return f"{start_tag(element)}{content}</li>{rest}"


def _task(page: Page, block: Block, element: Element, pieces: Sequence[Piece], task_ids: TaskIds) -> str:
    if not all(isinstance(piece, Paragraph | List) for piece in pieces):
        raise InvalidEdit("only a task fits in the place of a task: `- [ ] text` or `- [x] text`")
    first, *others = items(pieces)
    wrap = (element.name or (_body(element) or element).name) == "p"
    if block.found.name != "ac:task":
        if others:
            raise InvalidEdit(
                "this task holds others: one task fits in its place; insert the others after it"
            )
        if first.done is not None and first.done != _is_done(page, block.found.container):
            raise InvalidEdit("this task holds others: its text can be edited, its box cannot")
        inner = Item(first.pieces)
        if wrap and len(inner.pieces) == 1 and isinstance(inner.pieces[0], Paragraph):
            return _line(element, inner.pieces[0])
        return shaped(inner, wrap, task_ids)
    body, status = element.child("ac:task-body"), element.child("ac:task-status")
    if body is None:
        return "".join(new.task(item, task_ids) for item in (first, *others))
    wrap = body.child("p") is not None
    content = shaped(Item(first.pieces), wrap, task_ids)
    head = page.source[element.start : body.start]
    if first.done is not None and status is not None:
        done = "complete" if first.done else "incomplete"
        head = page.source[element.start : status.start] + f"{start_tag(status)}{done}</ac:task-status>"
        head += page.source[status.end : body.start]
    changed = f"{head}{start_tag(body)}{content}</ac:task-body>{page.source[body.end : element.end]}"
    return changed + "".join(new.task(item, task_ids) for item in others)


def _body(element: Element) -> Element | None:
    return element.child("ac:task-body")


def _is_done(page: Page, container: Container | None) -> bool | None:
    """Tell the state of the task around a block."""
    while container is not None and container.node.name != "ac:task-body":
        container = container.above
    if container is None:
        return None
    before = page.source[: container.node.start]
    status = re.search(r"<ac:task-status\s*>\s*(\w+)\s*</ac:task-status\s*>\s*$", before[-400:])
    return status[1] == "complete" if status else None


def _code(element: Element, code: Code) -> str:
    """Code in a code macro keeps what else the macro says; code in `pre` stays there."""
    if element.name == "pre":
        if code.language or code.title:
            return new.code_macro(code)
        return f"{start_tag(element)}{entities.escape(code.text)}</pre>"
    body = element.child("ac:plain-text-body")
    if body is None:
        return new.code_macro(code)
    source, at, out = element.source, element.start, ""
    language = next((p for p in _parameters(element) if p.attributes.get("ac:name") == "language"), None)
    if language is not None and code.language and code.language != language.words:
        out += source[at : language.start] + f"{start_tag(language)}{code.language}</ac:parameter>"
        at = language.end
    out += source[at : body.start]
    if language is None and code.language:
        out += new.parameter("language", code.language)
    return (
        f"{out}{start_tag(body)}{new.cdata(code.text)}</ac:plain-text-body>{source[body.end : element.end]}"
    )


def _parameters(element: Element) -> list[Element]:
    return [child for child in element.elements if child.name == "ac:parameter"]


def _definition(element: Element, pieces: Sequence[Piece], task_ids: TaskIds) -> str:
    if len(pieces) == 1 and isinstance(pieces[0], Paragraph):
        return f"{start_tag(element)}{pieces[0].inline}</{element.name}>"
    if len(pieces) == 1 and isinstance(pieces[0], Definitions):
        return new.storage(pieces, task_ids).removeprefix("<dl>").removesuffix("</dl>")
    if element.name == "dt":
        raise InvalidEdit("only one line of text fits in the place of a term")
    return f"{start_tag(element)}{new.storage(pieces, task_ids)}</dd>"
