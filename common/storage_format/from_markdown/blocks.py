"""Pieces: new text between Markdown and storage format, as typed blocks.

An edit needs the structure of its text: text for a list item becomes its content, a table row needs cells. So
Markdown is parsed into pieces, and pieces become storage format, either as a whole (`to_storage`) or fitted to the
edited block (`editing`). Inline content is already storage format (`Inline`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeAlias

from common.storage_format.errors import MalformedStorage
from common.storage_format.xml import entities
from common.storage_format.xml.wellformed import check_wellformed

Inline: TypeAlias = str
TaskIds: TypeAlias = Callable[[], int]

_PARAGRAPH_BREAK = re.compile(r"\s*<br />\s*<br />\s*")


@dataclass(frozen=True)
class Paragraph:
    """A line of text. `bare` means without a `<p>`, as in a tight list."""

    inline: Inline
    bare: bool = False


@dataclass(frozen=True)
class Heading:
    """A heading of `level` 1 to 6."""

    level: int
    inline: Inline


@dataclass(frozen=True)
class Item:
    """A list item; `done` is None if it is not a task."""

    pieces: tuple[Piece, ...]
    done: bool | None = None


@dataclass(frozen=True)
class List:
    """A list; `start` is the first number of an ordered list, None for other lists."""

    items: tuple[Item, ...]
    start: int | None = None

    @property
    def is_tasks(self) -> bool:
        """Return whether every item is a task."""
        return self.start is None and all(item.done is not None for item in self.items)


@dataclass(frozen=True)
class Cell:
    """A cell of a table; `align` is left, center, right or empty."""

    inline: Inline
    align: str = ""


@dataclass(frozen=True)
class Table:
    """A table: its header row (may be empty) and its other rows."""

    header: tuple[Cell, ...]
    rows: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True)
class Code:
    """A block of code; `language` is empty or a language of Confluence's code macro."""

    text: str
    language: str = ""
    title: str = ""
    collapse: bool = False


@dataclass(frozen=True)
class Quote:
    """A quotation."""

    pieces: tuple[Piece, ...]


@dataclass(frozen=True)
class Macro:
    """A macro with a body of blocks: a panel or an expand."""

    name: str
    parameters: tuple[tuple[str, str], ...]
    pieces: tuple[Piece, ...]


@dataclass(frozen=True)
class Definitions:
    """A definition list: terms and definitions in order."""

    entries: tuple[tuple[Inline | None, tuple[Piece, ...]], ...]


@dataclass(frozen=True)
class HorizontalRule:
    """A horizontal rule."""


Piece: TypeAlias = Paragraph | Heading | List | Table | Code | Quote | Macro | Definitions | HorizontalRule


def to_storage(pieces: Iterable[Piece], task_ids: TaskIds) -> str:
    """Return pieces as storage format; `task_ids` returns an id for each new task."""
    return "".join(_storage(piece, task_ids) for piece in pieces)


def _storage(piece: Piece, task_ids: TaskIds) -> str:
    match piece:
        case Paragraph(inline, bare):
            return inline if bare else f"<p>{inline}</p>"
        case Heading(level, inline):
            return f"<h{level}>{inline}</h{level}>"
        case List():
            return _list(piece, task_ids)
        case Table():
            return _table(piece)
        case Code():
            return code_macro(piece)
        case Quote(inner):
            return f"<blockquote>{to_storage(inner, task_ids)}</blockquote>"
        case Macro(name, parameters, inner):
            given = "".join(parameter(key, value) for key, value in parameters)
            body = f"<ac:rich-text-body>{to_storage(inner, task_ids)}</ac:rich-text-body>"
            return f'<ac:structured-macro ac:name="{name}">{given}{body}</ac:structured-macro>'
        case Definitions(entries):
            parts = [
                f"<dt>{term}</dt>" if term is not None else f"<dd>{to_storage(inner, task_ids)}</dd>"
                for term, inner in entries
            ]
            return f"<dl>{''.join(parts)}</dl>"
        case HorizontalRule():
            return "<hr />"


