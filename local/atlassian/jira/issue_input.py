"""Validates the input of issue requests (`fields`, `update`, comments, properties), with Jira's error messages."""

import json
from collections.abc import Mapping
from typing import Any

from local.atlassian.accounts import Account, Directory
from local.atlassian.documents.adf_check import InvalidDocument, check_document, exceeds_limit
from local.atlassian.errors import JiraRefusal
from local.atlassian.jira import workflow
from local.atlassian.jira.screens import CustomField, Screens

TOO_LONG = "The entered text is too long. It exceeds the allowed limit of 32,767 characters."
NOT_A_DOCUMENT = "Operation value must be an Atlassian Document (see the Atlassian Document Format)"
UNKNOWN_FIELD = "Field '{0}' cannot be set. It is not on the appropriate screen, or unknown."
MAX_PROPERTY = 32_768


class InvalidField(Exception):
    """The value of a field is invalid."""


def check_rich_text(value: Any) -> dict[str, Any] | None:
    """Check the value of a rich-text field; None clears it."""
    if value is None:
        return None
    if not isinstance(value, dict):
        raise InvalidField(NOT_A_DOCUMENT)
    try:
        check_document(value)
    except InvalidDocument as error:
        raise JiraRefusal(400, "INVALID_INPUT", f"(simulator: {error})") from error
    if exceeds_limit(value):
        raise InvalidField(TOO_LONG)
    return value


def check_comment_body(value: Any) -> dict[str, Any]:
    """Check the body of a comment."""
    if not isinstance(value, dict) or not value.get("content"):
        raise JiraRefusal(400, errors={"comment": "Comment body is not valid!"})
    try:
        checked = check_rich_text(value)
    except InvalidField as error:
        raise JiraRefusal(400, errors={"comment": str(error)}) from error
    return checked or {}


def check_summary(value: Any) -> str:
    """Check a summary: one line, 1 to 255 characters."""
    if not isinstance(value, str):
        raise InvalidField("Operation value must be a string")
    if not value.strip():
        raise InvalidField("You must specify a summary of the issue.")
    if "\n" in value or "\r" in value:
        raise InvalidField("The summary is invalid because it contains newline characters.")
    if len(value) > 255:
        raise InvalidField("Summary can't exceed 255 characters.")
    return value.strip()


def check_label(value: Any) -> str:
    """Check one label."""
    if not isinstance(value, str) or not value:
        raise InvalidField("string expected at index 0")
    if any(sign.isspace() for sign in value):
        raise InvalidField(f"The label '{value}' contains spaces which is invalid.")
    if len(value) > 255:
        raise InvalidField(
            f"The label '{value}' exceeds the maximum length for a single label of 255 characters."
        )
    return value


