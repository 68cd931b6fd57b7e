"""The changed passages as Jira rich text (ADF): insertions green and underlined, deletions red and struck through."""

from __future__ import annotations

import json

from common.markup import adf
from handlers.review_ticket_creator.changed_passage import ChangedPassage
from handlers.review_ticket_creator.diff.word_diff import Piece
from handlers.review_ticket_creator.ticket_blocks import passage_block, shown_text


def passage_nodes(one: ChangedPassage) -> list[adf.Node]:
    """Return a changed passage as a block, after a paragraph with the headings above it and one with its label."""
    return [*_heading(one), passage_block(one)]


def leading_part(one: ChangedPassage, room: int) -> tuple[list[adf.Node], ChangedPassage] | None:
    """Return the beginning of a changed passage that fits into `room` characters of JSON, and the rest of the passage.

    None if no added or removed text fits.
    """
    room -= size(adf.doc(*_heading(one), passage_block(one._replace(pieces=())))) + 200
    shown: list[Piece] = []
    rest = list(one.pieces)
    while rest and room > 0:
        sign, run = rest[0]
        whole = size(passage_block(one._replace(pieces=(rest[0],), formatting=())))
        if whole <= room or sign == "=":
            shown.append(rest.pop(0))
            room -= whole
            continue
        fits = _fitting(run.text, room - (whole - _length(run.text)))
        if fits:
            shown.append(Piece(sign, run._replace(text=run.text[:fits])))
            rest[0] = Piece(sign, run._replace(text=run.text[fits:]))
        break
    if not any(piece.sign != "=" for piece in shown):
        return None
    remaining = one._replace(pieces=tuple(rest), formatting=())
    return passage_nodes(one._replace(pieces=tuple(shown))), remaining


def size(node: adf.Node) -> int:
    """Return the length of a node as JSON, in characters."""
    return len(json.dumps(node))


def _length(text: str) -> int:
    return len(json.dumps(shown_text(text))) - 2


def _fitting(text: str, room: int) -> int:
    """Return how many characters of a text fit into `room` characters of JSON."""
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if _length(text[:middle]) <= room else (low, middle - 1)
    return low


def _heading(one: ChangedPassage) -> list[adf.Node]:
    lines = [(" › ".join(one.path), adf.STRONG), (one.label, adf.EM)]
    return [adf.paragraph(adf.text(line, mark)) for line, mark in lines if line]
