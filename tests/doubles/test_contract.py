"""The doubles answer as moto does: each operation, its errors, and random sequences of a table's operations.

Not proven: what moto does otherwise than AWS.
"""

from __future__ import annotations

import json
from typing import Any

import boto3
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from common.aws.dynamodb_table import DynamoDbTable
from common.runtime.errors import ConditionFailed, LeaseHeld
from tests.doubles import NotDoubled
from tests.doubles.contract import Played, play, playing_on
from tests.handlers.aws import REGION, create_table, index

TEXT = {"S": "a"}


def table(call: Played) -> None:
    """Create the documents table."""
    client = boto3.client("dynamodb", region_name=REGION)
    indexes = [index("created-pages", "created_in", "created_at"), index("by-status", "status")]
    create_table(client, "documents", "document_id", indexes)


def get(call: Played, key: str = "a") -> None:
    call("dynamodb", "get_item", TableName="documents", Key={"document_id": {"S": key}}, ConsistentRead=True)


def update(call: Played, expression: str, key: str = "a", **more: Any) -> None:
    call(
        "dynamodb",
        "update_item",
        TableName="documents",
        Key={"document_id": {"S": key}},
        UpdateExpression=expression,
        **more,
    )
    get(call, key)


def put(call: Played, key: str = "a", **more: Any) -> None:
    call("dynamodb", "put_item", TableName="documents", Item={"document_id": {"S": key}, **more})


def test_an_item_is_written_read_changed_and_deleted() -> None:
    def story(call: Played) -> None:
        table(call)
        get(call)
        put(call, title={"S": "Refunds"}, parts={"L": [{"M": {"n": {"N": "0.5"}}}, {"BOOL": True}]})
        get(call)
        update(
            call,
            "SET #t = :t, other_number = :o REMOVE parts",
            ExpressionAttributeNames={"#t": "title"},
            ExpressionAttributeValues={":t": {"S": "Refunds, again"}, ":o": {"N": "7"}},
            ReturnValues="ALL_NEW",
        )
        update(call, "SET title = other_number")
        update(call, "SET title = :t", "new", ExpressionAttributeValues={":t": {"S": "made by an update"}})
        update(call, "REMOVE title", "newer", ReturnValues="ALL_NEW")
        call("dynamodb", "delete_item", TableName="documents", Key={"document_id": TEXT})
        call("dynamodb", "delete_item", TableName="documents", Key={"document_id": TEXT})
        get(call)

    play(story)


CONDITIONS = [
    "attribute_exists(document_id)",
    "attribute_not_exists(document_id)",
    "attribute_exists(document_id) AND #n = :n",
    "attribute_not_exists(#n)",
    "#n = :n",
    "#n <> :n",
    "absent <> :n",
    "absent = :n",
    "#n < :n",
    "#n >= :n",
    "NOT #n = :n",
    "absent = :n OR #n = :n AND absent = :n",
    "(absent = :n OR #n = :n) AND attribute_exists(title)",
    "contains(title, :part)",
    "contains(names, :part)",
    "begins_with(title, :part)",
    "begins_with(absent, :part)",
]


@pytest.mark.parametrize("condition", CONDITIONS)
@pytest.mark.parametrize("number", ["4", "4.0", "5"])
def test_conditions_hold_for_the_same_items(condition: str, number: str) -> None:
    """For a put, an update and a delete, of an item that exists and of one that does not."""
    names = {"#n": "number"} if "#n" in condition else {}
    values = {
        token: value
        for token, value in ((":n", {"N": number}), (":part", {"S": "fun"}))
        if token in condition
    }
    used: dict[str, Any] = {"ConditionExpression": condition}
    if names:
        used["ExpressionAttributeNames"] = names
    if values:
        used["ExpressionAttributeValues"] = values

    def story(call: Played) -> None:
        table(call)
        for key in ("a", "b"):
            put(call, number={"N": "4"}, title={"S": "Refunds"}, names={"L": [{"S": "fun"}]})
            update(call, "SET seen = title" if key == "a" else "REMOVE seen", key, **used)
            item = {"document_id": {"S": key}, "number": {"N": "4"}, "title": {"S": "fun"}}
            call("dynamodb", "put_item", TableName="documents", Item=item, **used)
            get(call, key)
            call("dynamodb", "delete_item", TableName="documents", Key={"document_id": {"S": key}}, **used)
            get(call, key)

    play(story)


