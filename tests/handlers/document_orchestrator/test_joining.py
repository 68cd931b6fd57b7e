"""A change that joins a document is part of it once a draft contains it: not before, and never twice.

The process dies or fails between two lines, people decide in between, and the message is redelivered.
"""

from __future__ import annotations

from typing import Any

import pytest

from common.atlassian.http_client import Unavailable
from common.aws.change_repository import ChangeRepository
from common.aws.draft_store import DraftStore
from common.domain.draft import Draft
from handlers.document_orchestrator.drafting.draft_revision import RevisionDrafter
from handlers.document_orchestrator.handler import handle as orchestrate
from local.atlassian import Fault
from tests.handlers.aws import at_deferral_limit, deliver, redriven
from tests.handlers.document_orchestrator.page_selection.test_pages_named_by_links import page
from tests.handlers.document_orchestrator.test_contention import lease_held
from tests.handlers.pipeline import Pipeline
from tests.handlers.test_pipeline import NEW_SUMMARY, NEW_TEXT, SUMMARY, TEXT, in_review, page_id

__all__ = ["page_id"]


def fail(*_: object, **__: object) -> None:
    raise OSError("the disk is gone")


def joining(
    pipeline: Pipeline, summary: str, text: str, broken: tuple[type, str], monkeypatch: pytest.MonkeyPatch
) -> tuple[str, dict[str, Any]]:
    """Close a second ticket whose work fails at a call; return its key and the redelivered message."""
    key = pipeline.create_ticket(summary, text, ["needs-docs"])
    pipeline.finish(key)
    [message] = pipeline.aws.messages("DocumentOrchestrator")
    with monkeypatch.context() as patched:
        patched.setattr(*broken, fail)
        assert len(deliver(orchestrate, [message])) == 1
    return key, message


def documents_of(pipeline: Pipeline, key: str) -> list[dict[str, Any]]:
    return [document for document in pipeline.aws.documents() if key in document["issue_keys"]]


