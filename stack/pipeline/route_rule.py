"""The rule of the setting `routes`: a JSON list of what each route matches and where its documentation goes."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from .setting_types import InvalidValue, JsonFields

MAX_BYTES = 2500
"""Longest setting as JSON without blanks: a function's environment variables have 4 KB together."""

CRITERIA = ("projects", "components", "labels")
"""Keys that say which tickets a route is for; each route needs at least one."""

_PROJECT = (r"[A-Z][A-Z0-9_]+", "a project key holds only upper-case letters, digits and `_`")
_ACCOUNT = (r"[A-Za-z0-9:_-]+", "an account id holds only letters, digits, `:`, `_` and `-`")
_LISTS: Mapping[str, tuple[str, str]] = {
    "projects": _PROJECT,
    "components": (r"\S(.*\S)?", "a component has no blanks around it"),
    "labels": (r"\S+", "a label has no blanks"),
    "spaces": (r"~?[A-Za-z0-9]+", "a space key holds only letters and digits, after an optional ~"),
    "reviewers": _ACCOUNT,
    "approvers": _ACCOUNT,
    "pageLabels": (
        r"[^\s:;,.?&\[\]()#^*@!A-Z]+",
        "a page's label has only lower-case letters, no blanks and no punctuation but `-` and `_`",
    ),
}
_TEXTS: Mapping[str, tuple[str, str]] = {
    "parentPage": (r"\d+", "must be the id of a page, which is a number"),
    "reviewProject": (_PROJECT[0], f"{_PROJECT[1]}"),
    "issueType": (r"\S(.*\S)?", "must be the name of an issue type"),
}
KEYS = (*_LISTS, *_TEXTS, "reviewFields")
"""All keys of a route."""


@dataclass(frozen=True)
class RouteList:
    """A list of routes, as JSON text or as the list itself; `fields` is the rule of `reviewFields`."""

    python_type: ClassVar[type] = str
    fields: JsonFields
    example: str

    def checked(self, value: Any) -> str:
        """Return the list as JSON without blanks, empty for none. Raises InvalidValue."""
        routes = _parsed(value)
        for place, route in enumerate(routes):
            self._check(f"route {place + 1}", route)
        criteria = [json.dumps([route.get(key, []) for key in CRITERIA]) for route in routes]
        for place, each in enumerate(criteria):
            if each in criteria[:place]:
                raise InvalidValue(
                    f"has two routes for the same tickets, {criteria.index(each) + 1} and {place + 1}: remove one"
                )
        text = json.dumps(routes, separators=(",", ":"), ensure_ascii=False) if routes else ""
        if (size := len(text.encode())) > MAX_BYTES:
            raise InvalidValue(
                f"has {size:,} bytes as JSON, but may have at most {MAX_BYTES:,}: a function's environment holds no "
                "more. Give routes what the plain settings say already by leaving it out"
            )
        return text

    def _check(self, name: str, route: Any) -> None:
        """Check one route. Raises InvalidValue."""
        if not isinstance(route, Mapping):
            raise InvalidValue(f"has a {name} that is {route!r}, but a route must be an object")
        for key, value in route.items():
            where = f"has a {name} whose {key} is {value!r}"
            if key not in KEYS:
                raise InvalidValue(
                    f"has a {name} with the key {key!r}, but it may have only {', '.join(KEYS)}"
                )
            if key in _LISTS:
                _check_list(where, value, *_LISTS[key])
            elif key in _TEXTS:
                pattern, requirement = _TEXTS[key]
                if not isinstance(value, str) or not re.fullmatch(pattern, value):
                    raise InvalidValue(f"{where}, but {requirement}")
            elif not isinstance(value, Mapping):
                raise InvalidValue(f"{where}, but it must be an object of fields by id")
            else:
                self._check_fields(name, value)
        if not any(route.get(key) for key in CRITERIA):
            raise InvalidValue(
                f"has a {name} without {', '.join(CRITERIA)}, but a route must say which tickets it is for; the plain "
                "settings are for all others"
            )

    def _check_fields(self, name: str, value: Mapping[str, Any]) -> None:
        try:
            self.fields.checked(json.dumps(value))
        except InvalidValue as error:
            raise InvalidValue(f"has a {name} whose reviewFields {error}") from error


def _check_list(where: str, value: Any, pattern: str, requirement: str) -> None:
    if not isinstance(value, list) or not value or not all(isinstance(each, str) for each in value):
        raise InvalidValue(f'{where}, but it must be a list of texts that is not empty, such as ["…"]')
    for each in value:
        if not re.fullmatch(pattern, each):
            raise InvalidValue(f"{where} with {each!r}, but {requirement}")


def _parsed(value: Any) -> list[Any]:
    if isinstance(value, str):
        if not value.strip():
            return []
        try:
            value = json.loads(value)
        except ValueError as error:
            raise InvalidValue(f"is {value!r}, but must be JSON ({error})") from error
    if not isinstance(value, list):
        raise InvalidValue(f"is {value!r}, but must be a JSON list of routes")
    return value