INVALID: dict[str, dict[str, Any]] = {
    "a value that is not defined": {"UpdateExpression": "SET a = :a"},
    "a value that is not used": {"UpdateExpression": "REMOVE a", "ExpressionAttributeValues": {":a": TEXT}},
    "a name that is not used": {"UpdateExpression": "REMOVE a", "ExpressionAttributeNames": {"#a": "a"}},
    "the key": {
        "UpdateExpression": "SET document_id = :a",
        "ExpressionAttributeValues": {":a": TEXT},
    },
    "an attribute twice": {
        "UpdateExpression": "SET a = :a, a = :a",
        "ExpressionAttributeValues": {":a": TEXT},
    },
    "an attribute that does not exist": {"UpdateExpression": "SET a = b"},
    "a reserved word": {"UpdateExpression": "REMOVE status"},
    "a reserved word in a condition": {
        "UpdateExpression": "REMOVE a",
        "ConditionExpression": "status = status",
    },
    "another table": {"TableName": "others", "UpdateExpression": "REMOVE a"},
    "another key": {"Key": {"id": TEXT}, "UpdateExpression": "REMOVE a"},
    "no text as a key": {"Key": {"document_id": {"N": "1"}}, "UpdateExpression": "REMOVE a"},
    "a missing parameter": {"Key": None},
}


@pytest.mark.parametrize("name", INVALID)
def test_invalid_updates_are_refused_alike(name: str) -> None:
    def story(call: Played) -> None:
        table(call)
        put(call)
        asked = {"TableName": "documents", "Key": {"document_id": TEXT}, **INVALID[name]}
        call("dynamodb", "update_item", **{each: value for each, value in asked.items() if value is not None})

    play(story)


STRICTER: dict[str, dict[str, Any]] = {
    "a name that is not defined": {
        "UpdateExpression": "SET #a = :a",
        "ExpressionAttributeValues": {":a": TEXT},
    },
    "a number as an index's text": {
        "UpdateExpression": "SET #s = :n",
        "ExpressionAttributeNames": {"#s": "status"},
        "ExpressionAttributeValues": {":n": {"N": "1"}},
    },
    "an empty text in an index": {
        "UpdateExpression": "SET created_in = :n",
        "ExpressionAttributeValues": {":n": {"S": ""}},
    },
    "an empty key": {"Key": {"document_id": {"S": ""}}, "UpdateExpression": "REMOVE a"},
}


@pytest.mark.parametrize("name", STRICTER)
def test_what_moto_accepts_and_dynamodb_refuses_is_refused(name: str) -> None:
    with playing_on("doubles") as call:
        table(call)
        call(
            "dynamodb",
            "update_item",
            **{"TableName": "documents", "Key": {"document_id": TEXT}, **STRICTER[name]},
        )
        [(_, result)] = call.results
        assert result == ("ClientError", "ValidationException", 400)


@pytest.mark.parametrize("size", [409_000, 409_700])
def test_an_item_may_have_four_hundred_kilobytes(size: int) -> None:
    """Moto's limit is a little lower, at 405,000 bytes; the double's is DynamoDB's."""
    with playing_on("doubles") as call:
        table(call)
        put(call, text={"S": "x" * size})
        [(_, result)] = call.results
        assert isinstance(result, dict) == (size < 409_600)


def test_indexes_are_queried_in_order_and_in_pages() -> None:
    def story(call: Played) -> None:
        table(call)
        for number in (3, 10, 2, 7):
            put(
                call,
                f"doc-{number}",
                status={"S": "open" if number % 2 else "closed"},
                created_in={"S": "space"},
                created_at={"N": str(number)},
            )
        put(call, "doc-0", status={"S": "open"}, created_in={"S": "elsewhere"})
        asked: dict[str, Any] = {
            "TableName": "documents",
            "KeyConditionExpression": "#k = :v",
            "ExpressionAttributeNames": {"#k": "created_in"},
            "ExpressionAttributeValues": {":v": {"S": "space"}},
            "IndexName": "created-pages",
        }
        call("dynamodb", "query", **asked)
        call("dynamodb", "query", **asked, ScanIndexForward=False, Limit=2)
        for limit in (1, 2, 3, 4):
            _page_by_page(call, "query", {**asked, "Limit": limit})
        by_status = {
            **asked,
            "IndexName": "by-status",
            "ExpressionAttributeNames": {"#k": "status"},
            "ExpressionAttributeValues": {":v": {"S": "open"}},
        }
        pages = (
            boto3.client("dynamodb", region_name=REGION).get_paginator("query").paginate(**by_status, Limit=1)
        )
        call.note(sorted(item["document_id"]["S"] for page in pages for item in page["Items"]))
        call("dynamodb", "query", **{**asked, "ExpressionAttributeNames": {"#k": "status", "#l": "x"}})

    play(story)


