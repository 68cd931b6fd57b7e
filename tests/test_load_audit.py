"""The audit of the load test finds each kind of loss, duplicate, and failure without a reason."""

from __future__ import annotations

from dataclasses import replace

import pytest

from benchmarks.load.audit import audit, given_up
from benchmarks.load.final_state import (
    ChangeRecord,
    ClosedTicket,
    DocumentRecord,
    End,
    PageVersion,
    PublishedDraft,
    ReviewTicket,
)
from benchmarks.load.memory import Process, Sample, growth

PUBLISHED = ("published", "doc-1", "2")
CREATED = ("published", "doc-2", "1")
OPENED = ("announcement", "doc-1", "1")

GOOD = End(
    tickets=(
        ClosedTicket("A-1", True, (PUBLISHED,), "1001"),
        ClosedTicket("A-2", True, (PUBLISHED,), "1002"),
        ClosedTicket("A-3", True, (CREATED,), "1003"),
        ClosedTicket("A-4", False, trace="1004"),
    ),
    changes=(
        ChangeRecord("chg-1", "A-1", "documented", "label", ("doc-1",)),
        ChangeRecord("chg-2", "A-2", "documented", "label", ("doc-1",)),
        ChangeRecord("chg-3", "A-3", "documented", "label", ("doc-2",)),
        ChangeRecord("chg-4", "A-4", "ignored", "label no-docs"),
    ),
    documents=(
        DocumentRecord(
            "doc-1", "published", "update", "Page", 2, "", "10", ("chg-1", "chg-2"), ("A-1", "A-2"), "A-5"
        ),
        DocumentRecord("doc-2", "published", "create", "New", 1, "", "11", ("chg-3",), ("A-3",), "A-6"),
    ),
    reviews=(
        ReviewTicket("A-5", "doc-1", True, (OPENED, PUBLISHED)),
        ReviewTicket("A-6", "doc-2", True, (CREATED,)),
    ),
    versions=(PageVersion("10", "Page", 4, "doc-1", 2), PageVersion("11", "New", 1)),
    drafts=(
        PublishedDraft("doc-1", 2, ("chg-1", "chg-2"), ("A-1", "A-2")),
        PublishedDraft("doc-2", 1, ("chg-3",), ("A-3",)),
    ),
    pages={"10": "<p>It is 1001 now.</p><p>It is 1002 now.</p>", "11": "<p>Stays below 1003.</p>"},
)
FAILED = replace(
    GOOD,
    tickets=(ClosedTicket("A-1", True, (("failed", "chg-1"),)),),
    changes=(ChangeRecord("chg-1", "A-1", "failed", "the model gave no answer"),),
    documents=(),
    reviews=(),
    versions=(),
    dead_letters=({"change_id": "chg-1", "issue_key": "A-1"},),
)
STUCK = replace(
    GOOD,
    documents=(replace(GOOD.documents[0], status="in_review", reason="Jira is down"), GOOD.documents[1]),
    tickets=(
        ClosedTicket("A-1", True, (("failed", "doc-1"),)),
        replace(GOOD.tickets[1], marks=()),
        *GOOD.tickets[2:],
    ),
    reviews=(replace(GOOD.reviews[0], marks=(OPENED,)), GOOD.reviews[1]),
    versions=GOOD.versions[1:],
    dead_letters=({"document_id": "doc-1"},),
    locks=("doc-1",),
)


UNTOLD = replace(
    GOOD,
    documents=(replace(GOOD.documents[0], is_closing=True, reason="Jira is down"), GOOD.documents[1]),
    tickets=(replace(GOOD.tickets[0], marks=()), *GOOD.tickets[1:]),
    reviews=(replace(GOOD.reviews[0], marks=(OPENED, ("failed", "move"))), GOOD.reviews[1]),
    dead_letters=({"document_id": "doc-1"},),
)
FINE = {"all well": GOOD, "failed": FAILED, "given up with its lock": STUCK, "given up telling": UNTOLD}


@pytest.mark.parametrize("end", FINE.values(), ids=FINE)
def test_a_correct_run_has_no_findings(end: End) -> None:
    assert audit(end) == []


def test_failures_are_counted_with_their_reasons() -> None:
    assert given_up(GOOD) == {}
    assert given_up(FAILED) == {"chg-1": "the model gave no answer"}
    assert given_up(STUCK) == {"doc-1": "Jira is down"}


