"""The content of a review: everything that the review ticket and the diff page show comes from here."""

from __future__ import annotations

from dataclasses import dataclass

from common.domain.document import ScoredPage
from common.domain.draft import Because
from common.domain.ticket import Ticket
from common.storage_format import BlockChange


@dataclass(frozen=True)
class Review:
    """Revision `revision` of a document, ready for review.

    `kind` is "update" or "create". `before` and `after` are storage format (`before` is "" for a new page). `previous`
    is the storage of the earlier revision with the number `follows`. A new page is created below the page
    `parent_title` ("" if that is hidden from readers), and if that is None below the homepage of the space. `why` and
    `confidence` (0..1, None if unknown) explain why this page was selected, and `chosen_by` names what selected it;
    `made_by` says which models chose and drafted, "" if unknown. `considered` holds the candidates, best first, then
    pages that were left out, and `searches` is the number of queries that found them. `changes` describe each edit; a
    new page has none. `because` has the reason of each edit, or is empty, and `unsourced` are facts of the draft that
    stand in no source; both are for the reviewer only (see common.domain.draft). `vanished` are the keys of source
    tickets that were deleted or are hidden from Kinexus. `is_revert` says that it takes a publication back.
    """

    document_id: str
    revision: int
    kind: str
    title: str
    page_url: str | None
    parent_title: str | None
    sources: tuple[Ticket, ...]
    why: str
    confidence: float | None
    chosen_by: str
    summary: str
    before: str
    after: str
    changes: tuple[BlockChange, ...]
    previous: str | None
    diff_url: str
    vanished: tuple[str, ...] = ()
    considered: tuple[ScoredPage, ...] = ()
    searches: int = 0
    follows: int = 0
    made_by: str = ""
    is_revert: bool = False
    because: tuple[Because, ...] = ()
    unsourced: tuple[str, ...] = ()

    @property
    def place(self) -> str:
        """Where a new page is created, for people; ``""`` if its parent is hidden from readers."""
        if self.parent_title is None:
            return "below the homepage of the space"
        return f"under “{self.parent_title}”" if self.parent_title else ""
