"""No role is denied a call that it makes or allowed a call that it never makes, and no secret is stored anywhere else.

The demo runs, a webhook is delivered twice, the sweep finds a ticket without a webhook, a review is deleted, and each
function meets a document under another lease; each evaluation of a role's policies is recorded with its action and
resource. Each action on each resource that a statement allows is compared, so an unused permission on one of two tables,
secrets or prefixes is found. The schedule is not awaited: its role's permissions are compared with the schedule.
"""

import json
import time
from collections.abc import Iterator
from typing import Any

import pytest
from rich.console import Console

from local.demo import scenario
from local.demo.person import Person
from local.demo.steps import Steps
from local.environment import LocalEnvironment, local_environment, wait_until
from local.error_logs import events_logged
from local.region.iam_evaluator import matches_pattern
from stack.testing import checks
from tests.local.region import contents
from tests.secrets_in_use import forms

pytestmark = pytest.mark.region

SCHEDULE = "aws:scheduler/schedule:Schedule"

Right = tuple[str, str, str]
"""Role, action, and the resource as the statement writes it."""

_LOG = "arn:aws:logs:{here}:log-group:/aws/lambda/{function}:*"
_QUEUE = "arn:aws:sqs:{here}:{function}"

BY_LAMBDA = {
    ("logs:CreateLogStream", _LOG): "Lambda itself writes the log, under the function's role",
    ("logs:PutLogEvents", _LOG): "Lambda itself writes the log, under the function's role",
    ("sqs:DeleteMessage", _QUEUE): "Lambda itself reads the queue, under the function's role",
    ("sqs:GetQueueAttributes", _QUEUE): "Lambda itself reads the queue, under the function's role",
    ("sqs:ReceiveMessage", _QUEUE): "Lambda itself reads the queue, under the function's role",
    ("xray:PutTelemetryRecords", "*"): "Lambda's own daemon sends the traces; there is none here",
    ("xray:PutTraceSegments", "*"): "Lambda's own daemon sends the traces; there is none here",
}
"""Permissions that the function's code does not use, with the reason."""

RARELY = {
    ("DocumentOrchestrator", "dynamodb:PutItem", "arn:aws:dynamodb:{here}:table/{changesTable}"): (
        "it records a change only when the ticket moved on from done to done before its webhook was written"
    ),
    ("DocumentOrchestrator", "dynamodb:DeleteItem", "arn:aws:dynamodb:{here}:table/{documentsTable}"): (
        "it gives a page free only when no edit is needed after all, or nobody can draft one"
    ),
    ("DocumentOrchestrator", "s3:PutObject", "arn:aws:s3:::{documentsBucket}/reviews/*"): (
        "it closes a review only when no edit is needed after all"
    ),
    ("ReviewTicketCreator", "dynamodb:DeleteItem", "arn:aws:dynamodb:{here}:table/{documentsTable}"): (
        "it gives a page free only when a review cannot have the security level of its tickets"
    ),
}
"""The same for single functions: permissions for lost messages or collisions."""


def rights(up: LocalEnvironment, role: str) -> set[Right]:
    """List each pair of action and resource that a role's statements allow."""
    return {
        (role, action, resource)
        for statement in checks.role_statements(up.deployment.graph, role)
        for action in statement["Action"]
        for resource in statement["Resource"]
    }


def calls_made(up: LocalEnvironment) -> set[Right]:
    """List the calls of the roles: to AWS as decided, and to the model."""
    of_aws = {(f"{one.function}-role", one.action, one.resource) for one in up.stack.decisions()}
    model = f"arn:aws:bedrock:{up.stack.region}::foundation-model/"
    of_model = {
        (f"{one.function}-role", "bedrock:InvokeModel", model + one.model_id)
        for one in up.stand_in.calls()
        if one.function
    }
    return of_aws | of_model


