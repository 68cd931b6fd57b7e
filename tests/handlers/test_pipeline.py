"""The pipeline from a closed ticket to a published page, with the doubles of AWS, the Atlassian simulator and the Bedrock stand-in.

In each test people act through the REST APIs; then the content of Jira, Confluence and the tables is checked. Not
proven: the wiring on AWS (the region's tests do that), and what a real model drafts.
"""

from __future__ import annotations

import pytest

from common import storage_format as sf
from common.domain.ticket import description_text
from handlers.approval_handler.handler import handle as approve
from handlers.document_orchestrator.handler import handle as orchestrate
from handlers.review_ticket_creator.handler import handle as open_review
from local.atlassian import Fault
from tests.handlers.aws import deliver, redriven
from tests.handlers.pipeline import Pipeline, reset_functions

PAGE = """<p>How money goes back to customers.</p>
<ac:layout><ac:layout-section ac:type="two_equal"><ac:layout-cell>
<h2>Full refunds</h2>
<p>A refund in the quarnix ledger always returns the whole amount of the <strong>quarnix</strong> payment.</p>
<ac:structured-macro ac:name="info" ac:macro-id="m-1"><ac:rich-text-body><p>Ask <ac:link><ri:user ri:account-id="712020:1" /></ac:link>.</p></ac:rich-text-body></ac:structured-macro>
</ac:layout-cell><ac:layout-cell>
<h2>Limits</h2>
<p>At most <ac:inline-comment-marker ac:ref="c-1">ninety days</ac:inline-comment-marker> after the payment.</p>
</ac:layout-cell></ac:layout-section></ac:layout>
<ac:structured-macro ac:name="jira" ac:macro-id="m-2"><ac:parameter ac:name="key">PAY2-1</ac:parameter></ac:structured-macro>"""
TITLE = "Quarnix ledger refunds"
NEW_SUMMARY = "Zyxomatic lattice for quibble gardeners"
NEW_TEXT = "Gardeners plant a zyxomatic lattice wherever quibbles sprout."
SUMMARY = "Quarnix ledger refunds take an amount"
TEXT = "A refund in the quarnix ledger returns a part of the quarnix payment when an amount is given."


@pytest.fixture
def page_id(pipeline: Pipeline) -> str:
    """A page about refunds, with a layout, macros, a mention and an inline comment that must survive."""
    space = next(iter(pipeline.site.confluence.spaces.values()))
    body = {
        "spaceId": space.id,
        "status": "current",
        "title": TITLE,
        "body": {"representation": "storage", "value": PAGE},
    }
    return str(pipeline.jira("developer", "POST", "/wiki/api/v2/pages", body)["id"])


def in_review(pipeline: Pipeline, summary: str = SUMMARY, text: str = TEXT) -> tuple[str, str]:
    """Bring a ticket to its review; return both keys."""
    key = pipeline.create_ticket(summary, text, ["needs-docs"])
    assert pipeline.finish(key)["status"] == "recorded"
    pipeline.run()
    return key, pipeline.review_of(key)


