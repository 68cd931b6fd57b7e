"""The example programs create the promised resources, within the promised length.

What their functions do is tested in test_in_the_region.py.
"""

import pytest

from stack.testing import checks
from tests.examples.example_run import CONFIG, EXAMPLES, graph
from tests.secrets_in_use import SECRET_SETTING

FUNCTION = "aws:lambda/function:Function"


@pytest.mark.parametrize("example", CONFIG)
def test_each_example_is_short(example: str) -> None:
    assert len((EXAMPLES / example / "__main__.py").read_text().splitlines()) < 90


@pytest.mark.parametrize("example", CONFIG)
def test_each_example_passes_the_stack_checks(example: str) -> None:
    found = graph(example)
    assert checks.functions_without_log_retention(found) == []
    assert checks.targets_without_dead_letters(found) == []
    assert checks.wildcard_actions(found) == []
    x_ray = {
        (f"{function.name}-policy.policy", f"xray:Put{what}"): "X-Ray knows no resources"
        for function in found.of_type(FUNCTION)
        for what in ("TelemetryRecords", "TraceSegments")
    }
    assert checks.wildcard_resources(found, x_ray) == []
    assert checks.same_name_twice(found) == []
    assert checks.components_without_outputs(found) == []


def test_the_relay_may_only_publish_and_read_its_secret() -> None:
    """And its route lets GitHub in."""
    found = graph("github_to_chat")
    routes = [route.inputs["routeKey"] for route in found.of_type("aws:apigatewayv2/route:Route")]
    assert routes == ["POST /github"]
    allowed = [one["Action"] for one in checks.role_statements(found, "relay-receive-role")][2:]
    assert allowed == [["events:PutEvents"], ["secretsmanager:GetSecretValue"]]
    assert found.named("to-chat-queue").inputs["visibilityTimeoutSeconds"] == 180
    assert found.outputs == {"url": "https://api-id.execute-api.eu-central-1.amazonaws.com/prod/github"}
    assert checks.plain_secrets(found, SECRET_SETTING, "chat.example.com") == []


def test_the_export_may_only_scan_and_write_its_files() -> None:
    """And it runs at night."""
    found = graph("nightly_export")
    schedule = found.named("nightly-schedule").inputs
    assert (schedule["scheduleExpression"], schedule["scheduleExpressionTimezone"]) == (
        "cron(30 2 * * ? *)",
        "Europe/Berlin",
    )
    assert checks.alarms_without_actions(found) == []
    rights = {
        one["Action"][0]: one["Resource"] for one in checks.role_statements(found, "orders-export-role")[2:]
    }
    assert rights == {
        "dynamodb:Scan": [
            "arn:aws:dynamodb:eu-central-1:123456789012:table/orders",
            "arn:aws:dynamodb:eu-central-1:123456789012:table/orders/index/*",
        ],
        "s3:PutObject": ["arn:aws:s3:::orders-exports-123456789012/orders/*"],
    }
    assert found.named("orders", "aws:dynamodb/table:Table").protect


def test_transforms_change_only_what_they_name() -> None:
    found = graph("transforms")
    function = found.named("pack", FUNCTION).inputs
    assert function["loggingConfig"]["systemLogLevel"] == "DEBUG"
    assert function["loggingConfig"]["logFormat"] == "JSON"
    retention = {
        queue.name: queue.inputs.get("messageRetentionSeconds")
        for queue in found.of_type("aws:sqs/queue:Queue")
    }
    assert retention["placed-dead-letters"] == 604800
    assert retention["placed-queue"] != 604800
    tagged = {
        each.name for each in found.resources if (each.inputs.get("tags") or {}).get("owner") == "orders"
    }
    assert tagged == {"pack", "placed-dead-letters", "placed-queue"}
