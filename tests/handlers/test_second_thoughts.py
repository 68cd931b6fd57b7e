"""A reviewer may think again until the page carries what was approved; what stands in the way is told.

Over the whole pipeline. When exactly a process may die is the crash matrix's part.
"""

from __future__ import annotations

from typing import Any

import pytest

from handlers.approval_handler.handler import handle as approve
from local.atlassian import Fault
from tests.handlers.aws import deliver
from tests.handlers.pipeline import Pipeline
from tests.handlers.test_pipeline import NEW_SUMMARY, NEW_TEXT, in_review, page_id

__all__ = ["page_id"]

SAVE = "/wiki/api/v2/pages"


def version(pipeline: Pipeline, page: str) -> int:
    return int(pipeline.page(page)["version"]["number"])


def document(pipeline: Pipeline) -> dict[str, Any]:
    [found] = pipeline.aws.documents()
    return found


def newest(pipeline: Pipeline, key: str) -> str:
    return pipeline.comments(key)[-1]


@pytest.mark.parametrize("status", [400, 413])
def test_a_version_that_confluence_refuses_is_told_and_the_reviewer_decides_anew(
    pipeline: Pipeline, page_id: str, status: int
) -> None:
    _, review = in_review(pipeline)
    pipeline.site.faults.add(Fault("status", status=status, method="PUT", path=SAVE))
    pipeline.decide(review, "APPROVED")
    pipeline.run()
    assert "Nothing was published: Confluence refused to store the page" in newest(pipeline, review)
    assert pipeline.status(review) != "done"
    assert document(pipeline)["status"] == "in_review"

    pipeline.decide(review, "REJECTED: then not")
    pipeline.run()
    assert (document(pipeline)["status"], version(pipeline, page_id)) == ("rejected", 1)
    assert pipeline.aws.locks() == []


def test_a_title_in_use_names_no_way_out_that_leads_back_to_it(pipeline: Pipeline) -> None:
    _, review = in_review(pipeline, NEW_SUMMARY, NEW_TEXT)
    body = {
        "spaceId": document(pipeline)["space_id"],
        "status": "current",
        "title": document(pipeline)["title"],
        "body": {"representation": "storage", "value": "<p>By hand.</p>"},
    }
    pipeline.jira("developer", "POST", SAVE, body)
    pipeline.decide(review, "APPROVED")
    pipeline.run()
    assert "rename it, then move this ticket to done again" in newest(pipeline, review)
    assert "revision" not in newest(pipeline, review), "a revision keeps the title"