def used(right: Right, questions: set[Right]) -> bool:
    """Return whether a call used this action on this resource."""
    role, action, resource = right
    return any(
        (role, action) == (by, done) and matches_pattern(resource, about) for by, done, about in questions
    )


def by_lambda(up: LocalEnvironment) -> set[Right]:
    """List the permissions that the reasons in BY_LAMBDA are about, for all functions."""
    here = f"{up.stack.region}:{up.stack.account}"
    return {
        (f"{function}-role", action, resource.format(here=here, function=function))
        for function in up.outputs["functionNames"].values()
        for action, resource in BY_LAMBDA
    }


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalEnvironment]:
    with local_environment() as up:
        scenario.play(up, Steps(Console(quiet=True)), tmp_path_factory.mktemp("pages"))
        up.site.site.post.options.duplicates = 1.0
        _finish_another(up)
        assert up.site.site.drain()
        up.site.site.webhooks.webhooks.clear()
        untold = _finish_another(up)
        assert wait_until(lambda: _swept(up, untold), 60)
        _lose_a_review(up, untold)
        _meet_a_held_lease(up)
        _send_unknown_events(up)
        yield up


def _finish_another(up: LocalEnvironment) -> str:
    """Close another ticket with a document label; return its key."""
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


def _swept(up: LocalEnvironment, key: str) -> bool:
    """Sweep, and return whether the ticket is recorded."""
    up.stack.client("lambda").invoke(FunctionName=up.outputs["functionNames"]["Sweep"], Payload=b"{}")
    found = up.stack.client("dynamodb").scan(TableName=up.outputs["changesTable"])["Items"]
    return any(key in json.dumps(item) for item in found)


def _lose_a_review(up: LocalEnvironment, key: str) -> None:
    """Delete the review of a ticket, and sweep on two days."""

    def document(status: str) -> dict[str, Any] | None:
        items = up.stack.client("dynamodb").scan(TableName=up.outputs["documentsTable"])["Items"]
        ours = [item for item in items if key in json.dumps(item.get("issue_keys"))]
        return next((item for item in ours if item["status"]["S"] == status), None)

    assert wait_until(lambda: document("in_review") is not None, 60)
    found = document("in_review")
    assert found
    admin = Person(up.site.url, up.site.site.account("admin"))
    admin.call("DELETE", f"/rest/api/3/issue/{found['review_issue_key']['S']}")
    for day in ("2026-11-10", "2026-11-11"):
        told = json.dumps({"scheduled_at": f"{day}T04:30:00Z"}).encode()
        up.stack.client("lambda").invoke(FunctionName=up.outputs["functionNames"]["Sweep"], Payload=told)
    assert wait_until(lambda: document("failed") is not None, 60)


def _meet_a_held_lease(up: LocalEnvironment) -> None:
    """Hold a document's lease while each function with a queue gets its event, until each has deferred its message."""
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
    assert wait_until(lambda: {up.outputs["functionNames"][name] for name in functions} <= _deferring(up), 60)


def _send_unknown_events(up: LocalEnvironment) -> None:
    """Put an unknown message on each function's queue; it becomes a dead letter long before its retention ends."""
    sqs = up.stack.client("sqs")
    for url in up.outputs["queueUrls"].values():
        sqs.send_message(QueueUrl=url, MessageBody="not an event")
    dead = [f"{up.outputs['functionNames'][name]}-dead-letters" for name in up.outputs["queueUrls"]]
    urls = [sqs.get_queue_url(QueueName=name)["QueueUrl"] for name in dead]
    count = "ApproximateNumberOfMessages"

    def is_in(url: str) -> bool:
        found = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=[count])["Attributes"]
        return bool(found[count] == "1")

    assert wait_until(lambda: all(map(is_in, urls)), 60)


def _deferring(up: LocalEnvironment) -> set[str]:
    """Return the functions that sent a copy of a message to their own queue."""
    calls = up.stack.calls()
    return {call.function for call in calls if call.target == "SendMessage" and call.status == 200}


