"""Replace a block with new text in the form of the block: text for a list item becomes an item, and so on.

A replacement of the same kind keeps the start tag of the block, with its attributes and ids.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from common.storage_format.editing.editor_place import fit_into, place_within, refusal
from common.storage_format.edits import Token
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
from common.storage_format.from_markdown.editor_shapes import Place, fit_pieces, kind_of, misfit
from common.storage_format.page.page import Block, Page
from common.storage_format.to_markdown.describe_opaque import describe_element
from common.storage_format.xml import entities
from common.storage_format.xml.element_tree import Element, parse_tree
from common.storage_format.xml.nodes import Container
from common.storage_format.xml.vocabulary import CODE_MACROS, MACROS

_FENCE = re.compile(r"^[ >]*(?:[-*+] |\d{1,9}[.)] )?[ ]*(?:`{3}|~{3})", re.MULTILINE)
_CODE_MARGIN = 4
_NEW_CODE = re.compile(
    r'<ac:structured-macro ac:name="code">(?:<ac:parameter [^>]*>[^<]*</ac:parameter>)*'
    r"<ac:plain-text-body>(?:<!\[CDATA\[.*?\]\]>)*</ac:plain-text-body></ac:structured-macro>",
    re.DOTALL,
)


def start_tag(element: Element, name: str = "") -> str:
    """Return the start tag of an element, opened if it was self-closing, and with another name if given."""
    tag = element.source[element.start : element.opened]
    if tag.endswith("/>"):
        tag = tag[:-2].rstrip() + ">"
    return f"<{name}{tag[1 + len(element.name) :]}" if name else tag


def replacement(
    page: Page, block: Block, pieces: Sequence[Piece], task_ids: TaskIds, markdown: str = ""
) -> str:
    """Return the storage format that replaces a block; raise InvalidEdit if the pieces do not fit there.

    `markdown` is the text that the pieces were read from: without a fence, it is the new text of a block of code.
    """
    is_code = block.kind == "code" and bool(markdown.strip()) and not _FENCE.search(markdown)
    if not pieces and not is_code:
        raise InvalidEdit(f"the new text of this {_called(block)} is empty; to remove the block, delete it")
    root = parse_tree(page.source, *block.span)
    element = root.elements[0] if block.node.name else root
    kind = block.kind
    if kind == "list_item":
        return _list_item(block, element, pieces, task_ids)
    if kind == "task":
        return _task(page, block, element, pieces, task_ids)
    if kind in ("term", "definition"):
        return _definition(element, pieces, task_ids)
    if is_code:
        return _code(element, Code(_without_margin(markdown)))
    pieces = _fitted(block, pieces)
    one = pieces[0] if len(pieces) == 1 else None
    if kind == "paragraph" and isinstance(one, Paragraph):
        return _line(element, one)
    if kind == "heading":
        return _heading(element, pieces, task_ids)
    if kind == "quote" and (isinstance(one, Quote) or all(isinstance(piece, Paragraph) for piece in pieces)):
        inner = one.pieces if isinstance(one, Quote) else pieces
        return f"{start_tag(element)}{new.to_storage(inner, task_ids)}</blockquote>"
    if kind == "code":
        return _around_code(element, pieces, task_ids)
    return new.to_storage(pieces, task_ids)


def _fitted(block: Block, pieces: Sequence[Piece]) -> Sequence[Piece]:
    """Return pieces rewritten for the block's container; raise InvalidEdit if it cannot hold one of a new kind."""
    container = block.node.container
    fitted = fit_into(pieces, container)
    if block.kind == "quote" and place_within(container) is Place.QUOTE:
        return pieces
    new_kinds = [piece for piece in fitted if kind_of(piece) != block.kind]
    if kind := misfit(new_kinds, place_within(container)):
        raise refusal(kind, container, "leave it out here and insert it after a block outside")
    return fitted


def _called(block: Block) -> str:
    return block.kind.replace("_", " ")


def _line(element: Element, piece: Paragraph) -> str:
    """Return a paragraph in the form of the old one: in its element, or as loose text."""
    return f"{start_tag(element)}{piece.inline}</{element.name}>" if element.name else piece.inline


