"""The handlers' time limits match the stack's timeouts: a lease that is too short lets two work on one document."""

from __future__ import annotations

import pytest

from common.lambda_entry import webhook_endpoint
from handlers.approval_handler import failed_review
from handlers.document_orchestrator import claim_page
from handlers.review_page import handler as review_page
from handlers.review_ticket_creator import document_generated
from handlers.sweep import handler as sweep
from stack.pipeline.functions import (
    APPROVAL_HANDLER,
    DOCUMENT_ORCHESTRATOR,
    JIRA_WEBHOOK_HANDLER,
    REVIEW_PAGE,
    REVIEW_TICKET_CREATOR,
    SWEEP,
    FunctionShape,
)


@pytest.mark.parametrize(
    ("counted_on", "function"),
    [
        (claim_page.LEASE_SECONDS, DOCUMENT_ORCHESTRATOR),
        (document_generated.LEASE_SECONDS, REVIEW_TICKET_CREATOR),
        (failed_review.LEASE_SECONDS, APPROVAL_HANDLER),
        (sweep.TIMEOUT, SWEEP),
    ],
)
def test_each_timeout_equals_the_handlers_constant(counted_on: int, function: FunctionShape) -> None:
    assert counted_on == function.timeout_seconds


@pytest.mark.parametrize(
    ("longest", "function"),
    [
        (webhook_endpoint.MAX_SECONDS, JIRA_WEBHOOK_HANDLER),
        (webhook_endpoint.MAX_SECONDS, APPROVAL_HANDLER),
        (review_page.MAX_SECONDS, REVIEW_PAGE),
    ],
)
def test_synchronous_functions_answer_before_their_timeout(longest: int, function: FunctionShape) -> None:
    assert longest < function.timeout_seconds
