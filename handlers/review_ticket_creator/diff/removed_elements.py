"""What an edit takes away: macros and inline comments without words, images that come and go, most of a page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

from common.storage_format import BlockChange
from handlers.review_ticket_creator.diff.compared import Compared
from handlers.review_ticket_creator.diff.passage import Passage


class Images(NamedTuple):
    """The images that a revision adds and removes, by name."""

    added: tuple[str, ...]
    removed: tuple[str, ...]


def images(before: Iterable[Passage], after: Iterable[Passage]) -> Images:
    """Compare the images of two versions of a page."""
    old, new = _images(before), _images(after)
    return Images(tuple((new - old).elements()), tuple((old - new).elements()))


def removals(changes: Iterable[BlockChange]) -> tuple[str, ...]:
    """Name the macros, comments and other things without words that the edits remove, images aside."""
    named = []
    for change in changes:
        for token in change.removed:
            if "image" not in token.kind:
                kind = token.kind.replace("-", " ")
                named.append(f"{kind}: {token.hint}" if token.hint else kind)
    return tuple(named)


def most_of_it(view: Compared) -> str:
    """Say that an update empties a page or removes more than half of its text; "" where it does not."""
    share = view.share_removed
    if share and not any(run.text.strip() for passage in view.after.passages for run in passage.runs):
        return "This update empties the page: nothing of its text is left."
    if share <= 0.5:
        return ""
    return f"This update removes more than half of the page's text ({max(51, int(share * 100))}%)."


def _images(passages: Iterable[Passage]) -> Counter[str]:
    return Counter(
        run.text.removeprefix("image · ")
        for passage in passages
        for run in passage.runs
        if run.style == "chip" and run.text.startswith("image · ")
    )
