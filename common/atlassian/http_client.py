"""HTTP client for Jira and Confluence: basic auth or Bearer tokens, safe retries, typed errors.

Only idempotent requests are retried here, with jitter, before the deadline and honouring Retry-After: GET, PUT, DELETE,
POSTs that only read, and any request after 429, which means that it was not processed. No other POST is retried: the
message is redelivered, and the idempotency key of the effect shows whether the first request succeeded.
https://developer.atlassian.com/cloud/jira/platform/rate-limiting/
"""

from __future__ import annotations

import base64
import logging
import ssl
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any
from urllib.parse import urlsplit

import certifi
import requests
from requests.adapters import HTTPAdapter
from requests.auth import AuthBase
from urllib3 import PoolManager

from common.atlassian.errors import (
    AtlassianError,
    Gone,
    NotFound,
    RequestRefused,
    Unauthorized,
    Unavailable,
    VersionConflict,
)
from common.atlassian.retry_policy import TRANSIENT, DeadlineTimeout, retry_after_seconds, retry_policy
from common.runtime.deadline import remaining_seconds

__all__ = [
    "AtlassianError",
    "AtlassianHttp",
    "Gone",
    "NotFound",
    "RequestRefused",
    "Unauthorized",
    "Unavailable",
    "VersionConflict",
]

log = logging.getLogger(__name__)

#: The name in Atlassian's access and audit logs.
USER_AGENT = "Kinexus"
#: Time-outs in seconds: to connect, and between bytes.
TIMEOUT = (3.05, 10.0)
#: Factor of the read time-out for writes: Confluence saves long pages slowly, and after a time-out the effect must be
#: searched for.
WRITE_TIMEOUT_FACTOR = 2.5
#: Seconds to wait after a POST without an answer, before its effect is searched for.
SETTLE_SECONDS = 60


class AtlassianHttp:
    """One base URL with the Kinexus account's credentials.

    ``token`` returns the API token; called with ``True``, once after a 401, it must read the token again. Without an
    ``email`` it is sent as a Bearer token.
    """

    def __init__(self, base_url: str, email: str, token: Callable[[bool], str]) -> None:
        self._base_url, self._email, self._token = base_url.rstrip("/"), email, token
        self._session, self._query_session = _session(), _session("POST")

    def get(self, path: str, params: Mapping[str, Any] | None = None) -> Any:
        """GET and return the JSON answer."""
        return _json("GET", path, self._request("GET", path, params, None))

    def post_query(self, path: str, body: object, params: Mapping[str, Any] | None = None) -> Any:
        """POST a request that only reads, and so is retried like a GET; return the JSON answer."""
        return _json("POST", path, self._request("POST", path, params, body, is_query=True))

    def post(self, path: str, body: object) -> Any:
        """POST without retries (except after 429) and return the JSON answer."""
        return _json("POST", path, self._request("POST", path, None, body))

    def put(self, path: str, body: object) -> Any:
        """PUT and return the JSON answer."""
        return _json("PUT", path, self._request("PUT", path, None, body))

    def do(self, method: str, path: str, body: object) -> None:
        """Send a request whose answer may be empty: an edit, a transition, a property, a link."""
        response = self._request(method, path, None, body)
        if response.content:
            _json(method, path, response)

    def _request(
        self,
        method: str,
        path: str,
        params: Mapping[str, Any] | None,
        body: object,
        *,
        is_query: bool = False,
    ) -> requests.Response:
        session = self._query_session if is_query else self._session
        response = self._send(session, method, path, params, body, fresh=False)
        if response.status_code == 401:
            response = self._send(session, method, path, params, body, fresh=True)
        status = response.status_code
        if status in TRANSIENT:
            asked = max(
                retry_after_seconds(response.headers),
                SETTLE_SECONDS if method == "POST" and status == 504 else 0,
            )
            raise Unavailable(method, path, status, _body(response), retry_after=asked)
        if status == 404:
            raise NotFound(method, path, status, _body(response))
        if status == 410:
            raise Gone(method, path, status, _body(response))
        if status == 409:
            raise VersionConflict(method, path, 409, _body(response))
        if status == 401 or (status == 403 and method == "GET"):
            raise Unauthorized(method, path, status, _body(response))
        if status >= 400:
            raise RequestRefused(method, path, status, _body(response))
        if status >= 300:
            # Never followed: our credentials are for this host only, and a log-in page is not an answer.
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
            raise Unavailable(method, path, None, "not sent, the deadline has passed")
        connect, read = TIMEOUT
        token = self._token(fresh)
        try:
            response = session.request(
                method,
                self._base_url + path,
                params=params,
                json=body,
                auth=_Bearer(token) if not self._email else (self._email, token),
                timeout=DeadlineTimeout(
                    connect=connect, read=read if method == "GET" else read * WRITE_TIMEOUT_FACTOR
                ),  # type: ignore[arg-type]
                allow_redirects=False,
            )
        except requests.RequestException as error:
            settles = SETTLE_SECONDS if method == "POST" else 0
            raise Unavailable(method, path, None, type(error).__name__, retry_after=settles) from error
        log.debug("%s %s %s", method, path, response.status_code)
        return response


class _Bearer(AuthBase):
    """Sends an OAuth 2.0 access token."""

    def __init__(self, token: str) -> None:
        self._token = token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        """Set the header of a request."""
        request.headers["Authorization"] = f"Bearer {self._token}"
        return request


@cache
def _connections() -> PoolManager:
    """Return the connections of this process. They have one TLS context: reading the authorities takes long."""
    return PoolManager(maxsize=10, ssl_context=ssl.create_default_context(cafile=certifi.where()))


class _Adapter(HTTPAdapter):
    """Sends requests over the connections of this process."""

    def init_poolmanager(self, *_: Any, **__: Any) -> None:
        """Use the connections of this process."""
        self.poolmanager = _connections()

    def cert_verify(self, *_: Any) -> None:
        """Do nothing: the TLS context knows the authorities, and requires their certificates."""


def _session(*also: str) -> requests.Session:
    """Return a session that retries idempotent methods, and ``also`` the given ones."""
    session = requests.Session()
    for scheme in ("http://", "https://"):
        session.mount(scheme, _Adapter(max_retries=retry_policy(*also)))
    session.trust_env = False
    session.headers.update({"Accept": "application/json", "User-Agent": USER_AGENT})
    return session


def _json(method: str, path: str, response: requests.Response) -> Any:
    try:
        return response.json()
    except (ValueError, RecursionError) as error:
        raise Unavailable(method, path, None, f"not JSON: {_body(response)[:200]}") from error


def _body(response: requests.Response) -> str:
    """Return the answer's text without our credentials, which some proxies repeat in their error pages."""
    scheme, _, sent = str(response.request.headers.get("Authorization", "")).partition(" ")
    token = base64.b64decode(sent).decode("latin-1").partition(":")[2] if scheme == "Basic" else ""
    text = response.text
    for secret in filter(None, (sent, token)):
        text = text.replace(secret, "…")
    return text
