"""A Jira ticket as the pipeline reads it, whatever shape it arrived in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from common.markup import adf, wiki_markup
from common.runtime.json_access import listed, mapping, text


@dataclass(frozen=True)
class Ticket:
    """What a ticket says: the only source of facts for a draft.

    ``description`` is plain text, whether Jira sent ADF, wiki markup or nothing. ``url`` is for people.
    """

    issue_id: str
    key: str
    project_key: str
    summary: str
    description: str
    issue_type: str
    status: str
    status_category: str
    labels: tuple[str, ...]
    components: tuple[str, ...]
    url: str
    assignee_id: str | None = None
    security_id: str = ""

    @classmethod
    def from_rest(cls, issue: Mapping[str, Any], browse_url: str) -> Ticket:
        """Read an issue as REST v2, v3 or a webhook gives it; every field but id and key may be missing.

        https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-issues/#api-rest-api-3-issue-issueidorkey-get
        """
        fields = mapping(issue.get("fields"))
        key = text(issue.get("key"))
        project = mapping(fields.get("project"))
        status = mapping(fields.get("status"))
        return cls(
            issue_id=text(issue.get("id")),
            key=key,
            project_key=text(project.get("key")) or key.rpartition("-")[0],
            summary=text(fields.get("summary")),
            description=description_text(fields.get("description")),
            issue_type=text(mapping(fields.get("issuetype")).get("name")),
            status=text(status.get("name")),
            status_category=text(mapping(status.get("statusCategory")).get("key")),
            labels=tuple(label for label in map(text, listed(fields.get("labels"))) if label),
            components=tuple(
                name
                for name in (text(mapping(c).get("name")) for c in listed(fields.get("components")))
                if name
            ),
            url=f"{browse_url}/browse/{key}",
            assignee_id=text(mapping(fields.get("assignee")).get("accountId")) or None,
            security_id=text(mapping(fields.get("security")).get("id")),
        )


def description_text(value: object) -> str:
    """Plain text of a description or comment body: ADF object, wiki text, or nothing."""
    if isinstance(value, Mapping):
        return adf.to_text(dict(value))
    if isinstance(value, str):
        return wiki_markup.to_text(value)
    return ""