def test_an_approved_update_is_published_once_and_changes_nothing_else(
    pipeline: Pipeline, page_id: str
) -> None:
    before = pipeline.page(page_id)
    key, review = in_review(pipeline)
    assert pipeline.page(page_id)["version"]["number"] == 1, "nothing is published before the approval"
    assert pipeline.decide(review, "APPROVED")["status"] == "accepted"
    pipeline.run()

    after = pipeline.page(page_id)
    assert after["version"]["number"] == 2
    changed = set(sf.to_markdown(after["body"]["storage"]["value"]).splitlines()) ^ set(
        sf.to_markdown(before["body"]["storage"]["value"]).splitlines()
    )
    assert 0 < len(changed) <= 4, changed
    for kept in (
        "ac:inline-comment-marker",
        'ac:ref="c-1"',
        "ac:layout-cell",
        "PAY2-1",
        "712020:1",
        "Limits",
    ):
        assert kept in after["body"]["storage"]["value"]
    url = after["_links"]["webui"]
    [published] = [text for text in pipeline.comments(review) if text.startswith("Published")]
    [told] = [text for text in pipeline.comments(key) if "is published" in text]
    assert url in published
    assert url in told
    [link] = pipeline.jira("admin", "GET", f"/rest/api/3/issue/{key}/remotelink")
    assert link["object"]["url"].endswith(url)
    [document] = pipeline.aws.documents()
    assert (document["status"], document["decision"]["verdict"]) == ("published", "approved")
    assert document["choice"]["searched"], "the queries are on record"
    description = description_text(
        pipeline.jira("reviewer", "GET", f"/rest/api/3/issue/{review}")["fields"]["description"]
    )
    considered = [candidate["title"] for candidate in document["choice"]["candidates"]]
    assert considered
    assert all(title in description for title in considered)
    assert document["choice"]["reason"] in description
    assert pipeline.aws.locks() == []
    names = [name for name, _ in pipeline.aws.events()]
    assert sorted(names) == [
        "ChangeDetected",
        "DocumentGenerated",
        "DocumentationPublished",
        "ReviewCompleted",
    ]


def test_a_feature_without_a_page_gets_a_new_one(pipeline: Pipeline) -> None:
    summary = "Zyxomatic lattice for quibble gardeners"
    key, review = in_review(
        pipeline, summary, "Gardeners plant a zyxomatic lattice wherever quibbles sprout."
    )
    [document] = pipeline.aws.documents()
    assert document["kind"] == "create"
    pipeline.decide(review, "LGTM")
    pipeline.run()
    [document] = pipeline.aws.documents()
    page = pipeline.page(document["publication"]["page_id"])
    assert "yxomatic" in page["title"]
    assert "quibbles" in page["body"]["storage"]["value"]
    assert any("is published" in text for text in pipeline.comments(key))


def test_a_declined_ticket_goes_no_further(pipeline: Pipeline) -> None:
    key = pipeline.create_ticket("Tidy the ledger's tests", "Only tests.", ["tech-debt"])
    assert pipeline.finish(key)["status"] == "ignored"
    pipeline.run()
    assert pipeline.aws.documents() == []
    assert pipeline.model.calls() == ()


def test_everything_delivered_twice_happens_once(pipeline: Pipeline, page_id: str) -> None:
    key = pipeline.create_ticket(SUMMARY, TEXT, ["needs-docs"])
    pipeline.finish(key)
    for function, handle in (("DocumentOrchestrator", orchestrate), ("ReviewTicketCreator", open_review)):
        messages = pipeline.aws.messages(function)
        assert deliver(handle, messages) == []
        reset_functions()
        assert deliver(handle, messages) == []
    pipeline.run()
    review = pipeline.review_of(key)
    pipeline.decide(review, "Approved, thank you")
    messages = pipeline.aws.messages("ApprovalHandler")
    for _ in range(3):
        assert deliver(approve, messages) == []
    assert pipeline.page(page_id)["version"]["number"] == 2
    assert len(pipeline.comments(review)) == 3, "announcement, decision, publication"
    assert len(pipeline.comments(key)) == 1
    assert len(pipeline.aws.documents()) == len(pipeline.aws.changes()) == 1


def test_needs_revision_brings_a_new_revision_in_the_same_ticket(pipeline: Pipeline, page_id: str) -> None:
    key, review = in_review(pipeline)
    pipeline.decide(review, "NEEDS REVISION\nSay that the amount is in the payment's currency.")
    pipeline.run()
    assert pipeline.review_of(key) == review
    assert pipeline.status(review) != "done"
    [document] = pipeline.aws.documents()
    assert (document["status"], document["revision"]) == ("in_review", 2)
    assert pipeline.page(page_id)["version"]["number"] == 1
    pipeline.decide(review, "✅")
    pipeline.run()
    page = pipeline.page(page_id)
    assert page["version"]["number"] == 2
    assert "currency" in page["body"]["storage"]["value"]


