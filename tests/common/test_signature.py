"""Signatures against Atlassian's published example, and what must not pass."""

from __future__ import annotations

import pytest

from common.signature import is_valid
from tests.secrets_in_use import EXAMPLE_SECRET

BODY = b"Hello World!"
SIGNED = "sha256=a4771c39fbe90f317c7824e83ddef3caae9cb3d976c214ace1f2937e133263c9"


def test_the_published_example_is_valid() -> None:
    assert is_valid(SIGNED, BODY, [EXAMPLE_SECRET])


def test_any_of_several_secrets_will_do_while_one_is_replaced() -> None:
    assert is_valid(SIGNED, BODY, ["the new one", EXAMPLE_SECRET])


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
def test_what_does_not_sign_the_body_is_refused(header: str, body: bytes, secrets: list[str]) -> None:
    assert not is_valid(header, body, secrets)
