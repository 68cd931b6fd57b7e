"""A publication is taken back by a review of its own: exactly, around later edits, or not at all."""

from __future__ import annotations

from typing import Any

import pytest

from common import storage_format as sf
from common.aws.clients import cached_client
from common.aws.event_bus import EventBus
from common.domain.document import revert_id
from common.domain.events import EventName
from handlers.sweep.handler import handle as sweep
from tests.handlers.pipeline import Pipeline
from tests.handlers.test_pipeline import in_review, page_id

__all__ = ["page_id"]


def body(pipeline: Pipeline, page: str) -> str:
    return str(pipeline.page(page)["body"]["storage"]["value"])


def published(pipeline: Pipeline) -> tuple[str, dict[str, Any]]:
    """Publish an update; return the key of its source ticket and the record of its document."""
    key, review = in_review(pipeline)
    pipeline.decide(review, "APPROVED")
    pipeline.run()
    [document] = pipeline.aws.documents()
    return key, document


def ask(pipeline: Pipeline, document: dict[str, Any]) -> None:
    """Ask for the revert of a document, as `ops revert` does."""
    EventBus(cached_client("events"), "kinexus-events").publish(
        EventName.REVERT_REQUESTED,
        document_id=document["document_id"],
        issue_key=document["issue_keys"][0],
        requested_by="olga",
    )
    pipeline.run()


def revert_of(pipeline: Pipeline, document: dict[str, Any]) -> dict[str, Any]:
    wanted = revert_id(document["document_id"])
    return next(each for each in pipeline.aws.documents() if each["document_id"] == wanted)


def test_an_approved_revert_brings_back_the_earlier_bytes(pipeline: Pipeline, page_id: str) -> None:
    before = body(pipeline, page_id)
    key, document = published(pipeline)
    calls = len(pipeline.model.calls())
    ask(pipeline, document)
    ask(pipeline, document)
    revert = revert_of(pipeline, document)
    review = revert["review_issue_key"]
    assert len(pipeline.aws.documents()) == 2
    edits = pipeline.newest_draft(review).edits
    assert edits
    assert all(isinstance(edit, sf.Restore) and edit.storage in before for edit in edits)
    description = pipeline.description(review)
    assert "Takes back version 2" in description
    assert document["review_issue_key"] in description
    assert "olga asked for it" in description
    assert pipeline.newest_draft(document["review_issue_key"]).summary in description
    assert any("to be taken back" in text for text in pipeline.all_comments(key))
    assert pipeline.page(page_id)["version"]["number"] == 2, "nothing is published before the approval"
    pipeline.decide(review, "APPROVED")
    pipeline.run()
    assert pipeline.page(page_id)["version"]["number"] == 3
    assert sf.equivalent(body(pipeline, page_id), before)
    assert len(pipeline.model.calls()) == calls, "no model wrote any of it"
    assert any("was taken back" in text for text in pipeline.comments(key))
    assert "Takes back version 2" in pipeline.page(page_id)["version"]["message"]


def test_a_later_edit_of_another_block_stays(pipeline: Pipeline, page_id: str) -> None:
    before = body(pipeline, page_id)
    _, document = published(pipeline)
    pipeline.save_page(page_id, body(pipeline, page_id).replace("How money goes", "How all money goes"))
    ask(pipeline, document)
    pipeline.decide(revert_of(pipeline, document)["review_issue_key"], "APPROVED")
    pipeline.run()
    expected = before.replace("How money goes", "How all money goes")
    assert sf.equivalent(body(pipeline, page_id), expected)


def test_a_later_edit_of_the_same_block_is_a_conflict(pipeline: Pipeline, page_id: str) -> None:
    _, document = published(pipeline)
    changed = pipeline.newest_draft(document["review_issue_key"]).changes()[0].after
    current = body(pipeline, page_id)
    pipeline.save_page(page_id, current.replace(changed, changed.replace("</p>", " By hand.</p>")))
    ask(pipeline, document)
    revert = revert_of(pipeline, document)
    assert (revert["status"], revert["review_issue_key"]) == ("failed", "")
    assert "the same part of the page was edited since then" in revert["reason"]
    pipeline.save_page(page_id, current)
    ask(pipeline, document)
    assert revert_of(pipeline, document)["status"] == "in_review", "it can be asked for again"


