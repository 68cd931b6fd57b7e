"""Tickets for the tests of page selection."""

from __future__ import annotations

from common.domain.ticket import Ticket


def ticket(
    summary: str,
    description: str = "",
    *,
    labels: tuple[str, ...] = (),
    components: tuple[str, ...] = (),
) -> Ticket:
    return Ticket(
        issue_id="10001",
        key="SD-1",
        project_key="SD",
        summary=summary,
        description=description,
        issue_type="Story",
        status="Done",
        status_category="done",
        labels=labels,
        components=components,
        url="https://site.test/browse/SD-1",
    )
