"""The review page over HTTP: what a signed link shows while the review is open, overtaken and closed."""

from __future__ import annotations

import re
from urllib.parse import urljoin

import pytest
import requests

from tests.handlers.pipeline import Pipeline
from tests.handlers.test_pipeline import in_review, page_id

__all__ = ["page_id"]


def test_the_link_in_the_ticket_shows_the_diff_under_a_strict_policy(
    pipeline: Pipeline, page_id: str
) -> None:
    _, review = in_review(pipeline)
    answer = requests.get(pipeline.diff_url(review), timeout=10)
    assert answer.status_code == 200
    assert "Quarnix ledger refunds" in answer.text
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert "<script" not in answer.text


def test_an_overtaken_revision_leads_to_the_newest(pipeline: Pipeline, page_id: str) -> None:
    _, review = in_review(pipeline)
    old = pipeline.diff_url(review)
    pipeline.decide(review, "NEEDS REVISION\nMention the currency.")
    pipeline.run()
    page = requests.get(old, timeout=10)
    assert "superseded" in page.text
    assert "whole amount" not in page.text
    newest = re.search(r'href="(\./[^"]+)"', page.text)
    assert newest
    shown = requests.get(urljoin(old, newest[1].replace("&amp;", "&")), timeout=10)
    assert "urrency" in shown.text


@pytest.mark.parametrize("comment", ["APPROVED", "REJECTED"])
def test_a_closed_review_shows_what_was_decided_and_no_content(
    pipeline: Pipeline, page_id: str, comment: str
) -> None:
    _, review = in_review(pipeline)
    pipeline.decide(review, comment)
    pipeline.run()
    page = requests.get(pipeline.diff_url(review), timeout=10)
    assert page.status_code == 200
    assert comment.lower() in page.text
    assert "Robin Reviewer" in page.text
    assert "whole amount" not in page.text


def test_a_link_that_was_changed_shows_nothing(pipeline: Pipeline, page_id: str) -> None:
    _, review = in_review(pipeline)
    url = pipeline.diff_url(review)
    for changed in (
        url[:-1],
        url.replace("/1?", "/2?"),
        url.split("?")[0],
        url.replace("/doc-", "/..%2Fdoc-"),
    ):
        answer = requests.get(changed, timeout=10)
        assert answer.status_code in (403, 404), changed
        assert "quarnix" not in answer.text
