"""A Jira ticket as the pipeline reads it, from REST v2, REST v3 or a webhook."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from common.markup import adf, wiki_markup
from common.runtime.json_access import as_dict, as_list, as_str

_PULL_REQUEST = re.compile(
    r"https?://[^\s<>\"']+/(?:pull|pulls|merge_requests|pull-requests|pullrequest)/\d+(?:[/?#][^\s<>\"']*)?",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class WebLink:
    """A link of a ticket to a page of the web, such as a pull request."""

    url: str
    title: str = ""

    @property
    def is_pull_request(self) -> bool:
        """Whether it leads to a pull request of GitHub, GitLab, Bitbucket, Azure or a server like them."""
        return _PULL_REQUEST.fullmatch(self.url) is not None


@dataclass(frozen=True)
class Ticket:
    """The content of a ticket, which is the only source of facts for a draft.

    ``description`` is plain text, whether Jira sent ADF, wiki markup or nothing. ``url`` is for people. ``fields`` are
    further fields that people fill in, as (name, text), ``comments`` what people commented, newest first, and ``links``
    its remote links; they are empty unless they were read for a draft.
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
    fields: tuple[tuple[str, str], ...] = ()
    comments: tuple[str, ...] = ()
    links: tuple[WebLink, ...] = ()

    @property
    def pull_requests(self) -> tuple[WebLink, ...]:
        """The links to pull requests."""
        return tuple(link for link in self.links if link.is_pull_request)

    @property
    def said(self) -> str:
        """Everything that people wrote in it, as text."""
        links = (part for link in self.pull_requests for part in (link.title, link.url))
        texts = (text for _, text in self.fields)
        return "\n".join((self.summary, self.description, *texts, *self.comments, *links))

    @classmethod
    def from_rest(cls, issue: Mapping[str, Any], browse_url: str) -> Ticket:
        """Parse an issue from REST v2, v3 or a webhook; every field except id and key may be missing.

        https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-issues/#api-rest-api-3-issue-issueidorkey-get
        """
        fields = as_dict(issue.get("fields"))
        key = as_str(issue.get("key"))
        project = as_dict(fields.get("project"))
        status = as_dict(fields.get("status"))
        return cls(
            issue_id=as_str(issue.get("id")),
            key=key,
            project_key=as_str(project.get("key")) or key.rpartition("-")[0],
            summary=as_str(fields.get("summary")),
            description=description_text(fields.get("description")),
            issue_type=as_str(as_dict(fields.get("issuetype")).get("name")),
            status=as_str(status.get("name")),
            status_category=as_str(as_dict(status.get("statusCategory")).get("key")),
            labels=tuple(label for label in map(as_str, as_list(fields.get("labels"))) if label),
            components=tuple(
                name
                for name in (as_str(as_dict(c).get("name")) for c in as_list(fields.get("components")))
                if name
            ),
            url=f"{browse_url}/browse/{key}",
            assignee_id=as_str(as_dict(fields.get("assignee")).get("accountId")) or None,
            security_id=as_str(as_dict(fields.get("security")).get("id")),
        )


def description_text(value: object) -> str:
    """Return the plain text of a description or comment body: an ADF object, wiki text, or nothing."""
    if isinstance(value, Mapping):
        return adf.adf_to_text(dict(value))
    if isinstance(value, str):
        return wiki_markup.wiki_to_text(value)
    return ""
