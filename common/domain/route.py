"""Routes: where a ticket's documentation goes and who reviews it, by the ticket's project, components and labels.

The stack's plain settings are the default route. The setting `routes` adds others before it; a field that a route does
not name has the default route's value. Pure functions.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from common.domain.ticket import Ticket

PAGE_LABELS = ("generated-by-kinexus",)
"""Labels of created pages, where a route names no others."""

#: The keys of a route in the setting, by field. The first three say which tickets it is for.
KEYS: Mapping[str, str] = {
    "projects": "projects",
    "components": "components",
    "labels": "labels",
    "spaces": "spaces",
    "parentPage": "parent_page",
    "reviewProject": "review_project",
    "issueType": "issue_type",
    "reviewFields": "review_fields",
    "reviewers": "reviewers",
    "approvers": "approvers",
    "pageLabels": "page_labels",
}
_CRITERIA = ("projects", "components", "labels")


@dataclass(frozen=True)
class Route:
    """A route: which tickets it is for, and where their pages and reviews go.

    A ticket matches if it is in one of the ``projects``, has one of the ``components`` and one of the ``labels``; an
    empty criterion matches every ticket. ``spaces`` are keys; new pages go to the first, below ``parent_page`` (an id)
    if there is one. ``review_project`` is empty for the source ticket's project. ``review_fields`` is JSON, empty for
    none. ``reviewers`` are asked first; ``approvers`` and the members of ``approver_group`` may decide, anyone if there
    are neither. All people are account ids.
    """

    projects: tuple[str, ...] = ()
    components: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    spaces: tuple[str, ...] = ()
    parent_page: str = ""
    review_project: str = ""
    issue_type: str = ""
    review_fields: str = ""
    reviewers: tuple[str, ...] = ()
    approvers: tuple[str, ...] = ()
    approver_group: str = ""
    page_labels: tuple[str, ...] = PAGE_LABELS

    @property
    def criteria(self) -> tuple[tuple[str, ...], ...]:
        """What says which tickets it is for; the default route has none."""
        return (self.projects, self.components, self.labels)

    @property
    def is_default(self) -> bool:
        """Whether it is for all tickets that no other route is for."""
        return not any(self.criteria)

    def matches(self, ticket: Ticket) -> bool:
        """Return whether it is for a ticket. Case does not count."""
        return (
            _have_common(self.projects, (ticket.project_key,))
            and _have_common(self.components, ticket.components)
            and _have_common(self.labels, ticket.labels)
        )

    def has_same_approvers(self, other: Route) -> bool:
        """Return whether the same people may decide; only then may tickets of both share a review."""
        return self.approver_group == other.approver_group and set(self.approvers) == set(other.approvers)


@dataclass(frozen=True)
class Routes:
    """All routes of a stack: those of the setting in their order, and the default route, which comes last."""

    default: Route
    others: tuple[Route, ...] = ()

    def current(self, stored: Route | None) -> Route:
        """Return the route of a record as it is configured now; the default route for a record without one.

        Records that an older version of Kinexus wrote have none. A route that is configured no more keeps its spaces,
        approvers and page labels; the rest is the default route's.
        """
        if stored is None or stored.is_default:
            return self.default
        configured = next((each for each in self.others if each.criteria == stored.criteria), None)
        return configured or replace(
            stored,
            parent_page="",
            review_project=self.default.review_project,
            issue_type=self.default.issue_type,
            review_fields=self.default.review_fields,
            reviewers=self.default.reviewers,
        )


def route_of(ticket: Ticket, routes: Routes) -> Route:
    """Return the first route that is for a ticket; the default route if no other is."""
    return next((each for each in routes.others if each.matches(ticket)), routes.default)


def read_routes(setting: str, default: Route) -> Routes:
    """Parse the setting `routes`, a JSON list of objects that the stack has validated; empty text for none."""
    return Routes(default, tuple(_read(each, default) for each in json.loads(setting or "[]")))


def route_from_json(stored: Mapping[str, Any]) -> Route:
    """Read a route from JSON that ``dataclasses.asdict`` made; fields of other versions are ignored."""
    values: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value
        for name, value in stored.items()
        if name in Route.__dataclass_fields__
    }
    return Route(**values)


def _read(given: Mapping[str, Any], default: Route) -> Route:
    values = {field: _value(given[key]) for key, field in KEYS.items() if key in given}
    # People who may decide elsewhere do not decide here.
    group = "" if values.get("approvers") else default.approver_group
    return replace(default, **values, approver_group=group)


def _value(given: Any) -> Any:
    if isinstance(given, list):
        return tuple(given)
    return json.dumps(given, separators=(",", ":"), ensure_ascii=False) if isinstance(given, dict) else given


def _have_common(wanted: Sequence[str], present: Iterable[str]) -> bool:
    return not wanted or not {each.casefold() for each in wanted}.isdisjoint(map(str.casefold, present))
