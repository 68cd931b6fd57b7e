"""The passages that a revision changes, with their changes word by word, as the review ticket shows them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from common.runtime.unicode_safety import make_visible
from handlers.review_ticket_creator.diff import formatting
from handlers.review_ticket_creator.diff.page_comparison import PageComparison
from handlers.review_ticket_creator.diff.passage import Passage
from handlers.review_ticket_creator.diff.row_comparison import Row
from handlers.review_ticket_creator.diff.word_diff import Piece

_MAX_PIECES = 60  # a passage with more pieces is shown as removed and added


class ChangedPassage(NamedTuple):
    """A changed passage, compared word by word.

    `path` are the headings above it, only for the first passage of a change. `formatting` describes its formatting
    changes, or the formatting of an added or removed passage. `partly` is False for an added or removed passage.
    `columns` are the names of the columns above a table row, () without a header row. `label` is the label of the code
    block that the passage is the first changed line of, else "". `is_new_page` is True if the whole page is new.
    """

    path: tuple[str, ...]
    shown: Passage
    marker: str
    formatting: tuple[str, ...]
    partly: bool
    pieces: tuple[Piece, ...]
    columns: tuple[str, ...] = ()
    label: str = ""
    is_new_page: bool = False


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


def changed_passages(view: PageComparison, *, is_new_page: bool = False) -> list[ChangedPassage]:
    """Return the passage of every row that is changed, added or removed."""
    passages: list[ChangedPassage] = []
    labels_before, labels_after = _code_labels(view.before.passages), _code_labels(view.after.passages)
    current = 0
    labelled = ""
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
        label = ""
        if shown.kind == "code":
            label = labels_after[row.after] if row.after is not None else labels_before[row.before or 0]
        passages.append(
            ChangedPassage(
                path,
                shown,
                marker,
                notes,
                row.sign == "~",
                pieces,
                view.column_names(row),
                "" if label == labelled and row.change == current else label,
                is_new_page=is_new_page,
            )
        )
        current, labelled = row.change, label
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


def _path(view: PageComparison, row: Row) -> tuple[str, ...]:
    """Return the headings above a row; for a row that is a heading, without the heading itself."""
    shown, _, headings = view.shown(row)
    if shown.kind.startswith("h"):
        headings = headings[:-1]
    return tuple(make_visible(heading)[:120] for heading in headings)


def _code_labels(passages: Iterable[Passage]) -> list[str]:
    """Return for each passage the label of its code block, or "" if it is in none or the block has no label."""
    labels, label = [], ""
    for passage in passages:
        if passage.kind != "code":
            label = make_visible(passage.text) if passage.kind == "frame" else ""
        labels.append(label)
    return labels
