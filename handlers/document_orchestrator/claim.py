"""Decides what a change does about its page, by who holds the page and how far that document is. A pure function.

The page lock decides: the document that holds it is the only open one for this page, and other changes join it. If
another change has already created the page that this one should create, this one updates it. If the draft that this
change should join ended without a page, this change creates the page.
"""

from __future__ import annotations

from enum import StrEnum

from common.domain.change import Change
from common.domain.document import FINAL_STATUSES, Document, DocumentStatus
from common.domain.document_states import UNDRAFTED


class Holder(StrEnum):
    """Which document has the page, or will have it."""

    MINE = "mine"
    """The document that this change starts holds the page lock."""
    OTHER = "other"
    """Another document holds the page lock."""
    JOINED = "joined"
    """A document that contains this change since an earlier delivery."""
    AWAITED = "awaited"
    """The open draft of a page to be created that the page selection joins."""


class Standing(StrEnum):
    """How far the holder's document is."""

    ABSENT = "absent"
    """It has no record yet."""
    OPEN = "open"
    """It can take another draft."""
    PUBLISHING = "publishing"
    """Its approved draft is being published."""
    UNDRAFTED = "failed undrafted"
    """It failed before its first draft; the change that started it may restart it."""
    ENDED = "ended"
    """Its state is final."""


class Action(StrEnum):
    """What the change does next. Only the first three work on a document; after the others, it looks again."""

    START = "start its document"
    RESTART = "restart its document, which failed before its first draft"
    WORK = "work on the holder's document: join it, continue, or complete its end"
    UPDATE_CREATED = "update the page that another change has created meanwhile"
    REPLACE_ENDED = "replace the draft that it should join, which has ended"
    REPLACE_RESERVED = "replace the reserved page that it should join, which was never started"
    FREE = "free the page of a document that has ended"
    TAKE_OVER = "take over the lock of a process that died before recording its document"
    WAIT = "wait for another invocation"
    WAIT_FOR_REVIEW = "wait for the end of a review in which other people decide"


def standing_of(document: Document | None) -> Standing:
    """Return how far a document is; None is a document without a record."""
    if document is None:
        return Standing.ABSENT
    if document.status is DocumentStatus.FAILED and UNDRAFTED.holds(document):
        return Standing.UNDRAFTED
    if document.status in FINAL_STATUSES:
        return Standing.ENDED
    return Standing.PUBLISHING if document.status is DocumentStatus.PUBLISHING else Standing.OPEN


def has_ended_without(document: Document, change: Change) -> bool:
    """Return whether a document ended without this change in it."""
    return document.status in FINAL_STATUSES and change.change_id not in document.change_ids


def claim(
    holder: Holder,
    standing: Standing,
    *,
    includes: bool = False,
    is_created: bool = False,
    is_stale: bool = False,
    may_start: bool = False,
    is_revert: bool = False,
    may_join: bool = True,
) -> Action:
    """Return what a change does.

    ``includes`` says that the holder's document contains the change. ``is_created`` matters for a page to be created:
    Kinexus has created it already. ``is_stale`` matters for a lock whose document has no record: it is older than any
    living process. ``may_start`` matters for an awaited draft without a record: it may still be started.
    ``is_revert`` says that the holder's document takes a publication back: no change joins it.
    ``may_join`` matters for an open document of other changes: the same people may decide on it and on the change.
    """
    if standing is Standing.ABSENT:
        return _claim_unrecorded(holder, is_created=is_created, is_stale=is_stale, may_start=may_start)
    if standing is Standing.PUBLISHING or (is_revert and standing is Standing.OPEN):
        return Action.WAIT
    if holder is Holder.MINE and standing is Standing.UNDRAFTED:
        return Action.UPDATE_CREATED if is_created else Action.RESTART
    is_theirs = holder in (Holder.OTHER, Holder.AWAITED)
    if standing is Standing.OPEN and is_theirs and not includes and not may_join:
        return Action.WAIT_FOR_REVIEW
    if standing is Standing.OPEN or includes or holder in (Holder.MINE, Holder.JOINED):
        return Action.WORK
    return Action.REPLACE_ENDED if holder is Holder.AWAITED else Action.FREE


def _claim_unrecorded(holder: Holder, *, is_created: bool, is_stale: bool, may_start: bool) -> Action:
    """Return what a change does if the holder's document has no record."""
    match holder:
        case Holder.MINE:
            return Action.UPDATE_CREATED if is_created else Action.START
        case Holder.OTHER:
            return Action.TAKE_OVER if is_stale else Action.WAIT
        case Holder.AWAITED:
            return Action.WAIT if may_start else Action.REPLACE_RESERVED
        case Holder.JOINED:
            return Action.WAIT
