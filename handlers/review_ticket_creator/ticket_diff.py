"""The changed passages as Jira's rich text: insertions green and underlined, deletions red and struck."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from common import adf
from common.visible_text import visible
from handlers.review_ticket_creator.comparison import Row
from handlers.review_ticket_creator.passage import Passage, Reading, Run, form
from handlers.review_ticket_creator.words import Piece, compare_runs

ADDED: tuple[adf.Mark, ...] = (adf.color("#006644"), adf.UNDERLINE)
REMOVED: tuple[adf.Mark, ...] = (adf.color("#bf2600"), adf.STRIKE)
_MARKS: dict[str, tuple[adf.Mark, ...]] = {"+": ADDED, "-": REMOVED, "=": ()}
_ALL_NEW = {**_MARKS, "+": ADDED[:1]}  # where all is new, underlining it too would only tire the eye
_MOST_PIECES = 60  # a passage that changes in more places is shown as gone and come
_AROUND = 90  # characters that are shown of what stays, on each side of a change


class Changed(NamedTuple):
    """A changed passage, compared word by word; `path` are the headings above it if it is the first of its change."""

    path: tuple[str, ...]
    shown: Passage
    was: str
    partly: bool
    pieces: tuple[Piece, ...]


def changed(before: Reading, after: Reading, rows: Sequence[Row]) -> list[Changed]:
    """Compare the passages of every row that changes."""
    found: list[Changed] = []
    current = 0
    for row in rows:
        if not row.change:
            continue
        old = before.passages[row.before] if row.before is not None else None
        new = after.passages[row.after] if row.after is not None else None
        shown = new or old
        if shown is None:
            continue
        pieces = compare_runs(old.runs if old else (), new.runs if new else ())
        if len(pieces) > _MOST_PIECES:
            pieces = tuple(Piece(sign, Run(one.text)) for sign, one in (("-", old), ("+", new)) if one)
        path = () if row.change == current else _path(before, after, row)
        was = form(old) if old and new and form(old) != form(new) else ""
        found.append(Changed(path, shown, was, bool(old and new), pieces))
        current = row.change
    return found


def written(changes: Sequence[Changed], longest: int) -> list[list[adf.Node]]:
    """Write each changed passage as a paragraph, the first of a change under the headings where it stands.

    What comes or goes is cut in its middle to `longest` characters.
    """
    return [
        [
            *([adf.paragraph(adf.text(" › ".join(one.path), adf.STRONG))] if one.path else []),
            _passage(one, longest),
        ]
        for one in changes
    ]


def _path(before: Reading, after: Reading, row: Row) -> tuple[str, ...]:
    """Give the headings above a row; a heading itself stands under those above it."""
    reading, place = (after, row.after) if row.after is not None else (before, row.before or 0)
    headings = reading.headings[place]
    if reading.passages[place].kind.startswith("h"):
        headings = headings[:-1]
    return tuple(visible(heading)[:120] for heading in headings)


def _passage(one: Changed, longest: int) -> adf.Node:
    marks = _MARKS if one.partly else _ALL_NEW
    nodes: list[adf.Node] = []
    for place, piece in enumerate(one.pieces):
        text = _text(piece.run, first=place == 0)
        if piece.sign == "=":
            text = _around(text, first=place == 0, last=place == len(one.pieces) - 1)
        else:
            text = _cut(text, longest)
        if text:
            nodes.append(adf.text(text, *marks[piece.sign]))
    if one.was:
        nodes.append(adf.text(f" (was {one.was}, now {form(one.shown)})", adf.EM))
    lead = _lead(one.shown)
    return adf.paragraph(*([adf.text(lead)] if lead else []), *nodes)


def _lead(passage: Passage) -> str:
    """Say what kind of passage it is, as one would write it in plain text."""
    if passage.kind.startswith("h"):
        return "#" * int(passage.kind[1]) + " "
    signs = {"li": "• ", "task-open": "☐ ", "task-done": "☑ ", "row": "▦ ", "frame": "▣ ", "code": "⌨ "}
    return "\u2003" * max(0, passage.depth - 1) + signs.get(passage.kind, "")


def _text(run: Run, *, first: bool) -> str:
    if run.style in ("cell", "headcell"):
        return "" if first else " | "
    text = f"[{run.text}]" if run.style == "chip" else run.text
    if run.target and run.target != run.text:
        text = f"{text} ({run.target})"
    return visible(text)


def _around(text: str, *, first: bool, last: bool) -> str:
    """Shorten what stays to what stands next to a change."""
    head, tail = ("" if first else text[:_AROUND]), ("" if last else text[-_AROUND:])
    return text if len(text) <= len(head) + len(tail) + 3 else f"{head}…{tail}"


def _cut(text: str, longest: int) -> str:
    """Leave out the middle of a long text, and say how much."""
    if len(text) <= longest:
        return text
    side = longest // 2
    return f"{text[:side]} … ({len(text) - 2 * side:,} characters left out) … {text[-side:]}"
