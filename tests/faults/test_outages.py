"""An outage delays work and loses none: messages are deferred with growing pauses, and comments say why.

Through the handlers' entry points, in simulated time. That SQS delays a copy is in the region's tests.
"""

from __future__ import annotations

import logging
from typing import Any

import pytest
from botocore.client import BaseClient
from botocore.exceptions import ClientError

from common.aws.sqs_source_queue import MAX_DEFER_SECONDS
from common.runtime.deferral import NOTIFY_AFTER_SECONDS
from handlers.approval_handler.handler import handle as approve
from local.atlassian import Fault
from stack.pipeline.functions import DEFERRED
from tests.faults.claims import claims
from tests.faults.stages import approved, closed, drafted, status
from tests.faults.timeline import Timeline
from tests.handlers.aws import deliver
from tests.handlers.pipeline import Pipeline

HOUR = 3600
JIRA, CONFLUENCE, BEDROCK = "/rest/", "/wiki/", "bedrock"
STAGES = {
    "DocumentOrchestrator": (closed, "drafted"),
    "ReviewTicketCreator": (drafted, "in_review"),
    "ApprovalHandler": (approved, "published"),
}
DELAYED = "The documentation is delayed"


@pytest.fixture
def timeline(pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch) -> Timeline:
    timeline = Timeline(pipeline)
    timeline.install(monkeypatch)
    return timeline


@pytest.fixture
def deferrals(caplog: pytest.LogCaptureFixture) -> Any:
    """Return ``waited`` of each log line that the stack's alarm reads."""
    caplog.set_level(logging.INFO, logger="common.lambda_entry.sqs_batch")
    return lambda: [
        vars(each)["waited"]
        for each in caplog.records
        if f'{{ $.message = "{each.getMessage()}" }}' == DEFERRED
    ]


def break_down(pipeline: Pipeline, service: str, fault: Fault | None = None) -> None:
    """Let a service fail until ``repair``."""
    if service == BEDROCK:
        pipeline.model.fail_share("throttling", 1.0)
        return
    fault = fault or Fault("status", status=503)
    fault.count, fault.path, fault.account = 10**9, service, "kinexus"
    pipeline.site.faults.add(fault)


def repair(pipeline: Pipeline) -> None:
    pipeline.site.faults.clear()
    pipeline.model.fail_share("throttling", 0)


def delayed(pipeline: Pipeline, key: str) -> list[str]:
    return [text for text in pipeline.comments(key) if text.startswith(DELAYED)]


OUTAGES = [
    *((JIRA, function) for function in STAGES),
    *((CONFLUENCE, function) for function in STAGES),
    (BEDROCK, "DocumentOrchestrator"),
]


@pytest.mark.parametrize(("service", "function"), OUTAGES)
def test_an_outage_of_an_hour_leaves_no_dead_letter(
    pipeline: Pipeline, page_id: str, timeline: Timeline, deferrals: Any, service: str, function: str
) -> None:
    reach, end = STAGES[function]
    key, messages = reach(pipeline, page_id)
    timeline.take(function, messages)
    break_down(pipeline, service)
    timeline.run(HOUR)
    repair(pipeline)
    timeline.run(20 * 60)
    assert timeline.dead == []
    assert status(pipeline) in {end, "in_review"} - ({"in_review"} if end == "published" else set())
    assert len(timeline.served_at) < 25, "a service that is down is asked less and less often"
    waited = deferrals()
    assert any(NOTIFY_AFTER_SECONDS <= each < NOTIFY_AFTER_SECONDS + 240 for each in waited)
    assert len(delayed(pipeline, key)) == (service != JIRA)
    if end == "published":
        assert pipeline.page(page_id)["version"]["number"] == 2
        assert len([text for text in pipeline.comments(key) if text.startswith("Published")]) == 1


@pytest.mark.parametrize("fault", ["drop", "html", "truncate"])
def test_every_kind_of_outage_leaves_no_dead_letter(
    pipeline: Pipeline, page_id: str, timeline: Timeline, fault: str
) -> None:
    key, messages = approved(pipeline, page_id)
    timeline.take("ApprovalHandler", messages)
    break_down(pipeline, CONFLUENCE, Fault(fault))
    timeline.run(HOUR)
    repair(pipeline)
    timeline.run(20 * 60)
    assert (timeline.dead, status(pipeline)) == ([], "published")
    assert len(delayed(pipeline, key)) == 1


@claims(("503", "read (GET)"))
def test_after_twelve_hours_the_work_fails_with_a_comment(
    pipeline: Pipeline, page_id: str, timeline: Timeline
) -> None:
    key, messages = closed(pipeline, page_id)
    timeline.take("DocumentOrchestrator", messages)
    break_down(pipeline, CONFLUENCE)
    timeline.run(MAX_DEFER_SECONDS - 1)
    assert pipeline.aws.changes()[0]["status"] == "detected"
    timeline.run(2 * HOUR)
    [dead] = timeline.dead
    [change] = pipeline.aws.changes()
    assert change["status"] == "failed"
    assert "503" in change["reason"]
    assert change["reason"].endswith("(tried for 12 hours)")
    assert len(delayed(pipeline, key)) == 1
    assert len([text for text in pipeline.comments(key) if "for 12 hours" in text]) == 1
    repair(pipeline)
    redriven = {**dead.body, "MessageId": "sent again", "MessageAttributes": {}, "Delay": 0}
    timeline.take("DocumentOrchestrator", [redriven])
    timeline.run(60)
    assert status(pipeline) == "in_review"


