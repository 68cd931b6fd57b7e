"""Pages below folders, whose viewers Confluence does not tell, and live docs, which have no publishing step.

Such a page is edited only if a person named it. What Confluence really answers about folders is taken from
CONFCLOUD-82920, not proven here.
"""

from __future__ import annotations

import re

import pytest
import requests

from common.atlassian.confluence_client import ConfluenceClient
from common.aws.change_repository import ChangeRepository
from handlers.approval_handler.handler import handle as approve
from handlers.document_orchestrator.claim_page import PageClaims
from handlers.document_orchestrator.handler import handle as orchestrate
from handlers.review_ticket_creator.handler import handle as open_review
from local.atlassian import Fault
from tests.handlers.aws import deliver, redriven
from tests.handlers.document_orchestrator.test_joining import fail
from tests.handlers.pipeline import Pipeline, reset_functions
from tests.handlers.review_ticket_creator.test_restrictions import restrict
from tests.handlers.test_pipeline import NEW_SUMMARY, NEW_TEXT, SUMMARY, TEXT, TITLE, in_review, page_id

__all__ = ["page_id"]

ASKED = "add the label docs:"


def put_below(pipeline: Pipeline, page_id: str, kind: str = "folder", *, secret: bool = False) -> None:
    """Move a page below a folder or another container; with ``secret`` that is below a page only we and one other see."""
    store, author = pipeline.site.confluence, pipeline.site.account("developer")
    page = store.pages[page_id]
    above = store.create(author, page.space_id, "Board papers", "<p>x</p>", None) if secret else None
    container = store.add_container(author, kind, page.space_id, "Place", above.id if above else None)
    page.parent_id = container.id
    if above:
        above.readers = tuple(pipeline.site.account(name).account_id for name in ("admin", "kinexus"))


