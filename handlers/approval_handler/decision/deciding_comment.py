"""Find the comment of a closed review ticket that decides, or the reason why none does.

The newest comment of the person who moved the ticket decides. One exception: an older approval of theirs still counts
if all their comments since then are harmless. Only comments after Kinexus announced the revision count, by Jira's
clock. An edited comment counts from the time of the edit, and only if the author edited it.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from common.domain.document import Verdict
from common.domain.ticket import description_text
from handlers.approval_handler.decision import CommentDecision, read_comment
from handlers.approval_handler.decision.misspelt_word import suggested_word

#: Jira's account type of a person. Other types are apps, automation rules and portal customers.
PERSON = "atlassian"


@dataclass(frozen=True)
class ReviewComment:
    """A comment of the review ticket; `created` and `updated` are Jira's ISO 8601 times, `body` is ADF or wiki text.

    `ours` is True if Kinexus wrote it, `is_restricted` if not everyone who sees the ticket sees the comment.
    """

    comment_id: str
    author_id: str
    created: str
    updated: str
    update_author_id: str
    body: object
    ours: bool
    author_name: str = ""
    author_type: str = PERSON
    is_restricted: bool = False


@dataclass(frozen=True)
class DecisionPolicy:
    """Who may decide: the account that moved the ticket, unless it is excluded.

    `own_ids` are the ids of the Kinexus account. `approver_ids` is None if anyone may decide. `author_ids` are the
    people that the four-eyes rule excludes, empty without the rule. `app_ids` are the accounts of apps that may decide.
    """

    mover_id: str
    own_ids: frozenset[str] = frozenset()
    approver_ids: frozenset[str] | None = None
    author_ids: frozenset[str] = frozenset()
    app_ids: frozenset[str] = frozenset()


class NoDecisionReason(StrEnum):
    """Why a closed ticket has no decision that counts. The values are logged."""

    UNKNOWN_ACCOUNT = "unknown_account"
    OWN_ACCOUNT = "own_account"
    NOT_A_PERSON = "not_a_person"
    NOT_AN_APPROVER = "not_an_approver"
    OWN_CHANGE = "own_change"
    NO_COMMENT = "no_comment"
    NOT_THE_MOVER = "not_the_mover"
    EDITED_BY_ANOTHER = "edited_by_another"
    SAYS_MORE = "says_more"
    OTHER_REVISION = "other_revision"
    CONTRADICTED = "contradicted"
    ANYWAY_WITHOUT_NOTICE = "anyway_without_notice"


@dataclass(frozen=True)
class NoDecision:
    """Why nothing is decided; `explanation` is a sentence for the comment in the ticket."""

    reason: NoDecisionReason
    explanation: str
    comment_id: str = ""


_TEXTS = {
    NoDecisionReason.UNKNOWN_ACCOUNT: "Jira does not say who moved the ticket, so there is no decision.",
    NoDecisionReason.OWN_ACCOUNT: "The Kinexus account moved the ticket. That account cannot decide.",
    NoDecisionReason.NOT_A_PERSON: "The comment was written by an app or an automation. An app can decide only if the "
    "setting approverAccountIds names the account of the app.",
    NoDecisionReason.NOT_AN_APPROVER: "The person who moved the ticket is not one of the people who may decide here.",
    NoDecisionReason.OWN_CHANGE: "Four-eyes rule: neither the person who closed the source ticket nor its assignee can "
    "decide. Please ask someone else.",
    NoDecisionReason.NO_COMMENT: "I found no decision. A comment counts only if it was written after the newest "
    "revision was announced, and after any notice that the source tickets have changed.",
    NoDecisionReason.NOT_THE_MOVER: "The person who wrote the decision is not the person who moved the ticket.",
    NoDecisionReason.EDITED_BY_ANOTHER: "The comment with the decision was edited by another person, so it does not "
    "count.",
    NoDecisionReason.SAYS_MORE: "I did not publish, because your comment says more than APPROVED. To publish revision "
    "{revision}, comment just APPROVED.",
    NoDecisionReason.OTHER_REVISION: "I did not publish, because your comment approves a revision that is not the "
    "current one. To publish revision {revision}, comment just APPROVED.",
    NoDecisionReason.CONTRADICTED: "I did not publish, because another approver disagreed after your comment. "
    "To publish revision {revision} despite this, comment just APPROVED.",
    NoDecisionReason.ANYWAY_WITHOUT_NOTICE: "I did not publish. APPROVED ANYWAY counts only after a notice that the "
    "page has unpublished changes, and there was no such notice before your comment. To publish, comment just "
    "APPROVED.",
}


_MEANT = (
    "I found no decision in your comment. Did you mean {word}? A decision word counts only if it is spelt exactly so. "
    "To publish revision {revision}, comment just APPROVED."
)


def deciding_comment(
    comments: Iterable[ReviewComment],
    announced_at: str,
    policy: DecisionPolicy,
    *,
    revision: int,
    names: Collection[str] | None = None,
) -> tuple[ReviewComment, CommentDecision] | NoDecision:
    """Find the comment that decides on the revision announced at `announced_at` (ISO 8601).

    The newest comment of the person who moved the ticket decides. One exception: an older approval of theirs still
    counts if all their comments since then are harmless. `comments` may be in any order. `names` are the words of the
    names of the people in the ticket, as for `read_decision`. Raises ValueError if a time is not an ISO 8601 time.
    """
    result = _find(comments, announced_at, policy, revision, names)
    if not isinstance(result, _NotDecided):
        return result
    comment_id = result.comment.comment_id if result.comment else ""
    text = _TEXTS[result.reason].format(revision=revision)
    if result.reason is NoDecisionReason.SAYS_MORE and result.comment:
        meant = suggested_word(description_text(result.comment.body))
        text = _MEANT.format(word=meant, revision=revision) if meant else text
    return NoDecision(result.reason, text, comment_id)


@dataclass(frozen=True)
class _NotDecided:
    reason: NoDecisionReason
    comment: ReviewComment | None = None


def _find(
    comments: Iterable[ReviewComment],
    announced_at: str,
    policy: DecisionPolicy,
    revision: int,
    names: Collection[str] | None,
) -> tuple[ReviewComment, CommentDecision] | _NotDecided:
    if reason := _account_refusal(policy.mover_id, policy):
        return _NotDecided(reason)
    announced = _time(announced_at)
    counting = sorted(
        (comment for comment in comments if not comment.ours and _valid_from(comment) > announced),
        key=lambda comment: (_valid_from(comment), _number(comment.comment_id)),
        reverse=True,
    )
    own = [comment for comment in counting if comment.author_id == policy.mover_id]
    if own and (reason := _comment_refusal(own[0], policy)):
        return _NotDecided(reason, own[0])
    for comment in own:
        if _edited_by_another(comment):
            return _NotDecided(NoDecisionReason.EDITED_BY_ANOTHER, comment)
        parsed = read_comment(comment.body, names)
        decision = parsed.decision
        if decision and (decision.verdict is Verdict.APPROVED or comment is own[0]):
            if decision.revision not in (None, revision):
                return _NotDecided(NoDecisionReason.OTHER_REVISION, comment)
            later = counting[: counting.index(comment)]
            return _contradiction(decision, later, policy, names) or (comment, decision)
        if not parsed.is_harmless:
            return _NotDecided(NoDecisionReason.SAYS_MORE, own[0])
    if other := _decision_of_another(counting, policy, names):
        return _NotDecided(NoDecisionReason.NOT_THE_MOVER, other)
    return (
        _NotDecided(NoDecisionReason.SAYS_MORE, own[0]) if own else _NotDecided(NoDecisionReason.NO_COMMENT)
    )


def _contradiction(
    decision: CommentDecision,
    later: Sequence[ReviewComment],
    policy: DecisionPolicy,
    names: Collection[str] | None,
) -> _NotDecided | None:
    """Find a later comment of another person who may decide that contradicts a decision.

    That is a different decision. Against an approval it is also a comment that begins with a decision word but decides
    nothing because of its other text.
    """
    for comment in later:
        if (
            comment.author_id == policy.mover_id
            or _comment_refusal(comment, policy)
            or _edited_by_another(comment)
        ):
            continue
        other = read_comment(comment.body, names)
        is_doubt = other.begins and not other.decision and decision.verdict is Verdict.APPROVED
        if is_doubt or (other.decision and other.decision.verdict is not decision.verdict):
            return _NotDecided(NoDecisionReason.CONTRADICTED, comment)
    return None


def anyway_without_notice(comment: ReviewComment) -> NoDecision:
    """Return the refusal of a comment APPROVED ANYWAY that no notice of unpublished changes preceded."""
    reason = NoDecisionReason.ANYWAY_WITHOUT_NOTICE
    return NoDecision(reason, _TEXTS[reason], comment.comment_id)


def _decision_of_another(
    counting: Sequence[ReviewComment], policy: DecisionPolicy, names: Collection[str] | None
) -> ReviewComment | None:
    decided = (comment for comment in counting if read_comment(comment.body, names).decision)
    return next((comment for comment in decided if not _comment_refusal(comment, policy)), None)


def _comment_refusal(comment: ReviewComment, policy: DecisionPolicy) -> NoDecisionReason | None:
    if reason := _account_refusal(comment.author_id, policy):
        return reason
    is_trusted = comment.author_type == PERSON or comment.author_id in policy.app_ids
    return None if is_trusted else NoDecisionReason.NOT_A_PERSON


def _account_refusal(account_id: str, policy: DecisionPolicy) -> NoDecisionReason | None:
    if not account_id:
        return NoDecisionReason.UNKNOWN_ACCOUNT
    if account_id in policy.own_ids:
        return NoDecisionReason.OWN_ACCOUNT
    if policy.approver_ids is not None and account_id not in policy.approver_ids:
        return NoDecisionReason.NOT_AN_APPROVER
    return NoDecisionReason.OWN_CHANGE if account_id in policy.author_ids else None


def _valid_from(comment: ReviewComment) -> datetime:
    """Return the time from which a comment has its current text."""
    return max(_time(comment.created), _time(comment.updated or comment.created))


def _edited_by_another(comment: ReviewComment) -> bool:
    edited = _time(comment.updated or comment.created) > _time(comment.created)
    return edited and comment.update_author_id != comment.author_id


def _time(value: str) -> datetime:
    parsed = datetime.fromisoformat(value)
    return parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)


def _number(comment_id: str) -> int:
    return int(comment_id) if comment_id.isascii() and comment_id.isdigit() else 0