def test_an_approval_before_the_newest_revision_does_not_count(pipeline: Pipeline, page_id: str) -> None:
    _, review = in_review(pipeline)
    pipeline.comment(review, "APPROVED", "reviewer")
    pipeline.decide(review, "NEEDS REVISION\nMention the currency.")
    pipeline.run()
    pipeline.move(review, "done", "reviewer")
    pipeline.run()
    assert pipeline.page(page_id)["version"]["number"] == 1
    assert pipeline.status(review) != "done"


def test_after_too_many_revisions_a_person_is_asked(pipeline: Pipeline, page_id: str) -> None:
    key, review = in_review(pipeline)
    for _ in range(3):
        pipeline.decide(review, "NEEDS REVISION\nShorter, please.")
        pipeline.run()
    [document] = pipeline.aws.documents()
    assert document["status"] == "failed"
    assert any("by hand" in text for text in pipeline.comments(key))
    assert pipeline.aws.locks() == []


def test_rejected_publishes_nothing_and_comments_in_the_source(pipeline: Pipeline, page_id: str) -> None:
    key, review = in_review(pipeline)
    pipeline.decide(review, "REJECTED: the page is about something else")
    pipeline.run()
    assert pipeline.page(page_id)["version"]["number"] == 1
    [told] = pipeline.comments(key)
    assert "the page is about something else" in told
    [acknowledged] = [text for text in pipeline.comments(review) if "Rejected by Robin Reviewer" in text]
    assert f"reopen {key} and close it again" in acknowledged
    assert pipeline.aws.locks() == []
    assert pipeline.status(review) == "done"


def test_a_misspelt_decision_is_answered_with_the_word_that_was_meant(
    pipeline: Pipeline, page_id: str
) -> None:
    _, review = in_review(pipeline)
    pipeline.decide(review, "Aproved, thanks")
    pipeline.run()
    assert pipeline.page(page_id)["version"]["number"] == 1
    assert any("Did you mean APPROVED?" in text for text in pipeline.comments(review))


@pytest.mark.parametrize(
    "comment", ["Can someone approve this?", "approved once the currency is fixed", "Hm."]
)
def test_an_undecided_review_gets_one_comment_and_moves_back(
    pipeline: Pipeline, page_id: str, comment: str
) -> None:
    _, review = in_review(pipeline)
    pipeline.decide(review, comment)
    pipeline.run()
    assert pipeline.page(page_id)["version"]["number"] == 1
    assert pipeline.status(review) != "done"
    assert (
        len(
            [
                text
                for text in pipeline.comments(review)
                if "NEEDS REVISION" in text and "to Done again" in text
            ]
        )
        == 1
    )


def test_only_the_person_who_moves_the_ticket_decides(pipeline: Pipeline, page_id: str) -> None:
    _, review = in_review(pipeline)
    pipeline.comment(review, "APPROVED", "reviewer")
    pipeline.move(review, "done", "outsider")
    pipeline.run()
    assert pipeline.page(page_id)["version"]["number"] == 1
    assert any("is not the person who moved the ticket" in text for text in pipeline.comments(review))


def test_our_own_account_approves_nothing(pipeline: Pipeline, page_id: str) -> None:
    _, review = in_review(pipeline)
    pipeline.decide(review, "APPROVED", "kinexus")
    pipeline.run()
    assert pipeline.page(page_id)["version"]["number"] == 1


@pytest.mark.parametrize("account", ["reviewer", "outsider"])
def test_only_members_of_the_configured_group_decide(
    pipeline: Pipeline, page_id: str, monkeypatch: pytest.MonkeyPatch, account: str
) -> None:
    from local.atlassian.accounts import APPROVERS_GROUP, GROUP_IDS

    monkeypatch.setenv("APPROVER_GROUP_ID", GROUP_IDS[APPROVERS_GROUP])
    reset_functions()
    _, review = in_review(pipeline)
    pipeline.decide(review, "APPROVED", account)
    pipeline.run()
    assert pipeline.page(page_id)["version"]["number"] == (2 if account == "reviewer" else 1)


