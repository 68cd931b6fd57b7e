"""Read the decision on a closed review ticket from Jira. Nothing that a webhook sent is trusted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from common.atlassian.http_client import NotFound
from common.atlassian.jira_client import TICKET_FIELDS, JiraClient, JiraComment
from common.domain.approver_rules import ApproverRules
from common.domain.document import Decision, Document, Verdict
from common.domain.review_outcome import hours_to_decision
from common.domain.route import Routes
from common.domain.status_transitions import last_transition_to_done, to_epoch_seconds
from common.domain.ticket import Ticket
from common.intake.detect_change import parse_change_id
from common.runtime.errors import LeaseHeld, PermanentFailure
from common.runtime.json_access import as_dict, as_list, as_str
from common.runtime.unicode_safety import safe_display_name
from handlers.approval_handler.decision import CommentDecision, people_mentioned
from handlers.approval_handler.decision.deciding_comment import (
    DecisionPolicy,
    NoDecision,
    NoDecisionReason,
    ReviewComment,
    anyway_without_notice,
    deciding_comment,
)

#: A time before any comment.
BEFORE_ALL = "1970-01-01T00:00:00.000+0000"


#: The fields of a ticket that tell its people.
REVIEW_FIELDS = (*TICKET_FIELDS, "comment")

_Result = tuple[ReviewComment, CommentDecision] | NoDecision


@dataclass(frozen=True)
class ReviewState:
    """A closed review ticket: the id of its move to Done, and the decision or why there is none."""

    move_id: str
    outcome: Decision | NoDecision


class ReviewGone(PermanentFailure):
    """The review ticket was deleted, or the Kinexus account may no longer see it."""


@dataclass(frozen=True)
class ReviewStateReader:
    """Reads the state of review tickets."""

    jira: JiraClient
    routes: Routes
    four_eyes: bool

    def read_state(self, document: Document) -> ReviewState | None:
        """Read the review ticket as it is now; None if it is not in the Done category, so nothing is decided.

        A revision whose announcement failed can be decided on too. Raises ReviewGone if the ticket cannot be read, and
        LeaseHeld if it was moved while it was read.
        """
        try:
            issue, moves = self.jira.issue_with_moves(document.review_issue_id, REVIEW_FIELDS)
        except NotFound as error:
            gone = f"the review ticket {document.review_issue_key} does not exist any more or is hidden from Kinexus"
            raise ReviewGone(gone) from error
        ticket = Ticket.from_rest(issue, self.jira.browse_url)
        if ticket.status_category != "done" or not moves:
            return None
        last, ours = moves[-1], self.jira.account_id()
        status_id = as_str(as_dict(as_dict(issue.get("fields")).get("status")).get("id"))
        if last.to_id != status_id:
            if last.author_id == ours:
                return None  # Kinexus reopened it for a newer revision after it was read: that one needs a decision
            raise LeaseHeld(f"{document.review_issue_key} is being moved right now")
        # A later move from one done status to another (such as Done to Closed) changes nothing.
        move = (
            last_transition_to_done(moves, lambda status: status == status_id or self.jira.is_done(status))
            or last
        )
        comments = [_comment(comment, ours) for comment in self.jira.comments(ticket.issue_id)]
        policy = self._policy(document, move.author_id, comments, ours)
        read = partial(
            deciding_comment, comments, _counts_after(document), policy, revision=document.revision
        )
        names = _names(issue, comments)
        result = read(names=names)
        if _depends_on_a_name(result, read(names=None)):
            result = read(names=names | self._names_of_sources(document))
        if isinstance(result, NoDecision):
            return ReviewState(move.move_id, result)
        comment, decided = result
        if decided.anyway and document.draft_notice is None:
            return ReviewState(move.move_id, anyway_without_notice(comment))
        may_be_quoted = not (ticket.security_id or comment.is_restricted)
        decision = Decision(
            verdict=decided.verdict,
            author_id=comment.author_id,
            author_name=safe_display_name(comment.author_name),
            comment_id=comment.comment_id,
            revision=document.revision,
            sha256=document.sha256,
            decided_at=comment.updated,
            feedback=_feedback(decided, may_be_quoted=may_be_quoted),
            move_id=move.move_id,
            anyway=decided.anyway,
            revisions=document.revised,
            hours=hours_to_decision(document.announcement, comment.updated),
        )
        return ReviewState(move.move_id, decision)

    def _policy(
        self, document: Document, mover: str, comments: Sequence[ReviewComment], ours: str
    ) -> DecisionPolicy:
        rules = ApproverRules.of(self.routes.current(document.route), four_eyes=self.four_eyes)
        approvers: frozenset[str] | None = None
        if rules.restricted:
            approvers = frozenset(rules.account_ids)
        if rules.group_id:
            # A commenter's decision can contradict the mover's, so their membership is checked too.
            accounts = {mover, *(comment.author_id for comment in comments)} - {ours, ""}
            members = {account for account in accounts if self.jira.is_member(account, rules.group_id)}
            approvers = (approvers or frozenset()) | members
        authors = self._authors(document) if self.four_eyes else frozenset()
        apps = frozenset(rules.account_ids)
        return DecisionPolicy(mover, frozenset({ours}), approvers, authors, apps)

    def _names_of_sources(self, document: Document) -> frozenset[str]:
        """Return the names of the people in those source tickets that can still be read."""
        names: frozenset[str] = frozenset()
        for issue_id, _ in map(parse_change_id, document.change_ids):
            try:
                issue = self.jira.issue(issue_id, fields=REVIEW_FIELDS)
            except (
                NotFound
            ):  # let go: its people are unknown, so a comment that thanks one of them is no approval
                continue
            names |= _names(issue, [])
        return names

    def _authors(self, document: Document) -> frozenset[str]:
        """Return the people that the four-eyes rule excludes: who closed a source ticket, and its assignees.

        The assignee at the time it was closed counts, and the current one. For a ticket that was deleted or is hidden
        from Kinexus, only the recorded people count.
        """
        authors = set(document.author_ids)
        for issue_id, move_id in map(parse_change_id, document.change_ids):
            try:
                assignee = Ticket.from_rest(self.jira.issue(issue_id), "").assignee_id
                moves = self.jira.status_moves(issue_id)
            except NotFound:  # let go: a deleted ticket has no assignee now; the earlier people are recorded
                continue
            # If no move has this id, as after a forged webhook, everyone who moved the ticket may have closed it.
            closing_moves = [move for move in moves if move.move_id == move_id] or moves
            authors |= {assignee or "", *(move.author_id for move in closing_moves)}
        return frozenset(authors - {""})


def _counts_after(document: Document) -> str:
    """Return the time after which comments count: of the announcement, or of a later notice about the sources."""
    times = [document.announcement.at] if document.announcement else []
    if document.source_notice and document.source_notice.at:
        times.append(document.source_notice.at)
    return max(times, key=to_epoch_seconds, default=BEFORE_ALL)


def _feedback(decided: CommentDecision, *, may_be_quoted: bool) -> str:
    """Return the part of a comment that the next draft uses, or that is quoted in the source ticket.

    It is empty for an approval, and for a rejection that not everyone who sees the source ticket may read.
    """
    if decided.verdict is Verdict.APPROVED or (decided.verdict is Verdict.REJECTED and not may_be_quoted):
        return ""
    return decided.feedback[:4000]


def _depends_on_a_name(result: _Result, with_any_name: _Result) -> bool:
    """Return whether a comment would decide if the name in it belonged to a person in the ticket."""
    says_more = isinstance(result, NoDecision) and result.reason is NoDecisionReason.SAYS_MORE
    return says_more and result != with_any_name


def _names(issue: Mapping[str, Any], comments: Sequence[ReviewComment]) -> frozenset[str]:
    """Return the words of the names of a ticket's reporter, assignee, commenters and the people they mention."""
    fields = as_dict(issue.get("fields"))
    inline = [as_dict(comment) for comment in as_list(as_dict(fields.get("comment")).get("comments"))]
    people = [fields.get("reporter"), fields.get("assignee"), *(comment.get("author") for comment in inline)]
    names = {as_str(as_dict(person).get("displayName")) for person in people}
    names |= {comment.author_name for comment in comments}
    for body in (*(comment.get("body") for comment in inline), *(comment.body for comment in comments)):
        names |= people_mentioned(body)
    return frozenset(word for name in names for word in name.split())


def _comment(comment: JiraComment, ours: str) -> ReviewComment:
    return ReviewComment(
        comment_id=comment.comment_id,
        author_id=comment.author_id,
        author_name=comment.author_name,
        created=comment.created,
        updated=comment.updated,
        update_author_id=comment.update_author_id,
        author_type=comment.author_type,
        body=comment.body,
        ours=comment.author_id == ours,
        is_restricted=comment.is_restricted,
    )
