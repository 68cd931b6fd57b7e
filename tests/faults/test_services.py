"""Each fault of the services around us has the outcome that docs/faults.md states.

*retried*: within the invocation, nobody notices. *given back*: the message returns to its queue and a later delivery
succeeds, with every effect once. *failed*: the reason is on record, in the ticket of whoever waits, and the message goes
to the dead-letter queue. The retries of AtlassianHttp themselves are proved in tests/common.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from botocore.client import BaseClient
from botocore.exceptions import ClientError, ReadTimeoutError
from urllib3.util.retry import Retry

from common import atlassian_http
from handlers.approval_handler.handler import handle as approve
from handlers.document_orchestrator.handler import handle as orchestrate
from handlers.review_ticket_creator.handler import handle as open_review
from local.atlassian import Fault
from tests.handlers.aws import deliver, redriven
from tests.handlers.pipeline import Pipeline, start_anew

PAGE = "<p>A refund in the quarnix ledger always returns the whole amount of the payment.</p><h2>Limits</h2><p>Ninety days.</p>"
ISSUE, PAGES = "/rest/api/3/issue", "/wiki/api/v2/pages"


@pytest.fixture
def page_id(pipeline: Pipeline) -> str:
    """A page that the ticket names."""
    space = next(iter(pipeline.site.confluence.spaces.values()))
    body = {"spaceId": space.id, "status": "current", "title": "Quarnix ledger refunds"}
    body |= {"body": {"representation": "storage", "value": PAGE}}
    return str(pipeline.jira("developer", "POST", "/wiki/api/v2/pages", body)["id"])


@pytest.fixture(autouse=True)
def without_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the waits between retries take no time; how long they are is proved in tests/common."""
    monkeypatch.setattr(Retry, "sleep", lambda self, response=None: None)


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
    assert deliver(open_review, messages) == []
    review = pipeline.review_of(key)
    pipeline.decide(review, "APPROVED")
    return review, pipeline.aws.messages("ApprovalHandler")


def status(pipeline: Pipeline) -> str:
    [document] = pipeline.aws.documents()
    return str(document["status"])


RETRIED = {
    "429 with Retry-After": Fault("status", status=429, retry_after=1),
    "429 without Retry-After": Fault("status", status=429),
    "500": Fault("status", status=500),
    "502": Fault("status", status=502),
    "503": Fault("status", status=503),
    "connection reset": Fault("drop"),
    "slow drip": Fault("slow", seconds=0.3),
}
GIVEN_BACK = {
    "truncated JSON": Fault("truncate"),
    "HTML instead of JSON": Fault("html"),
    "time-out": Fault("hang", count=9, seconds=0.6),
    "503 for longer than the retries": Fault("status", status=503, count=9),
}


@pytest.mark.parametrize("fault", RETRIED.values(), ids=RETRIED.keys())
def test_a_passing_fault_of_a_read_is_retried_within_the_invocation(
    pipeline: Pipeline, page_id: str, fault: Fault
) -> None:
    _, messages = closed(pipeline, page_id)
    pipeline.site.faults.add(replace(fault, method="GET", path=ISSUE, account="kinexus"))
    assert deliver(orchestrate, messages) == []
    assert status(pipeline) == "drafted"


@pytest.mark.parametrize("fault", GIVEN_BACK.values(), ids=GIVEN_BACK.keys())
def test_a_lasting_fault_of_a_read_is_given_back_and_nothing_is_lost(
    pipeline: Pipeline, page_id: str, monkeypatch: pytest.MonkeyPatch, fault: Fault
) -> None:
    monkeypatch.setattr(atlassian_http, "TIMEOUT", (1.0, 0.4))
    _, messages = closed(pipeline, page_id)
    pipeline.site.faults.add(replace(fault, method="GET", path=ISSUE, account="kinexus"))
    assert len(deliver(orchestrate, messages)) == 1
    assert pipeline.aws.changes()[0]["status"] == "detected"
    pipeline.site.faults.clear()
    assert deliver(orchestrate, messages, receives=2) == []
    pipeline.run()
    assert status(pipeline) == "in_review"


