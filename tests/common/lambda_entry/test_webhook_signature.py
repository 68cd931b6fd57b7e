"""Signatures: Atlassian's published example, and those that must be refused."""

from __future__ import annotations

import hashlib
import hmac
from types import SimpleNamespace

import pytest

from common.lambda_entry import webhook_signature
from common.lambda_entry.webhook_signature import is_valid_signature
from tests.secrets_in_use import EXAMPLE_SECRET

BODY = b"Hello World!"
SIGNED = "sha256=a4771c39fbe90f317c7824e83ddef3caae9cb3d976c214ace1f2937e133263c9"


def test_the_published_example_is_valid() -> None:
    assert is_valid_signature(SIGNED, BODY, [EXAMPLE_SECRET])


def test_any_of_several_secrets_is_accepted_during_rotation() -> None:
    assert is_valid_signature(SIGNED, BODY, ["the new one", EXAMPLE_SECRET])


@pytest.mark.parametrize(
    ("header", "body", "secrets"),
    [
        (SIGNED, b"Hello World?", [EXAMPLE_SECRET]),
        (SIGNED, BODY, ["another"]),
        (SIGNED, BODY, []),
        (SIGNED, BODY, [""]),
        (SIGNED[:-1], BODY, [EXAMPLE_SECRET]),
        (SIGNED.removeprefix("sha256="), BODY, [EXAMPLE_SECRET]),
        (SIGNED.replace("sha256", "sha1"), BODY, [EXAMPLE_SECRET]),
        (SIGNED.replace("sha256", "none"), BODY, [EXAMPLE_SECRET]),
        ("sha256=", BODY, [EXAMPLE_SECRET]),
        ("", BODY, [EXAMPLE_SECRET]),
        ("sha256=ü", BODY, [EXAMPLE_SECRET]),
    ],
)
def test_a_wrong_signature_is_refused(header: str, body: bytes, secrets: list[str]) -> None:
    assert not is_valid_signature(header, body, secrets)


@pytest.mark.parametrize("verdict", [True, False])
def test_signatures_are_compared_in_constant_time_with_every_secret(
    monkeypatch: pytest.MonkeyPatch, verdict: bool
) -> None:
    asked: list[tuple[bytes, bytes]] = []

    def compare_digest(ours: bytes, given: bytes) -> bool:
        asked.append((ours, given))
        return verdict

    monkeypatch.setattr(
        webhook_signature, "hmac", SimpleNamespace(new=hmac.new, compare_digest=compare_digest)
    )
    secrets = [EXAMPLE_SECRET, "the new one", "a third"]
    given = SIGNED.removeprefix("sha256=")
    for header in (SIGNED, "sha256=" + "0" * 64):
        assert is_valid_signature(header, BODY, secrets) is verdict, "whatever stands there"
    expected = [hmac.new(secret.encode(), BODY, hashlib.sha256).hexdigest().encode() for secret in secrets]
    assert asked == [(each, given.encode()) for each in expected] + [(each, b"0" * 64) for each in expected]
