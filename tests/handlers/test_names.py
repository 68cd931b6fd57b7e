"""Which of a ticket's links name the page that its change belongs to."""

from __future__ import annotations

from tests.handlers.pipeline import Pipeline
from tests.handlers.test_pipeline import SUMMARY, TEXT, page_id

__all__ = ["page_id"]


def page(pipeline: Pipeline, title: str) -> str:
    """Create a page; return its id."""
    space = next(iter(pipeline.site.confluence.spaces.values()))
    storage = f"<p>We talked about the quarnix ledger: {title}.</p>"
    body = {"spaceId": space.id, "status": "current", "title": title}
    body |= {"body": {"representation": "storage", "value": storage}}
    return str(pipeline.jira("developer", "POST", "/wiki/api/v2/pages", body)["id"])


def url(pipeline: Pipeline, page_id: str) -> str:
    return f"{pipeline.url}/wiki/pages/viewpage.action?pageId={page_id}"


def linked_by_confluence(pipeline: Pipeline, page_id: str, relationship: str) -> dict[str, str]:
    """Finish a ticket with a link of Confluence's; return what was chosen, and by what."""
    key = pipeline.create_ticket(SUMMARY, TEXT, ["needs-docs"])
    link = {
        "globalId": f"appId=1&pageId={page_id}",
        "application": {"type": "com.atlassian.confluence", "name": "Confluence"},
        "relationship": relationship,
        "object": {"url": url(pipeline, page_id), "title": "Page"},
    }
    pipeline.jira("developer", "POST", f"/rest/api/3/issue/{key}/remotelink", link)
    pipeline.finish(key)
    pipeline.run()
    return {each["page_id"]: each["choice"]["decided_by"] for each in pipeline.aws.documents()}


def test_a_page_that_only_mentions_the_ticket_is_not_named_by_it(pipeline: Pipeline, page_id: str) -> None:
    notes = page(pipeline, "2026-11-20 Sprint meeting notes")
    chosen = linked_by_confluence(pipeline, notes, "mentioned in")
    assert list(chosen) == [page_id]
    assert chosen[page_id] != "named"


def test_a_page_that_a_person_linked_in_jira_is_named(pipeline: Pipeline, page_id: str) -> None:
    other = page(pipeline, "Ledger")
    assert linked_by_confluence(pipeline, other, "Wiki Page") == {other: "named"}
