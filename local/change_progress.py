"""Progress of a change or a review, read from the DynamoDB tables."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from boto3.dynamodb.types import TypeDeserializer

Client = Callable[[str], Any]
"""Returns a boto3 client for a service name."""

_UNDER_WAY = ("drafting", "drafted", "revising", "publishing")
_plain = TypeDeserializer()


@dataclass(frozen=True)
class DocumentProgress:
    """A document's record. ``is_closing``: it has ended, but some tickets still lack their notification."""

    document_id: str
    kind: str
    status: str
    title: str
    revision: int
    review_issue_key: str
    page_id: str
    page_url: str
    reason: str
    is_closing: bool

    @property
    def is_settled(self) -> bool:
        """Return whether the document has ended or waits for a person."""
        return self.status not in _UNDER_WAY and not self.is_closing


@dataclass(frozen=True)
class ChangeProgress:
    """A change and its documents."""

    change_id: str
    issue_key: str
    status: str
    reason: str
    documents: tuple[DocumentProgress, ...]

    @property
    def is_settled(self) -> bool:
        """Return whether the change has ended or waits for a person."""
        if self.status == "documented":
            return bool(self.documents) and all(document.is_settled for document in self.documents)
        return self.status != "detected"


def change_progress(client: Client, outputs: dict[str, Any], change_id: str) -> ChangeProgress | None:
    """Return a change and its documents, or None when the table has no such change."""
    item = _get(client, outputs["changesTable"], {"change_id": change_id})
    if not item:
        return None
    documents = (
        _get(client, outputs["documentsTable"], {"document_id": each})
        for each in item.get("document_ids", ())
    )
    return ChangeProgress(
        change_id=change_id,
        issue_key=str(item.get("issue_key", "")),
        status=str(item.get("status", "")),
        reason=str(item.get("reason", "")),
        documents=tuple(_document(each) for each in documents if each),
    )


def review_progress(client: Client, outputs: dict[str, Any], issue_id: str) -> DocumentProgress | None:
    """Return the document whose review ticket has this issue id, or None."""
    for item in scan_table(client, outputs["documentsTable"]):
        if issue_id and item.get("review_issue_id") == issue_id:
            return _document(item)
    return None


def is_idle(client: Client, queue_urls: Iterable[str]) -> bool:
    """Return whether the queues hold no message: none visible, none in flight, none delayed."""
    names = [
        "ApproximateNumberOfMessages",
        "ApproximateNumberOfMessagesNotVisible",
        "ApproximateNumberOfMessagesDelayed",
    ]
    sqs = client("sqs")
    for url in queue_urls:
        counts = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=names)["Attributes"]
        if any(int(counts[name]) for name in names):
            return False
    return True


def _document(item: dict[str, Any]) -> DocumentProgress:
    publication = item.get("publication") or {}
    return DocumentProgress(
        document_id=str(item["document_id"]),
        kind=str(item.get("kind", "")),
        status=str(item.get("status", "")),
        title=str(item.get("title", "")),
        revision=int(item.get("revision", 0)),
        review_issue_key=str(item.get("review_issue_key", "")),
        page_id=str(publication.get("page_id", "")),
        page_url=str(publication.get("url", "")),
        reason=str(item.get("reason", "")),
        is_closing=bool(item.get("closing")),
    )


def _get(client: Client, table: str, key: dict[str, str]) -> dict[str, Any]:
    wire = {name: {"S": value} for name, value in key.items()}
    item = client("dynamodb").get_item(TableName=table, Key=wire, ConsistentRead=True).get("Item", {})
    return {name: _plain.deserialize(value) for name, value in item.items()}


def scan_table(client: Client, table: str) -> Iterable[dict[str, Any]]:
    """Yield all items of a table, read strongly consistent."""
    for page in client("dynamodb").get_paginator("scan").paginate(TableName=table, ConsistentRead=True):
        for item in page["Items"]:
            yield {name: _plain.deserialize(value) for name, value in item.items()}
