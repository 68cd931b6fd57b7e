"""Imports the ticket of a webhook body saved from a real Jira, because the pipeline reads the ticket from this site."""

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from local.atlassian.jira import workflow
from local.atlassian.jira.issue import Fields, Issue
from local.atlassian.site import Site

Json = dict[str, Any]

#: First number of tickets created in a project with imported tickets, which keeps the imported keys free.
OWN_NUMBERS = 100_000

_HEADING = re.compile(r"h([1-6])\.\s+(.*)")
_ITEM = re.compile(r"[*#-]+\s+(.*)")
_CODE = re.compile(r"\{(?:code|noformat)(?::[^}]*)?\}(.*?)\{(?:code|noformat)\}", re.DOTALL)
_KEY = re.compile(r"([A-Z][A-Z0-9_]+)-\d+")


def adopt(site: Site, body: Any) -> Issue | None:
    """Import the body's issue with its id and key, or update the one imported before.

    No webhook is sent. Returns None for a body without a usable issue, and when its id or key belongs to a ticket that
    was created here.
    """
    given = body.get("issue") if isinstance(body, dict) else None
    if not isinstance(given, dict) or not isinstance(given.get("fields"), dict):
        return None
    issue_id, key = str(given.get("id") or ""), str(given.get("key") or "")
    named = _KEY.fullmatch(key)
    if named is None or not issue_id.isdigit() or "status" not in given["fields"]:
        return None
    with site.lock:
        known = [each for each in site.jira.issues.values() if issue_id == each.id or key == each.key]
        if any(each.id != issue_id or each.key != key or "adopted" not in each.properties for each in known):
            return None
        if named[1] not in site.jira.projects:
            site.jira.add_project(named[1], named[1])
        now = site.clock.now()
        fields = _fields(site, given["fields"], now)
        issue = (
            known[0]
            if known
            else Issue(
                issue_id, key, named[1], site.account("developer"), now, fields, properties={"adopted": True}
            )
        )
        issue.fields = fields
        issue.snapshots.append((now, fields))
        site.jira.add(issue)
        site.jira.number_from(named[1], OWN_NUMBERS)
        return issue


def _fields(site: Site, given: Json, now: datetime) -> Fields:
    category = _inner(_inner(given, "status"), "statusCategory").get("key")
    status = next((each for each in workflow.STATUSES if each.category.key == category), workflow.TO_DO)
    kind = _inner(given, "issuetype").get("name")
    components = {_inner({"c": each}, "c").get("name") for each in given.get("components") or []}
    done = status.category is workflow.DONE
    return Fields(
        summary=str(given.get("summary") or ""),
        description=_document(given.get("description")),
        issue_type=next(
            (each for each in workflow.ISSUE_TYPES if each.name == kind), workflow.ISSUE_TYPES[0]
        ),
        status=status,
        labels=tuple(str(each) for each in given.get("labels") or []),
        components=tuple(key for key, name in workflow.COMPONENTS.items() if name in components),
        priority="3",
        assignee=None,
        reporter=site.account("developer"),
        resolution="10000" if done else None,
        resolved=now if done else None,
        updated=now,
        status_changed=now,
        custom={},
    )


def _inner(given: Json, name: str) -> Json:
    value = given.get(name)
    return value if isinstance(value, dict) else {}


def _document(description: Any) -> Json | None:
    """Return a description as an Atlassian document; it may be given as one or as wiki text."""
    if isinstance(description, dict):
        return description
    if not isinstance(description, str) or not description.strip():
        return None
    return {"type": "doc", "version": 1, "content": list(_blocks(description))}


def _blocks(wiki: str) -> Iterator[Json]:
    for at, part in enumerate(_CODE.split(wiki.replace("\r\n", "\n"))):
        if at % 2:
            yield {"type": "codeBlock", "attrs": {}, "content": [_text(part.strip("\n") or " ")]}
            continue
        for line in filter(None, (line.strip() for line in part.split("\n"))):
            if heading := _HEADING.fullmatch(line):
                yield {"type": "heading", "attrs": {"level": int(heading[1])}, "content": [_text(heading[2])]}
            elif item := _ITEM.fullmatch(line):
                inner = {"type": "paragraph", "content": [_text(item[1])]}
                yield {"type": "bulletList", "content": [{"type": "listItem", "content": [inner]}]}
            else:
                yield {"type": "paragraph", "content": [_text(line)]}


def _text(text: str) -> Json:
    return {"type": "text", "text": text}
