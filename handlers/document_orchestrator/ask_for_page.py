"""Asks the source ticket which page is meant, if page selection is unsure, and takes the change up with the answer.

The ticket is asked once; until a label or a link names a page, or a label declines documentation, nothing is drafted.
The daily sweep sends every asked change here again, and so does a webhook that tells of a label or a new description.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from common.atlassian import idempotent_comments
from common.atlassian.jira_client import JiraClient
from common.aws.change_repository import ChangeRepository
from common.aws.dynamodb_table import Held
from common.domain.change import Change, ChangeStatus, Question
from common.domain.ticket import Ticket
from common.intake.eligibility import declined_by
from common.runtime.deadline import Clock
from common.runtime.json_access import as_dict, as_str
from handlers.document_orchestrator import notifications
from handlers.document_orchestrator.page_selection.select_page import select_named
from handlers.document_orchestrator.pages_read_once import PagesReadOnce
from handlers.document_orchestrator.writable_spaces import WritableSpaces

log = logging.getLogger(__name__)

#: Days for which Kinexus waits for an answer, from its question.
ANSWER_DAYS = 14


@dataclass(frozen=True)
class PageQuestions:
    """The questions to source tickets. ``declining_labels`` are those that decline documentation."""

    changes: ChangeRepository
    jira: JiraClient
    declining_labels: tuple[str, ...]
    clock: Clock

    def ask(self, held: Held[Change], question: Question, site: WritableSpaces) -> None:
        """Record that the ticket is asked, and ask it; release the change.

        Idempotent: the comment carries a mark, and the record says when it was posted. An older change of the same
        ticket that still waits for an answer ends, so that one answer has one effect.
        """
        change = held.record
        if change.status is not ChangeStatus.ASKING:
            change = self.changes.ask(
                change, "which page documents it is unsure, so its ticket is asked", question
            )
        for older in self.changes.asking(change.issue_id):
            if older.change_id != change.change_id:
                self.changes.end_unneeded(older, "the ticket was closed again before it was answered", ())
        self._post(Held(change, held.lease), site)

    def answered(
        self,
        held: Held[Change],
        issue: Mapping[str, Any],
        ticket: Ticket,
        site: WritableSpaces,
        pages: PagesReadOnce,
    ) -> Change | None:
        """Return an asked change if its ticket answers now, ready to be processed; otherwise None.

        A declining label ends it, and so does the end of ``ANSWER_DAYS``. Raises the errors of the services.
        """
        change = held.record
        if label := declined_by(ticket.labels, self.declining_labels):
            self.changes.end_unneeded(change, f'the label "{label}" declines documentation', (), held.lease)
            return None
        status = as_dict(as_dict(issue.get("fields")).get("status"))
        is_done = self.jira.is_done(as_str(status.get("id")))
        links = [link.url for link in ticket.links]
        if is_done and select_named(ticket, site, pages, links).selection:
            log.info(
                "question.answered", extra={"change_id": change.change_id, "issue_key": change.issue_key}
            )
            return self.changes.take_answer(change)
        asked_at = change.question.asked_at if change.question else 0
        if asked_at and self.clock() - asked_at > ANSWER_DAYS * 24 * 3600:
            mark = {"kind": "unanswered", "change_id": change.change_id}
            comment = notifications.unanswered(ANSWER_DAYS)
            idempotent_comments.comment_best_effort(self.jira, change.issue_id, mark, comment)
            reason = f"the question which page documents it was not answered within {ANSWER_DAYS} days"
            self.changes.end_unneeded(change, reason, (), held.lease)
        elif not asked_at:
            self._post(held, site)
        return None

    def end_deleted(self, held: Held[Change]) -> None:
        """End an asked change whose ticket was deleted, or is hidden from the Kinexus account."""
        self.changes.end_unneeded(
            held.record, "its ticket was deleted before it was answered", (), held.lease
        )

    def _post(self, held: Held[Change], site: WritableSpaces) -> None:
        """Post the question unless its mark is there already, and record when."""
        change = held.record
        if change.question is None:
            return
        proposed = change.question
        url = f"{site.browse_url}/pages/viewpage.action?pageId={proposed.page_id}"
        comment = notifications.which_page(proposed, url, next(iter(self.declining_labels), ""), ANSWER_DAYS)
        mark = {"kind": "which-page", "change_id": change.change_id}
        idempotent_comments.comment_best_effort(self.jira, change.issue_id, mark, comment)
        log.info("question.asked", extra={"change_id": change.change_id, "page_id": proposed.page_id})
        self.changes.record_question(change, replace(proposed, asked_at=int(self.clock())), held.lease)
