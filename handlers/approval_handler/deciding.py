"""The second door: a review that was moved to done is decided from what Jira itself says, and carried out."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from common import marked_comment
from common.atlassian_http import AtlassianError, NotFound
from common.document import CLOSED, Decision, Document, DocumentStatus, Verdict
from common.document_records import DocumentRecords
from common.events import Event
from common.jira import REVIEW_PROPERTY, JiraClient, JiraComment, StatusMove
from common.json_shapes import mapping, text
from common.records import Busy
from common.ticket import Ticket, description_text
from handlers.approval_handler import words
from handlers.approval_handler.comments import Comment, MayDecide, Refusal, deciding_comment
from handlers.approval_handler.completion import Completion

log = logging.getLogger(__name__)

#: Seconds that one invocation may work on a document alone: its function's timeout.
LEASE = 90


@dataclass(frozen=True)
class Approvers:
    """Who may decide, beyond being the one who moved the ticket. Empty means anyone who can."""

    account_ids: tuple[str, ...]
    group_id: str
    four_eyes: bool


@dataclass(frozen=True)
class Deciding:
    """What it takes to serve this function's queue."""

    records: DocumentRecords
    jira: JiraClient
    completion: Completion
    approvers: Approvers

    def serve(self, event: Event, owner: str) -> None:
        """Carry out the decision on a finished review ticket, or tell the reviewer what is missing."""
        try:
            issue = self.jira.issue(str(event.detail["review_issue_id"]), [REVIEW_PROPERTY])
        except NotFound:
            log.warning("the review ticket is gone", extra=dict(event.detail))
            return
        named = self._named(issue)
        if named and named.status is DocumentStatus.DRAFTED and not named.review_issue_id:
            raise Busy(f"the review of {named.document_id} is about to open")
        document = self._document(issue)
        if document is None:
            log.warning("not a review ticket of ours", extra=dict(event.detail))
            return
        with self.records.leased(document.document_id, owner, LEASE):
            self._decide(self.records.require(document.document_id), issue)
        document = self.records.require(document.document_id)
        if document.status is DocumentStatus.REVISING:
            # Not before the lease ends: whoever hears of it works on the document at once.
            self.completion.ask_again(document)

    def give_up(self, event: Event, reason: str) -> None:
        """Put a failure on record and tell the reviewer."""
        log.error("given up", extra={"event": str(event.name), **event.detail, "reason": reason})
        issue_id = str(event.detail.get("review_issue_id"))
        mark = {"kind": "failed", "what": str(event.detail.get("move_id"))}
        try:
            document = self._document(self.jira.issue(issue_id, [REVIEW_PROPERTY]))
            if document and document.status not in CLOSED:
                self.records.move(document, reason=reason[:1000])
                marked_comment.say_once(self.jira, issue_id, mark, words.could_not_finish(reason))
        except AtlassianError:
            # The message is in the dead-letter queue with the log's reason; Jira itself may be what is down.
            log.exception("the reviewer could not be told", extra={"issue": issue_id})

    def _document(self, issue: Mapping[str, Any]) -> Document | None:
        """Return the document of a review ticket: the ticket's property names it, the record must name the ticket."""
        document = self._named(issue)
        return document if document and document.review_issue_id == text(issue.get("id")) else None

    def _named(self, issue: Mapping[str, Any]) -> Document | None:
        named = mapping(mapping(issue.get("properties")).get(REVIEW_PROPERTY))
        return self.records.get(text(named.get("document_id")) or "-")

    def _decide(self, document: Document, issue: Mapping[str, Any]) -> None:
        if document.status in CLOSED:
            return
        if document.status not in (DocumentStatus.IN_REVIEW, DocumentStatus.PUBLISHING):
            return
        decision = document.decision
        if decision is None or decision.revision != document.revision:
            decision = self._read(document, issue)
            if decision is None:
                return
            document = self.records.move(document, decision=decision)
        log.info("decided", extra={"document_id": document.document_id, "verdict": str(decision.verdict)})
        self.completion.carry_out(document, decision)

    def _read(self, document: Document, issue: Mapping[str, Any]) -> Decision | None:
        ticket = Ticket.from_rest(issue, self.jira.browse_url)
        moves = self.jira.status_moves(ticket.issue_id)
        if ticket.status_category != "done" or not moves or document.announcement is None:
            return None
        ours = self.jira.account_id()
        status_id = text(mapping(mapping(issue.get("fields")).get("status")).get("id"))
        if moves[-1].author_id == ours and moves[-1].to_id != status_id:
            return None  # we moved it back since it was read, for a newer revision: that is to be decided
        comments = [_comment(comment, ours) for comment in self.jira.comments(ticket.issue_id)]
        who = self._who(document, moves[-1].author_id, comments, ours)
        found = deciding_comment(comments, document.announcement.at, who)
        if isinstance(found, Refusal):
            self._send_back(document, moves[-1], found)
            return None
        comment, verdict = found
        return Decision(
            verdict=Verdict(verdict),
            author_id=comment.author_id,
            author_name=comment.author_name,
            comment_id=comment.comment_id,
            revision=document.revision,
            sha256=document.sha256,
            decided_at=comment.updated,
            feedback=verdict.feedback[:4000],
        )

    def _who(self, document: Document, mover: str, comments: Sequence[Comment], ours: str) -> MayDecide:
        approvers: frozenset[str] | None = None
        if self.approvers.account_ids or self.approvers.group_id:
            approvers = frozenset(self.approvers.account_ids)
        if self.approvers.group_id:
            # Whoever commented may contradict the mover, so their membership matters too.
            asked = {mover, *(comment.author_id for comment in comments)} - {ours, ""}
            members = {account for account in asked if self.jira.is_member(account, self.approvers.group_id)}
            approvers = (approvers or frozenset()) | members
        assignees: list[str | None] = []
        if self.approvers.four_eyes:
            sources = [Ticket.from_rest(self.jira.issue(key), "") for key in document.issue_keys]
            assignees = [source.assignee_id for source in sources]
        return MayDecide(mover, frozenset({ours}), approvers, frozenset(filter(None, assignees)))

    def _send_back(self, document: Document, move: StatusMove, refusal: Refusal) -> None:
        """Tell the reviewer, once for each time the ticket was moved to done, and move it back."""
        mark = {"kind": "undecided", "document_id": document.document_id, "move_id": move.move_id}
        marked_comment.say_once(self.jira, document.review_issue_id, mark, words.undecided(refusal.words))
        self.jira.move_back(document.review_issue_id)
        log.info("undecided", extra={"document_id": document.document_id, "reason": str(refusal.reason)})


def _comment(comment: JiraComment, ours: str) -> Comment:
    return Comment(
        comment_id=comment.comment_id,
        author_id=comment.author_id,
        author_name=comment.author_name,
        created=comment.created,
        updated=comment.updated,
        update_author_id=comment.update_author_id,
        body_text=description_text(comment.body),
        ours=comment.author_id == ours,
    )
