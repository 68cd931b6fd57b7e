"""What an edit removes besides text: macros and inline comments, images, or most of a page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

from common.storage_format import BlockChange
from handlers.review_ticket_creator.diff.page_comparison import PageComparison
from handlers.review_ticket_creator.diff.passage import Passage


class Images(NamedTuple):
    """The labels of the images that a revision adds and removes."""

    added: tuple[str, ...]
    removed: tuple[str, ...]


def images(before: Iterable[Passage], after: Iterable[Passage]) -> Images:
    """Return the images that were added and removed between two versions of a page."""
    old, new = _images(before), _images(after)
    return Images(tuple((new - old).elements()), tuple((old - new).elements()))


def removals(changes: Iterable[BlockChange]) -> tuple[str, ...]:
    """Name the macros, inline comments and other elements without text that the edits remove, except images."""
    names = []
    for change in changes:
        for token in change.removed:
            if "image" not in token.kind:
                kind = token.kind.replace("-", " ")
                names.append(f"{kind}: {token.hint}" if token.hint else kind)
    return tuple(names)


def large_removal_text(view: PageComparison) -> str:
    """Return a warning if an update removes all or more than half of a page's text, else ""."""
    share = view.share_removed
    if share and not any(run.text.strip() for passage in view.after.passages for run in passage.runs):
        return "This update removes all text of the page."
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
