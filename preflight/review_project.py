"""Checks that review tickets can be created, edited and linked in the projects where they are opened."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Any

from common.atlassian.http_client import NotFound
from common.atlassian.issue_screen import IssueScreen, IssueType
from common.atlassian.jira_client import JiraClient
from common.runtime.json_access import as_dict, as_str
from preflight import review_rules as rules
from preflight.finding import Finding, Level

#: Number of projects that are checked if reviews are in the source tickets' projects.
MAX_PROJECTS = 5
#: Number of tickets with documentation labels among which those projects are looked for.
_MAX_TICKETS = 200


@dataclass(frozen=True)
class ReviewTicketRules:
    """How review tickets are created: the settings reviewIssueType, reviewLinkType, reviewFields and documentLabels."""

    issue_type: str
    link_type: str = "Relates"
    extra_fields: dict[str, Any] = field(default_factory=dict)
    document_labels: tuple[str, ...] = ()


@dataclass(frozen=True)
class ReviewProjectCheck:
    """The checks of the review projects. An empty ``project`` means the source ticket's."""

    jira: JiraClient
    project: str
    wanted: ReviewTicketRules

    def findings(self) -> Iterator[Finding]:
        """Yield the findings about issue type, fields and links."""
        try:
            yield rules.check_link_type(self.wanted.link_type, self.jira.link_types())
        except NotFound:
            yield rules.linking_disabled()
        if self.project:
            yield from self._in_project(self.project)
            return
        projects = self._source_projects()
        problems = [
            replace(found, level=Level.WARNING, seen=f"{project}: {found.seen}")
            for project in projects
            for found in self._in_project(project)
            if found.level is not Level.OK
        ]
        yield from problems or [rules.all_projects_ok(self.wanted.issue_type, projects)]

    def _source_projects(self) -> list[str]:
        """Return the projects of the newest tickets with a documentation label."""
        if not self.wanted.document_labels:
            return []
        labels = ", ".join(f'"{label}"' for label in self.wanted.document_labels)
        found = self.jira.search(f"labels in ({labels}) ORDER BY updated DESC", ["project"])
        keys = (
            as_str(as_dict(as_dict(issue.get("fields")).get("project")).get("key"))
            for issue in islice(found, _MAX_TICKETS)
        )
        return list(dict.fromkeys(filter(None, keys)))[:MAX_PROJECTS]

    def _in_project(self, project: str) -> Iterator[Finding]:
        kinds = self.jira.issue_types(project)
        kind = next((each for each in kinds if each.name == self.wanted.issue_type), None)
        yield rules.check_issue_type(self.wanted.issue_type, kind, kinds, project)
        if kind is None or kind.is_subtask:
            return
        create = self.jira.create_screen(project, kind.type_id)
        edit = self._edit_screen(project, kind)
        yield from rules.check_screens(create, edit, self.wanted.extra_fields, project)

    def _edit_screen(self, project: str, kind: IssueType) -> IssueScreen | None:
        """Return the edit screen of an open ticket of this type; None without one, or if it cannot be edited."""
        jql = f'project = "{project}" AND issuetype = {kind.type_id} AND statusCategory != Done ORDER BY created DESC'
        for issue in islice(self.jira.search(jql, ["project"]), 1):
            screen = self.jira.edit_screen(as_str(issue.get("id")))
            return screen if screen.fields else None
        return None
