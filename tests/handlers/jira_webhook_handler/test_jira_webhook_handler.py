"""JiraWebhookHandler with the doubles of AWS: what is recorded, declined or rejected, and nothing twice.

Not proven: that API Gateway and Jira behave as these requests assume; the region's tests send real HTTP.
"""

from __future__ import annotations

import base64
import copy
import json
from typing import Any

import pytest

from handlers.jira_webhook_handler.handler import handle
from tests.handlers.aws import Aws
from tests.handlers.jira_webhook_handler.webhook_bodies import FINISHED, finished, request


def send(body: object, **options: Any) -> tuple[int, dict[str, Any]]:
    answer = handle(request(body, **options), None)
    return answer["statusCode"], json.loads(answer["body"])


def test_a_closed_ticket_with_a_document_label_is_recorded(aws: Aws) -> None:
    status, body = send(FINISHED)
    assert (status, body["status"], body["change_id"]) == (200, "recorded", "chg-10021-10456")
    [change] = aws.changes()
    assert change["status"] == "detected"
    assert change["issue_key"] == "PAY2-7"
    detail = {"change_id": "chg-10021-10456", "issue_id": "10021", "issue_key": "PAY2-7"}
    assert aws.events() == [("ChangeDetected", detail)]


def test_a_declined_ticket_is_recorded_with_its_reason_only(aws: Aws) -> None:
    status, body = send(finished(labels=["needs-docs", "tech-debt"]))
    assert (status, body["status"]) == (200, "ignored")
    assert "tech-debt" in body["reason"]
    [change] = aws.changes()
    assert change["status"] == "ignored"
    assert change["reason"] == body["reason"]
    assert change["expires_at"] > change["detected_at"]
    assert aws.events() == []


def test_a_later_label_counts_only_after_closing_again(
    aws: Aws,
) -> None:
    """The change is recorded as declined; closing the ticket again is another change."""
    assert send(finished(labels=[]))[1]["status"] == "ignored"
    status, body = send(FINISHED)
    assert (status, body["status"]) == (200, "ignored")
    again = copy.deepcopy(FINISHED)
    again["changelog"]["id"] = "10999"
    assert send(again)[1]["status"] == "recorded"


def test_a_duplicate_republishes_only_an_unprocessed_change(aws: Aws) -> None:
    send(FINISHED)
    status, body = send(FINISHED, x_atlassian_webhook_retry="1")
    assert (status, body["status"], body["change_id"]) == (200, "duplicate", "chg-10021-10456")
    assert len(aws.changes()) == 1
    assert [name for name, _ in aws.events()] == ["ChangeDetected", "ChangeDetected"]


def test_closing_the_ticket_again_is_another_change(aws: Aws) -> None:
    send(FINISHED)
    again = copy.deepcopy(FINISHED)
    again["changelog"]["id"] = "10999"
    send(again, identifier="wh-2")
    assert {change["change_id"] for change in aws.changes()} == {"chg-10021-10456", "chg-10021-10999"}


def without(body: dict[str, Any], *path: str | int) -> dict[str, Any]:
    changed = copy.deepcopy(body)
    place: Any = changed
    for name in path[:-1]:
        place = place[name]
    del place[path[-1]]
    return changed


def status_item(**changes: Any) -> dict[str, Any]:
    body = copy.deepcopy(FINISHED)
    item = body["changelog"]["items"][1]
    item.update(changes)
    return body


def with_description(value: object) -> dict[str, Any]:
    return finished(description=value)


ADF = {
    "type": "doc",
    "version": 1,
    "content": [{"type": "paragraph", "content": [{"type": "text", "text": "Refunds take an amount now."}]}],
}
SERVER = without(without(FINISHED, "changelog", "items", 1, "fieldId"), "user")
FINNISH = finished(
    status={"id": "10002", "name": "Valmis", "statusCategory": {"key": "done", "name": "Valmis"}},
)
FINNISH["changelog"]["items"][1]["toString"] = "Valmis"
CREATED = status_item(fieldId="status", field="Status", fromString="")
CREATED["webhookEvent"] = "jira:issue_created"
CREATED["changelog"]["items"][1]["from"] = None
POST_FUNCTION = without(without(FINISHED, "changelog"), "webhookEvent")
POST_FUNCTION["transition"] = {"from_status": "In Progress", "to_status": "Done", "transitionId": 31}

RECORDED = {
    "wiki description": FINISHED,
    "no description": with_description(None),
    "ADF description": with_description(ADF),
    "description of 400 KB": with_description("h1. Long\n" + "word " * 80_000),
    "null priority, components and resolution": finished(priority=None, components=None, resolution=None),
    "story points as a float": finished(customfield_10016=5.0, customfield_10020=None),
    "no fieldId (Server)": SERVER,
    "another language": FINNISH,
    "created in a done status": CREATED,
    "workflow post function": POST_FUNCTION,
    "no changelog (Server)": without(FINISHED, "changelog"),
    "numeric changelog id": {**FINISHED, "changelog": {**FINISHED["changelog"], "id": 10456}},
    "a docs: label": finished(labels=["docs:12345"]),
    "a time that no clock shows": {**FINISHED, "timestamp": 10**400},
    "a changelog id of 5,000 digits": {**FINISHED, "changelog": {**FINISHED["changelog"], "id": "1" * 5_000}},
    "a status before that was named at length": status_item(**{"from": "x" * 500_000}),
    "upper case label": finished(labels=["Needs-Docs"]),
}

