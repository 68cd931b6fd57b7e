"""What we say in tickets about drafting, as Jira's rich text."""

from __future__ import annotations

from collections.abc import Sequence

from common.atlassian.jira_client import Adf
from common.domain.document import Document
from common.markup import adf
from common.runtime.unicode_safety import safe_display_name

#: What a reviewer can do when the revision that they asked for cannot be drafted.
YOUR_TURN = (
    "Until then this documentation keeps its page to itself. To give it up, comment REJECTED and move this ticket to "
    "done: that closes the review and frees the page."
)


def not_drafted(reason: str) -> Adf:
    """Say in a ticket that asked for documentation why none was drafted."""
    return adf.doc(adf.paragraph(f"Kinexus: no documentation was drafted for this ticket: {reason}"))


def unnamed_page(page_id: str, url: str, reason: str) -> Adf:
    """Ask for the name of the page that fits best, by its link alone: not everyone may know its title."""
    return adf.doc(
        adf.panel(
            "info",
            adf.paragraph(f"Kinexus drafted nothing: {reason}."),
            adf.paragraph(adf.link(url, url)),
            adf.paragraph(
                "A review shows the page to everyone who may see the review. If that is all right, add the label "
                f"docs:{page_id} to this ticket, then close the ticket again."
            ),
        )
    )


def refused_pages(refused: Sequence[str]) -> Adf:
    """Say in a ticket which pages that it names are not edited, and why."""
    return adf.doc(
        adf.paragraph("Kinexus does not edit these pages, although this ticket names them:"),
        adf.bullet_list(*refused),
    )


def not_draftable(reason: str, *further: str) -> Adf:
    """Say that a draft could not be made, and who can do what about it."""
    return adf.doc(
        adf.panel(
            "error",
            adf.paragraph(f"Kinexus could not draft the documentation: {reason[:2000]}"),
            adf.paragraph("An operator finds the message in the dead-letter queue and can send it again."),
            *map(adf.paragraph, further),
        )
    )


def why_not_needed(document: Document) -> str:
    """Return why a document ended without an edit, in words for a source ticket.

    What was said of several tickets may not be for everybody who sees one of them.
    """
    if len(document.issue_keys) == 1:
        return document.reason
    return f'the page "{document.title}" says everything already'


def written_meanwhile(document: Document, reason: str) -> Adf:
    """Say in the review ticket and in the source tickets that a person has written it already."""
    return adf.doc(
        adf.panel(
            "info",
            adf.paragraph(
                f'The page "{safe_display_name(document.title)}" was edited while its draft was under review in '
                f"{document.review_issue_key}, and needs no further change: {reason[:1000]}"
            ),
            adf.paragraph(
                "Kinexus closes this review and publishes nothing. If something is missing on the page, reopen the "
                "ticket that it was drafted for and finish it again."
            ),
        )
    )
