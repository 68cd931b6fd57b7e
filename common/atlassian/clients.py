"""Builds the clients for Jira and Confluence, which share one account.

It has API tokens (scoped ones are made per app, so Confluence may have its own), or client credentials of OAuth 2.0.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from common.atlassian.client_credentials import ClientCredentials
from common.atlassian.confluence_client import ConfluenceClient
from common.atlassian.http_client import AtlassianHttp
from common.atlassian.jira_client import JiraClient
from common.aws.secrets import CachedSecret

#: Reads the credentials under the first of these keys that there is; again, if the first argument is True.
ReadToken = Callable[..., str]


class AtlassianSettings(Protocol):
    """The settings of a function that talks to Jira and Confluence. URLs for API and people may differ."""

    @property
    def jira_base_url(self) -> str:
        """The base URL of Jira's REST API."""

    @property
    def jira_browse_url(self) -> str:
        """The URL at which people open Jira."""

    @property
    def jira_email(self) -> str:
        """The e-mail address of Kinexus's account."""

    @property
    def confluence_url(self) -> str:
        """The base URL of Confluence's REST API, with /wiki."""

    @property
    def confluence_browse_url(self) -> str:
        """The URL at which people open Confluence, with /wiki."""

    @property
    def confluence_email(self) -> str:
        """The e-mail address of Kinexus's account in Confluence."""

    @property
    def atlassian_token_url(self) -> str:
        """The token URL of OAuth 2.0; empty with API tokens."""

    @property
    def atlassian_client_id(self) -> str:
        """The client id of OAuth 2.0; empty with API tokens."""


def connect(env: AtlassianSettings, credentials: CachedSecret) -> tuple[JiraClient, ConfluenceClient]:
    """Build both clients. Credentials are read when they are first needed, and again after a 401."""
    jira, confluence = connect_http(env, credentials.get_first)
    return JiraClient(jira, env.jira_browse_url), ConfluenceClient(confluence, env.confluence_browse_url)


def connect_http(env: AtlassianSettings, read: ReadToken) -> tuple[AtlassianHttp, AtlassianHttp]:
    """Return the HTTP clients of Jira and Confluence. ``read(*keys, fresh=…)`` returns credentials."""
    if env.atlassian_token_url:
        secret = lambda fresh: read("apiToken", fresh=fresh)  # noqa: E731
        token = ClientCredentials(env.atlassian_token_url, env.atlassian_client_id, secret).access_token
        return AtlassianHttp(env.jira_base_url, "", token), AtlassianHttp(env.confluence_url, "", token)
    return (
        AtlassianHttp(env.jira_base_url, env.jira_email, lambda fresh: read("apiToken", fresh=fresh)),
        AtlassianHttp(
            env.confluence_url,
            env.confluence_email,
            lambda fresh: read("confluenceApiToken", "apiToken", fresh=fresh),
        ),
    )