SKIPPED = {
    "empty changelog": {**FINISHED, "changelog": {"id": "1", "items": []}},
    "self-transition": status_item(**{"from": "10002"}),
    "not done": finished(
        status={"id": "3", "name": "In Progress", "statusCategory": {"key": "indeterminate"}}
    ),
    "another field only": {
        **FINISHED,
        "changelog": {"id": "1", "items": [FINISHED["changelog"]["items"][0]]},
    },
    "comment event with a trimmed issue": {
        "webhookEvent": "comment_created",
        "comment": {"id": "1", "body": "APPROVED", "author": {"accountId": "acc-reviewer"}},
        "issue": {
            "id": "10021",
            "key": "PAY2-7",
            "fields": {"summary": "Refunds", "status": {"name": "Done"}},
        },
    },
    "a comment on Server, without an issue": {"webhookEvent": "comment_created", "comment": {"id": "1"}},
    "a comment on an issue without a key": {"webhookEvent": "comment_updated", "issue": {"id": "10021"}},
    "a worklog": {"webhookEvent": "worklog_created", "worklog": {"id": "1", "issueId": "10021"}},
    "a sprint": {"timestamp": 1, "webhookEvent": "sprint_started", "sprint": {"id": 4, "state": "active"}},
    "a version": {"webhookEvent": "jira:version_released", "version": {"id": "1"}},
    "a link between issues": {"webhookEvent": "issuelink_created", "issueLink": {"id": 1}},
    "a custom field called Status": status_item(fieldId="customfield_10300", fieldtype="custom"),
    "a custom field called Status on Server": without(
        status_item(fieldtype="custom"),
        "changelog",
        "items",
        1,
        "fieldId",
    ),
    "the ticket moved on meanwhile": status_item(to="3", toString="In Progress"),
    "an event with half an emoji for a name": {**FINISHED, "webhookEvent": "\ud83d"},
    "an event with a name of 500,000 letters": {**FINISHED, "webhookEvent": "x" * 500_000},
    "a review ticket of ours": finished(labels=["documentation-review", "needs-docs"]),
}


@pytest.mark.parametrize("body", RECORDED.values(), ids=RECORDED.keys())
def test_every_shape_of_a_closed_ticket_is_recorded(aws: Aws, body: dict[str, Any]) -> None:
    status, answer = send(body)
    assert (status, answer["status"]) == (200, "recorded"), answer
    assert len(aws.changes()) == 1


@pytest.mark.parametrize("body", SKIPPED.values(), ids=SKIPPED.keys())
def test_every_shape_of_another_event_is_skipped_with_a_reason(aws: Aws, body: dict[str, Any]) -> None:
    status, answer = send(body)
    assert (status, answer["status"]) == (200, "skipped"), answer
    assert answer["reason"].encode()
    assert len(answer["reason"]) < 500
    assert aws.changes() == []


TURNED_AWAY = {
    "unsigned": (request(FINISHED, x_hub_signature=""), 401, "missing"),
    "signed with another secret": (
        request(FINISHED, x_hub_signature="sha256=" + "0" * 64),
        401,
        "does not match",
    ),
    "unknown method": (request(FINISHED, x_hub_signature="md5=abc"), 401, "does not match"),
    "signature of non-ASCII": (request(FINISHED, x_hub_signature="sha256=é"), 401, "does not match"),
    "not JSON": (request(b"{status: done"), 400, "not JSON"),
    "not an object": (request(["PAY2-7"]), 400, "JSON object"),
    "not Jira's": (request({"zen": "Design for failure."}), 400, "issue.key"),
    "a change without an issue": (request({"webhookEvent": "jira:issue_updated"}), 400, "issue.key"),
    "a key that is a path": (
        request({**FINISHED, "issue": {"id": "1", "key": "A-1/../../"}}),
        400,
        "issue.key",
    ),
    "an id that is no number": (request({**FINISHED, "issue": {"id": "x", "key": "A-1"}}), 400, "issue.id"),
    "an id of 5,000 digits": (
        request({**FINISHED, "issue": {"id": "1" * 5_000, "key": "A-1"}}),
        400,
        "issue.id",
    ),
    "too large": (request(b'"' + b"x" * (4 * 1024 * 1024) + b'"'), 413, "bytes"),
    "nested beyond reason": (request(b"[" * 200_000), 400, "not JSON"),
}


@pytest.mark.parametrize(("sent", "status", "says"), TURNED_AWAY.values(), ids=TURNED_AWAY.keys())
def test_a_rejected_request_gets_the_reason(aws: Aws, sent: dict[str, Any], status: int, says: str) -> None:
    answer = handle(sent, None)
    assert answer["statusCode"] == status
    body = json.loads(answer["body"])
    assert body["status"] == "error"
    assert says in body["error"]
    assert aws.changes() == []


def test_a_base64_body_is_verified_over_its_raw_bytes(aws: Aws) -> None:
    sent = request(FINISHED)
    sent["body"] = base64.b64encode(sent["body"].encode()).decode()
    sent["isBase64Encoded"] = True
    assert json.loads(handle(sent, None)["body"])["status"] == "recorded"


def test_unsigned_webhooks_are_accepted_only_if_configured(aws: Aws, monkeypatch: pytest.MonkeyPatch) -> None:
    from handlers.jira_webhook_handler.dependencies import build_dependencies

    monkeypatch.setenv("ALLOW_UNSIGNED_WEBHOOKS", "true")
    build_dependencies.cache_clear()
    assert handle(request(FINISHED, x_hub_signature=""), None)["statusCode"] == 200
    wrongly_signed = request(FINISHED, x_hub_signature="sha256=00")
    assert handle(wrongly_signed, None)["statusCode"] == 401
