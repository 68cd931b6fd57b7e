"""Pages that only some may read: what they hold must not be shown in a review, which others see."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from common.confluence import ConfluencePage
from common.document import Choice
from common.queue_door import GivenUp


class Confluence(Protocol):
    """What looking for restrictions asks of Confluence; common.confluence.ConfluenceClient gives it."""

    def pages(self, page_ids: Iterable[str]) -> tuple[ConfluencePage, ...]:
        """Return the pages of these ids that exist, with bodies."""

    def is_restricted(self, page_id: str) -> bool:
        """Say whether only some people may read the page, apart from those who may not read one above it."""


def above(parent_id: str | None, confluence: Confluence) -> tuple[str, ...]:
    """Return the ids of a page's parent and the pages above it, asking each for its own, without the search's lag."""
    found: list[str] = []
    while parent_id and parent_id not in found:
        found.append(parent_id)
        parent_id = next((page.parent_id for page in confluence.pages([parent_id])), None)
    return tuple(found)


def refuse_if_restricted_since(page: ConfluencePage, choice: Choice, confluence: Confluence) -> None:
    """Raise GivenUp where a page that was found has been restricted since; one that a person has named may be.

    A restriction counts for the pages below it.
    """
    if choice.decided_by == "named":
        return
    if any(map(confluence.is_restricted, (page.page_id, *above(page.parent_id, confluence)))):
        raise GivenUp(
            f"only some may read the page {page.page_id} by now, and a review would show it to others: where that is "
            f"meant, give the ticket the label docs:{page.page_id} and finish it again"
        )
