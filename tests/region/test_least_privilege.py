"""No function is refused a call that it makes, none is allowed what it never does, and no secret is left lying about.

The demo is played, a webhook is delivered twice, a ticket is found that no webhook told of, and each function meets
a document that somebody else works on, while every AWS call is on record with the function that made it. Actions are
compared per function, not per table or bucket: that a statement names the right one is seen by the calls not being
refused.
"""

import json
import time
from collections.abc import Iterator, Mapping

import pytest
from rich.console import Console

from local.demo import scenario
from local.demo.person import Person
from local.demo.steps import Steps
from local.machine import Machine, machine, wait_until
from local.region.calls import AwsCall
from stack.testing import checks
from tests.region import contents
from tests.secrets_in_use import forms

pytestmark = pytest.mark.region

BY_LAMBDA = {
    "logs:CreateLogStream": "Lambda itself writes the log, under the function's role",
    "logs:PutLogEvents": "Lambda itself writes the log, under the function's role",
    "sqs:DeleteMessage": "Lambda itself reads the queue, under the function's role",
    "sqs:GetQueueAttributes": "Lambda itself reads the queue, under the function's role",
    "sqs:ReceiveMessage": "Lambda itself reads the queue, under the function's role",
    "xray:PutTelemetryRecords": "Lambda's own daemon sends the traces; there is none here",
    "xray:PutTraceSegments": "Lambda's own daemon sends the traces; there is none here",
}
"""What is allowed and not called by the functions' code, with the reason."""

RARELY: Mapping[str, dict[str, str]] = {
    "DocumentOrchestrator": {
        "dynamodb:DeleteItem": "it gives a page free only when no edit is needed after all, or nobody can draft one"
    },
}
"""The same for single functions: what only happens when something is lost or collides."""

_S3 = {"GET": "s3:GetObject", "PUT": "s3:PutObject"}


def action(call: AwsCall) -> str:
    """Name a call as IAM does."""
    return _S3[call.method] if call.service == "s3" else f"{call.service}:{call.target}"


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    with machine() as up:
        scenario.play(up, Steps(Console(quiet=True)), tmp_path_factory.mktemp("pages"))
        up.site.site.post.options.duplicates = 1.0
        _finish_another(up)
        assert up.site.site.drain(30)
        up.site.site.webhooks.webhooks.clear()
        untold = _finish_another(up)
        assert wait_until(lambda: _swept(up, untold), 60)
        _meet_somebody_at_work(up)
        yield up


def _finish_another(up: Machine) -> str:
    """Finish a ticket of its own that asks for documentation; return its key."""
    developer = Person(up.site.url, up.site.site.account("developer"))
    fields = {
        "project": {"key": up.seeded.project_key},
        "issuetype": {"name": "Task"},
        "summary": "Refunds can be partial",
        "labels": ["needs-docs"],
    }
    key = str(developer.call("POST", "/rest/api/3/issue", {"fields": fields})["key"])
    developer.finish(key)
    return key


def _swept(up: Machine, key: str) -> bool:
    """Sweep, and tell whether the ticket is on record."""
    up.stack.client("lambda").invoke(FunctionName=up.outputs["functionNames"]["Sweep"], Payload=b"{}")
    found = up.stack.client("dynamodb").scan(TableName=up.outputs["changesTable"])["Items"]
    return any(key in json.dumps(item) for item in found)


def _meet_somebody_at_work(up: Machine) -> None:
    """Hold a document's lease while each function with a queue is told of it, until each has put its message off."""
    records, events = up.stack.client("dynamodb"), up.stack.client("events")
    found = records.scan(TableName=up.outputs["documentsTable"])["Items"]
    document = next(item for item in found if "review_issue_id" in item)
    records.update_item(
        TableName=up.outputs["documentsTable"],
        Key={"document_id": document["document_id"]},
        UpdateExpression="SET lease_owner = :owner, lease_until = :until",
        ExpressionAttributeValues={":owner": {"S": "a test"}, ":until": {"N": str(int(time.time()) + 120)}},
    )
    ids = {"document_id": document["document_id"]["S"], "revision": int(document["revision"]["N"])}
    review = {"review_issue_id": document["review_issue_id"]["S"], "move_id": "1"}
    told = {"RevisionRequested": ids, "DocumentGenerated": ids, "ReviewCompleted": review}
    entries = [
        {
            "EventBusName": up.outputs["eventBus"],
            "Source": "kinexus",
            "DetailType": name,
            "Detail": json.dumps(detail),
        }
        for name, detail in told.items()
    ]
    assert events.put_events(Entries=entries)["FailedEntryCount"] == 0
    functions = set(up.outputs["queueUrls"])
    assert wait_until(lambda: {up.outputs["functionNames"][name] for name in functions} <= _put_off(up), 60)


def _put_off(up: Machine) -> set[str]:
    """Return the functions that sent a copy of a message to their own queue."""
    calls = up.stack.calls()
    return {call.function for call in calls if call.target == "SendMessage" and call.status == 200}


def test_no_call_was_refused_for_want_of_a_right(played: Machine) -> None:
    refused = [call for call in played.stack.calls() if call.function and call.status == 403]
    assert refused == []


def test_every_function_was_heard(played: Machine) -> None:
    assert {call.function for call in played.stack.calls()} - {""} == set(
        played.outputs["functionNames"].values()
    )


def test_every_allowed_action_is_used_or_has_a_reason(played: Machine) -> None:
    used = {(call.function, action(call)) for call in played.stack.calls() if call.function}
    used |= {(call.function, "bedrock:InvokeModel") for call in played.stand_in.calls()}
    idle = {
        f"{label}: {allowed}"
        for label, function in played.outputs["functionNames"].items()
        for statement in checks.role_statements(played.deployment.graph, f"{function}-role")
        for allowed in statement["Action"]
        if (function, allowed) not in used and allowed not in BY_LAMBDA
    }
    assert idle == {f"{label}: {one}" for label, reasons in RARELY.items() for one in reasons}


def test_the_reasons_are_about_rights_that_there_are(played: Machine) -> None:
    given = {
        allowed
        for function in played.outputs["functionNames"].values()
        for statement in checks.role_statements(played.deployment.graph, f"{function}-role")
        for allowed in statement["Action"]
    }
    assert set(BY_LAMBDA) - given == set()


def test_no_secret_lies_in_a_log_an_environment_a_record_or_a_page(played: Machine) -> None:
    client = played.stack.client
    kept = contents.secrets(client)
    assert {played.webhook_secret, played.us.token} < set(kept)
    assert len(kept) == 3, "the link key is the third"
    held = contents.logs(client) | contents.stored(client)
    held |= {
        name: (played.stack.folder / name).read_text(errors="replace")
        for name in ("ministack.log", "access.log")
    }
    held["what the region remembers of the program"] = repr(played.deployment.ledger)
    for kind in ("/aws/lambda/", "function", "table", "object reviews/", "object drafts/"):
        assert any(kind in name and text for name, text in held.items()), f"no {kind} to look at"
    assert [
        name for name, text in held.items() for secret in kept for form in forms(secret) if form in text
    ] == []
    assert checks.plain_secrets(played.deployment.graph, *kept) == []
