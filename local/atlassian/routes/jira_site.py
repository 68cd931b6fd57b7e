"""Jira REST v3: users, groups, permissions, projects and the site's configuration."""

from typing import Any

from werkzeug.wrappers import Response

from local.atlassian.accounts import ACCESS_TOKEN_SECONDS, GROUP_IDS, Account, group_json, user_json
from local.atlassian.errors import JiraRefusal
from local.atlassian.jira import workflow
from local.atlassian.jira.issue import Project
from local.atlassian.jira.issue_json import FIELD_NAMES, project_json
from local.atlassian.routing import Call, Routes, answer, page_of
from local.atlassian.site import CLOUD_ID

routes = Routes()


@routes.on("GET", "/_edge/tenant_info")
def tenant_info(call: Call) -> Response:
    """Return the site's cloudId, which is part of API gateway URLs."""
    return answer({"cloudId": CLOUD_ID})


@routes.on("POST", "/oauth/token")
def access_token(call: Call) -> Response:
    """Return an access token for client credentials, as auth.atlassian.com does."""
    given = call.object()
    if given.get("grant_type") != "client_credentials":
        return answer({"error": "unsupported_grant_type", "error_description": "Unsupported grant type"}, 400)
    now = call.site.clock.peek().timestamp()
    token = call.site.people.grant(str(given.get("client_id")), str(given.get("client_secret")), now)
    if token is None:
        return answer({"error": "access_denied", "error_description": "Unauthorized"}, 401)
    return answer(
        {"access_token": token, "expires_in": ACCESS_TOKEN_SECONDS, "token_type": "Bearer", "scope": ""}
    )


@routes.on("GET", "/rest/api/3/serverInfo")
def server_info(call: Call) -> Response:
    """Return the site's name and version."""
    return answer(
        {
            "baseUrl": call.base,
            "version": "1001.0.0-SNAPSHOT",
            "versionNumbers": [1001, 0, 0],
            "deploymentType": "Cloud",
            "buildNumber": 100296,
            "serverTitle": "Jira",
            "serverTime": "2026-11-22T00:00:00.000+0000",
            "buildDate": "2026-11-22T00:00:00.000+0000",
            "scmInfo": "simulator",
        }
    )


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
    """Return an account; `expand=groups` includes its groups."""
    return answer(_user(call, _account(call)))


@routes.on("GET", "/rest/api/3/user/groups")
def user_groups(call: Call) -> Response:
    """List the groups of an account."""
    return answer([group_json(group, call.base) for group in _account(call).groups])


@routes.on("GET", "/rest/api/3/user/assignable/search", "/rest/api/3/user/viewissue/search")
def issue_users(call: Call) -> Response:
    """Find the active people who can be assigned to an issue or may view it; apps are left out."""
    key, project = call.argument("issueKey"), call.argument("project") or call.argument("projectKey")
    issue = call.site.jira.get(key) if key else None
    if issue is None and not project:
        raise JiraRefusal(400, "Either the 'project' or the 'issueKey' query parameter must be provided.")
    account_id, wanted = call.argument("accountId"), call.argument("query").casefold()
    return answer(
        [
            user_json(each, call.base)
            for each in call.site.people.all
            if each.active
            and each.account_type == "atlassian"
            and (issue is None or call.site.jira.is_shown(issue, each))
            and (not account_id or each.account_id == account_id)
            and wanted in f"{each.display_name} {each.email}".casefold()
        ]
    )


@routes.on("GET", "/rest/api/3/user/search")
def user_search(call: Call) -> Response:
    """Find accounts by a part of their name or e-mail."""
    wanted = call.argument("query").casefold()
    return answer(
        [
            user_json(each, call.base)
            for each in call.site.people.all
            if wanted in f"{each.display_name} {each.email}".casefold()
        ]
    )


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
    shown = [
        {"name": name, "groupId": group_id}
        for name, group_id in GROUP_IDS.items()
        if not (names or ids) or name in names or group_id in ids
    ]
    return answer(page_of(shown, call))


@routes.on("GET", "/rest/api/3/mypermissions")
def permissions(call: Call) -> Response:
    """Return which of the named permissions the account has; with `projectKey`, in that project."""
    if call.argument("projectKey"):
        _project(call, call.argument("projectKey"))
    known = {
        "BROWSE_PROJECTS": True,
        "EDIT_ISSUES": True,
        "ADD_COMMENTS": True,
        "CREATE_ISSUES": True,
        "TRANSITION_ISSUES": True,
        "LINK_ISSUES": True,
        "USER_PICKER": True,
        "SET_ISSUE_SECURITY": True,
        "ADMINISTER": call.account.admin,
        "DELETE_ISSUES": call.account.admin,
    }
    wanted = call.arguments("permissions")
    if not wanted:
        raise JiraRefusal(400, "The 'permissions' query parameter is required.")
    unknown = [name for name in wanted if name not in known]
    if unknown:
        raise JiraRefusal(400, f"Unrecognized permission: {unknown[0]}")
    return answer(
        {
            "permissions": {
                name: {
                    "id": str(number),
                    "key": name,
                    "name": name,
                    "type": "PROJECT",
                    "description": "",
                    "havePermission": known[name] and name not in call.account.lacks,
                }
                for number, name in enumerate(wanted)
            }
        }
    )


