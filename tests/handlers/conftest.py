"""Fixtures of the handler tests: a region of moto's, and handlers built anew from its environment."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from moto import mock_aws

from handlers.jira_webhook_handler import composition as jira_webhook_handler
from tests.handlers import aws as ground

COMPOSITIONS = [jira_webhook_handler.parts]


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[ground.Aws]:
    """A fresh region; the handlers read its environment."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        monkeypatch.setenv(name, "testing")
    with mock_aws():
        region = ground.build("http://127.0.0.1:9")
        for name, value in region.environment.items():
            monkeypatch.setenv(name, value)
        for build in COMPOSITIONS:
            build.cache_clear()
        yield region
        for build in COMPOSITIONS:
            build.cache_clear()
