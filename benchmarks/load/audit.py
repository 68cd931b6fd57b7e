"""Audits the final state of a load run: nothing is lost, nothing is duplicated, every failure has a reason.

The input is collected by `collect.observe` from Jira, Confluence, the tables and the queues.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from benchmarks.load.final_state import ChangeRecord, ClosedTicket, DocumentRecord, FinalState, Mark

_FAILED_KINDS = frozenset({"failed", "cannot-publish", "draft-changed"})


def audit(end: FinalState) -> list[str]:
    """Return the findings, one sentence each; an empty list means that everything is correct."""
    return [*_tickets(end), *_documents(end), *_pages(end), *_comments(end), *_leftovers(end)]


def failed_records(end: FinalState) -> dict[str, str]:
    """Return the reasons of the changes and documents that failed, by id."""
    in_dead_letters = _dead_letter_ids(end)
    failed = {each.change_id: each.reason for each in end.changes if each.status == "failed"}
    for document in end.documents:
        # A document whose review, publication or notification failed keeps its status; a redrive continues from there.
        is_stuck = document.document_id in in_dead_letters and (
            document.status != "published" or document.is_closing
        )
        if document.status == "failed" or is_stuck:
            failed[document.document_id] = document.reason
    return failed


def _tickets(end: FinalState) -> Iterator[str]:
    records: dict[str, list[ChangeRecord]] = {}
    for change in end.changes:
        records.setdefault(change.issue_key, []).append(change)
    for ticket in end.tickets:
        found = records.pop(ticket.key, [])
        if not found:
            yield f"lost: {ticket.key} was closed and has no change record"
        elif len(found) > 1:
            yield f"duplicate: {ticket.key} was closed once and has {len(found)} change records"
        else:
            yield from _ticket(ticket, found[0], end)
    for key in records:
        yield f"unexpected: {key} has a change record, but was not closed"


def _ticket(ticket: ClosedTicket, change: ChangeRecord, end: FinalState) -> Iterator[str]:  # noqa: C901 one check per kind of record
    if not change.reason:
        yield f"unexplained: {ticket.key} is {change.status} without a reason"
    kinds = {mark[0] for mark in ticket.marks}
    match change.status:
        case "ignored":
            if ticket.wanted:
                yield f"lost: {ticket.key} asked for documentation and was ignored ({change.reason})"
        case "documented":
            if not ticket.wanted:
                yield f"unexpected: {ticket.key} declined documentation and was documented"
            if not change.document_ids:
                yield f"lost: {ticket.key} counts as documented, but has no document"
            covering = {each.document_id for each in end.documents if change.change_id in each.change_ids}
            for missing in set(change.document_ids) - covering:
                yield f"lost: {missing} does not contain the change of {ticket.key}, which names it"
            yield from _published_for(ticket, change, end)
        case "failed" if "failed" not in kinds:
            yield f"unexplained: {ticket.key} failed, but has no comment about it"
        case "not_needed" if "not-needed" not in kinds:
            yield f"unexplained: {ticket.key} needs no page, but has no comment about it"
        case "failed" | "not_needed":
            pass
        case other:
            yield f"lost: {ticket.key} did not end, its change is {other}"


def _published_for(ticket: ClosedTicket, change: ChangeRecord, end: FinalState) -> Iterator[str]:
    """Check beyond the records: the published draft must contain the change, and the page must contain its text."""
    drafts = {(each.document_id, each.revision): each for each in end.drafts}
    for document in end.documents:
        if document.status != "published" or document.document_id not in change.document_ids:
            continue
        revision = f"the published revision {document.revision} of {document.document_id}"
        draft = drafts.get((document.document_id, document.revision))
        if draft is None:
            yield f"lost: {revision} is not in the bucket"
        elif change.change_id not in draft.change_ids or ticket.key not in draft.issue_keys:
            yield f"lost: {ticket.key} is not in {revision}"
        if ticket.trace and ticket.trace not in end.pages.get(document.page_id, ""):
            yield f"lost: “{document.title}” does not contain “{ticket.trace}” from {ticket.key}"


def _documents(end: FinalState) -> Iterator[str]:
    failed = failed_records(end)
    named = Counter(review.document_id for review in end.reviews)
    for document in end.documents:
        who = f"{document.document_id} ({', '.join(document.issue_keys)})"
        if named[document.document_id] > 1:
            yield f"duplicate: {who} has {named[document.document_id]} review tickets"
        if document.document_id in failed:
            yield from _failure(document, who, end)
        elif document.status == "published":
            if not named[document.document_id]:
                yield f"lost: {who} was published without a review ticket"
            if document.is_closing:
                yield f"lost: {who} was published, but some tickets lack the notification"
        elif document.status != "not_needed":
            yield f"lost: {who} did not end, it is {document.status}"
    known = {document.document_id for document in end.documents}
    for review in end.reviews:
        if review.document_id not in known:
            yield f"unexpected: the review {review.key} belongs to no recorded document"


def _failure(document: DocumentRecord, who: str, end: FinalState) -> Iterator[str]:
    if not document.reason:
        yield f"unexplained: {who} failed without a recorded reason"
    tickets = {*document.issue_keys, document.review_key}
    marks = [mark for key, marks_of_key in _comment_marks(end) if key in tickets for mark in marks_of_key]
    if not any(mark[0] in _FAILED_KINDS for mark in marks):
        yield f"unexplained: {who} failed, but none of its tickets has a comment about it"


def _pages(end: FinalState) -> Iterator[str]:
    published = {each.document_id: each for each in end.documents if each.status == "published"}
    by_message = Counter(version.document_id for version in end.versions if version.document_id)
    created = Counter(version.title.casefold() for version in end.versions if version.number == 1)
    for document in published.values():
        who = f"{document.document_id} ({', '.join(document.issue_keys)})"
        times = (
            created[document.title.casefold()]
            if document.kind == "create"
            else by_message[document.document_id]
        )
        if times == 0:
            yield f"lost: {who} counts as published, but no page version belongs to it"
        elif times > 1:
            yield f"duplicate: {times} page versions belong to {who}"
    for version in end.versions:
        if version.document_id and version.document_id not in published:
            yield (
                f"unexpected: version {version.number} of “{version.title}” belongs to {version.document_id}, "
                "which is not published"
            )
        if version.document_id in published and version.revision != published[version.document_id].revision:
            yield (
                f"lost: “{version.title}” has revision {version.revision} of {version.document_id}, not the last one"
            )
    titles = {each.title.casefold() for each in published.values() if each.kind == "create"}
    for title in created.keys() - titles:
        yield f"unexpected: the page “{title}” was created, but belongs to no published document"


def _comments(end: FinalState) -> Iterator[str]:
    for key, marks_of_key in _comment_marks(end):
        for mark, times in Counter(marks_of_key).items():
            if times > 1:
                yield f"duplicate: {key} has {times} comments {' '.join(mark)}"
    marks, failed = dict(_comment_marks(end)), failed_records(end)
    for document in end.documents:
        is_complete = document.status == "published" and document.document_id not in failed
        for key in (*document.issue_keys, document.review_key) if is_complete else ():
            times = sum(mark[:2] == ("published", document.document_id) for mark in marks.get(key, ()))
            if times != 1:
                problem = "duplicate" if times else "lost"
                yield f"{problem}: {key} has {times} comments that {document.document_id} was published"


def _leftovers(end: FinalState) -> Iterator[str]:
    failed = failed_records(end)
    for letter in end.dead_letters:
        if not any(each in failed for each in letter.values()):
            yield f"unexplained: a dead letter belongs to no recorded failure: {dict(letter)}"
    failed_documents = {each.document_id for each in end.documents if each.document_id in failed}
    for held_by in end.locks:
        if held_by not in failed_documents:
            yield f"lost: a page is still locked for {held_by}"


def _comment_marks(end: FinalState) -> Iterator[tuple[str, tuple[Mark, ...]]]:
    """Yield (ticket key, marks of the pipeline's comments) for source tickets and reviews."""
    yield from ((ticket.key, ticket.marks) for ticket in end.tickets)
    yield from ((review.key, review.marks) for review in end.reviews)


def _dead_letter_ids(end: FinalState) -> frozenset[str]:
    return frozenset(each for letter in end.dead_letters for each in letter.values())
