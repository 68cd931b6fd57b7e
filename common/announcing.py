"""What is said on the bus, and with which ids: one function for each event.

https://docs.aws.amazon.com/eventbridge/latest/ref/events-structure.html
"""

from __future__ import annotations

from common.change import Change
from common.document import Document, Publication
from common.event_bus import EventBus
from common.events import EventName


def change_detected(bus: EventBus, change: Change) -> None:
    """Say that a change waits to be taken up."""
    bus.publish(
        EventName.CHANGE_DETECTED,
        change_id=change.change_id,
        issue_id=change.issue_id,
        issue_key=change.issue_key,
    )


def document_generated(bus: EventBus, document: Document) -> None:
    """Say that a draft waits for its review. Not under a lease: whoever hears of it works on the document at once."""
    bus.publish(
        EventName.DOCUMENT_GENERATED,
        document_id=document.document_id,
        revision=document.revision,
        issue_key=document.issue_keys[-1],
    )


def review_completed(bus: EventBus, issue_id: str, issue_key: str, move_id: str) -> None:
    """Say that a review ticket was moved to done; ``move_id`` names the move."""
    bus.publish(
        EventName.REVIEW_COMPLETED, review_issue_id=issue_id, review_issue_key=issue_key, move_id=move_id
    )


def review_deleted(bus: EventBus, document: Document) -> None:
    """Say that a document's review ticket is missing for good."""
    bus.publish(
        EventName.REVIEW_DELETED,
        document_id=document.document_id,
        review_issue_id=document.review_issue_id,
        review_issue_key=document.review_issue_key,
    )


def revision_requested(bus: EventBus, document: Document) -> None:
    """Say that a document waits for its next draft. Not under a lease: whoever hears of it works on it at once."""
    bus.publish(
        EventName.REVISION_REQUESTED,
        document_id=document.document_id,
        revision=document.revision,
        issue_key=document.review_issue_key,
    )


def documentation_published(bus: EventBus, document: Document, page: Publication) -> None:
    """Say that a document is on its page."""
    bus.publish(
        EventName.DOCUMENTATION_PUBLISHED,
        document_id=document.document_id,
        revision=document.revision,
        page_id=page.page_id,
        page_url=page.url,
        issue_key=document.issue_keys[0],
    )
