"""Jira REST v3: search in an index that lags behind; the old search, which returns 410."""

from typing import Any

from werkzeug.wrappers import Response

from local.atlassian.errors import JiraRefusal
from local.atlassian.jira import jql
from local.atlassian.jira.issue_json import issue_json
from local.atlassian.query_tokenizer import QueryError
from local.atlassian.routing import Call, Routes, answer, page_token, token_start

routes = Routes()
REMOVED = (
    "The requested API has been removed. Please migrate to the /rest/api/3/search/jql API. A full migration "
    "guideline is available at https://developer.atlassian.com/changelog/#CHANGE-2046"
)


@routes.on("GET POST", "/rest/api/2/search", "/rest/api/3/search")
def removed_search(call: Call) -> Response:
    """Return 410, as Jira does since the old search was removed."""
    raise JiraRefusal(410, REMOVED)


@routes.on("GET POST", "/rest/api/3/search/jql")
def search(call: Call) -> Response:
    """Search the index, which lags behind; issues in `reconcileIssues` are matched by their current state."""
    if call.request.method == "POST":
        given = call.object()
    else:
        given = {name: call.argument(name) for name in ("jql", "nextPageToken", "expand")}
        given |= {name: call.arguments(name) for name in ("fields", "properties", "reconcileIssues")}
        given["maxResults"] = call.number("maxResults", 50, 5000)
    query = _query(str(given.get("jql") or ""))
    found = _matches(call, query, given.get("reconcileIssues") or [])
    start = token_start(given.get("nextPageToken"))
    size = max(1, min(int(given.get("maxResults") or 50), 5000))
    fields = list(given.get("fields") or [])
    shown = []
    for view in found[start : start + size]:
        body = issue_json(
            view.issue,
            call.site.jira,
            call.base,
            fields=fields,
            properties=given.get("properties") or [],
            expand=[str(given.get("expand") or "")],
        )
        shown.append(body if fields and fields != ["id"] else {"id": view.issue.id})
    last = start + size >= len(found)
    return answer(
        {"issues": shown, "isLast": last, **({} if last else {"nextPageToken": page_token(start + size)})}
    )


def _query(text: str) -> jql.Query:
    try:
        query = jql.parse(text)
    except QueryError as error:
        raise JiraRefusal(400, f"Error in the JQL Query: {error}") from error
    if not query.bounded:
        raise JiraRefusal(
            400, "Unbounded JQL queries are not allowed here. Please add a search restriction to your query."
        )
    return query


def _matches(call: Call, query: jql.Query, reconciled: list[Any]) -> list[jql.View]:
    if len(reconciled) > 50:
        raise JiraRefusal(400, "reconcileIssues: at most 50 ids are allowed.")
    fresh, site = {str(each) for each in reconciled}, call.site
    seen_at = site.indexed_until(site.jira_search_lag)
    views = []
    for issue in site.jira.issues.values():
        if not site.jira.is_shown(issue, call.account):
            continue
        fields = issue.fields if issue.id in fresh else issue.indexed(seen_at)
        if fields is not None:
            views.append(jql.View(issue, fields))
    context = site.query_context(call.account)
    try:
        return query.sorted(view for view in views if query.test(view, context))
    except QueryError as error:
        raise JiraRefusal(400, f"Error in the JQL Query: {error}") from error


@routes.on("POST", "/rest/api/3/search/approximate-count")
def count(call: Call) -> Response:
    """Count matching issues."""
    return answer({"count": len(_matches(call, _query(str(call.object().get("jql") or "")), []))})
