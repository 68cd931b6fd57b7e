"""A function's IAM decisions are distinguished from those of other callers."""

import json

from local.region.access_log import AwsCall
from local.region.iam_decisions import AccessDecision, parse_decisions

ORDERS = "arn:aws:dynamodb:us-east-1:123456789012:table/orders"


def test_decisions_are_attributed_to_the_calling_function() -> None:
    lines = [
        json.dumps(["ASIA1", "dynamodb:GetItem", ORDERS, True]),
        json.dumps(["LOCAL1", "dynamodb:DeleteTable", ORDERS, True]),
        json.dumps(["ASIA1", "s3:PutObject", "*", False]) + "\n",
    ]
    calls = [
        AwsCall("ASIA1", "dynamodb", "POST", "/", "GetItem", 200, "shop-pack"),
        AwsCall("LOCAL1", "dynamodb", "POST", "/", "DeleteTable", 200),
    ]
    assert parse_decisions(lines, calls) == [
        AccessDecision("shop-pack", "dynamodb:GetItem", ORDERS, True),
        AccessDecision("shop-pack", "s3:PutObject", "*", False),
    ]