def _heading(element: Element, pieces: Sequence[Piece], task_ids: TaskIds) -> str:
    """Replace a heading: its attributes stay; a single line without `#` keeps its level too."""
    first = pieces[0]
    if isinstance(first, Heading):
        head = f"{start_tag(element, f'h{first.level}')}{first.inline}</h{first.level}>"
        return head + new.to_storage(pieces[1:], task_ids)
    if len(pieces) == 1 and isinstance(first, Paragraph):
        return _line(element, first)
    return new.to_storage(pieces, task_ids)


def as_items(pieces: Sequence[Piece]) -> tuple[Item, ...]:
    """Return pieces as list items: the items of a single list, or one item that holds all pieces."""
    if len(pieces) == 1 and isinstance(pieces[0], List):
        return pieces[0].items
    return (Item(tuple(pieces)),)


def shaped_item(item: Item, wrap: bool, task_ids: TaskIds) -> str:
    """Return the content of an item, its paragraphs in `<p>` (`wrap`) or, if there is only one, as loose text."""
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
    first, *others = _held_items(block, pieces)
    if block.node.name != "li":
        wrap = element.name == "p"
        if wrap and len(first.pieces) == 1 and isinstance(first.pieces[0], Paragraph) and first.done is None:
            head = _line(element, first.pieces[0])
        else:
            head = shaped_item(first, wrap, task_ids)
        return head + "".join(f"</li><li>{shaped_item(item, wrap, task_ids)}" for item in others)
    paragraph = element.child("p")
    wrap = paragraph is not None
    content = shaped_item(first, wrap, task_ids)
    if paragraph is not None and content.startswith("<p>"):
        content = start_tag(paragraph) + content.removeprefix("<p>")
    rest = "".join(f"<li>{shaped_item(item, wrap, task_ids)}</li>" for item in others)
    return f"{start_tag(element)}{content}</li>{rest}"


def _held_items(block: Block, pieces: Sequence[Piece]) -> tuple[Item, ...]:
    """Return pieces as items that a list can hold; raise InvalidEdit if they hold anything else."""
    items = as_items(fit_pieces(pieces, Place.ITEM))
    fitted = fit_pieces([List(items)])
    if len(fitted) == 1 and isinstance(fitted[0], List):
        return fitted[0].items
    kind = misfit(fitted, Place.ITEM) or "text"
    raise refusal(
        kind,
        block.node.container,
        "leave it out here and insert it after the item: it is put below or between",
    )


def as_tasks(pieces: Sequence[Piece]) -> List:
    """Return pieces as a task list: the items of a single list, or one task that holds all pieces."""
    return List(tuple(Item(item.pieces, bool(item.done)) for item in as_items(pieces)))


def _task(page: Page, block: Block, element: Element, pieces: Sequence[Piece], task_ids: TaskIds) -> str:
    if not all(isinstance(piece, Paragraph | List) for piece in pieces):
        raise InvalidEdit("a task can only be replaced by a task: `- [ ] text` or `- [x] text`")
    fitted = fit_pieces([as_tasks(pieces)])
    if len(fitted) != 1 or not isinstance(fitted[0], List):
        kind = misfit(fitted, Place.TASK) or "text"
        raise refusal(kind, block.node.container, "leave it out here and insert it after the last task")
    marked = as_items(pieces)
    first, *others = (
        Item(held.pieces, given.done) for held, given in zip(fitted[0].items, marked, strict=True)
    )
    wrap = (element.name or (_body(element) or element).name) == "p"
    if block.node.name != "ac:task":
        if others:
            raise InvalidEdit(
                "this task contains other tasks, so only one task can replace it; insert the others after it"
            )
        if first.done is not None and first.done != _is_done(page, block.node.container):
            raise InvalidEdit("this task contains other tasks: its text can be edited, its checkbox cannot")
        inner = Item(first.pieces)
        if wrap and len(inner.pieces) == 1 and isinstance(inner.pieces[0], Paragraph):
            return _line(element, inner.pieces[0])
        return shaped_item(inner, wrap, task_ids)
    body, status = element.child("ac:task-body"), element.child("ac:task-status")
    if body is None:
        return "".join(new.task(item, task_ids) for item in (first, *others))
    wrap = body.child("p") is not None
    content = shaped_item(Item(first.pieces), wrap, task_ids)
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
    """Return whether the task around a block is done; None if unknown."""
    while container is not None and container.node.name != "ac:task-body":
        container = container.above
    if container is None:
        return None
    before = page.source[: container.node.start]
    status = re.search(r"<ac:task-status\s*>\s*(\w+)\s*</ac:task-status\s*>\s*$", before[-400:])
    return status[1] == "complete" if status else None


