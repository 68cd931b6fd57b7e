"""Retries of the tested clients without pauses; tests/faults/test_http.py proves how long the pauses are."""

import pytest
from urllib3.util.retry import Retry


@pytest.fixture(autouse=True)
def no_waiting_between_retries(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Retry, "sleep", lambda self, response=None: None)
