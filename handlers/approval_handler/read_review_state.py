"""What a person has decided on a finished review, from what Jira itself says, and nothing of any webhook."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from common.atlassian.http_client import NotFound
from common.atlassian.jira_client import JiraClient, JiraComment
from common.domain.document import Decision, Document, Verdict
from common.domain.status_transitions import last_transition_to_done, to_epoch_seconds
from common.domain.ticket import Ticket
from common.intake.detect_change import parse_change_id
from common.runtime.errors import LeaseHeld, PermanentFailure
from common.runtime.json_access import as_dict, as_list, as_str
from common.runtime.unicode_safety import safe_display_name
from handlers.approval_handler.decision import Said, people_mentioned
from handlers.approval_handler.decision.deciding_comment import (
    DecisionPolicy,
    Refusal,
    RefusalReason,
    ReviewComment,
    deciding_comment,
    unasked_anyway,
)

#: Earlier than any comment.
BEFORE_ALL = "1970-01-01T00:00:00.000+0000"


_Found = tuple[ReviewComment, Said] | Refusal


@dataclass(frozen=True)
class ApproverRules:
    """Who may decide, beyond being the one who moved the ticket. Empty means anyone who can, if it is a person."""

    account_ids: tuple[str, ...]
    group_id: str
    four_eyes: bool


@dataclass(frozen=True)
class ReviewState:
    """A review ticket that is done: by which move, and what was decided, or why nothing was."""

    move_id: str
    found: Decision | Refusal


class ReviewGone(PermanentFailure):
    """The review ticket was deleted, or our account may not see it any more."""


@dataclass(frozen=True)
class ReviewStateReader:
    """What it takes to hear a reviewer."""

    jira: JiraClient
    approvers: ApproverRules

    def read_state(self, document: Document) -> ReviewState | None:
        """Read the review ticket as it is now; None when it is not done, and so nothing is decided.

        What was never announced, because opening its review failed, can be decided on all the same. Raises ReviewGone,
        and Busy where the ticket was moved while it was read.
        """
        try:
            issue = self.jira.issue(document.review_issue_id)
        except NotFound as error:
            gone = (
                f"the review ticket {document.review_issue_key} does not exist any more, or we may not see it"
            )
            raise ReviewGone(gone) from error
        ticket = Ticket.from_rest(issue, self.jira.browse_url)
        moves = self.jira.status_moves(ticket.issue_id)
        if ticket.status_category != "done" or not moves:
            return None
        last, ours = moves[-1], self.jira.account_id()
        status_id = as_str(as_dict(as_dict(issue.get("fields")).get("status")).get("id"))
        if last.to_id != status_id:
            if last.author_id == ours:
                return None  # we moved it back since it was read, for a newer revision: that is to be decided
            raise LeaseHeld(f"{document.review_issue_key} is just being moved")
        # Whoever files it away, from one done status to another, decides nothing.
        move = (
            last_transition_to_done(moves, lambda status: status == status_id or self.jira.is_done(status))
            or last
        )
        comments = [_comment(comment, ours) for comment in self.jira.comments(ticket.issue_id)]
        who = self._who(document, move.author_id, comments, ours)
        read = partial(deciding_comment, comments, _floor(document), who, revision=document.revision)
        names = _names(issue, comments)
        found = read(names=names)
        if _turns_on_a_name(found, read(names=None)):
            found = read(names=names | self._names_of_sources(document))
        if isinstance(found, Refusal):
            return ReviewState(move.move_id, found)
        comment, said = found
        if said.anyway and document.draft_notice is None:
            return ReviewState(move.move_id, unasked_anyway(comment))
        may_be_repeated = not (ticket.security_id or comment.is_restricted)
        decision = Decision(
            verdict=said.verdict,
            author_id=comment.author_id,
            author_name=safe_display_name(comment.author_name),
            comment_id=comment.comment_id,
            revision=document.revision,
            sha256=document.sha256,
            decided_at=comment.updated,
            feedback=_feedback(said, may_be_repeated=may_be_repeated),
            move_id=move.move_id,
            anyway=said.anyway,
        )
        return ReviewState(move.move_id, decision)

    def _who(
        self, document: Document, mover: str, comments: Sequence[ReviewComment], ours: str
    ) -> DecisionPolicy:
        approvers: frozenset[str] | None = None
        if self.approvers.account_ids or self.approvers.group_id:
            approvers = frozenset(self.approvers.account_ids)
        if self.approvers.group_id:
            # Whoever commented may contradict the mover, so their membership matters too.
            asked = {mover, *(comment.author_id for comment in comments)} - {ours, ""}
            members = {account for account in asked if self.jira.is_member(account, self.approvers.group_id)}
            approvers = (approvers or frozenset()) | members
        authors = self._authors(document) if self.approvers.four_eyes else frozenset()
        apps = frozenset(self.approvers.account_ids)
        return DecisionPolicy(mover, frozenset({ours}), approvers, authors, apps)

    def _names_of_sources(self, document: Document) -> frozenset[str]:
        """Return the names of the people in the source tickets that can still be read."""
        found: frozenset[str] = frozenset()
        for issue_id, _ in map(parse_change_id, document.change_ids):
            try:
                issue = self.jira.issue(issue_id)
            except NotFound:  # let go: its people are not known here, so a name of theirs says more
                continue
            found |= _names(issue, [])
        return found

    def _authors(self, document: Document) -> frozenset[str]:
        """Return whose change it is: of each source ticket the assignee, then and now, and whoever finished it.

        A ticket that is gone, or hidden from us by now, still has those whom it had when it was finished.
        """
        found = set(document.author_ids)
        for issue_id, move_id in map(parse_change_id, document.change_ids):
            try:
                assignee = Ticket.from_rest(self.jira.issue(issue_id), "").assignee_id
                moves = self.jira.status_moves(issue_id)
            except NotFound:  # let go: a ticket that is gone has no assignee; who finished it is on record
                continue
            # Where no move has the id, as in a forged webhook, whoever moved the ticket at all may have finished it.
            its_own = [move for move in moves if move.move_id == move_id] or moves
            found |= {assignee or "", *(move.author_id for move in its_own)}
        return frozenset(found - {""})


def _floor(document: Document) -> str:
    """Return the time after which comments count: of the announcement, or of a later notice that asks for another."""
    times = [document.announcement.at] if document.announcement else []
    if document.source_notice and document.source_notice.at:
        times.append(document.source_notice.at)
    return max(times, key=to_epoch_seconds, default=BEFORE_ALL)


def _feedback(said: Said, *, may_be_repeated: bool) -> str:
    """Return what of a comment is used further: to draft from it, or to quote it in the source ticket.

    What stands beside an approval is talk, and must never be drafted from.
    """
    if said.verdict is Verdict.APPROVED or (said.verdict is Verdict.REJECTED and not may_be_repeated):
        return ""
    return said.feedback[:4000]


def _turns_on_a_name(found: _Found, if_anyone_may_be_named: _Found) -> bool:
    """Tell whether a comment would decide if the name in it were that of a person in the ticket."""
    is_refused = isinstance(found, Refusal) and found.reason is RefusalReason.SAYS_MORE
    return is_refused and found != if_anyone_may_be_named


def _names(issue: Mapping[str, Any], comments: Sequence[ReviewComment]) -> frozenset[str]:
    """Return the words of the display names of a ticket's reporter, assignee and commenters, and whom they mention."""
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
