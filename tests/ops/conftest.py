"""Fixtures of the ops tests: the pipeline of the handler tests, as a deployed stack."""

from __future__ import annotations

import pytest

from ops import dead_letter_queues
from tests.handlers.conftest import aws, pipeline
from tests.handlers.pipeline import Pipeline
from tests.ops.deployed import Deployed, deploy

__all__ = ["aws", "deployed", "pipeline"]


@pytest.fixture
def deployed(pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch) -> Deployed:
    """The pipeline with its functions' configurations, event source mappings and dead-letter queues."""
    monkeypatch.setattr(dead_letter_queues, "WAIT_SECONDS", 0)
    return deploy(pipeline)
