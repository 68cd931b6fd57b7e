"""Compares two sequences row by row: unchanged, changed, removed or added; collapses rows far from any change."""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Sequence
from itertools import groupby
from typing import NamedTuple, TypeVar

from handlers.review_ticket_creator.diff.pair_passages import pair
from handlers.review_ticket_creator.diff.sequence_alignment import align

CONTEXT_ROWS = 3  # how many unchanged rows are shown before and after a change
Item = TypeVar("Item", bound=Hashable)


class Row(NamedTuple):
    """One row of a comparison: the indexes of an item in the two versions, None where it is missing.

    `sign` is `=` (unchanged), `~` (changed), `-` (removed) or `+` (added). `change` is the number of the change, from
    1; neighbouring rows can belong to one change. Unchanged rows have 0.
    """

    sign: str
    before: int | None
    after: int | None
    change: int


class CollapsedRows(NamedTuple):
    """The place where unchanged `rows` are folded."""

    rows: tuple[Row, ...]


class RowCounts(NamedTuple):
    """How many rows are changed, added and removed; `places` is the number of separate changes."""

    changed: int
    added: int
    removed: int
    places: int


def compare(before: Sequence[Item], after: Sequence[Item], text: Callable[[Item], str]) -> list[Row]:
    """Compare two sequences; different items with a similar `text` become one changed row."""
    rows: list[Row] = []
    change = 0
    for stretch in align(before, after):
        if stretch.equal:
            places = zip(
                range(stretch.before_start, stretch.before_end),
                range(stretch.after_start, stretch.after_end),
                strict=True,
            )
            rows += [Row("=", x, y, 0) for x, y in places]
            continue
        change += 1
        pairs = pair(
            [text(item) for item in before[stretch.before_start : stretch.before_end]],
            [text(item) for item in after[stretch.after_start : stretch.after_end]],
        )
        for x, y in pairs:
            sign = "+" if x is None else "-" if y is None else "~"
            x = None if x is None else x + stretch.before_start
            y = None if y is None else y + stretch.after_start
            rows.append(Row(sign, x, y, change))
    return rows


def count_rows(rows: Sequence[Row]) -> RowCounts:
    """Count the changed, added and removed rows, and the changes."""
    signs = [row.sign for row in rows]
    return RowCounts(
        signs.count("~"), signs.count("+"), signs.count("-"), max((row.change for row in rows), default=0)
    )


def collapse_equal_rows(
    rows: Sequence[Row], context: int = CONTEXT_ROWS, kept: Collection[int] = ()
) -> list[Row | CollapsedRows]:
    """Fold unchanged rows that are more than `context` rows away from any change, except those at the places `kept`."""
    near = bytearray(len(rows))
    for place in kept:
        near[place] = 1
    for place, row in enumerate(rows):
        if row.change:
            near[max(0, place - context) : place + context + 1] = b"\1" * (
                min(len(rows), place + context + 1) - max(0, place - context)
            )
    shown: list[Row | CollapsedRows] = []
    for is_near, group in groupby(range(len(rows)), lambda place: near[place]):
        found = [rows[place] for place in group]
        shown += found if is_near else [CollapsedRows(tuple(found))]
    return shown
