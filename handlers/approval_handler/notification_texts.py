"""What we say in tickets when a review ends, as Jira's rich text."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Literal

from common.atlassian.jira_client import Adf
from common.domain.document import FINAL_STATUSES, Decision, Document, Publication
from common.markup import adf
from common.runtime.unicode_safety import safe_display_name
from handlers.approval_handler.unpublished_work import UnpublishedWork


def published_in_review(publication: Publication, decision: Decision) -> Adf:
    """Say in the review ticket that the page is published."""
    said = [
        adf.paragraph(
            "Published: ",
            adf.link(publication.title, publication.url),
            f", version {publication.version}, as {safe_display_name(decision.author_name)} approved it "
            f"(revision {decision.revision}).",
        )
    ]
    if publication.on_top:
        said.append(adf.paragraph("The page was edited meanwhile elsewhere; those edits are kept."))
    if publication.differs:
        said.append(
            adf.panel(
                "warning",
                adf.paragraph(
                    "Confluence stored the page differently from what was approved. Please look at it."
                ),
            )
        )
    return adf.doc(*said)


def published_in_source(publication: Publication, document: Document) -> Adf:
    """Say in a source ticket where its change is documented."""
    return adf.doc(
        adf.paragraph(
            "The documentation of this change is published: ",
            adf.link(publication.title, publication.url),
            f" (version {publication.version}, reviewed in {document.review_issue_key}).",
        )
    )


def rejected_in_source(document: Document, decision: Decision, browse_url: str) -> Adf:
    """Say in a source ticket that its documentation was rejected, and why, or where to read why.

    What is said about several tickets may not be for everybody who sees one of them.
    """
    key = document.review_issue_key
    said = [
        adf.paragraph(
            f"{safe_display_name(decision.author_name)} rejected the documentation drafted for this ticket in ",
            adf.link(key, f"{browse_url}/browse/{key}"),
            ". Nothing was published.",
        )
    ]
    if decision.feedback and len(document.issue_keys) == 1:
        said.append(adf.quote(adf.paragraph(decision.feedback[:2000])))
    return adf.doc(*said)


def conflict(reason: str) -> Adf:
    """Say in the review ticket that a person's edit came between, and that a new draft follows."""
    return _panel(
        "warning",
        (
            "Nothing was published: the page was edited meanwhile where this draft edits it "
            f"({reason[:1000]}). A new revision on the page as it is now follows here for review."
        ),
    )


def cannot_publish(reason: str) -> Adf:
    """Say that an approved draft could not be published, and what would help."""
    return _panel("error", f"Nothing was published: {reason[:2000]}.")


def unpublished(title: str, work: UnpublishedWork) -> Adf:
    """Say in the review ticket that the page has a draft that publishing may override, and what people can do."""
    said: list[adf.Node | str] = [
        f'Nothing was published, because the page "{title}" has unpublished changes'
    ]
    if work.author_id:
        said += [" by ", adf.mention(work.author_id)]
    if saved := _day_and_time(work.saved_at):
        said.append(f" since {saved}")
    said.append(". Publishing this draft may overwrite them.")
    return adf.doc(
        adf.panel(
            "warning",
            adf.paragraph(*said),
            adf.paragraph(
                "Publish or discard these changes in Confluence, then move this ticket to Done again: the approval "
                "stands. To publish now and lose them, comment APPROVED ANYWAY and move this ticket to Done."
            ),
        )
    )


def sources_changed(about: Sequence[str], revision: int) -> Adf:
    """Say in the review ticket what became of the source tickets, and that the decision is asked for again."""
    return adf.doc(
        adf.panel(
            "warning",
            adf.paragraph("Nothing was published, because the source of this documentation has changed:"),
            adf.bullet_list(*about),
            adf.paragraph(
                f"To publish revision {revision} all the same, comment APPROVED once more and move this ticket to "
                "Done. To end the review, comment REJECTED and do the same."
            ),
        )
    )


def too_many_revisions(document: Document) -> Adf:
    """Say that a person should write this."""
    return _panel(
        "warning",
        (
            f"{document.sent_back} drafts of this were sent back, and none fits. Please write it by hand; "
            "Kinexus closes this review and publishes nothing."
        ),
    )


def undecided(remedy: str) -> Adf:
    """Say that a finished ticket carries no decision, and what to write."""
    return _panel(
        "warning",
        remedy,
        (
            "The person who comments must move this ticket to done again. For another draft, comment NEEDS REVISION "
            "and what to change; to publish nothing, comment REJECTED: and why."
        ),
    )


