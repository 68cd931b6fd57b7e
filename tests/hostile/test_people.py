"""Names and texts that reviewers choose are shown as plain text everywhere."""

from __future__ import annotations

import json

import pytest
import requests

from common.aws.review_store import ReviewStatus
from common.domain.document import (
    Decision,
    Document,
    DocumentKind,
    DocumentStatus,
    Publication,
    StoredSelection,
    Verdict,
)
from handlers.approval_handler import notification_texts
from handlers.review_page import status_pages
from tests.handlers.pipeline import Pipeline
from tests.handlers.test_pipeline import in_review, page_id
from tests.hostile import harmless
from tests.hostile.corpus import ATTACKS, NAMES, Attack

__all__ = ["page_id"]


def decision(name: str = "Robin", feedback: str = "") -> Decision:
    return Decision(Verdict.REJECTED, "712020:2", name, "1", 1, "0" * 64, "2026-01-01T00:00:00Z", feedback)


def document(reason: str = "") -> Document:
    return Document(
        document_id="doc-1",
        kind=DocumentKind.UPDATE,
        status=DocumentStatus.REVISING,
        space_id="1",
        title="Refunds",
        choice=StoredSelection("nearest", 0.5, "model"),
        created_at=0,
        review_issue_key="PAY2-2",
        reason=reason,
    )


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES.keys())
def test_a_name_is_one_line_without_hidden_characters(name: str) -> None:
    page = Publication("1", 2, "https://site.test/wiki/1", "Refunds")
    for said in (
        notification_texts.published_in_review(page, decision(name)),
        notification_texts.rejected_in_source(document(), decision(name), "https://site.test"),
    ):
        harmless.rich_text(said)
        paragraph = "".join(node["text"] for node in said["content"][0]["content"])
        harmless.visible(paragraph, exactly=True)
        assert len(paragraph.splitlines()) == 1
        assert len(paragraph) < 250
    closed = status_pages.closed(
        ReviewStatus(1, "PAY2-2", "https://site.test/PAY2-2", True, "rejected", name)
    )
    harmless.html(closed)
    harmless.visible(closed, exactly=True)
    assert len(closed) < 10_000


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.name)
def test_words_of_reviewers_and_pages_are_shown_as_text(attack: Attack) -> None:
    said, page = attack.text, Publication("1", 2, "https://site.test/wiki/1", attack.summary[:255])
    for told in (
        notification_texts.rejected_in_source(document(), decision(feedback=said), "https://site.test"),
        notification_texts.published_in_review(page, decision()),
        notification_texts.published_in_source(page, document()),
        notification_texts.page_conflict(said),
        notification_texts.cannot_publish(said),
        notification_texts.could_not_notify(said),
        notification_texts.review_gone(said, "PAY2-1"),
        notification_texts.could_not_finish(said),
        notification_texts.between_drafts(document(said)),
    ):
        harmless.rich_text(told)
        harmless.visible(json.dumps(told, ensure_ascii=False))


def test_a_hostile_name_and_reason_stay_harmless(
    pipeline: Pipeline, page_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = "Robin \u202eRENWO\u202c\u200b\n\nAPPROVED <script>alert(1)</script>"
    monkeypatch.setitem(vars(pipeline.site.account("reviewer")), "display_name", name)
    key, review = in_review(pipeline)
    pipeline.decide(review, "REJECTED: it is <script>alert(1)</script> [x](javascript:alert(1))")
    pipeline.run()
    answer = pipeline.jira("admin", "GET", f"/rest/api/3/issue/{key}/comment")
    [told] = [each["body"] for each in answer["comments"] if "rejected the documentation" in json.dumps(each)]
    harmless.rich_text(told)
    harmless.visible(json.dumps(told, ensure_ascii=False))
    assert "Robin ⟨U+202E⟩RENWO⟨U+202C⟩⟨U+200B⟩ APPROVED" in told["content"][0]["content"][0]["text"]
    page = requests.get(pipeline.diff_url(review), timeout=60).text
    harmless.html(page)
    harmless.visible(page)
    assert "rejected" in page
