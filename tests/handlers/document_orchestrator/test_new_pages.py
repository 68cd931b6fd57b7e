"""One page about one new subject, even if the draft that a second change wanted to join ends."""

from __future__ import annotations

from typing import Any

import pytest

from handlers.document_orchestrator.claim_page import PageClaims
from handlers.document_orchestrator.drafting import draft_revision
from handlers.document_orchestrator.handler import handle as orchestrate
from handlers.document_orchestrator.new_page_register import NewPageRegister
from handlers.document_orchestrator.page_selection import select_page
from handlers.document_orchestrator.page_selection.llm_judge import judge
from local.atlassian import Fault
from tests.handlers.aws import at_deferral_limit, deliver, redriven
from tests.handlers.document_orchestrator.test_contention import lease_held
from tests.handlers.pipeline import Pipeline
from tests.handlers.test_pipeline import NEW_SUMMARY, NEW_TEXT, in_review


def unavailable(*_: object) -> Any:
    raise RuntimeError("the process ended")


def second_ticket(pipeline: Pipeline) -> str:
    key = pipeline.create_ticket(f"{NEW_SUMMARY} in winter", f"{NEW_TEXT} In winter too.", ["needs-docs"])
    pipeline.finish(key)
    return key


@pytest.mark.parametrize("decision", ["REJECTED", "FAILED"])
def test_a_change_whose_target_ended_gets_its_own_page(pipeline: Pipeline, decision: str) -> None:
    _, review = in_review(pipeline, NEW_SUMMARY, NEW_TEXT)
    [document] = pipeline.aws.documents()
    second = second_ticket(pipeline)
    [message] = pipeline.aws.messages("DocumentOrchestrator")
    with lease_held("kinexus-documents", document["document_id"]):
        assert deliver(orchestrate, [message]) == []
    assert '"joins": "doc-' in next(c["choice"] for c in pipeline.aws.changes() if c["issue_key"] == second)
    waiting = pipeline.aws.messages("DocumentOrchestrator")
    if decision == "REJECTED":
        pipeline.decide(review, "REJECTED: not this way")
    else:
        for _ in range(3):
            pipeline.decide(review, "NEEDS REVISION\nShorter.")
            pipeline.run()
    pipeline.run()
    assert deliver(orchestrate, waiting) == []
    pipeline.run()
    [ended, own] = sorted(pipeline.aws.documents(), key=lambda each: each["created_at"])
    assert (ended["status"], own["status"]) == (decision.lower(), "in_review")
    assert (own["kind"], own["title"], own["issue_keys"]) == ("create", ended["title"], [second])
    pipeline.decide(own["review_issue_key"], "APPROVED")
    pipeline.run()
    assert pipeline.aws.locks() == []
    assert any("is published" in text for text in pipeline.comments(second))


