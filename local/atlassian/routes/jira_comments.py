"""Jira REST v3: comments and their properties."""

from werkzeug.wrappers import Response

from local.atlassian.errors import JiraRefusal
from local.atlassian.jira import issue_input
from local.atlassian.jira.issue import Comment, Issue
from local.atlassian.jira.issue_json import comment_json
from local.atlassian.routes.jira_attached import one_property
from local.atlassian.routes.jira_issues import ISSUE
from local.atlassian.routing import Call, Routes, answer, nothing, page_of

routes = Routes()


@routes.on("GET", f"{ISSUE}/comment")
def comments(call: Call, key: str) -> Response:
    """List comments; `orderBy` is created, -created or +created."""
    issue, order = call.site.jira.get(key), call.argument("orderBy").strip()
    if order not in {"", "created", "+created", "-created"}:
        raise JiraRefusal(400, f"The orderBy parameter '{order}' is not supported.")
    listed = list(reversed(issue.comments)) if order.startswith("-") else issue.comments
    shown = "properties" in call.arguments("expand")
    page = page_of(
        [comment_json(each, issue, call.base, properties=shown) for each in listed],
        call,
        most=5000,
        default=100,
    )
    return answer(
        {
            "startAt": page["startAt"],
            "maxResults": page["maxResults"],
            "total": page["total"],
            "comments": page["values"],
        }
    )


@routes.on("POST", f"{ISSUE}/comment")
def add(call: Call, key: str) -> Response:
    """Add a comment, with its properties and visibility in the same request."""
    issue, body = call.site.jira.get(key), call.object()
    text, properties = (
        issue_input.check_comment_body(body.get("body")),
        issue_input.check_properties(body.get("properties")),
    )
    comment = call.site.jira.comment(
        call.account, issue, text, properties, issue_input.check_visibility(body.get("visibility"))
    )
    return answer(comment_json(comment, issue, call.base), 201)


@routes.on("GET PUT DELETE", f"{ISSUE}/comment/<number>")
def one(call: Call, key: str, number: str) -> Response:
    """Read, edit or delete a comment; people may change their own comments, administrators all."""
    issue = call.site.jira.get(key)
    comment = next((each for each in issue.comments if each.id == number), None)
    if comment is None:
        raise JiraRefusal(404, f"Can not find a comment for the id: {number}.")
    if call.request.method != "GET" and not (call.account.admin or call.account == comment.author):
        verb = "edit" if call.request.method == "PUT" else "delete"
        raise JiraRefusal(400, f"You do not have the permission to {verb} this comment.")
    if call.request.method == "DELETE":
        call.site.jira.delete_comment(call.account, issue, comment)
        return nothing()
    if call.request.method == "PUT":
        body = call.object()
        text = issue_input.check_comment_body(body.get("body"))
        comment.properties |= issue_input.check_properties(body.get("properties"))
        call.site.jira.edit_comment(call.account, issue, comment, text)
    return answer(
        comment_json(comment, issue, call.base, properties="properties" in call.arguments("expand"))
    )


@routes.on("POST", "/rest/api/3/comment/list")
def by_ids(call: Call) -> Response:
    """Return the comments with these ids; `expand=properties` includes their properties."""
    ids = call.object().get("ids")
    if not isinstance(ids, list) or not ids or len(ids) > 1000:
        raise JiraRefusal(400, "Between 1 and 1000 comment ids must be given.")
    wanted, shown = {str(each) for each in ids}, "properties" in call.arguments("expand")
    found = [
        comment_json(comment, issue, call.base, properties=shown)
        for issue in call.site.jira.issues.values()
        for comment in issue.comments
        if comment.id in wanted
    ]
    return answer(page_of(found, call, most=1000, default=1000))


def _anywhere(call: Call, number: str) -> tuple[Issue, Comment]:
    for issue in call.site.jira.issues.values():
        for comment in issue.comments:
            if comment.id == number:
                return issue, comment
    raise JiraRefusal(404, f"Can not find a comment for the id: {number}.")


@routes.on("GET", "/rest/api/3/comment/<number>/properties")
def property_keys(call: Call, number: str) -> Response:
    """List the keys of a comment's properties."""
    _, comment = _anywhere(call, number)
    return answer(
        {
            "keys": [
                {"key": name, "self": f"{call.base}/rest/api/3/comment/{number}/properties/{name}"}
                for name in comment.properties
            ]
        }
    )


@routes.on("GET PUT DELETE", "/rest/api/3/comment/<number>/properties/<name>")
def comment_property(call: Call, number: str, name: str) -> Response:
    """Read, set or remove one property of a comment."""
    _, comment = _anywhere(call, number)
    return one_property(call, comment.properties, name)