def _without_margin(text: str) -> str:
    """Return lines without those at the edges that are empty, and without an indentation that all have in common."""
    lines = text.rstrip().split("\n")
    while lines and not lines[0].strip():
        del lines[0]
    margin = min((len(line) - len(line.lstrip(" ")) for line in lines if line.strip()), default=0)
    return "\n".join(line[margin:] for line in lines) if margin >= _CODE_MARGIN else "\n".join(lines)


def keep_code(old: Element, text: str) -> tuple[str, tuple[Token, ...]]:
    """Return new text with its blocks of code as those of the old block, and those of them that are gone.

    They keep their parameters and ids: each by its order if there are as many as before, else by its content.
    """
    models = [
        one for one in old.below() if one.name in MACROS and one.attributes.get("ac:name") in CODE_MACROS
    ]
    if not models:
        return text, ()
    written = [_read_code(match[0]) for match in _NEW_CODE.finditer(text)]
    if len(written) == len(models):
        made = iter([_code(model, code) for model, code in zip(models, written, strict=True)])
        return _NEW_CODE.sub(lambda match: next(made), text), ()
    left = list(models)

    def kept(match: re.Match[str]) -> str:
        same = next(
            (model for model in left if _read_code(model.markup).text == _read_code(match[0]).text), None
        )
        if same is None:
            return match[0]
        left.remove(same)
        return same.markup

    text = _NEW_CODE.sub(kept, text)
    return text, tuple(describe_element(model) for model in left)


def _read_code(markup: str) -> Code:
    element = parse_tree(markup).elements[0]
    body = element.child("ac:plain-text-body")
    return Code(body.text if body else "", element.parameter("language"), element.parameter("title"))


def _around_code(element: Element, pieces: Sequence[Piece], task_ids: TaskIds) -> str:
    """Replace code by pieces: the first block of code among them takes its place, what is around it is new."""
    place = next((number for number, piece in enumerate(pieces) if isinstance(piece, Code)), None)
    code = pieces[place] if place is not None else None
    if place is None or not isinstance(code, Code):
        raise InvalidEdit(
            "code inside other text cannot be in the place of a block of code; write the fence at the start of a line"
        )
    before, behind = (new.to_storage(part, task_ids) for part in (pieces[:place], pieces[place + 1 :]))
    return f"{before}{_code(element, code)}{behind}"


def _code(element: Element, code: Code) -> str:
    """Replace code: a code macro keeps its other parameters and ids, `pre` stays `pre`."""
    if element.name == "pre":
        if code.language or code.title:
            return new.code_macro(code)
        return f"{start_tag(element)}{entities.escape_text(code.text)}</pre>"
    body = element.child("ac:plain-text-body")
    if body is None:
        return new.code_macro(code)
    source, at, out = element.source, element.start, ""
    written = {"language": code.language, "title": code.title}
    for given in _parameters(element):
        value = written.pop(given.attributes.get("ac:name", ""), "")
        if value and value != given.collapsed_text and given.opened < given.end:
            out += f"{source[at : given.opened]}{entities.escape_text(value)}</ac:parameter>"
            at = given.end
    out += source[at : body.start] + "".join(new.parameter(*item) for item in written.items() if item[1])
    return (
        f"{out}{start_tag(body)}{new.cdata(code.text)}</ac:plain-text-body>{source[body.end : element.end]}"
    )


def _parameters(element: Element) -> list[Element]:
    return [child for child in element.elements if child.name == "ac:parameter"]


def _definition(element: Element, pieces: Sequence[Piece], task_ids: TaskIds) -> str:
    if len(pieces) == 1 and isinstance(pieces[0], Paragraph):
        return f"{start_tag(element)}{pieces[0].inline}</{element.name}>"
    if len(pieces) == 1 and isinstance(pieces[0], Definitions):
        return new.to_storage(pieces, task_ids).removeprefix("<dl>").removesuffix("</dl>")
    if element.name == "dt":
        raise InvalidEdit("a term can only be replaced by one line of text")
    return f"{start_tag(element)}{new.to_storage(pieces, task_ids)}</dd>"