def test_no_call_was_denied(played: LocalEnvironment) -> None:
    assert [one for one in played.stack.decisions() if not one.allowed] == []
    assert [call for call in played.stack.calls() if call.function and call.status == 403] == []


def test_every_function_called_with_its_own_role(played: LocalEnvironment) -> None:
    functions = set(played.outputs["functionNames"].values())
    assert {call.function for call in played.stack.calls()} - {""} == functions
    assert {role for role, _, _ in calls_made(played)} == {f"{function}-role" for function in functions}


def test_every_permission_is_used_or_has_a_reason(
    played: LocalEnvironment,
) -> None:
    questions, excused = calls_made(played), by_lambda(played)
    idle = {
        right
        for function in played.outputs["functionNames"].values()
        for right in rights(played, f"{function}-role")
        if right not in excused and not used(right, questions)
    }
    here = f"{played.stack.region}:{played.stack.account}"
    assert idle == {
        (
            f"{played.outputs['functionNames'][label]}-role",
            action,
            resource.format(here=here, **played.outputs),
        )
        for label, action, resource in RARELY
    }


def test_every_reason_is_about_an_existing_unused_permission(played: LocalEnvironment) -> None:
    given = {
        right
        for function in played.outputs["functionNames"].values()
        for right in rights(played, f"{function}-role")
    }
    excused = by_lambda(played) & given
    assert {action for _, action, _ in excused} == {action for action, _ in BY_LAMBDA}
    assert [right for right in excused if used(right, calls_made(played))] == []


def test_each_function_logs_that_it_deferred_and_for_how_long(played: LocalEnvironment) -> None:
    """The stack's alarm reads ``waited``, a number, from this line."""
    for name in played.outputs["queueUrls"]:
        logged = events_logged(played.stack.client, played.outputs["logGroups"][name])
        lines = [json.loads(each["message"]) for each in logged if each["message"].startswith("{")]
        waited = [line["waited"] for line in lines if line.get("message") == "message.deferred"]
        assert waited
        assert all(isinstance(each, int) for each in waited)


def test_a_schedules_role_may_do_only_what_it_needs(played: LocalEnvironment) -> None:
    graph = played.deployment.graph
    schedules = {one.inputs["target"]["roleArn"].rpartition("/")[2]: one for one in graph.of_type(SCHEDULE)}
    functions = played.outputs["functionNames"].values()
    roles = {role.inputs["name"] for role in graph.of_type("aws:iam/role:Role")}
    assert roles == {f"{function}-role" for function in functions} | set(schedules), (
        "a role that nobody looks at"
    )
    assert schedules
    for role, schedule in schedules.items():
        target = schedule.inputs["target"]
        needed = {(role, "lambda:InvokeFunction", target["arn"])}
        if dead_letters := target.get("deadLetterConfig"):
            needed.add((role, "sqs:SendMessage", dead_letters["arn"]))
        assert rights(played, role) == needed


def test_no_secret_is_in_logs_environments_records_or_pages(played: LocalEnvironment) -> None:
    client = played.stack.client
    kept = contents.secrets(client)
    assert {played.webhook_secret, played.pipeline_account.token} < set(kept)
    assert played.chat.url in kept
    assert len(set(kept)) == 4, "the link key is the fourth; both apps have one token"
    held = contents.logs(client) | contents.stored(client)
    held |= {
        name: (played.stack.folder / name).read_text(errors="replace")
        for name in ("ministack.log", "access.log", "decisions.log")
    }
    held["what the region remembers of the program"] = repr(played.deployment.registry)
    for kind in ("/aws/lambda/", "function", "table", "object reviews/", "object drafts/"):
        assert any(kind in name and text for name, text in held.items()), f"no {kind} to look at"
    assert [
        name for name, text in held.items() for secret in kept for form in forms(secret) if form in text
    ] == []
    assert checks.plain_secrets(played.deployment.graph, *kept) == []
