"""The changed passages as Jira's rich text: insertions green and underlined, deletions red and struck."""

from __future__ import annotations

from collections.abc import Sequence

from common import adf
from common.visible_text import visible
from handlers.review_ticket_creator.comparison import Row
from handlers.review_ticket_creator.passage import Passage, Reading, Run
from handlers.review_ticket_creator.words import Piece, compare_runs

ADDED: tuple[adf.Mark, ...] = (adf.color("#006644"), adf.UNDERLINE)
REMOVED: tuple[adf.Mark, ...] = (adf.color("#bf2600"), adf.STRIKE)
_MARKS: dict[str, tuple[adf.Mark, ...]] = {"+": ADDED, "-": REMOVED, "=": ()}
_ALL_NEW = {**_MARKS, "+": ADDED[:1]}  # where all is new, underlining it too would only tire the eye
_MOST_PIECES = 60  # a passage that changes in more places is shown as gone and come
_AROUND = 90  # characters that are shown of what stays, on each side of a change


def changes(before: Reading, after: Reading, rows: Sequence[Row], longest: int) -> list[list[adf.Node]]:
    """Write each changed passage as a paragraph, the first of a change under the headings where it stands.

    What comes or goes is cut in its middle to `longest` characters.
    """
    written: list[list[adf.Node]] = []
    current = 0
    for row in rows:
        if not row.change:
            continue
        nodes = [_passage(before, after, row, longest)]
        if row.change != current:
            current = row.change
            if path := _path(before, after, row):
                nodes.insert(0, adf.paragraph(adf.text(" › ".join(path), adf.STRONG)))
        written.append(nodes)
    return written


def _path(before: Reading, after: Reading, row: Row) -> list[str]:
    """Give the headings above a row; a heading itself stands under those above it."""
    reading, place = (after, row.after) if row.after is not None else (before, row.before)
    headings = reading.headings[place or 0]
    if reading.passages[place or 0].kind.startswith("h"):
        headings = headings[:-1]
    return [visible(heading)[:120] for heading in headings]


def _passage(before: Reading, after: Reading, row: Row, longest: int) -> adf.Node:
    old = before.passages[row.before] if row.before is not None else None
    new = after.passages[row.after] if row.after is not None else None
    pieces = compare_runs(old.runs if old else (), new.runs if new else ())
    if len(pieces) > _MOST_PIECES:
        pieces = tuple(Piece(sign, Run(one.text)) for sign, one in (("-", old), ("+", new)) if one)
    shown = new or old
    marks = _MARKS if old and new else _ALL_NEW
    nodes: list[adf.Node] = []
    for place, piece in enumerate(pieces):
        text = _text(piece.run, first=place == 0)
        if piece.sign == "=":
            text = _around(text, first=place == 0, last=place == len(pieces) - 1)
        else:
            text = _cut(text, longest)
        if text:
            nodes.append(adf.text(text, *marks[piece.sign]))
    lead = _lead(shown) if shown else ""
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
