"""The review page over HTTP: what a signed link shows while the review is open, superseded and closed."""

from __future__ import annotations

import json
import logging
import time
from types import SimpleNamespace

import boto3
import pytest
import requests
from botocore.exceptions import EndpointConnectionError

from common.aws import secrets
from common.domain import review_link
from handlers.review_page import dependencies, handler
from tests.handlers.pipeline import Pipeline, reset_functions
from tests.handlers.test_pipeline import in_review, page_id

__all__ = ["page_id"]


def test_the_link_shows_the_diff_under_a_strict_policy(pipeline: Pipeline, page_id: str) -> None:
    _, review = in_review(pipeline)
    answer = requests.get(pipeline.diff_url(review), timeout=60)
    assert answer.status_code == 200
    assert "Quarnix ledger refunds" in answer.text
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert "<script" not in answer.text
    assert answer.text.count(f'/browse/{review}"') == 2, "above and below the changes"
    assert review_link.TICKET_LINK not in answer.text


def test_a_superseded_revision_links_to_the_newest(pipeline: Pipeline, page_id: str) -> None:
    _, review = in_review(pipeline)
    old = pipeline.diff_url(review)
    pipeline.decide(review, "NEEDS REVISION\nMention the currency.")
    pipeline.run()
    page = requests.get(old, timeout=60)
    assert "superseded" in page.text
    assert "whole amount" not in page.text
    assert f'/browse/{review}"' in page.text
    assert "urrency" in requests.get(pipeline.diff_url(review), timeout=60).text


@pytest.mark.parametrize("comment", ["APPROVED", "REJECTED"])
def test_a_closed_review_shows_what_was_decided_and_no_content(
    pipeline: Pipeline, page_id: str, comment: str
) -> None:
    _, review = in_review(pipeline)
    pipeline.decide(review, comment)
    pipeline.run()
    page = requests.get(pipeline.diff_url(review), timeout=60)
    assert page.status_code == 200
    assert comment.lower() in page.text
    assert "Robin Reviewer" in page.text
    assert "whole amount" not in page.text


def test_a_closed_review_links_the_comparison_of_both_versions(pipeline: Pipeline, page_id: str) -> None:
    _, review = in_review(pipeline)
    pipeline.decide(review, "APPROVED")
    pipeline.run()
    page = requests.get(pipeline.diff_url(review), timeout=60).text
    compared = f"pages/diffpagesbyversion.action?pageId={page_id}&amp;selectedPageVersions=1&amp;selectedPageVersions=2"
    assert compared in page
    assert f'/browse/{review}"' in page


def test_an_old_link_shows_only_the_ticket(
    pipeline: Pipeline, page_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, review = in_review(pipeline)
    url = pipeline.diff_url(review)
    for days, is_shown in ((29, True), (31, False)):
        later = time.time() + days * 86_400
        monkeypatch.setattr(dependencies, "time", SimpleNamespace(time=lambda now=later: now))
        reset_functions()
        page = requests.get(url, timeout=60)
        assert page.status_code == 200
        assert ("whole amount" in page.text) is is_shown
        assert f'/browse/{review}"' in page.text
    monkeypatch.setenv("REVIEW_LINK_DAYS", "0")
    reset_functions()
    assert "whole amount" in requests.get(url, timeout=60).text


def test_a_closed_review_of_a_moved_page_is_not_published(pipeline: Pipeline, page_id: str) -> None:
    _, review = in_review(pipeline)
    other = pipeline.site.confluence.add_space("OPS", "Operations", pipeline.site.account("admin"))
    pipeline.site.confluence.pages[page_id].space_id = other.id
    pipeline.decide(review, "APPROVED")
    pipeline.run()
    page = requests.get(pipeline.diff_url(review), timeout=60)
    assert "This review is closed: approved, but not published" in page.text


def test_a_link_that_was_changed_shows_nothing(pipeline: Pipeline, page_id: str) -> None:
    _, review = in_review(pipeline)
    url = pipeline.diff_url(review)
    for changed in (
        url[:-1],
        url.replace("/1?", "/2?"),
        url.split("?")[0],
        url.replace("/doc-", "/..%2Fdoc-"),
    ):
        answer = requests.get(changed, timeout=60)
        assert answer.status_code in (403, 404), changed
        assert "quarnix" not in answer.text


def test_a_new_link_key_counts_and_the_old_expires(
    pipeline: Pipeline, page_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [1_000.0]
    monkeypatch.setattr(secrets, "time", SimpleNamespace(time=lambda: now[0]))
    reset_functions()
    _, review = in_review(pipeline)
    old = pipeline.diff_url(review)
    assert requests.get(old, timeout=60).status_code == 200
    arn, key = pipeline.aws.environment["LINK_KEY_SECRET_ARN"], "fedcba9876543210fedcba9876543210"
    boto3.client("secretsmanager").put_secret_value(SecretId=arn, SecretString=json.dumps({"key": key}))
    now[0] += secrets.MIN_REFRESH_INTERVAL
    [document] = pipeline.aws.documents()
    new = review_link.review_url(pipeline.gateway.url, key, document["document_id"], 1)
    assert requests.get(new, timeout=60).status_code == 200
    boto3.client("secretsmanager").put_secret_value(SecretId=arn, SecretString=json.dumps({"key": "0" * 32}))
    assert requests.get(new, timeout=60).status_code == 200, "kept for a while"
    now[0] += secrets.MAX_AGE_SECONDS
    assert requests.get(new, timeout=60).status_code == 403


def test_no_log_holds_the_signature_of_a_link(
    pipeline: Pipeline, page_id: str, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert page_id
    _, review = in_review(pipeline)
    link = pipeline.diff_url(review)
    signature = link.partition("signature=")[2]
    assert len(signature) > 20

    def down() -> None:
        raise EndpointConnectionError(endpoint_url="https://s3.example")

    with caplog.at_level(logging.DEBUG, "handlers"), caplog.at_level(logging.DEBUG, "common"):
        assert requests.get(link, timeout=60).status_code == 200
        assert requests.get(link.replace("/1?", "/2?"), timeout=60).status_code == 403
        monkeypatch.setattr(handler, "build_show_review", down)
        assert requests.get(link, timeout=60).status_code == 503
    ours = [each for each in caplog.records if each.name.startswith(("handlers", "common"))]
    assert "review_page.failed" in [each.getMessage() for each in ours]
    assert not any(signature in str(vars(each)) for each in ours)
