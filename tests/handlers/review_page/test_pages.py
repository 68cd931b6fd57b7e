"""The pages shown instead of a diff say what happened and what to do, and show no content."""

import pytest

from common.aws.review_store import ReviewStatus
from common.markup.html_page import content_security_policy
from handlers.review_page import status_pages
from tests.handlers.review_ticket_creator.diff.test_diff_page import Page


def test_a_wrong_link_explains_the_remedy() -> None:
    text = Page(status_pages.wrong_link()).text
    assert "This link is not valid" in text
    assert "Open the review ticket in Jira" in text


def test_a_missing_review_is_explained() -> None:
    assert "There is no such review" in Page(status_pages.missing()).text


def test_a_superseded_revision_links_to_the_newest() -> None:
    page = Page(
        status_pages.superseded(1, ReviewStatus(3, "PAY-9", "https://jira.example.com/browse/PAY-9?x&y"))
    )
    assert "Revision 1 is superseded" in page.text
    assert "A decision counts only for revision 3" in page.text
    assert "https://jira.example.com/browse/PAY-9?x&y" in page.links


@pytest.mark.parametrize(
    ("verdict", "page_url", "said", "link"),
    [
        ("approved", "https://wiki.example.com/p/1", "closed: approved", "https://wiki.example.com/p/1"),
        ("rejected", "", "closed: rejected", "https://jira.example.com/browse/PAY-9"),
        ("needs_revision", "", "closed: needs revision", "https://jira.example.com/browse/PAY-9"),
    ],
)
def test_a_closed_review_shows_decision_person_and_time(
    verdict: str, page_url: str, said: str, link: str
) -> None:
    status = ReviewStatus(
        2,
        "PAY-9",
        "https://jira.example.com/browse/PAY-9",
        True,
        verdict,
        "Jane Doe",
        "2026-03-01T10:05:00.000+0100",
        page_url,
    )
    page = Page(status_pages.closed(status))
    assert said in page.text
    assert "Jane Doe decided on 01 March 2026 at 10:05 (+01:00) in PAY-9, for revision 2." in page.text
    assert link in page.links


def test_names_are_escaped_and_unsafe_links_omitted() -> None:
    status = ReviewStatus(
        2, "<b>", "javascript:alert(1)", True, "<i>", "<script>x</script>\u202e", "soon", ""
    )
    page = Page(status_pages.closed(status))
    assert page.links == ["data:,"]
    assert "<script>x</script>⟨U+202E⟩ decided on soon" in page.text


def test_every_page_obeys_its_content_security_policy() -> None:
    for html in (status_pages.wrong_link(), status_pages.missing()):
        assert content_security_policy(html).replace("'", "&#x27;") in html
