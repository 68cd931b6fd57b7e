"""What must be true when everything has come to rest: nothing lost, nothing twice, every failure explained.

Plain facts in, findings out; `load_observed` gathers the facts from Jira, Confluence, the tables and the queues.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from benchmarks.load.final_state import ChangeRecord, ClosedTicket, DocumentRecord, End, Mark

_FAILED_KINDS = frozenset({"failed", "cannot-publish", "draft-changed"})


def audit(end: End) -> list[str]:
    """Return what is wrong, a sentence each; an empty list means that nothing is lost and nothing is there twice."""
    return [*_tickets(end), *_documents(end), *_pages(end), *_comments(end), *_leftovers(end)]


def given_up(end: End) -> dict[str, str]:
    """Return the reasons by id of the changes and documents that ended as failures."""
    dead = _dead_ids(end)
    failed = {each.change_id: each.reason for each in end.changes if each.status == "failed"}
    for document in end.documents:
        # What could not be opened, published or told of keeps its place, so that a redrive goes on from there.
        is_stuck = document.document_id in dead and (document.status != "published" or document.is_closing)
        if document.status == "failed" or is_stuck:
            failed[document.document_id] = document.reason
    return failed


def _tickets(end: End) -> Iterator[str]:
    records: dict[str, list[ChangeRecord]] = {}
    for change in end.changes:
        records.setdefault(change.issue_key, []).append(change)
    for ticket in end.tickets:
        found = records.pop(ticket.key, [])
        if not found:
            yield f"lost: {ticket.key} was closed and has no change record"
        elif len(found) > 1:
            yield f"twice: {ticket.key} was closed once and has {len(found)} change records"
        else:
            yield from _ticket(ticket, found[0], end)
    for key in records:
        yield f"twice: {key} has a change record, but was not closed"


def _ticket(ticket: ClosedTicket, change: ChangeRecord, end: End) -> Iterator[str]:
    if not change.reason:
        yield f"unexplained: {ticket.key} is {change.status} without a reason"
    said = {mark[0] for mark in ticket.marks}
    match change.status:
        case "ignored":
            if ticket.wanted:
                yield f"lost: {ticket.key} asked for documentation and was ignored ({change.reason})"
        case "documented":
            if not ticket.wanted:
                yield f"twice: {ticket.key} declined documentation and was documented"
            if not change.document_ids:
                yield f"lost: {ticket.key} is documented by nothing"
            covering = {each.document_id for each in end.documents if change.change_id in each.change_ids}
            for missing in set(change.document_ids) - covering:
                yield f"lost: {missing} does not know of {ticket.key}, which belongs to it"
            yield from _published_for(ticket, change, end)
        case "failed" if "failed" not in said:
            yield f"unexplained: {ticket.key} failed, and its ticket does not say so"
        case "not_needed" if "not-needed" not in said:
            yield f"unexplained: {ticket.key} needs no page, and its ticket does not say so"
        case "failed" | "not_needed":
            pass
        case other:
            yield f"lost: {ticket.key} never came to an end, it is {other}"


def _published_for(ticket: ClosedTicket, change: ChangeRecord, end: End) -> Iterator[str]:
    """Look past the records: the draft that was published must be about the ticket, and the page must say so."""
    drafts = {(each.document_id, each.revision): each for each in end.drafts}
    for document in end.documents:
        if document.status != "published" or document.document_id not in change.document_ids:
            continue
        what = f"revision {document.revision} of {document.document_id}, which was published"
        draft = drafts.get((document.document_id, document.revision))
        if draft is None:
            yield f"lost: the draft of {what}, is not in the bucket"
        elif change.change_id not in draft.change_ids or ticket.key not in draft.issue_keys:
            yield f"lost: {ticket.key} is not in {what}"
        if ticket.trace and ticket.trace not in end.pages.get(document.page_id, ""):
            yield f"lost: “{document.title}” does not say “{ticket.trace}”, as {ticket.key} does"


def _documents(end: End) -> Iterator[str]:
    failed = given_up(end)
    named = Counter(review.document_id for review in end.reviews)
    for document in end.documents:
        who = f"{document.document_id} ({', '.join(document.issue_keys)})"
        if named[document.document_id] > 1:
            yield f"twice: {who} has {named[document.document_id]} review tickets"
        if document.document_id in failed:
            yield from _failure(document, who, end)
        elif document.status == "published":
            if not named[document.document_id]:
                yield f"lost: {who} was published without a review ticket"
            if document.is_closing:
                yield f"lost: {who} was published, and what follows from that is not done"
        elif document.status != "not_needed":
            yield f"lost: {who} never came to an end, it is {document.status}"
    known = {document.document_id for document in end.documents}
    for review in end.reviews:
        if review.document_id not in known:
            yield f"twice: the review {review.key} belongs to no document on record"


def _failure(document: DocumentRecord, who: str, end: End) -> Iterator[str]:
    if not document.reason:
        yield f"unexplained: {who} failed without a reason on record"
    waiting = {*document.issue_keys, document.review_key}
    marks = [mark for key, told in _told(end) if key in waiting for mark in told]
    if not any(mark[0] in _FAILED_KINDS for mark in marks):
        yield f"unexplained: {who} failed, and no ticket of those who wait says so"


def _pages(end: End) -> Iterator[str]:
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
            yield f"lost: {who} counts as published, and no page version carries it"
        elif times > 1:
            yield f"twice: {times} page versions carry {who}"
    for version in end.versions:
        if version.document_id and version.document_id not in published:
            yield f"twice: version {version.number} of “{version.title}” carries {version.document_id}, not published"
        if version.document_id in published and version.revision != published[version.document_id].revision:
            yield f"lost: “{version.title}” carries revision {version.revision} of {version.document_id}, not the last"
    titles = {each.title.casefold() for each in published.values() if each.kind == "create"}
    for title in created.keys() - titles:
        yield f"twice: the page “{title}” was created and belongs to no published document"


def _comments(end: End) -> Iterator[str]:
    for key, told in _told(end):
        for mark, times in Counter(told).items():
            if times > 1:
                yield f"twice: {key} has {times} comments {' '.join(mark)}"
    marks, failed = dict(_told(end)), given_up(end)
    for document in end.documents:
        is_told = document.status == "published" and document.document_id not in failed
        for key in (*document.issue_keys, document.review_key) if is_told else ():
            times = sum(mark[:2] == ("published", document.document_id) for mark in marks.get(key, ()))
            if times != 1:
                yield f"{'twice' if times else 'lost'}: {key} was told {times} times of {document.document_id}"


def _leftovers(end: End) -> Iterator[str]:
    failed = given_up(end)
    for letter in end.dead_letters:
        if not any(each in failed for each in letter.values()):
            yield f"unexplained: a dead letter belongs to no failure on record: {dict(letter)}"
    open_ones = {each.document_id for each in end.documents if each.document_id in failed}
    for held_by in end.locks:
        if held_by not in open_ones:
            yield f"lost: a page is still locked for {held_by}"


def _told(end: End) -> Iterator[tuple[str, tuple[Mark, ...]]]:
    """Yield the marks of our comments by the key of the ticket."""
    yield from ((ticket.key, ticket.marks) for ticket in end.tickets)
    yield from ((review.key, review.marks) for review in end.reviews)


def _dead_ids(end: End) -> frozenset[str]:
    return frozenset(each for letter in end.dead_letters for each in letter.values())