WRONG = {
    "no record": (replace(GOOD, changes=GOOD.changes[1:]), "lost: A-1 was closed and has no change record"),
    "two records": (
        replace(GOOD, changes=(*GOOD.changes, replace(GOOD.changes[0], change_id="chg-9"))),
        "twice: A-1 was closed once and has 2 change records",
    ),
    "stranger": (
        replace(GOOD, changes=(*GOOD.changes, ChangeRecord("chg-9", "A-9", "ignored", "old"))),
        "twice: A-9 has a change record, but was not closed",
    ),
    "under way": (
        replace(GOOD, changes=(replace(GOOD.changes[0], status="detected"), *GOOD.changes[1:])),
        "lost: A-1 never came to an end, it is detected",
    ),
    "wanted and ignored": (
        replace(
            GOOD, changes=(*GOOD.changes[:2], replace(GOOD.changes[2], status="ignored"), GOOD.changes[3])
        ),
        "lost: A-3 asked for documentation and was ignored (label)",
    ),
    "forgotten by its document": (
        replace(GOOD, documents=(replace(GOOD.documents[0], change_ids=("chg-1",)), GOOD.documents[1])),
        "lost: doc-1 does not know of A-2, which belongs to it",
    ),
    "published without it": (
        replace(GOOD, drafts=(replace(GOOD.drafts[0], change_ids=("chg-1",)), GOOD.drafts[1])),
        "lost: A-2 is not in revision 2 of doc-1, which was published",
    ),
    "published under another key": (
        replace(GOOD, drafts=(replace(GOOD.drafts[0], issue_keys=("A-2",)), GOOD.drafts[1])),
        "lost: A-1 is not in revision 2 of doc-1, which was published",
    ),
    "no draft of the revision that counts": (
        replace(GOOD, drafts=(replace(GOOD.drafts[0], revision=1), GOOD.drafts[1])),
        "lost: the draft of revision 2 of doc-1, which was published, is not in the bucket",
    ),
    "no trace of it": (
        replace(GOOD, pages={**GOOD.pages, "10": "<p>It is 1001 now.</p>"}),
        "lost: “Page” does not say “1002”, as A-2 does",
    ),
    "open review": (
        replace(GOOD, documents=(replace(GOOD.documents[0], status="in_review"), GOOD.documents[1])),
        "lost: doc-1 (A-1, A-2) never came to an end, it is in_review",
    ),
    "unfinished": (
        replace(GOOD, documents=(replace(GOOD.documents[0], is_closing=True), GOOD.documents[1])),
        "lost: doc-1 (A-1, A-2) was published, and what follows from that is not done",
    ),
    "two reviews": (
        replace(GOOD, reviews=(*GOOD.reviews, ReviewTicket("A-7", "doc-1"))),
        "twice: doc-1 (A-1, A-2) has 2 review tickets",
    ),
    "review of nothing": (
        replace(GOOD, reviews=(*GOOD.reviews, ReviewTicket("A-7", "doc-9"))),
        "twice: the review A-7 belongs to no document on record",
    ),
    "no version": (
        replace(GOOD, versions=GOOD.versions[1:]),
        "lost: doc-1 (A-1, A-2) counts as published, and no page version carries it",
    ),
    "two versions": (
        replace(GOOD, versions=(*GOOD.versions, PageVersion("10", "Page", 5, "doc-1", 2))),
        "twice: 2 page versions carry doc-1 (A-1, A-2)",
    ),
    "an older revision": (
        replace(GOOD, versions=(replace(GOOD.versions[0], revision=1), GOOD.versions[1])),
        "lost: “Page” carries revision 1 of doc-1, not the last",
    ),
    "two pages": (
        replace(GOOD, versions=(*GOOD.versions, PageVersion("12", "new", 1))),
        "twice: 2 page versions carry doc-2 (A-3)",
    ),
    "a page of nothing": (
        replace(GOOD, versions=(*GOOD.versions, PageVersion("12", "Other", 1))),
        "twice: the page “other” was created and belongs to no published document",
    ),
    "two comments": (
        replace(GOOD, reviews=(replace(GOOD.reviews[0], marks=(OPENED, OPENED, PUBLISHED)), GOOD.reviews[1])),
        "twice: A-5 has 2 comments announcement doc-1 1",
    ),
    "untold": (
        replace(GOOD, tickets=(replace(GOOD.tickets[0], marks=()), *GOOD.tickets[1:])),
        "lost: A-1 was told 0 times of doc-1",
    ),
    "failed in silence": (
        replace(FAILED, tickets=(ClosedTicket("A-1", True),)),
        "unexplained: A-1 failed, and its ticket does not say so",
    ),
    "failed without a reason": (
        replace(FAILED, changes=(replace(FAILED.changes[0], reason=""),)),
        "unexplained: A-1 is failed without a reason",
    ),
    "dead letter of something published": (
        replace(GOOD, dead_letters=({"document_id": "doc-1"},)),
        "unexplained: a dead letter belongs to no failure on record: {'document_id': 'doc-1'}",
    ),
    "lock": (replace(GOOD, locks=("doc-1",)), "lost: a page is still locked for doc-1"),
}


@pytest.mark.parametrize(("end", "finding"), WRONG.values(), ids=WRONG)
def test_each_kind_of_fault_is_found(end: End, finding: str) -> None:
    assert finding in audit(end)


def test_growth_is_the_median_of_the_processes() -> None:
    early = Sample(0.25, (Process(1, "f", 50.0), Process(2, "f", 60.0), Process(3, "f", 70.0)))
    late = Sample(
        1.0, (Process(1, "f", 55.0), Process(2, "f", 66.0), Process(9, "f", 90.0), Process(5, "g", 1.0))
    )
    assert growth([late, early]) == {"f": pytest.approx(0.1)}
