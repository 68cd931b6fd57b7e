"""Records on moto: conditional writes, and leases with a clock that the test sets."""

from __future__ import annotations

from collections.abc import Iterator

import boto3
import pytest
from moto import mock_aws

from common.aws.document_repository import DocumentRepository, PageLock, page_lock_key, title_lock_key
from common.aws.dynamodb_codec import from_item, to_item
from common.aws.dynamodb_table import DynamoDbTable
from common.domain.document import (
    Announcement,
    Decision,
    Document,
    DocumentKind,
    DocumentStatus,
    Publication,
    ScoredPage,
    StoredSelection,
    Undecided,
    Verdict,
)
from common.runtime.errors import ConditionFailed, LeaseHeld


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def records(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Iterator[DynamoDbTable]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    with mock_aws():
        client = boto3.client("dynamodb", region_name="eu-central-1")
        client.create_table(
            TableName="things",
            KeySchema=[{"AttributeName": "document_id", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "document_id", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )
        yield DynamoDbTable(client, "things", "document_id", clock)


DOCUMENT = Document(
    document_id="doc-1",
    kind=DocumentKind.UPDATE,
    status=DocumentStatus.IN_REVIEW,
    space_id="65540",
    title="Refunds",
    choice=StoredSelection("it is about refunds", 0.8125, "model", (ScoredPage("1", "Refunds", 12.5),)),
    created_at=1000,
    page_id="1",
    change_ids=("chg-1",),
    issue_keys=("PAY2-7",),
    revision=2,
    review_issue_id="70",
    review_issue_key="PAY2-9",
    announcement=Announcement(2, "10", "2026-11-22T10:00:00.000+0000"),
    decision=Decision(Verdict.APPROVED, "a", "Rita", "11", 2, "abc", "2026-11-22T11:00:00.000+0000"),
    publication=Publication("1", 4, "https://example.com/1", "Refunds"),
    undecided=Undecided(2, ("10", "11")),
)


def test_a_document_is_stored_and_read_back_unchanged(records: DynamoDbTable) -> None:
    documents = DocumentRepository(records)
    with documents.start(DOCUMENT, "first", 60) as held:
        assert held
        assert held.record == DOCUMENT
    assert documents.get("doc-1") == DOCUMENT
    assert documents.get("doc-2") is None


def test_an_item_leaves_out_what_is_absent() -> None:
    item = to_item(
        Document(
            "d", DocumentKind.CREATE, DocumentStatus.DRAFTING, "1", "T", StoredSelection("", 1.0, "named"), 1
        )
    )
    assert "page_id" not in item
    assert "change_ids" not in item
    assert from_item(Document, {**item, "lease_owner": "x"}).page_id is None


def test_an_item_is_created_only_once(records: DynamoDbTable) -> None:
    assert records.create({"document_id": "a", "value": 1})
    assert not records.create({"document_id": "a", "value": 2})
    assert records.get("a") == {"document_id": "a", "value": 1}


def test_an_update_needs_the_expected_state(records: DynamoDbTable) -> None:
    records.create({"document_id": "a", "status": "old"})
    assert (
        records.update("a", {"status": "new", "reason": "r"}, {"status": "old", "reason": None})["reason"]
        == "r"
    )
    with pytest.raises(ConditionFailed):
        records.update("a", {"status": "newer"}, {"status": "old"})
    with pytest.raises(ConditionFailed):
        records.update("absent", {"status": "new"})
    assert "reason" not in records.update("a", {"reason": None})


def test_a_lease_excludes_others_until_it_is_released(records: DynamoDbTable) -> None:
    records.create({"document_id": "a"})
    with records.lease("a", "first", 60), pytest.raises(LeaseHeld), records.lease("a", "second", 60):
        pass
    with records.lease("a", "second", 60) as lease:
        assert lease.item["lease_owner"] == "second"
    assert records.get("a") == {"document_id": "a"}


def test_the_last_write_releases_the_lease(records: DynamoDbTable) -> None:
    with records.create_leased({"document_id": "a"}, "first", 60) as lease:
        assert lease
        with pytest.raises(LeaseHeld), records.lease("a", "second", 60):
            pass
        records.update("a", {"done": True}, releasing=lease)
        with records.lease("a", "second", 60):
            assert lease.is_released
        records.update("a", {"later": True})
    assert records.get("a") == {"document_id": "a", "done": True, "later": True}
    with records.create_leased({"document_id": "a"}, "first", 60) as none:
        assert none is None


def test_a_lost_lease_refuses_the_last_write(records: DynamoDbTable, clock: Clock) -> None:
    with records.create_leased({"document_id": "a"}, "first", 60) as lease:
        clock.now += 61
        with records.lease("a", "second", 60), pytest.raises(ConditionFailed):
            records.update("a", {"done": True}, releasing=lease)
    assert records.get("a") == {"document_id": "a"}


def test_a_lease_is_released_when_the_work_fails(records: DynamoDbTable) -> None:
    records.create({"document_id": "a"})
    with pytest.raises(ValueError, match="broken"), records.lease("a", "first", 60):
        raise ValueError("broken")
    with records.lease("a", "second", 60):
        pass


class ProcessDied(BaseException):
    """The process dies."""


def test_a_lease_of_a_dead_process_expires(records: DynamoDbTable, clock: Clock) -> None:
    records.create({"document_id": "a"})
    with pytest.raises(ProcessDied), records.lease("a", "first", 60):
        raise ProcessDied
    clock.now += 59
    with pytest.raises(LeaseHeld), records.lease("a", "second", 60):
        pass
    clock.now += 2
    with records.lease("a", "second", 60):
        pass


def test_a_lock_is_released_only_by_its_holder(records: DynamoDbTable) -> None:
    documents = DocumentRepository(records)
    lock = page_lock_key("77")
    assert documents.lock(lock, "doc-1", 100) == PageLock(lock, "doc-1", 100)
    assert documents.lock(lock, "doc-2", 100).held_by == "doc-1"
    assert documents.lock(lock, "doc-1", 101) == PageLock(lock, "doc-1", 101)
    documents.unlock(lock, "doc-2")
    assert documents.lock(lock, "doc-2", 100).held_by == "doc-1"
    documents.unlock(lock, "doc-1")
    assert documents.lock(lock, "doc-2", 100).held_by == "doc-2"


def test_a_stale_lock_is_released_unless_taken_again(records: DynamoDbTable) -> None:
    documents, lock = DocumentRepository(records), page_lock_key("77")
    seen = documents.lock(lock, "doc-1", 100)
    documents.lock(lock, "doc-1", 200)
    documents.release_stale(seen)
    assert documents.lock(lock, "doc-2", 300).held_by == "doc-1"
    documents.release_stale(documents.lock(lock, "doc-2", 300))
    assert documents.lock(lock, "doc-2", 300).held_by == "doc-2"


def test_a_lock_of_an_older_version_has_no_time(records: DynamoDbTable) -> None:
    documents, lock = DocumentRepository(records), page_lock_key("77")
    records.create({"document_id": lock, "held_by": "doc-1"})
    seen = documents.lock(lock, "doc-2", 300)
    assert seen == PageLock(lock, "doc-1", None)
    documents.release_stale(seen)
    assert documents.lock(lock, "doc-2", 300).held_by == "doc-2"


def test_a_lock_that_keeps_changing_hands_is_waited_for(
    records: DynamoDbTable, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(DynamoDbTable, "create", lambda self, item: False)
    monkeypatch.setattr(DynamoDbTable, "get", lambda self, key: None)
    with pytest.raises(LeaseHeld):
        DocumentRepository(records).lock(page_lock_key("77"), "doc-1", 100)


def test_titles_equal_to_confluence_share_a_lock() -> None:
    assert title_lock_key("1", "Partial  Refunds") == title_lock_key("1", "partial refunds")


def test_a_transition_from_a_changed_state_fails(records: DynamoDbTable) -> None:
    documents = DocumentRepository(records)
    records.create(to_item(DOCUMENT))
    assert DOCUMENT.decision
    moved = documents.begin_publishing(DOCUMENT, DOCUMENT.decision)
    assert (moved.status, moved.version) == (DocumentStatus.PUBLISHING, 1)
    with pytest.raises(ConditionFailed):
        documents.send_back(DOCUMENT, DOCUMENT.decision)
    back = documents.return_to_review(moved)
    assert (back.status, back.version) == (DocumentStatus.IN_REVIEW, 2)
    with pytest.raises(ConditionFailed):
        documents.send_back(DOCUMENT, DOCUMENT.decision)  # the same state, but it has been elsewhere since


def test_a_missing_record_has_no_lease_to_wait_for(records: DynamoDbTable) -> None:
    with pytest.raises(KeyError), records.lease("absent", "first", 60):
        pass
