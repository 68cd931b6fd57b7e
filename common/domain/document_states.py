"""The life of a document as one table: its flags, and every transition with what it requires and sets.

common.aws.document_repository has a typed method for each transition, and refuses all others. Each is a conditional
write on the state, the revision and the version of the record. The state diagram in docs/architecture.md is generated
from this table: `make docs`.
"""

from __future__ import annotations

from collections.abc import Iterable
from types import MappingProxyType

from common.domain.document import IN_REVIEW, Document, DocumentStatus, Verdict
from common.domain.transitions import Flag, Transition

DocumentFlag = Flag[Document]
DocumentTransition = Transition[Document, DocumentStatus]

_S = DocumentStatus

#: States of a document that was shown in a review.
SHOWN = frozenset({_S.IN_REVIEW, _S.REVISING, _S.PUBLISHING, _S.PUBLISHED, _S.REJECTED})
#: States in which a document does not need its change to be processed again.
SETTLED = SHOWN | {_S.NOT_NEEDED}
#: States of a document that may have no draft and still hold its page lock, if its function died.
MAY_HOLD_LOCK_UNDRAFTED = frozenset({_S.DRAFTING, _S.FAILED})
#: States in which a reviewer waits for the next draft, or for its announcement.
BETWEEN_DRAFTS = frozenset({_S.DRAFTED, _S.REVISING})

UNDRAFTED = DocumentFlag("undrafted", "no draft was stored yet", lambda document: document.revision == 0)
HAS_DRAFT = DocumentFlag(
    "has a draft", "at least one draft was stored", lambda document: document.revision > 0
)
HAS_REVIEW = DocumentFlag(
    "has a review", "its review ticket is recorded", lambda document: bool(document.review_issue_id)
)
NO_REVIEW = DocumentFlag(
    "has no review", "no review ticket is recorded", lambda document: not document.review_issue_id
)
CREATING_REVIEW = DocumentFlag(
    "creating its review",
    "the creation of its review ticket began, and no link makes that ticket findable",
    lambda document: bool(document.creating_since),
)
UNOPENED = DocumentFlag(
    "unopened",
    "the review of its newest revision could not be opened",
    lambda document: bool(document.revision) and document.unopened == document.revision,
)
MISSING = DocumentFlag(
    "missing", "a sweep did not find its review ticket", lambda document: bool(document.missing_since)
)
FEEDBACK_WAITS = DocumentFlag(
    "feedback waits",
    "the reviewer's feedback is not in a draft yet",
    lambda document: (
        document.status is _S.REVISING
        and document.decision is not None
        and document.decision.verdict is Verdict.NEEDS_REVISION
    ),
)
OVERTAKEN = DocumentFlag(
    "overtaken",
    "it was approved, but a person edited the page where the draft edits it",
    lambda document: (
        document.status is _S.REVISING
        and document.decision is not None
        and document.decision.verdict is Verdict.APPROVED
    ),
)
APPROVED = DocumentFlag(
    "approved",
    "the decision that is being carried out is an approval of its newest revision",
    lambda document: document.decision is not None and document.decision.verdict is Verdict.APPROVED,
)
NOTICE_UNCONFIRMED = DocumentFlag(
    "notice unconfirmed",
    "a notice about unpublished work or changed source tickets is recorded, but may not be posted",
    lambda document: any(
        notice is not None and not notice.at for notice in (document.draft_notice, document.source_notice)
    ),
)
STAYS_UNDECIDED = DocumentFlag(
    "stays undecided",
    "its review was closed without a decision too often, and is not reopened any more",
    lambda document: document.stays_undecided,
)
CLOSING = DocumentFlag(
    "closing",
    "its state is final, but its page may be locked and people may not be notified yet",
    lambda document: document.closing,
)
#: The named flags; what a record's state alone does not tell.
FLAGS = (
    UNDRAFTED,
    HAS_DRAFT,
    HAS_REVIEW,
    NO_REVIEW,
    CREATING_REVIEW,
    UNOPENED,
    MISSING,
    FEEDBACK_WAITS,
    OVERTAKEN,
    APPROVED,
    NOTICE_UNCONFIRMED,
    STAYS_UNDECIDED,
    CLOSING,
)


