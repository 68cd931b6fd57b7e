"""`grant` puts each action of S3 and DynamoDB on the ARN that IAM's service reference names, with the store's own key."""

import json
import warnings
from collections.abc import Callable
from typing import Any

import pulumi
import pytest

import stack
from stack.bucket import actions as s3
from stack.table import actions as dynamodb
from stack.testing import checks, run_program
from tests.stack.shop import KEY, bucket, bus, function, graph_of, secret, table

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import parliament

BUCKET = "arn:aws:s3:::shop-documents"
TABLE = "arn:aws:dynamodb:eu-central-1:123456789012:table/orders"


def granted(build: Callable[[], Any]) -> dict[str, Any]:
    def program() -> None:
        pulumi.export("statement", build())

    statement: dict[str, Any] = run_program(program).outputs["statement"]
    return statement


GRANTS: list[tuple[Callable[[], Any], list[str], list[str]]] = [
    (lambda: bucket().grant("s3:ListBucket"), ["s3:ListBucket"], [BUCKET]),
    (lambda: bucket().grant("s3:GetObject", prefix="in/"), ["s3:GetObject"], [f"{BUCKET}/in/*"]),
    (
        lambda: bucket().grant("s3:GetObject", prefix=pulumi.Output.from_input("in/")),
        ["s3:GetObject"],
        [f"{BUCKET}/in/*"],
    ),
    (
        lambda: bucket().grant("s3:ListBucket", "s3:GetObject"),
        ["s3:GetObject", "s3:ListBucket"],
        [BUCKET, f"{BUCKET}/*"],
    ),
    (
        lambda: bucket(key_arn=KEY).read_statement,
        ["kms:Decrypt", "s3:GetObject"],
        [f"{BUCKET}/*", KEY],
    ),
    (
        lambda: bucket(key_arn=KEY).write_statement,
        ["kms:Decrypt", "kms:GenerateDataKey", "s3:PutObject"],
        [f"{BUCKET}/*", KEY],
    ),
    (lambda: bucket(key_arn=KEY).grant("s3:DeleteObject"), ["s3:DeleteObject"], [f"{BUCKET}/*"]),
    (lambda: table().grant("dynamodb:GetItem"), ["dynamodb:GetItem"], [TABLE]),
    (lambda: table().grant("dynamodb:Scan"), ["dynamodb:Scan"], [TABLE, f"{TABLE}/index/*"]),
    (
        lambda: table(stream="KEYS_ONLY").grant("dynamodb:GetRecords"),
        ["dynamodb:GetRecords"],
        [f"{TABLE}/stream/*"],
    ),
    (
        lambda: table(stream="KEYS_ONLY").grant_stream(),
        ["dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator"],
        [f"{TABLE}/stream/*"],
    ),
    (
        lambda: table(key_arn=KEY).grant_query("by-day"),
        ["dynamodb:Query", "kms:Decrypt"],
        [f"{TABLE}/index/by-day", KEY],
    ),
    (
        lambda: secret(key_arn=KEY).read_statement,
        ["kms:Decrypt", "secretsmanager:GetSecretValue"],
        ["arn:aws:secretsmanager:eu-central-1:123456789012:secret:shop/key-AbCdEf", KEY],
    ),
    (
        lambda: bus(key_arn=KEY).publish_statement,
        ["events:PutEvents", "kms:Decrypt", "kms:GenerateDataKey"],
        ["arn:aws:events:eu-central-1:123456789012:event-bus/shop", KEY],
    ),
]


@pytest.mark.parametrize(("build", "actions", "resources"), GRANTS)
def test_a_grant_names_the_right_arn(
    build: Callable[[], Any], actions: list[str], resources: list[str]
) -> None:
    assert granted(build) == {"actions": actions, "resources": resources}


def test_listing_is_limited_to_a_prefix() -> None:
    assert granted(lambda: bucket().grant_list()) == {"actions": ["s3:ListBucket"], "resources": [BUCKET]}
    assert granted(lambda: bucket().grant_list("in/")) == {
        "actions": ["s3:ListBucket"],
        "resources": [BUCKET],
        "conditions": {"StringLike": {"s3:prefix": ["in/*"]}},
    }


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda: table().grant("dynamodb:Skan"), "'dynamodb:Skan', .* Did you mean `dynamodb:Scan`"),
        (lambda: bucket().grant("s3:getobject"), "Did you mean `s3:GetObject`"),
        (lambda: bucket().grant("dynamodb:GetItem"), "not an action of s3. .*statement"),
        (lambda: bucket().grant("s3:ListAllMyBuckets"), "no action on this store"),
        (lambda: bucket().grant("s3:Get*"), "a pattern. Name each action"),
        (lambda: bucket().grant(), "no action. Name at least one"),
        (lambda: bucket().grant("s3:ListBucket", prefix="in/"), r"s3:ListBucket, .*grant_list\(prefix\)"),
        (lambda: table().grant("dynamodb:GetRecords"), "has no stream. Give the argument `stream`"),
        (lambda: table().grant_stream(), "has no stream"),
    ],
)
def test_other_actions_are_refused(build: Callable[[], Any], message: str) -> None:
    with pytest.raises(stack.InvalidArgument, match=message):
        graph_of(build)