def _page_by_page(call: Played, operation: str, asked: dict[str, Any]) -> None:
    """Note the items of all pages. moto leaves out the empty last page that follows a full one."""
    pages = boto3.client("dynamodb", region_name=REGION).get_paginator(operation).paginate(**asked)
    call.note([item for page in pages for item in page["Items"]])


def test_tables_are_scanned_with_a_filter_and_in_pages() -> None:
    def story(call: Played) -> None:
        table(call)
        for number in range(5):
            put(call, f"doc-{number}", issue_keys={"L": [{"S": f"PAY2-{number % 2}"}]})
        call("dynamodb", "scan", TableName="documents")
        asked: dict[str, Any] = {
            "TableName": "documents",
            "FilterExpression": "contains(issue_keys, :k)",
            "ExpressionAttributeValues": {":k": {"S": "PAY2-1"}},
            "Limit": 2,
        }
        _page_by_page(call, "scan", asked)
        call("dynamodb", "scan", TableName="others")

    play(story)


KEYS, NAMES = st.sampled_from(["a", "b"]), st.sampled_from(["status", "title", "revision"])
VALUES = {
    "status": st.sampled_from(["open", "closed"]),
    "title": st.text(max_size=2),
    "revision": st.integers(0, 2),
}


@st.composite
def settings_of(draw: st.DrawFn) -> dict[str, Any]:
    names = draw(st.lists(NAMES, unique=True, min_size=1))
    return {name: draw(st.none() | VALUES[name]) for name in names}


STEPS = st.one_of(
    st.tuples(st.just("create"), KEYS, settings_of()),
    st.tuples(st.just("update"), KEYS, settings_of(), settings_of()),
    st.tuples(st.just("delete"), KEYS, settings_of()),
    st.tuples(st.just("lease"), KEYS, st.sampled_from(["me", "you"])),
    st.tuples(st.just("query"), st.sampled_from(["open", "closed"])),
)


@settings(max_examples=25, deadline=None)
@given(st.lists(STEPS, min_size=3, max_size=10))
def test_random_steps_of_a_table_end_alike(steps: list[tuple[Any, ...]]) -> None:
    """Leases are taken and not released: each step is ten seconds later, and a lease holds for twenty-five."""

    def story(call: Played) -> None:
        table(call)
        now = [1000.0]
        records = DynamoDbTable(
            boto3.client("dynamodb", region_name=REGION), "documents", "document_id", lambda: now[0]
        )
        held = []
        for name, *arguments in steps:
            now[0] += 10
            try:
                if name == "create":
                    present = {each: value for each, value in arguments[1].items() if value is not None}
                    call.note(records.create({"document_id": arguments[0], **present}))
                elif name == "lease":
                    held.append(records.lease(arguments[0], arguments[1], 25))
                    call.note(held[-1].__enter__())
                elif name == "query":
                    found = records.query_index("by-status", "status", arguments[0])
                    # DynamoDB promises no order among items with the same keys of an index.
                    call.note(sorted(found, key=lambda item: str(item["document_id"])))
                elif name == "delete":
                    expected = {each: value for each, value in arguments[1].items() if value is not None}
                    records.delete(arguments[0], expected or {"document_id": arguments[0]})
                else:
                    call.note(records.update(*arguments))
            except (ConditionFailed, LeaseHeld, KeyError) as error:
                call.note(f"{type(error).__name__} {error}")
        for key in ("a", "b"):
            get(call, key)

    play(story)


