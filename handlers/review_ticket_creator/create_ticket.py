"""Creates a review ticket in any company project, and finds one whose creation was interrupted. Idempotent.

What the create screen does not show is set afterwards. A ticket is normally found again by its link to a source ticket,
which is made in the same request. Without such a link, it is found among the tickets that our account created since
``Document.creating_since``, by its property. Jira's search lags, so it is not used before ``SEARCH_AFTER_SECONDS``.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from common.atlassian.http_client import RequestRefused, Unavailable
from common.atlassian.jira_client import JiraClient
from common.aws.document_repository import DocumentRepository
from common.domain.document import Document
from common.domain.route import Route
from common.runtime.deadline import Clock
from common.runtime.errors import TooEarly
from common.runtime.json_access import as_str

#: Seconds after which a created ticket is in Jira's search index: the visibility timeout of this function's queue, so
#: that a message which is simply redelivered need not wait any longer.
SEARCH_AFTER_SECONDS = 6 * 90
#: Minutes that our clock and Jira's may differ.
_CLOCK_MINUTES = 5
#: Fields that can also be set after the ticket is created.
_SET_LATER = ("description", "labels")


@dataclass(frozen=True)
class TicketCreation:
    """Creates tickets of a route's issue type, with a link type and with the fields that the route adds."""

    records: DocumentRepository
    jira: JiraClient
    link_type: str
    clock: Clock

    def create(
        self,
        document: Document,
        route: Route,
        fields: Mapping[str, Any],
        sources: Sequence[str],
        properties: Mapping[str, Any],
    ) -> tuple[str, str]:
        """Create the review ticket with its properties and links to the source tickets; return its id and key.

        ``fields`` has the field ``project``. Raises Unavailable, with the time until the ticket can be searched for, if
        Jira does not say whether it made the ticket.
        """
        later, links = self._split(document, route, fields, sources)
        posted = {name: value for name, value in fields.items() if name not in later}
        try:
            issue_id, key = self._post(route, posted, properties, links)
        except RequestRefused:
            if not self.jira.forget_screens():
                raise
            # The screen may have changed since it was read, up to an hour ago.
            later, links = self._split(document, route, fields, sources)
            posted = {name: value for name, value in fields.items() if name not in later}
            issue_id, key = self._post(route, posted, properties, links)
        if later:
            labels = later.pop("labels", ())
            self.jira.edit_issue(issue_id, later, labels)
        for source in sources:
            if source not in links:
                self.jira.link_issues(issue_id, source, self.link_type)
        return issue_id, key

    def _split(
        self, document: Document, route: Route, fields: Mapping[str, Any], sources: Sequence[str]
    ) -> tuple[dict[str, Any], Sequence[str]]:
        """Return the fields that the create screen does not show, and the links that can be made in the same request.

        Without such links, the document records that the creation begins.
        """
        screen = self.jira.create_screen_of(str(fields["project"]["key"]), route.issue_type)
        links = sources if screen is None or screen.has("issuelinks") else ()
        if not links:
            self.records.record_creation(document, int(self.clock()))
        later = {} if screen is None else {name: fields[name] for name in _SET_LATER if not screen.has(name)}
        return later, links

    def _post(
        self, route: Route, fields: Mapping[str, Any], properties: Mapping[str, Any], links: Sequence[str]
    ) -> tuple[str, str]:
        """Create the ticket; without links, after a lost answer it is found once the index has caught up."""
        try:
            return self.jira.create_issue(
                {
                    **json.loads(route.review_fields or "{}"),
                    **fields,
                    "issuetype": {"name": route.issue_type},
                },
                properties,
                links,
                self.link_type,
            )
        except Unavailable as error:
            if links:
                raise
            raise Unavailable(
                error.method,
                error.path,
                error.status,
                error.detail,
                retry_after=max(error.retry_after, SEARCH_AFTER_SECONDS),
            ) from error

    def created_since(self, document: Document) -> Iterator[str]:
        """Yield the ids of the tickets that our account created since the creation of the review ticket began.

        Yields nothing if it never began. Raises TooEarly before the search index has caught up.
        """
        if not document.creating_since:
            return
        passed = self.clock() - document.creating_since
        if passed < SEARCH_AFTER_SECONDS:
            raise TooEarly(
                "Jira's search does not show yet whether the review ticket was created",
                SEARCH_AFTER_SECONDS - passed,
            )
        minutes = math.ceil(passed / 60) + _CLOCK_MINUTES
        jql = f'creator = currentUser() AND created >= "-{minutes}m" ORDER BY created ASC'
        for issue in self.jira.search(jql, ["creator"]):
            yield as_str(issue.get("id"))
