"""Holds back an approval if the page has a person's unpublished changes, or if the source tickets changed.

Kinexus posts a notice in the review ticket and reopens the ticket. The same changes cause only one notice; further
changes cause another. A notice is recorded before it is posted, so it counts even if the process dies after posting.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from common.atlassian import idempotent_comments
from common.atlassian.jira_client import Adf, JiraClient
from common.aws.document_repository import DocumentRepository
from common.domain.document import Decision, Document, Notice
from common.domain.status_transitions import to_epoch_seconds
from handlers.approval_handler import notification_texts, notifications
from handlers.approval_handler.publisher import UnpublishedChanges
from handlers.approval_handler.source_tickets import SourceTickets


class SourcesChanged(Exception):
    """The source tickets changed and the approver had no notice of it. ``about`` has one sentence per change."""

    def __init__(self, about: tuple[str, ...]) -> None:
        super().__init__(" ".join(about))
        self.about = about


@dataclass(frozen=True)
class ApprovalHold:
    """Checks whether an approval can be carried out and posts the notices. The caller holds the document's lease."""

    records: DocumentRepository
    jira: JiraClient
    sources: SourceTickets

    def check_sources(self, document: Document, approval: Decision) -> None:
        """Raise SourcesChanged if the source tickets changed, unless a notice before the approval named each change."""
        notice = document.source_notice
        if notice and not notice.at:
            raise SourcesChanged(notice.about)  # an earlier delivery died before it posted the notice
        known = notice.about if notice and _is_after(approval, notice) else ()
        objections = self.sources.objections(document)
        if not set(objections) <= set(known):
            raise SourcesChanged(objections)

    def overriding(self, document: Document, approval: Decision) -> str:
        """Return the state of the unpublished changes that the approval may overwrite, "" for none.

        That is the state in the newest notice, if the approver wrote APPROVED ANYWAY after that notice.
        """
        notice = document.draft_notice
        return notice.about[0] if notice and approval.anyway and _is_after(approval, notice) else ""

    def hold(
        self, document: Document, approval: Decision, why: SourcesChanged | UnpublishedChanges
    ) -> Document:
        """Post a notice that says why the approval is not carried out, and reopen the review; return the document.

        The same notice is posted only once. The document stays ``publishing``, and the review is not reopened, if the
        approval came after this notice (for unpublished changes: if it was APPROVED ANYWAY). The caller then tries
        again.
        """
        if isinstance(why, SourcesChanged):
            kind, about = "source_notice", why.about
            body = notification_texts.sources_changed(about, document.revision)
        else:
            kind, about = "draft_notice", (why.work.state,)
            body = notification_texts.unpublished_changes(why.title, why.work)
        document, notice = self._post_notice(document, approval, kind, about, body)
        if _is_after(approval, notice) and (approval.anyway or isinstance(why, SourcesChanged)):
            return self.records.record_notice(document, **{kind: notice})
        return self.reopen(document, approval, **{kind: notice})

    def reopen(self, document: Document, approval: Decision, **notices: Notice) -> Document:
        """Reopen the review after an approval that is not carried out, and record the notice that says why."""
        notifications.reopen_review(self.jira, document, approval.move_id)
        return self.records.return_to_review(document, **notices)

    def _post_notice(
        self, document: Document, approval: Decision, kind: str, about: tuple[str, ...], body: Adf
    ) -> tuple[Document, Notice]:
        """Post a notice unless the newest of this kind has the same ``about``; return the document and the notice."""
        notice: Notice | None = getattr(document, kind)
        if notice is None or notice.about != about:
            notice = Notice(about, number=notice.number + 1 if notice else 1)
            document = self.records.record_notice(document, **{kind: notice})
        if notice.at:
            return document, notice
        mark = {"kind": kind, "document_id": document.document_id, "number": notice.number}
        comment = idempotent_comments.comment_best_effort(self.jira, document.review_issue_id, mark, body)
        # If the ticket refuses the comment, this approval and earlier ones still count as given before the notice.
        return document, replace(notice, at=comment.created if comment else approval.decided_at)


def _is_after(approval: Decision, notice: Notice) -> bool:
    """Return whether the approval was commented after the notice, by Jira's clock."""
    return bool(notice.at) and to_epoch_seconds(approval.decided_at) > to_epoch_seconds(notice.at)