def _labels(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise InvalidField("data was not an array")
    return tuple(dict.fromkeys(check_label(each) for each in value))


def _pick(value: Any, table: Mapping[str, str], error: str) -> str:
    if isinstance(value, dict):
        for key, name in table.items():
            if str(value.get("id")) == key or value.get("name") == name:
                return key
    raise InvalidField(error)


def check_component(value: Any) -> str:
    """Check one component, by id or name; return its id."""
    return _pick(value, workflow.COMPONENTS, f"Component name '{_name(value)}' is not valid")


def _name(value: Any) -> Any:
    return value.get("name", value.get("id")) if isinstance(value, dict) else value


def check_link_type(value: Any, link_types: Mapping[str, tuple[str, str, str]]) -> str:
    """Check a link type of the site, by id or name; return its id."""
    names = {key: names[0] for key, names in link_types.items()}
    try:
        return _pick(value, names, "")
    except InvalidField as error:
        raise JiraRefusal(404, f"No issue link type with name '{_name(value)}' found.") from error


def find_issue_type(value: Any) -> workflow.IssueType:
    """Check an issue type, by id or name."""
    if isinstance(value, dict):
        for kind in workflow.ISSUE_TYPES:
            if str(value.get("id")) == kind.id or value.get("name") == kind.name:
                return kind
    raise InvalidField("Specify a valid issue type")


def check_properties(value: Any) -> dict[str, Any]:
    """Check the list of entity properties of a create or comment request."""
    if value is None:
        return {}
    if not isinstance(value, list):
        raise JiraRefusal(400, "Invalid request payload. Refer to the REST API documentation and try again.")
    found = {}
    for each in value:
        if not isinstance(each, dict) or not isinstance(each.get("key"), str) or "value" not in each:
            raise JiraRefusal(400, "A property needs a key and a value.")
        check_property(each["key"], each["value"])
        found[each["key"]] = each["value"]
    return found


def check_visibility(value: Any) -> dict[str, Any]:
    """Check the role or group that may see a comment; without one, everyone may."""
    if value is None:
        return {}
    named = isinstance(value, dict) and (value.get("value") or value.get("identifier"))
    if not named or value.get("type") not in ("role", "group"):
        raise JiraRefusal(400, "A visibility needs the type role or group, and its value or identifier.")
    return dict(value)


def check_property(key: str, value: Any) -> None:
    """Raise 400 for a key over 255 or a value over 32,768 characters."""
    if not key or len(key) > 255:
        raise JiraRefusal(400, "The property key may not be longer than 255 characters.")
    if len(json.dumps(value, ensure_ascii=False, separators=(",", ":"))) > MAX_PROPERTY:
        raise JiraRefusal(400, "The property value may not be longer than 32768 characters.")


def _custom_value(field: CustomField, value: Any) -> Any:
    """Check the value of a custom field; None clears it."""
    if value is None:
        return None
    if field.kind == "option":
        if not isinstance(value, dict) or value.get("value") not in field.options:
            raise InvalidField(f"Option value '{_name(value)}' is not valid")
        return {"value": value["value"], "id": str(10_500 + field.options.index(value["value"]))}
    expected = (int, float) if field.kind == "number" else (str,)
    if not isinstance(value, expected):
        raise InvalidField(f"Operation value must be a {field.kind}")
    return value


class FieldReader:
    """Converts a request's `fields` to values for the store, and collects errors by field.

    `screens` are the project's; `is_new` says that the request creates an issue.
    """

    def __init__(self, people: Directory, screens: Screens, *, is_new: bool) -> None:
        self.people, self._screens, self._is_new = people, screens, is_new
        self.errors: dict[str, str] = {}

    def read(self, given: Any) -> dict[str, Any]:
        """Return the values of the valid fields; errors are added to `errors`."""
        if not isinstance(given, dict):
            raise JiraRefusal(400, "Can not deserialize value: fields must be an object")
        values: dict[str, Any] = {}
        custom: dict[str, Any] = {}
        for name, value in given.items():
            try:
                self.on_screen(name)
                if field := self._screens.field(name):
                    custom[name] = _custom_value(field, value)
                else:
                    values |= self._one(name, value)
            except InvalidField as error:
                self.errors[name] = str(error)
        return {**values, "custom": custom} if custom else values

    def on_screen(self, name: str) -> None:
        """Raise InvalidField for a field that is not on the screen."""
        if not self._screens.shows(name, is_new=self._is_new):
            raise InvalidField(UNKNOWN_FIELD.format(name))

    def require_fields(self, given: Mapping[str, Any]) -> None:
        """Add an error for each required custom field without a value."""
        for field in self._screens.custom:
            if field.required and given.get(field.id) in (None, "", []):
                self.errors.setdefault(field.id, f"{field.name} is required.")

    def _one(self, name: str, value: Any) -> dict[str, Any]:  # noqa: C901 one branch per kind of field
        if name == "summary":
            return {"summary": check_summary(value)}
        if name == "description":
            return {"description": check_rich_text(value)}
        if name == "labels":
            return {"labels": _labels(value)}
        if name == "issuetype":
            return {"issue_type": find_issue_type(value)}
        if name == "priority":
            return {"priority": _pick(value, workflow.PRIORITIES, "The priority selected is invalid.")}
        if name == "components":
            return {"components": tuple(check_component(each) for each in value or [])}
        if name in {"assignee", "reporter"}:
            return {name: self._person(name, value)}
        if name == "security":
            level = _pick(value, workflow.SECURITY_LEVELS, "Security level is not valid for this project.")
            return {"security": {"id": level, "name": workflow.SECURITY_LEVELS[level]}}
        if name == "duedate" and (value is None or isinstance(value, str)):
            return {"due": value}
        if name == "project":
            return {"project": value}
        raise InvalidField(UNKNOWN_FIELD.format(name))

    def _person(self, name: str, value: Any) -> Account | None:
        if value is None and name == "assignee":
            return None
        account_id = value.get("accountId") or value.get("id") if isinstance(value, dict) else None
        account = self.people.by_id(str(account_id))
        if account is None:
            raise InvalidField(
                "Specify a valid value for " + name if account_id else "data was not an object"
            )
        return account

    def done(self) -> None:
        """Raise 400 with all errors, if there are any."""
        if self.errors:
            raise JiraRefusal(400, errors=self.errors)
