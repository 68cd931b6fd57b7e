"""The credentials of 2026 through the whole pipeline: OAuth 2.0 client credentials, a token of Confluence's own.

Not proven: that auth.atlassian.com answers as the simulator does, and what Atlassian counts as one client.
"""

from __future__ import annotations

import json
import logging
import os
import time

import boto3
import pytest

from handlers.document_orchestrator.handler import handle as orchestrate
from handlers.sweep import handler as sweep
from local.atlassian import Fault
from local.atlassian.accounts import Directory
from tests.handlers.aws import deliver, redriven
from tests.handlers.pipeline import Pipeline, reset_functions
from tests.handlers.test_pipeline import SUMMARY, TEXT, in_review, page_id
from tests.secrets_in_use import API_TOKEN, TOKEN_OF, WRONG_API_TOKEN

__all__ = ["page_id"]

TOKEN_PATH = "/oauth/token"


def replace_secret(**values: str) -> None:
    arn = os.environ["JIRA_API_TOKEN_SECRET_ARN"]
    boto3.client("secretsmanager").put_secret_value(SecretId=arn, SecretString=json.dumps(values))


@pytest.fixture
def oauth(pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch) -> Pipeline:
    """The pipeline with client credentials of a service account; basic auth would be refused."""
    monkeypatch.setenv("ATLASSIAN_TOKEN_URL", pipeline.url + TOKEN_PATH)
    monkeypatch.setenv("ATLASSIAN_CLIENT_ID", "client-of-kinexus")
    monkeypatch.setenv("JIRA_EMAIL", "unused@example.com")
    monkeypatch.setenv("CONFLUENCE_EMAIL", "unused@example.com")
    reset_functions()
    return pipeline


@pytest.fixture
def granted(oauth: Pipeline, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The access tokens that the token URL has granted."""
    tokens: list[str] = []
    grant = Directory.grant

    def noted(self: Directory, client_id: str, client_secret: str, now: float) -> str | None:
        token = grant(self, client_id, client_secret, now)
        tokens.append(str(token))
        return token

    monkeypatch.setattr(Directory, "grant", noted)
    return tokens


def closed(pipeline: Pipeline) -> str:
    key = pipeline.create_ticket(SUMMARY, TEXT, ["needs-docs"])
    assert pipeline.finish(key)["status"] == "recorded"
    return key


def change_reason(pipeline: Pipeline) -> str:
    [change] = pipeline.aws.changes()
    return str(change.get("reason", ""))


def test_each_function_fetches_one_access_token_for_both_products(
    oauth: Pipeline, page_id: str, granted: list[str]
) -> None:
    _, review = in_review(oauth)
    oauth.decide(review, "APPROVED")
    oauth.run()
    assert oauth.page(page_id)["version"]["number"] == 2
    assert len(set(granted)) == len(granted) == 3, "one for each of three functions"
    assert {call.product for call in oauth.site.calls(account="kinexus")} >= {"jira", "confluence"}


def test_an_expired_access_token_is_replaced_once(oauth: Pipeline, page_id: str, granted: list[str]) -> None:
    in_review(oauth)
    before = len(granted)
    oauth.site.clock.advance(3601)
    in_review(oauth, "Zibble exports", "Zibble exports take a filter now.")
    assert len(granted) == before + 2, "two functions, one replacement each"
    assert [call.status for call in oauth.site.calls()].count(401) == 2


def test_an_outage_of_the_token_url_only_delays(oauth: Pipeline, page_id: str) -> None:
    key = closed(oauth)
    oauth.site.faults.add(Fault("status", status=503, method="POST", path=TOKEN_PATH, count=9))
    assert deliver(orchestrate, oauth.aws.messages("DocumentOrchestrator")) == []
    assert oauth.aws.documents() == []
    oauth.site.faults.clear()
    oauth.run()
    assert oauth.review_of(key)


def test_refused_client_credentials_fail_with_the_remedy(oauth: Pipeline, page_id: str) -> None:
    closed(oauth)
    replace_secret(apiToken=WRONG_API_TOKEN)
    messages = oauth.aws.messages("DocumentOrchestrator")
    for receives in (1, 2, 3):
        assert len(deliver(orchestrate, messages, receives)) == 1
    said = change_reason(oauth)
    assert "client id or secret" in said
    assert "atlassianClientId" in said
    assert "Confluence" not in said, "the token URL is neither of the products"


def test_a_client_secret_that_was_replaced_is_read_again(oauth: Pipeline, page_id: str) -> None:
    replace_secret(apiToken=WRONG_API_TOKEN)
    key = closed(oauth)
    messages = oauth.aws.messages("DocumentOrchestrator")
    assert len(deliver(orchestrate, messages)) == 1
    replace_secret(apiToken=API_TOKEN)
    assert deliver(orchestrate, redriven(messages)) == []
    oauth.run()
    assert oauth.review_of(key)


def test_confluence_is_asked_with_its_own_token_and_jira_with_the_other(
    pipeline: Pipeline, page_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another account stands for the second token here: the simulator's accounts have one token each."""
    other = pipeline.site.account("developer")
    monkeypatch.setenv("CONFLUENCE_EMAIL", other.email)
    replace_secret(apiToken=API_TOKEN, confluenceApiToken=f"{TOKEN_OF}developer")
    reset_functions()
    start = len(pipeline.site.calls())
    _, review = in_review(pipeline)
    pipeline.decide(review, "APPROVED")
    pipeline.run()
    assert pipeline.page(page_id)["version"]["number"] == 2
    made = pipeline.site.calls()[start:]
    assert {call.product for call in made if call.account == "kinexus"} == {"jira"}
    assert any(call.product == "confluence" and call.account == "developer" for call in made)
    assert not [call for call in made if call.status == 401]


def test_without_a_second_token_the_first_is_sent_to_both(pipeline: Pipeline, page_id: str) -> None:
    in_review(pipeline)
    assert {call.product for call in pipeline.site.calls(account="kinexus")} == {"jira", "confluence"}


@pytest.mark.parametrize("is_second", [False, True])
def test_a_replaced_api_token_is_read_again_after_a_401(
    pipeline: Pipeline, page_id: str, is_second: bool
) -> None:
    """The secret is cached, so the function has still the old token."""
    other = {"confluenceApiToken": API_TOKEN} if is_second else {}
    replace_secret(apiToken=WRONG_API_TOKEN, **({"confluenceApiToken": WRONG_API_TOKEN} if is_second else {}))
    key = closed(pipeline)
    messages = pipeline.aws.messages("DocumentOrchestrator")
    assert len(deliver(orchestrate, messages)) == 1
    replace_secret(apiToken=API_TOKEN, **other)
    assert deliver(orchestrate, redriven(messages)) == []
    pipeline.run()
    assert pipeline.review_of(key)


@pytest.mark.parametrize(("days", "is_logged"), [(31, False), (30, True), (1, True), (-1, True)])
def test_the_sweep_logs_a_token_that_expires_within_thirty_days(
    pipeline: Pipeline,
    days: int,
    is_logged: bool,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    expires = time.strftime("%Y-%m-%d", time.gmtime(time.time() + days * 24 * 3600))
    monkeypatch.setenv("ATLASSIAN_TOKEN_EXPIRES", expires)
    reset_functions()
    with caplog.at_level(logging.WARNING):
        sweep.handle({}, None)
    found = [record for record in caplog.records if record.message == "token.expires_soon"]
    assert [getattr(record, "days", None) for record in found] == ([days] if is_logged else [])
