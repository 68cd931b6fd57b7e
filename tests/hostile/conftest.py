"""The fixtures of the handler tests, and a record of the model's requests."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from tests.handlers.conftest import aws, pipeline
from tests.handlers.pipeline import Pipeline

__all__ = ["aws", "pipeline"]


@pytest.fixture
def asked(pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch) -> list[Mapping[str, Any]]:
    """Every request that the model gets, as it arrives."""
    kept: list[Mapping[str, Any]] = []
    answer = pipeline.model.answer

    def answered(function: str, model_id: str, request: Mapping[str, Any]) -> dict[str, Any]:
        kept.append(request)
        return answer(function, model_id, request)

    monkeypatch.setattr(pipeline.model, "answer", answered)
    return kept
