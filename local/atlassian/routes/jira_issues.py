"""Jira REST v3: creating, reading, editing and moving issues."""

from typing import Any

from werkzeug.wrappers import Response

from local.atlassian.accounts import Account
from local.atlassian.documents.adf_wiki import to_wiki
from local.atlassian.errors import JiraRefusal
from local.atlassian.jira import issue_input, workflow
from local.atlassian.jira.issue import ChangeItem, Fields, Issue, Project
from local.atlassian.jira.issue_json import issue_json
from local.atlassian.jira.screens import Screens
from local.atlassian.routing import Call, Routes, answer, nothing

routes = Routes()
ISSUE = "/rest/api/3/issue/<key>"


@routes.on("POST", "/rest/api/3/issue")
def create(call: Call) -> Response:
    """Create an issue with properties, links and comments in one request."""
    body, jira = call.object(), call.site.jira
    given = body.get("fields", {})
    project = _project(call, given.get("project") if isinstance(given, dict) else None)
    reader = issue_input.FieldReader(call.site.people, project.screens if project else Screens(), is_new=True)
    values = reader.read(given)
    values.pop("project", None)
    if project is None:
        reader.errors["project"] = "Specify a valid project ID or key"
    else:
        reader.require_fields(given)
    if "issue_type" in values and values["issue_type"].subtask:
        reader.errors["issuetype"] = "Issue type is a sub-task but parent issue key or id not specified."
    if "issue_type" not in values and "issuetype" not in reader.errors:
        reader.errors["issuetype"] = "Specify an issue type"
    if "summary" not in values and "summary" not in reader.errors:
        reader.errors["summary"] = "You must specify a summary of the issue."
    links, comments = _additions(call, body.get("update"), reader)
    reader.done()
    properties = issue_input.check_properties(body.get("properties"))
    now = jira.clock.now()
    custom = (
        {**dict.fromkeys(each.id for each in project.screens.custom), **values.pop("custom", {})}
        if project
        else {}
    )
    custom |= {name: values.pop(name) for name in ("security",) if name in values}
    fields = Fields(**{**_blank(call.account, now), **values, "custom": custom})
    issue = jira.create(call.account, project.key if project else "", fields, properties, links)
    for comment in comments:
        jira.comment(call.account, issue, comment, {})
    return answer({"id": issue.id, "key": issue.key, "self": f"{call.base}/rest/api/3/issue/{issue.id}"}, 201)


def _blank(actor: Account, now: Any) -> dict[str, Any]:
    return {
        "description": None,
        "status": workflow.TO_DO,
        "labels": (),
        "components": (),
        "priority": "3",
        "assignee": None,
        "reporter": actor,
        "resolution": None,
        "resolved": None,
        "updated": now,
        "status_changed": now,
    }


def _project(call: Call, given: Any) -> Project | None:
    if not isinstance(given, dict):
        return None
    for project in call.site.jira.projects.values():
        if given.get("key") == project.key or str(given.get("id")) == project.id:
            return project
    return None


def _additions(
    call: Call, update: Any, reader: issue_input.FieldReader
) -> tuple[list[tuple[str, str, str]], list[dict[str, Any]]]:
    """Read the links and comments that a request adds through `update`."""
    links, comments = [], []
    for name, operations in (update or {}).items():
        if name not in {"issuelinks", "comment"}:
            continue
        for operation in operations:
            added = operation.get("add") if isinstance(operation, dict) else None
            if name == "issuelinks":
                try:
                    reader.on_screen(name)
                except issue_input.InvalidField as error:
                    reader.errors[name] = str(error)
                    continue
            if not isinstance(added, dict):
                reader.errors[name] = f"Field '{name}' supports the operation add only."
            elif name == "comment":
                comments.append(issue_input.check_comment_body(added.get("body")))
            else:
                links.append(_added_link(call, added))
    return links, comments


def _added_link(call: Call, added: dict[str, Any]) -> tuple[str, str, str]:
    type_id = issue_input.check_link_type(added.get("type"), call.site.jira.link_types)
    direction = "inward" if "inwardIssue" in added else "outward"
    other = added.get(f"{direction}Issue") or {}
    return type_id, direction, call.site.jira.get(str(other.get("key") or other.get("id"))).key


@routes.on("GET", ISSUE)
def read(call: Call, key: str) -> Response:
    """Return an issue; `fields` defaults to all."""
    return answer(
        issue_json(
            call.site.jira.get(key),
            call.site.jira,
            call.base,
            fields=call.arguments("fields") or ["*all"],
            properties=call.arguments("properties"),
            expand=call.arguments("expand"),
        )
    )


