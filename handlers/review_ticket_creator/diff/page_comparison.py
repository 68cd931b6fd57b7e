"""Compares two versions of a page once; everything that is shown or counted comes from the result."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

from handlers.review_ticket_creator.diff import formatting, source_lines
from handlers.review_ticket_creator.diff.moved_passages import moved_rows, under_other_headings, with_moved
from handlers.review_ticket_creator.diff.passage import PagePassages, Passage, TextRun, cell_texts
from handlers.review_ticket_creator.diff.read_passages import read_passages
from handlers.review_ticket_creator.diff.row_comparison import Row, compare
from handlers.review_ticket_creator.diff.sequence_alignment import align
from handlers.review_ticket_creator.diff.word_diff import Piece, compare_runs, is_too_long, tokens

MAX_WHOLE_PAGE = 300_000
"""How many characters of a page are shown whole; of a larger page only the passages around changes are shown."""

_WORD = re.compile(r"\w+")
_CELLS = ("cell", "headcell")


@dataclass(frozen=True)
class PageComparison:
    """The comparison of two versions of a page as a reader sees them, passage by passage.

    `moved` says of each row of a moved passage where it came from or went.
    """

    before: PagePassages
    after: PagePassages
    rows: list[Row]
    moved: Mapping[Row, str] = field(default_factory=dict)

    @cached_property
    def is_large(self) -> bool:
        """Whether the page is too large to be shown whole."""
        return sum(len(run.text) for one in self.after.passages for run in one.runs) > MAX_WHOLE_PAGE

    @cached_property
    def pieces(self) -> dict[Row, tuple[Piece, ...]]:
        """The word-by-word changes inside each changed passage."""
        return {row: compare_runs(old.runs, new.runs) for row, old, new in self._changed()}

    @cached_property
    def formatting(self) -> dict[Row, tuple[str, ...]]:
        """The formatting changes of each changed passage as text, and the formatting of added and removed passages."""
        found = {row: formatting.formatting_changes(old, new) for row, old, new in self._changed()}
        for row in self.rows:
            if row.sign in "+-":
                found[row] = self.shown(row)[0].look
        for row, text in self.moved.items():
            found[row] = (text, *found.get(row, ()))
        return found

    @cached_property
    def formatting_change_count(self) -> int:
        """The number of formatting changes in changed passages."""
        return sum(len(texts) for row, texts in self.formatting.items() if row.sign == "~")

    @cached_property
    def source_only_count(self) -> int:
        """The number of changes that only the source view shows, without those inside removed passages."""
        removed = {row.before for row in self.rows if row.sign == "-"}
        old = [
            one.what for one in self.before.source_only if one.passage is None or one.passage not in removed
        ]
        new = [one.what for one in self.after.source_only]
        return sum(
            max(stretch.before_end - stretch.before_start, stretch.after_end - stretch.after_start)
            for stretch in align(old, new)
            if not stretch.equal
        )

    @cached_property
    def words(self) -> tuple[int, int]:
        """The number of added words and of removed words; labels of macros and images do not count."""
        added = removed = 0
        for row in self.rows:
            if row.sign == "=":
                continue
            pieces = self.pieces.get(row) or [Piece(row.sign, run) for run in self.shown(row)[0].runs]
            added += sum(_words(piece.run) for piece in pieces if piece.sign == "+")
            removed += sum(_words(piece.run) for piece in pieces if piece.sign == "-")
        return added, removed

    @cached_property
    def share_removed(self) -> float:
        """The share of the older version's text that is removed, from 0 to 1. A change of style removes no text."""
        whole = sum(_size(run) for passage in self.before.passages for run in passage.runs)
        removed = sum(_size(run) for row in self.rows if row.sign == "-" for run in self.shown(row)[0].runs)
        removed += sum(_removed_size(old, new) for _, old, new in self._changed())
        return removed / whole if whole else 0.0

    @cached_property
    def header_rows(self) -> frozenset[int]:
        """The places in `rows` of the table header rows above changed rows."""
        old, new = self._headers
        changed = [row for row in self.rows if row.change]
        above_old = {old.get(self.before.tables[row.before]) for row in changed if row.before is not None}
        above_new = {new.get(self.after.tables[row.after]) for row in changed if row.after is not None}
        return frozenset(
            place
            for place, row in enumerate(self.rows)
            if (row.after is not None and row.after in above_new)
            or (row.before is not None and row.before in above_old)
        )

    def column_names(self, row: Row) -> tuple[str, ...]:
        """Return the texts of the header cells above a table row; () without a header row, or for that row itself."""
        old, new = self._headers
        page, place, headers = (
            (self.after, row.after, new) if row.after is not None else (self.before, row.before or 0, old)
        )
        header = headers.get(page.tables[place])
        return () if header in (None, place) else cell_texts(page.passages[header or 0])

    @cached_property
    def _headers(self) -> tuple[dict[int, int], dict[int, int]]:
        return self.before.header_rows(), self.after.header_rows()

    def changed_columns(self, row: Row) -> tuple[str, ...]:
        """Return the names of the columns whose cells a changed table row changes; () without a header row."""
        names = self.column_names(row) if row.sign == "~" else ()
        if not names:
            return ()
        cell, changed = 0, set[int]()
        for sign, run in self.pieces[row]:
            cell += run.style in _CELLS and sign != "-"
            if sign != "=":
                changed.add(cell)
        return tuple(name for number, name in enumerate(names, 1) if number in changed and name)

    def shown(self, row: Row) -> tuple[Passage, str, tuple[str, ...]]:
        """Return the newer passage of a row (the older one if it is removed), its marker and the headings above it."""
        page, place = (self.after, row.after) if row.after is not None else (self.before, row.before or 0)
        return page.passages[place], page.markers[place], page.headings[place]

    def _changed(self) -> Iterator[tuple[Row, Passage, Passage]]:
        for row in self.rows:
            if row.sign == "~" and row.before is not None and row.after is not None:
                yield row, self.before.passages[row.before], self.after.passages[row.after]


