"""Checks with the pipeline's own token that Jira and Confluence grant everything that the pipeline needs."""

from __future__ import annotations

import json
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import chain, islice

from common.atlassian.clients import ReadToken, connect_http
from common.atlassian.confluence_client import ConfluenceClient, Space
from common.atlassian.http_client import AtlassianError, Gone, NotFound, Unavailable
from common.atlassian.jira_client import JiraClient
from common.atlassian.page_restrictions import Access, Restrictions
from common.domain.route import Route, Routes, read_routes
from common.domain.ticket_fields import missing_fields
from common.runtime.json_access import as_dict, as_str
from preflight import atlassian_rules as rules
from preflight.finding import Finding, failed, warning
from preflight.review_project import ReviewProjectCheck, ReviewTicketRules
from preflight.route_check import RouteChecks

_RENEW = "create an API token, pulumi config set --secret jiraApiToken, pulumi up"
_SCOPED = "with a scoped token, {0} must be https://api.atlassian.com/ex/{1}/{{cloudId}}{2}"
_UPDATE = "update Kinexus: Atlassian has removed an endpoint that it uses"
#: Maximum number of pages that are checked, 250 per request.
MAX_PAGES = 5000
_SCOPES = (
    "give the Kinexus account the permission for this request, and a scoped token the scope "
    "(docs/atlassian-setup.md)"
)


@dataclass(frozen=True)
class SiteConfig:
    """The Atlassian site, spaces and projects that the pipeline is configured for."""

    jira_url: str
    confluence_url: str
    email: str
    space_keys: tuple[str, ...]
    review_project: str
    review_issue_type: str
    review_link_type: str = "Relates"
    review_fields: str = ""
    document_labels: tuple[str, ...] = ()
    approver_group: str = ""
    confluence_email: str = ""
    token_url: str = ""
    client_id: str = ""
    trust_folders: bool = False
    ticket_fields: tuple[str, ...] = ()
    style_guide_page: str = ""
    routes: str = ""

    def all_routes(self) -> Routes:
        """Return the routes; the default one is that of the plain settings."""
        default = Route(
            spaces=self.space_keys,
            review_project=self.review_project,
            issue_type=self.review_issue_type,
            review_fields=self.review_fields,
        )
        return read_routes(self.routes, default)

    def all_spaces(self) -> tuple[str, ...]:
        """Return the keys of the spaces of all routes, those of the default route first."""
        routes = self.all_routes().others
        return tuple(dict.fromkeys((*self.space_keys, *(key for route in routes for key in route.spaces))))


class _Settings:
    """The settings of a site, as the clients name them."""

    def __init__(self, site: SiteConfig) -> None:
        self.jira_base_url = self.jira_browse_url = site.jira_url
        self.confluence_url = self.confluence_browse_url = site.confluence_url
        self.jira_email, self.confluence_email = site.email, site.confluence_email or site.email
        self.atlassian_token_url, self.atlassian_client_id = site.token_url, site.client_id


