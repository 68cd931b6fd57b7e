"""Any corpus of pages becomes a space: whatever its titles are, every page is there."""

from __future__ import annotations

import pytest

from benchmarks.retrieval import Bench, asking


@pytest.mark.parametrize(
    "title", ["Documentation", "documentation", "Home", "", "  ", "x" * 400, "Guide", "A & B <c>", "文書"]
)
def test_page_of_any_title_is_in_the_space(title: str) -> None:
    pages = [
        {"path": path, "title": title, "markdown": "Refunds take 3 days."}
        for path in ("docs/index.md", "docs/a/index.md", "docs/a/guide.md", "docs/b/guide.md", "guide.md")
    ]
    with Bench.over(pages) as bench:
        assert sorted(bench.corpus.paths.values()) == sorted(page["path"] for page in pages)
        prediction = bench.predict({"id": "1", "summary": "Refunds take 3 days"})
    assert prediction["ranked"]


def test_the_share_of_asked_tickets_is_printed() -> None:
    cases = [{"gold_pages": [gold]} for gold in ("a", "a", "b", "b")]
    predicted = [
        {"asked": asked, "page": page}
        for asked, page in ((True, "a"), (True, "b"), (False, "b"), (False, ""))
    ]
    assert asking(cases, predicted) == "asked: 2 of 4 tickets; page right if asked 0.500, if not 1.000"