@lru_cache(maxsize=2)
def compare_pages(before: str, after: str) -> PageComparison:
    """Compare two versions of a page (storage format) as a reader sees them."""
    old, new = read_passages(before), read_passages(after)
    rows = compare(old.passages, new.passages, _text_of)
    rows, under_others = with_moved(rows, under_other_headings(rows, old, new))
    return PageComparison(old, new, rows, {**moved_rows(rows, old, new), **under_others})


@dataclass(frozen=True)
class SourceComparison:
    """The comparison of two versions of a page's storage format, line by line."""

    before: list[str]
    after: list[str]
    rows: list[Row]

    @cached_property
    def is_large(self) -> bool:
        """Whether the page is too large to be shown whole."""
        return sum(map(len, self.after)) > MAX_WHOLE_PAGE


def compare_sources(before: str, after: str) -> SourceComparison:
    """Compare the storage format of two versions of a page, line by line."""
    old, new = source_lines.split_both(before, after)
    return SourceComparison(old, new, compare(old, new, str))


def _text_of(shown: Passage) -> str:
    return shown.text


def _words(run: TextRun) -> int:
    return 0 if run.style == "chip" else len(_WORD.findall(run.text))


def _size(run: TextRun) -> int:
    return 0 if run.style in _CELLS else len("".join(run.text.split()))


def _removed_size(old: Passage, new: Passage) -> int:
    """Count the characters of a passage, without white space, that are not in its newer version."""
    if is_too_long(old.runs, new.runs):
        return sum(map(_size, old.runs))
    before, after = tokens(old.runs), tokens(new.runs)
    stretches = align([run.text for run in before], [run.text for run in after])
    return sum(
        _size(run)
        for stretch in stretches
        if not stretch.equal
        for run in before[stretch.before_start : stretch.before_end]
    )