def test_objects_are_written_once_read_and_listed() -> None:
    def story(call: Played) -> None:
        bucket: dict[str, Any] = {"Bucket": "drafts"}
        where = {"LocationConstraint": REGION}
        call("s3", "put_object", **bucket, Key="a", Body=b"x")
        call("s3", "create_bucket", **bucket, CreateBucketConfiguration=where)
        call("s3", "get_object", **bucket, Key="a")
        call.note("Contents" in boto3.client("s3", region_name=REGION).list_objects_v2(**bucket))
        for body in (b"first", b"second"):
            call("s3", "put_object", **bucket, Key="a", Body=body, ContentType="text/plain", IfNoneMatch="*")
            call("s3", "get_object", **bucket, Key="a")
        call("s3", "put_object", **bucket, Key="a", Body="third ü")
        call("s3", "put_object", **bucket, Key="b/c", Body=b"", ContentType="application/json")
        call("s3", "get_object", **bucket, Key="a")
        call("s3", "get_object", **bucket, Key="b/c")
        for prefix in ("", "b/"):
            listed = boto3.client("s3", region_name=REGION).list_objects_v2(**bucket, Prefix=prefix)[
                "Contents"
            ]
            call.note([(each["Key"], each["Size"]) for each in listed])
        call("s3", "delete_object", **bucket, Key="a")
        call("s3", "delete_object", **bucket, Key="a")
        call("s3", "get_object", **bucket, Key="a")

    play(story)


def test_secrets_have_a_current_version() -> None:
    def story(call: Played) -> None:
        call("secretsmanager", "get_secret_value", SecretId="none")
        call("secretsmanager", "put_secret_value", SecretId="none", SecretString="x")
        arn = call("secretsmanager", "create_secret", Name="kinexus/token", SecretString="one")["ARN"]
        call.note(arn[:-6])
        call("secretsmanager", "create_secret", Name="kinexus/token", SecretString="other")
        for name in (arn, "kinexus/token"):
            call.note(call("secretsmanager", "get_secret_value", SecretId=name)["SecretString"])
            call("secretsmanager", "put_secret_value", SecretId=name, SecretString=f"two, by {name[:3]}")
            call.note(call("secretsmanager", "get_secret_value", SecretId=arn)["SecretString"])

    play(story)


def queue(call: Played, name: str = "work") -> str:
    url = call("sqs", "create_queue", QueueName=name).get("QueueUrl", "")
    return str(url)


def counts(call: Played, url: str) -> None:
    counted = [f"ApproximateNumberOfMessages{which}" for which in ("", "Delayed", "NotVisible")]
    call("sqs", "get_queue_attributes", QueueUrl=url, AttributeNames=counted)


