"""A clone of a review ticket decides nothing; if its property still names a document, a comment says where the review is.

With the doubles of AWS and the simulator. Jira's own "Clone" copies labels, description and links, but no properties; apps
copy With the doubles of AWS and the simulator. Jira's own "Clone" copies labels, description and links, but no properties; apps
copy those as well.
"""

from __future__ import annotations

from typing import Any

import pytest

from common.atlassian.jira_client import REVIEW_PROPERTY
from handlers.approval_handler.handler import handle as approve
from handlers.document_orchestrator.handler import handle as orchestrate
from handlers.review_ticket_creator.handler import handle as open_review
from handlers.sweep.handler import handle as sweep
from local.atlassian import Fault
from tests.handlers.aws import deliver
from tests.handlers.pipeline import Pipeline
from tests.handlers.review_ticket_creator.test_lost_reviews import drafted, status
from tests.handlers.test_pipeline import in_review, page_id

__all__ = ["page_id"]

UNKNOWN = "doc-" + "0" * 24
#: Values of a property that name no document of this stack.
NAMES_NOTHING: tuple[Any, ...] = (
    None,
    {},
    {"document_id": UNKNOWN, "revision": 1},
    {"document_id": ""},
    {"document_id": None},
    {"document_id": 7},
    {"document_id": ["doc"]},
    {"document_id": "x" * 5000},
    {"document_id": "../doc-1"},
    {"document_id": UNKNOWN.upper()},
    "doc",
    ["doc"],
    7,
    False,
)


def clone(pipeline: Pipeline, review: str, account: str = "reviewer", prop: object = None) -> str:
    """Clone a ticket as Jira does, optionally with a property; return the clone's key."""
    fields = pipeline.jira(account, "GET", f"/rest/api/3/issue/{review}")["fields"]
    kept = {name: fields[name] for name in ("description", "labels")}
    kept |= {"summary": f"CLONE - {fields['summary']}", "project": {"key": review.rpartition("-")[0]}}
    kept["issuetype"] = {"name": fields["issuetype"]["name"]}
    linked = [
        {"add": {"type": {"name": "Relates"}, "outwardIssue": {"key": link[side]["key"]}}}
        for link in fields["issuelinks"]
        for side in ("inwardIssue", "outwardIssue")
        if side in link
    ]
    body: dict[str, Any] = {"fields": kept, "update": {"issuelinks": linked}}
    if prop is not None:
        body["properties"] = [{"key": REVIEW_PROPERTY, "value": prop}]
    return str(pipeline.jira(account, "POST", "/rest/api/3/issue", body)["key"])


def named(pipeline: Pipeline) -> dict[str, object]:
    [document] = pipeline.aws.documents()
    return {"document_id": document["document_id"], "revision": 1}


@pytest.mark.parametrize("account", ["reviewer", "kinexus"])
def test_a_clone_decides_nothing_and_gets_one_comment(pipeline: Pipeline, page_id: str, account: str) -> None:
    _, review = in_review(pipeline)
    copy = clone(pipeline, review, account, named(pipeline))
    for _ in range(2):
        pipeline.decide(copy, "APPROVED")
        pipeline.run()
        pipeline.move(copy, "new", "reviewer")
    [told] = [said for said in pipeline.comments(copy) if "copy" in said]
    assert review in told
    assert "please decide there" in told
    assert status(pipeline) == "in_review"
    assert pipeline.page(page_id)["version"]["number"] == 1
    assert not any("copy" in said for said in pipeline.comments(review))
    pipeline.decide(review, "APPROVED")
    pipeline.run()
    assert status(pipeline) == "published"


@pytest.mark.parametrize("verdict", ["APPROVED", "REJECTED", "NEEDS REVISION\nMore.", ""])
def test_no_decision_in_a_clone_counts(pipeline: Pipeline, page_id: str, verdict: str) -> None:
    _, review = in_review(pipeline)
    copy = clone(pipeline, review, prop=named(pipeline))
    pipeline.decide(copy, verdict or "Done with this one.")
    pipeline.run()
    [document] = pipeline.aws.documents()
    assert (document["status"], document["revision"], document["review_issue_key"]) == (
        "in_review",
        1,
        review,
    )