def stays_undecided(document: Document) -> Adf:
    """Say that a review is not moved back any more, and how to decide all the same."""
    revision = document.revision
    return _panel(
        "warning",
        (
            f"This ticket was moved to done {len(document.undecided_moves)} times without a decision on revision "
            f"{revision}, so Kinexus leaves it where it is and says no more about it."
        ),
        (
            f"A decision is still heard: open this ticket, comment just APPROVED to publish revision {revision} (or "
            "NEEDS REVISION, or REJECTED), and move it to done yourself."
        ),
    )


def could_not_tell(reason: str) -> Adf:
    """Say that a review is over, and that not everybody could be told of its end."""
    return _panel(
        "error",
        f"This decision is carried out, but Kinexus could not tell everybody: {reason[:2000]}",
        "An operator finds the message in the dead-letter queue and can send it again.",
    )


def could_not_finish(reason: str) -> Adf:
    """Say that a decision could not be carried out for a reason that an operator must see."""
    return _panel(
        "error",
        f"Kinexus could not carry out this decision: {reason[:2000]}",
        (
            "An operator finds the message in the dead-letter queue and can send it again. So can you, once the "
            "cause is gone: open this ticket and move it to done again. To end the review instead, comment "
            "REJECTED before you do."
        ),
    )


def review_gone(reason: str, key: str) -> Adf:
    """Say in a source ticket that its review is gone, and how to get another."""
    return _panel(
        "error",
        f"The documentation of this ticket cannot be decided on: {reason[:1000]}.",
        (
            f"An operator can have another review opened (`python -m ops replay` with the document that "
            f"`python -m ops status {key}` names); so does the next ticket about the same page. If the review "
            "ticket was deleted, Kinexus notices within two days, and says here how to get another draft."
        ),
    )


def review_deleted(document: Document) -> Adf:
    """Say in a source ticket that its documentation ended with its review ticket, and how to get another draft."""
    return _panel(
        "warning",
        (
            f"The documentation of this ticket was not published, because its review ticket "
            f"{document.review_issue_key} was deleted, or is hidden from Kinexus."
        ),
        "For another draft, reopen this ticket and close it again.",
    )


def between_drafts(document: Document) -> Adf:
    """Say that a decision came while the next draft is being made, or that making it has stopped."""
    if document.reason:
        why = f"The next draft could not be made, or not be shown: {document.reason[:1000]}"
        wait = "An operator can have it tried again; if it succeeds, it is announced here for your decision."
    else:
        why = "The next draft is being made, so nothing was done with this decision."
        wait = "It is announced here as soon as it is ready: please look at that one and decide then."
    return _panel(
        "warning",
        why,
        f"{wait} To end the review instead, comment REJECTED and why, and move this ticket to done.",
    )


def too_late(document: Document) -> Adf:
    """Say that a decision came when the review was over, and how to get another."""
    return _panel(
        "warning",
        (
            f"This review is over (the documentation is {document.status.replace('_', ' ')}), so nothing was done "
            f"with this decision. For another draft, open {document.issue_keys[-1]} and finish it again."
        ),
    )


def replaced(document: Document) -> Adf:
    """Say that a decision came in a review ticket that we could not read for a while, and made another for."""
    return _panel(
        "warning",
        (
            "This ticket could not be read for a while, so the documentation is reviewed in another one: "
            f"{document.review_issue_key}. Nothing was done with this decision; please decide there."
        ),
    )


def copied(document: Document) -> Adf:
    """Say that a finished ticket is a copy of a review ticket, and where the review is."""
    key, is_over = document.review_issue_key, document.status in FINAL_STATUSES
    where = f"was in {key} and is over" if is_over else f"is in {key}: please decide there"
    return _panel(
        "warning",
        f"This ticket is a copy of a review ticket, so nothing was done with it. The review {where}.",
    )


def joined_unseen(document: Document) -> Adf:
    """Say that a rejection came before the draft that another ticket has joined was shown."""
    return _panel(
        "warning",
        (
            f"{document.issue_keys[-1]} has joined this review meanwhile, and nobody has seen its draft, so "
            f"nothing was rejected. Revision {document.revision} is about to be announced here: please look at "
            "that one and decide then."
        ),
    )


def stays_done() -> Adf:
    """Say that our account cannot open the review ticket again, and who can."""
    return _panel(
        "warning",
        (
            "Kinexus cannot open this ticket again: its workflow has no way back from here for our account. Please "
            "open it yourself, or ask an administrator of the project to, and then decide as said above."
        ),
    )


def _day_and_time(moment: str) -> str:
    """Return an ISO 8601 time for people; nothing for what is none."""
    try:
        return f"{datetime.fromisoformat(moment).astimezone(UTC):%Y-%m-%d at %H:%M} UTC"
    except ValueError:
        return ""


def _panel(kind: Literal["warning", "error"], *paragraphs: str) -> Adf:
    return adf.doc(adf.panel(kind, *map(adf.paragraph, paragraphs)))
