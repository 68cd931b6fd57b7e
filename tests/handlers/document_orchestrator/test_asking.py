"""A ticket of which it is unsure which page it documents is asked, and its answer takes the same change up again."""

from __future__ import annotations

import time
from typing import Any

import pytest

from handlers.document_orchestrator import ask_for_page
from handlers.document_orchestrator.ask_for_page import ANSWER_DAYS
from handlers.sweep import dependencies as sweep
from handlers.sweep.handler import handle as sweep_up
from tests.handlers.aws import deliver, redriven
from tests.handlers.pipeline import QUEUE_HANDLERS, Pipeline
from tests.handlers.test_pipeline import SUMMARY, TEXT

PAGE = "<p>A refund in the quarnix ledger always returns the whole amount of the quarnix payment.</p>"


@pytest.fixture
def pages(pipeline: Pipeline) -> tuple[str, str]:
    """Two pages that fit equally well; their ids."""
    space = next(iter(pipeline.site.confluence.spaces.values()))
    made = []
    for part in ("east", "west"):
        body = {
            "spaceId": space.id,
            "status": "current",
            "title": f"Quarnix ledger refunds {part}",
            "body": {"representation": "storage", "value": PAGE},
        }
        made.append(str(pipeline.jira("developer", "POST", "/wiki/api/v2/pages", body)["id"]))
    return made[0], made[1]


def asked(pipeline: Pipeline) -> str:
    """Close a ticket that is asked; return its key."""
    key = pipeline.create_ticket(SUMMARY, TEXT, ["needs-docs"])
    pipeline.finish(key)
    pipeline.run()
    return key


def edit(pipeline: Pipeline, key: str, **body: Any) -> str:
    """Edit a ticket as its developer; return the status that JiraWebhookHandler answers."""
    before = len(pipeline.gateway.answers)
    pipeline.jira("developer", "PUT", f"/rest/api/3/issue/{key}", body)
    assert pipeline.site.drain()
    return "" if len(pipeline.gateway.answers) == before else pipeline.gateway.answers[-1][2]


def add_label(pipeline: Pipeline, key: str, label: str) -> str:
    return edit(pipeline, key, update={"labels": [{"add": label}]})


def questions(pipeline: Pipeline, key: str) -> list[str]:
    return [text for text in pipeline.comments(key) if text.startswith("Which page documents this change?")]


def change(pipeline: Pipeline) -> dict[str, Any]:
    [found] = pipeline.aws.changes()
    return found


def test_an_unsure_ticket_is_asked_once_and_nothing_is_drafted(
    pipeline: Pipeline, pages: tuple[str, str]
) -> None:
    key = pipeline.create_ticket(SUMMARY, TEXT, ["needs-docs"])
    pipeline.finish(key)
    messages = pipeline.aws.messages("DocumentOrchestrator")
    for _ in range(2):
        assert deliver(QUEUE_HANDLERS["DocumentOrchestrator"], redriven(messages)) == []
    sweep_up({}, None)
    pipeline.run()
    [question] = questions(pipeline, key)
    [proposed] = [page for page in pages if f"docs:{page}" in question]
    assert "no-docs" in question
    record = change(pipeline)
    assert (record["status"], record["question"]["page_id"], record.get("choice")) == (
        "asking",
        proposed,
        None,
    )
    assert (pipeline.aws.documents(), pipeline.aws.locks()) == ([], [])
    assert [call.tool for call in pipeline.model.calls()] == ["choose_page"]


def test_a_label_answers_by_its_webhook(pipeline: Pipeline, pages: tuple[str, str]) -> None:
    key = asked(pipeline)
    assert "answered" in add_label(pipeline, key, f"docs:{pages[1]}")
    pipeline.run()
    [document] = pipeline.aws.documents()
    assert (document["page_id"], document["change_ids"]) == (pages[1], [change(pipeline)["change_id"]])
    pipeline.decide(pipeline.review_of(key), "APPROVED")
    pipeline.run()
    assert pipeline.page(pages[1])["version"]["number"] == 2
    assert len(questions(pipeline, key)) == 1


def test_two_answers_at_once_have_one_effect(pipeline: Pipeline, pages: tuple[str, str]) -> None:
    key = asked(pipeline)
    add_label(pipeline, key, f"docs:{pages[1]}")
    add_label(pipeline, key, "team-a")
    sweep_up({}, None)
    pipeline.run()
    assert len(pipeline.aws.documents()) == 1
    assert pipeline.review_of(key)


