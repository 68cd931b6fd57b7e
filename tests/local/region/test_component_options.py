"""Component options that the pipeline does not use are created and work in the local region too.

Not proven: that AWS accepts them, and that a schedule is on time.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pulumi
import pulumi_aws as aws
import pytest
import requests

import stack
from local.environment import wait_until
from local.region import ministack
from local.region.deployment import deploy
from local.region.ministack import MiniStack
from local.region.provisioner import ProvisioningFailure

pytestmark = pytest.mark.region

ECHO = 'def handle(event, context):\n    return {"statusCode": 200, "body": event["routeKey"]}\n'


@pytest.fixture(scope="module")
def region() -> Iterator[MiniStack]:
    with ministack.running() as running:
        yield running


def echo(folder: Path, name: str) -> dict[str, Any]:
    """Make a function that answers with the route, called by its published versions."""
    (folder / "echo.py").write_text(ECHO)
    made = stack.PythonFunction(
        name,
        {
            "function_name": name,
            "handler": "echo.handle",
            "source_root": str(folder),
            "include": ["echo.py"],
            "snap_start": True,
            "environment_key_arn": "arn:aws:kms:us-east-1:123456789012:key/own",
        },
    )
    return {"function": made.function, "alias": made.alias_name}


def test_catch_all_routes_reach_an_alias_without_a_stage(region: MiniStack, tmp_path: Path) -> None:
    def program() -> None:
        called: Any = echo(tmp_path, "echo")
        keys = (("GET", "/"), ("ANY", "/orders/{rest+}"), ("ANY", "$default"))
        routes: Any = [{"method": method, "path": path, **called} for method, path in keys]
        made = stack.WebhookApi("api", {"api_name": "echo", "stage_name": "$default", "routes": routes})
        pulumi.export("url", made.url)

    url = deploy(program, region, project="options", name="test", config={}).outputs["url"]

    def answer(method: str, path: str) -> str:
        return requests.request(method, f"{url}{path}", verify=str(region.ca_bundle), timeout=20).text

    assert answer("GET", "/") == "GET /"
    assert answer("PATCH", "/orders/1/lines") == "ANY /orders/{rest+}"
    assert answer("POST", "/elsewhere") == "$default"


def test_a_permission_on_a_function_does_not_cover_its_alias(region: MiniStack, tmp_path: Path) -> None:
    def without_alias(args: pulumi.ResourceTransformArgs) -> pulumi.ResourceTransformResult | None:
        if args.type_ != "aws:lambda/permission:Permission":
            return None
        return pulumi.ResourceTransformResult({**args.props, "qualifier": None}, args.opts)

    def program() -> None:
        called: Any = echo(tmp_path, "other")
        route: Any = {"method": "GET", "path": "/", **called}
        stack.WebhookApi(
            "api",
            {"api_name": "other", "routes": [route]},
            pulumi.ResourceOptions(transforms=[without_alias]),
        )

    with pytest.raises(
        ProvisioningFailure, match=r"route GET /: apigateway.amazonaws.com may not invoke other:live"
    ):
        deploy(program, region, project="options", name="test", config={})


def test_a_paused_exact_schedule_has_a_dead_letter_queue(region: MiniStack, tmp_path: Path) -> None:
    def program() -> None:
        called = echo(tmp_path, "tidy")
        stack.FunctionSchedule(
            "tidy",
            {
                "schedule_name": "tidy",
                "expression": "rate(1 day)",
                "function": called["function"],
                "alias": called["alias"],
                "window_minutes": 0,
                "enabled": False,
            },
        )

    deploy(program, region, project="options", name="test", config={})

    made = region.client("scheduler").get_schedule(Name="tidy")
    assert (made["State"], made["FlexibleTimeWindow"]) == ("DISABLED", {"Mode": "OFF"})
    queue = made["Target"]["DeadLetterConfig"]["Arn"].rsplit(":", 1)[-1]
    url = region.client("sqs").get_queue_url(QueueName=queue)["QueueUrl"]
    kept = region.client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["MessageRetentionPeriod"])
    assert kept["Attributes"]["MessageRetentionPeriod"] == str(14 * 86400)


RECORDER = """
import json, os, boto3

def handle(event, context):
    boto3.client("sqs").send_message(QueueUrl=os.environ["QUEUE"], MessageBody=json.dumps(event))