def trust(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRUST_FOLDERS", "true")
    reset_functions()


def finished(pipeline: Pipeline, labels: tuple[str, ...] = ("needs-docs",)) -> str:
    key = pipeline.create_ticket(SUMMARY, TEXT, list(labels))
    pipeline.finish(key)
    pipeline.run()
    return key


def close_again(pipeline: Pipeline, key: str, label: str) -> None:
    """Do what the comment in the ticket asks for."""
    pipeline.jira("developer", "PUT", f"/rest/api/3/issue/{key}", {"update": {"labels": [{"add": label}]}})
    pipeline.move(key, "new", "developer")
    pipeline.finish(key)
    pipeline.run()


def requested_label(pipeline: Pipeline, key: str) -> str:
    """Return the label that the one comment in the ticket asks for."""
    [said] = [said for said in pipeline.comments(key) if ASKED in said]
    assert TITLE not in said
    [label] = re.findall(r"docs:[0-9]+", said)
    return str(label)


@pytest.mark.parametrize("kind", ["folder", "whiteboard", "database", "embed"])
@pytest.mark.parametrize("secret", [True, False])
def test_a_comment_names_link_and_label_and_closing_again_publishes(
    pipeline: Pipeline, page_id: str, secret: bool, kind: str
) -> None:
    put_below(pipeline, page_id, kind, secret=secret)
    key = finished(pipeline)
    assert pipeline.aws.documents() == pipeline.aws.locks() == []
    [change] = pipeline.aws.changes()
    assert (change["status"], f"page {page_id} fits best" in change["reason"]) == ("not_needed", True)
    [said] = pipeline.comments(key)
    assert f"{pipeline.url}/wiki/pages/viewpage.action?pageId={page_id}" in said

    close_again(pipeline, key, requested_label(pipeline, key))
    [document] = pipeline.aws.documents()
    assert (document["status"], document["page_id"]) == ("in_review", page_id)
    pipeline.decide(pipeline.review_of(key), "APPROVED")
    pipeline.run()
    assert pipeline.page(page_id)["version"]["number"] == 2


def test_a_link_to_the_page_names_it_as_well(pipeline: Pipeline, page_id: str) -> None:
    put_below(pipeline, page_id)
    link = f"{pipeline.url}/wiki/pages/viewpage.action?pageId={page_id}"
    key = pipeline.create_ticket(SUMMARY, f"{TEXT} See {link}", ["needs-docs"])
    pipeline.finish(key)
    pipeline.run()
    assert pipeline.aws.documents()[0]["page_id"] == page_id


def test_with_trusted_folders_pages_below_them_are_edited(
    pipeline: Pipeline, page_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_below(pipeline, page_id)
    trust(monkeypatch)
    _, review = in_review(pipeline)
    pipeline.decide(review, "NEEDS REVISION\nMention the currency.")
    pipeline.run()
    [document] = pipeline.aws.documents()
    assert (document["page_id"], document["revision"], document["status"]) == (page_id, 2, "in_review")


def test_with_trusted_folders_a_restricted_ancestor_still_counts(
    pipeline: Pipeline, page_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_below(pipeline, page_id, secret=True)
    trust(monkeypatch)
    key = finished(pipeline)
    assert page_id not in [document.get("page_id") for document in pipeline.aws.documents()]
    assert not any(page_id in said or TITLE in said for said in pipeline.comments(key))


def test_a_process_that_dies_before_the_comment_comments_once(
    pipeline: Pipeline, page_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_below(pipeline, page_id)
    key = pipeline.create_ticket(SUMMARY, TEXT, ["needs-docs"])
    pipeline.finish(key)
    messages = pipeline.aws.messages("DocumentOrchestrator")
    for broken in ((ChangeRepository, "end_unneeded"), None):
        with monkeypatch.context() as patched:
            if broken:
                patched.setattr(*broken, fail)
            assert len(deliver(orchestrate, messages)) == (1 if broken else 0)
    assert requested_label(pipeline, key) == f"docs:{page_id}"
    assert pipeline.aws.changes()[0]["status"] == "not_needed"


def test_a_live_doc_is_edited_only_if_named(pipeline: Pipeline, page_id: str) -> None:
    pipeline.site.confluence.pages[page_id].is_live = True
    key = finished(pipeline)
    assert pipeline.aws.documents() == []
    assert "it is a live doc" in pipeline.aws.changes()[0]["reason"]
    close_again(pipeline, key, requested_label(pipeline, key))
    assert pipeline.aws.documents()[0]["page_id"] == page_id


def closed_since(pipeline: Pipeline, page_id: str, how: str) -> None:
    if how == "below a folder":
        put_below(pipeline, page_id)
    elif how == "a live doc":
        pipeline.site.confluence.pages[page_id].is_live = True
    else:
        restrict(pipeline, page_id)


HOW = pytest.mark.parametrize("how", ["restricted", "below a folder", "a live doc"])


@HOW
def test_a_page_restricted_later_is_revised_if_named(pipeline: Pipeline, page_id: str, how: str) -> None:
    key, review = in_review(pipeline)
    closed_since(pipeline, page_id, how)
    pipeline.decide(review, "NEEDS REVISION\nMention the currency.")
    assert deliver(approve, pipeline.aws.messages("ApprovalHandler")) == []
    assert len(deliver(orchestrate, pipeline.aws.messages("DocumentOrchestrator"))) == 1
    assert pipeline.aws.documents()[0]["revision"] == 1

    close_again(pipeline, key, requested_label(pipeline, key))
    [document] = pipeline.aws.documents()
    assert (document["revision"], document["choice"]["decided_by"]) == (2, "named")
    pipeline.decide(review, "APPROVED")
    pipeline.run()
    assert pipeline.aws.documents()[0]["status"] == "published"


@HOW
def test_a_ticket_joins_no_review_of_a_page_restricted_later(
    pipeline: Pipeline, page_id: str, how: str
) -> None:
    _, review = in_review(pipeline)
    before = requests.get(pipeline.diff_url(review), timeout=60).text
    closed_since(pipeline, page_id, how)
    key = pipeline.create_ticket(f"{SUMMARY} in winter", f"{TEXT} In winter, too.", ["needs-docs"])
    pipeline.finish(key)
    pipeline.run()
    joined = [document for document in pipeline.aws.documents() if key in document["issue_keys"]]
    assert page_id not in [document.get("page_id") for document in joined]
    assert requests.get(pipeline.diff_url(review), timeout=60).text == before


@HOW
def test_no_review_shows_a_page_restricted_after_drafting(pipeline: Pipeline, page_id: str, how: str) -> None:
    key = pipeline.create_ticket(SUMMARY, TEXT, ["needs-docs"])
    pipeline.finish(key)
    assert deliver(orchestrate, pipeline.aws.messages("DocumentOrchestrator")) == []
    closed_since(pipeline, page_id, how)
    assert len(deliver(open_review, pipeline.aws.messages("ReviewTicketCreator"))) == 1
    [document] = pipeline.aws.documents()
    assert (document["status"], document.get("review_issue_key")) == ("failed", "")
    assert pipeline.aws.locks() == []
    close_again(pipeline, key, requested_label(pipeline, key))
    assert "in_review" in [document["status"] for document in pipeline.aws.documents()]


@pytest.mark.parametrize("how", ["hidden", "in the trash"])
def test_no_review_shows_a_page_hidden_from_our_account(pipeline: Pipeline, page_id: str, how: str) -> None:
    key = pipeline.create_ticket(SUMMARY, TEXT, ["needs-docs"])
    pipeline.finish(key)
    assert deliver(orchestrate, pipeline.aws.messages("DocumentOrchestrator")) == []
    store = pipeline.site.confluence
    if how == "hidden":
        store.pages[page_id].readers = (pipeline.site.account("admin").account_id,)
    else:
        store.set_status(store.pages[page_id], "trashed")
    assert len(deliver(open_review, pipeline.aws.messages("ReviewTicketCreator"))) == 1
    assert pipeline.aws.documents()[0]["status"] == "failed"
    assert any(
        f"page {page_id} was deleted, or the Kinexus account may not view it" in said
        for said in pipeline.comments(key)
    )


@HOW
def test_a_new_page_restricted_since_is_not_drafted_on(
    pipeline: Pipeline, how: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, review = in_review(pipeline, NEW_SUMMARY, NEW_TEXT)
    key = pipeline.create_ticket(NEW_SUMMARY, NEW_TEXT, ["needs-docs"])
    pipeline.finish(key)
    messages = pipeline.aws.messages("DocumentOrchestrator")
    with monkeypatch.context() as patched:
        patched.setattr(PageClaims, "hold", fail)
        assert len(deliver(orchestrate, messages)) == 1, "its choice is kept: to join the open draft"
    pipeline.decide(review, "APPROVED")
    assert deliver(approve, pipeline.aws.messages("ApprovalHandler")) == []
    [published] = pipeline.aws.documents()
    assert published["status"] == "published"
    closed_since(pipeline, published["publication"]["page_id"], how)
    assert len(deliver(orchestrate, messages, receives=2)) == 1
    assert any(ASKED in said for said in pipeline.comments(key))
    assert [each["issue_keys"] for each in pipeline.aws.documents() if each["status"] != "failed"] == [
        [first]
    ]


def test_a_removed_restrictions_endpoint_fails_loudly(
    pipeline: Pipeline, page_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ConfluenceClient, "restricted", lambda self, page_ids: {})  # each is asked by itself
    pipeline.site.faults.add(Fault("gone", path="/restriction/"))
    key = pipeline.create_ticket(SUMMARY, TEXT, ["needs-docs"])
    pipeline.finish(key)
    messages = pipeline.aws.messages("DocumentOrchestrator")
    for receives in (1, 2, 3):
        assert len(deliver(orchestrate, messages, receives)) == 1
    [change] = pipeline.aws.changes()
    assert (change["status"], "Atlassian has removed an endpoint" in change["reason"]) == ("failed", True)
    assert pipeline.aws.documents() == []
    pipeline.site.faults.clear()
    assert deliver(orchestrate, redriven(messages)) == []
    assert pipeline.aws.documents()[0]["page_id"] == page_id
    assert any("update Kinexus" in said for said in pipeline.comments(key))
