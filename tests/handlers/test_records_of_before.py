"""A record that the version before wrote, in each state and with each flag, is read and carried to its end.

The records in records_of_before/ were written by Kinexus before its table of states: they have no ``version``. A file
says how far people have come (``after``), the record, and how its document ends. The record takes the place of the one
that a pipeline has written so far, with the ids of this site. Then every message is delivered again.
"""

from __future__ import annotations

import json
from collections import Counter
from decimal import Decimal
from pathlib import Path
from typing import Any

import boto3
import pytest
from boto3.dynamodb.types import TypeSerializer

from common.aws.document_repository import DocumentRepository
from common.aws.dynamodb_codec import from_item
from common.domain.change import Change, ChangeStatus
from common.domain.document import Document, DocumentStatus
from common.domain.document_states import FLAGS
from handlers.approval_handler.handler import handle as approve
from handlers.document_orchestrator.handler import handle as orchestrate
from handlers.review_ticket_creator.handler import handle as open_review
from tests.handlers.aws import deliver, redriven
from tests.handlers.pipeline import QUEUE_HANDLERS, Pipeline
from tests.handlers.test_pipeline import SUMMARY, TEXT, page_id

__all__ = ["page_id"]

FILES = sorted((Path(__file__).parent / "records_of_before").glob("*.json"))
#: What differs from site to site, and is taken from the record that it replaces.
OF_THE_SITE = (
    "document_id", "page_id", "change_id", "change_ids", "issue_id", "issue_key", "issue_keys", "author_ids", "sha256",
    "created_at", "review_issue_id", "review_issue_key", "announcement", "publication", "missing_since", "joined",
    "choice", "creating_since", "from_status_id", "detected_at",
)  # fmt: skip


def stored(path: Path) -> dict[str, Any]:
    read: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)
    return read


def documents() -> list[Document]:
    read = (stored(path).get("record") for path in FILES)
    return [from_item(Document, record) for record in read if record]


def test_there_is_a_record_of_each_state_and_flag() -> None:
    assert {document.status for document in documents()} == set(DocumentStatus)
    held = {flag.name for flag in FLAGS for document in documents() if flag.holds(document)}
    assert {flag.name for flag in FLAGS} - held == {"stays undecided"}, (
        "that one needs a person in any version"
    )
    changes = [from_item(Change, stored(path)["change"]) for path in FILES if "change" in stored(path)]
    assert {change.status for change in changes} == {ChangeStatus.DETECTED, ChangeStatus.FAILED}
    assert {document.version for document in documents()} == {None}


class Story:
    """A pipeline up to a point; every message on the way is kept, to be delivered again."""

    def __init__(self, pipeline: Pipeline) -> None:
        self.pipeline, self.messages = pipeline, dict[str, list[dict[str, Any]]]()
        self.key = pipeline.create_ticket(SUMMARY, TEXT, ["needs-docs"])
        pipeline.finish(self.key)

    def serve(self, function: str) -> None:
        taken = self.pipeline.aws.messages(function)
        self.messages.setdefault(function, []).extend(taken)
        assert deliver(QUEUE_HANDLERS[function], taken) == []

    def play(self, after: str, monkeypatch: pytest.MonkeyPatch) -> None:
        """Play the story up to one of the points that the files name."""
        if after == "drafting":
            self.messages["DocumentOrchestrator"] = self.pipeline.aws.messages("DocumentOrchestrator")
            with monkeypatch.context() as patched:
                patched.setattr(DocumentRepository, "store_draft", lambda *_: 1 / 0)
                deliver(orchestrate, self.messages["DocumentOrchestrator"])
            return
        self.serve("DocumentOrchestrator")
        if after == "drafted":
            self.messages["ReviewTicketCreator"] = self.pipeline.aws.messages("ReviewTicketCreator")
            return
        self.serve("ReviewTicketCreator")
        decision = {"rejected": "REJECTED: not now", "sent_back": "NEEDS REVISION: say more"}.get(after)
        decision = decision or ("APPROVED" if after in ("approved", "published") else None)
        if decision:
            self.pipeline.decide(self.pipeline.review_of(self.key), decision)
        if after == "approved":
            self.messages["ApprovalHandler"] = self.pipeline.aws.messages("ApprovalHandler")
        elif decision:
            self.serve("ApprovalHandler")

    def carry_on(self) -> None:
        """Deliver every message again, as an operator redrives it, and let the reviewer approve what is open."""
        for function in (open_review, approve, orchestrate):
            name = next(name for name, handle in QUEUE_HANDLERS.items() if handle is function)
            deliver(function, redriven(self.messages.get(name, [])))
        self.pipeline.run()
        for _ in range(2):
            for each in self.pipeline.aws.documents():
                if each["status"] == "in_review":
                    self.pipeline.decide(each["review_issue_key"], "APPROVED")
            self.pipeline.run()


def replace_record(table: str, old: dict[str, Any], new: dict[str, Any]) -> None:
    """Put a record of the version before in the place of one of this version, with the ids of this site."""
    record = {**new, **{name: old[name] for name in OF_THE_SITE if name in new and name in old}}
    shape = {name: TypeSerializer().serialize(value) for name, value in record.items()}
    boto3.client("dynamodb").put_item(TableName=table, Item=shape)


def release_locks(pipeline: Pipeline) -> None:
    """Release what the version before had released when it wrote the record."""
    for lock in pipeline.aws.locks():
        key = {"document_id": {"S": lock["document_id"]}}
        boto3.client("dynamodb").delete_item(TableName="kinexus-documents", Key=key)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_record_of_the_version_before_is_carried_to_its_end(
    path: Path, pipeline: Pipeline, page_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = stored(path)
    story = Story(pipeline)
    story.play(told["after"], monkeypatch)
    if "record" in told:
        [document] = pipeline.aws.documents()
        replace_record("kinexus-documents", document, told["record"])
        if told["record"]["status"] in ("failed", "not_needed") and not told["record"].get("closing"):
            release_locks(pipeline)
    else:
        [change] = pipeline.aws.changes()
        replace_record("kinexus-changes", change, told["change"])
    story.carry_on()

    [document] = pipeline.aws.documents()
    assert (document["status"], bool(document.get("closing"))) == (told["ends"], False)
    assert pipeline.aws.locks() == []
    assert pipeline.page(page_id)["version"]["number"] == (2 if told["ends"] == "published" else 1)
    for issue in filter(None, (story.key, document.get("review_issue_key"))):
        twice = {text: number for text, number in Counter(pipeline.comments(issue)).items() if number > 1}
        assert not set(twice) - {"APPROVED"}