def test_messages_are_hidden_shown_counted_and_deleted() -> None:
    def story(call: Played) -> None:
        url = queue(call)
        call("sqs", "get_queue_url", QueueName="work")
        call("sqs", "receive_message", QueueUrl=url)
        attributes = {"deferred_since": {"DataType": "Number", "StringValue": "12"}}
        call("sqs", "send_message", QueueUrl=url, MessageBody="one", MessageAttributes=attributes)
        call("sqs", "send_message", QueueUrl=url, MessageBody="two", DelaySeconds=0)
        call("sqs", "send_message", QueueUrl=url, MessageBody="late", DelaySeconds=900)
        counts(call, url)
        asked: dict[str, Any] = {"AttributeNames": ["SentTimestamp", "ApproximateReceiveCount"]}
        received = call("sqs", "receive_message", QueueUrl=url, MessageAttributeNames=["All"], **asked)
        counts(call, url)
        rest = call("sqs", "receive_message", QueueUrl=url, MaxNumberOfMessages=10, VisibilityTimeout=60)
        call("sqs", "receive_message", QueueUrl=url)
        [first], [second] = received["Messages"], rest["Messages"]
        for seconds in (0, 0, 43_201):
            handle = first["ReceiptHandle"]
            call(
                "sqs",
                "change_message_visibility",
                QueueUrl=url,
                ReceiptHandle=handle,
                VisibilityTimeout=seconds,
            )
        again = call("sqs", "receive_message", QueueUrl=url, **asked)["Messages"]
        for message in (second, *again):
            for _ in range(2):
                call("sqs", "delete_message", QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        gone = again[0]["ReceiptHandle"]
        call("sqs", "change_message_visibility", QueueUrl=url, ReceiptHandle=gone, VisibilityTimeout=0)
        counts(call, url)

    play(story)


def test_invalid_queue_requests_are_refused_alike() -> None:
    def story(call: Played) -> None:
        url = queue(call)
        call("sqs", "get_queue_url", QueueName="none")
        call("sqs", "send_message", QueueUrl=f"{url}-none", MessageBody="x")
        call("sqs", "receive_message", QueueUrl=f"{url}-none")
        call("sqs", "send_message", QueueUrl=url, MessageBody="x", DelaySeconds=901)
        call("sqs", "send_message", QueueUrl=url, MessageBody="x" * (1024 * 1024 + 1))
        call("sqs", "delete_queue", QueueUrl=url)
        counts(call, url)

    play(story)


def test_messages_received_too_often_become_dead_letters() -> None:
    def story(call: Played) -> None:
        url, dead = queue(call), queue(call, "dead")
        call("sqs", "get_queue_attributes", QueueUrl=url, AttributeNames=["RedrivePolicy"])
        arn = call("sqs", "get_queue_attributes", QueueUrl=dead, AttributeNames=["QueueArn"])["Attributes"]
        policy = json.dumps({"deadLetterTargetArn": arn["QueueArn"], "maxReceiveCount": 2})
        call("sqs", "set_queue_attributes", QueueUrl=url, Attributes={"RedrivePolicy": policy})
        call("sqs", "get_queue_attributes", QueueUrl=url, AttributeNames=["RedrivePolicy"])
        call("sqs", "send_message", QueueUrl=url, MessageBody="bad")
        for _ in range(4):
            call("sqs", "receive_message", QueueUrl=url, VisibilityTimeout=0)
        counts(call, url)
        call("sqs", "receive_message", QueueUrl=dead)

    play(story)


def test_events_reach_the_queues_of_matching_rules() -> None:
    def story(call: Played) -> None:
        call("events", "create_event_bus", Name="bus")
        urls = {}
        for name, kinds in (("both", ["Begun", "Ended"]), ("ends", ["Ended"])):
            urls[name] = queue(call, name)
            arn = call("sqs", "get_queue_attributes", QueueUrl=urls[name], AttributeNames=["QueueArn"])
            pattern = json.dumps({"source": ["kinexus"], "detail-type": kinds})
            call("events", "put_rule", Name=name, EventBusName="bus", EventPattern=pattern)
            target = {"Id": "queue", "Arn": arn["Attributes"]["QueueArn"]}
            call("events", "put_targets", Rule=name, EventBusName="bus", Targets=[target])
        for source, kind in (
            ("kinexus", "Begun"),
            ("kinexus", "Ended"),
            ("other", "Ended"),
            ("kinexus", "x"),
        ):
            entry = {"EventBusName": "bus", "Source": source, "DetailType": kind, "Detail": '{"n": 1}'}
            call("events", "put_events", Entries=[entry])
        for url in urls.values():
            answer = call("sqs", "receive_message", QueueUrl=url, MaxNumberOfMessages=10)
            bodies = [json.loads(each.pop("Body")) for each in answer["Messages"]]
            for each in answer["Messages"]:
                del each["MD5OfBody"]
            call.note(bodies)

    play(story)


@pytest.mark.parametrize(
    ("service", "operation", "asked"),
    [
        ("dynamodb", "transact_write_items", {"TransactItems": []}),
        (
            "dynamodb",
            "get_item",
            {"TableName": "documents", "Key": {"document_id": TEXT}, "ProjectionExpression": "a"},
        ),
        (
            "dynamodb",
            "update_item",
            {"UpdateExpression": "ADD a :a", "ExpressionAttributeValues": {":a": {"N": "1"}}},
        ),
        (
            "dynamodb",
            "update_item",
            {"UpdateExpression": "SET a.b = :a", "ExpressionAttributeValues": {":a": TEXT}},
        ),
        ("s3", "copy_object", {"Bucket": "a", "Key": "a", "CopySource": "a/b"}),
        ("iam", "list_users", {}),
    ],
)
def test_what_is_not_doubled_is_refused_loudly(service: str, operation: str, asked: dict[str, Any]) -> None:
    with playing_on("doubles") as call:
        table(call)
        put(call)
        if operation == "update_item":
            asked = {"TableName": "documents", "Key": {"document_id": TEXT}, **asked}
        if operation == "transact_write_items":
            asked = {"TransactItems": [{"Put": {"TableName": "documents", "Item": {"document_id": TEXT}}}]}
        with pytest.raises(NotDoubled):
            call(service, operation, **asked)
