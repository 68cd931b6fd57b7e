"""A link opens the one revision it was signed for and nothing else."""

import hmac
from types import SimpleNamespace
from urllib.parse import parse_qs, urlsplit

import pytest

from common.domain import review_link

KEY = "k" * 32


def test_a_link_contains_its_signature() -> None:
    address = urlsplit(review_link.review_url("https://api.example.com/prod/", KEY, "doc-1a", 2))
    assert address.path == "/prod/reviews/doc-1a/2"
    assert review_link.verify_review_link(KEY, "doc-1a", 2, parse_qs(address.query)["signature"][0])


@pytest.mark.parametrize(
    ("key", "document_id", "revision"),
    [
        ("x" * 32, "doc-1a", 2),
        (KEY, "doc-1b", 2),
        (KEY, "doc-1a", 3),
        (KEY, "doc-1a2", 2),
        (KEY, "doc-1a\n2", 2),
    ],
)
def test_a_signature_is_bound_to_key_document_and_revision(key: str, document_id: str, revision: int) -> None:
    assert not review_link.verify_review_link(
        key, document_id, revision, review_link.sign_review_link(KEY, "doc-1a", 2)
    )


@pytest.mark.parametrize(
    "signature", ["", "x", "é", "\ud800", review_link.sign_review_link(KEY, "doc-1a", 2) + "="]
)
def test_malformed_signatures_are_wrong_without_an_error(signature: str) -> None:
    assert not review_link.verify_review_link(KEY, "doc-1a", 2, signature)


@pytest.mark.parametrize("verdict", [True, False])
def test_signatures_are_compared_in_constant_time(monkeypatch: pytest.MonkeyPatch, verdict: bool) -> None:
    right = review_link.sign_review_link(KEY, "doc-1a", 2)
    asked: list[tuple[bytes, bytes]] = []

    def compare_digest(ours: bytes, given: bytes) -> bool:
        asked.append((ours, given))
        return verdict

    monkeypatch.setattr(review_link, "hmac", SimpleNamespace(new=hmac.new, compare_digest=compare_digest))
    for given in (right, "wrong"):
        assert review_link.verify_review_link(KEY, "doc-1a", 2, given) is verdict, "whatever stands there"
    assert asked == [(right.encode(), right.encode()), (right.encode(), b"wrong")]
