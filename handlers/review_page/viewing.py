"""What a signed link shows: an open review's diff, or where else to look."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from common import review_link
from common.review_store import ReviewStore
from handlers.review_page import pages

_DOCUMENT = re.compile(r"doc-[0-9a-f]{24}")
_REVISION = re.compile(r"[1-9][0-9]{0,5}")


@dataclass(frozen=True)
class Viewing:
    """What it takes to show a review. ``link_key`` reads the key that links are signed with."""

    reviews: ReviewStore
    link_key: Callable[[], str]

    def show(self, document_id: str, revision: str, signature: str) -> tuple[int, str]:
        """Return status code and page."""
        if not _DOCUMENT.fullmatch(document_id) or not _REVISION.fullmatch(revision):
            return 403, pages.wrong_link()
        number = int(revision)
        if not review_link.verify(self.link_key(), document_id, number, signature):
            return 403, pages.wrong_link()
        status = self.reviews.status(document_id)
        if status is None:
            return 404, pages.missing()
        if status.closed:
            return 200, pages.closed(status)
        if number < status.revision:
            key = review_link.sign(self.link_key(), document_id, status.revision)
            # Relative, so that it holds under any stage and domain.
            return 200, pages.superseded(number, status.revision, f"./{status.revision}?signature={key}")
        page = self.reviews.page(document_id, number)
        return (404, pages.missing()) if page is None else (200, page)
