"""Several spaces, and parents that are not pages: drafts can be published, and only in the configured spaces."""

from __future__ import annotations

from typing import Any

import pytest

from handlers.approval_handler.handler import handle as approve
from handlers.document_orchestrator.handler import handle as orchestrate
from handlers.document_orchestrator.page_selection import select_page
from handlers.document_orchestrator.page_selection.llm_judge import JudgeAnswer, parse_answer
from tests.handlers.aws import deliver
from tests.handlers.pipeline import Pipeline, reset_functions
from tests.handlers.test_pipeline import NEW_SUMMARY, NEW_TEXT, in_review, page_id

__all__ = ["page_id"]

NEAR = "Weather in town"


def page_in(pipeline: Pipeline, space_id: str, title: str, text: str) -> str:
    """Let a person create a page at the top of a space; return its id."""
    body = {
        "spaceId": space_id,
        "status": "current",
        "title": title,
        "body": {"representation": "storage", "value": f"<p>{text}</p>"},
    }
    return str(pipeline.jira("developer", "POST", "/wiki/api/v2/pages", body)["id"])


@pytest.fixture
def second_space(pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch) -> str:
    """A second configured space, with the page that fits the ticket best; return its id."""
    first = next(iter(pipeline.site.confluence.spaces.values()))
    second = pipeline.site.confluence.add_space("OPS", "Operations", pipeline.site.account("admin"))
    monkeypatch.setenv("CONFLUENCE_SPACE_KEY", f"{first.key},OPS")
    reset_functions()
    page_in(pipeline, second.id, NEAR, "It rains, and gardeners stay at home.")
    return str(second.id)


@pytest.mark.parametrize("decided_by", ["judge", "fallback"])
def test_a_new_page_gets_no_parent_in_another_space(
    pipeline: Pipeline, second_space: str, monkeypatch: pytest.MonkeyPatch, decided_by: str
) -> None:
    def judged(ticket: Any, best: Any, _model: object, fallback: JudgeAnswer) -> JudgeAnswer:
        if decided_by == "fallback":
            return fallback
        label = "ABCDEFGH"[next(i for i, each in enumerate(best) if each.page.title == NEAR)]
        answer = {"action": "create", "title": "Lattices", "parent_label": label, "confidence": 1}
        return JudgeAnswer(*parse_answer({**answer, "reason": "It is new."}, best, ticket), "model")

    monkeypatch.setattr(select_page, "judge", judged)
    _, review = in_review(pipeline, "Zyxomatic lattice for gardeners", "Zyxomatic lattice.")
    pipeline.decide(review, "APPROVED")
    pipeline.run()
    [document] = pipeline.aws.documents()
    assert (document["kind"], document["status"]) == ("create", "published")
    assert document["space_id"] != second_space


def test_a_new_page_may_be_below_a_folder(pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch) -> None:
    space = next(iter(pipeline.site.confluence.spaces.values()))
    beside = page_in(pipeline, space.id, NEAR, "It rains, and gardeners stay at home.")
    folder = pipeline.site.confluence.add_container(
        pipeline.site.account("developer"), "folder", space.id, "Town"
    )
    pipeline.site.confluence.pages[beside].parent_id = folder.id
    monkeypatch.setenv("TRUST_FOLDERS", "true")
    reset_functions()
    monkeypatch.setattr(select_page, "judge", lambda _ticket, _best, _model, fallback: fallback)
    pipeline.finish(
        pipeline.create_ticket("Zyxomatic lattice for gardeners", "Zyxomatic lattice.", ["needs-docs"])
    )
    pipeline.run()
    [document] = pipeline.aws.documents()
    assert (document["status"], document["parent_id"]) == ("in_review", folder.id)
    pipeline.decide(document["review_issue_key"], "APPROVED")
    pipeline.run()
    [document] = pipeline.aws.documents()
    created = pipeline.site.confluence.pages[document["publication"]["page_id"]]
    assert created.parent_id == folder.id


def test_a_page_moved_to_another_space_is_not_drafted_on(pipeline: Pipeline, page_id: str) -> None:
    _, review = in_review(pipeline)
    elsewhere = pipeline.site.confluence.add_space("HR", "People", pipeline.site.account("admin"))
    pipeline.site.confluence.pages[page_id].space_id = elsewhere.id
    pipeline.decide(review, "NEEDS REVISION\nShorter.")
    assert deliver(approve, pipeline.aws.messages("ApprovalHandler")) == []
    assert len(deliver(orchestrate, pipeline.aws.messages("DocumentOrchestrator"))) == 1
    assert any("outside the spaces" in said for said in pipeline.comments(review))
    assert pipeline.page(page_id)["version"]["number"] == 1


def test_an_archived_page_reserves_its_title_in_any_case(pipeline: Pipeline) -> None:
    space = next(iter(pipeline.site.confluence.spaces.values()))
    archived = page_in(pipeline, space.id, NEW_SUMMARY.upper(), "Old things.")
    pipeline.site.confluence.set_status(pipeline.site.confluence.pages[archived], "archived")
    _, review = in_review(pipeline, NEW_SUMMARY, NEW_TEXT)
    pipeline.decide(review, "APPROVED")
    pipeline.run()
    [document] = pipeline.aws.documents()
    assert document["status"] == "published"
    assert document["title"].casefold() != NEW_SUMMARY.casefold()
