"""The comments that Kinexus writes in review tickets and source tickets, as Jira rich text (ADF)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Literal

from common.atlassian.confluence_client import PageVersion
from common.atlassian.jira_client import Adf
from common.domain.document import FINAL_STATUSES, Decision, Document, Publication
from common.markup import adf
from common.runtime.unicode_safety import safe_display_name
from handlers.approval_handler.unpublished_work import UnpublishedWork

_MAX_EDITS = 3  # versions that a comment about a conflict names


def published_in_review(publication: Publication, decision: Decision) -> Adf:
    """Comment in the review ticket that the page is published."""
    nodes = [
        adf.paragraph(
            "Published: ",
            adf.link(publication.title, publication.url),
            f", version {publication.version} (revision {decision.revision}, approved by "
            f"{safe_display_name(decision.author_name)}).",
        )
    ]
    if publication.on_top:
        nodes.append(
            adf.paragraph("Other parts of the page were edited in the meantime. Those edits are kept.")
        )
    if publication.differs:
        nodes.append(
            adf.panel(
                "warning",
                adf.paragraph(
                    "Confluence stored something different from what was approved. Please check the page."
                ),
            )
        )
    return adf.doc(*nodes)


def published_in_source(publication: Publication, document: Document) -> Adf:
    """Comment in a source ticket where its change is documented, or that its documentation was taken back."""
    what = "was taken back" if document.reverts else "is published"
    return adf.doc(
        adf.paragraph(
            f"The documentation of this change {what}: ",
            adf.link(publication.title, publication.url),
            f" (version {publication.version}, reviewed in {document.review_issue_key}).",
        )
    )


def rejected_in_review(document: Document, decision: Decision) -> Adf:
    """Comment in the review ticket that the rejection is carried out, and how to get another draft."""
    return adf.doc(
        adf.paragraph(
            f"Rejected by {safe_display_name(decision.author_name)}: nothing was published, and this review is over. "
            f"{_how_to_go_on(document)}"
        )
    )


def rejected_in_source(document: Document, decision: Decision, browse_url: str) -> Adf:
    """Comment in a source ticket that its documentation was rejected, with a link to the review.

    The feedback is quoted only where the review has a single source ticket: with several, some readers of this ticket
    may not be allowed to see the others.
    """
    key = document.review_issue_key
    what = (
        "taking back the documentation of this ticket"
        if document.reverts
        else "the documentation drafted for this ticket"
    )
    nodes = [
        adf.paragraph(
            f"{safe_display_name(decision.author_name)} rejected {what} in ",
            adf.link(key, f"{browse_url}/browse/{key}"),
            ". Nothing was published.",
        )
    ]
    if decision.feedback and len(document.issue_keys) == 1:
        nodes.append(adf.quote(adf.paragraph(decision.feedback[:2000])))
    return adf.doc(*nodes)


def page_conflict(reason: str, versions: Sequence[PageVersion] = ()) -> Adf:
    """Comment that the page was edited in the same place as the draft, or that it no longer fits; a revision follows.

    ``versions`` are the versions of the page that other people saved since then, newest first.
    """
    sentence: list[adf.Node | str] = [
        "Nothing was published: the same part of the page was edited after this draft was written"
        if versions
        else "Nothing was published: this draft no longer fits the page"
    ]
    for place, version in enumerate(versions[:_MAX_EDITS]):
        sentence += [" by " if place == 0 else ", by "]
        sentence += [adf.mention(version.author_id) if version.author_id else "someone"]
        sentence.append(f" in version {version.number}")
    if len(versions) > _MAX_EDITS:
        sentence.append(" and in earlier versions")
    return adf.doc(
        adf.panel(
            "warning",
            adf.paragraph(*sentence, f". {reason[:1000]}."),
            adf.paragraph(
                "A new revision, based on the current page, follows in this ticket. Please review it."
            ),
        )
    )


def cannot_publish(reason: str) -> Adf:
    """Comment that an approved draft could not be published; ``reason`` names the cause and the remedy."""
    return _panel("error", f"Nothing was published: {reason[:2000]}.")


def unpublished_changes(title: str, work: UnpublishedWork) -> Adf:
    """Comment that publishing may overwrite a person's unpublished changes of the page, and what people can do."""
    sentence: list[adf.Node | str] = [
        f'Nothing was published, because the page "{title}" has unpublished changes'
    ]
    if work.author_id:
        sentence += [" by ", adf.mention(work.author_id)]
    if saved := _day_and_time(work.saved_at):
        sentence.append(f", last saved on {saved}")
    sentence.append(". Publishing this draft may overwrite them.")
    return adf.doc(
        adf.panel(
            "warning",
            adf.paragraph(*sentence),
            adf.paragraph(
                "Publish or discard these changes in Confluence, then move this ticket to Done again. The approval "
                "is still valid. To publish now and lose these changes, comment APPROVED ANYWAY and move this ticket "
                "to Done."
            ),
        )
    )


