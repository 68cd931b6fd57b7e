"""Comments that are made once, however often the work behind them is delivered.

A comment carries its mark as a property in the very request that makes it, so a look for the mark tells whether it
was made, whatever happened to the answer.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from common.jira import Adf, JiraClient, JiraComment


def find(jira: JiraClient, issue: str, mark: Mapping[str, Any]) -> JiraComment | None:
    """Return our comment on ``issue`` that carries exactly ``mark``, or None."""
    ours = [comment for comment in jira.comments(issue) if comment.author_id == jira.account_id()]
    marks = jira.comment_marks([comment.comment_id for comment in ours[:1000]])
    return next((comment for comment in ours if marks.get(comment.comment_id) == dict(mark)), None)


def say_once(jira: JiraClient, issue: str, mark: Mapping[str, Any], body: Adf) -> JiraComment:
    """Return the comment that carries ``mark``, making it if it is not there."""
    return find(jira, issue, mark) or jira.add_comment(issue, body, mark)
