"""The word-by-word diff of two versions of a passage."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import NamedTuple

from handlers.review_ticket_creator.diff.passage import TextRun
from handlers.review_ticket_creator.diff.sequence_alignment import align
from handlers.review_ticket_creator.diff.words import split_words

_WORD = re.compile(r"\w")
_MAX_CHARACTERS = 100_000  # of both versions; a longer passage is shown as removed and added
_WHOLE = ("chip", "cell", "headcell")


class Piece(NamedTuple):
    """A stretch of a passage that is unchanged (`=`), removed (`-`) or added (`+`)."""

    sign: str
    run: TextRun


def compare_runs(before: Sequence[TextRun], after: Sequence[TextRun]) -> tuple[Piece, ...]:
    """Compare two versions of a passage. A word with another style or link counts as changed.

    Without the `+` pieces the result is the text of `before`, without the `-` pieces that of `after`.
    """
    if is_too_long(before, after):
        return tuple([Piece("-", run) for run in before] + [Piece("+", run) for run in after])
    a, b = tokens(before), tokens(after)
    pieces: list[Piece] = []
    removed: list[TextRun] = []
    added: list[TextRun] = []
    stretches = align(a, b)
    for place, stretch in enumerate(stretches):
        same = a[stretch.before_start : stretch.before_end]
        if stretch.equal and not (0 < place < len(stretches) - 1 and _is_an_island(same)):
            pieces += _signed("-", removed) + _signed("+", added) + _signed("=", same)
            removed, added = [], []
        else:
            removed += same
            added += b[stretch.after_start : stretch.after_end]
    return tuple(pieces + _signed("-", removed) + _signed("+", added))


def is_too_long(before: Iterable[TextRun], after: Iterable[TextRun]) -> bool:
    """Return whether two versions of a passage are too long to be compared word by word."""
    return sum(len(run.text) for run in (*before, *after)) > _MAX_CHARACTERS


def tokens(runs: Iterable[TextRun]) -> list[TextRun]:
    """Split runs into words (see `split_words`); a chip or cell stays whole."""
    found: list[TextRun] = []
    for run in runs:
        if run.style in _WHOLE:
            found.append(run)
        else:
            text, style, target, look = run
            found += [TextRun(token, style, target, look) for token in split_words(text)]
    return found


def _is_an_island(tokens: list[TextRun]) -> bool:
    """Return whether an unchanged stretch between two changes is only white space or a sign, too short to show."""
    return len(tokens) <= 2 and not any(_WORD.search(token.text) or token.style in _WHOLE for token in tokens)


def _signed(sign: str, tokens: list[TextRun]) -> list[Piece]:
    """Join neighbouring tokens with the same style, target and look into pieces."""
    pieces: list[Piece] = []
    for (style, target, look), group in groupby(tokens, key=_shown_as):
        if style in _WHOLE:
            pieces += [Piece(sign, token) for token in group]
        else:
            pieces.append(Piece(sign, TextRun("".join(token.text for token in group), style, target, look)))
    return pieces


def _shown_as(run: TextRun) -> tuple[str, str, tuple[str, ...]]:
    return run.style, run.target, run.look
