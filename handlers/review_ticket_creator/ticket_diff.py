"""The changed passages as Jira rich text (ADF): insertions green and underlined, deletions red and struck through."""

from __future__ import annotations

import json
from collections.abc import Iterable
from itertools import groupby
from typing import NamedTuple

from common.markup import adf
from common.runtime.unicode_safety import make_visible, mixed_script_words
from handlers.review_ticket_creator.diff import formatting
from handlers.review_ticket_creator.diff.page_comparison import PageComparison
from handlers.review_ticket_creator.diff.passage import Passage
from handlers.review_ticket_creator.diff.row_comparison import Row
from handlers.review_ticket_creator.diff.word_diff import Piece

ADDED: tuple[adf.Mark, ...] = (adf.color("#006644"), adf.UNDERLINE)
REMOVED: tuple[adf.Mark, ...] = (adf.color("#bf2600"), adf.STRIKE)
_MARKS: dict[str, tuple[adf.Mark, ...]] = {"+": ADDED, "-": REMOVED, "=": ()}
_ALL_NEW = {**_MARKS, "+": ADDED[:1]}  # a passage that is all new is not underlined
_MAX_PIECES = 60  # a passage with more pieces is shown as removed and added
_CONTEXT = 90  # characters of unchanged text that are shown on each side of a change
_CELLS = ("cell", "headcell")


class ChangedPassage(NamedTuple):
    """A changed passage, compared word by word.

    `path` are the headings above it, only for the first passage of a change. `formatting` describes its formatting
    changes, or the formatting of an added or removed passage. `partly` is False for an added or removed passage.
    """

    path: tuple[str, ...]
    shown: Passage
    marker: str
    formatting: tuple[str, ...]
    partly: bool
    pieces: tuple[Piece, ...]


class ChangeAmount(NamedTuple):
    """How much is added, removed and changed: characters, links, and formatting changes."""

    added: int = 0
    removed: int = 0
    links: int = 0
    formatting: int = 0

    def __str__(self) -> str:
        """Return the amounts as text; "" if all are zero."""
        numbers = [
            (self.added, "character added", "characters added"),
            (self.removed, "character removed", "characters removed"),
            (self.links, "link", "links"),
            (self.formatting, "formatting change", "formatting changes"),
        ]
        return ", ".join(
            f"{number:,} {one if number == 1 else many}" for number, one, many in numbers if number
        )


def changed_passages(view: PageComparison) -> list[ChangedPassage]:
    """Return the passage of every row that is changed, added or removed."""
    passages: list[ChangedPassage] = []
    current = 0
    for row in view.rows:
        if not row.change:
            continue
        shown, marker, _ = view.shown(row)
        pieces = view.pieces.get(row)
        if pieces is None:
            pieces = tuple(Piece(row.sign, run) for run in shown.runs)
        elif len(pieces) > _MAX_PIECES:
            old = view.before.passages[row.before or 0]
            pieces = tuple(Piece(sign, run) for sign, one in (("-", old), ("+", shown)) for run in one.runs)
        path = () if row.change == current else _path(view, row)
        notes = (*view.formatting.get(row, ()), *formatting.mixed_words_across_runs(shown))
        passages.append(ChangedPassage(path, shown, marker, notes, row.sign == "~", pieces))
        current = row.change
    return passages


def change_amount(changes: Iterable[ChangedPassage]) -> ChangeAmount:
    """Return how much is added, removed and changed in passages."""
    added = removed = links = formats = 0
    for one in changes:
        for sign, run in one.pieces:
            added += len(run.text) if sign == "+" else 0
            removed += len(run.text) if sign == "-" else 0
            links += bool(run.target) and sign != "="
        formats += len(one.formatting) if one.partly else 0
    return ChangeAmount(added, removed, links, formats)


def passage_nodes(one: ChangedPassage) -> list[adf.Node]:
    """Return a changed passage as a paragraph, after a paragraph with the headings above it if it has a `path`."""
    return [*_heading(one), _passage(one)]


def leading_part(one: ChangedPassage, room: int) -> tuple[list[adf.Node], ChangedPassage] | None:
    """Return the beginning of a changed passage that fits into `room` characters of JSON, and the rest of the passage.

    None if no added or removed text fits.
    """
    room -= size(adf.doc(*_heading(one), _passage(one._replace(pieces=())))) + 200
    shown: list[Piece] = []
    rest = list(one.pieces)
    while rest and room > 0:
        sign, run = rest[0]
        whole = size(_passage(one._replace(pieces=(rest[0],), formatting=())))
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
    return len(json.dumps(_marked(text))) - 2


def _fitting(text: str, room: int) -> int:
    """Return how many characters of a text fit into `room` characters of JSON."""
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if _length(text[:middle]) <= room else (low, middle - 1)
    return low


def _path(view: PageComparison, row: Row) -> tuple[str, ...]:
    """Return the headings above a row; for a row that is a heading, without the heading itself."""
    shown, _, headings = view.shown(row)
    if shown.kind.startswith("h"):
        headings = headings[:-1]
    return tuple(make_visible(heading)[:120] for heading in headings)


def _heading(one: ChangedPassage) -> list[adf.Node]:
    return [adf.paragraph(adf.text(" › ".join(one.path), adf.STRONG))] if one.path else []


def _passage(one: ChangedPassage) -> adf.Node:
    marks = _MARKS if one.partly else _ALL_NEW
    nodes: list[adf.Node] = []
    place = 0
    for sign, group in groupby(one.pieces, key=lambda piece: piece.sign):
        pieces = list(group)
        texts = [_text(piece, first=place + number == 0) for number, piece in enumerate(pieces)]
        if sign == "=":
            last = place + len(pieces) == len(one.pieces)
            text = _shortened("".join(texts), first=place == 0, last=last)
        else:
            text = "".join(texts)
        if text:
            nodes.append(adf.text(text, *marks[sign]))
        place += len(pieces)
    if one.formatting:
        nodes.append(adf.text(f" ({'; '.join(one.formatting)})", adf.EM))
    lead = _lead(one)
    return adf.paragraph(*([adf.text(lead)] if lead else []), *nodes)


def _lead(one: ChangedPassage) -> str:
    """Return the sign before a passage that shows its kind, such as `## `, `• ` or `☐ `."""
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
    notes = [run.target] if run.target not in ("", run.text) else []
    if piece.sign != "=":
        notes += run.look
    return text + "".join(f" ({_marked(note)})" for note in notes)


def _marked(text: str) -> str:
    """Make invisible characters visible, and mark words that mix scripts."""
    parts: list[str] = []
    at = 0
    for match, scripts in mixed_script_words(text):
        parts.append(f"{text[at : match.end()]} ⟨{scripts}⟩")
        at = match.end()
    return make_visible("".join(parts) + text[at:])


def _shortened(text: str, *, first: bool, last: bool) -> str:
    """Shorten unchanged text to _CONTEXT characters next to each change."""
    head, tail = ("" if first else text[:_CONTEXT]), ("" if last else text[-_CONTEXT:])
    return text if len(text) <= len(head) + len(tail) + 3 else f"{head}…{tail}"
