"""Continuation tokens of paginated lists, each of which may be returned once."""

from __future__ import annotations

from dataclasses import dataclass, field

from common.atlassian.http_client import Unavailable


@dataclass
class Continuation:
    """The position in one paginated list; ``token`` names the next page, and is ``""`` on the first.

    https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-issue-search/
    """

    method: str
    path: str
    token: str = ""
    _used: set[str] = field(default_factory=set)

    def advance(self, token: str) -> bool:
        """Go on to the page of ``token``; return False if there is none, because the last page was read.

        Raises Unavailable for a token that was returned before: the same pages would be read without end.
        """
        if token and token in self._used:
            raise Unavailable(
                self.method, self.path, None, "the continuation token of an earlier page came again"
            )
        self._used.add(token)
        self.token = token
        return bool(token)
