"""The audit of the load test finds each kind of loss, duplicate, and failure without a reason."""

from __future__ import annotations

from dataclasses import replace

import pytest

from benchmarks.load.audit import audit, failed_records
from benchmarks.load.final_state import (
    ChangeRecord,
    ClosedTicket,
    DocumentRecord,
    FinalState,
    ObservedReview,
    PublishedDraft,
    WrittenVersion,
)
from benchmarks.load.memory import Process, Sample, growth

PUBLISHED = ("published", "doc-1", "2")
CREATED = ("published", "doc-2", "1")
OPENED = ("announcement", "doc-1", "1")

GOOD = FinalState(
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
        ObservedReview("A-5", "doc-1", True, (OPENED, PUBLISHED)),
        ObservedReview("A-6", "doc-2", True, (CREATED,)),
    ),
    versions=(WrittenVersion("10", "Page", 4, "doc-1", 2), WrittenVersion("11", "New", 1)),
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
def test_a_correct_run_has_no_findings(end: FinalState) -> None:
    assert audit(end) == []


def test_failures_are_counted_with_their_reasons() -> None:
    assert failed_records(GOOD) == {}
    assert failed_records(FAILED) == {"chg-1": "the model gave no answer"}
    assert failed_records(STUCK) == {"doc-1": "Jira is down"}


WRONG = {
    "no record": (replace(GOOD, changes=GOOD.changes[1:]), "lost: A-1 was closed and has no change record"),
    "two records": (
        replace(GOOD, changes=(*GOOD.changes, replace(GOOD.changes[0], change_id="chg-9"))),
        "duplicate: A-1 was closed once and has 2 change records",
    ),
    "stranger": (
        replace(GOOD, changes=(*GOOD.changes, ChangeRecord("chg-9", "A-9", "ignored", "old"))),
        "unexpected: A-9 has a change record, but was not closed",
    ),
    "under way": (
        replace(GOOD, changes=(replace(GOOD.changes[0], status="detected"), *GOOD.changes[1:])),
        "lost: A-1 did not end, its change is detected",
    ),
    "wanted and ignored": (
        replace(
            GOOD, changes=(*GOOD.changes[:2], replace(GOOD.changes[2], status="ignored"), GOOD.changes[3])
        ),
        "lost: A-3 asked for documentation and was ignored (label)",
    ),
    "forgotten by its document": (
        replace(GOOD, documents=(replace(GOOD.documents[0], change_ids=("chg-1",)), GOOD.documents[1])),
        "lost: doc-1 does not contain the change of A-2, which names it",
    ),
    "published without it": (
        replace(GOOD, drafts=(replace(GOOD.drafts[0], change_ids=("chg-1",)), GOOD.drafts[1])),
        "lost: A-2 is not in the published revision 2 of doc-1",
    ),
    "published under another key": (
        replace(GOOD, drafts=(replace(GOOD.drafts[0], issue_keys=("A-2",)), GOOD.drafts[1])),
        "lost: A-1 is not in the published revision 2 of doc-1",
    ),
    "no draft of the revision that counts": (
        replace(GOOD, drafts=(replace(GOOD.drafts[0], revision=1), GOOD.drafts[1])),
        "lost: the published revision 2 of doc-1 is not in the bucket",
    ),
    "no trace of it": (
        replace(GOOD, pages={**GOOD.pages, "10": "<p>It is 1001 now.</p>"}),
        "lost: “Page” does not contain “1002” from A-2",
    ),
    "open review": (
        replace(GOOD, documents=(replace(GOOD.documents[0], status="in_review"), GOOD.documents[1])),
        "lost: doc-1 (A-1, A-2) did not end, it is in_review",
    ),
    "unfinished": (
        replace(GOOD, documents=(replace(GOOD.documents[0], is_closing=True), GOOD.documents[1])),
        "lost: doc-1 (A-1, A-2) was published, but some tickets lack the notification",
    ),
    "two reviews": (
        replace(GOOD, reviews=(*GOOD.reviews, ObservedReview("A-7", "doc-1"))),
        "duplicate: doc-1 (A-1, A-2) has 2 review tickets",
    ),
    "review of nothing": (
        replace(GOOD, reviews=(*GOOD.reviews, ObservedReview("A-7", "doc-9"))),
        "unexpected: the review A-7 belongs to no recorded document",
    ),
    "no version": (
        replace(GOOD, versions=GOOD.versions[1:]),
        "lost: doc-1 (A-1, A-2) counts as published, but no page version belongs to it",
    ),
    "two versions": (
        replace(GOOD, versions=(*GOOD.versions, WrittenVersion("10", "Page", 5, "doc-1", 2))),
        "duplicate: 2 page versions belong to doc-1 (A-1, A-2)",
    ),
    "an older revision": (
        replace(GOOD, versions=(replace(GOOD.versions[0], revision=1), GOOD.versions[1])),
        "lost: “Page” has revision 1 of doc-1, not the last one",
    ),
    "two pages": (
        replace(GOOD, versions=(*GOOD.versions, WrittenVersion("12", "new", 1))),
        "duplicate: 2 page versions belong to doc-2 (A-3)",
    ),
    "a page of nothing": (
        replace(GOOD, versions=(*GOOD.versions, WrittenVersion("12", "Other", 1))),
        "unexpected: the page “other” was created, but belongs to no published document",
    ),
    "two comments": (
        replace(GOOD, reviews=(replace(GOOD.reviews[0], marks=(OPENED, OPENED, PUBLISHED)), GOOD.reviews[1])),
        "duplicate: A-5 has 2 comments announcement doc-1 1",
    ),
    "untold": (
        replace(GOOD, tickets=(replace(GOOD.tickets[0], marks=()), *GOOD.tickets[1:])),
        "lost: A-1 has 0 comments that doc-1 was published",
    ),
    "failed in silence": (
        replace(FAILED, tickets=(ClosedTicket("A-1", True),)),
        "unexplained: A-1 failed, but has no comment about it",
    ),
    "failed without a reason": (
        replace(FAILED, changes=(replace(FAILED.changes[0], reason=""),)),
        "unexplained: A-1 is failed without a reason",
    ),
    "dead letter of something published": (
        replace(GOOD, dead_letters=({"document_id": "doc-1"},)),
        "unexplained: a dead letter belongs to no recorded failure: {'document_id': 'doc-1'}",
    ),
    "lock": (replace(GOOD, locks=("doc-1",)), "lost: a page is still locked for doc-1"),
}


@pytest.mark.parametrize(("end", "finding"), WRONG.values(), ids=WRONG)
def test_each_kind_of_fault_is_found(end: FinalState, finding: str) -> None:
    assert finding in audit(end)


def test_growth_is_the_median_of_the_processes() -> None:
    early = Sample(0.25, (Process(1, "f", 50.0), Process(2, "f", 60.0), Process(3, "f", 70.0)))
    late = Sample(
        1.0, (Process(1, "f", 55.0), Process(2, "f", 66.0), Process(9, "f", 90.0), Process(5, "g", 1.0))
    )
    assert growth([late, early]) == {"f": pytest.approx(0.1)}
