"""JSON of issues, comments and history: REST v3 (ADF documents), and the v2 format of webhooks (wiki text)."""

from collections.abc import Iterable
from typing import Any

from local.atlassian.accounts import user_json
from local.atlassian.clock import jira_time
from local.atlassian.documents.adf_wiki import to_wiki
from local.atlassian.jira import workflow
from local.atlassian.jira.issue import Attachment, Comment, HistoryEntry, Issue, Link, Project, RemoteLink
from local.atlassian.jira.issues import IssueStore

Json = dict[str, Any]
FIELD_NAMES = {
    "summary": "Summary",
    "description": "Description",
    "issuetype": "Issue Type",
    "project": "Project",
    "status": "Status",
    "statusCategory": "Status Category",
    "statuscategorychangedate": "Status Category Changed",
    "labels": "Labels",
    "components": "Components",
    "priority": "Priority",
    "assignee": "Assignee",
    "reporter": "Reporter",
    "creator": "Creator",
    "created": "Created",
    "updated": "Updated",
    "resolution": "Resolution",
    "resolutiondate": "Resolved",
    "issuelinks": "Linked Issues",
    "attachment": "Attachment",
    "duedate": "Due date",
    "fixVersions": "Fix versions",
    "customfield_10016": "Story point estimate",
    "comment": "Comment",
}
NOT_NAVIGABLE = frozenset({"comment", "attachment"})


def project_json(project: Project, base: str, api: str = "3") -> Json:
    """Return a project as it appears inside an issue."""
    return {
        "self": f"{base}/rest/api/{api}/project/{project.id}",
        "id": project.id,
        "key": project.key,
        "name": project.name,
        "projectTypeKey": "software",
        "simplified": False,
        "avatarUrls": {f"{n}x{n}": f"{base}/avatar/project-{n}.svg" for n in (16, 24, 32, 48)},
    }


def comment_json(
    comment: Comment, issue: Issue, base: str, *, api: str = "3", properties: bool = False
) -> Json:
    """Return a comment; in v2 the body is wiki text and users have no e-mail."""
    email = api == "3"
    body: Json = {
        "self": f"{base}/rest/api/{api}/issue/{issue.id}/comment/{comment.id}",
        "id": comment.id,
        "author": user_json(comment.author, base, api=api, email=email),
        "body": comment.body if api == "3" else to_wiki(comment.body),
        "updateAuthor": user_json(comment.update_author, base, api=api, email=email),
        "created": jira_time(comment.created),
        "updated": jira_time(comment.updated),
        "jsdPublic": True,
    }
    if comment.visibility:
        body["visibility"] = comment.visibility
    if properties:
        body["properties"] = [{"key": key, "value": value} for key, value in comment.properties.items()]
    return body


def change_items(change: HistoryEntry) -> list[Json]:
    """Return a change's items as changelogs contain them."""
    return [
        {
            "field": item.name or item.field_id,
            "fieldtype": "custom" if item.field_id.startswith("customfield_") else "jira",
            **({"fieldId": item.field_id} if item.field_id else {}),
            "from": item.old,
            "fromString": item.old_text,
            "to": item.new,
            "toString": item.new_text,
        }
        for item in change.items
    ]


def change_json(change: HistoryEntry, base: str) -> Json:
    """Return a history entry in the format of the changelog resource."""
    return {
        "id": change.id,
        "author": user_json(change.author, base),
        "created": jira_time(change.created),
        "items": change_items(change),
    }


def link_json(link: Link, seen_from: Issue | None, store: IssueStore, base: str, api: str = "3") -> Json:
    """Return a link; inside an issue it contains only the other end."""
    body: Json = {
        "id": link.id,
        "self": f"{base}/rest/api/{api}/issueLink/{link.id}",
        "type": workflow.link_type_json(link.type_id, store.link_types[link.type_id], base, api),
    }
    if seen_from is None or link.inward != seen_from.id:
        body["inwardIssue"] = _linked(store.issues[link.inward], base, api)
    if seen_from is None or link.outward != seen_from.id:
        body["outwardIssue"] = _linked(store.issues[link.outward], base, api)
    return body


def _linked(issue: Issue, base: str, api: str) -> Json:
    fields = issue.fields
    return {
        "id": issue.id,
        "key": issue.key,
        "self": f"{base}/rest/api/{api}/issue/{issue.id}",
        "fields": {
            "summary": fields.summary,
            "status": workflow.status_json(fields.status, base, api),
            "priority": workflow.priority_json(fields.priority, base, api),
            "issuetype": workflow.issue_type_json(fields.issue_type, base, api),
        },
    }


def remote_link_json(link: RemoteLink, issue: Issue, base: str) -> Json:
    """Return a remote link."""
    thing = link.body["object"]
    body: Json = {
        "id": link.id,
        "self": f"{base}/rest/api/3/issue/{issue.id}/remotelink/{link.id}",
        "application": link.body.get("application") or {},
        "object": {
            "url": thing["url"],
            "title": thing["title"],
            "icon": thing.get("icon") or {},
            "status": thing.get("status") or {"icon": {}},
        },
    }
    for name, value in (("globalId", link.global_id), ("relationship", link.body.get("relationship"))):
        if value is not None:
            body[name] = value
    if thing.get("summary") is not None:
        body["object"]["summary"] = thing["summary"]
    return body


