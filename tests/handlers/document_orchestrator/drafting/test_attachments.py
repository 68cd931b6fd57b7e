"""A drafted image may name any attachment of the page; without the scope for attachments it becomes words."""

from __future__ import annotations

import pytest

from common.atlassian.confluence_client import ConfluenceClient
from common.atlassian.http_client import AtlassianError, NotFound, RequestRefused, Unauthorized
from handlers.document_orchestrator.drafting.draft_revision import _attached
from handlers.document_orchestrator.pages_read_once import PagesReadOnce


class Confluence:
    """A stand-in for the client whose attachments are refused with an error, or listed."""

    search = page_by_title = places = ancestors = restricted = is_restricted = versions = None

    def __init__(self, refusal: AtlassianError | None) -> None:
        self.refusal = refusal

    def attachment_names(self, page_id: str) -> frozenset[str]:
        if self.refusal:
            raise self.refusal
        return frozenset({f"of {page_id}.png"})


def pages(refusal: AtlassianError | None = None) -> PagesReadOnce:
    confluence: ConfluenceClient = Confluence(refusal)  # type: ignore[assignment]
    return PagesReadOnce(confluence)


def test_the_attachments_of_the_page_are_known() -> None:
    assert _attached(pages(), "7") == {"of 7.png"}


@pytest.mark.parametrize(
    ("error", "status"), [(Unauthorized, 401), (Unauthorized, 403), (NotFound, 404), (RequestRefused, 400)]
)
def test_a_refusal_leaves_them_unknown(error: type[AtlassianError], status: int) -> None:
    assert _attached(pages(error("GET", "/attachments", status, "scope does not match")), "7") == frozenset()
