"""Jira's security levels, which hide a ticket from some: what is made from it must be hidden from them as well.

https://support.atlassian.com/jira-cloud-administration/docs/configure-issue-security-schemes/
"""

from __future__ import annotations

from collections.abc import Mapping

from common.domain.ticket import Ticket
from common.runtime.errors import PermanentFailure


class SecurityLevelConflict(PermanentFailure):
    """A review would show what a security level hides."""


def security_levels(tickets: Mapping[str, Ticket], before: Mapping[str, str]) -> dict[str, str]:
    """Return the ids of the tickets' levels, by key; ``before`` are those that they had when they were read last.

    ``tickets`` are those that there are, by the keys under which they are on record; one that moved has another now. A
    ticket that is gone, or hidden from us by now, keeps the level that it had.
    """
    gone = {key: level for key, level in before.items() if key not in tickets}
    known = gone | {ticket.key: ticket.security_id for ticket in tickets.values()}
    return {key: level for key, level in known.items() if level}


def common_security_level(levels: Mapping[str, str], project: str) -> str:
    """Return the id of the level that a review in ``project`` must have, ``""`` for none.

    Levels belong to a project, and whoever may see one need not be among those who may see another: raises LevelLost
    where the review cannot have what its sources have.
    """
    if not levels:
        return ""
    secured = ", ".join(levels)
    if len(set(levels.values())) > 1:
        raise SecurityLevelConflict(
            f"{secured} have different security levels, and one review ticket cannot keep both"
        )
    if any(key.rpartition("-")[0] != project for key in levels):
        raise SecurityLevelConflict(
            f"{secured} has a security level, which a review ticket in the project {project} cannot have: "
            "its content would be shown to others. Have it reviewed in its own project, or write the page by hand"
        )
    return next(iter(levels.values()))
