"""Request and response helpers for routes, and the registration of routes."""

import base64
import binascii
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from werkzeug.routing import Rule
from werkzeug.wrappers import Request, Response

from local.atlassian.accounts import Account
from local.atlassian.errors import AtlassianRefusal, ConfluenceRefusal, ConfluenceV1Refusal, JiraRefusal

if TYPE_CHECKING:
    from local.atlassian.site import Site

Handler = Callable[..., Response]


@dataclass(frozen=True)
class Call:
    """One request to a route: the site, the calling account and the request."""

    site: "Site"
    request: Request
    account: Account

    @property
    def base(self) -> str:
        """Return the site's URL, without a slash at the end."""
        return self.site.base_url

    def argument(self, name: str, default: str = "") -> str:
        """Return one query parameter."""
        return self.request.args.get(name, default)

    def arguments(self, name: str) -> list[str]:
        """Return a repeated or comma-separated query parameter as a list."""
        return [
            part.strip()
            for each in self.request.args.getlist(name)
            for part in each.split(",")
            if part.strip()
        ]

    def number(self, name: str, default: int, most: int) -> int:
        """Return a numeric query parameter, limited to `most`; raises 400 when it is not a number."""
        given = self.request.args.get(name)
        if given is None or given == "":
            return default
        if not given.lstrip("-").isdigit():
            raise self.refusal(400, f"Invalid value for parameter {name}: {given}")
        return max(0, min(int(given), most))

    def refusal(self, status: int, message: str) -> AtlassianRefusal:
        """Return an error in the format of the called API."""
        path = self.request.path
        if path.startswith("/wiki/api/v2"):
            return ConfluenceRefusal(status, message)
        if path.startswith("/wiki"):
            return ConfluenceV1Refusal(status, message)
        return JiraRefusal(status, message)

    def json(self) -> Any:
        """Return the request's JSON body; raises 415 for another media type, 400 for invalid JSON."""
        if "json" not in (self.request.content_type or ""):
            raise self.refusal(415, "Unsupported Media Type")
        try:
            return json.loads(self.request.get_data())
        except ValueError as error:
            raise self.refusal(
                400, "There was an error parsing JSON. Check that your request body is valid."
            ) from error

    def object(self) -> dict[str, Any]:
        """Return the request's body, which must be a JSON object."""
        body = self.json()
        if not isinstance(body, dict):
            raise self.refusal(
                400, "Invalid request payload. Refer to the REST API documentation and try again."
            )
        return body


def answer(body: Any, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """Return a JSON response."""
    return Response(
        json.dumps(body, ensure_ascii=False), status, headers, content_type="application/json;charset=UTF-8"
    )


def nothing(status: int = 204) -> Response:
    """Return a response without a body."""
    return Response(b"", status)


def page_of(values: list[Any], call: Call, *, most: int = 100, default: int = 50) -> dict[str, Any]:
    """Return the page of a list that startAt and maxResults request, in Jira's PageBean format."""
    start, size = call.number("startAt", 0, 1_000_000), call.number("maxResults", default, most) or default
    shown = values[start : start + size]
    last = start + len(shown) >= len(values)
    here = f"{call.base}{call.request.path}"
    body = {
        "self": f"{here}?{urlencode({'startAt': start, 'maxResults': size})}",
        "maxResults": size,
        "startAt": start,
        "total": len(values),
        "isLast": last,
        "values": shown,
    }
    if not last:
        body["nextPage"] = f"{here}?{urlencode({'startAt': start + size, 'maxResults': size})}"
    return body


@dataclass
class Routes:
    """A collection of routes; `on` is the decorator that adds one."""

    rules: list[Rule] = field(default_factory=list)
    handlers: dict[str, Handler] = field(default_factory=dict)

    def on(self, methods: str, *paths: str) -> Callable[[Handler], Handler]:
        """Register a function for the methods (`"GET POST"`) on each path."""

        def register(handler: Handler) -> Handler:
            name = f"{handler.__module__}.{handler.__name__}"
            self.handlers[name] = handler
            self.rules += [Rule(path, methods=methods.split(), endpoint=name) for path in paths]
            return handler

        return register


def merged(collections: Iterable[Routes]) -> Routes:
    """Merge several collections of routes into one."""
    whole = Routes()
    for routes in collections:
        whole.rules += routes.rules
        whole.handlers |= routes.handlers
    return whole


def page_token(start: int) -> str:
    """Return the opaque token of the results page that begins at ``start``."""
    return base64.urlsafe_b64encode(f"kx:{start}".encode()).decode()


def token_start(token: Any) -> int:
    """Return the start index of a token's results page, 0 without a token; raises 400 for an invalid token."""
    if not token:
        return 0
    try:
        mark, _, number = base64.urlsafe_b64decode(str(token)).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError) as error:
        raise JiraRefusal(400, "The provided next page token is invalid or expired.") from error
    if mark != "kx" or not number.isdigit():
        raise JiraRefusal(400, "The provided next page token is invalid or expired.")
    return int(number)
