"""Builds the clients for Jira and Confluence, which share one account and API token."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from common.atlassian.confluence_client import ConfluenceClient
from common.atlassian.http_client import AtlassianHttp
from common.atlassian.jira_client import JiraClient
from common.aws.secrets import CachedSecret


class JiraSettings(Protocol):
    """The settings of a function that talks to Jira. API base and browse URL differ with scoped tokens."""

    @property
    def jira_base_url(self) -> str:
        """The base URL of Jira's REST API."""

    @property
    def jira_browse_url(self) -> str:
        """The URL at which people open Jira."""

    @property
    def jira_email(self) -> str:
        """The e-mail address of the Kinexus account."""


class AtlassianSettings(JiraSettings, Protocol):
    """The settings of a function that talks to Jira and Confluence."""

    @property
    def confluence_url(self) -> str:
        """The base URL of Confluence's REST API, with /wiki."""

    @property
    def confluence_browse_url(self) -> str:
        """The URL at which people open Confluence, with /wiki."""


def connect(env: AtlassianSettings, credentials: CachedSecret) -> tuple[JiraClient, ConfluenceClient]:
    """Build both clients. The token is read when it is first needed, and again after a 401."""
    confluence = AtlassianHttp(env.confluence_url, env.jira_email, _token(credentials))
    return connect_jira(env, credentials), ConfluenceClient(confluence, env.confluence_browse_url)


def connect_jira(env: JiraSettings, credentials: CachedSecret) -> JiraClient:
    """Build the client for Jira alone."""
    jira = AtlassianHttp(env.jira_base_url, env.jira_email, _token(credentials))
    return JiraClient(jira, env.jira_browse_url)


def _token(credentials: CachedSecret) -> Callable[[bool], str]:
    return lambda fresh: credentials.get("apiToken", fresh=fresh)
