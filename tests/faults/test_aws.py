"""Each fault of AWS and of the model has the outcome that docs/faults.md states, for the whole pipeline."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from types import SimpleNamespace
from typing import Any

import boto3
import botocore.endpoint
import pytest
import requests
from botocore.awsrequest import AWSResponse
from botocore.client import BaseClient
from botocore.exceptions import ClientError, ReadTimeoutError
from moto.core.botocore_stubber import MockRawResponse

from common.aws.change_repository import ChangeRepository
from common.aws.clients import MAX_ATTEMPTS, MAX_SECONDS, cached_client
from common.aws.dynamodb_table import DynamoDbTable
from handlers.approval_handler.handler import handle as approve
from handlers.document_orchestrator.handler import handle as orchestrate
from handlers.review_ticket_creator.handler import handle as open_review
from local.atlassian import Fault
from tests.faults.claims import claims
from tests.faults.stages import approved, closed, drafted, status
from tests.handlers.aws import at_deferral_limit, deliver, redriven
from tests.handlers.pipeline import Pipeline, reset_functions

OUTCOME = "outcome"
Given = Mapping[str, Any]


def error(code: str, http: int, operation: str) -> Callable[[], Exception]:
    said = {"Error": {"Code": code, "Message": code}, "ResponseMetadata": {"HTTPStatusCode": http}}
    return lambda: ClientError(said, operation)  # type: ignore[arg-type]


def fail_once(
    monkeypatch: pytest.MonkeyPatch,
    operation: str,
    fails: Callable[[], Exception] | None,
    when: Callable[[Given], bool] = lambda given: True,
    *,
    after: bool = False,
) -> list[str]:
    """Let the next call of an operation fail, or accept its event only in part; return the list of failed calls."""
    call = BaseClient._make_api_call  # type: ignore[attr-defined]  # botocore's stubs leave it out
    failed: list[str] = []

    def patched(self: BaseClient, name: str, given: dict[str, Any]) -> Any:
        if name != operation or failed or not when(given):
            return call(self, name, given)
        failed.append(name)
        if after:
            call(self, name, given)
        if fails:
            raise fails()
        return {"FailedEntryCount": 1, "Entries": [{"ErrorCode": "InternalFailure", "ErrorMessage": "later"}]}

    monkeypatch.setattr(BaseClient, "_make_api_call", patched)
    return failed


LASTING = {
    "Bedrock throttles": ("Converse", error("ThrottlingException", 429, "Converse")),
    "Bedrock times out": ("Converse", lambda: ReadTimeoutError(endpoint_url="https://bedrock.test")),
    "Bedrock is down": ("Converse", error("ServiceUnavailableException", 503, "Converse")),
    "DynamoDB throttles": ("UpdateItem", error("ProvisionedThroughputExceededException", 400, "UpdateItem")),
    "S3 answers 5xx": ("PutObject", error("ServiceUnavailable", 503, "PutObject")),
    "EventBridge answers 5xx": ("PutEvents", error("InternalFailure", 500, "PutEvents")),
    "EventBridge takes an event in part": ("PutEvents", None),
    "Secrets Manager is down": ("GetSecretValue", error("InternalServiceError", 500, "GetSecretValue")),
}


@claims((name, OUTCOME) for name in LASTING)
@pytest.mark.parametrize(("operation", "fails"), LASTING.values(), ids=LASTING.keys())
def test_a_fault_that_outlasts_botocores_retries_is_deferred(
    pipeline: Pipeline,
    page_id: str,
    monkeypatch: pytest.MonkeyPatch,
    operation: str,
    fails: Callable[[], Exception] | None,
) -> None:
    key, messages = closed(pipeline, page_id)
    reset_functions()
    failed = fail_once(monkeypatch, operation, fails)
    assert deliver(orchestrate, messages, receives=3) == []
    assert failed
    assert pipeline.aws.changes()[0]["status"] == "detected"
    assert pipeline.aws.delayed("DocumentOrchestrator") == 1
    pipeline.run()
    assert status(pipeline) == "in_review"
    assert pipeline.review_of(key)


IN_REVIEW = ("UpdateItem", "PutItem", "GetObject", "PutObject", "GetSecretValue")
IN_DECISION = ("GetItem", "UpdateItem", "DeleteItem", "GetObject", "PutObject", "PutEvents", "GetSecretValue")


@pytest.mark.parametrize(
    ("stage", "operation"),
    [*(("review", each) for each in IN_REVIEW), *(("decision", each) for each in IN_DECISION)],
)
def test_opening_and_deciding_a_review_are_deferred_too(
    pipeline: Pipeline, page_id: str, monkeypatch: pytest.MonkeyPatch, stage: str, operation: str
) -> None:
    is_decided = stage == "decision"
    key, messages = (approved if is_decided else drafted)(pipeline, page_id)
    handle = approve if is_decided else open_review
    reset_functions()
    failed = fail_once(monkeypatch, operation, error("ServiceUnavailable", 503, operation))
    assert deliver(handle, messages, receives=3) == []
    assert failed
    [copy] = pipeline.aws.messages("ApprovalHandler" if is_decided else "ReviewTicketCreator")
    assert deliver(handle, [copy]) == []
    assert status(pipeline) == ("published" if is_decided else "in_review")
    assert pipeline.page(page_id)["version"]["number"] == (2 if is_decided else 1)
    told = [said for said in pipeline.comments(key) if said.startswith("Published")]
    assert len(told) == is_decided


CALLS = {
    "dynamodb": lambda made: made.get_item(TableName="kinexus-changes", Key={"change_id": {"S": "x"}}),
    "s3": lambda made: made.get_object(Bucket="kinexus-documents", Key="x"),
    "events": lambda made: made.put_events(Entries=[{"Source": "x", "DetailType": "x", "Detail": "{}"}]),
    "secretsmanager": lambda made: made.get_secret_value(SecretId="x"),
    "bedrock-runtime": lambda made: made.converse(
        modelId="amazon.nova-lite-v1:0", messages=[{"role": "user", "content": [{"text": "x"}]}]
    ),
}


@pytest.mark.parametrize("http", [500, 503, 429, 0], ids=["500", "503", "throttled", "time-out"])
@pytest.mark.parametrize("service", CALLS)
def test_botocore_retries_few_times_with_jitter_within_a_budget(
    monkeypatch: pytest.MonkeyPatch, service: str, http: int
) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    pauses, sent = list[float](), list[str]()
    monkeypatch.setattr(botocore.endpoint, "time", SimpleNamespace(sleep=pauses.append))
    made = cached_client(service)

    def answer(request: Any, **_: Any) -> AWSResponse:
        sent.append(request.url)
        if not http:
            raise ReadTimeoutError(endpoint_url=request.url)
        body = '{"__type": "ThrottlingException", "message": "later"}' if http == 429 else "{}"
        headers = {"content-type": "application/json", "x-amzn-errortype": "ThrottlingException"}
        return AWSResponse(request.url, http, headers if http == 429 else {}, MockRawResponse(body))  # type: ignore[arg-type]

    made.meta.events.register_first("before-send.*", answer)
    for _ in range(2):
        with pytest.raises((ClientError, ReadTimeoutError)):
            CALLS[service](made)
    assert len(sent) == 2 * MAX_ATTEMPTS
    assert sum(pauses[: MAX_ATTEMPTS - 1]) <= MAX_SECONDS
    assert len(set(pauses)) == 2 * (MAX_ATTEMPTS - 1)


@claims(("DynamoDB: a condition failed", OUTCOME))
def test_a_record_changed_elsewhere_is_redelivered_and_found_done(
    pipeline: Pipeline, page_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, messages = drafted(pipeline, page_id)
    moves = error("ConditionalCheckFailedException", 400, "UpdateItem")
    failed = fail_once(monkeypatch, "UpdateItem", moves, when=_sets("announcement"), after=True)
    assert len(deliver(open_review, messages)) == 1
    assert failed
    assert deliver(open_review, messages, receives=2) == []
    assert status(pipeline) == "in_review"


@claims(("DynamoDB: a lease is held", OUTCOME))
def test_work_under_another_invocations_lease_is_deferred(pipeline: Pipeline, page_id: str) -> None:
    _, messages = closed(pipeline, page_id)
    change_id = pipeline.aws.changes()[0]["change_id"]
    changes = ChangeRepository(
        DynamoDbTable(boto3.client("dynamodb"), "kinexus-changes", "change_id", time.time)
    )
    with changes.lease(change_id, "another", 60):
        assert deliver(orchestrate, messages) == []
        assert pipeline.aws.delayed("DocumentOrchestrator") == 1
    pipeline.run()
    assert status(pipeline) == "in_review"


def test_an_unreleased_lock_is_released_by_the_next_try(
    pipeline: Pipeline, page_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    key, messages = closed(pipeline, page_id)
    pipeline.model.fail_next("refusal", times=2)
    failed = fail_once(monkeypatch, "DeleteItem", error("InternalServerError", 500, "DeleteItem"))
    assert deliver(orchestrate, messages) == []
    assert failed
    pipeline.model.fail_next("refusal", times=2)
    assert len(deliver(orchestrate, pipeline.aws.messages("DocumentOrchestrator"))) == 1
    assert pipeline.aws.locks() == []
    assert len([text for text in pipeline.comments(key) if "no draft could be made" in text]) == 1


@claims(("S3: the draft exists already", OUTCOME))
def test_an_existing_draft_of_the_same_inputs_is_used(
    pipeline: Pipeline, page_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, messages = closed(pipeline, page_id)
    down = error("InternalServerError", 500, "UpdateItem")
    failed = fail_once(monkeypatch, "UpdateItem", down, when=_sets("sha256"))
    assert deliver(orchestrate, messages) == []
    assert failed, "the draft is kept, and not on record"
    pipeline.model.fail_next("malformed")  # the model then answers differently the second time
    pipeline.run()
    assert status(pipeline) == "in_review"
    assert len(pipeline.changed_passages(pipeline.aws.documents()[0]["review_issue_key"])) == 1


def _sets(attribute: str) -> Callable[[Given], bool]:
    return lambda given: attribute in given.get("ExpressionAttributeNames", {}).values()


#: By route; the approval's webhook needs no table.
WEBHOOK_FAULTS = [
    *(
        (route, fault)
        for route in ("jira", "approval")
        for fault in (
            "EventBridge answers 5xx",
            "EventBridge takes an event in part",
            "Secrets Manager is down",
        )
    ),
    ("jira", "DynamoDB throttles a new record"),
]
AT_A_DOOR = LASTING | {
    "DynamoDB throttles a new record": ("PutItem", error("ThrottlingException", 400, "PutItem")),
}


@claims(
    ("DynamoDB throttles a webhook function", OUTCOME),
    ("EventBridge fails for a webhook function", OUTCOME),
    ("Secrets Manager is down for a webhook function", OUTCOME),
)
@pytest.mark.parametrize(("route", "fault"), WEBHOOK_FAULTS)
def test_a_webhook_that_cannot_be_recorded_gets_a_5xx(
    pipeline: Pipeline, page_id: str, monkeypatch: pytest.MonkeyPatch, route: str, fault: str
) -> None:
    """Jira then sends it again."""
    pipeline.site.post.options.retry_delay = 0.05
    reset_functions()
    if route == "jira":
        failed = fail_once(monkeypatch, *AT_A_DOOR[fault])
        _, messages = closed(pipeline, page_id)
        assert deliver(orchestrate, messages) == []
    else:
        key, messages = drafted(pipeline, page_id)
        assert deliver(open_review, messages) == []
        reset_functions()
        failed = fail_once(monkeypatch, *AT_A_DOOR[fault])
        pipeline.decide(pipeline.review_of(key), "APPROVED")
    assert failed
    first, *_, last = [
        attempt.status for attempt in pipeline.site.post.log if attempt.url.endswith(f"/webhooks/{route}")
    ]
    assert (first, last) == (503, 200)
    pipeline.run()
    assert status(pipeline) == ("in_review" if route == "jira" else "published")


@claims(("Jira is down when a failure should be reported", OUTCOME))
def test_a_failure_without_its_comment_is_recorded_and_logged(
    pipeline: Pipeline, page_id: str, caplog: pytest.LogCaptureFixture
) -> None:
    _, messages = closed(pipeline, page_id)
    pipeline.model.fail_next("refusal", times=2)
    pipeline.site.faults.add(Fault("status", status=503, count=9, path="/comment", account="kinexus"))
    with caplog.at_level(logging.ERROR):
        assert len(deliver(orchestrate, messages)) == 1
    assert pipeline.aws.changes()[0]["status"] == "failed"
    assert "comment.failed" in caplog.text


@claims(("Jira is down while a decision is read", OUTCOME))
def test_a_decision_unread_for_twelve_hours_counts_after_a_redrive(
    pipeline: Pipeline, page_id: str, caplog: pytest.LogCaptureFixture
) -> None:
    _, messages = approved(pipeline, page_id)
    pipeline.site.faults.add(Fault("status", status=503, count=99, path="/rest/", account="kinexus"))
    with caplog.at_level(logging.ERROR):
        assert deliver(approve, messages, receives=3) == []
        for receives in (1, 2, 3):
            assert len(deliver(approve, at_deferral_limit(messages), receives)) == 1
    assert "comment.failed" in caplog.text
    [document] = pipeline.aws.documents()
    assert (document["status"], "503" in document["reason"]) == ("in_review", True)
    pipeline.site.faults.clear()
    assert deliver(approve, redriven(messages)) == []
    assert status(pipeline) == "published"


@claims(
    ("S3 is down when a review page is opened", OUTCOME),
    ("Secrets Manager is down when a review page is opened", OUTCOME),
)
@pytest.mark.parametrize(
    ("operation", "fails"),
    [
        ("GetObject", error("ServiceUnavailable", 503, "GetObject")),
        ("GetObject", lambda: ReadTimeoutError(endpoint_url="https://s3.test")),
        ("GetSecretValue", error("InternalServiceError", 500, "GetSecretValue")),
    ],
    ids=["S3 answers 503", "S3 times out", "Secrets Manager answers 500"],
)
def test_an_unreadable_review_page_answers_503_with_retry_after(
    pipeline: Pipeline,
    page_id: str,
    monkeypatch: pytest.MonkeyPatch,
    operation: str,
    fails: Callable[[], Exception],
) -> None:
    key, messages = drafted(pipeline, page_id)
    assert deliver(open_review, messages) == []
    link = pipeline.diff_url(pipeline.review_of(key))
    reset_functions()
    failed = fail_once(monkeypatch, operation, fails)
    answer = requests.get(link, timeout=60)
    assert failed
    assert answer.status_code == 503
    assert int(answer.headers["retry-after"]) > 0
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert "cannot be shown right now" in answer.text
    assert requests.get(link, timeout=60).status_code == 200