@routes.on("POST", "/rest/api/3/issue/bulkfetch")
def bulk_fetch(call: Call) -> Response:
    """Return up to 100 issues, without those that do not exist or are hidden; `issueErrors` are temporary failures."""
    body = call.object()
    wanted = body.get("issueIdsOrKeys")
    jira = call.site.jira
    if not isinstance(wanted, list) or not 1 <= len(wanted) <= 100:
        raise JiraRefusal(400, "The number of issues to fetch must be between 1 and 100.")
    found = {issue.id: issue for each in wanted if (issue := jira.find(str(each)))}
    found = {id_: issue for id_, issue in found.items() if jira.is_shown(issue, call.account)}
    errors = [
        {"id": id_, "errorMessage": "The issue could not be fetched."} for id_ in found if id_ in jira.unready
    ]
    fields, properties = body.get("fields") or ["*navigable"], body.get("properties") or []
    issues = [
        issue_json(issue, jira, call.base, fields=fields, properties=properties)
        for id_, issue in sorted(found.items(), key=lambda pair: int(pair[0]))
        if id_ not in jira.unready
    ]
    return answer({"issueErrors": errors, "issues": issues})


@routes.on("PUT", ISSUE)
def edit(call: Call, key: str) -> Response:
    """Change fields with `fields` and `update`; all changes are one history entry."""
    body, jira = call.object(), call.site.jira
    issue = editable(call, key)
    if call.argument("notifyUsers") == "false" and not call.account.admin:
        raise JiraRefusal(
            403, "To discard the user notification either admin or project admin permissions are required."
        )
    screens = call.site.jira.projects[issue.project].screens
    reader = issue_input.FieldReader(call.site.people, screens, is_new=False)
    given = dict(body.get("fields") or {})
    given |= _operations(issue, body.get("update") or {}, given, reader)
    values = reader.read(given)
    if "project" in values:
        reader.errors["project"] = issue_input.UNKNOWN_FIELD.format("project")
    links, comments = _additions(call, body.get("update"), reader)
    reader.done()
    for name, value in issue_input.check_properties(body.get("properties")).items():
        issue.properties[name] = value
    _apply(call, issue, values)
    for type_id, direction, other in links:
        jira.link(call.account, type_id, issue, jira.get(other), direction)
    for comment in comments:
        jira.comment(call.account, issue, comment, {})
    if call.argument("returnIssue") == "true":
        return answer(issue_json(issue, jira, call.base, fields=["*all"]))
    return nothing()


def editable(call: Call, key: str) -> Issue:
    """Return an issue; raises 400 when its status does not allow edits."""
    issue = call.site.jira.get(key)
    if issue.fields.status.id in call.site.jira.uneditable:
        raise JiraRefusal(400, "You do not have permission to edit issues in this status.")
    return issue


def _operations(  # noqa: C901 one branch per operation of the endpoint
    issue: Issue, update: dict[str, Any], given: dict[str, Any], reader: issue_input.FieldReader
) -> dict[str, Any]:
    """Convert add, remove and set operations to the fields' new values."""
    result: dict[str, Any] = {}
    for name, operations in update.items():
        if name in {"issuelinks", "comment"}:
            continue
        if name in given:
            reader.errors[name] = f"Field '{name}' cannot be set in both fields and update."
            continue
        current: Any
        if name == "labels":
            current = list(issue.fields.labels)
        elif name == "components":
            current = [{"id": each} for each in issue.fields.components]
        else:
            current = []
        for operation in operations:
            ((verb, value),) = (
                operation.items() if isinstance(operation, dict) and len(operation) == 1 else [("?", None)]
            )
            if verb == "set":
                result[name] = value
                current = value
            elif name == "labels" and verb in {"add", "remove"}:
                current = [each for each in current if each != value] + ([value] if verb == "add" else [])
            elif name == "components" and verb in {"add", "remove"}:
                try:
                    picked = {"id": issue_input.check_component(value)}
                except issue_input.InvalidField as error:
                    reader.errors[name] = str(error)
                    continue
                current = [each for each in current if each != picked] + ([picked] if verb == "add" else [])
            else:
                reader.errors[name] = f"Field '{name}' does not support the operation '{verb}'."
            if name in {"labels", "components"}:
                result[name] = current
    return result


def _apply(call: Call, issue: Issue, values: dict[str, Any]) -> None:
    old, items, changed = issue.fields, [], dict(values)
    if "custom" in changed:
        screens = call.site.jira.projects[issue.project].screens
        items += [
            ChangeItem(name, None, _shown(old.custom.get(name)), None, _shown(value), field.name)
            for name, value in changed["custom"].items()
            if (field := screens.field(name))
        ]
        changed["custom"] = {**old.custom, **changed["custom"]}
    if "security" in changed:
        level, before = changed.pop("security"), old.custom.get("security") or {}
        changed["custom"] = {**changed.get("custom", old.custom), "security": level}
        items.append(ChangeItem("security", before.get("id"), before.get("name"), level["id"], level["name"]))
    for name, value in values.items():
        item = _item(name, getattr(old, name, None), value)
        if item is not None:
            items.append(item)
    call.site.jira.change(call.account, issue, items, **changed)


