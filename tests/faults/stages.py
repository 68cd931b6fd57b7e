"""Bring a ticket to a stage of the pipeline, before something fails."""

from __future__ import annotations

from typing import Any

from handlers.document_orchestrator.handler import handle as orchestrate
from handlers.review_ticket_creator.handler import handle as open_review
from tests.handlers.aws import deliver
from tests.handlers.pipeline import Pipeline


def closed(pipeline: Pipeline, page_id: str) -> tuple[str, list[dict[str, Any]]]:
    """Close a ticket; return its key and the message for the orchestrator."""
    text = "A refund in the quarnix ledger returns a part of the payment when an amount is given."
    key = pipeline.create_ticket("Quarnix refunds take an amount", text, ["needs-docs", f"docs:{page_id}"])
    pipeline.finish(key)
    return key, pipeline.aws.messages("DocumentOrchestrator")


def drafted(pipeline: Pipeline, page_id: str) -> tuple[str, list[dict[str, Any]]]:
    """Bring a ticket to its draft; return its key and the message for the review ticket's creator."""
    key, messages = closed(pipeline, page_id)
    assert deliver(orchestrate, messages) == []
    return key, pipeline.aws.messages("ReviewTicketCreator")


def approved(pipeline: Pipeline, page_id: str) -> tuple[str, list[dict[str, Any]]]:
    """Bring a ticket to its approval; return its review's key and the message for the approval handler."""
    key, messages = drafted(pipeline, page_id)
    return _approved(pipeline, key, messages)


def new_page_approved(pipeline: Pipeline) -> tuple[str, list[dict[str, Any]]]:
    """Bring a ticket to the approval of a new page; return the same as `approved`."""
    text = "Gardeners plant a zyxomatic lattice wherever quibbles sprout."
    key = pipeline.create_ticket("Zyxomatic lattice for quibble gardeners", text, ["needs-docs"])
    pipeline.finish(key)
    assert deliver(orchestrate, pipeline.aws.messages("DocumentOrchestrator")) == []
    return _approved(pipeline, key, pipeline.aws.messages("ReviewTicketCreator"))


def _approved(
    pipeline: Pipeline, key: str, messages: list[dict[str, Any]]
) -> tuple[str, list[dict[str, Any]]]:
    assert deliver(open_review, messages) == []
    review = pipeline.review_of(key)
    pipeline.decide(review, "APPROVED")
    return review, pipeline.aws.messages("ApprovalHandler")


def status(pipeline: Pipeline) -> str:
    [document] = pipeline.aws.documents()
    return str(document["status"])