def _list(piece: List, task_ids: TaskIds) -> str:
    if piece.is_tasks:
        return f"<ac:task-list>{''.join(task(item, task_ids) for item in piece.items)}</ac:task-list>"
    items = "".join(list_item(item, task_ids) for item in piece.items)
    if piece.start is None:
        return f"<ul>{items}</ul>"
    return f"<ol>{items}</ol>" if piece.start == 1 else f'<ol start="{piece.start}">{items}</ol>'


def list_item(item: Item, task_ids: TaskIds) -> str:
    """Return an item of a list that is not a pure task list; a task in it shows its checkbox as text."""
    return f"<li>{item_content(item, task_ids)}</li>"


def item_content(item: Item, task_ids: TaskIds) -> str:
    """Return the content of a list item."""
    return to_storage(boxed(item).pieces, task_ids)


def boxed(item: Item) -> Item:
    """Return an item with its checkbox, if it has one, as text."""
    if item.done is None:
        return item
    box = "[x] " if item.done else "[ ] "
    first = item.pieces[0] if item.pieces else None
    if not isinstance(first, Paragraph):
        return Item((Paragraph(box, bare=True), *item.pieces))
    return Item((Paragraph(box + first.inline, first.bare), *item.pieces[1:]))


def task(item: Item, task_ids: TaskIds) -> str:
    """Return an item of a task list."""
    number = task_ids()
    pieces = item.pieces
    body = pieces[0].inline if pieces and isinstance(pieces[0], Paragraph) else ""
    rest = to_storage(pieces[1:] if body else pieces, task_ids)
    status = "complete" if item.done else "incomplete"
    return (
        f"<ac:task><ac:task-id>{number}</ac:task-id><ac:task-status>{status}</ac:task-status>"
        f"<ac:task-body>{body}{rest}</ac:task-body></ac:task>"
    )


def _table(piece: Table) -> str:
    head = f"<thead>{_row(piece.header, 'th')}</thead>" if piece.header else ""
    rows = "".join(_row(row, "td") for row in piece.rows)
    return f"<table>{head}<tbody>{rows}</tbody></table>" if rows else f"<table>{head}</table>"


def _row(cells: Iterable[Cell], name: str) -> str:
    return f"<tr>{''.join(_cell(cell, name) for cell in cells)}</tr>"


def cell_paragraphs(inline: Inline) -> list[str]:
    """Return the paragraphs of a cell: two line breaks separate them, unless they stand within an inline element."""
    parts = _PARAGRAPH_BREAK.split(inline)
    if len(parts) == 1:
        return parts
    try:
        for part in parts:
            check_wellformed(part)
    except MalformedStorage:
        return [inline]
    return [part for part in parts if part.strip()] or [""]


def _cell(cell: Cell, name: str) -> str:
    paragraphs = cell_paragraphs(cell.inline)
    if len(paragraphs) > 1:
        style = f' style="text-align: {cell.align};"' if cell.align in ("center", "right") else ""
        return f"<{name}>{''.join(f'<p{style}>{part}</p>' for part in paragraphs)}</{name}>"
    if cell.align in ("center", "right"):
        return f'<{name}><p style="text-align: {cell.align};">{cell.inline}</p></{name}>'
    return f"<{name}>{cell.inline}</{name}>"


def parameter(name: str, value: str) -> str:
    """Return a macro parameter."""
    return f'<ac:parameter ac:name="{name}">{entities.escape_text(value)}</ac:parameter>'


def code_macro(code: Code) -> str:
    """Return a block of code as Confluence's code macro."""
    given = parameter("language", code.language) if code.language else ""
    given += parameter("title", code.title) if code.title else ""
    given += parameter("collapse", "true") if code.collapse else ""
    body = f"<ac:plain-text-body>{cdata(code.text)}</ac:plain-text-body>"
    return f'<ac:structured-macro ac:name="code">{given}{body}</ac:structured-macro>'


def cdata(text: str) -> str:
    """Return `text` as CDATA; `]]>` within it is split over two sections."""
    return "<![CDATA[" + entities.allowed(text).replace("]]>", "]]]]><![CDATA[>") + "]]>"
