"""Review tickets in difficult Jira setups: deleted sources, final statuses, many links, security levels.

With the doubles of AWS, the simulator and the Bedrock stand-in. Not proven: how real workflows word a refusal.
"""

from __future__ import annotations

import time
from types import SimpleNamespace

import pytest
import requests

from common.aws.document_repository import DocumentRepository
from common.domain.ticket import description_text
from handlers.document_orchestrator.handler import handle as orchestrate
from handlers.review_ticket_creator import dependencies
from handlers.review_ticket_creator.create_ticket import SEARCH_AFTER_SECONDS
from handlers.review_ticket_creator.handler import handle as open_review
from local.atlassian import Fault
from local.atlassian.jira.workflow import DONE_STATUS
from tests.handlers.aws import deliver
from tests.handlers.pipeline import QUEUE_HANDLERS, Pipeline, reset_functions
from tests.handlers.test_pipeline import NEW_SUMMARY, NEW_TEXT, SUMMARY, TEXT, in_review, page_id

__all__ = ["page_id"]


def drafted(pipeline: Pipeline, *, security: str = "", links: int = 0) -> tuple[str, list[dict[str, object]]]:
    """Bring a ticket to its draft; return its key and the message for the review ticket's creator."""
    key = pipeline.create_ticket(SUMMARY, TEXT, ["needs-docs"])
    if security:
        hide(pipeline, key, security)
    jira, developer = pipeline.site.jira, pipeline.site.account("developer")
    for _ in range(links):
        other = jira.get(pipeline.create_ticket("Another", "Elsewhere.", []))
        jira.link(developer, "10003", jira.get(key), other, "outward")
    pipeline.finish(key)
    assert deliver(orchestrate, pipeline.aws.messages("DocumentOrchestrator")) == []
    return key, pipeline.aws.messages("ReviewTicketCreator")


def hide(pipeline: Pipeline, key: str, security: str = "Confidential") -> None:
    """Give a ticket a security level."""
    fields = {"security": {"name": security}}
    pipeline.jira("developer", "PUT", f"/rest/api/3/issue/{key}", {"fields": fields})


def described(pipeline: Pipeline, review: str) -> str:
    issue = pipeline.jira("reviewer", "GET", f"/rest/api/3/issue/{review}")
    return description_text(issue["fields"]["description"])


def document(pipeline: Pipeline) -> tuple[str, int]:
    [found] = pipeline.aws.documents()
    return str(found["status"]), int(found["revision"])


def test_a_deleted_source_is_omitted_from_the_review(pipeline: Pipeline, page_id: str) -> None:
    first, review = in_review(pipeline)
    second, messages = drafted(pipeline)
    pipeline.jira("admin", "DELETE", f"/rest/api/3/issue/{first}")
    assert deliver(open_review, messages) == []
    assert document(pipeline) == ("in_review", 2)
    said = described(pipeline, review)
    assert second in said
    assert f"{first} (deleted, or hidden from Kinexus)" in said
    assert pipeline.review_of(second) == review


def test_a_draft_without_sources_is_still_reviewed(pipeline: Pipeline, page_id: str) -> None:
    key, messages = drafted(pipeline)
    pipeline.jira("admin", "DELETE", f"/rest/api/3/issue/{key}")
    assert deliver(open_review, messages) == []
    assert document(pipeline) == ("in_review", 1)


