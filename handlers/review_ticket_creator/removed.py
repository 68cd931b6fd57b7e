"""What an edit takes away that has no words: macros and inline comments, and images that come and go."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

from common.storage_format import Change
from handlers.review_ticket_creator.passage import Passage


class Images(NamedTuple):
    """The images that a revision adds and removes, by name."""

    added: tuple[str, ...]
    removed: tuple[str, ...]


def images(before: Iterable[Passage], after: Iterable[Passage]) -> Images:
    """Compare the images of two versions of a page."""
    old, new = _images(before), _images(after)
    return Images(tuple((new - old).elements()), tuple((old - new).elements()))


def removals(changes: Iterable[Change]) -> tuple[str, ...]:
    """Name the macros, comments and other things without words that the edits remove, images aside."""
    named = []
    for change in changes:
        for token in change.removed:
            if "image" not in token.kind:
                kind = token.kind.replace("-", " ")
                named.append(f"{kind}: {token.hint}" if token.hint else kind)
    return tuple(named)


def _images(passages: Iterable[Passage]) -> Counter[str]:
    return Counter(
        run.text.removeprefix("image · ")
        for passage in passages
        for run in passage.runs
        if run.style == "chip" and run.text.startswith("image · ")
    )
