"""The calls that one published page takes, warm: held to what docs/scaling.md and docs/cost.md compute with.

Calls that were added for safety are counted apart, each with its reason. The model's calls are not counted, nor those
of the diff page (two to S3) and of the two webhooks (two to AWS and one), which no state makes needless.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from botocore.client import BaseClient

from local.atlassian.site import LoggedRequest
from tests.handlers.pipeline import QUEUE_HANDLERS, Pipeline
from tests.handlers.test_pipeline import NEW_SUMMARY, NEW_TEXT, SUMMARY, TEXT, in_review, page_id

__all__ = ["page_id"]

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "scaling.md"

#: Calls of the webhooks and of the diff page for one page: put the change, PutEvents twice, and two objects read.
ELSEWHERE = 5
#: What a call was added for, by a function that recognises it.
SAFETY: dict[str, Callable[[str, LoggedRequest], bool]] = {
    "the ancestors of candidates, whose restrictions count too": lambda function, call: (
        function == "DocumentOrchestrator"
        and call.path.endswith("/v2/pages")
        and "body-format" not in call.query
    ),
    "a page that was restricted after it was drafted on is not shown": lambda function, call: (
        function == "ReviewTicketCreator" and call.product == "confluence"
    ),
    "a source ticket that was reopened or declined holds an approval": lambda function, call: (
        function == "ApprovalHandler"
        and call.product == "jira"
        and "fields=" in call.query
        and "expand" not in call.query
    ),
    "a person's unpublished work on the page is not overwritten": lambda function, call: (
        "get-draft" in call.query
    ),
}
MOST_FOR_SAFETY = 6
#: Webhooks of one page: three about the source ticket, two about the review.
WEBHOOKS = 5


def is_service(function: str, call: LoggedRequest) -> bool:
    """Return whether a call tells people of a review: who is asked to decide, and that a draft waits."""
    tells_source = call.method == "POST" and "/issue/PAY2-" in call.path
    invites = "/user/" in call.path or call.path.endswith("/assignee")
    return function == "ReviewTicketCreator" and (tells_source or invites)


#: docs/scaling.md, "By endpoint and method": the columns of its table.
COLUMNS = ("update", "create", "named")
_ROW = re.compile(
    r"^\| (Jira|Confluence) (GET|POST|PUT) ([^|]+) \| (\d+) \| (\d+) \| (\d+) \|$", re.MULTILINE
)


def endpoint(call: LoggedRequest) -> tuple[str, str, str]:
    """Return product, method and endpoint of a call, as the table names them."""
    parts = [
        part for part in call.path.split("/") if not re.fullmatch(r"\d+|[A-Z]\w*-\d+|api|v2|rest|wiki|", part)
    ]
    name = "/".join(parts[-2:]) if parts[-1] == "search" and len(parts) > 1 else parts[-1]
    return call.product.capitalize(), call.method, name


@dataclass
class Calls:
    """The calls of the queue handlers to Atlassian, by function, and to AWS."""

    atlassian: list[tuple[str, LoggedRequest]] = field(default_factory=list)
    aws: list[str] = field(default_factory=list)

    def for_safety(self) -> dict[str, int]:
        return {
            reason: sum(is_for(function, call) for function, call in self.atlassian)
            for reason, is_for in SAFETY.items()
        }


@pytest.fixture
def calls(pipeline: Pipeline, page_id: str, monkeypatch: pytest.MonkeyPatch) -> Calls:
    """The calls of warm functions: an earlier page was published."""
    found = Calls()
    serving = list[str]()
    make = BaseClient._make_api_call  # type: ignore[attr-defined]  # botocore's stubs leave it out

    def made(client: BaseClient, operation: str, given: dict[str, Any]) -> Any:
        if serving and operation != "Converse":
            found.aws.append(operation)
        return make(client, operation, given)

    def counted(
        name: str, handle: Callable[[dict[str, Any], Any], Any]
    ) -> Callable[[dict[str, Any], Any], Any]:
        def counting(event: dict[str, Any], context: Any) -> Any:
            before = len(pipeline.site.calls(account="kinexus"))
            serving.append(name)
            try:
                return handle(event, context)
            finally:
                serving.pop()
                found.atlassian += [(name, call) for call in pipeline.site.calls(account="kinexus")[before:]]

        return counting

    monkeypatch.setattr(BaseClient, "_make_api_call", made)
    _, review = in_review(pipeline, f"{SUMMARY} on Mondays", f"{TEXT} On Mondays it does.")
    pipeline.decide(review, "APPROVED")
    pipeline.run()
    for name, handle in list(QUEUE_HANDLERS.items()):
        monkeypatch.setitem(QUEUE_HANDLERS, name, counted(name, handle))
    return found


def published(pipeline: Pipeline, summary: str, text: str, *labels: str) -> None:
    """Close a ticket, approve its draft, and publish it."""
    key = pipeline.create_ticket(summary, text, ["needs-docs", *labels])
    pipeline.finish(key)
    pipeline.run()
    pipeline.decide(pipeline.review_of(key), "APPROVED")
    pipeline.run()
    assert {document["status"] for document in pipeline.aws.documents()} == {"published"}


@pytest.mark.parametrize(("case", "most"), [("update", 20), ("create", 22), ("named", 15)])
def test_a_published_page_takes_at_most_so_many_calls(
    pipeline: Pipeline, page_id: str, calls: Calls, case: str, most: int
) -> None:
    summary, text = (
        (NEW_SUMMARY, NEW_TEXT) if case == "create" else (f"{SUMMARY} again", f"{TEXT} In winter, too.")
    )
    before = len(pipeline.gateway.answers)
    published(pipeline, summary, text, *([f"docs:{page_id}"] if case == "named" else []))
    assert len(pipeline.gateway.answers) - before <= WEBHOOKS
    safety = calls.for_safety()
    told = [f"{function} {call.method} {call.path}?{call.query[:60]}" for function, call in calls.atlassian]
    assert sum(safety.values()) <= MOST_FOR_SAFETY, safety
    service = sum(is_service(function, call) for function, call in calls.atlassian)
    assert len(calls.atlassian) - sum(safety.values()) - service <= most, told
    assert len(calls.aws) + ELSEWHERE <= 34, calls.aws
    column = 3 + COLUMNS.index(case)
    documented = {row[:3]: int(row[column]) for row in _ROW.findall(DOCUMENT.read_text())}
    counted = Counter(endpoint(call) for _, call in calls.atlassian)
    rows = {key: sum(counted.pop((*key[:2], name), 0) for name in key[2].split(", ")) for key in documented}
    assert (rows, +counted) == (documented, Counter())


def test_no_document_is_read_that_a_lease_returned(pipeline: Pipeline, calls: Calls) -> None:
    """And no lease is released by a write of its own."""
    published(pipeline, f"{SUMMARY} again", f"{TEXT} In winter, too.")
    assert (calls.aws.count("GetItem"), calls.aws.count("UpdateItem"), calls.aws.count("DeleteItem")) == (
        3,
        12,
        1,
    )
