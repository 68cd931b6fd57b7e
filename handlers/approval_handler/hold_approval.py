"""What holds an approval back although the page could be written: a person's unpublished work, or its source tickets.

The reviewer is told once of each state of either, and the review opens again. A notice is on record before it is given,
so that one that a dying process has given counts, whatever has changed since.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from common.atlassian import idempotent_comments
from common.atlassian.jira_client import Adf, JiraClient
from common.aws.document_repository import DocumentRepository
from common.domain.document import Decision, Document, DocumentStatus, Notice
from common.domain.status_transitions import to_epoch_seconds
from handlers.approval_handler import notification_texts, notifications
from handlers.approval_handler.publisher import Unpublished
from handlers.approval_handler.source_tickets import SourceTickets


class SourcesChanged(Exception):
    """Something speaks against publishing of which the approver was not told: ``about`` has a sentence for each."""

    def __init__(self, about: tuple[str, ...]) -> None:
        super().__init__(" ".join(about))
        self.about = about


@dataclass(frozen=True)
class ApprovalHold:
    """Checks approvals and tells of what holds them back. The caller holds the document's lease."""

    records: DocumentRepository
    jira: JiraClient
    sources: SourceTickets

    def check_sources(self, document: Document, approval: Decision) -> None:
        """Raise SourcesChanged where the approval was given before what is known of the source tickets was told."""
        notice = document.source_notice
        if notice and not notice.at:
            raise SourcesChanged(notice.about)  # an earlier delivery died before it could tell
        told = notice.about if notice and _is_after(approval, notice) else ()
        doubts = self.sources.doubts(document)
        if not set(doubts) <= set(told):
            raise SourcesChanged(doubts)

    def overriding(self, document: Document, approval: Decision) -> str:
        """Return the state of the unpublished work that an approval names: it was told of it, and then said ANYWAY."""
        notice = document.draft_notice
        return notice.about[0] if notice and approval.anyway and _is_after(approval, notice) else ""

    def hold(
        self, document: Document, approval: Decision, why: SourcesChanged | Unpublished
    ) -> Document | None:
        """Tell why an approval is not carried out, once, and open the review again.

        Return the document where that had been told before the approval, which is then carried out all the same.
        """
        if isinstance(why, SourcesChanged):
            kind, about = "source_notice", why.about
            said = notification_texts.sources_changed(about, document.revision)
        else:
            kind, about = "draft_notice", (why.work.state,)
            said = notification_texts.unpublished(why.title, why.work)
        document, notice = self._noticed(document, approval, kind, about, said)
        if _is_after(approval, notice) and (approval.anyway or isinstance(why, SourcesChanged)):
            values: dict[str, Any] = {kind: notice}
            return self.records.move(document, **values)
        self.reopen(document, approval, **{kind: notice})
        return None

    def reopen(self, document: Document, approval: Decision, **values: Any) -> None:
        """Open the review again after an approval that is not carried out, and put ``values`` on record."""
        notifications.reopen_review(self.jira, document, approval.move_id)
        self.records.move(document, DocumentStatus.IN_REVIEW, decision=None, **values)

    def _noticed(
        self, document: Document, approval: Decision, kind: str, about: tuple[str, ...], said: Adf
    ) -> tuple[Document, Notice]:
        """Return the notice about ``about``, given now if it is not the newest of its kind."""
        notice: Notice | None = getattr(document, kind)
        if notice is None or notice.about != about:
            notice = Notice(about, number=notice.number + 1 if notice else 1)
            values: dict[str, Any] = {kind: notice}
            document = self.records.move(document, **values)
        if notice.at:
            return document, notice
        mark = {"kind": kind, "document_id": document.document_id, "number": notice.number}
        comment = idempotent_comments.comment_best_effort(self.jira, document.review_issue_id, mark, said)
        # Where the ticket takes no comment, no approval so far counts all the same.
        return document, replace(notice, at=comment.created if comment else approval.decided_at)


def _is_after(approval: Decision, notice: Notice) -> bool:
    """Say whether an approval was commented after a notice, by Jira's own clock."""
    return bool(notice.at) and to_epoch_seconds(approval.decided_at) > to_epoch_seconds(notice.at)
