"""Jira REST v3: properties, remote links, issue links and attachments of an issue."""

from typing import Any

from werkzeug.wrappers import Response

from local.atlassian.errors import JiraRefusal
from local.atlassian.jira import issue_input
from local.atlassian.jira.issue import Attachment
from local.atlassian.jira.issue_json import attachment_json, link_json, remote_link_json
from local.atlassian.routes.jira_issues import ISSUE, editable
from local.atlassian.routing import Call, Routes, answer, nothing

routes = Routes()


@routes.on("GET", f"{ISSUE}/properties")
def property_keys(call: Call, key: str) -> Response:
    """List the keys of the issue's properties."""
    issue = call.site.jira.get(key)
    return answer(
        {
            "keys": [
                {"key": name, "self": f"{call.base}/rest/api/3/issue/{issue.id}/properties/{name}"}
                for name in issue.properties
            ]
        }
    )


@routes.on("GET PUT DELETE", f"{ISSUE}/properties/<name>")
def issue_property(call: Call, key: str, name: str) -> Response:
    """Read, set or remove one property."""
    issue = call.site.jira.get(key) if call.request.method == "GET" else editable(call, key)
    return one_property(call, issue.properties, name)


def one_property(call: Call, properties: dict[str, Any], name: str) -> Response:
    """Serve one entity property: 201 when new, 200 when replaced."""
    if call.request.method == "PUT":
        value = call.json()
        issue_input.check_property(name, value)
        known = name in properties
        properties[name] = value
        return Response(b"", 200 if known else 201)
    if name not in properties:
        raise JiraRefusal(404, f"The property {name} does not exist.")
    if call.request.method == "DELETE":
        del properties[name]
        return nothing()
    return answer({"key": name, "value": properties[name]})


@routes.on("GET", f"{ISSUE}/remotelink")
def remote_links(call: Call, key: str) -> Response:
    """List the remote links, or return the one with `globalId`."""
    issue, wanted = call.site.jira.get(key), call.argument("globalId")
    shown = [
        remote_link_json(link, issue, call.base)
        for link in issue.remote_links
        if not wanted or link.global_id == wanted
    ]
    if not wanted:
        return answer(shown)
    if not shown:
        raise JiraRefusal(404, f"The remote issue link with the global ID '{wanted}' does not exist.")
    return answer(shown[0])


@routes.on("POST", f"{ISSUE}/remotelink")
def put_remote_link(call: Call, key: str) -> Response:
    """Create a remote link, or replace the one with the same globalId."""
    issue, body = call.site.jira.get(key), call.object()
    thing = body.get("object")
    errors = {}
    if not isinstance(thing, dict) or not isinstance(thing.get("title"), str) or not thing["title"].strip():
        errors["title"] = "'title' is required."
    if not isinstance(thing, dict) or not isinstance(thing.get("url"), str) or ":" not in thing["url"]:
        errors["url"] = "'url' is required."
    if len(str(body.get("globalId") or "")) > 255:
        errors["globalId"] = "'globalId' cannot be longer than 255 characters."
    if errors:
        raise JiraRefusal(400, errors=errors)
    link, new = call.site.jira.put_remote_link(call.account, issue, body)
    return answer(
        {"id": link.id, "self": f"{call.base}/rest/api/3/issue/{issue.key}/remotelink/{link.id}"},
        201 if new else 200,
    )


@routes.on("GET DELETE", f"{ISSUE}/remotelink/<int:number>")
def remote_link(call: Call, key: str, number: int) -> Response:
    """Read or remove one remote link."""
    issue = call.site.jira.get(key)
    for link in issue.remote_links:
        if link.id == number:
            if call.request.method == "DELETE":
                issue.remote_links.remove(link)
                return nothing()
            return answer(remote_link_json(link, issue, call.base))
    raise JiraRefusal(404, f"The remote issue link with the ID '{number}' does not exist.")


@routes.on("POST", "/rest/api/3/issueLink")
def link(call: Call) -> Response:
    """Link two issues."""
    body, jira = call.object(), call.site.jira
    ends = [
        jira.get(str((body.get(name) or {}).get("key") or (body.get(name) or {}).get("id")))
        for name in ("outwardIssue", "inwardIssue")
    ]
    jira.link(
        call.account,
        issue_input.check_link_type(body.get("type"), jira.link_types),
        ends[1],
        ends[0],
        "outward",
    )
    return Response(b"", 201)


@routes.on("GET DELETE", "/rest/api/3/issueLink/<number>")
def one_link(call: Call, number: str) -> Response:
    """Read or remove a link."""
    for link in call.site.jira.links:
        if link.id == number:
            if call.request.method == "DELETE":
                call.site.jira.links.remove(link)
                return nothing()
            return answer(link_json(link, None, call.site.jira, call.base))
    raise JiraRefusal(404, "No issue link with id '" + number + "' exists.")


@routes.on("POST", f"{ISSUE}/attachments")
def attach(call: Call, key: str) -> Response:
    """Add files; requires the header `X-Atlassian-Token: no-check` (XSRF protection)."""
    issue = call.site.jira.get(key)
    if call.request.headers.get("X-Atlassian-Token") != "no-check":
        raise JiraRefusal(403, "XSRF check failed")
    files = call.request.files.getlist("file")
    if not files or len(files) > 60:
        raise JiraRefusal(400, "The request needs between 1 and 60 parts called file.")
    now = call.site.jira.touch(issue)
    added = [
        Attachment(
            str(call.site.jira.new_id()),
            file.filename or "file",
            call.account,
            now,
            file.mimetype or "application/octet-stream",
            file.read(),
        )
        for file in files
    ]
    issue.attachments += added
    return answer([attachment_json(each, call.base) for each in added])


@routes.on("GET", "/rest/api/3/attachment/content/<number>")
def attachment_content(call: Call, number: str) -> Response:
    """Return an attachment's bytes."""
    for issue in call.site.jira.issues.values():
        for each in issue.attachments:
            if each.id == number:
                return Response(each.content, content_type=each.media_type)
    raise JiraRefusal(404, "The attachment with id '" + number + "' does not exist")
