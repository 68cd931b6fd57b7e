"""A page's lock is released whatever happens between taking it and recording its document."""

from __future__ import annotations

import time
from types import SimpleNamespace

import pytest

from common.atlassian.http_client import Unavailable
from common.aws.document_repository import DocumentRepository
from handlers.document_orchestrator import dependencies
from handlers.document_orchestrator.claim_page import LEASE_SECONDS, PageClaims
from handlers.document_orchestrator.handler import handle as orchestrate
from tests.handlers.aws import at_deferral_limit, deliver, redriven
from tests.handlers.document_orchestrator.test_kept_drafts import forget_lease
from tests.handlers.pipeline import Pipeline, reset_functions
from tests.handlers.test_pipeline import NEW_SUMMARY, NEW_TEXT, SUMMARY, TEXT, page_id

__all__ = ["page_id"]


class Died(BaseException):
    """The process ends here."""


def die(*_: object) -> None:
    raise Died


def down(*_: object) -> None:
    raise Unavailable("GET", "/wiki/api/v2/pages", 503, "busy")


def finished(pipeline: Pipeline, summary: str, text: str) -> list[dict[str, object]]:
    pipeline.finish(pipeline.create_ticket(summary, text, ["needs-docs"]))
    return pipeline.aws.messages("DocumentOrchestrator")


def test_a_failure_before_the_record_frees_the_title(
    pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    messages = finished(pipeline, NEW_SUMMARY, NEW_TEXT)
    with monkeypatch.context() as patched:
        patched.setattr(PageClaims, "_page_created_by_us", down)
        for receives in (1, 2, 3):
            assert len(deliver(orchestrate, at_deferral_limit(messages), receives)) == 1
    assert (pipeline.aws.documents(), pipeline.aws.locks()) == ([], [])
    assert deliver(orchestrate, finished(pipeline, NEW_SUMMARY, NEW_TEXT)) == []
    assert [document["status"] for document in pipeline.aws.documents()] == ["drafted"]


def test_a_dead_processs_lock_is_taken_over_after_expiry(
    pipeline: Pipeline, page_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    messages = finished(pipeline, SUMMARY, TEXT)
    with monkeypatch.context() as patched:
        patched.setattr(DocumentRepository, "start", die)
        with pytest.raises(Died):
            deliver(orchestrate, messages)
    reset_functions()
    assert len(pipeline.aws.locks()) == 1

    later = finished(pipeline, SUMMARY, TEXT)
    assert deliver(orchestrate, later) == []
    assert pipeline.aws.delayed("DocumentOrchestrator") == 1, "it may still be at work, so it is waited for"
    assert pipeline.aws.documents() == []
    [copy] = pipeline.aws.messages("DocumentOrchestrator")
    later_on = SimpleNamespace(time=lambda: time.time() + LEASE_SECONDS + 1)
    monkeypatch.setattr(dependencies, "time", later_on)
    reset_functions()
    assert deliver(orchestrate, [copy]) == []
    [document] = pipeline.aws.documents()
    assert document["status"] == "drafted"

    assert deliver(orchestrate, messages, receives=2) == []
    [document] = pipeline.aws.documents()
    assert len(document["change_ids"]) == 2, "the one that died joins"


def open_documents(pipeline: Pipeline) -> list[str]:
    return [each["page_id"] for each in pipeline.aws.documents() if each["status"] == "in_review"]


@pytest.mark.parametrize("who", ["its own failure", "another change"])
def test_only_its_document_releases_the_lock(
    pipeline: Pipeline, page_id: str, monkeypatch: pytest.MonkeyPatch, who: str
) -> None:
    pipeline.finish(pipeline.create_ticket(SUMMARY, TEXT, ["needs-docs"]))
    messages = pipeline.aws.messages("DocumentOrchestrator")
    pipeline.model.fail_next("refusal", times=2)
    failing = messages
    if who == "another change":
        with monkeypatch.context() as patched:
            patched.setattr(DocumentRepository, "unlock", die)
            with pytest.raises(Died):
                deliver(orchestrate, messages)
        forget_lease(pipeline.aws.changes()[0])
        forget_lease(pipeline.aws.documents()[0])
        pipeline.finish(pipeline.create_ticket(f"{SUMMARY} too", f"{TEXT} Too.", ["needs-docs"]))
        failing = pipeline.aws.messages("DocumentOrchestrator")
    unlock, replayed = DocumentRepository.unlock, list[int]()

    def unlock_late(records: DocumentRepository, name: str, document_id: str) -> None:
        if not replayed:
            replayed.append(1)
            assert deliver(orchestrate, redriven(messages)) == []
        unlock(records, name, document_id)

    with monkeypatch.context() as patched:
        patched.setattr(DocumentRepository, "unlock", unlock_late)
        assert len(deliver(orchestrate, failing)) == (1 if who == "its own failure" else 0)
    assert replayed
    pipeline.run()
    pipeline.finish(pipeline.create_ticket(f"{SUMMARY} soon", f"{TEXT} Soon.", ["needs-docs"]))
    pipeline.run()
    assert open_documents(pipeline) == [page_id]
