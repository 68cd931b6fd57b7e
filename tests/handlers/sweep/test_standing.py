"""Two weeks after a publication the sweep records how much of the approved text still stands, once."""

from __future__ import annotations

import time
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from common import storage_format as sf
from common.domain.document import DocumentKind
from common.domain.draft import Draft
from handlers.sweep import dependencies
from handlers.sweep.standing_text import standing_share
from tests.handlers.pipeline import Pipeline
from tests.handlers.test_pipeline import in_review, page_id

__all__ = ["page_id"]

DAY = 24 * 3600
WORDS = st.lists(
    st.sampled_from(["retry", "window", "hours", "events", "sent", "again", "after", "failure", "limit"]),
    min_size=1,
)


def document(pipeline: Pipeline) -> dict[str, Any]:
    [found] = pipeline.aws.documents()
    return found


def published(pipeline: Pipeline) -> str:
    _, review = in_review(pipeline)
    pipeline.decide(review, "APPROVED")
    pipeline.run()
    return review


def measure(days: int) -> int:
    return dependencies.build_dependencies().standing.measure(time.time() + days * DAY)


def draft(base: str, storage: str, kind: DocumentKind = DocumentKind.UPDATE) -> Draft:
    return Draft("doc-1", 1, kind, "T", "1", "", storage, (), (), base=base)


def test_the_share_is_recorded_once(pipeline: Pipeline, page_id: str) -> None:
    published(pipeline)
    assert measure(days=13) == 0
    assert "still_stands" not in document(pipeline)
    assert measure(days=15) == 1
    assert document(pipeline)["still_stands"] == 1
    assert measure(days=16) == 0


def test_text_that_was_replaced_stands_no_more(pipeline: Pipeline, page_id: str) -> None:
    review = published(pipeline)
    pipeline.save_page(page_id, pipeline.newest_draft(review).base)
    assert measure(days=15) == 1
    assert document(pipeline)["still_stands"] == 0


def test_a_page_that_cannot_be_read_stays_unknown(pipeline: Pipeline, page_id: str) -> None:
    published(pipeline)
    pipeline.jira("admin", "DELETE", f"/wiki/api/v2/pages/{page_id}")
    measure(days=15)
    assert document(pipeline).get("still_stands") in (None, Decimal(0))


def test_a_page_that_was_published_long_ago_is_not_measured(pipeline: Pipeline, page_id: str) -> None:
    published(pipeline)
    assert measure(days=90) == 0


@pytest.mark.parametrize(
    ("current", "share"),
    [
        ("<p>Events are sent twelve times.</p>", 1.0),
        ("<p>Later: Events are sent twelve times.</p>", 1.0),
        ("<p>Events are sent eight times.</p>", 0.0),
        ("", 0.0),
    ],
)
def test_new_text_is_sought_anywhere_on_the_page(current: str, share: float) -> None:
    approved = draft("<p>Events are sent eight times.</p>", "<p>Events are sent twelve times.</p>")
    assert standing_share(approved, current) == share


def test_of_a_deletion_what_stays_away_counts() -> None:
    approved = draft("<p>Events are sent eight times.</p><p>End.</p>", "<p>End.</p>")
    assert standing_share(approved, "<p>End.</p>") == 1
    assert standing_share(approved, "<p>Events are sent eight times.</p>") == 0


@settings(max_examples=60, deadline=None, database=None)
@given(st.lists(WORDS), st.lists(WORDS), st.lists(WORDS))
def test_a_share_is_between_nothing_and_all(
    before: list[list[str]], after: list[list[str]], now: list[list[str]]
) -> None:
    pages = ["".join(f"<p>{' '.join(line)}</p>" for line in lines) for lines in (before, after, now)]
    approved = draft(pages[0], pages[1])
    assert 0 <= standing_share(approved, pages[2]) <= 1
    assert standing_share(approved, pages[1]) == 1
    assert sf.plain_text(pages[1]) == "" or standing_share(draft("", pages[1], DocumentKind.CREATE), "") == 0
