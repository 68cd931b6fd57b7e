"""The real Jira and Confluence of a trial: sends reads, and refuses to send anything else.

The credentials stay in the memory of this process: no file, no environment of a child, no function holds them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode, urlsplit

import requests

_READ_PREFIXES = ("/rest/api/3/", "/wiki/api/v2/", "/wiki/rest/api/")
#: Requests that only read, although they are POSTs.
READS_BY_POST = frozenset(
    {
        "/rest/api/3/search/jql",
        "/rest/api/3/search/approximate-count",
        "/rest/api/3/issue/bulkfetch",
        "/rest/api/3/comment/list",
        "/rest/api/3/changelog/bulkfetch",
    }
)
_SECONDS = (5.0, 30.0)
_LOOPBACK = ("localhost", "127.0.0.1")


class SiteRefused(RuntimeError):
    """The site cannot be used for a trial; the message says why, and what to do."""


@dataclass(frozen=True)
class Login:
    """An account's e-mail address and API token."""

    email: str
    token: str = field(repr=False)


@dataclass(frozen=True)
class SiteAddress:
    """Base URLs of both products, with the accounts that read them. The URLs of Confluence end in /wiki.

    The browse URLs are those of the web pages, where they differ from the API's, as with tokens with scopes.
    """

    jira_url: str
    confluence_url: str
    jira: Login
    confluence: Login
    jira_browse_url: str = ""
    confluence_browse_url: str = ""

    def __post_init__(self) -> None:
        for url in (self.jira_url, self.confluence_url):
            parts = urlsplit(url)
            if parts.scheme != "https" and parts.hostname not in _LOOPBACK:
                raise SiteRefused(
                    f"{url}: write it as https://YOURSITE.atlassian.net, so that the token is encrypted"
                )


def is_read(method: str, path: str) -> bool:
    """Return whether a request only reads. What is not known to read counts as a write."""
    if method == "POST":
        return path in READS_BY_POST
    return method == "GET" and path.startswith(_READ_PREFIXES) and "/../" not in f"{path}/"


class ReadOnlySite:
    """Sends reads to the site. `path` is that of Jira, or of Confluence if it begins with /wiki; a query may follow."""

    def __init__(self, address: SiteAddress) -> None:
        self.address = address

    def send(self, method: str, path: str, body: bytes = b"") -> requests.Response:
        """Send a read; redirects are not followed. Raises ValueError for a write, requests.RequestException."""
        if not is_read(method, path.partition("?")[0]):
            raise ValueError(f"{method} {path} is not a read")
        is_confluence = path.startswith("/wiki/")
        base = self.address.confluence_url.removesuffix("/wiki") if is_confluence else self.address.jira_url
        login = self.address.confluence if is_confluence else self.address.jira
        # Only these headers are sent: a header such as X-HTTP-Method-Override could turn a read into a write.
        headers = {"Accept": "application/json", "User-Agent": "Kinexus"}
        if body:
            headers["Content-Type"] = "application/json"
        return requests.request(
            method, base + path, data=body or None, headers=headers, auth=(login.email, login.token),
            timeout=_SECONDS, allow_redirects=False,
        )  # fmt: skip

    def get(self, path: str, **query: Any) -> Any:
        """Return the JSON answer of a GET. Raises SiteRefused with the remedy."""
        try:
            response = self.send("GET", f"{path}?{urlencode(query)}" if query else path)
            if response.status_code == 200:
                return response.json()
        except (requests.RequestException, ValueError) as error:
            raise SiteRefused(
                f"{self.address.jira_url} gave no answer: {error}. Check the URL of the site."
            ) from error
        raise SiteRefused(_refusal(path, response))


def check_site(site: ReadOnlySite, spaces: str) -> Mapping[str, Any]:
    """Return the account as Jira shows it, after checking it and the spaces (keys, comma separated).

    Raises SiteRefused.
    """
    account: Mapping[str, Any] = site.get("/rest/api/3/myself")
    keys = [key.strip() for key in spaces.split(",") if key.strip()]
    found = {space["key"] for space in site.get("/wiki/api/v2/spaces", keys=",".join(keys))["results"]}
    if missing := [key for key in keys if key not in found]:
        raise SiteRefused(
            f"There is no space {', '.join(missing)} in Confluence, or {site.address.confluence.email} may not view "
            "it. The key of a space stands in its URL after /spaces/."
        )
    return account


def _refusal(path: str, response: requests.Response) -> str:
    status, host = response.status_code, urlsplit(response.url).hostname
    if status in (401, 403):
        return (
            f"{host} answered {status}: the e-mail address or the API token is wrong, or the account may not read "
            "this. Tokens are made at https://id.atlassian.com/manage-profile/security/api-tokens; one with scopes "
            "works only at https://api.atlassian.com/ex/jira/{cloudId}."
        )
    if status == 404 and path.startswith("/rest/api/3/issue/"):
        key = path.rpartition("/")[2]
        return f"{host} has no ticket {key}, or the account may not view it."
    return f"{host} answered {status} to GET {path}: {response.text[:300]}"
