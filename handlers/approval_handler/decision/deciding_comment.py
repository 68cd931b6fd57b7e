"""Which comment of a finished review ticket decides, and if none does, why.

Only comments after our announcement of the revision count, by Jira's own clock. An edited comment counts from its
edit, and only if its author edited it. The person who moved the ticket decides, with their newest comment.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from common.domain.document import Verdict
from handlers.approval_handler.decision import Said, read_comment

#: What Jira calls the account of a person; others belong to apps, automation rules and portal customers.
PERSON = "atlassian"


@dataclass(frozen=True)
class ReviewComment:
    """A comment of the review ticket; `created` and `updated` are Jira's ISO 8601 times, `body` is ADF or wiki text.

    `ours` tells that Kinexus wrote it, `is_restricted` that not everybody who sees the ticket sees it.
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
    """Who may decide: the account that moved the ticket, if it is none of the excluded ones.

    `approver_ids` is None where anyone may; `own_ids` are Kinexus' accounts; `author_ids` are those whose change
    it is where four eyes are asked for, and empty otherwise; `app_ids` are the accounts that may decide although they
    are no person's.
    """

    mover_id: str
    own_ids: frozenset[str] = frozenset()
    approver_ids: frozenset[str] | None = None
    author_ids: frozenset[str] = frozenset()
    app_ids: frozenset[str] = frozenset()


class RefusalReason(StrEnum):
    """Why a finished ticket carries no decision that counts."""

    NOBODY_KNOWN = "nobody_known"
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
    UNASKED_ANYWAY = "unasked_anyway"


@dataclass(frozen=True)
class Refusal:
    """Why nothing is decided; `words` say it to the people in the ticket."""

    reason: RefusalReason
    words: str
    comment_id: str = ""


_WORDS = {
    RefusalReason.NOBODY_KNOWN: "Jira does not say who moved the ticket, so nobody has decided.",
    RefusalReason.OWN_ACCOUNT: "The ticket was moved by the account that Kinexus itself uses, which cannot decide.",
    RefusalReason.NOT_A_PERSON: "The comment was written by an app or an automation, which cannot decide unless "
    "approverAccountIds names its account.",
    RefusalReason.NOT_AN_APPROVER: "Whoever moved the ticket is not among the people who may decide here.",
    RefusalReason.OWN_CHANGE: "Whoever finished the source ticket or has it assigned does not decide; "
    "somebody else has to.",
    RefusalReason.NO_COMMENT: "There is no decision in a comment written after the newest revision was announced, or "
    "after the newest notice.",
    RefusalReason.NOT_THE_MOVER: "The decision was written by somebody else than the person who moved the ticket.",
    RefusalReason.EDITED_BY_ANOTHER: "The comment that decides was edited by somebody else, so it does not count.",
    RefusalReason.SAYS_MORE: "I did not publish, because your comment says more than APPROVED. To publish revision "
    "{revision}, comment just APPROVED.",
    RefusalReason.OTHER_REVISION: "I did not publish, because your comment approves another revision than the current "
    "one. To publish revision {revision}, comment just APPROVED.",
    RefusalReason.CONTRADICTED: "I did not publish, because another person who may decide has since written something "
    "else. To publish revision {revision} all the same, comment just APPROVED.",
    RefusalReason.UNASKED_ANYWAY: "APPROVED ANYWAY counts only after a notice that the page has unpublished changes, "
    "and there is none here.",
}


def deciding_comment(
    comments: Iterable[ReviewComment],
    announced_at: str,
    who: DecisionPolicy,
    *,
    revision: int,
    names: Collection[str] | None = None,
) -> tuple[ReviewComment, Said] | Refusal:
    """Find the comment that decides on the revision announced at `announced_at` (ISO 8601), in any order given.

    It is the newest one that the person who moved the ticket wrote after the announcement, whatever it says; only an
    approval stands although harmless words follow it. `names` are those of the people in the ticket, as `read_decision`
    takes them. Raises ValueError when a time is no ISO 8601 time.
    """
    found = _found(comments, announced_at, who, revision, names)
    if not isinstance(found, _Refused):
        return found
    comment_id = found.comment.comment_id if found.comment else ""
    return Refusal(found.reason, _WORDS[found.reason].format(revision=revision), comment_id)