def test_an_edit_of_the_same_block_during_the_review_ends_it(pipeline: Pipeline, page_id: str) -> None:
    _, document = published(pipeline)
    ask(pipeline, document)
    review = revert_of(pipeline, document)["review_issue_key"]
    changed = pipeline.newest_draft(document["review_issue_key"]).changes()[0].after
    current = body(pipeline, page_id).replace(changed, changed.replace("</p>", " By hand.</p>"))
    pipeline.save_page(page_id, current)
    pipeline.decide(review, "APPROVED")
    pipeline.run()
    assert sf.equivalent(body(pipeline, page_id), current)
    assert revert_of(pipeline, document)["status"] == "not_needed"
    assert any("Please edit the page in Confluence" in text for text in pipeline.comments(review))


def test_feedback_cannot_add_other_text(pipeline: Pipeline, page_id: str) -> None:
    _, document = published(pipeline)
    ask(pipeline, document)
    review = revert_of(pipeline, document)["review_issue_key"]
    calls = len(pipeline.model.calls())
    pipeline.decide(review, "NEEDS REVISION\nSay it more politely.")
    pipeline.run()
    assert pipeline.status(review) != "done"
    assert any("no other text can be drafted" in text for text in pipeline.comments(review))
    assert revert_of(pipeline, document)["revision"] == 1
    assert len(pipeline.model.calls()) == calls


def test_a_page_that_was_put_back_by_hand_needs_nothing(pipeline: Pipeline, page_id: str) -> None:
    before = body(pipeline, page_id)
    _, document = published(pipeline)
    pipeline.save_page(page_id, before)
    ask(pipeline, document)
    revert = revert_of(pipeline, document)
    assert (revert["status"], revert["review_issue_key"]) == ("not_needed", "")
    assert pipeline.aws.locks() == []


def test_a_ticket_of_the_page_waits_for_the_end_of_its_revert(pipeline: Pipeline, page_id: str) -> None:
    _, document = published(pipeline)
    ask(pipeline, document)
    key = pipeline.create_ticket("Quarnix ledger refunds take a reason", "A reason is given.", ["needs-docs"])
    pipeline.finish(key)
    pipeline.run()
    assert key not in revert_of(pipeline, document)["issue_keys"]
    pipeline.decide(revert_of(pipeline, document)["review_issue_key"], "REJECTED")
    pipeline.run()
    assert revert_of(pipeline, document)["status"] == "rejected"
    assert any("may be taken back" in text for text in pipeline.comments(key))
    assert sweep({}, None)["waiting changes"] == 1
    pipeline.run()
    assert pipeline.review_of(key), "after the revert its turn has come"


def test_a_created_page_is_not_taken_back(pipeline: Pipeline) -> None:
    key = pipeline.create_ticket(
        "Zyxomatic lattice for gardeners", "Gardeners plant a lattice.", ["needs-docs"]
    )
    pipeline.finish(key)
    pipeline.run()
    pipeline.decide(pipeline.review_of(key), "APPROVED")
    pipeline.run()
    [document] = pipeline.aws.documents()
    assert document["kind"] == "create"
    with pytest.raises(AssertionError, match="gave messages back"):
        ask(pipeline, document)
    assert len(pipeline.aws.documents()) == 1


def test_a_page_that_is_restricted_now_gets_no_review(pipeline: Pipeline, page_id: str) -> None:
    _, document = published(pipeline)
    page = pipeline.site.confluence.pages[page_id]
    page.readers = (pipeline.site.account("kinexus").account_id,)
    with pytest.raises(AssertionError, match="gave messages back"):
        ask(pipeline, document)
    revert = revert_of(pipeline, document)
    assert (revert["status"], revert["review_issue_key"]) == ("failed", "")
    assert "not everyone may view it" in revert["reason"]
    assert pipeline.aws.locks() == []
