"""Access tokens of a service account by OAuth 2.0 client credentials (RFC 6749, section 4.4), valid for an hour each.

https://support.atlassian.com/user-management/docs/create-oauth-2-0-credential-for-service-accounts/
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import requests

from common.atlassian.errors import TOKEN_URL, Unauthorized, Unavailable
from common.atlassian.http_client import TIMEOUT, USER_AGENT
from common.atlassian.retry_policy import TRANSIENT, DeadlineTimeout, retry_after_seconds
from common.runtime.json_access import as_dict, as_str

#: Seconds before its expiry at which an access token is replaced, so that none expires on its way.
_MARGIN_SECONDS = 60


class ClientCredentials:
    """Fetches access tokens and caches the newest.

    ``secret`` returns the client secret; with ``True`` it is read again, which a refusal of the cached one causes.
    """

    def __init__(self, token_url: str, client_id: str, secret: Callable[[bool], str]) -> None:
        self._token_url, self._client_id, self._secret = token_url, client_id, secret
        self._token, self._ends_at = "", 0.0
        self._session = requests.Session()
        self._session.trust_env = False
        self._session.headers.update({"Accept": "application/json", "User-Agent": USER_AGENT})

    def access_token(self, fresh: bool) -> str:
        """Return an access token; a new one if ``fresh`` (after a 401) or if the cached one expires.

        Raises Unauthorized if the client id or secret is not accepted, and Unavailable if the service is down.
        """
        # Wall-clock time: the monotonic clock may stop while Lambda freezes the function.
        if fresh or time.time() >= self._ends_at:
            try:
                answer = self._fetch(self._secret(fresh))
            except Unauthorized:
                if fresh:
                    raise
                answer = self._fetch(self._secret(True))
            self._token = as_str(answer.get("access_token"))
            self._ends_at = time.time() + float(answer.get("expires_in") or 0) - _MARGIN_SECONDS
        return self._token

    def _fetch(self, secret: str) -> Any:
        body = {
            "grant_type": "client_credentials",
            "client_id": self._client_id,
            "client_secret": secret,
        }
        connect, read = TIMEOUT
        try:
            response = self._session.post(
                self._token_url,
                json=body,
                timeout=DeadlineTimeout(connect=connect, read=read),  # type: ignore[arg-type]
                allow_redirects=False,
            )
        except requests.RequestException as error:
            raise Unavailable("POST", TOKEN_URL, None, type(error).__name__) from error
        status = response.status_code
        if status in TRANSIENT:
            raise Unavailable(
                "POST", TOKEN_URL, status, "", retry_after=retry_after_seconds(response.headers)
            )
        if status != 200:
            # The answer is not quoted: it may repeat the secret.
            raise Unauthorized("POST", TOKEN_URL, status, "the client id or secret is not accepted")
        try:
            answer = as_dict(response.json())
        except ValueError as error:
            raise Unavailable("POST", TOKEN_URL, None, "not JSON") from error
        if not as_str(answer.get("access_token")):
            raise Unavailable("POST", TOKEN_URL, None, "no access token in the answer")
        return answer
