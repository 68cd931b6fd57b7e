"""Finds the people who are asked to review a draft: active people who may decide, and who can see the review ticket."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

from common.atlassian.http_client import AtlassianError, NotFound, RequestRefused, Unauthorized
from common.atlassian.jira_client import JiraClient
from common.domain.approver_rules import ApproverRules
from common.domain.document import Document
from common.domain.route import Route, Routes
from common.runtime.json_access import as_dict, as_str

log = logging.getLogger(__name__)

MAX_MENTIONED = 4
"""How many people are mentioned in the announcement, besides the assignee."""
MAX_CANDIDATES = 12
"""How many people are looked up in Jira at most."""


@dataclass(frozen=True)
class InvitedReviewers:
    """Assigns a review ticket to the first person who may decide, and names the others.

    The people who are asked first, and who may decide, are those of the document's route. ``four_eyes`` is the setting.
    """

    jira: JiraClient
    routes: Routes
    four_eyes: bool

    def invite(
        self, document: Document, ticket: str, page_owner: str, sources: Iterable[Mapping[str, Any]]
    ) -> tuple[str, ...]:
        """Assign a review ticket, given by its key; return the accounts that the announcement mentions.

        The candidates are, in this order: the configured reviewers, the page's owner, the reporters of the source
        tickets, the people who closed them, the configured approvers. The review opens without any of them if none may
        decide, or if Jira refuses; the log says why. Raises the errors of an outage.
        """
        route = self.routes.current(document.route)
        candidates = self._candidates(document, route, page_owner, list(sources))
        rules = ApproverRules.of(route, four_eyes=self.four_eyes)
        try:
            able = list(islice(self._able(candidates, rules, ticket), MAX_MENTIONED + 1))
            if able:
                self.jira.assign(ticket, able[0])
        except (RequestRefused, NotFound, Unauthorized) as error:
            if _is_unauthenticated(error):
                raise
            # The review opens without an assignee
            log.warning("reviewer.refused", extra={"issue_key": ticket, "detail": str(error)})
            return ()
        if not able:
            log.warning("reviewer.none", extra={"issue_key": ticket, "candidates": len(candidates)})
        return tuple(able[1:])

    def _candidates(
        self, document: Document, route: Route, page_owner: str, sources: Iterable[Mapping[str, Any]]
    ) -> list[str]:
        fields = [as_dict(source.get("fields")) for source in sources]
        reporters = [as_str(as_dict(one.get("reporter")).get("accountId")) for one in fields]
        assignees = {as_str(as_dict(one.get("assignee")).get("accountId")) for one in fields}
        barred = {"", self.jira.account_id()}
        if self.four_eyes:
            barred |= {*document.author_ids, *assignees}
        asked = (
            *route.reviewers,
            page_owner,
            *reporters,
            *document.author_ids,
            *route.approvers,
        )
        return [account for account in dict.fromkeys(asked) if account not in barred][:MAX_CANDIDATES]

    def _able(self, candidates: Iterable[str], rules: ApproverRules, ticket: str) -> Iterator[str]:
        """Yield the candidates who may decide, and who can be assigned the ticket and see it."""
        for account in candidates:
            if self._may_decide(account, rules) and self._is_able(account, ticket):
                yield account

    def _may_decide(self, account: str, rules: ApproverRules) -> bool:
        if not rules.restricted or account in rules.account_ids:
            return True
        return bool(rules.group_id) and self.jira.is_member(account, rules.group_id)

    def _is_able(self, account: str, ticket: str) -> bool:
        return self.jira.is_assignable(account, ticket) and self.jira.can_view(account, ticket)


def _is_unauthenticated(error: AtlassianError) -> bool:
    return isinstance(error, Unauthorized) and error.status == 401
