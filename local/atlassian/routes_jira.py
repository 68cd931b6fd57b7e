"""Jira REST v3: search, people, groups, projects and the site's furniture; admin webhooks; what was removed."""

import base64
import binascii
from typing import Any

from werkzeug.wrappers import Response

from local.atlassian import jql, workflow
from local.atlassian.accounts import GROUP_IDS, Account, group_json, user_json
from local.atlassian.errors import JiraRefusal
from local.atlassian.issue_json import FIELD_NAMES, issue_json, project_json
from local.atlassian.issues import Project
from local.atlassian.query_words import QueryError
from local.atlassian.routing import Call, Routes, answer, nothing, page_of

routes = Routes()
REMOVED = ("The requested API has been removed. Please migrate to the /rest/api/3/search/jql API. A full migration "
           "guideline is available at https://developer.atlassian.com/changelog/#CHANGE-2046")


@routes.on("GET POST", "/rest/api/2/search", "/rest/api/3/search")
def removed_search(call: Call) -> Response:
    """Answer as Jira does since the old search is gone."""
    raise JiraRefusal(410, REMOVED)


@routes.on("GET POST", "/rest/api/3/search/jql")
def search(call: Call) -> Response:
    """Search the index, which lags; issues named in `reconcileIssues` are seen as they are."""
    if call.request.method == "POST":
        given = call.object()
    else:
        given = {name: call.argument(name) for name in ("jql", "nextPageToken", "expand")}
        given |= {name: call.arguments(name) for name in ("fields", "properties", "reconcileIssues")}
        given["maxResults"] = call.number("maxResults", 50, 5000)
    query = _query(str(given.get("jql") or ""))
    found = _matches(call, query, given.get("reconcileIssues") or [])
    start = _token_start(given.get("nextPageToken"))
    size = max(1, min(int(given.get("maxResults") or 50), 5000))
    fields = list(given.get("fields") or [])
    shown = []
    for view in found[start:start + size]:
        body = issue_json(view.issue, call.site.jira, call.base, fields=fields, properties=given.get("properties")
                          or [], expand=[str(given.get("expand") or "")])
        shown.append(body if fields and fields != ["id"] else {"id": view.issue.id})
    last = start + size >= len(found)
    token = base64.urlsafe_b64encode(f"kx:{start + size}".encode()).decode()
    return answer({"issues": shown, "isLast": last, **({} if last else {"nextPageToken": token})})


def _query(text: str) -> jql.Query:
    try:
        query = jql.parse(text)
    except QueryError as error:
        raise JiraRefusal(400, f"Error in the JQL Query: {error}") from error
    if not query.bounded:
        raise JiraRefusal(400, "Unbounded JQL queries are not allowed here. Please add a search restriction to your "
                               "query.")
    return query


def _matches(call: Call, query: jql.Query, reconciled: list[Any]) -> list[jql.View]:
    if len(reconciled) > 50:
        raise JiraRefusal(400, "reconcileIssues: at most 50 ids are allowed.")
    fresh, site = {str(each) for each in reconciled}, call.site
    seen_at = site.indexed_until(site.jira_search_lag)
    views = []
    for issue in site.jira.issues.values():
        fields = issue.fields if issue.id in fresh else issue.indexed(seen_at)
        if fields is not None:
            views.append(jql.View(issue, fields))
    around = site.surroundings(call.account)
    try:
        return query.sorted(view for view in views if query.test(view, around))
    except QueryError as error:
        raise JiraRefusal(400, f"Error in the JQL Query: {error}") from error


def _token_start(token: Any) -> int:
    if not token:
        return 0
    try:
        mark, _, number = base64.urlsafe_b64decode(str(token)).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError) as error:
        raise JiraRefusal(400, "The provided next page token is invalid or expired.") from error
    if mark != "kx" or not number.isdigit():
        raise JiraRefusal(400, "The provided next page token is invalid or expired.")
    return int(number)


@routes.on("POST", "/rest/api/3/search/approximate-count")
def count(call: Call) -> Response:
    """Count matching issues."""
    return answer({"count": len(_matches(call, _query(str(call.object().get("jql") or "")), []))})


@routes.on("GET", "/rest/api/3/serverInfo")
def server_info(call: Call) -> Response:
    """Return the site's name and version."""
    return answer({"baseUrl": call.base, "version": "1001.0.0-SNAPSHOT", "versionNumbers": [1001, 0, 0],
                   "deploymentType": "Cloud", "buildNumber": 100296, "serverTitle": "Jira",
                   "serverTime": "2026-11-22T00:00:00.000+0000", "buildDate": "2026-11-22T00:00:00.000+0000",
                   "scmInfo": "simulator"})


@routes.on("GET", "/rest/api/3/myself")
def myself(call: Call) -> Response:
    """Return the account whose token is used."""
    return answer(_user(call, call.account))


