"""Which comment of a finished review decides: by Jira's clock, its author, and its editor."""

import itertools

import pytest

from handlers.approval_handler.decision.deciding_comment import (
    DecisionPolicy,
    NoDecision,
    NoDecisionReason,
    ReviewComment,
    deciding_comment,
)

ANNOUNCED = "2026-03-01T10:00:00.000+0000"
JANE = DecisionPolicy(mover_id="jane", own_ids=frozenset({"kinexus"}))
_ids = itertools.count(100)


def said(
    text: str,
    at: str = "10:05",
    by: str = "jane",
    edited: str = "",
    editor: str = "",
    ours: bool = False,
    account: str = "atlassian",
) -> ReviewComment:
    created = f"2026-03-01T{at}:00.000+0000"
    updated = f"2026-03-01T{edited}:00.000+0000" if edited else created
    return ReviewComment(str(next(_ids)), by, created, updated, editor or by, text, ours, author_type=account)


def outcome(*comments: ReviewComment, who: DecisionPolicy = JANE, names: frozenset[str] | None = None) -> str:
    found = deciding_comment(comments, ANNOUNCED, who, revision=2, names=names)
    return found.reason if isinstance(found, NoDecision) else found[1].verdict


def test_the_movers_comment_after_the_announcement_decides() -> None:
    assert outcome(said("APPROVED")) == "approved"


def test_a_decision_on_an_earlier_revision_does_not_count() -> None:
    assert outcome(said("APPROVED", at="09:59")) == NoDecisionReason.NO_COMMENT
    assert outcome(said("APPROVED", at="10:00")) == NoDecisionReason.NO_COMMENT


def test_jiras_time_zones_are_compared_as_times() -> None:
    early = ReviewComment(
        "1", "jane", "2026-03-01T10:30:00.000+0100", "2026-03-01T10:30:00.000+0100", "jane", "LGTM", False
    )
    assert outcome(early) == NoDecisionReason.NO_COMMENT


def test_the_newest_comment_decides_in_any_order() -> None:
    comments = [said("APPROVED", at="10:01"), said("REJECTED: wrong page", at="10:02")]
    assert outcome(*comments) == outcome(*reversed(comments)) == "rejected"


@pytest.mark.parametrize("word", ["Thanks!", "👍", "looks good", "@Dana", "Yes, please publish. LGTM"])
def test_harmless_words_after_an_approval_leave_it_standing(word: str) -> None:
    assert outcome(said("APPROVED", at="10:01"), said(word, at="10:02"), said("👍", at="10:03")) == "approved"


@pytest.mark.parametrize(
    "doubt",
    [
        "wait, not approved",
        "Approved once fixed",
        "please stop",
        "can someone approve?",
        "Hmm, numbers in row 3 look off to me",
        "lunch?",
        "Thanks. Later",
        "Lee must sign too",
        "revision 1",
        "мне надо подумать",
    ],
)
def test_other_words_after_a_decision_leave_it_undecided(doubt: str) -> None:
    for decision in ("APPROVED", "REJECTED", "NEEDS REVISION: the table"):
        assert outcome(said(decision, at="10:01"), said(doubt, at="10:02")) == NoDecisionReason.SAYS_MORE
    late_thanks = said("Thanks!", at="10:03")
    assert (
        outcome(said("APPROVED", at="10:01"), said(doubt, at="10:02"), late_thanks)
        == NoDecisionReason.SAYS_MORE
    )


def test_words_after_a_rejection_are_questioned() -> None:
    assert outcome(said("REJECTED", at="10:01"), said("looks good", at="10:02")) == NoDecisionReason.SAYS_MORE
    assert outcome(said("APPROVED", at="10:01"), said("APPROVED", at="10:02")) == "approved"
    assert outcome(said("REJECTED", at="10:01"), said("APPROVED", at="10:02")) == "approved"


def test_an_approval_may_name_only_the_current_revision() -> None:
    assert outcome(said("APPROVED revision 2")) == "approved"
    assert outcome(said("APPROVED revision 1")) == NoDecisionReason.OTHER_REVISION
    assert outcome(said("APPROVED revision 3")) == NoDecisionReason.OTHER_REVISION
    assert outcome(said("APPROVED revision 1", at="10:01"), said("APPROVED", at="10:02")) == "approved"


def test_only_a_known_name_may_be_thanked() -> None:
    assert outcome(said("LGTM, thanks Ana"), names=frozenset({"Ana"})) == "approved"
    assert outcome(said("LGTM, thanks Nein"), names=frozenset({"Ana"})) == NoDecisionReason.SAYS_MORE


