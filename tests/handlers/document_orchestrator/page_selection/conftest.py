"""Fixtures: an empty simulated site with three spaces, without search lag."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from local import atlassian
from tests.handlers.document_orchestrator.page_selection.space import Docs, open_docs


@pytest.fixture
def docs() -> Iterator[Docs]:
    simulated = atlassian.Site(search_lag=0.0)
    with atlassian.serve(simulated) as running:
        yield open_docs(running.url, simulated)
