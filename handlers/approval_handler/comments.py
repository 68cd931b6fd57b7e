"""Which comment of a finished review ticket decides, and if none does, why.

Only comments after our announcement of the revision count, by Jira's own clock. An edited comment counts from its
edit, and only if its author edited it. The one who decides is the one who moved the ticket.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from handlers.approval_handler.decision import Said, mentions_a_decision, read_decision


@dataclass(frozen=True)
class Comment:
    """A comment of the review ticket; `created` and `updated` are Jira's ISO 8601 times, `body_text` plain text.

    `ours` tells that Kinexus wrote it, `is_restricted` that not everybody who sees the ticket sees it.
    """

    comment_id: str
    author_id: str
    created: str
    updated: str
    update_author_id: str
    body_text: str
    ours: bool
    author_name: str = ""
    is_restricted: bool = False


@dataclass(frozen=True)
class MayDecide:
    """Who may decide: the account that moved the ticket, if it is none of the excluded ones.

    `approver_ids` is None where anyone may; `own_ids` are Kinexus' accounts; `author_ids` are those whose change
    it is where four eyes are asked for, and empty otherwise.
    """

    mover_id: str
    own_ids: frozenset[str] = frozenset()
    approver_ids: frozenset[str] | None = None
    author_ids: frozenset[str] = frozenset()


class RefusalReason(StrEnum):
    """Why a finished ticket carries no decision that counts."""

    NOBODY_KNOWN = "nobody_known"
    OWN_ACCOUNT = "own_account"
    NOT_AN_APPROVER = "not_an_approver"
    OWN_CHANGE = "own_change"
    NO_COMMENT = "no_comment"
    NOT_THE_MOVER = "not_the_mover"
    EDITED_BY_ANOTHER = "edited_by_another"
    UNDECIDABLE = "undecidable"
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
    RefusalReason.NOT_AN_APPROVER: "Whoever moved the ticket is not among the people who may decide here.",
    RefusalReason.OWN_CHANGE: "Whoever finished the source ticket or has it assigned does not decide; "
    "somebody else has to.",
    RefusalReason.NO_COMMENT: "There is no decision in a comment written after the newest revision was announced, or "
    "after the newest notice.",
    RefusalReason.NOT_THE_MOVER: "The decision was written by somebody else than the person who moved the ticket.",
    RefusalReason.EDITED_BY_ANOTHER: "The comment that decides was edited by somebody else, so it does not count.",
    RefusalReason.UNDECIDABLE: "The newest comment can be read in more than one way.",
    RefusalReason.CONTRADICTED: "Somebody else who may decide has answered differently since.",
    RefusalReason.UNASKED_ANYWAY: "APPROVED ANYWAY counts only after a notice that the page has unpublished changes, "
    "and there is none here.",
}


def deciding_comment(
    comments: Iterable[Comment], announced_at: str, who: MayDecide
) -> tuple[Comment, Said] | Refusal:
    """Find the comment that decides on the revision announced at `announced_at` (ISO 8601), in any order given.

    It is the newest one that the person who moved the ticket wrote after the announcement; chatter without any word
    of decision is passed over. Raises ValueError when a time is no ISO 8601 time.
    """
    if refused := _may_not(who.mover_id, who):
        return _refuse(refused)
    announced = _time(announced_at)
    counting = sorted(
        (comment for comment in comments if not comment.ours and _since(comment) > announced),
        key=lambda comment: (_since(comment), _number(comment.comment_id)),
        reverse=True,
    )
    own = [comment for comment in counting if comment.author_id == who.mover_id]
    chosen = next((comment for comment in own if mentions_a_decision(comment.body_text)), None)
    if chosen is None:
        return _nothing_decides(counting, who)
    if _edited_by_another(chosen):
        return _refuse(RefusalReason.EDITED_BY_ANOTHER, chosen)
    said = read_decision(chosen.body_text)
    if said is None:
        return _refuse(RefusalReason.UNDECIDABLE, chosen)
    for comment in counting[: counting.index(chosen)]:
        if _may_not(comment.author_id, who) or _edited_by_another(comment):
            continue
        other = read_decision(comment.body_text)
        if other and other.verdict is not said.verdict:
            return _refuse(RefusalReason.CONTRADICTED, comment)
    return chosen, said


def unasked_anyway(comment: Comment) -> Refusal:
    """Refuse an APPROVED ANYWAY that answers no notice of unpublished changes."""
    return _refuse(RefusalReason.UNASKED_ANYWAY, comment)


def _nothing_decides(counting: list[Comment], who: MayDecide) -> Refusal:
    for comment in counting:
        if not _may_not(comment.author_id, who) and read_decision(comment.body_text) is not None:
            return _refuse(RefusalReason.NOT_THE_MOVER, comment)
    return _refuse(RefusalReason.NO_COMMENT)


def _may_not(account_id: str, who: MayDecide) -> RefusalReason | None:
    if not account_id:
        return RefusalReason.NOBODY_KNOWN
    if account_id in who.own_ids:
        return RefusalReason.OWN_ACCOUNT
    if who.approver_ids is not None and account_id not in who.approver_ids:
        return RefusalReason.NOT_AN_APPROVER
    return RefusalReason.OWN_CHANGE if account_id in who.author_ids else None


def _refuse(reason: RefusalReason, comment: Comment | None = None) -> Refusal:
    return Refusal(reason, _WORDS[reason], comment.comment_id if comment else "")


def _since(comment: Comment) -> datetime:
    """Tell since when a comment says what it says."""
    return max(_time(comment.created), _time(comment.updated or comment.created))


def _edited_by_another(comment: Comment) -> bool:
    edited = _time(comment.updated or comment.created) > _time(comment.created)
    return edited and comment.update_author_id != comment.author_id


def _time(value: str) -> datetime:
    parsed = datetime.fromisoformat(value)
    return parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)


def _number(comment_id: str) -> int:
    return int(comment_id) if comment_id.isascii() and comment_id.isdigit() else 0