def test_without_sources_a_lost_answer_makes_no_second_ticket(
    pipeline: Pipeline, page_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    key, messages = drafted(pipeline)
    pipeline.jira("admin", "DELETE", f"/rest/api/3/issue/{key}")
    lost = Fault("drop", count=1, method="POST", path=r"/rest/api/3/issue(\?|$)", after=True)
    pipeline.site.faults.add(lost)
    assert deliver(open_review, messages) == []
    assert deliver(open_review, messages, 2) == []
    assert document(pipeline) == ("drafted", 1), "the search may not show the ticket yet"
    later = time.time() + SEARCH_AFTER_SECONDS
    monkeypatch.setattr(dependencies, "time", SimpleNamespace(time=lambda: later))
    reset_functions()
    assert deliver(open_review, messages, 3) == []
    assert document(pipeline) == ("in_review", 1)
    every = pipeline.site.jira.issues.values()
    assert len([issue for issue in every if "documentation-review" in issue.fields.labels]) == 1


def test_a_revision_that_cannot_be_shown_is_reported(pipeline: Pipeline, page_id: str) -> None:
    key, review = in_review(pipeline)
    pipeline.decide(review, "NEEDS REVISION\nMention the currency.")
    pipeline.site.faults.add(
        Fault("status", status=400, count=9, method="PUT", path=f"/issue/{_id(pipeline, review)}")
    )
    for function in ("ApprovalHandler", "DocumentOrchestrator"):
        assert deliver(QUEUE_HANDLERS[function], pipeline.aws.messages(function)) == []
    messages = pipeline.aws.messages("ReviewTicketCreator")
    for receives in (1, 2):
        assert len(deliver(open_review, messages, receives)) == 1
    for ticket in (review, key):
        [told] = [text for text in pipeline.comments(ticket) if "cannot open its review" in text]
        assert "400" in told
    pipeline.site.faults.clear()
    assert deliver(open_review, messages, 3) == []
    assert document(pipeline) == ("in_review", 2)


def test_a_read_only_status_is_left_before_the_edit(pipeline: Pipeline, page_id: str) -> None:
    _, review = in_review(pipeline)
    pipeline.site.jira.uneditable.add(DONE_STATUS.id)
    pipeline.decide(review, "NEEDS REVISION\nMention the currency.")
    pipeline.run()
    assert document(pipeline) == ("in_review", 2)
    assert pipeline.status(review) == "new"


@pytest.mark.parametrize("way", ["no transition", "a transition that is refused"])
def test_without_a_transition_back_people_get_a_comment(pipeline: Pipeline, page_id: str, way: str) -> None:
    _, review = in_review(pipeline)
    pipeline.decide(review, "NEEDS REVISION\nMention the currency.")
    if way == "no transition":
        pipeline.site.jira.dead_ends.add(DONE_STATUS.id)
    else:
        refused = Fault("status", status=400, count=9, method="POST", path="/transitions", account="kinexus")
        pipeline.site.faults.add(refused)
    pipeline.run()
    assert document(pipeline) == ("in_review", 2)
    assert pipeline.status(review) == "done"
    [announced] = [text for text in pipeline.comments(review) if "Revision 2 is ready" in text]
    assert "cannot reopen this ticket" in announced
    assert "ask an administrator" in announced


def test_many_links_cost_no_more_requests(pipeline: Pipeline, page_id: str) -> None:
    _, messages = drafted(pipeline, links=40)
    before = len(pipeline.site.calls())
    assert deliver(open_review, messages) == []
    calls = pipeline.site.calls()[before:]
    assert len(calls) < 20, [f"{call.method} {call.path}" for call in calls]
    reset_functions()
    assert deliver(open_review, messages) == []
    assert document(pipeline) == ("in_review", 1)


def test_a_review_keeps_its_sources_security_level(pipeline: Pipeline, page_id: str) -> None:
    _, messages = drafted(pipeline, security="Confidential")
    assert deliver(open_review, messages) == []
    reviews = [
        issue
        for issue in pipeline.site.jira.issues.values()
        if issue.fields.labels[:1] == ("documentation-review",)
    ]
    assert [issue.fields.custom["security"]["name"] for issue in reviews] == ["Confidential"]


def test_a_joining_secret_ticket_sets_the_reviews_level(pipeline: Pipeline, page_id: str) -> None:
    _, review = in_review(pipeline)
    _, messages = drafted(pipeline, security="Confidential")
    assert deliver(open_review, messages) == []
    assert pipeline.site.jira.get(review).fields.custom["security"]["name"] == "Confidential"


@pytest.fixture
def reviewed_elsewhere(pipeline: Pipeline, page_id: str, monkeypatch: pytest.MonkeyPatch) -> Pipeline:
    """A pipeline whose reviews are in their own project, which shares no security levels with others."""
    pipeline.site.jira.add_project("DOCS", "Documentation")
    monkeypatch.setenv("JIRA_REVIEW_PROJECT_KEY", "DOCS")
    reset_functions()
    return pipeline


def test_without_the_level_nothing_is_shown_and_the_page_freed(
    reviewed_elsewhere: Pipeline,
) -> None:
    pipeline = reviewed_elsewhere
    key, messages = drafted(pipeline, security="Confidential")
    for receives in (1, 2, 3):
        assert len(deliver(open_review, messages, receives)) == 1, "it ends in the dead-letter queue"
    assert not [issue for issue in pipeline.site.jira.issues.values() if issue.project == "DOCS"]
    [told] = pipeline.comments(key)
    assert f"{key} has a security level" in told
    assert "in the project DOCS" in told
    [found] = pipeline.aws.documents()
    assert (found["status"], "security level" in found["reason"]) == ("failed", True)
    assert pipeline.aws.locks() == []
    assert in_review(pipeline), "the next ticket about this page"


def test_a_ticket_of_another_level_does_not_join(reviewed_elsewhere: Pipeline) -> None:
    pipeline = reviewed_elsewhere
    public, review = in_review(pipeline)
    secret = pipeline.create_ticket(SUMMARY, TEXT, ["needs-docs"])
    hide(pipeline, secret)
    pipeline.finish(secret)
    assert len(deliver(orchestrate, pipeline.aws.messages("DocumentOrchestrator"))) == 1
    assert f"{secret} has a security level" in pipeline.comments(secret)[-1]
    pipeline.decide(review, "APPROVED")
    pipeline.run()
    assert document(pipeline) == ("published", 1)
    assert pipeline.aws.documents()[0]["issue_keys"] == [public]


def test_a_ticket_with_a_level_waits_for_the_opening_review(
    reviewed_elsewhere: Pipeline,
) -> None:
    pipeline = reviewed_elsewhere
    _, first = drafted(pipeline)
    secret, second = drafted(pipeline, security="Confidential")
    assert second == []
    assert pipeline.aws.delayed("DocumentOrchestrator") == 1
    assert deliver(open_review, first) == []
    assert document(pipeline) == ("in_review", 1)
    assert len(deliver(orchestrate, pipeline.aws.messages("DocumentOrchestrator"))) == 1
    assert f"{secret} has a security level" in pipeline.comments(secret)[-1]


@pytest.mark.parametrize("joins", [False, True])
def test_a_deleted_ticket_keeps_its_level(pipeline: Pipeline, page_id: str, joins: bool) -> None:
    if joins:
        in_review(pipeline)
    secret, messages = drafted(pipeline, security="Confidential")
    pipeline.jira("admin", "DELETE", f"/rest/api/3/issue/{secret}")
    assert deliver(open_review, messages) == []
    [review] = [
        issue
        for issue in pipeline.site.jira.issues.values()
        if issue.fields.labels[:1] == ("documentation-review",)
    ]
    assert review.fields.custom["security"]["name"] == "Confidential"


def test_a_level_conflict_ends_no_unrecorded_review(
    reviewed_elsewhere: Pipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    pipeline = reviewed_elsewhere
    key, messages = drafted(pipeline)

    def died(*_: object) -> None:
        raise RuntimeError("the process ended")

    with monkeypatch.context() as patched:
        patched.setattr(DocumentRepository, "set_review_ticket", died)
        assert len(deliver(open_review, messages)) == 1
    hide(pipeline, key)
    assert len(deliver(open_review, messages, 2)) == 1
    assert document(pipeline) == ("drafted", 1)
    review = pipeline.aws.documents()[0]["review_issue_key"]
    for ticket in (review, key):
        assert "security level" in pipeline.comments(ticket)[-1]
    pipeline.decide(review, "REJECTED: not for everybody")
    pipeline.run()
    assert document(pipeline) == ("rejected", 1)


def test_a_secret_tickets_new_page_is_named_in_no_review(pipeline: Pipeline, page_id: str) -> None:
    secret = pipeline.create_ticket(NEW_SUMMARY, NEW_TEXT, ["needs-docs"])
    hide(pipeline, secret)
    pipeline.finish(secret)
    pipeline.run()
    _, review = in_review(pipeline, f"{SUMMARY} for gardeners", f"{TEXT} Also for quibble gardeners.")
    assert "Considered" in described(pipeline, review)
    assert NEW_SUMMARY not in described(pipeline, review)


def test_comments_about_a_secret_ticket_stay_in_its_review(pipeline: Pipeline, page_id: str) -> None:
    public, review = in_review(pipeline)
    link = pipeline.diff_url(review)
    secret, messages = drafted(pipeline, security="Confidential")
    assert deliver(open_review, messages) == []
    shown = requests.get(link, timeout=60).text
    assert "superseded" in shown
    assert "signature" not in shown, "whoever had the link before must not get the next one from it"
    assert secret not in shown
    pipeline.decide(review, "REJECTED: the customer ACME must not appear")
    pipeline.run()
    assert "rejected" in pipeline.comments(public)[-1]
    assert "ACME" not in pipeline.comments(public)[-1]


def _id(pipeline: Pipeline, key: str) -> str:
    return pipeline.site.jira.get(key).id


def test_in_a_service_project_our_comments_are_internal(pipeline: Pipeline, page_id: str) -> None:
    key, review = in_review(pipeline)
    pipeline.decide(review, "APPROVED")
    pipeline.run()
    us = pipeline.site.account("kinexus").account_id
    ours = [
        comment
        for ticket in (key, review)
        for comment in pipeline.site.jira.get(ticket).comments
        if comment.author.account_id == us
    ]
    assert len(ours) == 4
    assert all(comment.properties["sd.public.comment"] == {"internal": True} for comment in ours)


@pytest.mark.parametrize("hidden", ["the review", "the comment"])
def test_a_private_rejection_reason_is_not_quoted_in_the_source(
    pipeline: Pipeline, page_id: str, hidden: str
) -> None:
    key, review = in_review(pipeline)
    if hidden == "the review":
        hide(pipeline, review)
        pipeline.comment(review, "REJECTED: it would disclose the hole", "reviewer")
    else:
        text = {"type": "text", "text": "REJECTED: it would disclose the hole"}
        body = {"type": "doc", "version": 1, "content": [{"type": "paragraph", "content": [text]}]}
        seen = {"type": "role", "value": "Administrators"}
        pipeline.jira(
            "reviewer", "POST", f"/rest/api/3/issue/{review}/comment", {"body": body, "visibility": seen}
        )
    pipeline.move(review, "done", "reviewer")
    pipeline.run()
    [told] = [said for said in pipeline.comments(key) if "rejected the documentation" in said]
    assert review in told
    assert "the hole" not in told
