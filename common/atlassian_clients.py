"""Our account's clients for Jira and Confluence, with one API token for both."""

from __future__ import annotations

from typing import Protocol

from common.atlassian_http import AtlassianHttp
from common.confluence import ConfluenceClient
from common.jira import JiraClient
from common.secret import Secret


class AtlassianSettings(Protocol):
    """The settings of a function that talks to Atlassian. API base and browse URL differ with scoped tokens."""

    @property
    def jira_base_url(self) -> str:
        """Where Jira's REST API is."""

    @property
    def jira_browse_url(self) -> str:
        """Where people see Jira."""

    @property
    def jira_email(self) -> str:
        """The e-mail address of our account."""

    @property
    def confluence_url(self) -> str:
        """Where Confluence's REST API is, with /wiki."""

    @property
    def confluence_browse_url(self) -> str:
        """Where people see Confluence, with /wiki."""


def connect(env: AtlassianSettings, credentials: Secret) -> tuple[JiraClient, ConfluenceClient]:
    """Build both clients; the token is read when it is first needed, and anew after a 401."""

    def token(fresh: bool) -> str:
        return str(credentials.get("apiToken", fresh=fresh))

    jira = AtlassianHttp(env.jira_base_url, env.jira_email, token)
    confluence = AtlassianHttp(env.confluence_url, env.jira_email, token)
    return JiraClient(jira, env.jira_browse_url), ConfluenceClient(confluence, env.confluence_browse_url)
