"""Each fault of Confluence when an approved new page is created has the outcome that docs/faults.md states.

Existing pages, and all of Jira, are in test_services.py.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from urllib3.connectionpool import HTTPConnectionPool
from urllib3.exceptions import NewConnectionError

from handlers.approval_handler.handler import handle as approve
from local.atlassian import Fault
from tests.faults.claims import claims
from tests.faults.stages import new_page_approved, status
from tests.faults.test_http import NEW_PAGE
from tests.handlers.aws import deliver, redriven
from tests.handlers.pipeline import Pipeline

PAGES = "/wiki/api/v2/pages\\?*$"
LOST = {
    "503": Fault("status", status=503),
    "503 with `Retry-After`": Fault("status", status=503, retry_after=5),
    "429 with a longer `Retry-After`": Fault("status", status=429, retry_after=600),
    "connection reset": Fault("drop"),
    "truncated JSON": Fault("truncate"),
    "HTML instead of JSON": Fault("html"),
}


def created(pipeline: Pipeline) -> list[str]:
    """Return the titles of the pages about the ticket's subject."""
    pages = pipeline.site.confluence.pages.values()
    return [page.title for page in pages if "quibbles" in page.current.storage]


def lasting(code: int) -> Fault:
    return Fault("status", status=code, count=99, method="POST", path=PAGES, account="kinexus")


@claims((name, NEW_PAGE) for name in LOST)
@pytest.mark.parametrize("after", [False, True], ids=["before it took effect", "after it took effect"])
@pytest.mark.parametrize("fault", LOST.values(), ids=LOST.keys())
def test_a_page_is_created_once_even_without_an_answer(pipeline: Pipeline, fault: Fault, after: bool) -> None:
    review, messages = new_page_approved(pipeline)
    pipeline.site.faults.add(replace(fault, method="POST", path=PAGES, account="kinexus", after=after))
    assert deliver(approve, messages) == []
    [copy] = pipeline.aws.messages("ApprovalHandler")
    assert deliver(approve, [copy]) == []
    assert status(pipeline) == "published"
    assert len(created(pipeline)) == 1
    assert len([text for text in pipeline.comments(review) if text.startswith("Published")]) == 1


@claims(("429 with `Retry-After`", NEW_PAGE), ("429 without `Retry-After`", NEW_PAGE))
@pytest.mark.parametrize("asked", [1, None])
def test_a_rate_limited_page_is_retried_within_the_invocation(
    pipeline: Pipeline, asked: float | None
) -> None:
    _, messages = new_page_approved(pipeline)
    limit = Fault("status", status=429, retry_after=asked, count=2, method="POST", path=PAGES)
    pipeline.site.faults.add(limit)
    assert deliver(approve, messages) == []
    assert (status(pipeline), len(created(pipeline))) == ("published", 1)


@claims((str(code), NEW_PAGE) for code in (400, 403, 404, 409, 413))
@pytest.mark.parametrize("code", [400, 403, 404, 409, 413])
def test_a_refused_page_waits_and_the_reviewer_gets_a_comment(pipeline: Pipeline, code: int) -> None:
    review, messages = new_page_approved(pipeline)
    before = len(pipeline.comments(review))
    pipeline.site.faults.add(lasting(code))
    assert deliver(approve, messages) == []
    assert status(pipeline) == "in_review"
    assert len(pipeline.comments(review)) == before + 1
    assert pipeline.status(review) != "done"
    assert created(pipeline) == []
    pipeline.site.faults.clear()
    pipeline.decide(review, "APPROVED")
    pipeline.run()
    assert status(pipeline) == "published"
    assert len(created(pipeline)) == 1


@claims((str(code), NEW_PAGE) for code in (401, 410))
@pytest.mark.parametrize("code", [401, 410])
def test_an_approved_page_waits_for_a_new_token_or_update(pipeline: Pipeline, code: int) -> None:
    review, messages = new_page_approved(pipeline)
    pipeline.site.faults.add(lasting(code))
    for receives in (1, 2, 3):
        assert len(deliver(approve, messages, receives)) == 1
    [document] = pipeline.aws.documents()
    assert str(code) in document["reason"]
    assert pipeline.status(review) == "done", "the reviewer has nothing to do again"
    pipeline.site.faults.clear()
    assert deliver(approve, redriven(messages)) == []
    assert status(pipeline) == "published"
    assert len(created(pipeline)) == 1


@claims(("slow drip", NEW_PAGE))
def test_a_slow_answer_is_awaited(pipeline: Pipeline) -> None:
    _, messages = new_page_approved(pipeline)
    pipeline.site.faults.add(Fault("slow", seconds=0.3, method="POST", path=PAGES, account="kinexus"))
    assert deliver(approve, messages) == []
    assert status(pipeline) == "published"


@claims(("connection refused", NEW_PAGE))
def test_after_a_refused_connection_the_page_is_sent_again(
    pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, messages = new_page_approved(pipeline)
    make, refused = HTTPConnectionPool._make_request, list[str]()

    def refuse_first(self: Any, connection: Any, method: str, url: str, **options: Any) -> Any:
        if method == "POST" and "/pages" in url and not refused:
            refused.append(url)
            raise NewConnectionError(connection, "connection refused")
        return make(self, connection, method, url, **options)

    monkeypatch.setattr(HTTPConnectionPool, "_make_request", refuse_first)
    assert deliver(approve, messages) == []
    assert refused
    assert status(pipeline) == "published"
    assert len(created(pipeline)) == 1
