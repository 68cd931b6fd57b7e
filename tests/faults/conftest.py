"""The fixtures of the handler tests, and a page."""

import pytest

from tests.handlers.conftest import aws, pipeline
from tests.handlers.pipeline import Pipeline

__all__ = ["aws", "pipeline"]
PAGE = "<p>A refund in the quarnix ledger always returns the whole amount of the payment.</p><h2>Limits</h2><p>Ninety days.</p>"


@pytest.fixture
def page_id(pipeline: Pipeline) -> str:
    """A page that the ticket names."""
    space = next(iter(pipeline.site.confluence.spaces.values()))
    body: dict[str, object] = {"spaceId": space.id, "status": "current", "title": "Quarnix ledger refunds"}
    body |= {"body": {"representation": "storage", "value": PAGE}}
    return str(pipeline.jira("developer", "POST", "/wiki/api/v2/pages", body)["id"])