def test_with_four_eyes_the_assignee_decides_nothing(
    pipeline: Pipeline, page_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FOUR_EYES", "true")
    reset_functions()
    key, review = in_review(pipeline)
    assignee = {"fields": {"assignee": {"accountId": pipeline.site.account("reviewer").account_id}}}
    pipeline.jira("developer", "PUT", f"/rest/api/3/issue/{key}", assignee)
    pipeline.decide(review, "APPROVED", "reviewer")
    pipeline.run()
    assert pipeline.page(page_id)["version"]["number"] == 1
    assert any("Please ask someone else" in text for text in pipeline.comments(review))
    pipeline.decide(review, "APPROVED", "admin")
    pipeline.run()
    assert pipeline.page(page_id)["version"]["number"] == 2


def test_a_rejected_ticket_closed_again_starts_over(pipeline: Pipeline, page_id: str) -> None:
    key, review = in_review(pipeline)
    pipeline.decide(review, "REJECTED")
    pipeline.run()
    pipeline.move(key, "indeterminate", "developer")
    pipeline.finish(key)
    pipeline.run()
    assert sorted(document["status"] for document in pipeline.aws.documents()) == ["in_review", "rejected"]


def test_two_named_pages_get_two_reviews(pipeline: Pipeline, page_id: str) -> None:
    other = pipeline.site.confluence.spaces[pipeline.page(page_id)["spaceId"]].homepage_id
    key = pipeline.create_ticket(SUMMARY, TEXT, ["needs-docs", f"docs:{page_id}", f"docs:{other}"])
    pipeline.finish(key)
    pipeline.run()
    assert {document["page_id"] for document in pipeline.aws.documents()} == {page_id, other}
    assert len({document["review_issue_key"] for document in pipeline.aws.documents()}) == 2


def test_a_persons_edit_elsewhere_on_the_page_is_kept(pipeline: Pipeline, page_id: str) -> None:
    _, review = in_review(pipeline)
    storage = pipeline.page(page_id)["body"]["storage"]["value"]
    pipeline.save_page(page_id, storage.replace("How money goes back", "How and when money goes back"))
    pipeline.decide(review, "APPROVED")
    pipeline.run()
    page = pipeline.page(page_id)
    assert page["version"]["number"] == 3
    assert "How and when money goes back" in page["body"]["storage"]["value"]
    assert any("Other parts of the page were edited" in text for text in pipeline.comments(review))


def test_a_save_that_only_stamps_ids_is_no_edit(pipeline: Pipeline, page_id: str) -> None:
    """The new editor rewrites the page; the draft is applied to those bytes, and no comment mentions kept edits."""
    _, review = in_review(pipeline)
    pipeline.save_page(page_id, pipeline.page(page_id)["body"]["storage"]["value"])
    stamped = pipeline.page(page_id)["body"]["storage"]["value"]
    assert "<p local-id=" in stamped
    pipeline.decide(review, "APPROVED")
    pipeline.run()
    assert pipeline.aws.documents()[0]["status"] == "published"
    after = pipeline.page(page_id)["body"]["storage"]["value"]
    assert after.count("local-id=") == stamped.count("local-id=")
    assert not any("were edited in the meantime" in text for text in pipeline.comments(review))


def test_a_persons_edit_of_the_same_passage_brings_a_revision(pipeline: Pipeline, page_id: str) -> None:
    key, review = in_review(pipeline)
    [edit] = pipeline.changed_passages(review)
    storage = pipeline.page(page_id)["body"]["storage"]["value"]
    assert edit in storage
    pipeline.save_page(
        page_id, storage.replace(edit, edit.replace("<p>", "<p>Carefully: ").replace("<h2>", "<h2>New "))
    )
    mine = pipeline.page(page_id)["body"]["storage"]["value"]
    pipeline.decide(review, "APPROVED")
    pipeline.run()
    page = pipeline.page(page_id)
    assert page["body"]["storage"]["value"] == mine
    [document] = pipeline.aws.documents()
    assert (document["status"], document["revision"]) == ("in_review", 2)
    assert any("the same part of the page was edited" in text for text in pipeline.comments(review))
    assert pipeline.status(review) != "done"
    pipeline.decide(review, "APPROVED")
    pipeline.run()
    page = pipeline.page(page_id)
    assert page["version"]["number"] == 3
    assert pipeline.review_of(key) == review


def test_a_second_change_of_the_page_joins_the_open_review(pipeline: Pipeline, page_id: str) -> None:
    first, review = in_review(pipeline)
    second, joined = in_review(
        pipeline, "Quarnix ledger refunds have a limit", "Quarnix refunds end after 60 days."
    )
    assert joined == review
    [document] = pipeline.aws.documents()
    assert document["revision"] == 2
    assert document["issue_keys"] == [first, second]
    pipeline.decide(review, "APPROVED")
    pipeline.run()
    assert pipeline.page(page_id)["version"]["number"] == 2
    for key in (first, second):
        assert any("is published" in text for text in pipeline.comments(key))


def test_a_change_that_joins_a_revision_keeps_the_reviewers_feedback(
    pipeline: Pipeline, page_id: str
) -> None:
    _, review = in_review(pipeline)
    pipeline.decide(review, "NEEDS REVISION\nSay that the amount is in the payment's currency.")
    assert deliver(approve, pipeline.aws.messages("ApprovalHandler")) == []
    second = pipeline.create_ticket(
        "Quarnix ledger refunds have a limit", "Quarnix refunds end.", ["needs-docs"]
    )
    pipeline.finish(second)
    change, revision = sorted(
        pipeline.aws.messages("DocumentOrchestrator"),
        key=lambda message: "RevisionRequested" in message["Body"],
    )
    assert deliver(orchestrate, [change]) == []
    assert deliver(orchestrate, [revision]) == []
    pipeline.run()
    [document] = pipeline.aws.documents()
    assert (document["status"], document["revision"]) == ("in_review", 2)
    pipeline.decide(review, "APPROVED")
    pipeline.run()
    assert "currency" in pipeline.page(page_id)["body"]["storage"]["value"]


def test_our_own_link_does_not_name_a_page(pipeline: Pipeline, page_id: str) -> None:
    key, review = in_review(pipeline)
    pipeline.decide(review, "APPROVED")
    pipeline.run()
    pipeline.move(key, "indeterminate", "developer")
    pipeline.finish(key)
    pipeline.run()
    assert [document["choice"]["decided_by"] for document in pipeline.aws.documents()].count("named") == 0


def test_a_label_names_the_page(pipeline: Pipeline, page_id: str) -> None:
    key = pipeline.create_ticket("Colours of the logo", "Teal.", ["needs-docs", f"docs:{page_id}"])
    pipeline.finish(key)
    pipeline.run()
    [document] = pipeline.aws.documents()
    assert document["page_id"] == page_id
    assert document["choice"]["decided_by"] == "named"


def test_a_ticket_that_only_has_our_label_publishes_nothing(pipeline: Pipeline, page_id: str) -> None:
    in_review(pipeline)
    forged = pipeline.create_ticket("Review", "APPROVED", ["documentation-review"], account="outsider")
    pipeline.decide(forged, "APPROVED", "outsider")
    pipeline.run()
    assert pipeline.page(page_id)["version"]["number"] == 1
    assert pipeline.aws.documents()[0]["status"] == "in_review"


def test_a_forged_property_decides_nothing(pipeline: Pipeline, page_id: str) -> None:
    in_review(pipeline)
    [document] = pipeline.aws.documents()
    forged = pipeline.create_ticket("Review", "APPROVED", ["documentation-review"], account="outsider")
    value = {"document_id": document["document_id"], "revision": 1}
    pipeline.jira("outsider", "PUT", f"/rest/api/3/issue/{forged}/properties/kinexus.review", value)
    pipeline.decide(forged, "APPROVED", "outsider")
    pipeline.run()
    assert pipeline.page(page_id)["version"]["number"] == 1
    assert pipeline.aws.documents()[0]["status"] == "in_review"


def test_a_trashed_page_is_reported_and_published_once_restored(pipeline: Pipeline, page_id: str) -> None:
    _, review = in_review(pipeline)
    pipeline.jira("developer", "DELETE", f"/wiki/api/v2/pages/{page_id}")
    pipeline.decide(review, "APPROVED")
    pipeline.run()
    assert any("Restore it" in text for text in pipeline.comments(review))
    assert pipeline.status(review) != "done"
    pipeline.site.confluence.set_status(pipeline.site.confluence.pages[page_id], "current")
    pipeline.move(review, "done", "reviewer")
    pipeline.run()
    assert pipeline.aws.documents()[0]["status"] == "published"
    assert pipeline.page(page_id)["version"]["number"] == 2


@pytest.mark.parametrize(
    ("is_hidden", "told"),
    [
        (False, "is already used by another page"),
        (True, "is already used by a page that the Kinexus account cannot see"),
    ],
)
def test_a_title_in_use_is_reported_and_published_once_free(
    pipeline: Pipeline, is_hidden: bool, told: str
) -> None:
    _, review = in_review(pipeline, NEW_SUMMARY, NEW_TEXT)
    [document] = pipeline.aws.documents()
    body = {
        "spaceId": document["space_id"],
        "status": "current",
        "title": document["title"],
        "body": {"representation": "storage", "value": "<p>By hand.</p>"},
    }
    taken = pipeline.jira("developer", "POST", "/wiki/api/v2/pages", body)
    if is_hidden:
        readers = (pipeline.site.account("developer").account_id,)
        pipeline.site.confluence.pages[taken["id"]].readers = readers
    pipeline.decide(review, "APPROVED")
    pipeline.run()
    assert pipeline.site.confluence.pages[taken["id"]].current.storage == "<p>By hand.</p>"
    assert any(told in text for text in pipeline.comments(review))
    assert pipeline.status(review) != "done"
    rename = {"status": "current", "title": "By hand"}
    pipeline.jira("developer", "PUT", f"/wiki/api/v2/pages/{taken['id']}/title", rename)
    pipeline.move(review, "done", "reviewer")
    pipeline.run()
    assert pipeline.aws.documents()[0]["status"] == "published"


def test_a_second_ticket_about_a_new_page_joins_its_draft(pipeline: Pipeline) -> None:
    first, review = in_review(pipeline, NEW_SUMMARY, NEW_TEXT)
    second, joined = in_review(pipeline, f"{NEW_SUMMARY} in winter", f"{NEW_TEXT} In winter too.")
    assert joined == review
    [document] = pipeline.aws.documents()
    assert (document["revision"], document["issue_keys"]) == (2, [first, second])
    pipeline.decide(review, "APPROVED")
    pipeline.run()
    pages = pipeline.jira("admin", "GET", f"/wiki/api/v2/pages?title={document['title']}")["results"]
    assert len(pages) == 1
    assert "winter" in pipeline.page(pages[0]["id"])["body"]["storage"]["value"]


@pytest.mark.parametrize("archived", [True, False], ids=["archived", "moved to another space"])
def test_an_archived_page_is_reported_and_not_written(
    pipeline: Pipeline, page_id: str, archived: bool
) -> None:
    _, review = in_review(pipeline)
    page = pipeline.site.confluence.pages[page_id]
    if archived:
        pipeline.site.confluence.set_status(page, "archived")
    else:
        other = pipeline.site.confluence.add_space("OPS", "Operations", pipeline.site.account("admin"))
        page.space_id = other.id
    pipeline.decide(review, "APPROVED")
    pipeline.run()
    assert pipeline.page(page_id)["version"]["number"] == 1
    assert any("Nothing was published" in text for text in pipeline.comments(review))


def test_a_page_we_may_not_edit_is_reported_then_published(pipeline: Pipeline, page_id: str) -> None:
    _, review = in_review(pipeline)
    pipeline.site.faults.add(Fault("status", status=403, method="PUT", path=f"/pages/{page_id}"))
    pipeline.decide(review, "APPROVED")
    pipeline.run()
    assert any("is restricted" in text for text in pipeline.comments(review))
    assert pipeline.status(review) != "done"
    pipeline.move(review, "done", "reviewer")
    pipeline.run()
    assert pipeline.page(page_id)["version"]["number"] == 2


def test_a_purged_page_is_reported_once_for_each_move(pipeline: Pipeline, page_id: str) -> None:
    key, review = in_review(pipeline)
    pipeline.jira("developer", "DELETE", f"/wiki/api/v2/pages/{page_id}")
    pipeline.jira("admin", "DELETE", f"/wiki/api/v2/pages/{page_id}?purge=true")
    pipeline.decide(review, "APPROVED")
    messages = pipeline.aws.messages("ApprovalHandler")
    for receives in (1, 2):
        assert deliver(approve, messages, receives) == []
    for told in (1, 2):
        assert (pipeline.aws.documents()[0]["status"], pipeline.status(review)) == ("in_review", "new")
        said = [
            text for text in pipeline.comments(review) if "the Kinexus account may no longer view it" in text
        ]
        assert len(said) == told
        pipeline.move(review, "done", "reviewer")
        pipeline.run()
    pipeline.decide(review, "REJECTED: the page is gone")
    pipeline.run()
    assert pipeline.aws.documents()[0]["status"] == "rejected"
    assert any("rejected the documentation" in text for text in pipeline.comments(key))
    assert pipeline.aws.locks() == []


def test_a_hidden_page_is_published_once_visible_again(pipeline: Pipeline, page_id: str) -> None:
    _, review = in_review(pipeline)
    pipeline.site.confluence.pages[page_id].readers = (pipeline.site.account("developer").account_id,)
    pipeline.decide(review, "APPROVED")
    pipeline.run()
    assert (pipeline.aws.documents()[0]["status"], pipeline.status(review)) == ("in_review", "new")
    assert "Restore the page or give the Kinexus account access" in pipeline.comments(review)[-1]
    pipeline.site.confluence.pages[page_id].readers = ()
    pipeline.move(review, "done", "reviewer")
    pipeline.run()
    assert pipeline.aws.documents()[0]["status"] == "published"
    assert pipeline.page(page_id)["version"]["number"] == 2


def test_a_failed_draft_is_reported_and_its_message_redelivered(pipeline: Pipeline, page_id: str) -> None:
    key = pipeline.create_ticket(SUMMARY, TEXT, ["needs-docs", f"docs:{page_id}"])
    pipeline.finish(key)
    messages = pipeline.aws.messages("DocumentOrchestrator")
    pipeline.model.fail_next("refusal")
    assert len(deliver(orchestrate, messages)) == 1
    [change] = pipeline.aws.changes()
    assert change["status"] == "failed"
    assert "withheld" in change["reason"]
    [told] = pipeline.comments(key)
    assert "withheld" in told
    assert pipeline.aws.locks() == []
    asked = len(pipeline.model.calls())
    assert len(deliver(orchestrate, messages, receives=2)) == 1
    assert len(pipeline.model.calls()) == asked, (
        "what people were told is final until somebody sends it again"
    )
    assert deliver(orchestrate, redriven(messages)) == [], "an operator's redrive tries it again"
    pipeline.run()
    assert pipeline.aws.documents()[0]["status"] == "in_review"
    assert "asks for documentation" in pipeline.aws.changes()[0]["reason"], "the failure is past"


def test_an_invalid_answer_is_explained_to_the_model_once(pipeline: Pipeline, page_id: str) -> None:
    key = pipeline.create_ticket(SUMMARY, TEXT, ["needs-docs", f"docs:{page_id}"])
    pipeline.finish(key)
    pipeline.model.fail_next("malformed")
    pipeline.run()
    assert pipeline.aws.documents()[0]["status"] == "in_review"
    assert len(pipeline.model.calls()) == 2
