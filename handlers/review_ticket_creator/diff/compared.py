"""Two versions of a page, compared once for all that is shown and counted of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache

from handlers.review_ticket_creator.diff import forms, source_lines
from handlers.review_ticket_creator.diff.comparison import Row, compare
from handlers.review_ticket_creator.diff.passage import Passage, Reading, Run
from handlers.review_ticket_creator.diff.read_passages import read_passages
from handlers.review_ticket_creator.diff.sequence_alignment import align
from handlers.review_ticket_creator.diff.word_diff import Piece, compare_runs, is_too_long, tokens

_WORD = re.compile(r"\w+")
_CELLS = ("cell", "headcell")


@dataclass(frozen=True)
class Compared:
    """Two versions of a page as a reader sees them, compared."""

    before: Reading
    after: Reading
    rows: list[Row]

    @cached_property
    def pieces(self) -> dict[Row, tuple[Piece, ...]]:
        """What changed inside each changed passage, word by word."""
        return {row: compare_runs(old.runs, new.runs) for row, old, new in self._changed()}

    @cached_property
    def forms(self) -> dict[Row, tuple[str, ...]]:
        """In words, each change of form of a changed passage, and what form an added or removed one has."""
        found = {row: forms.changes(old, new) for row, old, new in self._changed()}
        for row in self.rows:
            if row.sign in "+-":
                found[row] = self.shown(row)[0].look
        return found

    @cached_property
    def form_changes(self) -> int:
        """How many changes of form there are."""
        return sum(len(said) for row, said in self.forms.items() if row.sign == "~")

    @cached_property
    def undrawn(self) -> int:
        """How many changes no view of the passages can draw; what goes with a removed passage is none."""
        gone = {row.before for row in self.rows if row.sign == "-"}
        old = [one.what for one in self.before.undrawn if one.passage is None or one.passage not in gone]
        new = [one.what for one in self.after.undrawn]
        return sum(
            max(stretch.before_end - stretch.before_start, stretch.after_end - stretch.after_start)
            for stretch in align(old, new)
            if not stretch.equal
        )

    @cached_property
    def words(self) -> tuple[int, int]:
        """How many words come and how many go; names of macros and images are no words."""
        come = gone = 0
        for row in self.rows:
            if row.sign == "=":
                continue
            pieces = self.pieces.get(row) or [Piece(row.sign, run) for run in self.shown(row)[0].runs]
            come += sum(_words(piece.run) for piece in pieces if piece.sign == "+")
            gone += sum(_words(piece.run) for piece in pieces if piece.sign == "-")
        return come, gone

    @cached_property
    def share_removed(self) -> float:
        """How much of the older version's text is removed, from 0 to 1; text in another style is the same text."""
        whole = sum(_size(run) for passage in self.before.passages for run in passage.runs)
        gone = sum(_size(run) for row in self.rows if row.sign == "-" for run in self.shown(row)[0].runs)
        gone += sum(_gone(old, new) for _, old, new in self._changed())
        return gone / whole if whole else 0.0

    def shown(self, row: Row) -> tuple[Passage, str, tuple[str, ...]]:
        """Give the newer passage of a row, its marker and the headings it stands under."""
        reading, place = (self.after, row.after) if row.after is not None else (self.before, row.before or 0)
        return reading.passages[place], reading.markers[place], reading.headings[place]

    def _changed(self) -> Iterator[tuple[Row, Passage, Passage]]:
        for row in self.rows:
            if row.sign == "~" and row.before is not None and row.after is not None:
                yield row, self.before.passages[row.before], self.after.passages[row.after]


@lru_cache(maxsize=2)
def compared(before: str, after: str) -> Compared:
    """Compare two versions of a page in storage format as a reader sees them."""
    old, new = read_passages(before), read_passages(after)
    return Compared(old, new, compare(old.passages, new.passages, _text_of))


@dataclass(frozen=True)
class SourceCompared:
    """Two versions of a page's storage format, broken into lines and compared."""

    before: list[str]
    after: list[str]
    rows: list[Row]


def source_compared(before: str, after: str) -> SourceCompared:
    """Compare two versions of a page as they are stored."""
    old, new = source_lines.split_both(before, after)
    return SourceCompared(old, new, compare(old, new, str))


def _text_of(shown: Passage) -> str:
    return shown.text


def _words(run: Run) -> int:
    return 0 if run.style == "chip" else len(_WORD.findall(run.text))


def _size(run: Run) -> int:
    return 0 if run.style in _CELLS else len("".join(run.text.split()))


def _gone(old: Passage, new: Passage) -> int:
    """Count the characters of a passage that the next version of it does not say any more."""
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
