"""The site's WSGI application: authentication, routing, fault injection and request log."""

import json
import re
import time
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from werkzeug.exceptions import HTTPException, MethodNotAllowed, NotFound
from werkzeug.routing import Map
from werkzeug.wrappers import Request, Response

from local.atlassian.board_pages import routes as board_routes
from local.atlassian.browser_pages import routes as browse_routes
from local.atlassian.control_routes import routes as control_routes
from local.atlassian.errors import AtlassianRefusal, JiraRefusal
from local.atlassian.fault_injection import ConnectionDropped, respond_with_fault
from local.atlassian.jira import rest_v2
from local.atlassian.jira.issues import NOT_FOUND
from local.atlassian.routes import (
    confluence_attachments,
    confluence_containers,
    confluence_page_parts,
    confluence_pages,
    confluence_v1,
    jira_attached,
    jira_changelog,
    jira_comments,
    jira_issues,
    jira_search,
    jira_site,
    jira_webhooks,
)
from local.atlassian.routing import Call, Handler, answer, merged
from local.atlassian.site import LoggedRequest, Site

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

_GATEWAY = re.compile(r"\A/ex/(jira|confluence)/[0-9a-f-]{36}(?=/)")
_API = ("/rest/", "/wiki/rest/", "/wiki/api/")
_UNLOCKED = ("/_control", "/board/pipeline")
_MAX_BODY = 30 * 1024 * 1024
_UNAUTHORIZED = {"message": "Client must be authenticated to access this resource.", "status-code": 401}


def application(site: Site) -> Callable[["WSGIEnvironment", "StartResponse"], Iterable[bytes]]:
    """Return the site's WSGI application."""
    return _Application(site)


@cache
def _table() -> tuple[dict[str, Handler], Map]:
    """Compile the routes once per process, which takes a tenth of a second."""
    parts = (
        jira_issues,
        jira_changelog,
        jira_attached,
        jira_comments,
        jira_search,
        jira_site,
        jira_webhooks,
        confluence_pages,
        confluence_page_parts,
        confluence_containers,
        confluence_attachments,
        confluence_v1,
    )
    routes = merged([*(part.routes for part in parts), browse_routes, board_routes, control_routes])
    return routes.handlers, Map(routes.rules, strict_slashes=False)


class _Application:
    def __init__(self, site: Site) -> None:
        self.site = site
        self._handlers, self._map = _table()

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        environ["PATH_INFO"] = path = _GATEWAY.sub("", environ.get("PATH_INFO", ""))
        if rest_v2.is_alias(path):
            rest_v2.as_version_3(environ)
        request = Request(environ)
        request.max_content_length = _MAX_BODY
        try:
            response = self._logged(request)
            if rest_v2.is_alias(path):
                response = rest_v2.with_wiki_text(response, path)
        except ConnectionDropped:
            socket = environ.get("werkzeug.socket")
            if socket is None:
                raise
            socket.shutdown(2)
            response = Response(b"", 500)
        return response(environ, start_response)

    def _logged(self, request: Request) -> Response:
        if request.path.startswith("/_control"):
            return self._routed(request, self.site.account("admin"))
        started, status = time.perf_counter(), 0
        account = self.site.people.authenticate(
            request.headers.get("Authorization"), self.site.clock.peek().timestamp()
        )
        name = account.name if account else ""
        try:
            fault = self.site.faults.take(request, name)
            response = (
                respond_with_fault(fault, lambda: self._served(request), request.path)
                if fault
                else self._served(request)
            )
            status = response.status_code
        finally:
            if request.path.startswith(_API):
                product = "confluence" if request.path.startswith("/wiki") else "jira"
                entry = LoggedRequest(
                    self.site.clock.peek(),
                    product,
                    request.method,
                    request.path,
                    request.query_string.decode("utf-8", "replace"),
                    name,
                    status,
                    round((time.perf_counter() - started) * 1000, 3),
                    request.headers.get("User-Agent", ""),
                )
                with self.site.lock:
                    self.site.requests.append(entry)
        return response

    def _served(self, request: Request) -> Response:
        account = self.site.people.authenticate(
            request.headers.get("Authorization"), self.site.clock.peek().timestamp()
        )
        if account is None:
            if request.path.startswith(_API):
                return answer(
                    _UNAUTHORIZED,
                    401,
                    {
                        "WWW-Authenticate": 'OAuth realm="Atlassian"',
                        "X-Seraph-LoginReason": "AUTHENTICATED_FAILED",
                    },
                )
            account = self.site.account("developer")
        return self._routed(request, account)

    def _routed(self, request: Request, account: Any) -> Response:
        call = Call(self.site, request, account)
        try:
            endpoint, arguments = self._map.bind_to_environ(request.environ).match()
            if request.path.startswith(_UNLOCKED):
                return self._handlers[endpoint](call, **arguments)
            with self.site.lock:
                self._hide(call, arguments)
                return self._handlers[endpoint](call, **arguments)
        except AtlassianRefusal as refusal:
            return answer(refusal.body(), refusal.status)
        except NotFound:
            return answer({"message": "null for uri: " + request.path, "status-code": 404}, 404)
        except MethodNotAllowed as error:
            return answer(
                {"message": "HTTP 405 Method Not Allowed", "status-code": 405},
                405,
                {"Allow": ", ".join(error.valid_methods or [])},
            )
        except HTTPException as error:
            return Response(
                json.dumps({"message": error.description}), error.code or 500, content_type="application/json"
            )

    def _hide(self, call: Call, arguments: Mapping[str, Any]) -> None:
        """Raise 404 for a ticket that the account may not see, as for one that does not exist."""
        if call.request.path.startswith("/rest/api/3/issue/"):
            issue = self.site.jira.find(str(arguments.get("key", "")))
            if issue and not self.site.jira.is_shown(issue, call.account):
                raise JiraRefusal(404, NOT_FOUND)
