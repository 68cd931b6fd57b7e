"""`python -m ops replay`: it publishes an event only if that has an effect, and says what will happen.

DocumentOrchestrator's own handler processes the event.
"""

from __future__ import annotations

import pytest

from common.aws.draft_store import DraftStore
from local.atlassian import Fault
from tests.handlers.aws import deliver
from tests.handlers.pipeline import QUEUE_HANDLERS
from tests.ops.deployed import Deployed


def detected(deployed: Deployed, *labels: str) -> tuple[str, str]:
    """Close a ticket; return its key and its change's id."""
    key = deployed.pipeline.create_ticket("Zibble exports", "Zibble exports take a filter now.", list(labels))
    return key, deployed.pipeline.finish(key)["change_id"]


def test_a_change_whose_event_was_lost_is_processed(deployed: Deployed) -> None:
    key, change_id = detected(deployed, "needs-docs")
    deployed.pipeline.aws.messages("DocumentOrchestrator")  # received, and never processed
    code, said = deployed.command("replay", change_id)
    assert code == 0
    assert f"{change_id} of {key} is detected" in said
    assert "DocumentOrchestrator processes it" in said
    deployed.pipeline.run()
    assert deployed.pipeline.review_of(key)


def test_a_failed_change_is_retried(deployed: Deployed) -> None:
    key, change_id = detected(deployed, "needs-docs")
    deployed.pipeline.model.fail_next("refusal", times=2)
    messages = deployed.pipeline.aws.messages("DocumentOrchestrator")
    assert len(deliver(QUEUE_HANDLERS["DocumentOrchestrator"], messages, receives=3)) == 1
    code, said = deployed.command("replay", change_id)
    assert code == 0
    assert "tries again with the pages that were selected" in said
    deployed.pipeline.run()
    assert deployed.pipeline.review_of(key)


def test_nothing_is_published_if_it_had_no_effect(deployed: Deployed) -> None:
    key, documented = detected(deployed, "needs-docs")
    deployed.pipeline.run()
    _, declined = detected(deployed, "needs-docs", "no-docs")
    deployed.pipeline.aws.events()
    code, said = deployed.command("replay", documented)
    assert code == 1
    assert "nothing would happen" in said
    assert f"python -m ops status {key}" in said
    code, said = deployed.command("replay", declined)
    assert code == 1
    assert "it was ignored" in said
    assert deployed.pipeline.aws.events() == []


def test_an_unknown_change_is_reported(deployed: Deployed) -> None:
    code, said = deployed.command("replay", "chg-1-1")
    assert code == 2
    assert "there is no change chg-1-1 in the table kinexus-changes" in said


def document(deployed: Deployed) -> tuple[str, str]:
    [found] = deployed.pipeline.aws.documents()
    return str(found["document_id"]), f"{found['status']} r{found['revision']}"


def lose(deployed: Deployed, function: str) -> None:
    """Receive a function's messages and never process them."""
    assert deployed.pipeline.aws.messages(function)


def test_a_document_continues_from_its_lost_event(deployed: Deployed) -> None:
    pipeline = deployed.pipeline
    key, _ = detected(deployed, "needs-docs")
    assert (
        deliver(QUEUE_HANDLERS["DocumentOrchestrator"], pipeline.aws.messages("DocumentOrchestrator")) == []
    )
    lose(deployed, "ReviewTicketCreator")
    id_, _ = document(deployed)
    assert "ReviewTicketCreator opens its review" in deployed.command("replay", id_)[1]
    pipeline.run()
    review = pipeline.review_of(key)

    pipeline.decide(review, "NEEDS REVISION\nName the filter.")
    assert deliver(QUEUE_HANDLERS["ApprovalHandler"], pipeline.aws.messages("ApprovalHandler")) == []
    lose(deployed, "DocumentOrchestrator")
    assert document(deployed) == (id_, "revising r1")
    assert "drafts the next revision" in deployed.command("replay", id_)[1]
    pipeline.run()
    assert document(deployed) == (id_, "in_review r2")

    pipeline.decide(review, "APPROVED")
    lose(deployed, "ApprovalHandler")
    assert f"carries out the decision in {review}" in deployed.command("replay", id_)[1]
    pipeline.run()
    assert document(deployed) == (id_, "published r2")
    code, said = deployed.command("replay", id_)
    assert code == 1
    assert "nothing would happen: its page is published" in said


def test_a_document_being_drafted_is_drafted(deployed: Deployed, monkeypatch: pytest.MonkeyPatch) -> None:
    pipeline = deployed.pipeline
    detected(deployed, "needs-docs")
    with monkeypatch.context() as broken:
        broken.delattr(DraftStore, "store")
        messages = pipeline.aws.messages("DocumentOrchestrator")
        assert len(deliver(QUEUE_HANDLERS["DocumentOrchestrator"], messages)) == 1
    id_, stands = document(deployed)
    assert stands == "drafting r0"
    code, said = deployed.command("replay", id_)
    assert code == 0
    assert "DocumentOrchestrator drafts it" in said
    pipeline.run()
    assert document(deployed) == (id_, "in_review r1")


def test_an_unknown_document_is_reported(deployed: Deployed) -> None:
    code, said = deployed.command("replay", "doc-1")
    assert code == 2
    assert "there is no document doc-1 in the table kinexus-documents" in said


def test_missing_notifications_of_a_page_are_sent(deployed: Deployed) -> None:
    pipeline = deployed.pipeline
    key, _ = detected(deployed, "needs-docs")
    pipeline.run()
    review = pipeline.review_of(key)
    pipeline.decide(review, "APPROVED")
    pipeline.site.faults.add(
        Fault("status", status=503, method="POST", path="/comment$|/comment\\?", count=99)
    )
    deployed.record_failure("ApprovalHandler")
    pipeline.site.faults.clear()
    id_, stands = document(deployed)
    assert stands == "published r1"
    code, said = deployed.command("replay", id_)
    assert code == 0
    assert f"ApprovalHandler comments the result in {review} and its source tickets" in said
    pipeline.run()
    assert pipeline.comments(review)[-1].startswith("Published")
    assert any("is published" in text for text in pipeline.comments(key))
    code, said = deployed.command("replay", id_)
    assert code == 1
    assert "nothing would happen: its page is published" in said


def test_a_deleted_review_ticket_is_replaced(deployed: Deployed) -> None:
    pipeline = deployed.pipeline
    key, _ = detected(deployed, "needs-docs")
    pipeline.run()
    gone = pipeline.review_of(key)
    pipeline.jira("admin", "DELETE", f"/rest/api/3/issue/{gone}")
    code, said = deployed.command("replay", document(deployed)[0])
    assert code == 0
    assert f"{gone} if that ticket is done; if it is gone, another review ticket is opened" in said
    pipeline.run()
    review = pipeline.review_of(key)
    assert review != gone
    assert document(deployed)[1] == "in_review r1"
    pipeline.decide(review, "APPROVED")
    pipeline.run()
    assert document(deployed)[1] == "published r1"
    assert pipeline.aws.locks() == []


def test_a_failed_review_promises_no_replay_of_its_changes(
    deployed: Deployed,
) -> None:
    pipeline = deployed.pipeline
    key, _ = detected(deployed, "needs-docs")
    pipeline.run()
    for _ in range(3):
        pipeline.decide(pipeline.review_of(key), "NEEDS REVISION\nShorter.")
        pipeline.run()
    id_, status = document(deployed)
    assert status == "failed r3"
    code, said = deployed.command("replay", id_)
    assert code == 1
    assert "it failed: reopen the source ticket and close it again" in said