def sources_changed(about: Sequence[str], revision: int) -> Adf:
    """Comment that the source tickets changed after the draft, and ask for a new decision."""
    return adf.doc(
        adf.panel(
            "warning",
            adf.paragraph("Nothing was published, because the source of this documentation has changed:"),
            adf.bullet_list(*about),
            adf.paragraph(
                f"To publish revision {revision} despite this, comment APPROVED again and move this ticket to Done. "
                "To end the review and publish nothing, comment REJECTED and move this ticket to Done."
            ),
        )
    )


def too_many_revisions(document: Document) -> Adf:
    """Comment that the limit of revisions is reached, and that a person should write the documentation."""
    return _panel(
        "warning",
        (
            f"{document.sent_back} drafts of this documentation were sent back, which is the limit. Kinexus closes "
            "this review and publishes nothing. Please write the documentation by hand."
        ),
    )


def undecided(problem: str) -> Adf:
    """Comment that a review ticket was moved to Done without a decision; ``problem`` says why none counts."""
    return _panel(
        "warning",
        problem,
        (
            "Write a new comment and move this ticket to Done again. The same person must do both. To get another "
            "draft, comment NEEDS REVISION and what to change. To publish nothing, comment REJECTED, or REJECTED: and "
            "the reason."
        ),
    )


def drops_all_edits() -> Adf:
    """Comment that a feedback drops every edit of the draft, and how to publish nothing."""
    return _panel(
        "warning",
        "Dropping all edits leaves nothing to publish. To publish nothing, comment REJECTED and move this ticket to "
        "Done.",
    )


def revert_is_exact() -> Adf:
    """Comment that a review which takes a publication back offers no other text."""
    return _panel(
        "warning",
        "This review takes a publication back exactly, so no other text can be drafted in it. Leave out an edit with a "
        "line such as: drop 2. To publish nothing, comment REJECTED and move this ticket to Done. Then edit the page "
        "in Confluence.",
    )


def stays_undecided(document: Document) -> Adf:
    """Comment that Kinexus no longer reopens this review, and how to decide all the same."""
    revision = document.revision
    return _panel(
        "warning",
        (
            f"This ticket was moved to Done {len(document.undecided_moves)} times without a decision on revision "
            f"{revision}. Kinexus will not reopen it again and will not comment on this again."
        ),
        (
            f"You can still decide: reopen this ticket, comment just APPROVED to publish revision {revision} (or "
            "NEEDS REVISION, or REJECTED), and move it to Done yourself."
        ),
    )


def could_not_notify(reason: str) -> Adf:
    """Comment that a decision is carried out, but that a notification about it failed."""
    return _panel(
        "error",
        f"Kinexus carried out this decision, but could not notify everyone: {reason[:2000]}",
        "An operator can find the message in the dead-letter queue and send it again.",
    )


def could_not_finish(reason: str) -> Adf:
    """Comment that carrying out a decision failed, and how to retry or end the review."""
    return _panel(
        "error",
        f"Kinexus could not carry out this decision: {reason[:2000]}",
        (
            "To try again when the cause is fixed, reopen this ticket and move it to Done. An operator can also send "
            "the message again from the dead-letter queue. To end the review instead, comment REJECTED before you "
            "move the ticket to Done."
        ),
    )


