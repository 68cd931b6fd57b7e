"""The changed passages as Jira's rich text: insertions green and underlined, deletions red and struck."""

from __future__ import annotations

import json
from collections.abc import Iterable
from itertools import groupby
from typing import NamedTuple

from common.markup import adf
from common.runtime.unicode_safety import make_visible, mixed_script_words
from handlers.review_ticket_creator.diff import forms
from handlers.review_ticket_creator.diff.compared import Compared
from handlers.review_ticket_creator.diff.comparison import Row
from handlers.review_ticket_creator.diff.passage import Passage
from handlers.review_ticket_creator.diff.word_diff import Piece

ADDED: tuple[adf.Mark, ...] = (adf.color("#006644"), adf.UNDERLINE)
REMOVED: tuple[adf.Mark, ...] = (adf.color("#bf2600"), adf.STRIKE)
_MARKS: dict[str, tuple[adf.Mark, ...]] = {"+": ADDED, "-": REMOVED, "=": ()}
_ALL_NEW = {**_MARKS, "+": ADDED[:1]}  # where all is new, underlining it too would only tire the eye
_MOST_PIECES = 60  # a passage that changes in more places is shown as gone and come
_AROUND = 90  # characters that are shown of what stays, on each side of a change
_CELLS = ("cell", "headcell")


class Changed(NamedTuple):
    """A changed passage, compared word by word; `path` are the headings above it if it is the first of its change.

    `forms` say how its form changed, or what form it has where it comes or goes.
    """

    path: tuple[str, ...]
    shown: Passage
    marker: str
    forms: tuple[str, ...]
    partly: bool
    pieces: tuple[Piece, ...]


class Amount(NamedTuple):
    """How much comes and goes: characters, links, and changes of form."""

    added: int = 0
    removed: int = 0
    links: int = 0
    forms: int = 0

    def __str__(self) -> str:
        """Say it in words."""
        told = [
            (self.added, "character added", "characters added"),
            (self.removed, "character removed", "characters removed"),
            (self.links, "link", "links"),
            (self.forms, "change of form", "changes of form"),
        ]
        return ", ".join(f"{number:,} {one if number == 1 else many}" for number, one, many in told if number)


def changed(view: Compared) -> list[Changed]:
    """Return the passages of every row that changes."""
    found: list[Changed] = []
    current = 0
    for row in view.rows:
        if not row.change:
            continue
        shown, marker, _ = view.shown(row)
        pieces = view.pieces.get(row)
        if pieces is None:
            pieces = tuple(Piece(row.sign, run) for run in shown.runs)
        elif len(pieces) > _MOST_PIECES:
            old = view.before.passages[row.before or 0]
            pieces = tuple(Piece(sign, run) for sign, one in (("-", old), ("+", shown)) for run in one.runs)
        path = () if row.change == current else _path(view, row)
        said = (*view.forms.get(row, ()), *forms.split_words(shown))
        found.append(Changed(path, shown, marker, said, row.sign == "~", pieces))
        current = row.change
    return found


def amount(changes: Iterable[Changed]) -> Amount:
    """Return how much comes and goes in passages."""
    added = removed = links = said = 0
    for one in changes:
        for sign, run in one.pieces:
            added += len(run.text) if sign == "+" else 0
            removed += len(run.text) if sign == "-" else 0
            links += bool(run.target) and sign != "="
        said += len(one.forms) if one.partly else 0
    return Amount(added, removed, links, said)


def written(one: Changed) -> list[adf.Node]:
    """Write a changed passage as a paragraph, the first of a change under the headings where it stands."""
    return [*_heading(one), _passage(one)]


def part(one: Changed, room: int) -> tuple[list[adf.Node], Changed] | None:
    """Write as much of a changed passage as takes `room` characters of JSON; return it and what is left out of it.

    None if next to nothing fits.
    """
    room -= size(adf.doc(*_heading(one), _passage(one._replace(pieces=())))) + 200
    shown: list[Piece] = []
    rest = list(one.pieces)
    while rest and room > 0:
        sign, run = rest[0]
        whole = size(_passage(one._replace(pieces=(rest[0],), forms=())))
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
    left = one._replace(pieces=tuple(rest), forms=())
    return written(one._replace(pieces=tuple(shown))), left


def size(node: adf.Node) -> int:
    """Return how many characters of JSON a node takes."""
    return len(json.dumps(node))


def _length(text: str) -> int:
    return len(json.dumps(_marked(text))) - 2


def _fitting(text: str, room: int) -> int:
    """Return how many characters of a text take no more than `room` characters of JSON."""
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if _length(text[:middle]) <= room else (low, middle - 1)
    return low


def _path(view: Compared, row: Row) -> tuple[str, ...]:
    """Give the headings above a row; a heading itself stands under those above it."""
    shown, _, headings = view.shown(row)
    if shown.kind.startswith("h"):
        headings = headings[:-1]
    return tuple(make_visible(heading)[:120] for heading in headings)


def _heading(one: Changed) -> list[adf.Node]:
    return [adf.paragraph(adf.text(" › ".join(one.path), adf.STRONG))] if one.path else []


def _passage(one: Changed) -> adf.Node:
    marks = _MARKS if one.partly else _ALL_NEW
    nodes: list[adf.Node] = []
    place = 0
    for sign, group in groupby(one.pieces, key=lambda piece: piece.sign):
        pieces = list(group)
        texts = [_text(piece, first=place + number == 0) for number, piece in enumerate(pieces)]
        if sign == "=":
            last = place + len(pieces) == len(one.pieces)
            text = _around("".join(texts), first=place == 0, last=last)
        else:
            text = "".join(texts)
        if text:
            nodes.append(adf.text(text, *marks[sign]))
        place += len(pieces)
    if one.forms:
        nodes.append(adf.text(f" ({'; '.join(one.forms)})", adf.EM))
    lead = _lead(one)
    return adf.paragraph(*([adf.text(lead)] if lead else []), *nodes)


def _lead(one: Changed) -> str:
    """Say what kind of passage it is, as one would write it in plain text."""
    passage = one.shown
    if passage.kind.startswith("h"):
        return "#" * int(passage.kind[1]) + " "
    signs = {"task-open": "☐ ", "task-done": "☑ ", "row": "▦ ", "frame": "▣ ", "code": "⌨ "}
    marker = f"{one.marker} " if one.marker else ""
    return "\u2003" * max(0, passage.depth - 1) + marker + signs.get(passage.kind, "")


def _text(piece: Piece, *, first: bool) -> str:
    run = piece.run
    if run.style in _CELLS:
        return "" if first else " | "
    text = _marked(f"[{run.text}]" if run.style == "chip" else run.text)
    told = [run.target] if run.target not in ("", run.text) else []
    if piece.sign != "=":
        told += run.look
    return text + "".join(f" ({_marked(one)})" for one in told)


def _marked(text: str) -> str:
    """Write out invisible characters, and say of words that they mix scripts."""
    parts: list[str] = []
    at = 0
    for match, scripts in mixed_script_words(text):
        parts.append(f"{text[at : match.end()]} ⟨{scripts}⟩")
        at = match.end()
    return make_visible("".join(parts) + text[at:])


def _around(text: str, *, first: bool, last: bool) -> str:
    """Shorten what stays to what stands next to a change."""
    head, tail = ("" if first else text[:_AROUND]), ("" if last else text[-_AROUND:])
    return text if len(text) <= len(head) + len(tail) + 3 else f"{head}…{tail}"