def reference(service: str) -> dict[str, set[str]]:
    """Return the resource types of each action by parliament's copy of the service reference."""
    [found] = [one for one in parliament.iam_definition if one["prefix"] == service]
    return {
        one["privilege"]: {kind["resource_type"].rstrip("*") for kind in one["resource_types"]} - {""}
        for one in found["privileges"]
    }


def test_the_actions_are_those_of_the_service_reference() -> None:
    of_s3, of_dynamodb = reference("s3"), reference("dynamodb")
    assert {one for one, kinds in of_s3.items() if kinds == {"bucket"}} == s3.BUCKET_ACTIONS
    assert {one for one, kinds in of_s3.items() if "object" in kinds} == s3.OBJECT_ACTIONS
    assert s3.READS_CONTENT | s3.WRITES_CONTENT <= s3.OBJECT_ACTIONS
    for kind, known in (("index", dynamodb.INDEX_ACTIONS), ("stream", dynamodb.STREAM_ACTIONS)):
        assert {one for one, kinds in of_dynamodb.items() if kind in kinds} == known
    elsewhere = {one for one, kinds in of_dynamodb.items() if kinds & {"backup", "global-table"}}
    tables = {one for one, kinds in of_dynamodb.items() if "table" in kinds}
    assert tables - elsewhere == dynamodb.TABLE_ACTIONS


def test_parliament_accepts_every_grant() -> None:
    def build() -> None:
        papers, orders = bucket(key_arn=KEY), table(key_arn=KEY, stream="KEYS_ONLY")
        function(
            statements=[
                *(papers.grant(f"s3:{one}") for one in sorted(s3.BUCKET_ACTIONS | s3.OBJECT_ACTIONS)),
                *(
                    orders.grant(f"dynamodb:{one}")
                    for one in sorted(dynamodb.TABLE_ACTIONS | dynamodb.STREAM_ACTIONS)
                ),
            ]
        )

    graph = graph_of(build)
    reasons = {("RESOURCE_MISMATCH", "s3:GetObjectAttributes"): "parliament also asks for an access point"}
    found = [one for one in checks.policy_faults(graph, reasons) if one.startswith("orders-policy")]
    assert [one for one in found if "RESOURCE_MISMATCH" in one or "UNKNOWN" in one] == []


def test_the_kit_finds_misspelt_and_misplaced_actions() -> None:
    def build() -> None:
        arn = f"{BUCKET}/*"
        function(
            statements=[
                {"actions": ["s3:GetObjekt"], "resources": [arn]},
                {"actions": ["s3:ListBucket"], "resources": [arn]},
            ]
        )

    graph = graph_of(build)
    misplaced, misspelt = checks.policy_faults(graph)
    assert "orders-policy.policy: s3:GetObjekt: UNKNOWN_ACTION" in misspelt + misplaced
    assert "orders-policy.policy: s3:ListBucket: RESOURCE_MISMATCH" in misspelt + misplaced
    reasons = {("RESOURCE_MISMATCH", "s3:ListBucket"): "a test", ("MALFORMED", "x:Y"): "a test"}
    found = checks.policy_faults(graph, reasons)
    assert len(found) == 2
    assert "the reason for MALFORMED of x:Y excuses nothing" in found


def test_the_kit_finds_variables_that_nobody_sets(tmp_path: Any) -> None:
    for name, text in {
        "app/__init__.py": "",
        "app/handler.py": "import os\nfrom . import rules\nfrom app.deep import more\nTABLE = os.environ['TABLE']\ndef handle(event, context): ...\n",
        "app/rules.py": "from os import environ\nREGION = environ['AWS_REGION']\nBUS = environ['BUS']\n",
        "app/deep/__init__.py": "",
        "app/deep/more.py": "import os\nX = os.environ.get('X')\ntry:\n    Y = os.environ['Y']\nexcept KeyError: pass\n",
        "app/unused.py": "import os\nZ = os.environ['Z']\n",
    }.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def found(**environment: str) -> list[str]:
        args = {"handler": "app.handler.handle", "source_root": str(tmp_path), "include": ["app"]}
        return checks.unset_variables(graph_of(lambda: function(**args, environment=environment)))

    assert found(TABLE="t", BUS="b") == []
    assert found(TABLE="t") == ["orders: BUS, which app/rules.py reads"]
    assert len(found()) == 2


def test_the_statements_are_one_policy() -> None:
    policy = graph_of(lambda: function(statements=[bucket(key_arn=KEY).read_statement]))
    last = json.loads(policy.named("orders-policy").inputs["policy"])["Statement"][-1]
    assert last["Action"] == ["kms:Decrypt", "s3:GetObject"]
