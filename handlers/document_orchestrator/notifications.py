"""Comments about drafting that Kinexus posts in Jira tickets, in Jira's document format (ADF)."""

from __future__ import annotations

from collections.abc import Sequence

from common.atlassian import idempotent_comments
from common.atlassian.jira_client import Adf, JiraClient
from common.domain.change import Change, Question
from common.domain.document import Document
from common.markup import adf
from common.runtime.unicode_safety import safe_display_name
from handlers.document_orchestrator.stored_targets import StoredTargets

#: What a reviewer can do when the next revision cannot be drafted.
HOW_TO_END_REVIEW = (
    "Until then the page stays reserved for this review. To end the review without publishing anything, comment "
    "REJECTED and move this ticket to Done."
)


def not_drafted(reason: str) -> Adf:
    """Return the comment for a ticket that asked for documentation but needs none, with the reason."""
    return adf.doc(
        adf.paragraph(f"Kinexus drafted no documentation for this ticket: {reason}"),
        adf.paragraph(
            "To name the page yourself, add the label docs:PAGE-ID to this ticket, reopen it and close it again."
        ),
    )


def unnamed_page(page_id: str, url: str, reason: str) -> Adf:
    """Return the comment that asks a person to name the best page; it has the link only, as the title may be secret."""
    return adf.doc(
        adf.panel(
            "info",
            adf.paragraph(f"Kinexus drafted no documentation for this ticket: {reason}."),
            adf.paragraph(adf.link(url, url)),
            adf.paragraph(
                "A review shows the content of this page to everyone who can open the review ticket, and an approval "
                f"changes the page for its readers. If that is all right, add the label docs:{page_id} to this "
                "ticket, reopen it and close it again."
            ),
        )
    )


def which_page(proposed: Question, url: str, declining_label: str, days: int) -> Adf:
    """Return the comment that asks which page documents a ticket, with the page that Kinexus would take."""
    none = f" If nothing needs to be documented, add {declining_label}." if declining_label else ""
    return adf.doc(
        adf.panel(
            "info",
            adf.paragraph(
                "Which page documents this change? Kinexus is not sure, and drafts nothing until it knows."
            ),
            adf.paragraph(
                "I would take ",
                adf.link(safe_display_name(proposed.title), url),
                adf.text(f": if that is right, add the label docs:{proposed.page_id} to this ticket."),
            ),
            adf.paragraph(
                "For another page, add docs:PAGE-ID with the number in its address, or write its link into the "
                f"description.{none} Without an answer within {days} days, nothing is drafted."
            ),
        )
    )


def unanswered(days: int) -> Adf:
    """Return the comment that ends a question without an answer."""
    return adf.doc(
        adf.paragraph(
            f"The question which page documents this ticket was not answered within {days} days, so Kinexus drafts "
            "nothing for it. To have it documented after all, add the label docs:PAGE-ID, reopen it and close it again."
        )
    )


def refused_pages(refused: Sequence[str]) -> Adf:
    """Return the comment that lists the pages that a ticket names but Kinexus does not edit, each with the reason."""
    return adf.doc(
        adf.paragraph("Kinexus does not edit these pages, although this ticket names them:"),
        adf.bullet_list(*refused),
    )


def not_draftable(reason: str, *further: str) -> Adf:
    """Return the comment that says that drafting failed, why, and what to do; ``further`` are more paragraphs."""
    return adf.doc(
        adf.panel(
            "error",
            adf.paragraph(f"Kinexus could not draft the documentation: {reason[:2000]}"),
            adf.paragraph(
                "Once the cause is fixed, an operator can start the work again with the command: python -m ops redrive"
            ),
            *map(adf.paragraph, further),
        )
    )


def why_not_needed(document: Document) -> str:
    """Return why a document ended without an edit, for a comment in a source ticket.

    With several source tickets the reason is a general one: the model's reason may quote a ticket that readers of
    another ticket may not see.
    """
    if len(document.issue_keys) == 1:
        return document.reason
    return f'the page "{document.title}" is already up to date'


def already_up_to_date(document: Document, reason: str) -> Adf:
    """Return the comment for review and source tickets: a person edited the page, and no change is left to make."""
    if document.reverts:
        return _not_taken_back(document, reason)
    return adf.doc(
        adf.panel(
            "info",
            adf.paragraph(
                f'Someone edited the page "{safe_display_name(document.title)}" while its draft was under review in '
                f"{document.review_issue_key}. The page needs no further change: {reason[:1000]}"
            ),
            adf.paragraph(
                "Kinexus closes the review and publishes nothing. If something is missing on the page, reopen the "
                "source ticket and close it again."
            ),
        )
    )


def _not_taken_back(document: Document, reason: str) -> Adf:
    return adf.doc(
        adf.panel(
            "info",
            adf.paragraph(
                f'The page "{safe_display_name(document.title)}" was edited during the review in '
                f"{document.review_issue_key}, so its publication cannot be taken back any more: {reason[:1000]}"
            ),
            adf.paragraph(
                "Kinexus closes the review and publishes nothing. Please edit the page in Confluence."
            ),
        )
    )


def comment_waiting(jira: JiraClient, issue: str, what: str, reason: str) -> None:
    """Comment once that work on ``what`` is deferred, and why."""
    idempotent_comments.comment_waiting_once(jira, issue, what, reason)


def comment_not_drafted(jira: JiraClient, change: Change, reason: str) -> None:
    """Comment in a ticket that asked for documentation but needs none."""
    mark = {"kind": "not-needed", "change_id": change.change_id}
    idempotent_comments.comment_best_effort(jira, change.issue_id, mark, not_drafted(reason))


def comment_on_targets(jira: JiraClient, change: Change, targets: StoredTargets, browse_url: str) -> None:
    """Comment on the pages that a ticket names but Kinexus does not edit, and on a page that a person has to name."""
    if targets.refused:
        mark = {"kind": "refused-page", "change_id": change.change_id}
        idempotent_comments.comment_best_effort(jira, change.issue_id, mark, refused_pages(targets.refused))
    for target in targets.targets:
        if target.unnamed:
            url = f"{browse_url}/pages/viewpage.action?pageId={target.unnamed}"
            mark = {"kind": "unnamed-page", "change_id": change.change_id}
            comment = unnamed_page(target.unnamed, url, target.choice.reason)
            idempotent_comments.comment_best_effort(jira, change.issue_id, mark, comment)