def test_a_link_in_the_description_answers(pipeline: Pipeline, pages: tuple[str, str]) -> None:
    key = asked(pipeline)
    url = f"{pipeline.url}/wiki/spaces/SD/pages/{pages[1]}/x"
    text = {"type": "text", "text": f"See {url}"}
    description = {"type": "doc", "version": 1, "content": [{"type": "paragraph", "content": [text]}]}
    assert "answered" in edit(pipeline, key, fields={"description": description})
    pipeline.run()
    assert [document["page_id"] for document in pipeline.aws.documents()] == [pages[1]]


def test_the_sweep_finds_an_answer_by_a_remote_link(pipeline: Pipeline, pages: tuple[str, str]) -> None:
    key = asked(pipeline)
    link = {"object": {"url": f"{pipeline.url}/wiki/spaces/SD/pages/{pages[0]}/x", "title": "The page"}}
    pipeline.jira("developer", "POST", f"/rest/api/3/issue/{key}/remotelink", link)
    pipeline.run()
    assert pipeline.aws.documents() == []
    sweep_up({}, None)
    pipeline.run()
    assert [document["page_id"] for document in pipeline.aws.documents()] == [pages[0]]


def test_a_declining_label_ends_the_question(pipeline: Pipeline, pages: tuple[str, str]) -> None:
    key = asked(pipeline)
    assert "answered" in add_label(pipeline, key, "no-docs")
    pipeline.run()
    assert (change(pipeline)["status"], pipeline.aws.documents()) == ("not_needed", [])
    assert 'the label "no-docs" declines documentation' in change(pipeline)["reason"]


def test_other_edits_and_refused_links_answer_nothing(pipeline: Pipeline, pages: tuple[str, str]) -> None:
    key = asked(pipeline)
    assert "skipped" in edit(pipeline, key, fields={"summary": "Another summary"})
    assert "skipped" in add_label(pipeline, key, "team-a")
    link = {"object": {"url": f"{pipeline.url}/wiki/spaces/SD/pages/99999999/x", "title": "Gone"}}
    pipeline.jira("developer", "POST", f"/rest/api/3/issue/{key}/remotelink", link)
    for _ in range(2):
        sweep_up({}, None)
        pipeline.run()
    assert (change(pipeline)["status"], len(questions(pipeline, key))) == ("asking", 1)


def test_without_an_answer_it_ends_after_fourteen_days(
    pipeline: Pipeline, pages: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    key = asked(pipeline)
    assert sweep.build_dependencies().waiting.publish() == {"asked": 1}
    monkeypatch.setattr(
        ask_for_page.PageQuestions,
        "clock",
        property(lambda self: lambda: time.time() + ANSWER_DAYS * 24 * 3600 + 60, lambda self, value: None),
        raising=False,
    )
    pipeline.run()
    assert change(pipeline)["status"] == "not_needed"
    assert sum("was not answered within 14 days" in text for text in pipeline.comments(key)) == 1


def test_a_ticket_that_is_closed_again_is_asked_by_its_new_change(
    pipeline: Pipeline, pages: tuple[str, str]
) -> None:
    key = asked(pipeline)
    pipeline.move(key, "new", "developer")
    pipeline.finish(key)
    pipeline.run()
    assert sorted(item["status"] for item in pipeline.aws.changes()) == ["asking", "not_needed"]
    add_label(pipeline, key, f"docs:{pages[0]}")
    pipeline.run()
    assert len(pipeline.aws.documents()) == 1


def test_a_deleted_ticket_ends_without_a_failure(pipeline: Pipeline, pages: tuple[str, str]) -> None:
    key = asked(pipeline)
    pipeline.jira("admin", "DELETE", f"/rest/api/3/issue/{key}")
    sweep_up({}, None)
    pipeline.run()
    assert change(pipeline)["status"] == "not_needed"


def test_a_reopened_ticket_answers_only_when_it_is_closed(pipeline: Pipeline, pages: tuple[str, str]) -> None:
    key = asked(pipeline)
    pipeline.move(key, "new", "developer")
    add_label(pipeline, key, f"docs:{pages[0]}")
    sweep_up({}, None)
    pipeline.run()
    assert (change(pipeline)["status"], pipeline.aws.documents()) == ("asking", [])
