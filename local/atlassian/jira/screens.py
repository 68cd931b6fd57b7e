"""The fields that a project shows when an issue is created and edited, and its custom fields.

https://support.atlassian.com/jira-cloud-administration/docs/manage-issue-screens/
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

_SYSTEM_FIELDS: Mapping[str, tuple[str, str, tuple[str, ...]]] = {
    "summary": ("Summary", "string", ("set",)),
    "issuetype": ("Issue Type", "issuetype", ()),
    "project": ("Project", "project", ("set",)),
    "description": ("Description", "string", ("set",)),
    "labels": ("Labels", "array", ("add", "set", "remove")),
    "components": ("Components", "array", ("add", "set", "remove")),
    "priority": ("Priority", "priority", ("set",)),
    "assignee": ("Assignee", "user", ("set",)),
    "reporter": ("Reporter", "user", ("set",)),
    "security": ("Security Level", "securitylevel", ("set",)),
    "duedate": ("Due date", "date", ("set",)),
    "issuelinks": ("Linked Issues", "array", ("add",)),
    "attachment": ("Attachment", "array", ()),
}
_REQUIRED = frozenset({"summary", "issuetype", "project", "reporter"})
_WITH_DEFAULT = frozenset({"reporter", "priority"})
#: Fields that a request names whatever the screen shows.
ALWAYS = frozenset({"project", "issuetype", "comment"})


@dataclass(frozen=True)
class CustomField:
    """A custom field: text, a number, or one of several options."""

    id: str
    name: str
    kind: str = "string"
    options: tuple[str, ...] = ()
    required: bool = False

    def metadata(self) -> dict[str, Any]:
        """Return the field as createmeta and editmeta describe it."""
        body: dict[str, Any] = {
            "required": self.required,
            "schema": {
                "type": self.kind,
                "customId": int(self.id.rpartition("_")[2]),
                "custom": f"kx:{self.kind}",
            },
            "name": self.name,
            "key": self.id,
            "hasDefaultValue": False,
            "operations": ["set"],
        }
        return {**body, "allowedValues": [{"value": each} for each in self.options]} if self.options else body


STORY_POINTS = CustomField("customfield_10016", "Story point estimate", "number")


@dataclass(frozen=True)
class Screens:
    """The fields on the create and the edit screen of a project, and its custom fields, which are on both."""

    create: frozenset[str] = frozenset(_SYSTEM_FIELDS)
    edit: frozenset[str] = frozenset(_SYSTEM_FIELDS) - {"project"}
    custom: tuple[CustomField, ...] = (STORY_POINTS,)

    def field(self, name: str) -> CustomField | None:
        """Return a custom field by its id."""
        return next((each for each in self.custom if each.id == name), None)

    def shows(self, name: str, *, is_new: bool) -> bool:
        """Return whether a request that creates or edits an issue may set a field."""
        return name in (self.create if is_new else self.edit) | ALWAYS or self.field(name) is not None

    def metadata(self, *, is_new: bool) -> dict[str, dict[str, Any]]:
        """Return the fields by id, as createmeta and editmeta describe them."""
        shown = self.create if is_new else self.edit
        return {
            **{name: _metadata(name) for name in _SYSTEM_FIELDS if name in shown},
            **{each.id: each.metadata() for each in self.custom},
        }


def _metadata(name: str) -> dict[str, Any]:
    title, kind, operations = _SYSTEM_FIELDS[name]
    items = {"items": "issuelinks" if name == "issuelinks" else "string"} if kind == "array" else {}
    return {
        "required": name in _REQUIRED,
        "schema": {"type": kind, "system": name, **items},
        "name": title,
        "key": name,
        "hasDefaultValue": name in _WITH_DEFAULT,
        "operations": list(operations),
    }
