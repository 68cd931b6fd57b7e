"""The fields that Jira lets our account set when it creates or edits an issue, by the project's screens.

https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-issues/#api-rest-api-3-issue-createmeta-projectidorkey-issuetypes-issuetypeid-get
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from common.runtime.json_access import as_dict, as_list, as_str

#: Fields that every screen has, whatever Jira lists.
_ALWAYS = frozenset({"project", "issuetype", "summary"})


@dataclass(frozen=True)
class IssueType:
    """An issue type of a project. A sub-task needs a parent issue."""

    type_id: str
    name: str
    is_subtask: bool


@dataclass(frozen=True)
class ScreenField:
    """A field on a screen. ``needs_value`` says that it is required and has no default."""

    field_id: str
    name: str
    needs_value: bool


@dataclass(frozen=True)
class IssueScreen:
    """The fields of one screen by id."""

    fields: Mapping[str, ScreenField] = field(default_factory=dict)

    @classmethod
    def from_metadata(cls, fields: Iterable[Mapping[str, Any]]) -> IssueScreen:
        """Parse the fields of ``createmeta`` or ``editmeta``."""
        return cls({each.field_id: each for each in map(_field, fields)})

    def has(self, field_id: str) -> bool:
        """Say whether a field can be set."""
        return field_id in _ALWAYS or field_id in self.fields


def parse_issue_type(kind: object) -> IssueType:
    """Parse an issue type of Jira's REST API."""
    found = as_dict(kind)
    return IssueType(as_str(found.get("id")), as_str(found.get("name")), found.get("subtask") is True)


def parse_link_types(answer: object) -> tuple[str, ...]:
    """Return the names of the link types that Jira lists."""
    return tuple(as_str(as_dict(each).get("name")) for each in as_list(as_dict(answer).get("issueLinkTypes")))


def _field(metadata: Mapping[str, Any]) -> ScreenField:
    field_id = as_str(metadata.get("fieldId")) or as_str(metadata.get("key"))
    needs_value = metadata.get("required") is True and metadata.get("hasDefaultValue") is not True
    return ScreenField(field_id, as_str(metadata.get("name")) or field_id, needs_value)