@pytest.mark.parametrize("decision", ["APPROVED", "REJECTED: not now"])
@pytest.mark.parametrize("kind", ["create", "update"])
def test_a_change_in_no_draft_gets_its_own_review(
    pipeline: Pipeline, page_id: str, kind: str, decision: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    summary, text = (NEW_SUMMARY, NEW_TEXT) if kind == "create" else (SUMMARY, TEXT)
    _, review = in_review(pipeline, summary, text)
    key, message = joining(
        pipeline, f"{summary} in winter", f"{text} In winter, too.", (DraftStore, "store"), monkeypatch
    )
    pipeline.decide(review, decision)
    pipeline.run()
    assert pipeline.comments(key) == [], "nobody has decided on anything of this ticket"
    assert documents_of(pipeline, key) == []

    assert deliver(orchestrate, [message], receives=2) == []
    pipeline.run()
    [document] = documents_of(pipeline, key)
    assert (document["status"], document["issue_keys"]) == ("in_review", [key])
    assert pipeline.review_of(key) != review


@pytest.mark.parametrize("decision", ["APPROVED", "REJECTED: not now"])
@pytest.mark.parametrize("kind", ["create", "update"])
def test_a_change_in_a_draft_gets_no_second_review(
    pipeline: Pipeline, page_id: str, kind: str, decision: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    summary, text = (NEW_SUMMARY, NEW_TEXT) if kind == "create" else (SUMMARY, TEXT)
    _, review = in_review(pipeline, summary, text)
    key, message = joining(
        pipeline,
        f"{summary} in winter",
        f"{text} In winter, too.",
        (ChangeRepository, "document"),
        monkeypatch,
    )
    pipeline.run()
    pipeline.decide(review, decision)
    pipeline.run()

    assert deliver(orchestrate, [message], receives=2) == []
    pipeline.run()
    [document] = documents_of(pipeline, key)
    assert document["status"] == ("published" if decision == "APPROVED" else "rejected")
    assert len(pipeline.aws.documents()) == 1
    [change] = [change for change in pipeline.aws.changes() if change["issue_key"] == key]
    assert (change["status"], change["document_ids"]) == ("documented", [document["document_id"]])
    assert pipeline.review_of(key) == review


def test_a_failed_join_leaves_the_review_unchanged(
    pipeline: Pipeline, page_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, review = in_review(pipeline)
    key = pipeline.create_ticket(f"{SUMMARY} in winter", f"{TEXT} In winter, too.", ["needs-docs"])
    pipeline.finish(key)
    pipeline.model.fail_next("refusal", times=2)
    messages = pipeline.aws.messages("DocumentOrchestrator")
    assert len(deliver(orchestrate, messages)) == 1
    [told] = pipeline.comments(key)
    assert "withheld" in told
    pipeline.decide(review, "APPROVED")
    pipeline.run()
    [document] = pipeline.aws.documents()
    assert (document["status"], document["issue_keys"]) == ("published", [first])
    assert pipeline.comments(key) == [told]


def died_before_the_change_closed(
    pipeline: Pipeline, messages: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(ChangeRepository, "document", fail)
        assert len(deliver(orchestrate, messages)) == 1
    pipeline.run()


def test_a_change_whose_target_was_published_is_in_one_document(
    pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, review = in_review(pipeline, NEW_SUMMARY, NEW_TEXT)
    [document] = pipeline.aws.documents()
    key = pipeline.create_ticket(f"{NEW_SUMMARY} in winter", f"{NEW_TEXT} In winter, too.", ["needs-docs"])
    pipeline.finish(key)
    with lease_held("kinexus-documents", document["document_id"]):
        assert deliver(orchestrate, pipeline.aws.messages("DocumentOrchestrator")) == []
    waiting = pipeline.aws.messages("DocumentOrchestrator")
    pipeline.decide(review, "APPROVED")
    pipeline.run()
    page = pipeline.aws.documents()[0]["publication"]["page_id"]
    third = pipeline.create_ticket(
        f"{NEW_SUMMARY} in spring", f"{NEW_TEXT} In spring, too.", [f"docs:{page}"]
    )
    pipeline.jira(
        "developer", "PUT", f"/rest/api/3/issue/{third}", {"update": {"labels": [{"add": "needs-docs"}]}}
    )
    pipeline.finish(third)
    pipeline.run()
    died_before_the_change_closed(pipeline, waiting, monkeypatch)
    pipeline.decide(pipeline.review_of(third), "APPROVED")
    pipeline.run()
    assert deliver(orchestrate, waiting, receives=2) == []
    pipeline.run()
    [document] = documents_of(pipeline, key)
    assert (document["status"], document["issue_keys"]) == ("published", [third, key])


def test_a_change_that_failed_then_joined_is_in_one_document(
    pipeline: Pipeline, page_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = pipeline.create_ticket(f"{SUMMARY} in winter", f"{TEXT} In winter, too.", ["needs-docs"])
    pipeline.finish(key)
    messages = pipeline.aws.messages("DocumentOrchestrator")
    pipeline.model.fail_next("refusal", times=2)
    assert len(deliver(orchestrate, messages)) == 1
    _, review = in_review(pipeline)
    again = redriven(messages)
    died_before_the_change_closed(pipeline, again, monkeypatch)
    pipeline.decide(review, "APPROVED")
    pipeline.run()
    assert deliver(orchestrate, again, receives=2) == []
    pipeline.run()
    assert sorted(document["status"] for document in documents_of(pipeline, key)) == ["failed", "published"]


def test_a_change_drafted_by_another_has_not_failed(
    pipeline: Pipeline, page_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = pipeline.create_ticket(SUMMARY, TEXT, ["needs-docs"])
    pipeline.finish(key)
    messages = pipeline.aws.messages("DocumentOrchestrator")
    with monkeypatch.context() as patched:
        patched.setattr(RevisionDrafter, "draft", fail)
        for receives in (1, 2):
            assert len(deliver(orchestrate, messages, receives)) == 1
    _, review = in_review(pipeline, f"{SUMMARY} soon", f"{TEXT} Soon.")
    pipeline.site.faults.add(Fault("status", status=503, count=9, method="GET", path="/rest/api/3/issue/"))
    assert len(deliver(orchestrate, at_deferral_limit(messages), receives=3)) == 1
    pipeline.site.faults.clear()
    [change] = [change for change in pipeline.aws.changes() if change["issue_key"] == key]
    assert change["status"] == "documented"
    pipeline.decide(review, "APPROVED")
    pipeline.run()
    [told] = pipeline.comments(key)
    assert "is published" in told


def test_a_failure_for_one_of_two_pages_is_reported(
    pipeline: Pipeline, page_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = page(pipeline, "Second")
    in_review(pipeline)
    labels = ["needs-docs", f"docs:{page_id}", f"docs:{other}"]
    key = pipeline.create_ticket(f"{SUMMARY} too", f"{TEXT} Too.", labels)
    pipeline.finish(key)
    messages = pipeline.aws.messages("DocumentOrchestrator")
    store = DraftStore.store

    def unavailable_for_other(drafts: DraftStore, draft: Draft) -> Any:
        if draft.page_id == other:
            raise Unavailable("PUT", "/drafts", 503, "busy")
        return store(drafts, draft)

    with monkeypatch.context() as patched:
        patched.setattr(DraftStore, "store", unavailable_for_other)
        assert deliver(orchestrate, messages) == []
        [copy] = pipeline.aws.messages("DocumentOrchestrator")
        pipeline.run()  # the draft that it joined is announced in between
        assert len(deliver(orchestrate, at_deferral_limit([copy]))) == 1
    assert any("could not draft" in said for said in pipeline.comments(key))
    assert deliver(orchestrate, redriven(messages)) == []
    pipeline.run()
    assert {document["page_id"] for document in pipeline.aws.documents()} == {page_id, other}
