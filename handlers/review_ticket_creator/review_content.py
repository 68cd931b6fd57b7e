"""What a reviewer is shown: everything that the ticket and the diff page say comes from here."""

from __future__ import annotations

from dataclasses import dataclass

from common.domain.ticket import Ticket
from common.storage_format import BlockChange


@dataclass(frozen=True)
class Review:
    """Revision `revision` of a document, ready to be reviewed.

    `kind` is "update" or "create". `before` and `after` are storage format (`before` is "" for a new page), `previous`
    is the storage of the revision that this one `follows`. `why` and `confidence` (0..1) tell why this page was chosen,
    and `chosen_by` what chose it; `considered` names the candidates, best first, `searches` is how many queries found
    them. `changes` say what each edit does; a new page has none. `vanished` are source tickets that were deleted or
    hidden from us.
    """

    document_id: str
    revision: int
    kind: str
    title: str
    page_url: str | None
    parent_title: str | None
    sources: tuple[Ticket, ...]
    why: str
    confidence: float
    chosen_by: str
    summary: str
    before: str
    after: str
    changes: tuple[BlockChange, ...]
    previous: str | None
    diff_url: str
    vanished: tuple[str, ...] = ()
    considered: tuple[str, ...] = ()
    searches: int = 0
    follows: int = 0