def _transition(
    name: str,
    sources: Iterable[DocumentStatus],
    target: DocumentStatus | None,
    sets: str,
    when: str,
    *requires: DocumentFlag,
    **required_from: DocumentFlag,
) -> DocumentTransition:
    """Return a transition; ``requires`` holds for all sources, ``required_from`` for the one of that name."""
    flags = {
        source: (*requires, *((required_from[source.value],) if source.value in required_from else ()))
        for source in sources
    }
    return DocumentTransition(name, MappingProxyType(flags), target, frozenset(sets.split()), when)


# Transitions that change the state
RESTART = _transition(
    "restart",
    (_S.FAILED,),
    _S.DRAFTING,
    "kind title page_id parent_id choice created_in reason",
    "the same change is sent again before any draft was stored",
    UNDRAFTED,
)
STORE_DRAFT = _transition(
    "store_draft",
    (_S.DRAFTING, _S.DRAFTED, _S.IN_REVIEW, _S.REVISING),
    _S.DRAFTED,
    "revision sha256 title space_id change_ids issue_keys author_ids choice reason drafted_by",
    "a draft is stored, also for another ticket that joins",
    drafting=UNDRAFTED,
    drafted=HAS_DRAFT,
    in_review=HAS_DRAFT,
    revising=HAS_DRAFT,
)
END_WITHOUT_EDIT = _transition(
    "end_without_edit",
    (_S.DRAFTING, _S.REVISING),
    _S.NOT_NEEDED,
    "change_ids issue_keys reason",
    "the model finds nothing to change",
    drafting=UNDRAFTED,
    revising=OVERTAKEN,
)
FAIL_BEFORE_DRAFT = _transition(
    "fail_before_draft", (_S.DRAFTING,), _S.FAILED, "reason created_in", "no draft can be made", UNDRAFTED
)
FAIL_BEFORE_REVIEW = _transition(
    "fail_before_review",
    (_S.DRAFTED,),
    _S.FAILED,
    "reason created_in",
    "the draft may not be shown",
    NO_REVIEW,
)
OPEN_REVIEW = _transition(
    "open_review",
    (_S.DRAFTED,),
    _S.IN_REVIEW,
    "announcement reason",
    "the review ticket is open and the revision announced",
    HAS_REVIEW,
)
BEGIN_PUBLISHING = _transition(
    "begin_publishing", (_S.IN_REVIEW, _S.PUBLISHING), _S.PUBLISHING, "decision", "APPROVED", HAS_REVIEW
)
RETURN_TO_REVIEW = _transition(
    "return_to_review",
    (_S.PUBLISHING,),
    _S.IN_REVIEW,
    "decision draft_notice source_notice",
    "the approval was withdrawn, or waits until a person acts",
)
REOPEN_AS_DRAFTED = _transition(
    "reopen_as_drafted",
    (_S.IN_REVIEW, _S.PUBLISHING),
    _S.DRAFTED,
    "decision reason",
    "its review ticket is gone, and an operator replays it",
)
SEND_BACK = _transition(
    "send_back",
    (_S.IN_REVIEW,),
    _S.REVISING,
    "decision sent_back revised reason",
    "NEEDS REVISION",
    HAS_REVIEW,
)
REVISE_AFTER_CONFLICT = _transition(
    "revise_after_conflict",
    (_S.PUBLISHING,),
    _S.REVISING,
    "reason",
    "the page changed where the draft edits it",
    APPROVED,
)
PUBLISH = _transition(
    "publish",
    (_S.PUBLISHING,),
    _S.PUBLISHED,
    "closing publication reason",
    "the page has the approved version",
    APPROVED,
)
REJECT = _transition(
    "reject",
    (_S.IN_REVIEW, _S.DRAFTED, _S.REVISING),
    _S.REJECTED,
    "closing decision reason created_in",
    "REJECTED",
    HAS_REVIEW,
)
FAIL_AFTER_REVISIONS = _transition(
    "fail_after_revisions",
    (_S.IN_REVIEW,),
    _S.FAILED,
    "closing decision sent_back revised reason created_in",
    "too many drafts were sent back",
    HAS_REVIEW,
)
FAIL_PUBLICATION = _transition(
    "fail_publication",
    (_S.PUBLISHING,),
    _S.FAILED,
    "closing reason created_in",
    "the page can no longer be written as approved",
    APPROVED,
)
FAIL_WITHOUT_TICKET = _transition(
    "fail_without_ticket",
    IN_REVIEW,
    _S.FAILED,
    "closing decision reason created_in",
    "the review ticket was deleted",
    MISSING,
)

