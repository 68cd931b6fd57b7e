"""Fixtures of the handler tests: a region in memory, and the whole pipeline."""

from __future__ import annotations

from collections.abc import Iterator

import boto3
import pytest
from urllib3.util.retry import Retry

from handlers.approval_handler.handler import handle as approve
from handlers.jira_webhook_handler.handler import handle as notice_change
from handlers.review_page.handler import handle as show_review
from local import bedrock, seed
from local.atlassian import Site
from local.atlassian.app import application
from tests.doubles import Wire, with_region
from tests.handlers import aws as ground
from tests.handlers.gateway import Gateway
from tests.handlers.pipeline import Pipeline, register_webhooks, reset_functions


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[ground.Aws]:
    """A fresh region without Atlassian, in the handlers' environment."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setattr(boto3, "client", ground.client)
    # The pauses between retries are tested in tests/faults/test_http.py; here they take no time.
    monkeypatch.setattr(Retry, "sleep", lambda self, response=None: None)
    region = ground.over(with_region(monkeypatch))
    for name, value in region.environment.items():
        monkeypatch.setenv(name, value)
    reset_functions()
    yield region
    reset_functions()


@pytest.fixture
def pipeline(aws: ground.Aws, monkeypatch: pytest.MonkeyPatch) -> Iterator[Pipeline]:
    """The whole pipeline: a seeded site with both webhooks, and the model stand-in."""
    site = Site(search_lag=0)
    site.confluence.strict = True
    seed.load(site)
    model = bedrock.StandIn()
    gateway = Gateway(
        {"/webhooks/jira": notice_change, "/webhooks/approval": approve, "/reviews": show_review}
    )
    wire = Wire().connect(monkeypatch)
    site.base_url = url = wire.serve(1, application(site))
    model_url = wire.serve(2, bedrock.application(model))
    gateway.url = wire.serve(3, gateway.application)
    where = {
        "JIRA_BASE_URL": url,
        "JIRA_BROWSE_URL": url,
        "CONFLUENCE_URL": f"{url}/wiki",
        "CONFLUENCE_BROWSE_URL": f"{url}/wiki",
        "JIRA_EMAIL": site.account("kinexus").email,
        "CONFLUENCE_EMAIL": site.account("kinexus").email,
        "CONFLUENCE_SPACE_KEY": next(iter(site.confluence.spaces.values())).key,
        "REVIEW_BASE_URL": gateway.url,
        "AWS_ENDPOINT_URL_BEDROCK_RUNTIME": model_url,
        "AWS_ENDPOINT_URL_BEDROCK": model_url,
    }
    for name, value in where.items():
        monkeypatch.setenv(name, value)
    reset_functions()
    playing = Pipeline(aws, site, url, model, gateway)
    register_webhooks(playing)
    yield playing
    site.close()
