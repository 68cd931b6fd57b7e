"""Errors of requests to Jira and Confluence, without the HTTP client: a webhook tells errors apart, but sends none."""

from __future__ import annotations

#: What errors name instead of the path of the token URL, which is a setting.
TOKEN_URL = "the token URL"  # noqa: S105 (not a token)


class AtlassianError(Exception):
    """A request to Jira or Confluence failed.

    ``status`` is None if no complete answer arrived. ``detail`` is the answer's body, or what went wrong without one.
    """

    def __init__(self, method: str, path: str, status: int | None, detail: str) -> None:
        super().__init__(f"{method} {path}: {status or 'no answer'}: {detail[:500]}")
        self.method, self.path, self.status, self.detail = method, path, status, detail


class Unavailable(AtlassianError):
    """The service is busy, down or unreachable: the same request may succeed after ``retry_after`` seconds or more."""

    def __init__(
        self, method: str, path: str, status: int | None, detail: str, *, retry_after: float = 0
    ) -> None:
        super().__init__(method, path, status, detail)
        self.retry_after = retry_after


class NotFound(AtlassianError):
    """404: the resource does not exist, or the Kinexus account may not see it."""


class Gone(AtlassianError):
    """410: Atlassian has removed this endpoint, so Kinexus must be updated.

    It says nothing about the requested ticket or page. Atlassian removes endpoints of Confluence v1 one by one.
    """


class VersionConflict(AtlassianError):
    """409: another person or process has changed the resource since it was read."""


class RequestRefused(AtlassianError):
    """Any other 4xx: a retry will not help."""


class Unauthorized(AtlassianError):
    """401, or 403 to a GET: the Kinexus account or its token lacks a right. A retry will not help.

    A ticket or page that the Kinexus account may not see is a 404, and a scope that a token lacks is a 401.
    https://support.atlassian.com/atlassian-account/docs/manage-api-tokens-for-your-atlassian-account/
    """