"""


def test_buckets_tables_and_secrets_call_functions(region: MiniStack, tmp_path: Path) -> None:
    """Events of an upload, of a table's stream and of a secret's rotation reach the function that is to hear them."""
    (tmp_path / "recorder.py").write_text(RECORDER)

    def program() -> None:
        heard = aws.sqs.Queue("heard", name="heard")
        may_send = {"actions": ["sqs:SendMessage"], "resources": [heard.arn]}
        table = stack.RecordTable(
            "limited",
            {
                "table_name": "limited", "hash_key": "id", "stream": stack.StreamView.NEW_IMAGE,
                "maximum_reads_per_second": 10, "maximum_writes_per_second": 5, "deletion_protection": False,
            },
        )  # fmt: skip
        uploads = stack.DocumentBucket(
            "uploads",
            {
                "bucket_name": "uploads-here", "event_notifications": True, "deletion_protection": False,
                "cors": {"allow_origins": ["https://shop.example.com"], "allow_methods": ["PUT"]},
            },
        )  # fmt: skip
        function = stack.PythonFunction(
            "recorder",
            {
                "function_name": "recorder", "handler": "recorder.handle", "source_root": str(tmp_path),
                "include": ["recorder.py"], "environment": {"QUEUE": heard.url}, "timeout_seconds": 5,
                "statements": [may_send], "url": True, "provisioned_concurrency": 1,
            },
        )  # fmt: skip
        called: Any = {"function": function.function, "alias": function.alias_name}
        pattern = {"source": ["aws.s3"], "detail": {"bucket": {"name": [uploads.bucket_name]}}}
        subscription: Any = {"bus_name": "default", "pattern": pattern, **called}
        stack.EventSubscription("uploaded", subscription)
        stack.StreamSubscription("stream", stream_arn=table, function=function, maximum_retries=2)
        stack.SecretBundle(
            "rotated",
            {
                "secret_name": "rotated", "secret_json": "{}", "rotation_days": 7,
                "rotation_function": function.function, "rotation_alias": function.alias_name,
            },
        )  # fmt: skip
        pulumi.export("heard", heard.url)
        pulumi.export("url", function.url)

    outputs = deploy(program, region, project="options", name="test", config={}).outputs
    limits = region.client("dynamodb").describe_table(TableName="limited")["Table"]["OnDemandThroughput"]
    assert limits == {"MaxReadRequestUnits": 10, "MaxWriteRequestUnits": 5}
    rules = region.client("s3").get_bucket_cors(Bucket="uploads-here")["CORSRules"]
    assert rules[0]["AllowedOrigins"] == ["https://shop.example.com"]
    assert outputs["url"].startswith("https://")
    region.client("s3").put_object(Bucket="uploads-here", Key="invoice.pdf", Body=b"x")
    region.client("dynamodb").put_item(TableName="limited", Item={"id": {"S": "7"}})

    def heard() -> set[str]:
        queue = region.client("sqs").receive_message(
            QueueUrl=outputs["heard"], WaitTimeSeconds=1, MaxNumberOfMessages=10
        )
        return {
            kind
            for message in queue.get("Messages", ())
            for kind, sign in (
                ("upload", "invoice.pdf"),
                ("stream", '"NewImage"'),
                ("rotation", "createSecret"),
            )
            if sign in message["Body"]
        }

    found: set[str] = set()
    assert wait_until(lambda: found.update(heard()) or len(found) == 3, 30), found  # type: ignore[func-returns-value]


def test_an_own_domain_has_a_certificate_and_a_record(region: MiniStack, tmp_path: Path) -> None:
    zone = region.client("route53").create_hosted_zone(Name="example.com", CallerReference="1")["HostedZone"][
        "Id"
    ]
    zone = zone.removeprefix("/hostedzone/")

    def program() -> None:
        route: Any = {"method": "GET", "path": "/", **echo(tmp_path, "hooks")}
        stack.WebhookApi(
            "hooks",
            {
                "api_name": "hooks",
                "routes": [route],
                "domain_name": "hooks.example.com",
                "zone_id": zone,
                "domain_path": "v1",
            },
        )

    deploy(program, region, project="options", name="test", config={})
    [mapping] = region.client("apigatewayv2").get_api_mappings(DomainName="hooks.example.com")["Items"]
    assert (mapping["ApiMappingKey"], mapping["Stage"]) == ("v1", "prod")
    records = region.client("route53").list_resource_record_sets(HostedZoneId=zone)["ResourceRecordSets"]
    [alias] = [
        each for each in records if each["Name"].startswith("hooks.example.com") and each["Type"] == "A"
    ]
    assert alias["AliasTarget"]["DNSName"].startswith("d-")
