"""The tables of states: what they allow the repositories do, everything else they refuse; the docs show the same table.

All pairs of states, on a table double: a dictionary with conditional updates. The same on moto: tests/common/aws.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest

from common.aws.change_repository import ChangeRepository
from common.aws.document_repository import DocumentRepository
from common.aws.dynamodb_codec import to_item
from common.domain.change import Change, ChangeStatus, Question
from common.domain.change_states import CHANGE_TRANSITIONS
from common.domain.document import (
    FINAL_STATUSES,
    Announcement,
    Decision,
    Document,
    DocumentKind,
    DocumentStatus,
    Notice,
    Publication,
    StoredSelection,
    Undecided,
    Verdict,
)
from common.domain.document_states import DOCUMENT_TRANSITIONS, FLAGS, RECORD_NOTICE
from common.domain.draft import Draft
from common.domain.transitions import TransitionRefused
from common.runtime.errors import ConditionFailed
from tests.common.domain import write_lifecycle

AT = "2026-11-22T11:00:00.000+0000"
APPROVAL = Decision(Verdict.APPROVED, "a", "Rita", "11", 1, "abc", AT)
NEEDS_REVISION = dataclasses.replace(APPROVAL, verdict=Verdict.NEEDS_REVISION, feedback="shorter")
NOTICE = Notice(("about",), 1)


class OneRecord:
    """A table with one record: conditional updates, and a count of the writes."""

    def __init__(self, item: Mapping[str, Any]) -> None:
        self.item, self.writes = dict(item), 0

    def get(self, key: str) -> dict[str, Any] | None:
        return dict(self.item) if key in self.item.values() else None

    def create(self, item: Mapping[str, Any]) -> bool:
        return True

    def update(
        self,
        key: str,
        values: Mapping[str, Any],
        expect: Mapping[str, Any] | None = None,
        releasing: object = None,
    ) -> dict[str, Any]:
        if any(self.item.get(name) != value for name, value in (expect or {}).items()):
            raise ConditionFailed(key)
        self.writes += 1
        self.item = {name: value for name, value in {**self.item, **values}.items() if value is not None}
        return dict(self.item)


def document(status: DocumentStatus, **values: Any) -> Document:
    base = Document(
        document_id="doc-1",
        kind=DocumentKind.UPDATE,
        status=status,
        space_id="1",
        title="Refunds",
        choice=StoredSelection("", 1.0, "named"),
        created_at=1,
        page_id="1",
        change_ids=("chg-1",),
        issue_keys=("PAY2-7",),
    )
    return dataclasses.replace(base, **values)


def draft_of(document: Document) -> Draft:
    return Draft(
        document_id=document.document_id,
        revision=document.revision + 1,
        kind=document.kind,
        title=document.title,
        space_id="1",
        summary="",
        storage="",
        change_ids=document.change_ids,
        issue_keys=document.issue_keys,
    )


Step = Callable[[DocumentRepository, Document], object]
#: The repository's method for each transition of the table.
STEPS: dict[str, Step] = {
    "restart": lambda records, each: records.restart(each, each),
    "store_draft": lambda records, each: records.store_draft(each, draft_of(each), "abc"),
    "end_without_edit": lambda records, each: records.end_without_edit(each, "why"),
    "fail_before_draft": lambda records, each: records.fail_before_draft(each, "why"),
    "fail_before_review": lambda records, each: records.fail_before_review(each, "why"),
    "open_review": lambda records, each: records.open_review(each, Announcement(1, "1", AT)),
    "begin_publishing": lambda records, each: records.begin_publishing(each, APPROVAL),
    "return_to_review": lambda records, each: records.return_to_review(each),
    "reopen_as_drafted": lambda records, each: records.reopen_as_drafted(each),
    "send_back": lambda records, each: records.send_back(each, NEEDS_REVISION),
    "revise_after_conflict": lambda records, each: records.revise_after_conflict(each),
    "publish": lambda records, each: records.publish(each, Publication("1", 2, "", "T")),
    "reject": lambda records, each: records.reject(each, APPROVAL),
    "fail_after_revisions": lambda records, each: records.fail_after_revisions(each, NEEDS_REVISION),
    "fail_publication": lambda records, each: records.fail_publication(each, "why"),
    "fail_without_ticket": lambda records, each: records.fail_without_ticket(each),
    "finish_closing": lambda records, each: records.finish_closing(each),
    "record_review_ticket": lambda records, each: records.set_review_ticket(each, "71", "PAY2-9"),
    "record_creation": lambda records, each: records.record_creation(each, 1),
    "record_unopened": lambda records, each: records.record_unopened(each, "why"),
    "record_missing": lambda records, each: records.record_missing(each, 1),
    "record_undecided": lambda records, each: records.record_undecided(each, Undecided(1, ("1",))),
    "record_notice": lambda records, each: records.record_notice(each, draft_notice=NOTICE),
    "record_stop": lambda records, each: records.record_stop(each, "why"),
    "record_notification_failure": lambda records, each: records.record_notification_failure(each, "why"),
    "record_conversion_check": lambda records, each: records.record_conversion_check(each),
    "record_reminder": lambda records, each: records.record_reminder(each),
    "record_standing": lambda records, each: records.record_standing(each, 0.5),
}
CHANGE_STEPS: dict[str, Callable[[ChangeRepository, Change], object]] = {
    "ask": lambda records, each: records.ask(each, "why", Question("1", "T")),
    "take_answer": lambda records, each: records.take_answer(each),
    "ignore": lambda records, each: records.ignore(each, "why"),
    "document": lambda records, each: records.document(each, ("doc-1",)),
    "end_unneeded": lambda records, each: records.end_unneeded(each, "why", ()),
    "fail": lambda records, each: records.fail(each, "why", "m-1"),
    "restart": lambda records, each: records.restart(each),
    "store_selection": lambda records, each: records.store_selection(each, "{}"),
    "record_joining": lambda records, each: records.record_joining(each, "doc-2"),
    "record_question": lambda records, each: records.record_question(each, Question("1", "T", 1)),
}

#: Every pair of states that a document may pass, besides notes. All other pairs are refused.
ALLOWED = {
    "drafting": "drafted not_needed failed",
    "drafted": "drafted in_review rejected failed",
    "in_review": "drafted revising publishing rejected failed",
    "revising": "drafted rejected not_needed",
    "publishing": "drafted in_review revising publishing published failed",
    "published": "",
    "rejected": "",
    "not_needed": "",
    "failed": "drafting",
}
ALLOWED_FOR_CHANGES = {
    "ignored": "",
    "detected": "ignored documented not_needed failed asking",
    "asking": "detected not_needed failed",
    "documented": "",
    "not_needed": "",
    "failed": "documented failed detected",
}


def situations(status: DocumentStatus) -> Iterator[Document]:
    """Yield a document of this state in every combination of what its flags depend on."""
    for revision in (0, 1):
        for review in ("", "70"):
            for decision in (None, APPROVAL, NEEDS_REVISION):
                for missing in (0, 1):
                    for closing in (False, True):
                        yield document(
                            status,
                            revision=revision,
                            review_issue_id=review,
                            decision=decision,
                            missing_since=missing,
                            closing=closing,
                        )


def test_each_transition_has_its_method() -> None:
    assert list(STEPS) == [transition.name for transition in DOCUMENT_TRANSITIONS]
    assert list(CHANGE_STEPS) == [transition.name for transition in CHANGE_TRANSITIONS]


@pytest.mark.parametrize("status", DocumentStatus)
def test_a_document_takes_exactly_the_steps_of_the_table(status: DocumentStatus) -> None:
    """All states, all transitions, all combinations of flags: what is not in the table is refused and writes nothing."""
    reached = set[str]()
    for each in situations(status):
        for transition in DOCUMENT_TRANSITIONS:
            table = OneRecord(to_item(each))
            flags = transition.sources.get(status)
            may = flags is not None and all(flag.holds(each) for flag in flags)
            if not may:
                with pytest.raises(TransitionRefused):
                    STEPS[transition.name](DocumentRepository(table), each)  # type: ignore[arg-type]
                assert table.writes == 0
                continue
            STEPS[transition.name](DocumentRepository(table), each)  # type: ignore[arg-type]
            assert table.writes == 1
            assert table.item["status"] == (transition.target or status)
            assert table.item.get("version") == (1 if transition.target else None)
            if transition.target:
                reached.add(transition.target)
    assert reached == set(ALLOWED[status].split())


@pytest.mark.parametrize("status", ChangeStatus)
def test_a_change_takes_exactly_the_steps_of_the_table(status: ChangeStatus) -> None:
    reached = set[str]()
    for choice in (None, "{}"):
        each = Change("chg-1", "1", "PAY2-7", status, "", 1, choice=choice)
        for transition in CHANGE_TRANSITIONS:
            table = OneRecord(to_item(each))
            flags = transition.sources.get(status)
            records = ChangeRepository(table)  # type: ignore[arg-type]
            if flags is None or not all(flag.holds(each) for flag in flags):
                with pytest.raises(TransitionRefused):
                    CHANGE_STEPS[transition.name](records, each)
                assert table.writes == 0
                continue
            CHANGE_STEPS[transition.name](records, each)
            assert (table.writes, table.item["status"]) == (1, transition.target or status)
            reached |= {transition.target} if transition.target else set()
    assert reached == set(ALLOWED_FOR_CHANGES[status].split())


@pytest.mark.parametrize("transition", DOCUMENT_TRANSITIONS, ids=lambda transition: transition.name)
@pytest.mark.parametrize("meanwhile", [{"version": 7}, {"revision": 7}, {"status": "elsewhere"}])
def test_a_step_from_an_older_state_changes_nothing(transition: Any, meanwhile: dict[str, Any]) -> None:
    source = next(iter(transition.sources))
    each = next(
        each for each in situations(source) if all(flag.holds(each) for flag in transition.sources[source])
    )
    table = OneRecord({**to_item(each), **meanwhile})
    with pytest.raises(ConditionFailed):
        STEPS[transition.name](DocumentRepository(table), each)  # type: ignore[arg-type]
    assert table.writes == 0


def test_every_open_state_leads_to_an_end() -> None:
    ends = set(map(str, FINAL_STATUSES))
    while more := {state for state, to in ALLOWED.items() if ends & set(to.split())} - ends:
        ends |= more
    assert ends == set(DocumentStatus)


def test_an_attribute_that_the_table_does_not_name_is_refused() -> None:
    each = document(DocumentStatus.PUBLISHING, revision=1)
    with pytest.raises(TransitionRefused, match="does not set closing"):
        RECORD_NOTICE.check(each, ["draft_notice", "closing"])


def test_each_attribute_and_flag_of_the_table_exists() -> None:
    names = {field.name for field in dataclasses.fields(Document)}
    assert {name for transition in DOCUMENT_TRANSITIONS for name in transition.sets} <= names
    names = {field.name for field in dataclasses.fields(Change)}
    assert {name for transition in CHANGE_TRANSITIONS for name in transition.sets} <= names
    assert len({flag.name for flag in FLAGS}) == len(FLAGS)


def test_the_architecture_page_shows_the_table() -> None:
    text = write_lifecycle.PAGE.read_text(encoding="utf-8")
    assert write_lifecycle.page(text) == text, "run: make docs"