@pytest.mark.parametrize("after", [False, True], ids=["before it took effect", "after it took effect"])
@pytest.mark.parametrize("kind", ["status", "drop", "html"])
def test_a_post_that_fails_is_not_repeated_blindly(
    pipeline: Pipeline, page_id: str, kind: str, after: bool
) -> None:
    key, messages = drafted(pipeline, page_id)
    fault = Fault(kind, status=503, method="POST", path=f"{ISSUE}\\?*$", account="kinexus", after=after)
    pipeline.site.faults.add(fault)
    assert len(deliver(open_review, messages)) == 1
    assert deliver(open_review, messages, receives=2) == []
    assert status(pipeline) == "in_review"
    assert pipeline.review_of(key)
    assert len(pipeline.comments(pipeline.review_of(key))) == 1


@pytest.mark.parametrize(("code", "told"), [(403, True), (413, True), (401, False)])
def test_what_jira_refuses_fails_for_good_with_its_reason(
    pipeline: Pipeline, page_id: str, code: int, told: bool
) -> None:
    key, messages = drafted(pipeline, page_id)
    path = f"{ISSUE}\\?*$" if told else "/"
    pipeline.site.faults.add(
        Fault(
            "status", status=code, count=99, path=path, account="kinexus", method="" if not told else "POST"
        )
    )
    assert len(deliver(open_review, messages)) == 1
    pipeline.site.faults.clear()
    [document] = pipeline.aws.documents()
    assert str(code) in document["reason"]
    assert any("cannot open its review" in text for text in pipeline.comments(key)) is told
    assert deliver(open_review, messages) == [], "once the cause is gone, sending it again is enough"
    assert status(pipeline) == "in_review"


def test_an_expired_token_is_read_anew_once(pipeline: Pipeline, page_id: str) -> None:
    _, messages = closed(pipeline, page_id)
    pipeline.site.faults.add(Fault("status", status=401, path=ISSUE, account="kinexus"))
    assert deliver(orchestrate, messages) == []


@pytest.mark.parametrize("code", [404, 410])
@pytest.mark.parametrize("gone", ["ticket", "page"])
def test_a_deleted_ticket_and_a_deleted_page_fail_for_good(
    pipeline: Pipeline, page_id: str, gone: str, code: int
) -> None:
    key, messages = closed(pipeline, page_id)
    path = f"{ISSUE}/[0-9]+\\?*$" if gone == "ticket" else f"{PAGES}/{page_id}"
    fault = Fault("status", status=code, count=2, method="GET", path=path, account="kinexus")
    pipeline.site.faults.add(fault)
    assert len(deliver(orchestrate, messages)) == 1
    [change] = pipeline.aws.changes()
    assert change["status"] == "failed"
    assert "does not exist any more" in change["reason"]
    pipeline.site.faults.clear()
    assert any("does not exist any more" in text for text in pipeline.comments(key))
    assert pipeline.aws.locks() == []


@pytest.mark.parametrize("fault", ["409", "413", "500 after it took effect", "drop after it took effect"])
def test_writing_the_page(pipeline: Pipeline, page_id: str, fault: str) -> None:
    review, messages = approved(pipeline, page_id)
    kinds = {
        "409": Fault("status", status=409),
        "413": Fault("status", status=413),
        "500 after it took effect": Fault("status", status=500, after=True),
        "drop after it took effect": Fault("drop", after=True),
    }
    pipeline.site.faults.add(replace(kinds[fault], method="PUT", path=PAGES, account="kinexus"))
    given_back = deliver(approve, messages)
    if fault == "413":
        assert len(given_back) == 1
        assert any("could not carry out" in text and "413" in text for text in pipeline.comments(review))
    assert deliver(approve, messages, receives=2) == []
    assert status(pipeline) == "published"
    assert pipeline.page(page_id)["version"]["number"] == 2
    assert len([text for text in pipeline.comments(review) if text.startswith("Published")]) == 1