def _shown(value: Any) -> str | None:
    shown = value.get("value") if isinstance(value, dict) else value
    return None if shown is None else str(shown)


@routes.on("GET", f"{ISSUE}/editmeta")
def edit_fields(call: Call, key: str) -> Response:
    """Return the fields of the edit screen; none in a status that does not allow edits."""
    jira = call.site.jira
    issue = jira.get(key)
    screens = jira.projects[issue.project].screens
    is_editable = issue.fields.status.id not in jira.uneditable
    return answer({"fields": screens.metadata(is_new=False) if is_editable else {}})


def _item(name: str, before: Any, after: Any) -> ChangeItem | None:
    if name == "description":
        return ChangeItem(name, None, to_wiki(before), None, to_wiki(after))
    if name == "labels":
        return ChangeItem(name, None, " ".join(before), None, " ".join(after))
    if name == "components":
        added, removed = sorted(set(after) - set(before)), sorted(set(before) - set(after))
        return ChangeItem(
            name,
            ",".join(removed) or None,
            ", ".join(workflow.COMPONENTS[c] for c in removed) or None,
            ",".join(added) or None,
            ", ".join(workflow.COMPONENTS[c] for c in added) or None,
            "Component",
        )
    if name == "priority":
        return ChangeItem(name, before, workflow.PRIORITIES[before], after, workflow.PRIORITIES[after])
    if name in {"assignee", "reporter"}:
        return ChangeItem(
            name,
            before and before.account_id,
            before and before.display_name,
            after and after.account_id,
            after and after.display_name,
        )
    if name == "issue_type":
        return ChangeItem("issuetype", before.id, before.name, after.id, after.name)
    if name == "due":
        return ChangeItem("duedate", before, before, after, after)
    return ChangeItem(name, None, before, None, after) if name == "summary" else None


@routes.on("DELETE", ISSUE)
def delete(call: Call, key: str) -> Response:
    """Delete an issue; administrators only."""
    issue = call.site.jira.get(key)
    if not call.account.admin:
        raise JiraRefusal(403, "You do not have permission to delete issues in this project.")
    call.site.jira.delete(call.account, issue)
    return nothing()


def _ways(call: Call, issue: Issue) -> tuple[workflow.WorkflowTransition, ...]:
    if issue.fields.status.id in call.site.jira.dead_ends:
        return ()
    return workflow.transitions_from(issue.fields.status)


@routes.on("PUT", f"{ISSUE}/assignee")
def assign(call: Call, key: str) -> Response:
    """Assign an issue to an active person, or to no one with `null`."""
    issue, account_id = call.site.jira.get(key), call.object().get("accountId")
    person = call.site.people.by_id(str(account_id)) if account_id else None
    if account_id and (person is None or not person.active):
        raise JiraRefusal(400, f"User '{account_id}' cannot be assigned issues.")
    _apply(call, issue, {"assignee": person})
    return nothing()


@routes.on("GET", f"{ISSUE}/transitions")
def transitions(call: Call, key: str) -> Response:
    """List the transitions from the issue's status."""
    issue, wanted = call.site.jira.get(key), call.argument("transitionId")
    shown = [t for t in _ways(call, issue) if not wanted or t.id == wanted]
    return answer(
        {"expand": "transitions", "transitions": [workflow.transition_json(t, call.base) for t in shown]}
    )


@routes.on("POST", f"{ISSUE}/transitions")
def move(call: Call, key: str) -> Response:
    """Perform a transition, with an optional resolution and comment."""
    issue, body = call.site.jira.get(key), call.object()
    wanted = body.get("transition")
    transition_id = str(wanted.get("id")) if isinstance(wanted, dict) else ""
    for transition in _ways(call, issue):
        if transition.id == transition_id:
            break
    else:
        raise JiraRefusal(
            400,
            "It seems that you have tried to perform an illegal workflow operation."
            if transition_id.isdigit()
            else f"Transition id '{transition_id}' is not valid for this issue.",
        )
    resolution = (body.get("fields") or {}).get("resolution")
    chosen = None
    if isinstance(resolution, dict):
        chosen = next(
            (
                key
                for key, name in workflow.RESOLUTIONS.items()
                if resolution.get("name") == name or str(resolution.get("id")) == key
            ),
            None,
        )
        if chosen is None:
            raise JiraRefusal(400, errors={"resolution": "The resolution selected is invalid."})
    reader = issue_input.FieldReader(call.site.people, Screens(), is_new=False)
    _, comments = _additions(call, body.get("update"), reader)
    reader.done()
    call.site.jira.move(call.account, issue, transition, chosen)
    for comment in comments:
        call.site.jira.comment(call.account, issue, comment, {})
    return nothing()
