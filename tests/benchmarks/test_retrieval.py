"""Any corpus of pages becomes a space: whatever its titles are, every page is there."""

from __future__ import annotations

import pytest

from benchmarks.retrieval import Bench


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
