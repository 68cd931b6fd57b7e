"""Requests to Jira and Confluence: basic auth, retries that are safe, and errors that say what happened.

Only requests that may be repeated are retried here, with jitter and within the budget of one invocation, honouring
Retry-After: GET, PUT, DELETE, POSTs that only read; and every request after 429, which says that it was not processed.
Any other POST is never repeated blindly: the queue brings the work back, and marks on what was made tell whether it had
taken effect.
https://developer.atlassian.com/cloud/jira/platform/rate-limiting/
"""

from __future__ import annotations

import base64
import logging
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter

from common.atlassian.retry_policy import TRANSIENT, DeadlineTimeout, asked_pause, retry_policy
from common.runtime.deadline import remaining_seconds

log = logging.getLogger(__name__)

#: Seconds to connect, seconds between bytes.
TIMEOUT = (3.05, 10.0)
#: So many times as long for what writes: Confluence saves a long page slowly, and a save that is not waited for must be
#: looked for afterwards.
WRITE_TIMEOUT_FACTOR = 2.5
#: Seconds that a POST without an answer is given to take effect, before its marks are looked for.
SETTLES = 60


class AtlassianError(Exception):
    """Jira or Confluence did not do what was asked. ``status`` is None when no whole answer arrived."""

    def __init__(self, method: str, path: str, status: int | None, said: str) -> None:
        super().__init__(f"{method} {path}: {status or 'no answer'}: {said[:500]}")
        self.method, self.path, self.status, self.said = method, path, status, said


class Unavailable(AtlassianError):
    """The service is busy, down or unreachable: the same request may succeed after ``retry_after`` seconds or more."""

    def __init__(
        self, method: str, path: str, status: int | None, said: str, *, retry_after: float = 0
    ) -> None:
        super().__init__(method, path, status, said)
        self.retry_after = retry_after


class NotFound(AtlassianError):
    """404: what was asked for does not exist, or our account may not see it."""


class Gone(AtlassianError):
    """410: Atlassian has removed this endpoint. Only another version of Kinexus, which asks elsewhere, will help.

    It says nothing about the ticket or page that was asked for. Endpoints of Confluence v1 go one by one.
    """


class VersionConflict(AtlassianError):
    """409: somebody changed it meanwhile."""


class RequestRefused(AtlassianError):
    """Any other 4xx: repeating the request will not help."""


class Unauthorized(AtlassianError):
    """401, or 403 to a mere GET: our account or its token lacks a right. Repeating the request will not help.

    A ticket or page that our account may not see is a 404, and a scope that a token lacks is a 401.
    https://support.atlassian.com/atlassian-account/docs/manage-api-tokens-for-your-atlassian-account/
    """


class AtlassianHttp:
    """One base URL with our account's credentials.

    ``token`` is called for the API token; with ``True`` it must read it anew, as it does once after a 401.
    """

    def __init__(self, base_url: str, email: str, token: Callable[[bool], str]) -> None:
        self._base_url, self._email, self._token = base_url.rstrip("/"), email, token
        self._session, self._asking = _session(), _session("POST")

    def get(self, path: str, params: Mapping[str, Any] | None = None) -> Any:
        """GET and return the JSON answer."""
        return _json("GET", path, self._request("GET", path, params, None))

    def ask(self, path: str, body: object, params: Mapping[str, Any] | None = None) -> Any:
        """POST what changes nothing, and so may be repeated like a GET; return the JSON answer."""
        return _json("POST", path, self._request("POST", path, params, body, asks=True))

    def post(self, path: str, body: object) -> Any:
        """POST once and return the JSON answer."""
        return _json("POST", path, self._request("POST", path, None, body))

    def put(self, path: str, body: object) -> Any:
        """PUT and return the JSON answer."""
        return _json("PUT", path, self._request("PUT", path, None, body))

    def do(self, method: str, path: str, body: object) -> None:
        """Make a request whose answer may be empty: an edit, a transition, a property, a link."""
        response = self._request(method, path, None, body)
        if response.content:
            _json(method, path, response)

    def _request(
        self, method: str, path: str, params: Mapping[str, Any] | None, body: object, *, asks: bool = False
    ) -> requests.Response:
        session = self._asking if asks else self._session
        response = self._send(session, method, path, params, body, fresh=False)
        if response.status_code == 401:
            response = self._send(session, method, path, params, body, fresh=True)
        status = response.status_code
        if status in TRANSIENT:
            asked = max(asked_pause(response.headers), SETTLES if method == "POST" and status == 504 else 0)
            raise Unavailable(method, path, status, _said(response), retry_after=asked)
        if status == 404:
            raise NotFound(method, path, status, _said(response))
        if status == 410:
            raise Gone(method, path, status, _said(response))
        if status == 409:
            raise VersionConflict(method, path, 409, _said(response))
        if status == 401 or (status == 403 and method == "GET"):
            raise Unauthorized(method, path, status, _said(response))
        if status >= 400:
            raise RequestRefused(method, path, status, _said(response))
        if status >= 300:
            # Never followed: our credentials are for this host, and a page to log in at is no answer.
            host = urlsplit(response.headers.get("Location", "")).hostname or "itself"
            raise Unavailable(method, path, status, f"redirected to {host}: is the URL still right?")
        return response

    def _send(
        self,
        session: requests.Session,
        method: str,
        path: str,
        params: Mapping[str, Any] | None,
        body: object,
        *,
        fresh: bool,
    ) -> requests.Response:
        if remaining_seconds() <= 0:
            raise Unavailable(method, path, None, "not asked, there was no time left")
        connect, read = TIMEOUT
        try:
            response = session.request(
                method,
                self._base_url + path,
                params=params,
                json=body,
                auth=(self._email, self._token(fresh)),
                timeout=DeadlineTimeout(
                    connect=connect, read=read if method == "GET" else read * WRITE_TIMEOUT_FACTOR
                ),  # type: ignore[arg-type]
                allow_redirects=False,
            )
        except requests.RequestException as error:
            settles = SETTLES if method == "POST" else 0
            raise Unavailable(method, path, None, type(error).__name__, retry_after=settles) from error
        log.debug("%s %s %s", method, path, response.status_code)
        return response


def _session(*also: str) -> requests.Session:
    """Return a session that repeats what may be repeated, and ``also`` these methods."""
    session = requests.Session()
    for scheme in ("http://", "https://"):
        session.mount(scheme, HTTPAdapter(max_retries=retry_policy(*also), pool_maxsize=10))
    session.trust_env = False
    session.headers["Accept"] = "application/json"
    return session


def _json(method: str, path: str, response: requests.Response) -> Any:
    try:
        return response.json()
    except (ValueError, RecursionError) as error:
        raise Unavailable(method, path, None, f"not JSON: {_said(response)[:200]}") from error


def _said(response: requests.Response) -> str:
    """Return the answer's text; without our credentials, which some proxies repeat in their error pages."""
    sent = str(response.request.headers.get("Authorization", "")).removeprefix("Basic ")
    token = base64.b64decode(sent).decode("latin-1").partition(":")[2]
    text = response.text
    for secret in filter(None, (sent, token)):
        text = text.replace(secret, "…")
    return text