def _user(call: Call, account: Account) -> dict[str, Any]:
    user = {**user_json(account, call.base), "locale": "en_US", "expand": "groups,applicationRoles"}
    user["groups"] = {"size": len(account.groups), "items": []}
    user["applicationRoles"] = {"size": 1, "items": []}
    if "groups" in call.arguments("expand"):
        user["groups"]["items"] = [group_json(group, call.base) for group in account.groups]
    return user


def _account(call: Call) -> Account:
    account = call.site.people.by_id(call.argument("accountId"))
    if account is None:
        raise JiraRefusal(404, "Specified user does not exist or you do not have required permissions")
    return account


@routes.on("GET", "/rest/api/3/user")
def user(call: Call) -> Response:
    """Return an account, with `expand=groups` its groups."""
    return answer(_user(call, _account(call)))


@routes.on("GET", "/rest/api/3/user/groups")
def user_groups(call: Call) -> Response:
    """List the groups of an account."""
    return answer([group_json(group, call.base) for group in _account(call).groups])


@routes.on("GET", "/rest/api/3/user/search", "/rest/api/3/user/assignable/search")
def user_search(call: Call) -> Response:
    """Find accounts by the start of a name or e-mail."""
    wanted = call.argument("query").casefold()
    return answer([user_json(each, call.base) for each in call.site.people.all
                   if wanted in f"{each.display_name} {each.email}".casefold()])


@routes.on("GET", "/rest/api/3/group/member")
def group_members(call: Call) -> Response:
    """List the members of a group, at most 50 a page."""
    ids = {group_id: name for name, group_id in GROUP_IDS.items()}
    name = ids.get(call.argument("groupId")) or call.argument("groupname")
    if name not in GROUP_IDS:
        raise JiraRefusal(404, f"The group named '{name or call.argument('groupId')}' does not exist.")
    members = [user_json(each, call.base) for each in call.site.people.all if name in each.groups]
    return answer(page_of(members, call, most=50))


@routes.on("GET", "/rest/api/3/group/bulk")
def groups(call: Call) -> Response:
    """List groups by name or id."""
    names, ids = call.arguments("groupName"), call.arguments("groupId")
    shown = [{"name": name, "groupId": group_id} for name, group_id in GROUP_IDS.items()
             if not (names or ids) or name in names or group_id in ids]
    return answer(page_of(shown, call))


@routes.on("GET", "/rest/api/3/mypermissions")
def permissions(call: Call) -> Response:
    """Tell which of the named permissions the account has."""
    known = {"BROWSE_PROJECTS": True, "EDIT_ISSUES": True, "ADD_COMMENTS": True, "CREATE_ISSUES": True,
             "TRANSITION_ISSUES": True, "LINK_ISSUES": True, "USER_PICKER": True, "ADMINISTER": call.account.admin,
             "DELETE_ISSUES": call.account.admin}
    wanted = call.arguments("permissions")
    if not wanted:
        raise JiraRefusal(400, "The 'permissions' query parameter is required.")
    unknown = [name for name in wanted if name not in known]
    if unknown:
        raise JiraRefusal(400, f"Unrecognized permission: {unknown[0]}")
    return answer({"permissions": {name: {"id": str(number), "key": name, "name": name, "type": "PROJECT",
                                          "description": "", "havePermission": known[name]}
                                   for number, name in enumerate(wanted)}})


def _project(call: Call, key: str) -> Project:
    for project in call.site.jira.projects.values():
        if key.upper() == project.key or key == project.id:
            return project
    raise JiraRefusal(404, f"No project could be found with key '{key}'.")


@routes.on("GET", "/rest/api/3/project")
def projects(call: Call) -> Response:
    """List the projects."""
    return answer([project_json(each, call.base) for each in call.site.jira.projects.values()])


@routes.on("GET", "/rest/api/3/project/search")
def project_search(call: Call) -> Response:
    """List the projects, paged."""
    wanted = call.arguments("keys")
    return answer(page_of([project_json(each, call.base) for each in call.site.jira.projects.values()
                           if not wanted or each.key in wanted], call))


@routes.on("GET", "/rest/api/3/project/<key>")
def project(call: Call, key: str) -> Response:
    """Return a project with its issue types and components."""
    found = _project(call, key)
    return answer({**project_json(found, call.base), "expand": "description,lead,issueTypes,url,projectKeys",
                   "description": "", "assigneeType": "UNASSIGNED", "versions": [], "roles": {},
                   "isPrivate": False, "style": "classic", "properties": {}, "lead": user_json(
                       call.site.people.named("admin"), call.base),
                   "issueTypes": [workflow.issue_type_json(kind, call.base) for kind in workflow.ISSUE_TYPES],
                   "components": [workflow.component_json(each, call.base) for each in workflow.COMPONENTS]})