# Notes, which keep the state
FINISH_CLOSING = _transition(
    "finish_closing",
    (_S.PUBLISHED, _S.REJECTED, _S.FAILED),
    None,
    "closing reason",
    "the page is released and everyone is notified",
    CLOSING,
)
RECORD_REVIEW_TICKET = _transition(
    "record_review_ticket",
    (_S.DRAFTED,),
    None,
    "review_issue_id review_issue_key missing_since creating_since",
    "its review ticket was created, or found again",
)
RECORD_CREATION = _transition(
    "record_creation", (_S.DRAFTED,), None, "creating_since", "its review ticket is about to be created"
)
RECORD_UNOPENED = _transition(
    "record_unopened",
    (_S.DRAFTED,),
    None,
    "reason unopened",
    "the review of its newest revision could not be opened",
)
RECORD_MISSING = _transition(
    "record_missing", IN_REVIEW, None, "missing_since", "a sweep found its review ticket missing, or back"
)
RECORD_UNDECIDED = _transition(
    "record_undecided",
    (*IN_REVIEW, *BETWEEN_DRAFTS),
    None,
    "undecided",
    "its review was closed without a decision",
)
RECORD_NOTICE = _transition(
    "record_notice",
    (_S.PUBLISHING,),
    None,
    "draft_notice source_notice",
    "a notice about unpublished work or changed source tickets is about to be posted, or was seen by the approver",
)
RECORD_STOP = _transition(
    "record_stop",
    (_S.DRAFTING, _S.DRAFTED, _S.IN_REVIEW, _S.REVISING, _S.PUBLISHING),
    None,
    "reason",
    "work on it failed, and an operator has to act",
)
RECORD_NOTIFICATION_FAILURE = _transition(
    "record_notification_failure",
    (_S.PUBLISHED,),
    None,
    "reason",
    "people could not be notified of its publication",
    CLOSING,
)

RECORD_CONVERSION_CHECK = _transition(
    "record_conversion_check",
    (_S.PUBLISHED,),
    None,
    "conversion_checked",
    "a sweep compared the published version with the one before",
)

RECORD_REMINDER = _transition(
    "record_reminder",
    (_S.IN_REVIEW,),
    None,
    "reminded",
    "a sweep reminded its review that it waits",
)

RECORD_STANDING = _transition(
    "record_standing",
    (_S.PUBLISHED,),
    None,
    "still_stands",
    "a sweep measured how much of the approved text still stands",
)

#: Every allowed step of a document, state changes first.
DOCUMENT_TRANSITIONS: tuple[DocumentTransition, ...] = (
    RESTART,
    STORE_DRAFT,
    END_WITHOUT_EDIT,
    FAIL_BEFORE_DRAFT,
    FAIL_BEFORE_REVIEW,
    OPEN_REVIEW,
    BEGIN_PUBLISHING,
    RETURN_TO_REVIEW,
    REOPEN_AS_DRAFTED,
    SEND_BACK,
    REVISE_AFTER_CONFLICT,
    PUBLISH,
    REJECT,
    FAIL_AFTER_REVISIONS,
    FAIL_PUBLICATION,
    FAIL_WITHOUT_TICKET,
    FINISH_CLOSING,
    RECORD_REVIEW_TICKET,
    RECORD_CREATION,
    RECORD_UNOPENED,
    RECORD_MISSING,
    RECORD_UNDECIDED,
    RECORD_NOTICE,
    RECORD_STOP,
    RECORD_NOTIFICATION_FAILURE,
    RECORD_CONVERSION_CHECK,
    RECORD_REMINDER,
    RECORD_STANDING,
)
