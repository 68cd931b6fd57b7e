"""Publishes the pipeline's events on the EventBridge bus.

https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html
"""

from __future__ import annotations

import json
import logging
from typing import Any

from common.domain.change import Change
from common.domain.document import Document, Publication
from common.domain.events import SOURCE, EventName

log = logging.getLogger(__name__)


class PublishFailed(Exception):
    """EventBridge did not accept the event (``FailedEntryCount`` > 0); ``code`` is its error code."""

    def __init__(self, message: str, code: str = "") -> None:
        super().__init__(message)
        self.code = code


class EventBus:
    """One bus. ``client`` is boto3's ``events`` client."""

    def __init__(self, client: Any, name: str) -> None:
        self._client, self._name = client, name

    def publish(self, name: EventName, **detail: str | int) -> None:
        """Publish one event, which is durable when this returns. Raises PublishFailed."""
        entry = {
            "EventBusName": self._name,
            "Source": SOURCE,
            "DetailType": name,
            "Detail": json.dumps(detail),
        }
        answer = self._client.put_events(Entries=[entry])
        if answer.get("FailedEntryCount"):
            refused = answer["Entries"][0]
            code = str(refused.get("ErrorCode"))
            raise PublishFailed(f"{name}: {code}: {refused.get('ErrorMessage')}", code)
        log.info("event.published", extra={"event": str(name), **detail})


def publish_change_detected(bus: EventBus, change: Change) -> None:
    """Publish ChangeDetected: a change is recorded and waits to be processed."""
    bus.publish(
        EventName.CHANGE_DETECTED,
        change_id=change.change_id,
        issue_id=change.issue_id,
        issue_key=change.issue_key,
    )


def publish_document_generated(bus: EventBus, document: Document) -> None:
    """Publish DocumentGenerated: a draft waits for its review.

    Never call it while holding the document's lease: the consumer works on the document at once.
    """
    bus.publish(
        EventName.DOCUMENT_GENERATED,
        document_id=document.document_id,
        revision=document.revision,
        issue_key=document.issue_keys[-1],
    )


def publish_review_completed(bus: EventBus, issue_id: str, issue_key: str, move_id: str) -> None:
    """Publish ReviewCompleted: a review ticket was moved to Done; ``move_id`` is the changelog id of the move."""
    bus.publish(
        EventName.REVIEW_COMPLETED, review_issue_id=issue_id, review_issue_key=issue_key, move_id=move_id
    )


def publish_review_deleted(bus: EventBus, document: Document) -> None:
    """Publish ReviewDeleted: the review ticket of a document was deleted."""
    bus.publish(
        EventName.REVIEW_DELETED,
        document_id=document.document_id,
        review_issue_id=document.review_issue_id,
        review_issue_key=document.review_issue_key,
    )


def publish_revision_requested(bus: EventBus, document: Document) -> None:
    """Publish RevisionRequested: a document waits for its next draft.

    Never call it while holding the document's lease: the consumer works on the document at once.
    """
    bus.publish(
        EventName.REVISION_REQUESTED,
        document_id=document.document_id,
        revision=document.revision,
        issue_key=document.review_issue_key,
    )


def publish_revert_requested(bus: EventBus, document: Document, requested_by: str) -> None:
    """Publish RevertRequested: an operator wants a review that takes the publication of a document back."""
    bus.publish(
        EventName.REVERT_REQUESTED,
        document_id=document.document_id,
        issue_key=document.issue_keys[-1],
        requested_by=requested_by,
    )


def publish_documentation_published(bus: EventBus, document: Document, page: Publication) -> None:
    """Publish DocumentationPublished: the page carries the document."""
    bus.publish(
        EventName.DOCUMENTATION_PUBLISHED,
        document_id=document.document_id,
        revision=document.revision,
        page_id=page.page_id,
        page_url=page.url,
        issue_key=document.issue_keys[0],
    )
