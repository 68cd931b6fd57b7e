"""Replayed, unsigned and wrongly signed webhooks, and secrets that change.

Signatures over different bodies are tested with the handlers; forgeries with a known webhook secret are in
test_forged_approvals.py.
"""

from __future__ import annotations

import copy
import json
from types import SimpleNamespace
from typing import Any

import boto3
import pytest

from common.aws import secrets as secret
from handlers.approval_handler.handler import handle as approve
from handlers.jira_webhook_handler.handler import handle as notice_change
from tests.handlers.aws import Aws
from tests.handlers.jira_webhook_handler.webhook_bodies import FINISHED, finished, request, signed
from tests.handlers.pipeline import Pipeline, reset_functions
from tests.secrets_in_use import NEXT_WEBHOOK_SECRET, WEBHOOK_SECRET

REVIEW = finished(labels=["documentation-review"])


@pytest.fixture
def without_jira(monkeypatch: pytest.MonkeyPatch) -> None:
    """Addresses of Jira and Confluence that get no request."""
    urls = ("JIRA_BASE_URL", "JIRA_BROWSE_URL", "CONFLUENCE_URL", "CONFLUENCE_BROWSE_URL")
    for name in (*urls, "JIRA_EMAIL", "CONFLUENCE_EMAIL"):
        monkeypatch.setenv(name, "http://site.test")


@pytest.fixture
def review(pipeline: Pipeline) -> str:
    """An open review without a decision."""
    key = pipeline.create_ticket("Zibble exports", "Zibble exports take a filter now.", ["needs-docs"])
    pipeline.finish(key)
    pipeline.run()
    return pipeline.review_of(key)


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


def without_changelog(body: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {name: value for name, value in body.items() if name not in ("changelog", *more)} | {
        name: value for name, value in more.items() if value is not None
    }


#: Bodies without a changelog: events of older Jira versions, and of a workflow's post function, perhaps without a time.
UNNUMBERED = {
    "with its time": without_changelog(FINISHED),
    "without a time": without_changelog(FINISHED, timestamp=None),
    "a time that no clock shows": without_changelog(FINISHED, timestamp=10**400),
}


@pytest.mark.parametrize("body", [FINISHED, *UNNUMBERED.values()], ids=["numbered", *UNNUMBERED])
def test_a_replayed_change_with_other_headers_is_the_same(aws: Aws, body: dict[str, Any]) -> None:
    for number in range(5):
        again = request(body, identifier=f"wh-{number}", x_atlassian_webhook_retry=str(number))
        assert notice_change(again, None)["statusCode"] == 200
    assert len(aws.changes()) == 1


@pytest.mark.parametrize("body", UNNUMBERED.values(), ids=UNNUMBERED)
def test_a_replayed_approval_with_other_headers_is_the_same(
    aws: Aws, without_jira: None, body: dict[str, Any]
) -> None:
    review = copy.deepcopy(body)
    review["issue"]["fields"]["labels"] = ["documentation-review"]
    for number in range(3):
        assert approve(request(review, identifier=f"wh-{number}"), None)["statusCode"] == 200
    events = aws.events()
    assert len(events) == 3
    assert len({detail["move_id"] for _, detail in events}) == 1


def test_closing_again_without_a_changelog_is_another_change(aws: Aws) -> None:
    for later in (0, 1):
        body = without_changelog(FINISHED, timestamp=FINISHED["timestamp"] + later)
        assert notice_change(request(body), None)["statusCode"] == 200
    assert len(aws.changes()) == 2


@pytest.mark.parametrize(
    ("handle", "body"), [(notice_change, FINISHED), (approve, REVIEW)], ids=["jira", "approval"]
)
def test_each_accepted_unsigned_webhook_logs_a_warning(
    aws: Aws,
    without_jira: None,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    handle: Any,
    body: Any,
) -> None:
    monkeypatch.setenv("ALLOW_UNSIGNED_WEBHOOKS", "true")
    reset_functions()
    for number in (1, 2):
        assert handle(request(body, x_hub_signature=""), None)["statusCode"] == 200
        warnings = [each for each in caplog.records if each.message == "webhook.unsigned_accepted"]
        assert [each.levelname for each in warnings] == ["WARNING"] * number
    handle(request(body), None)
    assert len([each for each in caplog.records if "unsigned" in each.message]) == 2, "a signed one is none"


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The clock for the age of secrets, in seconds; the test sets it."""
    now = [1_000.0]
    monkeypatch.setattr(secret, "time", SimpleNamespace(time=lambda: now[0]))
    return now


def test_during_rotation_both_secrets_are_valid_then_only_one(aws: Aws, now: list[float]) -> None:
    secrets, arn = boto3.client("secretsmanager"), aws.environment["WEBHOOK_SECRET_ARN"]
    raw = json.dumps(FINISHED).encode()

    def status(signed_with: str) -> int:
        return int(notice_change(request(raw, x_hub_signature=signed(raw, signed_with)), None)["statusCode"])

    assert (status(WEBHOOK_SECRET), status(NEXT_WEBHOOK_SECRET)) == (200, 401)
    secrets.put_secret_value(
        SecretId=arn, SecretString=json.dumps({"secrets": [WEBHOOK_SECRET, NEXT_WEBHOOK_SECRET]})
    )
    now[0] += secret.MIN_REFRESH_INTERVAL
    assert (status(NEXT_WEBHOOK_SECRET), status(WEBHOOK_SECRET)) == (200, 200), (
        "read anew, without a cold start"
    )
    secrets.put_secret_value(SecretId=arn, SecretString=json.dumps({"secrets": [NEXT_WEBHOOK_SECRET]}))
    now[0] += secret.MAX_AGE_SECONDS
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
def test_both_routes_reject_invalid_signatures(
    aws: Aws, without_jira: None, handle: Any, signature: str
) -> None:
    assert handle(request(REVIEW, x_hub_signature=signature), None)["statusCode"] == 401
    assert aws.events() == []


def test_a_signature_of_another_body_is_rejected(aws: Aws) -> None:
    other = signed(json.dumps(finished(labels=["no-docs"])).encode())
    assert notice_change(request(FINISHED, x_hub_signature=other), None)["statusCode"] == 401