@pytest.mark.parametrize(
    ("asked", "earliest", "latest"), [(120, 120, 180), (700, 700, 760), (2 * HOUR, 2 * HOUR, 2 * HOUR + 60)]
)
@pytest.mark.parametrize("code", [429, 503])
def test_a_deferred_post_comes_back_after_retry_after(
    pipeline: Pipeline,
    page_id: str,
    timeline: Timeline,
    code: int,
    asked: float,
    earliest: float,
    latest: float,
) -> None:
    _, messages = drafted(pipeline, page_id)
    fault = Fault("status", status=code, retry_after=asked, method="POST", path="/rest/api/3/issue\\?*$")
    pipeline.site.faults.add(fault)
    begun = timeline.now
    timeline.take("ReviewTicketCreator", messages)
    timeline.run(1)
    calls = len(pipeline.site.calls())
    timeline.run(earliest - 2)
    assert len(pipeline.site.calls()) == calls, "the service is left alone until then"
    timeline.run(latest - earliest + 1)
    assert status(pipeline) == "in_review"
    assert earliest <= timeline.served_at[-1] - begun <= latest


def test_a_pause_that_would_pass_twelve_hours_fails(
    pipeline: Pipeline, page_id: str, timeline: Timeline
) -> None:
    _, messages = closed(pipeline, page_id)
    break_down(pipeline, CONFLUENCE, Fault("status", status=429, retry_after=6 * HOUR))
    timeline.take("DocumentOrchestrator", messages)
    timeline.run(MAX_DEFER_SECONDS + 2 * HOUR)
    assert len(timeline.dead) == 1
    assert "429" in pipeline.aws.changes()[0]["reason"]


def test_a_deferred_message_and_its_copy_have_one_effect(
    pipeline: Pipeline, page_id: str, timeline: Timeline
) -> None:
    """A process that dies between sending the copy and finishing the original leaves both."""
    review, messages = approved(pipeline, page_id)
    break_down(pipeline, CONFLUENCE)
    assert deliver(approve, messages) == []
    repair(pipeline)
    timeline.take("ApprovalHandler", messages)
    timeline.run(HOUR)
    assert (timeline.dead, status(pipeline)) == ([], "published")
    assert len(timeline.served_at) >= 2
    assert pipeline.page(page_id)["version"]["number"] == 2
    assert len([text for text in pipeline.comments(review) if text.startswith("Published")]) == 1


def test_an_unknown_error_uses_up_the_receives(
    pipeline: Pipeline, page_id: str, timeline: Timeline, monkeypatch: pytest.MonkeyPatch, deferrals: Any
) -> None:
    def bug(*_: object) -> None:
        raise KeyError("a bug")

    _, messages = closed(pipeline, page_id)
    monkeypatch.setattr("handlers.document_orchestrator.change_detected.ChangeDetected.serve", bug)
    timeline.take("DocumentOrchestrator", messages)
    timeline.run(HOUR)
    assert (len(timeline.dead), len(timeline.served_at), deferrals()) == (1, 3, [])


@claims(("DynamoDB is down when a failure should be recorded", "outcome"))
def test_a_failure_that_cannot_be_recorded_is_recorded_later(
    pipeline: Pipeline, page_id: str, timeline: Timeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    key, messages = closed(pipeline, page_id)
    call = BaseClient._make_api_call  # type: ignore[attr-defined]  # botocore's stubs leave it out

    def down(self: BaseClient, name: str, given: dict[str, Any]) -> Any:
        is_failing = "failed" in str(given.get("ExpressionAttributeValues"))
        if name == "UpdateItem" and is_failing:
            said = {
                "Error": {"Code": "InternalServerError"},
                "ResponseMetadata": {"HTTPStatusCode": 500},
            }
            raise ClientError(said, name)  # type: ignore[arg-type]
        return call(self, name, given)

    pipeline.model.fail_share("refusal", 1.0)
    timeline.take("DocumentOrchestrator", messages)
    with monkeypatch.context() as outage:
        outage.setattr(BaseClient, "_make_api_call", down)
        timeline.run(HOUR)
    assert pipeline.aws.changes()[0]["status"] == "detected"
    timeline.run(HOUR)
    [change] = pipeline.aws.changes()
    assert (change["status"], len(timeline.dead)) == ("failed", 1)
    assert "no draft could be made" in change["reason"]
    assert len([text for text in pipeline.comments(key) if "no draft could be made" in text]) == 1
