"""What Confluence's new editor can hold in what, and new text rewritten to fit.

Follows the content rules of Atlassian's ADF schema (https://go.atlassian.com/adf-json-schema): a list item holds no
table, heading, quote, panel, expand or rule, a panel no table, quote, panel or expand, and so on. What does not fit
is moved behind the container it stands in, which is split there if more follows; where other text says the same, it
is rewritten: a nested quote is flattened, a definition becomes a bold term and its paragraphs. Content that the editor
cannot hold would become a "legacy content" macro, which the editor shows and cannot edit.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from enum import StrEnum

from common.storage_format.from_markdown.blocks import (
    Code,
    Definitions,
    Heading,
    HorizontalRule,
    Item,
    List,
    Macro,
    Paragraph,
    Piece,
    Quote,
    Table,
    boxed,
)
from common.storage_format.xml import entities

_IMAGE = re.compile(r"<ac:image\b.*?</ac:image>", re.DOTALL)


class Place(StrEnum):
    """Where new text goes."""

    PAGE = "the page"
    ITEM = "a list"
    TASK = "a task list"
    QUOTE = "a quote"
    PANEL = "a panel"
    EXPAND = "an expand"
    NESTED_EXPAND = "an expand within an expand or a table"
    CELL = "a table cell"


_EVERYTHING = frozenset(
    {"text", "code", "list", "task list", "heading", "rule", "quote", "panel", "expand", "table"}
)
HELD: Mapping[Place, frozenset[str]] = {
    Place.PAGE: _EVERYTHING,
    Place.ITEM: frozenset({"text", "code", "list", "task list"}),
    Place.TASK: frozenset({"text", "task list"}),
    Place.QUOTE: frozenset({"text", "code", "list"}),
    Place.PANEL: frozenset({"text", "code", "list", "task list", "heading", "rule"}),
    Place.EXPAND: _EVERYTHING,
    Place.NESTED_EXPAND: _EVERYTHING - {"table", "expand"},
    Place.CELL: _EVERYTHING - {"table"},
}
"""The kinds of content that each place can hold."""


def kind_of(piece: Piece) -> str:
    """Return the kind of a piece, in the words of HELD."""
    match piece:
        case List():
            return "task list" if piece.is_tasks else "list"
        case Macro(name):
            return "expand" if name == "expand" else "panel"
        case _:
            return _KINDS[type(piece)]


_KINDS = {
    Paragraph: "text",
    Definitions: "text",
    Heading: "heading",
    Table: "table",
    Code: "code",
    Quote: "quote",
    HorizontalRule: "rule",
}


def fits(piece: Piece, place: Place) -> bool:
    """Tell whether a place can hold a piece."""
    return kind_of(piece) in HELD[place]


def fit_pieces(pieces: Iterable[Piece], place: Place = Place.PAGE, nested: bool = False) -> tuple[Piece, ...]:
    """Return pieces rewritten so that the editor can hold each; what `place` cannot hold is still in the result.

    `nested` tells whether `place` is anywhere in an expand or a table cell: an expand there is a nested expand.
    """
    nested = nested or place in (Place.EXPAND, Place.NESTED_EXPAND, Place.CELL)
    return tuple(
        adapted
        for piece in pieces
        for fitted in _fit(piece, place, nested)
        for adapted in _adapt(fitted, place)
    )


def misfit(pieces: Iterable[Piece], place: Place) -> str:
    """Return the kind of the first piece that a place cannot hold; empty if it can hold all."""
    return next((kind_of(piece) for piece in pieces if not fits(piece, place)), "")


def _fit(piece: Piece, place: Place, nested: bool) -> Sequence[Piece]:
    """Return a piece with only content that it can hold, followed by what it cannot hold."""
    match piece:
        case List():
            return _fit_list(piece, nested)
        case Quote(inner):
            return _split(fit_pieces(inner, Place.QUOTE, nested), Place.QUOTE, Quote)
        case Macro(name, parameters, inner):
            within = Place.PANEL
            if name == "expand":
                within = Place.NESTED_EXPAND if nested else Place.EXPAND
            held = fit_pieces(inner, within, nested)
            return _split(held, within, lambda part: Macro(name, parameters, part))
        case Definitions(entries):
            return _definitions(entries, place, nested)
        case _:
            return (piece,)


def _split(
    inner: Sequence[Piece], place: Place, build: Callable[[tuple[Piece, ...]], Piece]
) -> Sequence[Piece]:
    """Return a container, split wherever its content cannot be held."""
    out: list[Piece] = []
    run: list[Piece] = []
    for piece in inner:
        if fits(piece, place):
            run.append(piece)
            continue
        if run:
            out.append(build(tuple(run)))
            run = []
        out.append(piece)
    if run or not out:
        out.append(build(tuple(run)))
    return out


def _fit_list(piece: List, nested: bool) -> Sequence[Piece]:
    """Return a list, split after each item with content that it cannot hold; an ordered list goes on counting."""
    place = Place.TASK if piece.is_tasks else Place.ITEM
    out: list[Piece] = []
    items: list[Item] = []
    start = piece.start
    for number, item in enumerate(piece.items, 1):
        held, behind = _divide(fit_pieces(item.pieces, place, nested), place)
        if held or not behind or item.done is not None:
            items.append(Item(held, item.done))
        if behind:
            if items:
                out.append(_part(piece, items, start))
            items, start = [], None if piece.start is None else piece.start + number
            out += behind
    if items or not out:
        out.append(_part(piece, items, start))
    return out


def _part(whole: List, items: Sequence[Item], start: int | None) -> List:
    """Return a part of a list; a checkbox that is text in the whole list stays text."""
    as_text = not whole.is_tasks and len(items) < len(whole.items)
    return List(tuple(boxed(item) if as_text else item for item in items), start)


def _divide(pieces: Sequence[Piece], place: Place) -> tuple[tuple[Piece, ...], list[Piece]]:
    """Return what an item holds and what is put behind it.

    In a task, further paragraphs are lines of the first, and images are put behind.
    """
    held: list[Piece] = []
    behind: list[Piece] = []
    for piece in pieces:
        images = ""
        if place is Place.TASK and isinstance(piece, Paragraph):
            images = "".join(_IMAGE.findall(piece.inline))
            piece = replace(piece, inline=_IMAGE.sub("", piece.inline))
        last = held[-1] if held else None
        is_line = place is Place.TASK and isinstance(piece, Paragraph)
        if behind or not fits(piece, place) or (is_line and isinstance(last, List)):
            behind.append(replace(piece, bare=False) if isinstance(piece, Paragraph) else piece)
        elif is_line and isinstance(piece, Paragraph) and isinstance(last, Paragraph):
            held[-1] = Paragraph(f"{last.inline}<br />{piece.inline}", last.bare)
        elif not images or not isinstance(piece, Paragraph) or piece.inline.strip():
            held.append(piece)
        if images:
            behind.append(Paragraph(images))
    return tuple(held), behind


def _definitions(
    entries: Iterable[tuple[str | None, tuple[Piece, ...]]], place: Place, nested: bool
) -> Sequence[Piece]:
    out: list[Piece] = []
    for term, inner in entries:
        if term is not None:
            out.append(Paragraph(f"<strong>{term}</strong>"))
        for piece in fit_pieces(inner, place, nested):
            out.append(replace(piece, bare=False) if isinstance(piece, Paragraph) else piece)
    return out


def _adapt(piece: Piece, place: Place) -> Sequence[Piece]:
    """Return a piece in a form that says the same and that `place` can hold, where there is one."""
    match piece:
        case Quote(inner) if place is Place.QUOTE:
            return inner
        case Heading(_, inline) if place is Place.QUOTE:
            return (Paragraph(f"<strong>{inline}</strong>"),)
        case List(items) if place is Place.QUOTE and piece.is_tasks:
            return (List(tuple(boxed(item) for item in items)),)
        case Macro("expand", parameters, inner) if place is Place.NESTED_EXPAND:
            title = entities.escape_text("".join(value for name, value in parameters if name == "title"))
            return (*([Paragraph(f"<strong>{title}</strong>")] if title else ()), *inner)
        case _:
            return (piece,)
