"""`python -m ops redrive`: dead letters are shown with their reason, sent again, and never lost.

The queues are doubles; the crash is a command that dies between two calls.
"""

from __future__ import annotations

import io
import json
from typing import Any

import boto3
import pytest

from local.atlassian import Fault
from ops import __main__ as ops
from ops import dead_letter_queues
from ops.deployed_stack import DeployedStack
from tests.ops.deployed import Deployed


def dead_letter(deployed: Deployed) -> str:
    """Bring a ticket's message to the dead-letter queue of DocumentOrchestrator; return the ticket's key."""
    pipeline = deployed.pipeline
    key = pipeline.create_ticket("Zibble exports", "Zibble exports take a filter now.", ["needs-docs"])
    pipeline.finish(key)
    pipeline.site.people.revoke("kinexus")
    deployed.record_failure("DocumentOrchestrator")
    pipeline.site.people.restore("kinexus")
    return key


def test_a_dead_letter_is_shown_with_its_reason_and_redriven(deployed: Deployed) -> None:
    key = dead_letter(deployed)
    code, said = deployed.command("redrive", "--yes")
    assert code == 0
    [change] = deployed.pipeline.aws.changes()
    for word in (
        "DocumentOrchestrator",
        "ChangeDetected",
        f"change_id {change['change_id']}",
        "failed: ",
        "401",
    ):
        assert word in said, said
    assert "Sent again: 1" in said
    assert deployed.waiting(deployed.dead_letters["DocumentOrchestrator"]) == 0
    deployed.pipeline.run()
    assert deployed.pipeline.review_of(key)


def test_a_dead_letter_without_a_reason_says_so(deployed: Deployed) -> None:
    pipeline = deployed.pipeline
    key = pipeline.create_ticket("Zibble exports", "Zibble exports take a filter now.", ["needs-docs"])
    pipeline.finish(key)
    pipeline.run()
    review = pipeline.review_of(key)
    pipeline.decide(review, "APPROVED")
    [message] = pipeline.aws.messages("ApprovalHandler")  # its function was killed three times
    dead = deployed.dead_letters["ApprovalHandler"]
    boto3.client("sqs").send_message(QueueUrl=dead, MessageBody=message["Body"])
    assert "why it stopped: (no reason recorded)" in deployed.command("status", key)[1]
    said = deployed.command("redrive", "--yes")[1]
    assert "(no reason recorded)" in said
    assert "in_review" not in said
    deployed.pipeline.run()
    assert "(no reason recorded)" not in deployed.command("status", key)[1]


def test_the_reason_of_a_document_is_shown(deployed: Deployed) -> None:
    pipeline = deployed.pipeline
    key = pipeline.create_ticket("Zibble exports", "Zibble exports take a filter now.", ["needs-docs"])
    pipeline.finish(key)
    pipeline.run()
    pipeline.decide(pipeline.review_of(key), "APPROVED")
    pipeline.site.faults.add(Fault("status", status=403, method="GET", path="/wiki/", count=99))
    deployed.record_failure("ApprovalHandler")
    for command in (("status", key), ("redrive", "--yes")):
        said = deployed.command(*command)[1]
        assert "403" in said, command
        assert "(no reason recorded)" not in said


def refusing(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Agree to nothing; return the list that takes the questions."""
    asked: list[str] = []

    def refuse(question: str) -> bool:
        asked.append(question)
        return False

    monkeypatch.setattr(ops, "_ask", refuse)
    return asked


def test_nothing_is_sent_without_consent(deployed: Deployed, monkeypatch: pytest.MonkeyPatch) -> None:
    dead_letter(deployed)
    asked = refusing(monkeypatch)
    code, said = deployed.command("redrive")
    assert code == 0
    assert asked == ["Send 1 message again?"]
    assert "Nothing was sent" in said
    assert deployed.waiting(deployed.dead_letters["DocumentOrchestrator"]) == 1
    assert deployed.pipeline.aws.messages("DocumentOrchestrator") == []


def test_without_a_terminal_yes_is_required(deployed: Deployed, monkeypatch: pytest.MonkeyPatch) -> None:
    dead_letter(deployed)
    monkeypatch.setattr("sys.stdin", io.StringIO("y\n"))
    code, said = deployed.command("redrive", "DocumentOrchestrator")
    assert code == 2
    assert "--yes" in said
    assert deployed.waiting(deployed.dead_letters["DocumentOrchestrator"]) == 1


@pytest.mark.parametrize("call", ["send_message", "delete_message"])
def test_an_interrupted_redrive_loses_and_doubles_nothing(
    deployed: Deployed, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    key = dead_letter(deployed)

    def die(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    dying = boto3.Session().client("sqs")
    monkeypatch.setattr(dying, call, die)
    [letter] = dead_letter_queues.receive_all(dying, DeployedStack("kinexus").queues[0])
    with pytest.raises(KeyboardInterrupt):
        dead_letter_queues.send_again(dying, letter)
    dead_letter_queues.release(boto3.client("sqs"), [letter])
    assert "Sent again: 1" in deployed.command("redrive", "--yes")[1]
    deployed.pipeline.run()
    assert deployed.pipeline.review_of(key)
    assert len(deployed.pipeline.aws.documents()) == 1


def test_only_the_named_functions_messages_are_sent(deployed: Deployed) -> None:
    dead_letter(deployed)
    code, said = deployed.command("redrive", "ApprovalHandler", "--yes")
    assert (code, said) == (0, "The dead-letter queue of ApprovalHandler is empty.\n")
    assert deployed.waiting(deployed.dead_letters["DocumentOrchestrator"]) == 1


def test_messages_of_any_kind_are_explained(deployed: Deployed) -> None:
    sqs = boto3.client("sqs")
    url = deployed.dead_letters["ApprovalHandler"]
    completed = {
        "detail-type": "ReviewCompleted",
        "detail": {"review_issue_id": "10999", "review_issue_key": "PAY2-99"},
    }
    refused = {"ERROR_MESSAGE": {"DataType": "String", "StringValue": "The queue does not exist"}}
    sqs.send_message(QueueUrl=url, MessageBody=json.dumps(completed), MessageAttributes=refused)
    sqs.send_message(QueueUrl=url, MessageBody="hello")
    said = deployed.command("redrive", "--yes")[1]
    assert "2 messages in dead-letter queues" in said
    assert "PAY2-99" in said
    assert "The queue does not exist" in said
    assert "there is no record of this document" in said
    assert "not a Kinexus event" in said
    assert "Sent again: 1" in said
    assert "Not Kinexus events, not sent: 1" in said
    assert deployed.waiting(url) == 1, "it would only fail again"


def test_unknown_events_are_deleted_with_drop(deployed: Deployed, monkeypatch: pytest.MonkeyPatch) -> None:
    dead_letter(deployed)
    url = deployed.dead_letters["DocumentOrchestrator"]
    boto3.client("sqs").send_message(QueueUrl=url, MessageBody="hello")
    asked = refusing(monkeypatch)
    assert "Nothing was deleted" in deployed.command("redrive", "--drop")[1]
    assert asked == ["Send 1 message again?", "Delete 1 message that is not a Kinexus event?"]
    assert deployed.waiting(url) == 2
    said = deployed.command("redrive", "--drop", "--yes")[1]
    assert "Sent again: 1" in said
    assert "Deleted: 1" in said
    assert deployed.waiting(url) == 0