def _project(call: Call, key: str) -> Project:
    for project in call.site.jira.projects.values():
        is_hidden = project.key in call.site.jira.hidden.get(call.account.name, ())
        if not is_hidden and (key.upper() == project.key or key == project.id):
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
    return answer(
        page_of(
            [
                project_json(each, call.base)
                for each in call.site.jira.projects.values()
                if not wanted or each.key in wanted
            ],
            call,
        )
    )


@routes.on("GET", "/rest/api/3/project/<key>")
def project(call: Call, key: str) -> Response:
    """Return a project with its issue types and components."""
    found = _project(call, key)
    return answer(
        {
            **project_json(found, call.base),
            "expand": "description,lead,issueTypes,url,projectKeys",
            "description": "",
            "assigneeType": "UNASSIGNED",
            "versions": [],
            "roles": {},
            "isPrivate": False,
            "style": "classic",
            "properties": {},
            "lead": user_json(call.site.people.named("admin"), call.base),
            "issueTypes": [workflow.issue_type_json(kind, call.base) for kind in workflow.ISSUE_TYPES],
            "components": [workflow.component_json(each, call.base) for each in workflow.COMPONENTS],
        }
    )


@routes.on("GET", "/rest/api/3/project/<key>/statuses")
def project_statuses(call: Call, key: str) -> Response:
    """List the statuses per issue type."""
    _project(call, key)
    statuses = [workflow.status_json(each, call.base) for each in workflow.STATUSES]
    return answer(
        [
            {
                "self": f"{call.base}/rest/api/3/issuetype/{kind.id}",
                "id": kind.id,
                "name": kind.name,
                "subtask": kind.subtask,
                "statuses": statuses,
            }
            for kind in workflow.ISSUE_TYPES
        ]
    )


@routes.on("GET", "/rest/api/3/issue/createmeta/<key>/issuetypes")
def create_meta(call: Call, key: str) -> Response:
    """List the issue types that can be created."""
    _project(call, key)
    kinds = [workflow.issue_type_json(kind, call.base) for kind in workflow.ISSUE_TYPES]
    return answer(_page_of_metadata(call, "issueTypes", kinds))


@routes.on("GET", "/rest/api/3/issue/createmeta/<key>/issuetypes/<type_id>")
def create_fields(call: Call, key: str, type_id: str) -> Response:
    """List the fields of the create screen of an issue type; a sub-task has its parent too."""
    screens = _project(call, key).screens
    kind = next((each for each in workflow.ISSUE_TYPES if each.id == type_id), None)
    if kind is None:
        raise JiraRefusal(404, f"Issue type with id {type_id} not found in the project.")
    fields = [{**each, "fieldId": name} for name, each in screens.metadata(is_new=True).items()]
    return answer(_page_of_metadata(call, "fields", fields))


def _page_of_metadata(call: Call, name: str, values: list[dict[str, Any]]) -> dict[str, Any]:
    start, size = call.number("startAt", 0, 1_000_000), call.number("maxResults", 50, 200)
    return {"startAt": start, "maxResults": size, "total": len(values), name: values[start : start + size]}


@routes.on("GET", "/rest/api/3/issuetype")
def issue_types(call: Call) -> Response:
    """List the issue types."""
    return answer([workflow.issue_type_json(kind, call.base) for kind in workflow.ISSUE_TYPES])


@routes.on("GET", "/rest/api/3/issueLinkType")
def link_types(call: Call) -> Response:
    """List the link types."""
    known = call.site.jira.link_types.items()
    return answer(
        {"issueLinkTypes": [workflow.link_type_json(type_id, names, call.base) for type_id, names in known]}
    )


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
    """List the fields, with the custom fields of all projects."""
    custom = {
        each.id: each.name for project in call.site.jira.projects.values() for each in project.screens.custom
    }
    return answer(
        [
            {
                "id": key,
                "key": key,
                "name": name,
                "custom": key.startswith("customfield"),
                "orderable": True,
                "navigable": True,
                "searchable": True,
                "clauseNames": [key],
            }
            for key, name in {**FIELD_NAMES, **custom}.items()
        ]
    )


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
    """Return statuses by id in the newer, shorter format."""
    wanted = call.arguments("id")
    category = {"new": "TODO", "indeterminate": "IN_PROGRESS", "done": "DONE"}
    return answer(
        [
            {
                "id": each.id,
                "name": each.name,
                "statusCategory": category[each.category.key],
                "description": "",
                "scope": {"type": "GLOBAL"},
            }
            for each in workflow.STATUSES
            if each.id in wanted
        ]
    )
