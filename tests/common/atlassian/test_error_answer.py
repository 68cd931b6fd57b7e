"""Error answers of Jira and Confluence, quoted in a ticket: only their messages, and visible on one line."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.atlassian.error_answer import MAX_LENGTH, quotable_messages
from common.runtime.invisible_characters import invisible_in


@pytest.mark.parametrize(
    ("body", "quoted"),
    [
        ({"errors": [{"status": 400, "code": "BAD", "title": "A", "detail": "B"}]}, "A; B"),
        ({"errors": [{"title": "A", "detail": None}, {"title": "A"}]}, "A"),
        ({"statusCode": 400, "message": "Error parsing xhtml:\n x"}, "Error parsing xhtml: x"),
        ({"errorMessages": ["A"], "errors": {"labels": "B"}}, "A; labels: B"),
        ({"errors": "no list"}, ""),
        ([], ""),
    ],
)
def test_messages_of_each_service_are_quoted(body: object, quoted: str) -> None:
    assert quotable_messages(json.dumps(body)) == quoted


def test_the_page_of_a_proxy_is_not_quoted() -> None:
    assert quotable_messages("<html>proxy7.internal</html>") == ""
    assert quotable_messages("") == ""


@given(st.text(max_size=400))
def test_a_quotation_is_one_line_of_visible_characters(message: str) -> None:
    quoted = quotable_messages(json.dumps({"errors": [{"title": message}]}))
    assert len(quoted) <= MAX_LENGTH
    assert len(quoted.splitlines()) <= 1
    assert not list(invisible_in(quoted))
