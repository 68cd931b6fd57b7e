"""Bad answers of the model: page selection uses the ranking, a draft is asked for again, then deferred, then fails.

Through the handlers' entry points, in simulated time.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from itertools import pairwise
from typing import Any

import pytest

from common.runtime.attempt import MAX_MODEL_CALLS
from common.runtime.deferral import ANSWER_PAUSES
from handlers.document_orchestrator.handler import handle as orchestrate
from local.bedrock import StandIn
from tests.faults.claims import claims
from tests.faults.stages import closed, status
from tests.faults.timeline import Timeline
from tests.handlers.aws import deliver, redriven
from tests.handlers.pipeline import Pipeline
from tests.handlers.test_pipeline import NEW_SUMMARY, NEW_TEXT

OUTCOME = "outcome"
HOUR = 3600
ATTEMPTS = len(ANSWER_PAUSES) + 1
UNUSABLE = {
    "Bedrock answers nothing": "empty",
    "Bedrock answers without the tool": "no-tool",
    "Bedrock's answer is cut off at the token limit": "cut-off",
    "Bedrock reports an invalid tool use (`ModelErrorException`)": "model-error",
    "Bedrock stops with `malformed_tool_use`": "malformed-tool-use",
    "Bedrock stops with `malformed_model_output`": "malformed-output",
    "Bedrock stops with `model_context_window_exceeded`": "context-exceeded",
    "Bedrock gives the tool invalid input": "malformed",
}
AT_ONCE = {"Bedrock withholds its answer": "refusal", "Bedrock refuses `toolChoice`": "tool-choice"}
NO_DRAFT = "Kinexus could not draft"


@pytest.fixture
def timeline(pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch) -> Timeline:
    timeline = Timeline(pipeline)
    timeline.install(monkeypatch)
    return timeline


@pytest.fixture
def requests(monkeypatch: pytest.MonkeyPatch) -> list[Mapping[str, Any]]:
    """The requests that the model got."""
    got: list[Mapping[str, Any]] = []
    answer = StandIn.answer

    def recorded(self: StandIn, function: str, model_id: str, request: Mapping[str, Any]) -> dict[str, Any]:
        got.append(request)
        return answer(self, function, model_id, request)

    monkeypatch.setattr(StandIn, "answer", recorded)
    return got


def prompt(request: Mapping[str, Any]) -> str:
    return str(request["messages"][0]["content"][0]["text"])


@claims((name, OUTCOME) for name in UNUSABLE)
@pytest.mark.parametrize("fault", UNUSABLE.values(), ids=UNUSABLE.keys())
def test_unusable_answers_are_deferred_three_times_over_an_hour_then_fail(
    pipeline: Pipeline, page_id: str, timeline: Timeline, requests: list[Mapping[str, Any]], fault: str
) -> None:
    key, messages = closed(pipeline, page_id)
    begun = timeline.now
    timeline.take("DocumentOrchestrator", messages)
    pipeline.model.fail_share(fault, 1.0)
    timeline.run(sum(ANSWER_PAUSES) - 60)
    assert (timeline.dead, pipeline.aws.changes()[0]["status"]) == ([], "detected")
    assert not any(NO_DRAFT in text for text in pipeline.comments(key))
    timeline.run(HOUR)
    [change] = pipeline.aws.changes()
    assert (len(timeline.dead), change["status"], pipeline.aws.locks()) == (1, "failed", [])
    assert "no draft could be made" in change["reason"]
    assert change["reason"].endswith(f"(tried {ATTEMPTS} times)")
    assert len([text for text in pipeline.comments(key) if NO_DRAFT in text]) == 1
    assert len(requests) == 2 * ATTEMPTS
    assert timeline.served_at[-1] - begun < 2 * HOUR
    for first, second in zip(requests[::2], requests[1::2], strict=True):
        assert json.dumps(first) != json.dumps(second), "the second question differs"

    pipeline.model.fail_share(fault, 0)
    assert deliver(orchestrate, redriven(messages)) == []
    assert status(pipeline) == "drafted"


def test_each_attempt_has_a_shorter_prompt(
    pipeline: Pipeline, page_id: str, timeline: Timeline, requests: list[Mapping[str, Any]]
) -> None:
    paragraphs = [f"<p>Paragraph {number} is about the quarnix ledger.</p>" for number in range(60)]
    pipeline.save_page(page_id, "".join(paragraphs))
    text = "A refund in the quarnix ledger returns a part of the payment. " * 60
    pipeline.finish(pipeline.create_ticket("Quarnix refunds", text, ["needs-docs", f"docs:{page_id}"]))
    pipeline.model.fail_share("model-error", 1.0)
    timeline.run(2 * HOUR)
    lengths = [len(prompt(request)) for request in requests[::2]]
    assert len(lengths) == ATTEMPTS
    for longer, shorter in pairwise(lengths):
        assert shorter < 0.85 * longer


@pytest.mark.parametrize("fault", UNUSABLE.values(), ids=UNUSABLE.keys())
def test_one_unusable_answer_is_asked_for_again_at_once(
    pipeline: Pipeline, page_id: str, requests: list[Mapping[str, Any]], fault: str
) -> None:
    _, messages = closed(pipeline, page_id)
    pipeline.model.fail_next(fault)
    assert deliver(orchestrate, messages) == []
    assert status(pipeline) == "drafted"
    assert len(requests) == 2


def test_garbage_of_a_minute_fails_no_ticket(pipeline: Pipeline, page_id: str, timeline: Timeline) -> None:
    _, messages = closed(pipeline, page_id)
    timeline.take("DocumentOrchestrator", messages)
    pipeline.model.fail_share("model-error", 1.0)
    timeline.run(60)
    pipeline.model.fail_share("model-error", 0)
    timeline.run(HOUR)
    assert (timeline.dead, status(pipeline)) == ([], "in_review")


def test_all_reasons_together_make_at_most_three_calls(
    pipeline: Pipeline, page_id: str, requests: list[Mapping[str, Any]]
) -> None:
    _, messages = closed(pipeline, page_id)
    for fault in ("model-error", "cut-off", "malformed", "model-error"):
        pipeline.model.fail_next(fault)
    assert deliver(orchestrate, messages) == []
    assert len(requests) == MAX_MODEL_CALLS
    assert pipeline.aws.delayed("DocumentOrchestrator") == 1


def test_selection_and_draft_share_the_three_calls(
    pipeline: Pipeline, timeline: Timeline, requests: list[Mapping[str, Any]]
) -> None:
    pipeline.finish(pipeline.create_ticket(NEW_SUMMARY, NEW_TEXT, ["needs-docs"]))
    pipeline.model.fail_share("malformed", 1.0)
    timeline.run(1)
    assert len(requests) == MAX_MODEL_CALLS
    timeline.run(2 * HOUR)
    assert len(timeline.dead) == 1
    assert len(requests) <= MAX_MODEL_CALLS * ATTEMPTS


@pytest.mark.parametrize("fault", ["cut-off", "model-error"])
def test_an_answer_that_is_too_long_is_asked_for_with_the_maximum(
    pipeline: Pipeline, page_id: str, requests: list[Mapping[str, Any]], fault: str
) -> None:
    """Nova reports a tool call that is too long as an invalid one."""
    _, messages = closed(pipeline, page_id)
    pipeline.model.fail_next(fault)
    assert deliver(orchestrate, messages) == []
    assert [request["inferenceConfig"]["maxTokens"] for request in requests] == [4_000, 10_000]


def test_each_tool_has_its_own_limit_and_nova_gets_top_k_1(
    pipeline: Pipeline, requests: list[Mapping[str, Any]]
) -> None:
    pipeline.finish(pipeline.create_ticket(NEW_SUMMARY, NEW_TEXT, ["needs-docs"]))
    pipeline.run()
    assert [request["inferenceConfig"]["maxTokens"] for request in requests] == [800, 5_000]
    assert {request["additionalModelRequestFields"]["inferenceConfig"]["topK"] for request in requests} == {1}


@claims((name, OUTCOME) for name in AT_ONCE)
@pytest.mark.parametrize("fault", AT_ONCE.values(), ids=AT_ONCE.keys())
def test_a_withheld_answer_and_a_wrong_setting_fail_at_once(
    pipeline: Pipeline, page_id: str, requests: list[Mapping[str, Any]], fault: str
) -> None:
    key, messages = closed(pipeline, page_id)
    pipeline.model.fail_next(fault)
    for receives in (1, 2, 3):
        assert len(deliver(orchestrate, messages, receives)) == 1
        [change] = pipeline.aws.changes()
        assert (change["status"], len(requests)) == ("failed", 1)
        assert len([text for text in pipeline.comments(key) if NO_DRAFT in text]) == 1
        assert pipeline.aws.locks() == []
    if fault == "tool-choice":
        assert "An operator must correct the settings bedrockModelId" in change["reason"]
    assert deliver(orchestrate, redriven(messages)) == []
    assert status(pipeline) == "drafted"


@pytest.mark.parametrize("fault", [*UNUSABLE.values(), "refusal"])
def test_page_selection_without_a_usable_answer_uses_the_ranking_at_once(
    pipeline: Pipeline, page_id: str, requests: list[Mapping[str, Any]], fault: str
) -> None:
    assert page_id
    text = "A refund in the quarnix ledger returns a part of the quarnix payment when an amount is given."
    pipeline.finish(pipeline.create_ticket("Quarnix ledger refunds take an amount", text, ["needs-docs"]))
    asked = 2 if fault == "malformed" else 1
    pipeline.model.fail_next(fault, times=asked)
    pipeline.run()
    [document] = pipeline.aws.documents()
    assert (document["choice"]["decided_by"], document["status"]) == ("fallback", "in_review")
    assert len(requests) == asked + 1


def test_a_wrong_setting_also_stops_page_selection(pipeline: Pipeline, page_id: str) -> None:
    assert page_id
    pipeline.finish(pipeline.create_ticket(NEW_SUMMARY, NEW_TEXT, ["needs-docs"]))
    pipeline.model.fail_next("tool-choice")
    assert len(deliver(orchestrate, pipeline.aws.messages("DocumentOrchestrator"))) == 1
    assert pipeline.aws.changes()[0]["status"] == "failed"
