"""Jira's security levels: a review ticket must have the same level as its source tickets.

https://support.atlassian.com/jira-cloud-administration/docs/configure-issue-security-schemes/
"""

from __future__ import annotations

from collections.abc import Mapping

from common.domain.ticket import Ticket
from common.runtime.errors import PermanentFailure


class SecurityLevelConflict(PermanentFailure):
    """No review ticket can have the security levels of its source tickets, so it would show what they hide."""


def security_levels(tickets: Mapping[str, Ticket], before: Mapping[str, str]) -> dict[str, str]:
    """Return the ids of the tickets' security levels, by current issue key; tickets without a level are left out.

    ``tickets`` holds the readable tickets by their recorded keys; a ticket that moved to another project has a new key.
    ``before`` holds the levels when the tickets were last read: a ticket that is now gone or hidden keeps its level.
    """
    gone = {key: level for key, level in before.items() if key not in tickets}
    known = gone | {ticket.key: ticket.security_id for ticket in tickets.values()}
    return {key: level for key, level in known.items() if level}


def common_security_level(levels: Mapping[str, str], project: str) -> str:
    """Return the id of the security level that a review in ``project`` must have, ``""`` for none.

    Levels belong to a project, and each is visible to other people. Raises SecurityLevelConflict if the review cannot
    have the level of its source tickets.
    """
    if not levels:
        return ""
    secured = ", ".join(levels)
    if len(set(levels.values())) > 1:
        raise SecurityLevelConflict(
            f"{secured} have different security levels, but a review ticket can have only one: "
            "write the page by hand"
        )
    if any(key.rpartition("-")[0] != project for key in levels):
        raise SecurityLevelConflict(
            f"{secured} has a security level, which a review ticket in the project {project} cannot have, so its "
            "content would be shown to others. Have it reviewed in its own project, or write the page by hand"
        )
    return next(iter(levels.values()))