@pytest.mark.parametrize("account", ["app", "customer", ""])
def test_only_persons_decide_unless_an_account_is_named(account: str) -> None:
    assert outcome(said("APPROVED", account=account)) == NoDecisionReason.NOT_A_PERSON
    in_group = DecisionPolicy(mover_id="jane", approver_ids=frozenset({"jane"}))
    assert outcome(said("APPROVED", account=account), who=in_group) == NoDecisionReason.NOT_A_PERSON
    named = DecisionPolicy(mover_id="jane", approver_ids=frozenset({"jane"}), app_ids=frozenset({"jane"}))
    assert outcome(said("APPROVED", account=account), who=named) == "approved"
    objection = said("REJECTED", at="10:09", by="bot", account=account)
    assert outcome(said("APPROVED"), objection) == "approved"
    assert outcome(said("APPROVED", by="bot", account=account)) == NoDecisionReason.NO_COMMENT


def test_an_edited_comment_counts_from_its_edit() -> None:
    assert outcome(said("APPROVED", at="09:00", edited="10:10")) == "approved"
    assert outcome(said("APPROVED", at="10:01", edited="10:10"), said("REJECTED", at="10:05")) == "approved"


def test_a_comment_edited_by_another_person_does_not_count() -> None:
    assert outcome(said("APPROVED", edited="10:10", editor="tom")) == NoDecisionReason.EDITED_BY_ANOTHER


def test_our_own_comments_decide_nothing() -> None:
    assert outcome(said("APPROVED", ours=True)) == NoDecisionReason.NO_COMMENT
    mover = DecisionPolicy(mover_id="kinexus", own_ids=frozenset({"kinexus"}))
    assert outcome(said("APPROVED", by="kinexus"), who=mover) == NoDecisionReason.OWN_ACCOUNT


def test_the_author_must_have_moved_the_ticket() -> None:
    assert outcome(said("APPROVED", by="tom")) == NoDecisionReason.NOT_THE_MOVER
    assert outcome(said("APPROVED", by="bot"), said("thanks")) == NoDecisionReason.NOT_THE_MOVER


def test_only_named_approvers_decide() -> None:
    who = DecisionPolicy(mover_id="jane", approver_ids=frozenset({"tom"}))
    assert outcome(said("APPROVED"), who=who) == NoDecisionReason.NOT_AN_APPROVER
    who = DecisionPolicy(mover_id="jane", approver_ids=frozenset({"jane"}))
    assert outcome(said("APPROVED"), said("REJECTED", at="10:09", by="outsider"), who=who) == "approved"


def test_four_eyes_keep_the_assignee_from_deciding() -> None:
    who = DecisionPolicy(mover_id="jane", author_ids=frozenset({"jane"}))
    assert outcome(said("APPROVED"), who=who) == NoDecisionReason.OWN_CHANGE


def test_a_later_contradiction_by_an_approver_leaves_it_undecided() -> None:
    assert outcome(said("APPROVED"), said("REJECTED", at="10:09", by="tom")) == NoDecisionReason.CONTRADICTED
    assert outcome(said("APPROVED"), said("APPROVED", at="10:09", by="tom")) == "approved"
    assert outcome(said("REJECTED", at="10:01", by="tom"), said("APPROVED")) == "approved"
    doubt = said("APPROVED, but the port is wrong", at="10:09", by="tom")
    assert outcome(said("APPROVED"), doubt) == NoDecisionReason.CONTRADICTED
    assert outcome(said("REJECTED"), doubt) == "rejected"
    assert outcome(said("APPROVED"), said("the port is wrong", at="10:09", by="tom")) == "approved"


def test_an_approval_with_more_words_gets_instructions() -> None:
    found = deciding_comment([said("approved if fixed")], ANNOUNCED, JANE, revision=2)
    assert isinstance(found, NoDecision)
    assert found.explanation == (
        "I did not publish, because your comment says more than APPROVED. "
        "To publish revision 2, comment just APPROVED."
    )
    assert found.comment_id


def test_an_author_without_a_name_is_ignored() -> None:
    unknown_mover = DecisionPolicy(mover_id="", own_ids=frozenset({"kinexus"}))
    assert outcome(said("APPROVED", by=""), who=unknown_mover) == NoDecisionReason.UNKNOWN_ACCOUNT
    assert outcome(said("APPROVED"), said("REJECTED", at="10:09", by="")) == "approved"
