"""The state of the simulated Jira: all issues, and the operations on them."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from local.atlassian.accounts import Account
from local.atlassian.clock import Clock
from local.atlassian.errors import JiraRefusal
from local.atlassian.jira import workflow
from local.atlassian.jira.issue import (
    ChangeItem,
    Comment,
    Fields,
    HistoryEntry,
    Issue,
    IssueEvent,
    Json,
    Link,
    Project,
    RemoteLink,
)
from local.atlassian.jira.screens import Screens

NOT_FOUND = "Issue does not exist or you do not have permission to see it."


class IssueStore:
    """All issues of the site; every change is added to the history, indexed and sent to the webhooks."""

    def __init__(self, clock: Clock, notify: Callable[[IssueEvent], None]) -> None:
        self.clock = clock
        self._notify = notify
        self.projects: dict[str, Project] = {}
        self.issues: dict[str, Issue] = {}
        self.links: list[Link] = []
        self.comment_cap = 5000
        #: Name, inward and outward description of each link type, by id.
        self.link_types = dict(workflow.LINK_TYPES)
        #: Ids of statuses in which a workflow forbids edits, and of statuses without an outgoing transition.
        self.uneditable: set[str] = set()
        self.dead_ends: set[str] = set()
        #: Ids of tickets and keys of projects that an account may not see, by the account's name.
        self.hidden: dict[str, set[str]] = {}
        #: Ids of tickets that a bulk fetch temporarily cannot return.
        self.unready: set[str] = set()
        self._ids: dict[str, str] = {}
        self._numbers: dict[str, int] = {}
        self._next = 10_000

    def new_id(self) -> int:
        """Return an unused id."""
        self._next += 1
        while str(self._next) in self.issues:
            self._next += 1
        return self._next

    def add_project(self, key: str, name: str, screens: Screens | None = None) -> Project:
        """Create a project, by default with every field on its screens."""
        project = Project(str(self.new_id()), key, name, screens or Screens())
        self.projects[key] = project
        return project

    def get(self, key_or_id: str) -> Issue:
        """Return an issue by key (any case) or numeric id; raises 404 as Jira does."""
        issue = self.find(key_or_id)
        if issue is None:
            raise JiraRefusal(404, NOT_FOUND)
        return issue

    def find(self, key_or_id: str) -> Issue | None:
        """Return an issue by key (any case) or numeric id, or None."""
        return self.issues.get(self._ids.get(key_or_id.upper(), key_or_id))

    def is_shown(self, issue: Issue, account: Account) -> bool:
        """Return whether an account may see an issue."""
        return not {issue.id, issue.project} & self.hidden.get(account.name, set())

    def add(self, issue: Issue) -> None:
        """Add an existing issue with its id and key; no webhook is sent."""
        self.issues[issue.id] = issue
        self._ids[issue.key] = issue.id
        project, _, number = issue.key.rpartition("-")
        self._numbers[project] = max(self._numbers.get(project, 0), int(number))

    def number_from(self, project: str, number: int) -> None:
        """Set the lowest number for tickets that are created in a project from now on."""
        self._numbers[project] = max(self._numbers.get(project, 0), number - 1)

    def create(
        self,
        actor: Account,
        project: str,
        fields: Fields,
        properties: Mapping[str, Json],
        links: Iterable[tuple[str, str, str]] = (),
    ) -> Issue:
        """Create an issue with its properties and links (type id, `inward` or `outward`, key of the other issue)."""
        number = self._numbers.get(project, 0) + 1
        now = self.clock.now()
        issue = Issue(
            str(self.new_id()),
            f"{project}-{number}",
            project,
            actor,
            now,
            replace(fields, updated=now, status_changed=now),
            properties=dict(properties),
        )
        self.add(issue)
        issue.snapshots.append((now, issue.fields))
        first = ChangeItem("status", None, None, fields.status.id, fields.status.name, "Status")
        created = HistoryEntry(str(self.new_id()), actor, now, (first,))
        self._notify(IssueEvent("jira:issue_created", "issue_created", issue, actor, created))
        for type_id, direction, other in links:
            self.link(actor, type_id, issue, self.get(other), direction)
        return issue

    def change(
        self,
        actor: Account,
        issue: Issue,
        items: Iterable[ChangeItem],
        type_name: str = "issue_updated",
        **fields: Json,
    ) -> HistoryEntry | None:
        """Set fields, add a history entry and notify webhooks; do nothing when no item differs."""
        kept = tuple(item for item in items if (item.old, item.old_text) != (item.new, item.new_text))
        if not kept:
            return None
        now = self.clock.now()
        issue.fields = replace(issue.fields, updated=now, **fields)
        change = HistoryEntry(str(self.new_id()), actor, now, kept)
        issue.history.append(change)
        self._index(issue, now)
        self._notify(IssueEvent("jira:issue_updated", type_name, issue, actor, change))
        return change

    def touch(self, issue: Issue) -> datetime:
        """Set a new `updated` time without a history entry, as comments do."""
        now = self.clock.now()
        issue.fields = replace(issue.fields, updated=now)
        self._index(issue, now)
        return now

    def _index(self, issue: Issue, now: datetime) -> None:
        issue.snapshots.append((now, issue.fields))
        del issue.snapshots[:-50]

    def move(
        self,
        actor: Account,
        issue: Issue,
        transition: workflow.WorkflowTransition,
        resolution: str | None = None,
    ) -> HistoryEntry | None:
        """Perform a transition: a status of the category Done sets a resolution, every other status clears it."""
        before, target = issue.fields, transition.target
        done = target.category is workflow.DONE
        new_resolution = (resolution or before.resolution or "10000") if done else None
        now = self.clock.now()
        items = [
            ChangeItem(
                "resolution",
                before.resolution,
                workflow.RESOLUTIONS.get(before.resolution or ""),
                new_resolution,
                workflow.RESOLUTIONS.get(new_resolution or ""),
            ),
            ChangeItem("status", before.status.id, before.status.name, target.id, target.name),
        ]
        return self.change(
            actor,
            issue,
            items,
            "issue_generic",
            status=target,
            resolution=new_resolution,
            resolved=(before.resolved or now) if done else None,
            status_changed=now,
        )

    def comment(
        self,
        actor: Account,
        issue: Issue,
        body: dict[str, Json],
        properties: Mapping[str, Json],
        visibility: Mapping[str, Json] | None = None,
    ) -> Comment:
        """Add a comment; raises 413 when the issue has reached its comment limit."""
        if len(issue.comments) >= self.comment_cap:
            raise JiraRefusal(413, "The comment limit for this issue has been reached.")
        now = self.touch(issue)
        comment = Comment(
            str(self.new_id()), actor, body, now, now, actor, dict(properties), dict(visibility or {})
        )
        issue.comments.append(comment)
        self._notify(IssueEvent("comment_created", "", issue, actor, comment=comment))
        return comment

    def edit_comment(self, actor: Account, issue: Issue, comment: Comment, body: dict[str, Json]) -> None:
        """Change a comment's text."""
        comment.body, comment.updated, comment.update_author = body, self.touch(issue), actor
        self._notify(IssueEvent("comment_updated", "", issue, actor, comment=comment))

    def delete_comment(self, actor: Account, issue: Issue, comment: Comment) -> None:
        """Remove a comment."""
        issue.comments.remove(comment)
        self.touch(issue)
        self._notify(IssueEvent("comment_deleted", "", issue, actor, comment=comment))

    def link(self, actor: Account, type_id: str, issue: Issue, other: Issue, direction: str) -> Link:
        """Link two issues, or return the existing link; `direction` says which end `other` is (`inward`, `outward`)."""
        inward, outward = (other, issue) if direction == "inward" else (issue, other)
        for link in self.links:
            if (link.type_id, link.inward, link.outward) == (type_id, inward.id, outward.id):
                return link
        link = Link(str(self.new_id()), type_id, inward.id, outward.id)
        self.links.append(link)
        _, inward_text, outward_text = self.link_types[type_id]
        self.change(
            actor,
            inward,
            [
                ChangeItem(
                    "issuelinks", None, None, outward.key, f"This issue {outward_text} {outward.key}", "Link"
                )
            ],
        )
        self.change(
            actor,
            outward,
            [
                ChangeItem(
                    "issuelinks", None, None, inward.key, f"This issue {inward_text} {inward.key}", "Link"
                )
            ],
        )
        return link

    def links_of(self, issue: Issue) -> list[Link]:
        """List the links of an issue, in both directions."""
        return [link for link in self.links if issue.id in (link.inward, link.outward)]

    def put_remote_link(self, actor: Account, issue: Issue, body: dict[str, Json]) -> tuple[RemoteLink, bool]:
        """Create a remote link or replace the one with the same globalId; return it and whether it is new."""
        global_id = body.get("globalId")
        for link in issue.remote_links:
            if global_id is not None and link.global_id == global_id:
                link.body = body
                return link, False
        if len(issue.remote_links) >= 2000:
            raise JiraRefusal(413, "The remote link limit for this issue has been reached.")
        link = RemoteLink(self.new_id(), global_id, body)
        issue.remote_links.append(link)
        title = str(body["object"]["title"])
        self.change(
            actor,
            issue,
            [ChangeItem("", None, None, str(link.id), f'This issue links to "{title}"', "RemoteIssueLink")],
        )
        return link, True

    def delete(self, actor: Account, issue: Issue) -> None:
        """Delete an issue with its links."""
        del self.issues[issue.id]
        self.links = [link for link in self.links if issue.id not in (link.inward, link.outward)]
        self._notify(IssueEvent("jira:issue_deleted", "issue_deleted", issue, actor))