def attachment_json(attachment: Attachment, base: str, api: str = "3") -> Json:
    """Return an attachment's metadata."""
    return {
        "self": f"{base}/rest/api/{api}/attachment/{attachment.id}",
        "id": attachment.id,
        "filename": attachment.filename,
        "author": user_json(attachment.author, base, api=api, email=api == "3"),
        "created": jira_time(attachment.created),
        "size": len(attachment.content),
        "mimeType": attachment.media_type,
        "content": f"{base}/rest/api/{api}/attachment/content/{attachment.id}",
    }


def fields_json(issue: Issue, store: IssueStore, base: str, api: str = "3") -> Json:
    """Return all fields of an issue in the format of REST v2 (webhooks) or v3."""
    fields, email = issue.fields, api == "3"
    assignee = fields.assignee and user_json(fields.assignee, base, api=api, email=email)
    body: Json = {
        "statuscategorychangedate": jira_time(fields.status_changed),
        "issuetype": workflow.issue_type_json(fields.issue_type, base, api),
        "project": project_json(store.projects[issue.project], base, api),
        "fixVersions": [],
        "resolution": fields.resolution and workflow.resolution_json(fields.resolution, base, api),
        "resolutiondate": fields.resolved and jira_time(fields.resolved),
        "created": jira_time(issue.created),
        "priority": workflow.priority_json(fields.priority, base, api),
        "labels": list(fields.labels),
        "issuelinks": [link_json(link, issue, store, base, api) for link in store.links_of(issue)],
        "assignee": assignee,
        "updated": jira_time(fields.updated),
        "status": workflow.status_json(fields.status, base, api),
        "components": [workflow.component_json(each, base, api) for each in fields.components],
        "description": fields.description if api == "3" else to_wiki(fields.description),
        "attachment": [attachment_json(each, base, api) for each in issue.attachments],
        "summary": fields.summary,
        "creator": user_json(issue.creator, base, api=api, email=email),
        "duedate": fields.due,
        "reporter": user_json(fields.reporter, base, api=api, email=email),
        **fields.custom,
    }
    if api == "3":
        body["statusCategory"] = workflow.category_json(fields.status.category, base)
        shown = issue.comments[-20:]
        body["comment"] = {
            "comments": [comment_json(each, issue, base) for each in shown],
            "self": f"{base}/rest/api/3/issue/{issue.id}/comment",
            "startAt": 0,
            "maxResults": len(shown),
            "total": len(issue.comments),
        }
    return body


def select_fields(fields: Json, wanted: Iterable[str]) -> Json:
    """Return the fields that a `fields` parameter requests: names, `*all`, `*navigable`, `-name`."""
    names = [name.strip() for each in wanted for name in each.split(",") if name.strip()]
    dropped = {name[1:] for name in names if name.startswith("-")}
    requested = [name for name in names if not name.startswith("-")]
    if "*all" in requested or (not requested and dropped):
        kept = set(fields)
    elif "*navigable" in requested:
        kept = (set(fields) - NOT_NAVIGABLE) | set(requested)
    else:
        kept = set(requested)
    return {name: value for name, value in fields.items() if name in kept - dropped}


def issue_json(
    issue: Issue,
    store: IssueStore,
    base: str,
    *,
    fields: Iterable[str],
    properties: Iterable[str] = (),
    expand: Iterable[str] = (),
) -> Json:
    """Return an issue as REST v3 does for these `fields`, `properties` and `expand` parameters."""
    expanded = {name.strip() for each in expand for name in each.split(",")}
    body: Json = {
        "expand": "renderedFields,names,schema,operations,editmeta,changelog,versionedRepresentations",
        "id": issue.id,
        "self": f"{base}/rest/api/3/issue/{issue.id}",
        "key": issue.key,
        "fields": select_fields(fields_json(issue, store, base), fields),
    }
    requested = [name.strip() for each in properties for name in each.split(",") if name.strip()]
    if requested:
        body["properties"] = {
            key: value for key, value in issue.properties.items() if key in requested or "*all" in requested
        }
    if "changelog" in expanded:
        newest = list(reversed(issue.history))[:100]
        body["changelog"] = {
            "startAt": 0,
            "maxResults": len(newest),
            "total": len(issue.history),
            "histories": [change_json(change, base) for change in newest],
        }
    if "names" in expanded:
        body["names"] = {name: FIELD_NAMES[name] for name in body["fields"] if name in FIELD_NAMES}
    if "transitions" in expanded:
        body["transitions"] = [
            workflow.transition_json(t, base) for t in workflow.transitions_from(issue.fields.status)
        ]
    return body


def webhook_issue(issue: Issue, store: IssueStore, base: str, *, trimmed: bool) -> Json:
    """Return the issue of a webhook body in v2 format; comment events contain a trimmed one."""
    fields = fields_json(issue, store, base, "2")
    if trimmed:
        fields = {
            name: fields[name]
            for name in ("summary", "issuetype", "project", "assignee", "priority", "status")
        }
    return {"id": issue.id, "self": f"{base}/rest/api/2/{issue.id}", "key": issue.key, "fields": fields}