def test_a_clone_of_an_ended_review_gets_a_comment(pipeline: Pipeline, page_id: str) -> None:
    _, review = in_review(pipeline)
    pipeline.decide(review, "REJECTED")
    pipeline.run()
    copy = clone(pipeline, review, prop=named(pipeline))
    pipeline.decide(copy, "APPROVED")
    pipeline.run()
    assert f"was in {review} and is over" in pipeline.comments(copy)[-1]
    assert status(pipeline) == "rejected"


def _named_otherwise(pipeline: Pipeline) -> list[Any]:
    """Names of records that are not documents."""
    [lock] = pipeline.aws.locks()
    [review] = [
        item["document_id"]
        for item in pipeline.aws.items("kinexus-documents")
        if item["document_id"].startswith("review#")
    ]
    return [{"document_id": lock["document_id"]}, {"document_id": review}]


def test_a_clone_of_another_stacks_document_is_ignored(pipeline: Pipeline, page_id: str) -> None:
    _, review = in_review(pipeline)
    for prop in (*NAMES_NOTHING, *_named_otherwise(pipeline)):
        copy = clone(pipeline, review, prop=prop)
        assert pipeline.decide(copy, "APPROVED")["status"] == "accepted"
        pipeline.run()
        assert pipeline.comments(copy) == ["APPROVED"], prop
        assert pipeline.status(copy) == "done"
    assert status(pipeline) == "in_review"


def test_the_sweep_finds_a_clone_without_another_comment(pipeline: Pipeline, page_id: str) -> None:
    _, review = in_review(pipeline)
    copies = [clone(pipeline, review, prop=prop) for prop in (None, named(pipeline))]
    for copy in copies:
        pipeline.decide(copy, "APPROVED")
    pipeline.run()
    before = [pipeline.comments(copy) for copy in copies]
    assert sweep({}, None)["review accepted"] == 2
    pipeline.run()
    assert [pipeline.comments(copy) for copy in copies] == before


def test_a_clone_made_before_the_next_announcement_is_recognised(pipeline: Pipeline, page_id: str) -> None:
    _, review = in_review(pipeline)
    pipeline.decide(review, "NEEDS REVISION\nSay more.")
    assert deliver(approve, pipeline.aws.messages("ApprovalHandler")) == []
    copy = clone(pipeline, review, "kinexus", named(pipeline))
    assert deliver(orchestrate, pipeline.aws.messages("DocumentOrchestrator")) == []
    assert status(pipeline) == "drafted"
    pipeline.decide(copy, "APPROVED")
    assert deliver(approve, pipeline.aws.messages("ApprovalHandler")) == []
    assert pipeline.aws.messages("ApprovalHandler") == [], "it is not waited for"
    assert any("copy" in said for said in pipeline.comments(copy))


def test_a_clone_of_a_review_never_opened_is_ignored(pipeline: Pipeline, page_id: str) -> None:
    key, messages = drafted(pipeline)
    pipeline.site.faults.add(
        Fault("status", status=403, count=1, method="POST", path=r"/rest/api/3/issue\?*$", account="kinexus")
    )
    assert len(deliver(open_review, messages)) == 1
    copy = clone(pipeline, key, prop=named(pipeline))
    labels = {"labels": [{"add": "documentation-review"}]}
    pipeline.jira("admin", "PUT", f"/rest/api/3/issue/{copy}", {"update": labels})
    pipeline.decide(copy, "APPROVED")
    pipeline.run()
    assert pipeline.comments(copy) == ["APPROVED"]


def test_a_clone_deleted_at_once_is_no_error(pipeline: Pipeline, page_id: str) -> None:
    _, review = in_review(pipeline)
    copy = clone(pipeline, review, prop=named(pipeline))
    pipeline.decide(copy, "APPROVED")
    pipeline.jira("admin", "DELETE", f"/rest/api/3/issue/{copy}")
    pipeline.run()
    assert status(pipeline) == "in_review"
