"""Seed data: the Confluence space of a fictitious product (pages/*.xml, arranged by index.json) and Jira tickets.

`load(site)` creates project PAY2 and space SD, and returns the ids and keys. The demo plays the tickets that have a
role in tickets.json (`update`, `create`, `ignored`, `revision`, `conflict`); they are In Progress until it closes them.
"""

import json
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from local.atlassian.confluence.pages import StoredPage
from local.atlassian.jira import workflow
from local.atlassian.jira.issue import Fields, Issue
from local.atlassian.site import Site
from local.seed.ticket_text import to_document

_HERE = Path(__file__).parent


@dataclass(frozen=True)
class Seed:
    """The loaded data: `pages` maps file names to page ids, `tickets` maps roles to issue keys."""

    project_key: str
    space_key: str
    space_id: str
    pages: dict[str, str]
    tickets: dict[str, str]


def load(site: Site) -> Seed:
    """Add the demo's project, spaces, pages and tickets to a site; searches find them immediately."""
    index = json.loads((_HERE / "index.json").read_text("utf-8"))
    with site.lock:
        project = site.jira.add_project(index["project"]["key"], index["project"]["name"])
        pages, space_id = _load_pages(site, index)
        tickets = {}
        for given in json.loads((_HERE / "tickets.json").read_text("utf-8")):
            issue = plant_ticket(site, project.key, given)
            if "role" in given:
                tickets[given["role"]] = issue.key
        site.confluence.index.settle(site.clock.peek())
    return Seed(project.key, index["space"]["key"], space_id, pages, tickets)


def _load_pages(site: Site, index: dict[str, Any]) -> tuple[dict[str, str], str]:
    store, admin = site.confluence, site.account("admin")
    space = store.add_space(
        index["space"]["key"], index["space"]["name"], admin, _storage(index["space"]["homepage"])
    )
    store.add_space("HAND", "Handbook", admin, "<p>How we work.</p>")
    store.add_personal_space(site.account("developer"))
    ids = {index["space"]["homepage"]: space.homepage_id}
    _backdate(site, store.pages[space.homepage_id], 420)
    for given in index["pages"]:
        author = site.account(given["author"])
        parent = ids.get(given.get("parent", ""))
        page = store.create(author, space.id, given["title"], _storage(given["file"]), parent)
        page.versions += [
            replace(page.current, number=number + 2, message="Small corrections")
            for number in range(given.get("edits", 0))
        ]
        page.labels = given["labels"]
        page.readers = tuple(site.account(name).account_id for name in given.get("readers", ()))
        _backdate(site, page, given["days"])
        store.reindex(page)
        if given.get("archived"):
            store.set_status(page, "archived")
        ids[given["file"]] = page.id
    return ids, space.id


def _storage(name: str) -> str:
    return (_HERE / "pages" / f"{name}.xml").read_text("utf-8")


def _backdate(site: Site, page: StoredPage, days: int) -> None:
    """Set a page's creation time to some days ago, and spread its versions over these days."""
    first = site.clock.peek() - timedelta(days=days)
    step = timedelta(days=days) / (len(page.versions) + 1)
    page.created = first
    page.versions = [
        replace(version, created=first + step * number) for number, version in enumerate(page.versions)
    ]


def plant_ticket(site: Site, project: str, given: dict[str, Any]) -> Issue:
    """Create a six-day-old ticket from an entry of tickets.json; searches find it immediately."""
    developer = site.account("developer")
    created = site.clock.now() - timedelta(days=6)
    status = next(each for each in workflow.STATUSES if each.name == given["status"])
    done = status.category is workflow.DONE
    components = tuple(key for key, name in workflow.COMPONENTS.items() if name in given["components"])
    fields = Fields(
        summary=given["summary"],
        description=to_document(given["text"]),
        issue_type=next(kind for kind in workflow.ISSUE_TYPES if kind.name == given["type"]),
        status=status,
        labels=tuple(given["labels"]),
        components=components,
        priority="3",
        assignee=developer,
        reporter=site.account("reviewer"),
        resolution="10000" if done else None,
        resolved=created if done else None,
        updated=created,
        status_changed=created,
        custom={"customfield_10016": given.get("points")},
    )
    issue = site.jira.create(site.account("reviewer"), project, fields, {})
    issue.created, issue.fields, issue.snapshots = created, fields, [(created, fields)]
    return issue