def review_gone(reason: str, key: str) -> Adf:
    """Comment in a source ticket that its review ticket cannot be read, and how to get another review."""
    return _panel(
        "error",
        f"The documentation of this ticket cannot be reviewed: {reason[:1000]}.",
        (
            f"An operator can open another review: `python -m ops status {key}` names the document, and "
            "`python -m ops replay` with that document opens the review. The next ticket about the same page opens "
            "another review too. If the review ticket was deleted, Kinexus notices this within two days and explains "
            "here how to get another draft."
        ),
    )


def review_deleted(document: Document) -> Adf:
    """Comment in a source ticket that its review ticket was deleted, and how to get another draft."""
    return _panel(
        "warning",
        (
            "The documentation of this ticket was not published, because its review ticket "
            f"{document.review_issue_key} was deleted, or is hidden from Kinexus."
        ),
        "To change the page, edit it in Confluence."
        if document.reverts
        else "To get another draft, reopen this ticket and close it again.",
    )


def between_drafts(document: Document) -> Adf:
    """Comment that a decision has no effect, because the next draft is not ready or has failed."""
    if document.reason:
        why = f"The next draft could not be written or shown: {document.reason[:1000]}"
        wait = "An operator can start it again. If that works, the draft is announced here for your decision."
    else:
        why = "The next draft is being written, so this decision had no effect."
        wait = (
            "Kinexus announces the draft here as soon as it is ready. Please read that draft and decide then."
        )
    return _panel(
        "warning",
        why,
        (
            f"{wait} To end the review now instead, comment REJECTED, or REJECTED: and the reason, then move this "
            "ticket to Done."
        ),
    )


def too_late(document: Document) -> Adf:
    """Comment that a decision has no effect because the review is over, and how to get another draft."""
    return _panel(
        "warning",
        (
            f"This review is over (result: {document.status.replace('_', ' ')}), so this decision had no effect. "
            f"{_how_to_go_on(document)}"
        ),
    )


def review_replaced(document: Document) -> Adf:
    """Comment that a decision has no effect because the review continues in another ticket."""
    key = document.review_issue_key
    return _panel(
        "warning",
        (
            f"This decision had no effect: Kinexus could not read this ticket for a while, so the review continues "
            f"in another ticket, {key}. Please decide in {key}."
        ),
    )


def review_copied(document: Document) -> Adf:
    """Comment that a ticket is only a copy of a review ticket, and where the review is."""
    key = document.review_issue_key
    where = (
        f"The review was in {key} and is over."
        if document.status in FINAL_STATUSES
        else f"The review is in {key}: please decide there."
    )
    return _panel(
        "warning", f"This ticket is a copy of a review ticket, so Kinexus does nothing with it. {where}"
    )


def joined_unseen(document: Document) -> Adf:
    """Comment that a rejection has no effect, because the draft for a ticket that joined was not shown yet."""
    return _panel(
        "warning",
        (
            f"{document.issue_keys[-1]} has joined this review, and the draft with its changes was not shown yet, so "
            f"nothing was rejected. Kinexus will announce revision {document.revision} here. Please read that "
            "revision and decide then."
        ),
    )


def cannot_reopen() -> Adf:
    """Comment that the Kinexus account has no transition to reopen the review ticket, and who can do it."""
    return _panel(
        "warning",
        (
            "Kinexus cannot reopen this ticket: the workflow gives the Kinexus account no transition out of this "
            "status. Please reopen it yourself or ask an administrator of the project. Then decide as described in "
            "the comment above."
        ),
    )


def _how_to_go_on(document: Document) -> str:
    """Return what a person can do after a review that is over."""
    if document.reverts:
        return "To change the page, edit it in Confluence."
    return f"To get another draft, reopen {document.issue_keys[-1]} and close it again."


def _day_and_time(moment: str) -> str:
    """Format an ISO 8601 time for people; "" if it is not an ISO 8601 time."""
    try:
        return f"{datetime.fromisoformat(moment).astimezone(UTC):%Y-%m-%d at %H:%M} UTC"
    except ValueError:
        return ""


def _panel(kind: Literal["warning", "error"], *paragraphs: str) -> Adf:
    return adf.doc(adf.panel(kind, *map(adf.paragraph, paragraphs)))
