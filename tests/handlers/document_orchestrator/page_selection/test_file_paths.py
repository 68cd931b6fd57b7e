"""Paths of repository files in tickets and comments are found, web addresses are not, and they help to find a page."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest

from common.domain.ticket import Ticket
from handlers.document_orchestrator.page_selection.file_paths import MAX_PATHS, file_paths
from handlers.document_orchestrator.page_selection.search_terms import search_terms


@pytest.mark.parametrize(
    ("text", "paths"),
    [
        ("see src/webhooks/retry.py, and `docs/limits.md`.", ("src/webhooks/retry.py", "docs/limits.md")),
        ("(./app/models/user.rb:12)", ("app/models/user.rb",)),
        ("https://github.com/o/r/blob/main/docs/x.md", ()),
        ("and/or, 3/4.5 and user@a.example/x.y", ()),
        ("a/b.py a/b.py", ("a/b.py",)),
        ("retry.py", ()),
    ],
)
def test_paths_are_told_from_other_words(text: str, paths: tuple[str, ...]) -> None:
    assert file_paths([text]) == paths


def test_few_are_read_in_linear_time() -> None:
    begun = time.process_time()
    for hostile in ("a/" * 40_000, "a.b/" * 20_000, "-" * 80_000, "a/b.py " * 10_000):
        assert len(file_paths([hostile])) <= MAX_PATHS
    assert time.process_time() - begun < 5


def test_paths_in_comments_are_words_of_the_search() -> None:
    fields = {"summary": "Retry longer", "description": "It gives up too early."}
    ticket = Ticket.from_rest({"id": "1", "key": "P-1", "fields": fields}, "")
    assert "webhook" not in search_terms(ticket).weights
    said = replace(ticket, comments=("Fixed in src/webhooks/retry.py, thanks to the gardeners.",))
    found = search_terms(said).weights
    assert 0 < found["webhook"] < found["retri"]
    assert "garden" not in found