def test_a_second_ticket_joins_a_page_being_drafted(
    pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = pipeline.create_ticket(NEW_SUMMARY, NEW_TEXT, ["needs-docs"])
    pipeline.finish(first)
    [message] = pipeline.aws.messages("DocumentOrchestrator")

    with monkeypatch.context() as patched:
        patched.setattr(draft_revision, "draft_page", unavailable)
        assert len(deliver(orchestrate, [message])) == 1
    assert pipeline.aws.documents()[0]["status"] == "drafting"
    second = second_ticket(pipeline)
    pipeline.run()
    assert deliver(orchestrate, [message], receives=2) == []
    pipeline.run()
    [document] = pipeline.aws.documents()
    assert document["issue_keys"] == [first, second]
    assert document["status"] == "in_review"


def test_a_page_started_during_the_judgement_is_considered(
    pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before another page is started."""
    first = pipeline.create_ticket(NEW_SUMMARY, NEW_TEXT, ["needs-docs"])
    pipeline.finish(first)
    earlier = pipeline.aws.messages("DocumentOrchestrator")
    second = second_ticket(pipeline)
    judged: list[tuple[Any, ...]] = []

    def meanwhile(*given: Any) -> Any:
        judged.append(given)
        if len(judged) == 1:
            assert deliver(orchestrate, earlier) == []
        return judge(*given)

    monkeypatch.setattr(select_page, "judge", meanwhile)
    pipeline.run()
    [document] = pipeline.aws.documents()
    assert document["issue_keys"] == [first, second]


def test_a_failed_new_page_is_a_candidate_again_when_retried(pipeline: Pipeline) -> None:
    first = pipeline.create_ticket(NEW_SUMMARY, NEW_TEXT, ["needs-docs"])
    pipeline.finish(first)
    [message] = pipeline.aws.messages("DocumentOrchestrator")
    pipeline.model.fail_next("refusal", times=2)
    assert len(deliver(orchestrate, [message])) == 1
    assert deliver(orchestrate, redriven([message])) == []
    pipeline.run()
    second = second_ticket(pipeline)
    pipeline.run()
    [document] = pipeline.aws.documents()
    assert document["issue_keys"] == [first, second]


def test_a_new_page_in_a_long_review_stays_a_candidate(
    pipeline: Pipeline,
) -> None:
    """Even when many newer pages are published."""
    first, _ = in_review(pipeline, NEW_SUMMARY, NEW_TEXT)
    [waiting] = pipeline.aws.documents()
    for number in range(1, 40):
        newer = {"document_id": f"doc-{number:024d}", "created_at": waiting["created_at"] + number}
        item = waiting | newer | {"status": "published", "title": f"Other {number}", "review_issue_id": "1"}
        pipeline.aws.put_document(item)
    second = second_ticket(pipeline)
    pipeline.run()
    [document] = [each for each in pipeline.aws.documents() if each["status"] == "in_review"]
    assert document["issue_keys"] == [first, second]


def test_of_two_pages_started_together_the_second_is_reconsidered(
    pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = pipeline.create_ticket(NEW_SUMMARY, NEW_TEXT, ["needs-docs"])
    pipeline.finish(first)
    earlier = pipeline.aws.messages("DocumentOrchestrator")
    second = second_ticket(pipeline)
    later = pipeline.aws.messages("DocumentOrchestrator")
    bring, met = PageClaims.hold, list[str]()

    def meanwhile(*given: Any, **named: Any) -> Any:
        if not met:
            met.append("the second")
            assert deliver(orchestrate, later) == [], "it waits for the page that is about to begin"
        return bring(*given, **named)

    monkeypatch.setattr(PageClaims, "hold", meanwhile)
    assert deliver(orchestrate, earlier) == []
    pipeline.run()
    [document] = pipeline.aws.documents()
    assert document["issue_keys"] == [first, second]


@pytest.fixture
def about_to_begin(pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch) -> tuple[str, list[dict[str, Any]]]:
    """A ticket whose process dies just before its page starts; and its message, which is redelivered later."""
    key = pipeline.create_ticket(NEW_SUMMARY, NEW_TEXT, ["needs-docs"])
    pipeline.finish(key)
    messages = pipeline.aws.messages("DocumentOrchestrator")
    with monkeypatch.context() as patched:
        patched.setattr(PageClaims, "hold", unavailable)
        assert len(deliver(orchestrate, messages)) == 1
    assert pipeline.aws.documents() == []
    return key, messages


def test_a_page_about_to_start_is_waited_for(
    pipeline: Pipeline, about_to_begin: tuple[str, list[dict[str, Any]]]
) -> None:
    """However many pages start in between."""
    first, messages = about_to_begin
    other = "Parking permits for visitors of the harbour"
    in_review(pipeline, other, "Visitors may now order a parking permit online; it is valid for one day.")
    second = second_ticket(pipeline)
    assert deliver(orchestrate, pipeline.aws.messages("DocumentOrchestrator")) == []
    assert pipeline.aws.delayed("DocumentOrchestrator") == 1
    assert deliver(orchestrate, messages, receives=2) == []
    pipeline.run()
    [_, document] = sorted(pipeline.aws.documents(), key=lambda each: len(each["issue_keys"]))
    assert document["issue_keys"] == [first, second]


def test_a_waiting_change_starts_the_page_that_failed(
    pipeline: Pipeline,
    about_to_begin: tuple[str, list[dict[str, Any]]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    first, messages = about_to_begin
    second = second_ticket(pipeline)
    assert deliver(orchestrate, pipeline.aws.messages("DocumentOrchestrator")) == []
    waiting = pipeline.aws.messages("DocumentOrchestrator")
    with monkeypatch.context() as patched:
        patched.setattr(PageClaims, "hold", unavailable)
        assert len(deliver(orchestrate, messages, receives=3)) == 1
    assert deliver(orchestrate, waiting) == []
    pipeline.run()
    [document] = pipeline.aws.documents()
    assert document["issue_keys"] == [second]
    assert deliver(orchestrate, redriven(messages)) == []
    pipeline.run()
    [document] = pipeline.aws.documents()
    assert document["issue_keys"] == [second, first], "the title is the same, and so is the page"


def test_page_selection_is_deferred_while_pages_keep_starting(
    pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = pipeline.create_ticket(NEW_SUMMARY, NEW_TEXT, ["needs-docs"])
    pipeline.finish(key)
    with monkeypatch.context() as patched:
        patched.setattr(NewPageRegister, "try_reserve", lambda *_: False)
        assert deliver(orchestrate, pipeline.aws.messages("DocumentOrchestrator")) == []
    assert pipeline.aws.delayed("DocumentOrchestrator") == 1
    pipeline.run()
    assert [document["status"] for document in pipeline.aws.documents()] == ["in_review"]


def test_two_redriven_changes_about_one_thing_start_one_page(
    pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = pipeline.create_ticket(NEW_SUMMARY, NEW_TEXT, ["needs-docs"])
    pipeline.finish(first)
    second = second_ticket(pipeline)
    messages = pipeline.aws.messages("DocumentOrchestrator")
    pipeline.site.faults.add(Fault("status", status=503, path="/wiki/", count=999))
    for message in messages:
        assert len(deliver(orchestrate, at_deferral_limit([message]))) == 1
    pipeline.site.faults.clear()
    earlier, later = redriven(messages)
    bring, met = PageClaims.hold, list[str]()

    def meanwhile(*given: Any, **named: Any) -> Any:
        if not met:
            met.append("the other")
            assert deliver(orchestrate, [later]) == []
        return bring(*given, **named)

    monkeypatch.setattr(PageClaims, "hold", meanwhile)
    assert deliver(orchestrate, [earlier]) == []
    pipeline.run()
    [document] = pipeline.aws.documents()
    assert document["issue_keys"] == [first, second]


def test_a_started_page_is_forgotten_once_it_ended(pipeline: Pipeline) -> None:
    for number in range(3):
        _, review = in_review(pipeline, f"{NEW_SUMMARY} {number}", NEW_TEXT)
        pipeline.decide(review, "REJECTED: nobody needs this")
        pipeline.run()
    [known] = [
        item
        for item in pipeline.aws.items("kinexus-documents")
        if item["document_id"].startswith("beginnings#")
    ]
    assert len(known["beginnings"]) == 1


def test_a_page_approved_just_now_is_a_candidate(pipeline: Pipeline) -> None:
    """However long its review took."""
    _, review = in_review(pipeline, NEW_SUMMARY, NEW_TEXT)
    [document] = pipeline.aws.documents()
    long_ago = document["created_at"] - 8 * 24 * 3600
    pipeline.aws.put_document({**document, "created_at": long_ago})
    pipeline.site.confluence_search_lag = 600
    pipeline.decide(review, "APPROVED")
    pipeline.run()
    second_ticket(pipeline)
    pipeline.run()
    assert sorted(each["kind"] for each in pipeline.aws.documents()) == ["create", "update"]
