"""Each check of the test kit finds its faults, and reports nothing for a correct stack."""

import json
from typing import Any

import pulumi
import pulumi_aws as aws
import pytest

from stack.testing import checks, run_program
from tests.secrets_in_use import SECRET_SETTING


def careless() -> None:
    """Build a stack with every fault that the checks know."""
    aws.lambda_.Function("silent", name="silent", role="arn:role")
    aws.cloudwatch.LogGroup("kept", name="/aws/lambda/silent")
    queue = aws.sqs.Queue("queue", name="work")
    aws.lambda_.EventSourceMapping("mapping", function_name="silent", event_source_arn=queue.arn)
    aws.cloudwatch.EventTarget("target", rule="rule", arn=queue.arn)
    aws.dynamodb.Table("table", name="orders", hash_key="id")
    wide = {"Effect": "Allow", "Action": ["s3:Get*", "ses:SendEmail"], "Resource": "*"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [wide, {**wide, "Effect": "Deny"}]})
    aws.iam.RolePolicy("wide", name="wide", role="reader", policy=policy)
    aws.iam.RolePolicy("again", name="wide", role="reader", policy=policy)
    aws.iam.RolePolicy("other", name="wide", role="writer", policy=policy)
    aws.sns.Topic("leak", display_name=SECRET_SETTING)
    aws.cloudwatch.MetricAlarm("quiet", comparison_operator="LessThanThreshold", evaluation_periods=1)
    pulumi.export("leaked", {"deep": [SECRET_SETTING]})
    pulumi.ComponentResource("test:index:Unfinished", "unfinished")


def test_a_careless_stack_fails_every_check() -> None:
    graph = run_program(careless)

    assert checks.functions_without_log_retention(graph) == ["silent"]
    assert checks.targets_without_dead_letters(graph) == ["queue", "target"]
    assert checks.unprotected(graph, "aws:dynamodb/table:Table") == ["table"]
    assert checks.components_without_outputs(graph) == ["unfinished"]
    assert checks.alarms_without_actions(graph) == ["quiet"]
    assert checks.plain_secrets(graph, SECRET_SETTING) == ["leak.displayName", "leaked"]
    assert checks.same_name_twice(graph) == ["aws:iam/rolePolicy:RolePolicy wide: again and wide"]
    assert checks.wildcard_resources(graph, {("other.policy", "s3:Get*"): "a reason"}) == [
        "again.policy: s3:Get* on *",
        "again.policy: ses:SendEmail on *",
        "other.policy: ses:SendEmail on *",
        "wide.policy: s3:Get* on *",
        "wide.policy: ses:SendEmail on *",
    ]
    assert checks.wildcard_actions(graph) == [
        "again.policy: s3:Get*",
        "other.policy: s3:Get*",
        "wide.policy: s3:Get*",
    ]
    assert checks.stray_resources(graph, ["queue", "table"]) == [
        "again", "kept", "leak", "mapping", "other", "quiet", "silent", "target", "unfinished", "wide",
    ]  # fmt: skip
    assert [s["Effect"] for s in checks.role_statements(graph, "writer")] == ["Allow", "Deny"]


def test_a_careful_stack_passes() -> None:
    def careful() -> None:
        aws.lambda_.Function("loud", name="loud", role="arn:role")
        aws.cloudwatch.LogGroup("kept", name="/aws/lambda/loud", retention_in_days=7)
        queue = aws.sqs.Queue("queue", name="work", redrive_policy="{}")
        aws.lambda_.EventSourceMapping("mapping", function_name="loud", event_source_arn=queue.arn)
        aws.cloudwatch.EventTarget(
            "target", rule="rule", arn=queue.arn, dead_letter_config={"arn": "arn:dead"}
        )
        aws.dynamodb.Table("table", name="o", hash_key="id", opts=pulumi.ResourceOptions(protect=True))
        aws.sns.Topic("safe", display_name=pulumi.Output.secret(SECRET_SETTING))

    graph = run_program(careful)

    assert checks.functions_without_log_retention(graph) == []
    assert checks.targets_without_dead_letters(graph) == []
    assert checks.unprotected(graph, "aws:dynamodb/table:Table") == []
    assert checks.plain_secrets(graph, SECRET_SETTING) == []
    assert checks.same_name_twice(graph) == []
    assert checks.wildcard_resources(graph, {}) == checks.wildcard_actions(graph) == []


@pytest.mark.parametrize("preview", [True, False])
def test_a_log_group_that_pulumi_names_is_found(preview: bool) -> None:
    def program() -> None:
        logs = aws.cloudwatch.LogGroup("kept", retention_in_days=30)
        lost = aws.cloudwatch.LogGroup("lost")
        for name, group in (("kept", logs), ("lost", lost)):
            config: Any = {"log_format": "JSON", "log_group": group.name}
            aws.lambda_.Function(name, role="arn:role", logging_config=config)

    assert checks.functions_without_log_retention(run_program(program, preview=preview)) == ["lost"]


def test_the_tree_shows_children_below_their_parents() -> None:
    def program() -> None:
        parent = pulumi.ComponentResource("test:index:Parent", "parent")
        aws.sqs.Queue("child", opts=pulumi.ResourceOptions(parent=parent))

    assert checks.tree(run_program(program)) == ["test:index:Parent parent", "  aws:sqs/queue:Queue child"]
