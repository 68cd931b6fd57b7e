"""How long a secret is cached, and how often it is read again, with a clock that the test sets."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

import pytest

from common.aws import secrets
from common.aws.secrets import MAX_AGE_SECONDS, MIN_REFRESH_INTERVAL, CachedSecret


class Manager:
    """The used part of Secrets Manager; ``reads`` counts the requests."""

    def __init__(self) -> None:
        self.value, self.reads = "first", 0

    def get_secret_value(self, SecretId: str) -> dict[str, Any]:  # noqa: N803 - boto3's name
        self.reads += 1
        return {"ARN": SecretId, "SecretString": json.dumps({"key": self.value, "secrets": [self.value]})}


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    now = [1_000.0]
    monkeypatch.setattr(secrets, "time", SimpleNamespace(time=lambda: now[0]))
    return now


def test_a_secret_is_cached_for_minutes_then_read_again(now: list[float]) -> None:
    manager = Manager()
    kept = CachedSecret(manager, "arn")
    assert kept.get("key") == "first"
    manager.value = "second"
    now[0] += MAX_AGE_SECONDS - 1
    assert (kept.get("key"), kept.get_list("secrets")) == ("first", ["first"])
    now[0] += 1
    assert (kept.get("key"), kept.get_list("secrets")) == ("second", ["second"])
    assert manager.reads == 2


def test_after_a_401_the_secret_is_read_at_once(now: list[float]) -> None:
    manager = Manager()
    kept = CachedSecret(manager, "arn")
    kept.get("key")
    manager.value = "second"
    assert kept.get("key", fresh=True) == "second"


def test_wrong_signatures_read_the_secret_only_now_and_then(now: list[float]) -> None:
    manager = Manager()
    kept = CachedSecret(manager, "arn")
    for _ in range(100):
        kept.get_list("secrets", fresh=True, pause=MIN_REFRESH_INTERVAL)
        now[0] += 1
    assert manager.reads == 100 / MIN_REFRESH_INTERVAL


@pytest.mark.parametrize("keys", [("key",), ("absent", "key"), ("key", "absent")])
def test_the_first_key_that_there_is_is_read_again_once(now: list[float], keys: tuple[str, ...]) -> None:
    manager = Manager()
    kept = CachedSecret(manager, "arn")
    assert kept.get_first(*keys) == "first"
    manager.value = "second"
    assert kept.get_first(*keys) == "first"
    assert kept.get_first(*keys, fresh=True) == "second"
    assert manager.reads == 2
