"""Checks the routes of the setting `routes` against the site: parent pages, people and review tickets."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from common.atlassian.confluence_client import ConfluenceClient
from common.atlassian.http_client import AtlassianHttp, NotFound
from common.domain.route import Route
from common.runtime.json_access import as_dict
from preflight.finding import Finding, Level, failed, ok

_REVIEWS = ("review_project", "issue_type", "review_fields")


@dataclass(frozen=True)
class RouteChecks:
    """Checks one route at a time. ``review_tickets`` yields the findings about review tickets of a route."""

    jira: AtlassianHttp
    confluence: ConfluenceClient
    review_tickets: Callable[[Route], Iterator[Finding]]

    def findings(self, number: int, route: Route, default: Route) -> Iterator[Finding]:
        """Yield what is wrong with a route, or that nothing is; ``number`` is its place in the setting, from 1."""
        name = f"route {number}"
        found = [*self._parent(name, route), *self._people(name, route)]
        if any(getattr(route, field) != getattr(default, field) for field in _REVIEWS):
            wrong = (each for each in self.review_tickets(route) if each.level is not Level.OK)
            found += [replace(each, what=f"{name}: {each.what}") for each in wrong]
        yield from found or [ok(name, f"for {_criteria(route)}")]

    def _parent(self, name: str, route: Route) -> Iterator[Finding]:
        if not route.parent_page:
            return
        homes = {space.key: space.space_id for space in self.confluence.spaces(route.spaces[:1])}
        try:
            page = self.confluence.page(route.parent_page)
        except NotFound:
            seen = f"there is no page {route.parent_page}, or it is hidden from the Kinexus account"
            yield failed(
                name, seen, "correct its parentPage in routes, or let the Kinexus account view the page"
            )
            return
        home = homes.get(route.spaces[0])
        if page.status != "current" or (home and page.space_id != home):
            seen = f"the parentPage {route.parent_page} is not a current page of the space {route.spaces[0]}"
            yield failed(name, seen, "name a page of the first of its spaces in routes")

    def _people(self, name: str, route: Route) -> Iterator[Finding]:
        accounts = dict.fromkeys((*route.reviewers, *route.approvers))
        for account in accounts:
            try:
                person = as_dict(self.jira.get("/rest/api/3/user", {"accountId": account}))
            except NotFound:
                person = {"active": False}
            if person.get("active") is False:
                seen = f"there is no active account {account} in Jira"
                yield failed(name, seen, "correct its reviewers or approvers in routes")


def _criteria(route: Route) -> str:
    """Return which tickets a route is for, in words."""
    named = zip(("projects", "components", "labels"), route.criteria, strict=True)
    return ", ".join(f"{name} {' or '.join(values)}" for name, values in named if values)
