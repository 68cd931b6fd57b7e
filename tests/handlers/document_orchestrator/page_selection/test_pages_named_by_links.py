"""Which of a ticket's links name the page that its change belongs to, and how many may."""

from __future__ import annotations

from handlers.document_orchestrator.page_selection.explicit_pages import MOST_BY_LABEL, MOST_BY_LINK
from tests.handlers.pipeline import Pipeline
from tests.handlers.test_pipeline import SUMMARY, TEXT, page_id

__all__ = ["page_id"]


def page(pipeline: Pipeline, title: str) -> str:
    """Create a page; return its id."""
    space = next(iter(pipeline.site.confluence.spaces.values()))
    storage = f"<p>We talked about the quarnix ledger: {title}.</p>"
    body: dict[str, object] = {"spaceId": space.id, "status": "current", "title": title}
    body |= {"body": {"representation": "storage", "value": storage}}
    return str(pipeline.jira("developer", "POST", "/wiki/api/v2/pages", body)["id"])


def url(pipeline: Pipeline, page_id: str) -> str:
    return f"{pipeline.url}/wiki/pages/viewpage.action?pageId={page_id}"


def linked_by_confluence(pipeline: Pipeline, page_id: str, relationship: str) -> dict[str, str]:
    """Close a ticket with a link that Confluence made; return the selected page, and what selected it."""
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


def test_a_page_that_mentions_the_ticket_is_not_named(pipeline: Pipeline, page_id: str) -> None:
    notes = page(pipeline, "2026-11-20 Sprint meeting notes")
    chosen = linked_by_confluence(pipeline, notes, "mentioned in")
    assert list(chosen) == [page_id]
    assert chosen[page_id] != "named"


def test_a_page_linked_by_a_person_in_jira_is_named(pipeline: Pipeline, page_id: str) -> None:
    other = page(pipeline, "Ledger")
    assert linked_by_confluence(pipeline, other, "Wiki Page") == {other: "named"}


def test_only_the_first_links_count_and_the_rest_are_reported(pipeline: Pipeline) -> None:
    pages = [page(pipeline, f"Background {number}") for number in range(MOST_BY_LINK + 4)]
    links = " ".join(url(pipeline, each) for each in pages)
    key = pipeline.create_ticket(SUMMARY, f"{TEXT} See also {links}", ["needs-docs"])
    pipeline.finish(key)
    pipeline.run()
    assert {each["page_id"] for each in pipeline.aws.documents()} == set(pages[:MOST_BY_LINK])
    [told] = [text for text in pipeline.comments(key) if "does not edit these pages" in text]
    assert "4 more by links: one ticket may name at most 3 pages by links" in told


def test_no_comment_asks_for_more_labels_than_count(pipeline: Pipeline) -> None:
    ids = [page(pipeline, f"Background {number}") for number in range(2)]
    labels = [f"docs:{each}" for each in ids] + [f"docs:{number}" for number in range(1, 300)]
    key = pipeline.create_ticket(SUMMARY, TEXT, ["needs-docs", *labels])
    pipeline.finish(key)
    pipeline.run()
    assert {each["page_id"] for each in pipeline.aws.documents()} == set(ids)
    [told] = [text for text in pipeline.comments(key) if "does not edit these pages" in text]
    assert f"{len(labels) - MOST_BY_LABEL} more by labels" in told


def test_titles_of_unedited_pages_are_never_shown(pipeline: Pipeline, page_id: str) -> None:
    people = pipeline.site.confluence.add_space("HR", "People", pipeline.site.account("admin"))
    body: dict[str, object] = {"spaceId": people.id, "status": "current", "title": "Layoffs in March"}
    body |= {"body": {"representation": "storage", "value": "<p>Confidential.</p>"}}
    secret = str(pipeline.jira("admin", "POST", "/wiki/api/v2/pages", body)["id"])
    key = pipeline.create_ticket(SUMMARY, TEXT, ["needs-docs", f"docs:{secret}"])
    pipeline.finish(key)
    pipeline.run()
    told = "\n".join(pipeline.comments(key))
    assert f"the page {secret} is outside the spaces" in told
    assert "Layoffs" not in told
