"""What changed inside a passage, word by word."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import NamedTuple

from handlers.review_ticket_creator.diff.passage import Run
from handlers.review_ticket_creator.diff.sequence_alignment import align

_TOKEN = re.compile(r"\w+|\s+|[^\w\s]")
_WORD = re.compile(r"\w")
_LONGEST = 100_000  # characters; a passage of more is nothing a person reads, and is shown as gone and come
_WHOLE = ("chip", "cell", "headcell")


class Piece(NamedTuple):
    """A stretch that stays (`=`), goes (`-`) or comes (`+`)."""

    sign: str
    run: Run


def compare_runs(before: Sequence[Run], after: Sequence[Run]) -> tuple[Piece, ...]:
    """Compare two versions of a passage. A word in another style or with another link has changed.

    Without the `+` pieces the result reads as `before`, without the `-` pieces as `after`.
    """
    if is_too_long(before, after):
        return tuple([Piece("-", run) for run in before] + [Piece("+", run) for run in after])
    a, b = tokens(before), tokens(after)
    pieces: list[Piece] = []
    gone: list[Run] = []
    come: list[Run] = []
    stretches = align(a, b)
    for place, stretch in enumerate(stretches):
        same = a[stretch.before_start : stretch.before_end]
        if stretch.equal and not (0 < place < len(stretches) - 1 and _is_an_island(same)):
            pieces += _signed("-", gone) + _signed("+", come) + _signed("=", same)
            gone, come = [], []
        else:
            gone += same
            come += b[stretch.after_start : stretch.after_end]
    return tuple(pieces + _signed("-", gone) + _signed("+", come))


def is_too_long(before: Iterable[Run], after: Iterable[Run]) -> bool:
    """Tell whether a passage is longer than what is compared word by word."""
    return sum(len(run.text) for run in (*before, *after)) > _LONGEST


def tokens(runs: Iterable[Run]) -> list[Run]:
    """Cut runs into words, white space, and signs."""
    found: list[Run] = []
    for run in runs:
        if run.style in _WHOLE:
            found.append(run)
        else:
            text, style, target, look = run
            found += [Run(token, style, target, look) for token in _TOKEN.findall(text)]
    return found


def _is_an_island(tokens: list[Run]) -> bool:
    """Tell whether what stays between two changes is only a space or a sign, too little to stand by itself."""
    return len(tokens) <= 2 and not any(_WORD.search(token.text) or token.style in _WHOLE for token in tokens)


def _signed(sign: str, tokens: list[Run]) -> list[Piece]:
    """Join neighbouring tokens that are shown alike."""
    pieces: list[Piece] = []
    for (style, target, look), group in groupby(tokens, key=_shown_as):
        if style in _WHOLE:
            pieces += [Piece(sign, token) for token in group]
        else:
            pieces.append(Piece(sign, Run("".join(token.text for token in group), style, target, look)))
    return pieces


def _shown_as(run: Run) -> tuple[str, str, tuple[str, ...]]:
    return run.style, run.target, run.look
