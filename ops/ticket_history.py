"""Finds the records of a ticket by its key, by scanning whole tables.

Only the operators' commands scan tables: an operator knows a ticket's key, the functions know the ids of records.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from boto3.dynamodb.types import TypeDeserializer

from common.aws.dynamodb_codec import from_item
from common.domain.change import Change
from common.domain.document import Document
from common.domain.events import Event
from ops.dead_letter_queues import DeadLetter
from ops.deployed_stack import DeployedStack

#: Shown if a failure left no reason: its function may have been killed, or Jira was down.
NO_REASON = "(no reason recorded)"

_deserialize = TypeDeserializer().deserialize


@dataclass(frozen=True)
class TicketHistory:
    """All records of one ticket, oldest first."""

    changes: tuple[Change, ...]
    documents: tuple[Document, ...]


def read_history(deployment: DeployedStack, issue_key: str, issue_id: str = "") -> TicketHistory:
    """Return the changes and documents of a source ticket or review ticket, found by its key or by Jira's id."""
    mine = {":key": issue_key, ":id": issue_id or "-"}
    table = deployment.settings.changes_table
    condition = "issue_key = :key OR issue_id = :id"
    found = [from_item(Change, item) for item in _scan(deployment, table, condition, mine)]
    known = {change.change_id for change in found}
    ours = "contains(issue_keys, :key) OR review_issue_key = :key OR review_issue_id = :id"
    # Documents list a ticket that moved to another project under its old key.
    keys = {issue_key, *(change.issue_key for change in found)}
    each = [
        document for key in sorted(keys) for document in _documents(deployment, ours, {**mine, ":key": key})
    ]
    documents = tuple({document.document_id: document for document in each}.values())
    joined = dict.fromkeys(change_id for document in documents for change_id in document.change_ids)
    found += [c for c in map(deployment.changes.get, joined) if c and c.change_id not in known]
    return TicketHistory(tuple(sorted(found, key=lambda change: change.detected_at)), documents)


def belongs_to(letter: DeadLetter, issue_key: str, history: TicketHistory) -> bool:
    """Return whether a dead letter is about a ticket or one of its changes and documents."""
    detail = letter.event.detail if letter.event else {}
    ids = {change.change_id for change in history.changes} | {
        document.document_id for document in history.documents
    }
    keys = {
        issue_key,
        *(document.review_issue_key for document in history.documents if document.review_issue_key),
    }
    named = {str(detail.get(name)) for name in ("change_id", "document_id")}
    return bool(named & ids) or str(detail.get("issue_key") or detail.get("review_issue_key")) in keys


def recorded_reason(deployment: DeployedStack, event: Event) -> str:
    """Return the status and reason of the change or document that an event is about."""
    detail = event.detail
    if "change_id" in detail:
        change = deployment.changes.get(str(detail["change_id"]))
        return f"{change.status}: {change.reason}" if change else "there is no record of this change"
    if "document_id" in detail:
        document = deployment.documents.get(str(detail["document_id"]))
    else:
        document = deployment.documents.find_by_review_ticket(str(detail.get("review_issue_id")))
    if document is None:
        return "there is no record of this document"
    return f"{document.status}: {document.reason}" if document.reason else NO_REASON


def _documents(deployment: DeployedStack, condition: str, values: dict[str, str]) -> tuple[Document, ...]:
    items = _scan(deployment, deployment.settings.documents_table, condition, values)
    found = [from_item(Document, item) for item in items]
    return tuple(sorted(found, key=lambda document: document.created_at))


def _scan(
    deployment: DeployedStack, table: str, condition: str, values: dict[str, str]
) -> list[dict[str, Any]]:
    pages = (
        deployment.client("dynamodb")
        .get_paginator("scan")
        .paginate(
            TableName=table,
            FilterExpression=condition,
            ExpressionAttributeValues={name: {"S": value} for name, value in values.items()},
            ConsistentRead=True,
        )
    )
    return [
        {name: _deserialize(value) for name, value in item.items()}
        for page in pages
        for item in page["Items"]
    ]