def _client_error(code: str, status: int, operation: str) -> ClientError:
    return ClientError(
        {"Error": {"Code": code, "Message": code}, "ResponseMetadata": {"HTTPStatusCode": status}}, operation
    )


AWS = {
    "Bedrock throttles": ("Converse", lambda: _client_error("ThrottlingException", 429, "Converse")),
    "Bedrock times out": ("Converse", lambda: ReadTimeoutError(endpoint_url="https://bedrock.test")),
    "DynamoDB throttles": (
        "UpdateItem",
        lambda: _client_error("ProvisionedThroughputExceededException", 400, "UpdateItem"),
    ),
    "S3 is down": ("PutObject", lambda: _client_error("ServiceUnavailable", 503, "PutObject")),
    "EventBridge is down": ("PutEvents", lambda: _client_error("InternalFailure", 500, "PutEvents")),
    "EventBridge takes part": ("PutEvents", None),
    "Secrets Manager is down": (
        "GetSecretValue",
        lambda: _client_error("InternalServiceError", 500, "GetSecretValue"),
    ),
}


@pytest.mark.parametrize(("operation", "error"), AWS.values(), ids=AWS.keys())
def test_what_botocores_own_retries_do_not_help_is_given_back(
    pipeline: Pipeline,
    page_id: str,
    monkeypatch: pytest.MonkeyPatch,
    operation: str,
    error: Callable[[], Exception] | None,
) -> None:
    key, messages = closed(pipeline, page_id)
    start_anew()
    call, failed = BaseClient._make_api_call, []

    def fail_once(self: BaseClient, name: str, given: dict[str, Any]) -> Any:
        if name != operation or failed:
            return call(self, name, given)
        failed.append(name)
        if error:
            raise error()
        return {"FailedEntryCount": 1, "Entries": [{"ErrorCode": "InternalFailure", "ErrorMessage": "later"}]}

    monkeypatch.setattr(BaseClient, "_make_api_call", fail_once)
    assert len(deliver(orchestrate, messages)) == 1
    assert failed
    assert pipeline.aws.changes()[0]["status"] == "detected"
    assert deliver(orchestrate, messages, receives=2) == []
    pipeline.run()
    assert status(pipeline) == "in_review"
    assert pipeline.review_of(key)


@pytest.mark.parametrize("fault", ["refusal", "cut-off", "no-tool", "malformed"])
def test_a_model_without_a_usable_answer_fails_for_good_and_the_ticket_is_told(
    pipeline: Pipeline, page_id: str, fault: str
) -> None:
    key, messages = closed(pipeline, page_id)
    pipeline.model.fail_next(fault, times=2)
    assert len(deliver(orchestrate, messages)) == 1
    [change] = pipeline.aws.changes()
    assert change["status"] == "failed"
    assert "no draft could be made" in change["reason"]
    assert any("no draft could be made" in text for text in pipeline.comments(key))
    assert pipeline.aws.locks() == []


def test_an_outage_that_outlasts_the_queue_fails_with_its_reason_and_can_be_sent_again(
    pipeline: Pipeline, page_id: str
) -> None:
    key, messages = closed(pipeline, page_id)
    pipeline.site.faults.add(Fault("status", status=503, count=99, path="/wiki/", account="kinexus"))
    for receives in (1, 2, 3):
        assert pipeline.aws.changes()[0]["status"] == "detected"
        assert len(deliver(orchestrate, messages, receives)) == 1
    [change] = pipeline.aws.changes()
    assert change["status"] == "failed"
    assert "503" in change["reason"]
    assert any("503" in text for text in pipeline.comments(key))
    pipeline.site.faults.clear()
    assert deliver(orchestrate, redriven(messages)) == []
    pipeline.run()
    assert status(pipeline) == "in_review"
