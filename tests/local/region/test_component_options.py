"""Component options that the pipeline does not use are created and work in the local region too.

Not proven: that AWS accepts them, and that a schedule is on time.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pulumi
import pytest
import requests

import stack
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