@routes.on("GET", "/rest/api/3/project/<key>/statuses")
def project_statuses(call: Call, key: str) -> Response:
    """List the statuses per issue type."""
    _project(call, key)
    statuses = [workflow.status_json(each, call.base) for each in workflow.STATUSES]
    return answer([{"self": f"{call.base}/rest/api/3/issuetype/{kind.id}", "id": kind.id, "name": kind.name,
                    "subtask": False, "statuses": statuses} for kind in workflow.ISSUE_TYPES])


@routes.on("GET", "/rest/api/3/issue/createmeta/<key>/issuetypes")
def create_meta(call: Call, key: str) -> Response:
    """List the issue types that can be created."""
    _project(call, key)
    kinds = [workflow.issue_type_json(kind, call.base) for kind in workflow.ISSUE_TYPES]
    return answer({"startAt": 0, "maxResults": 50, "total": len(kinds), "issueTypes": kinds})


@routes.on("GET", "/rest/api/3/issuetype")
def issue_types(call: Call) -> Response:
    """List the issue types."""
    return answer([workflow.issue_type_json(kind, call.base) for kind in workflow.ISSUE_TYPES])


@routes.on("GET", "/rest/api/3/issueLinkType")
def link_types(call: Call) -> Response:
    """List the link types."""
    return answer({"issueLinkTypes": [workflow.link_type_json(each, call.base) for each in workflow.LINK_TYPES]})


@routes.on("GET", "/rest/api/3/priority")
def priorities(call: Call) -> Response:
    """List the priorities."""
    return answer([workflow.priority_json(each, call.base) for each in workflow.PRIORITIES])


@routes.on("GET", "/rest/api/3/resolution")
def resolutions(call: Call) -> Response:
    """List the resolutions."""
    return answer([workflow.resolution_json(each, call.base) for each in workflow.RESOLUTIONS])


@routes.on("GET", "/rest/api/3/field")
def fields(call: Call) -> Response:
    """List the fields."""
    return answer([{"id": key, "key": key, "name": name, "custom": key.startswith("customfield"), "orderable": True,
                    "navigable": True, "searchable": True, "clauseNames": [key]}
                   for key, name in FIELD_NAMES.items()])


@routes.on("GET", "/rest/api/3/label")
def labels(call: Call) -> Response:
    """List the labels in use."""
    used = sorted({label for issue in call.site.jira.issues.values() for label in issue.fields.labels})
    return answer(page_of(list(used), call, most=1000, default=1000))


@routes.on("GET", "/rest/api/3/status")
def statuses(call: Call) -> Response:
    """List the statuses."""
    return answer([workflow.status_json(each, call.base) for each in workflow.STATUSES])


@routes.on("GET", "/rest/api/3/status/<wanted>")
def status(call: Call, wanted: str) -> Response:
    """Return a status by id or name."""
    for each in workflow.STATUSES:
        if wanted in (each.id, each.name):
            return answer(workflow.status_json(each, call.base))
    raise JiraRefusal(404, f"The status with name or id '{wanted}' could not be found.")


@routes.on("GET", "/rest/api/3/statuses")
def statuses_by_id(call: Call) -> Response:
    """Return statuses by id in the newer, shorter shape."""
    wanted = call.arguments("id")
    category = {"new": "TODO", "indeterminate": "IN_PROGRESS", "done": "DONE"}
    return answer([{"id": each.id, "name": each.name, "statusCategory": category[each.category.key],
                    "description": "", "scope": {"type": "GLOBAL"}}
                   for each in workflow.STATUSES if each.id in wanted])


@routes.on("POST PUT GET DELETE", "/rest/api/3/webhook")
def dynamic_webhooks(call: Call) -> Response:
    """Refuse dynamic webhooks, which are for apps only."""
    raise JiraRefusal(403, "Only Connect and OAuth 2.0 apps can use this operation.")


@routes.on("GET POST", "/rest/webhooks/1.0/webhook")
def webhooks(call: Call) -> Response:
    """List or register admin webhooks."""
    _administrator(call)
    if call.request.method == "POST":
        return answer(call.site.webhooks.put(call.account, call.object()).json(call.base), 201)
    return answer([each.json(call.base) for each in call.site.webhooks.webhooks.values()])


@routes.on("GET PUT DELETE", "/rest/webhooks/1.0/webhook/<int:number>")
def webhook(call: Call, number: int) -> Response:
    """Read, replace or remove an admin webhook."""
    _administrator(call)
    known = call.site.webhooks.webhooks.get(number)
    if known is None:
        raise JiraRefusal(404, "The webhook does not exist.")
    if call.request.method == "DELETE":
        del call.site.webhooks.webhooks[number]
        return nothing()
    if call.request.method == "PUT":
        known = call.site.webhooks.put(call.account, call.object(), number)
    return answer(known.json(call.base))


def _administrator(call: Call) -> None:
    if not call.account.admin:
        raise JiraRefusal(403, "You do not have permission to administer webhooks: Administer Jira is required.")
