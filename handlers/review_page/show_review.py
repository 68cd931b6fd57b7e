"""Choose the page for a signed link: the diff of an open review, or a page that says why there is none."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from common.aws.review_store import ReviewStatus, ReviewStore
from common.domain import review_link
from handlers.review_page import status_pages

_DOCUMENT = re.compile(r"doc-[0-9a-f]{24}")
_SECONDS_PER_DAY = 86_400
_REVISION = re.compile(r"[1-9][0-9]{0,5}")


@dataclass(frozen=True)
class ShowReview:
    """Shows reviews. ``link_key`` returns the key that signs the links; with ``True`` it skips the cached value.

    A link shows the draft for ``link_days`` days after the announcement, always if 0. ``now`` returns the time in
    seconds since 1970.
    """

    reviews: ReviewStore
    link_key: Callable[[bool], str]
    link_days: int
    now: Callable[[], float]

    def show(self, document_id: str, revision: str, signature: str) -> tuple[int, str]:
        """Return the HTTP status code and the page (HTML)."""
        if not _DOCUMENT.fullmatch(document_id) or not _REVISION.fullmatch(revision):
            return 403, status_pages.wrong_link()
        number = int(revision)
        # If the signature is wrong for the cached key, the key may have been replaced: read it again.
        keys = (self.link_key(fresh) for fresh in (False, True))
        if not any(review_link.verify_review_link(key, document_id, number, signature) for key in keys):
            return 403, status_pages.wrong_link()
        status = self.reviews.status(document_id)
        if status is None:
            return 404, status_pages.missing()
        if status.closed:
            return 200, status_pages.closed(status)
        if number < status.revision:
            # No link to the newest revision: a reader of this link may not be allowed to see a ticket that joined.
            return 200, status_pages.superseded(number, status)
        if self._is_expired(status):
            return 200, status_pages.expired(status, self.link_days)
        page = self.reviews.page(document_id, number)
        if page is None:
            return 404, status_pages.missing()
        return 200, page.replace(review_link.TICKET_LINK, status_pages.ticket_link(status))

    def _is_expired(self, status: ReviewStatus) -> bool:
        """Return whether the newest revision was announced too long ago; one of an unknown time never expires."""
        limit = self.link_days * _SECONDS_PER_DAY
        return bool(limit and status.announced_at and self.now() - status.announced_at > limit)