class SiteCheck:
    """Runs all checks of one site."""

    def __init__(self, site: SiteConfig, read: ReadToken) -> None:
        self._site = site
        self._jira, self._confluence = connect_http(_Settings(site), read)
        self._client = ConfluenceClient(self._confluence, site.confluence_url)

    def findings(self) -> Iterator[Finding]:
        """Yield the results of all checks that can be made now."""
        try:
            yield from self._everything()
        except Unavailable as error:
            remedy = "check that jiraBaseUrl and confluenceUrl are right, and https://status.atlassian.com; try again"
            yield failed("Jira and Confluence", f"the other checks cannot be made now: {error}", remedy)

    def _everything(self) -> Iterator[Finding]:
        """Check the log-in to both products first, then spaces, restrictions, permissions and issue types."""
        account_id = yield from self._jira_account()
        if not account_id:
            return
        is_same = yield from self._confluence_account(account_id)
        if is_same:
            yield from _or_failure("spaces", self._spaces)
            yield from _or_failure("view restrictions", self._restrictions)
            yield from _or_failure("style guide", self._style_guide)
        yield from _or_failure("ticket fields", self._ticket_fields)
        routes = self._site.all_routes()
        yield from _or_failure("review tickets", partial(self._review_tickets, routes.default))
        if is_same:
            checks = RouteChecks(self._jira, self._client, self._review_tickets)
            for number, route in enumerate(routes.others, 1):
                yield from _or_failure(
                    f"route {number}", partial(checks.findings, number, route, routes.default)
                )

    def _jira_account(self) -> Generator[Finding, None, str]:
        site = self._site
        try:
            answer = as_dict(self._jira.get("/rest/api/3/myself"))
        except Unavailable:
            raise
        except AtlassianError as error:
            remedy = f"{_RENEW}; {_SCOPED.format('jiraBaseUrl', 'jira', '')}"
            yield failed("Jira account", f"{site.email} at {site.jira_url}: {error}", remedy)
            return ""
        yield rules.check_account(answer, site.email)
        return as_str(answer.get("accountId"))

    def _confluence_account(self, jira_account: str) -> Generator[Finding, None, bool]:
        site = self._site
        try:
            account = self._client.account_id()
        except Unavailable:
            raise
        except AtlassianError as error:
            scoped = _SCOPED.format("confluenceUrl", "confluence", "/wiki")
            remedy = f"give {site.email} access to Confluence and the token its scopes; {scoped}"
            yield failed("Confluence account", f"{site.confluence_url}: {error}", remedy)
            return False
        yield rules.check_same_account(account, jira_account)
        return account == jira_account

    def _spaces(self) -> Iterator[Finding]:
        wanted = self._site.all_spaces()
        found = {space.key: space for space in self._client.spaces(wanted)}
        if set(wanted) - set(found):
            yield rules.check_spaces(wanted, found, ())
            return
        try:
            read_only = [key for key in wanted if not self._may_write(found[key])]
        except Unavailable:
            raise
        except AtlassianError as error:
            yield warning(
                "spaces", f"cannot check whether the Kinexus account may write there: {error}", _SCOPES
            )
            return
        yield rules.check_spaces(wanted, found, read_only)

    def _may_write(self, space: Space) -> bool:
        return rules.may_write(as_dict(self._confluence.get(f"/api/v2/spaces/{space.space_id}/operations")))

    def _restrictions(self) -> Iterator[Finding]:
        """Check that restrictions can be read, and count the pages for which Confluence does not return them."""
        spaces = self._client.spaces(self._site.all_spaces())
        if not spaces:
            return
        homes = [space.homepage_id for space in spaces if space.homepage_id]
        if homes:
            self._client.ancestors(homes[0])
            self._client.is_restricted(homes[0])
        pages = chain.from_iterable(self._client.pages_in(space.space_id) for space in spaces)
        first = list(islice(pages, MAX_PAGES + 1))
        is_all = len(first) <= MAX_PAGES
        yield rules.check_restrictions(
            first[:MAX_PAGES], is_all=is_all, trust_folders=self._site.trust_folders
        )

    def _style_guide(self) -> Iterator[Finding]:
        if page_id := self._site.style_guide_page:
            pages = self._client.pages([page_id])
            accesses = Restrictions(self._client, trust_folders=self._site.trust_folders).of(pages)
            yield rules.check_style_guide(page_id, pages, is_open=Access.OPEN in accesses)

    def _ticket_fields(self) -> Iterator[Finding]:
        if wanted := self._site.ticket_fields:
            known = JiraClient(self._jira, self._site.jira_url).fields()
            yield rules.check_ticket_fields(wanted, missing_fields(wanted, known))

    def _review_tickets(self, route: Route) -> Iterator[Finding]:
        project = route.review_project
        wanted = [*rules.PERMISSIONS, *([rules.SEE_GROUPS] if self._site.approver_group else [])]
        wanted.append(rules.SET_LEVELS)
        params = {"permissions": ",".join(wanted)}
        if project:
            params["projectKey"] = project
        try:
            answer = as_dict(self._jira.get("/rest/api/3/mypermissions", params))
        except NotFound:
            yield rules.project_not_found(project)
            return
        missing = rules.missing_permissions(answer, wanted)
        yield rules.check_permissions(missing, project)
        if "CREATE_ISSUES" not in missing:  # otherwise Jira offers no issue type at all
            yield from self._review_project(route)

    def _review_project(self, route: Route) -> Iterator[Finding]:
        site = self._site
        wanted = ReviewTicketRules(
            route.issue_type,
            site.review_link_type,
            json.loads(route.review_fields or "{}"),
            site.document_labels,
        )
        jira = JiraClient(self._jira, site.jira_url)
        yield from ReviewProjectCheck(jira, route.review_project, wanted).findings()


def _or_failure(what: str, check: Callable[[], Iterator[Finding]]) -> Iterator[Finding]:
    """Yield the findings of a check; a refused request is a finding of its own."""
    try:
        yield from check()
    except Unavailable:
        raise
    except AtlassianError as error:
        yield failed(what, str(error), _UPDATE if isinstance(error, Gone) else _SCOPES)