@dataclass(frozen=True)
class _Refused:
    reason: RefusalReason
    comment: ReviewComment | None = None


def _found(
    comments: Iterable[ReviewComment],
    announced_at: str,
    who: DecisionPolicy,
    revision: int,
    names: Collection[str] | None,
) -> tuple[ReviewComment, Said] | _Refused:
    if reason := _account_may_not(who.mover_id, who):
        return _Refused(reason)
    announced = _time(announced_at)
    counting = sorted(
        (comment for comment in comments if not comment.ours and _since(comment) > announced),
        key=lambda comment: (_since(comment), _number(comment.comment_id)),
        reverse=True,
    )
    own = [comment for comment in counting if comment.author_id == who.mover_id]
    if own and (reason := _may_not(own[0], who)):
        return _Refused(reason, own[0])
    for comment in own:
        if _edited_by_another(comment):
            return _Refused(RefusalReason.EDITED_BY_ANOTHER, comment)
        reading = read_comment(comment.body, names)
        said = reading.said
        if said and (said.verdict is Verdict.APPROVED or comment is own[0]):
            if said.revision not in (None, revision):
                return _Refused(RefusalReason.OTHER_REVISION, comment)
            later = counting[: counting.index(comment)]
            return _contradiction(said, later, who, names) or (comment, said)
        if not reading.is_harmless:
            return _Refused(RefusalReason.SAYS_MORE, own[0])
    if other := _decision_of_another(counting, who, names):
        return _Refused(RefusalReason.NOT_THE_MOVER, other)
    return _Refused(RefusalReason.SAYS_MORE, own[0]) if own else _Refused(RefusalReason.NO_COMMENT)


def _contradiction(
    said: Said, later: Sequence[ReviewComment], who: DecisionPolicy, names: Collection[str] | None
) -> _Refused | None:
    """Find what another person who may decide has written since that stops a decision.

    That is another decision and, where the decision is to approve, what begins like a decision but says more.
    """
    for comment in later:
        if comment.author_id == who.mover_id or _may_not(comment, who) or _edited_by_another(comment):
            continue
        other = read_comment(comment.body, names)
        is_doubt = other.begins and not other.said and said.verdict is Verdict.APPROVED
        if is_doubt or (other.said and other.said.verdict is not said.verdict):
            return _Refused(RefusalReason.CONTRADICTED, comment)
    return None


def unasked_anyway(comment: ReviewComment) -> Refusal:
    """Refuse an APPROVED ANYWAY that answers no notice of unpublished changes."""
    reason = RefusalReason.UNASKED_ANYWAY
    return Refusal(reason, _WORDS[reason], comment.comment_id)


def _decision_of_another(
    counting: Sequence[ReviewComment], who: DecisionPolicy, names: Collection[str] | None
) -> ReviewComment | None:
    decided = (comment for comment in counting if read_comment(comment.body, names).said)
    return next((comment for comment in decided if not _may_not(comment, who)), None)


def _may_not(comment: ReviewComment, who: DecisionPolicy) -> RefusalReason | None:
    if reason := _account_may_not(comment.author_id, who):
        return reason
    is_trusted = comment.author_type == PERSON or comment.author_id in who.app_ids
    return None if is_trusted else RefusalReason.NOT_A_PERSON


def _account_may_not(account_id: str, who: DecisionPolicy) -> RefusalReason | None:
    if not account_id:
        return RefusalReason.NOBODY_KNOWN
    if account_id in who.own_ids:
        return RefusalReason.OWN_ACCOUNT
    if who.approver_ids is not None and account_id not in who.approver_ids:
        return RefusalReason.NOT_AN_APPROVER
    return RefusalReason.OWN_CHANGE if account_id in who.author_ids else None


def _since(comment: ReviewComment) -> datetime:
    """Tell since when a comment says what it says."""
    return max(_time(comment.created), _time(comment.updated or comment.created))


def _edited_by_another(comment: ReviewComment) -> bool:
    edited = _time(comment.updated or comment.created) > _time(comment.created)
    return edited and comment.update_author_id != comment.author_id


def _time(value: str) -> datetime:
    parsed = datetime.fromisoformat(value)
    return parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)


def _number(comment_id: str) -> int:
    return int(comment_id) if comment_id.isascii() and comment_id.isdigit() else 0
