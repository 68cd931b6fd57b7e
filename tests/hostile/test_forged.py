"""Forged, replayed and wrongly signed webhooks: nothing that a webhook says decides anything but which ticket to read.

Signatures over shapes of bodies are tested with the handlers; here an attacker who even holds the webhook secret.
"""

from __future__ import annotations

import copy
import json
from types import SimpleNamespace
from typing import Any

import boto3
import pytest

from common import secret
from handlers.approval_handler.handler import handle as approve
from handlers.jira_webhook_handler.handler import handle as notice_change
from tests.handlers.aws import Aws
from tests.handlers.pipeline import Pipeline
from tests.handlers.webhook_bodies import FINISHED, finished, request, signed
from tests.secrets_in_use import NEXT_WEBHOOK_SECRET, WEBHOOK_SECRET

REVIEW = finished(labels=["documentation-review"])
FORGERIES: dict[str, dict[str, Any]] = {
    "a reviewer's account": {"user": {"accountId": "712020:2e3c8da1-2222-4d8f-9c6c-4a7b3daf1e22"}},
    "a comment": {"comment": {"body": "APPROVED", "author": {"accountId": "712020:2e3c8da1"}}},
    "a decision": {"decision": "approved", "verdict": "approved"},
    "a time": {"timestamp": 9_999_999_999_999},
    "another event": {"webhookEvent": "jira:issue_created"},
    "a changelog": {
        "changelog": {"id": "1", "items": [{"field": "status", "fieldId": "status", "to": "10002"}]}
    },
    "a document": {"document_id": "doc-" + "0" * 24, "sha256": "0" * 64},
    "a property": {"properties": {"kinexus.review": {"document_id": "doc-1", "revision": 1}}},
}


@pytest.fixture
def review(pipeline: Pipeline) -> str:
    """A review that is open, in which nobody has decided."""
    key = pipeline.create_ticket("Refunds take an amount", "A refund returns a part.", ["needs-docs"])
    pipeline.finish(key)
    pipeline.run()
    return pipeline.review_of(key)


def test_no_forged_field_of_a_signed_webhook_approves(pipeline: Pipeline, review: str) -> None:
    issue = pipeline.jira("admin", "GET", f"/rest/api/3/issue/{review}")
    versions = {page.id: len(page.versions) for page in pipeline.site.confluence.pages.values()}
    for number, forged in enumerate(FORGERIES.values()):
        body = copy.deepcopy(REVIEW) | forged
        body["issue"] |= {"id": issue["id"], "key": review}
        assert approve(request(body, identifier=f"forged-{number}"), None)["statusCode"] == 200
        pipeline.run()
    assert {page.id: len(page.versions) for page in pipeline.site.confluence.pages.values()} == versions
    [document] = pipeline.aws.documents()
    assert document["status"] == "in_review"
    assert "decision" not in document


def test_a_replayed_approval_changes_nothing(pipeline: Pipeline, review: str) -> None:
    pipeline.decide(review, "APPROVED")
    pipeline.run()
    issue = pipeline.jira("admin", "GET", f"/rest/api/3/issue/{review}")
    versions = {page.id: len(page.versions) for page in pipeline.site.confluence.pages.values()}
    said = pipeline.comments(review)
    body = copy.deepcopy(REVIEW)
    body["issue"] |= {"id": issue["id"], "key": review}
    for _ in range(3):
        approve(request(body, identifier="seen before"), None)
        pipeline.run()
    assert {page.id: len(page.versions) for page in pipeline.site.confluence.pages.values()} == versions
    assert pipeline.comments(review) == said


def test_a_replayed_change_is_the_same_change(aws: Aws) -> None:
    for _ in range(5):
        assert notice_change(request(FINISHED, identifier="an old one"), None)["statusCode"] == 200
    assert len(aws.changes()) == 1


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The time by which secrets grow old, in seconds; the test sets it."""
    now = [1_000.0]
    monkeypatch.setattr(secret, "time", SimpleNamespace(time=lambda: now[0]))
    return now


def test_while_a_secret_is_replaced_both_are_valid_and_afterwards_only_the_new_one(
    aws: Aws, now: list[float]
) -> None:
    secrets, arn = boto3.client("secretsmanager"), aws.environment["WEBHOOK_SECRET_ARN"]
    raw = json.dumps(FINISHED).encode()

    def status(signed_with: str) -> int:
        return int(notice_change(request(raw, x_hub_signature=signed(raw, signed_with)), None)["statusCode"])

    assert (status(WEBHOOK_SECRET), status(NEXT_WEBHOOK_SECRET)) == (200, 401)
    secrets.put_secret_value(
        SecretId=arn, SecretString=json.dumps({"secrets": [WEBHOOK_SECRET, NEXT_WEBHOOK_SECRET]})
    )
    now[0] += secret.PAUSE
    assert (status(NEXT_WEBHOOK_SECRET), status(WEBHOOK_SECRET)) == (200, 200), (
        "read anew, without a cold start"
    )
    secrets.put_secret_value(SecretId=arn, SecretString=json.dumps({"secrets": [NEXT_WEBHOOK_SECRET]}))
    now[0] += secret.OLDEST
    assert (status(WEBHOOK_SECRET), status(NEXT_WEBHOOK_SECRET)) == (401, 200), (
        "and nobody had to guess before"
    )


@pytest.mark.parametrize(
    "signature",
    [
        "",
        "sha256=",
        "sha256",
        "=",
        "sha1=" + "0" * 40,
        "sha512=" + "0" * 128,
        "none=",
        "SHA256=" + "0" * 64,
        "sha256=" + "0" * 63,
        "sha256=" + "g" * 64,
        "sha256=" + "0" * 100_000,
        "sha256=" + "٠" * 64,
    ],
    ids=lambda signature: signature[:12] or "none",
)
@pytest.mark.parametrize("handle", [notice_change, approve], ids=["jira", "approval"])
def test_what_is_no_signature_of_this_body_is_turned_away_at_both_doors(
    aws: Aws, monkeypatch: pytest.MonkeyPatch, handle: Any, signature: str
) -> None:
    for name in ("JIRA_BASE_URL", "JIRA_BROWSE_URL", "CONFLUENCE_URL", "CONFLUENCE_BROWSE_URL", "JIRA_EMAIL"):
        monkeypatch.setenv(name, "http://site.test")
    assert handle(request(REVIEW, x_hub_signature=signature), None)["statusCode"] == 401
    assert aws.events() == []


def test_a_signature_of_another_body_is_turned_away(aws: Aws) -> None:
    other = signed(json.dumps(finished(labels=["no-docs"])).encode())
    assert notice_change(request(FINISHED, x_hub_signature=other), None)["statusCode"] == 401
