"""Fields are named by id or name; their values of every kind become text."""

from __future__ import annotations

from typing import Any

import pytest

from common.domain.ticket import WebLink
from common.domain.ticket_fields import field_ids, field_text, missing_fields, needs_names

FIELDS = (
    ("environment", "Environment"),
    ("customfield_1", "Acceptance criteria"),
    ("customfield_2", "Environment"),
)


def test_names_are_needed_only_for_names() -> None:
    assert not needs_names(["customfield_1", "customfield_22"])
    assert needs_names(["customfield_1", "Acceptance criteria"])
    assert not needs_names([])


def test_a_name_stands_for_all_its_fields() -> None:
    assert field_ids(["ENVIRONMENT"], FIELDS) == {
        "environment": "Environment",
        "customfield_2": "Environment",
    }
    assert field_ids(["customfield_1"], FIELDS) == {"customfield_1": "Acceptance criteria"}
    assert field_ids(["customfield_1"], ()) == {"customfield_1": "customfield_1"}
    assert missing_fields(["customfield_1", "acceptance criteria", "customfield_9", "Team"], FIELDS) == (
        "customfield_9",
        "Team",
    )


NESTED: Any = "x"
for _ in range(900):
    NESTED = {"value": "a", "child": NESTED}


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        (True, ""),
        (3.5, "3.5"),
        ("Plain *words*", "Plain words"),
        ({"value": "EU", "child": {"value": "Vienna"}}, "EU - Vienna"),
        ([{"name": "1.2"}, {"name": "1.3"}], "1.2, 1.3"),
        ({"displayName": "Dev"}, "Dev"),
        ({"type": "doc", "version": 1, "content": []}, ""),
        ({"self": "https://site.test"}, ""),
        (NESTED, "a - a - a - a"),
    ],
)
def test_values_become_text(value: object, text: str) -> None:
    assert field_text(value)[: len(text) or None] == text


@pytest.mark.parametrize(
    ("url", "is_one"),
    [
        ("https://github.com/o/r/pull/7", True),
        ("https://github.com/o/r/pull/7/files?w=1", True),
        ("https://gitlab.example/g/p/-/merge_requests/12", True),
        ("https://bitbucket.org/o/r/pull-requests/3#comment-1", True),
        ("https://dev.azure.com/o/p/_git/r/pullrequest/9", True),
        ("https://github.com/o/r/issues/7", False),
        ("https://site.atlassian.net/wiki/spaces/SD/pages/7", False),
        ("javascript:alert('/pull/7')", False),
        ("https://github.com/o/r/pull/7 <b>", False),
    ],
)
def test_pull_requests_are_told_by_their_address(url: str, is_one: bool) -> None:
    assert WebLink(url, "Title").is_pull_request is is_one
