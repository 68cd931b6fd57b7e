"""What the demo and `python -m local send` wait for: a recorded end, and all notifications."""

from __future__ import annotations

import boto3
import pytest
from moto import mock_aws

from local import change_progress

OUTPUTS = {"changesTable": "kinexus-changes", "documentsTable": "kinexus-documents"}
DOCUMENT = {
    "document_id": {"S": "doc-1"},
    "status": {"S": "published"},
    "review_issue_id": {"S": "10010"},
    "revision": {"N": "1"},
}
CHANGE = {
    "change_id": {"S": "10003-1"},
    "status": {"S": "documented"},
    "document_ids": {"L": [{"S": "doc-1"}]},
}


@pytest.mark.parametrize(("left", "settled"), [({}, True), ({"closing": {"BOOL": True}}, False)])
@mock_aws
def test_a_document_is_settled_after_all_notifications(
    left: dict[str, dict[str, bool]], settled: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    tables = boto3.client("dynamodb", "eu-central-1")
    for name, key in (("kinexus-changes", "change_id"), ("kinexus-documents", "document_id")):
        tables.create_table(
            TableName=name,
            KeySchema=[{"AttributeName": key, "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )
    tables.put_item(TableName="kinexus-documents", Item={**DOCUMENT, **left})
    tables.put_item(TableName="kinexus-changes", Item=CHANGE)

    review = change_progress.review_progress(lambda _: tables, OUTPUTS, "10010")
    change = change_progress.change_progress(lambda _: tables, OUTPUTS, "10003-1")

    assert review is not None
    assert change is not None
    assert (review.is_settled, change.is_settled) == (settled, settled)
