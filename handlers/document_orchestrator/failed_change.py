"""Records that the work on a change failed for good: its documents end, its pages are free, its ticket is told."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from uuid import uuid4

from common.atlassian import idempotent_comments
from common.atlassian.jira_client import JiraClient
from common.aws.change_repository import ChangeRepository
from common.aws.document_repository import DocumentRepository, lock_key
from common.domain.change import Change
from common.domain.document import Document, DocumentStatus
from common.domain.document_states import MAY_HOLD_LOCK_UNDRAFTED, SETTLED, SHOWN
from common.runtime.errors import ConditionFailed, LeaseHeld
from handlers.document_orchestrator import notifications, stored_targets
from handlers.document_orchestrator.claim_page import LEASE_SECONDS, PageClaims
from handlers.document_orchestrator.new_document import new_document

log = logging.getLogger(__name__)


def record_failed(
    change: Change,
    reason: str,
    message_id: str,
    changes: ChangeRepository,
    records: DocumentRepository,
    claims: PageClaims,
    jira: JiraClient,
) -> None:
    """Record the failure of an open change; a change whose documents were all shown is documented instead."""
    own = _own_documents(change)
    complete = _settled_documents(change, own, records)
    if len(complete) >= len(own) and any(document.status in SHOWN for document in complete):
        changes.document(change, tuple(document.document_id for document in complete))
        return
    try:
        changes.fail(change, reason, message_id)
    except ConditionFailed:  # let go: another delivery has processed the change, so it has not failed
        log.warning("change.processed_meanwhile", extra={"change_id": change.change_id})
        return
    for mine in own:
        _free_page(mine, reason, records, claims)
    with changes.notification_lease(change.change_id, LEASE_SECONDS):
        comment = notifications.not_draftable(reason)
        idempotent_comments.comment_failure_once(jira, change.issue_id, change.change_id, comment)


def _free_page(mine: Document, reason: str, records: DocumentRepository, claims: PageClaims) -> None:
    """End a document without a draft and release its page; a page may be locked before its document is recorded."""
    started = records.get(mine.document_id)
    if started is None:
        records.unlock(lock_key(mine), mine.document_id)
        return
    if started.status is DocumentStatus.DRAFTING:
        records.fail_before_draft(started, reason)
    if started.status in MAY_HOLD_LOCK_UNDRAFTED:
        try:
            claims.release_ended(lock_key(started), started.document_id, uuid4().hex)
        except LeaseHeld:  # let go: another invocation starts the document again, and it keeps its page
            log.info("page_lock.kept", extra={"document_id": started.document_id})


def _settled_documents(
    change: Change, own: Sequence[Document], records: DocumentRepository
) -> list[Document]:
    """Return the documents that contain the change and do not wait for it; another change may have drafted them."""
    ids = dict.fromkeys((*(mine.document_id for mine in own), *change.joined))
    return [
        document
        for document in filter(None, map(records.get, ids))
        if document.status in SETTLED and change.change_id in document.change_ids
    ]


def _own_documents(change: Change) -> list[Document]:
    """Return the documents that this change starts, whether recorded or not: a page is locked before its record."""
    targets = stored_targets.from_json(change.choice).targets if change.choice else ()
    return [new_document(change, target, 0) for target in targets if target.kind is not None]
