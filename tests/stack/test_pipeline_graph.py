"""The graph of the real program: every resource and its parent, routes, rules and targets, protection, secrets.

Not proven: that AWS accepts it (naming rules, quotas and the providers' own checks). The local region creates the same
graph and checks more.
"""

import json
import re
import zipfile
from pathlib import Path
from typing import Any

import pytest

from common.intake.missing_reviews import ACCESS_MAY_BE_LOST
from common.runtime import deferral
from stack.pipeline.functions import DEFERRED, WORK_FAILED
from stack.testing import UNKNOWN, Graph, checks
from tests.secrets_in_use import STACK_API_TOKEN, STACK_LINK_KEY, STACK_WEBHOOK_SECRETS
from tests.stack.pipeline_run import FUNCTIONS, graph, run

SNAPSHOTS = Path(__file__).parent / "snapshots"

QUEUED = {
    "ApprovalHandler": (90, ["ReviewCompleted", "ReviewDeleted"]),
    "DocumentOrchestrator": (180, ["ChangeDetected", "RevisionRequested", "RevertRequested"]),
    "ReviewTicketCreator": (90, ["DocumentGenerated"]),
}
ROUTES = {
    "POST /webhooks/jira": ("JiraWebhookHandler", "POST/webhooks/jira"),
    "POST /webhooks/approval": ("ApprovalHandler", "POST/webhooks/approval"),
    "GET /reviews/{document_id}/{revision}": ("ReviewPage", "GET/reviews/*/*"),
}


@pytest.mark.parametrize("stack", ["dev", "prod"])
def test_the_resources_equal_the_snapshot(stack: str) -> None:
    """If the change is intended, write the snapshot again: `python -m tests.stack.write_snapshots`."""
    assert checks.urn_changes(graph(stack), SNAPSHOTS / f"{stack}-urns.txt") == []


@pytest.mark.parametrize("stack", ["dev", "prod"])
def test_every_resource_is_a_child_of_its_component(stack: str) -> None:
    assert checks.tree(graph(stack)) == (SNAPSHOTS / "tree.txt").read_text().splitlines()
    assert checks.stray_resources(graph(stack), ["kinexus"]) == []
    assert checks.components_without_outputs(graph(stack)) == []


def refused(action: str, arn: str) -> dict[str, Any]:
    """Return the statement that denies plain HTTP."""
    condition = {"Bool": {"aws:SecureTransport": "false"}}
    return {
        "Sid": "RefuseWithoutTls", "Effect": "Deny", "Principal": "*", "Action": action, "Resource": arn, "Condition": condition,
    }  # fmt: skip


def test_names_follow_the_design() -> None:
    outputs = dict(graph("dev").outputs)
    assert outputs.pop("webhookSteps").startswith("As a Jira administrator")
    assert outputs.pop("preflightNotes") == []
    url = "https://kinexus-api-id.execute-api.eu-central-1.amazonaws.com/prod"
    queues = "https://sqs.eu-central-1.amazonaws.com/123456789012/kinexus"
    assert outputs == {
        "webhookApiUrl": url,
        "jiraWebhookUrl": f"{url}/webhooks/jira",
        "approvalWebhookUrl": f"{url}/webhooks/approval",
        "changesTable": "kinexus-changes",
        "documentsTable": "kinexus-documents",
        "documentsBucket": "kinexus-documents-123456789012-eu-central-1",
        "eventBus": "kinexus-events",
        "functionNames": {name: f"kinexus-{name}" for name in FUNCTIONS},
        "logGroups": {name: f"/aws/lambda/kinexus-{name}" for name in FUNCTIONS},
        "queueUrls": {name: f"{queues}-{name}" for name in QUEUED},
        "deadLetterQueueUrls": {name: f"{queues}-{name}-dead-letters" for name in QUEUED},
    }
    assert run("dev", named="blue", without=("namePrefix",)).outputs["changesTable"] == "kinexus-blue-changes"


def test_no_two_resources_share_a_name() -> None:
    assert checks.same_name_twice(graph("dev")) == []


def test_each_route_has_its_function_and_one_permission() -> None:
    found = graph("dev")
    integrations = {i.id: i for i in found.of_type("aws:apigatewayv2/integration:Integration")}
    led = {}
    for route in found.of_type("aws:apigatewayv2/route:Route"):
        integration = integrations[route.inputs["target"].removeprefix("integrations/")]
        assert integration.inputs["payloadFormatVersion"] == "2.0"
        led[route.inputs["routeKey"]] = integration.inputs["integrationUri"].split(":")[-1]
    assert led == {key: f"kinexus-{name}/invocations" for key, (name, _) in ROUTES.items()}

    permissions = {
        (p.inputs["function"], p.inputs["principal"], p.inputs["action"], p.inputs["sourceArn"])
        for p in found.of_type("aws:lambda/permission:Permission")
    }
    execution = "arn:aws:execute-api:eu-central-1:123456789012:kinexus-api-id/prod"
    assert permissions == {
        (f"kinexus-{name}", "apigateway.amazonaws.com", "lambda:InvokeFunction", f"{execution}/{path}")
        for name, path in ROUTES.values()
    }


def test_the_stage_depends_on_routes_throttles_and_logs_json() -> None:
    found = graph("dev")
    stage = found.named("kinexus-api-stage")
    routes = found.of_type("aws:apigatewayv2/route:Route")
    assert {route.urn for route in routes} <= set(stage.dependencies)
    assert stage.inputs["name"] == "prod"
    assert {setting["routeKey"] for setting in stage.inputs["routeSettings"]} == set(ROUTES)
    assert all(setting["throttlingRateLimit"] > 0 for setting in stage.inputs["routeSettings"])
    log = stage.inputs["accessLogSettings"]
    assert log["destinationArn"].endswith(":log-group:/aws/vendedlogs/kinexus-api")
    assert json.loads(log["format"])["status"] == "$context.status"


@pytest.mark.parametrize("name", sorted(QUEUED))
def test_rule_queue_and_function_are_wired_and_closed_to_others(name: str) -> None:
    found = graph("dev")
    timeout, events = QUEUED[name]

    def part(suffix: str) -> Any:
        return found.named(f"kinexus-{name}-events-{suffix}").inputs

    queue = f"arn:aws:sqs:eu-central-1:123456789012:kinexus-{name}"
    rule = f"arn:aws:events:eu-central-1:123456789012:rule/kinexus-events/kinexus-{name}"
    assert json.loads(part("rule")["eventPattern"]) == {"source": ["kinexus"], "detail-type": events}
    assert part("rule")["eventBusName"] == part("target")["eventBusName"] == "kinexus-events"
    assert part("target")["rule"] == f"kinexus-{name}"
    assert part("target")["arn"] == queue
    assert part("target")["deadLetterConfig"] == {"arn": f"{queue}-dead-letters"}
    assert part("queue")["visibilityTimeoutSeconds"] >= 6 * timeout
    assert found.named(f"kinexus-{name}", "aws:lambda/function:Function").inputs["timeout"] == timeout
    assert json.loads(part("queue")["redrivePolicy"]) == {
        "deadLetterTargetArn": f"{queue}-dead-letters",
        "maxReceiveCount": 3,
    }
    assert json.loads(part("redrive")["redriveAllowPolicy"])["sourceQueueArns"] == [queue]
    for label, arn in (("queue", queue), ("dead-letters", f"{queue}-dead-letters")):
        assert json.loads(part(f"{label}-policy")["policy"])["Statement"] == [
            {
                "Sid": "OnlyThisRule",
                "Effect": "Allow",
                "Principal": {"Service": "events.amazonaws.com"},
                "Action": "sqs:SendMessage",
                "Resource": arn,
                "Condition": {"ArnEquals": {"aws:SourceArn": rule}},
            },
            refused("sqs:*", arn),
        ]
    mapping = part("mapping")
    assert mapping["eventSourceArn"] == queue
    assert mapping["functionName"].endswith(f":function:kinexus-{name}")
    assert mapping["functionResponseTypes"] == ["ReportBatchItemFailures"]
    assert mapping["scalingConfig"]["maximumConcurrency"] >= 2
    receive = found.named(f"kinexus-{name}-events-receive")
    assert receive.urn in found.named(f"kinexus-{name}-events-mapping").dependencies


DEAD_CALLS = "arn:aws:sqs:eu-central-1:123456789012:kinexus-Sweep-schedule-dead-letters"


def test_the_sweep_runs_daily_with_its_own_role() -> None:
    found = graph("dev")
    schedule = found.named("kinexus-Sweep-by-the-clock-schedule").inputs
    function = "arn:aws:lambda:eu-central-1:123456789012:function:kinexus-Sweep"
    assert schedule["name"] == "kinexus-Sweep"
    assert schedule["scheduleExpression"] == "rate(1 day)"
    assert schedule["target"]["arn"] == function
    assert schedule["target"]["roleArn"] == "arn:aws:iam::123456789012:role/kinexus-Sweep-schedule"
    assert checks.role_statements(found, "kinexus-Sweep-schedule") == [
        {"Effect": "Allow", "Action": ["lambda:InvokeFunction"], "Resource": [function]},
        {"Effect": "Allow", "Action": ["sqs:SendMessage"], "Resource": [DEAD_CALLS]},
    ]
    assert schedule["target"]["deadLetterConfig"] == {"arn": DEAD_CALLS}
    # https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-schedule-context-attributes.html
    assert json.loads(schedule["target"]["input"]) == {"scheduled_at": "<aws.scheduler.scheduled-time>"}


def test_the_sweep_can_be_disabled_or_rescheduled() -> None:
    schedules = "aws:scheduler/schedule:Schedule"
    assert run("dev", sweepSchedule="off").of_type(schedules) == ()
    [schedule] = run("dev", sweepSchedule="cron(30 4 * * ? *)").of_type(schedules)
    assert schedule.inputs["scheduleExpression"] == "cron(30 4 * * ? *)"


def test_routes_queues_and_schedules_depend_on_their_function() -> None:
    found = graph("dev")
    functions = {
        name: found.named(f"kinexus-{name}", "aws:lambda/function:Function").urn for name in FUNCTIONS
    }
    for key, (name, _) in ROUTES.items():
        slug = re.sub(r"[^a-z0-9]+", "-", key.lower()).strip("-")
        for part in ("permission", "integration"):
            assert functions[name] in found.named(f"kinexus-api-{slug}-{part}").dependencies
    for name in QUEUED:
        assert functions[name] in found.named(f"kinexus-{name}-events-mapping").dependencies
    assert functions["Sweep"] in found.named("kinexus-Sweep-by-the-clock-schedule").dependencies


def test_functions_run_on_arm_with_json_logs_and_tracing() -> None:
    found = graph("dev")
    assert checks.functions_without_log_retention(found) == []
    for name in FUNCTIONS:
        function = found.named(f"kinexus-{name}", "aws:lambda/function:Function")
        assert function.inputs["architectures"] == ["arm64"]
        assert function.inputs["runtime"] == "python3.13"
        assert function.inputs["loggingConfig"]["logFormat"] == "JSON"
        assert function.inputs["loggingConfig"]["logGroup"] == f"/aws/lambda/kinexus-{name}"
        assert function.inputs["tracingConfig"] == {"mode": "Active"}
        assert found.named(f"kinexus-{name}-logs").urn in function.dependencies
        assert found.named(f"kinexus-{name}-policy").urn in function.dependencies
        package = function.inputs["handler"].split(".")[1]
        assert function.inputs["handler"] == f"handlers.{package}.entry.handle"


@pytest.mark.parametrize("name", FUNCTIONS)
def test_each_handler_entry_point_is_in_its_archive(name: str) -> None:
    function = graph("dev").named(f"kinexus-{name}", "aws:lambda/function:Function").inputs
    module, called = function["handler"].rsplit(".", 1)
    path = module.replace(".", "/") + ".py"
    with zipfile.ZipFile(function["code"].path) as archive:
        assert f"import {called}\n" in archive.read(path).decode()
        assert {"handlers/__init__.py", "common/__init__.py"} <= set(archive.namelist())
        others = {
            name.split("/")[1]
            for name in archive.namelist()
            if name.startswith("handlers/") and name.count("/") > 1
        }
        assert others == {path.split("/")[1]}


@pytest.mark.parametrize("stack", ["dev", "prod"])
def test_all_failures_are_kept_except_of_the_sweep(stack: str) -> None:
    """The next sweep makes up for a failed one."""
    assert checks.targets_without_dead_letters(graph(stack)) == []
    assert checks.asynchronous_functions_without_destination(graph(stack)) == ["kinexus-Sweep"]


def test_every_kind_of_trouble_raises_an_alarm_with_an_action() -> None:
    found = graph("dev")
    assert checks.alarms_without_actions(found) == []
    alarms = {a.inputs["name"]: a.inputs for a in found.of_type("aws:cloudwatch/metricAlarm:MetricAlarm")}
    assert sorted(alarms) == sorted(
        [
            f"kinexus-{name}-{kind}"
            for name in FUNCTIONS
            for kind in ("duration", "errors", "failures", "throttles")
        ]
        + [
            f"kinexus-{name}-{kind}"
            for name in QUEUED
            for kind in ("age", "dead-letters", "deferred", "lost")
        ]
        + ["kinexus-api-4xx", "kinexus-api-5xx", "kinexus-Sweep-schedule-dead-letters"]
        + ["kinexus-Sweep-review-access", "kinexus-Sweep-token-expires"]
        + ["kinexus-DocumentOrchestrator-drafts-limit"]
    )
    topic = found.named("kinexus-observability-topic").outputs["arn"]
    assert {tuple(alarm["alarmActions"]) for alarm in alarms.values()} == {(topic,)}
    assert alarms["kinexus-ApprovalHandler-duration"]["threshold"] == 72_000
    assert alarms["kinexus-ApprovalHandler-dead-letters"]["dimensions"] == {
        "QueueName": "kinexus-ApprovalHandler-dead-letters"
    }
    assert alarms["kinexus-ApprovalHandler-lost"]["dimensions"] == {
        "EventBusName": "kinexus-events",
        "RuleName": "kinexus-ApprovalHandler",
    }
    assert alarms["kinexus-api-5xx"]["dimensions"] == {"ApiId": "kinexus-api-id", "Stage": "prod"}
    for name in FUNCTIONS:
        alarm, counted = (
            alarms[f"kinexus-{name}-failures"],
            found.named(f"kinexus-observability-{name}-failures").inputs,
        )
        assert (alarm["namespace"], alarm["metricName"]) == (
            "kinexus",
            counted["metricTransformation"]["name"],
        )
        assert counted["logGroupName"] == f"/aws/lambda/kinexus-{name}"


@pytest.mark.parametrize("name", sorted(QUEUED))
def test_the_failure_filter_matches_the_handlers_log(name: str) -> None:
    """That handlers log it is tested in tests/handlers/test_permanent_failures.py."""
    pattern = graph("dev").named(f"kinexus-observability-{name}-failures").inputs["pattern"]
    assert pattern == WORK_FAILED


def test_lost_access_to_reviews_raises_an_alarm() -> None:
    counted = graph("dev").named("kinexus-observability-Sweep-review-access").inputs
    assert counted["pattern"] == f'{{ $.message = "{ACCESS_MAY_BE_LOST}" }}'
    assert counted["logGroupName"] == "/aws/lambda/kinexus-Sweep"
    alarm = graph("dev").named("kinexus-observability-Sweep-review-access-alarm").inputs
    assert (alarm["namespace"], alarm["metricName"]) == ("kinexus", counted["metricTransformation"]["name"])
    assert "python -m ops doctor" in alarm["alarmDescription"]


@pytest.mark.parametrize("name", sorted(QUEUED))
def test_a_message_deferred_for_15_minutes_raises_an_alarm(name: str) -> None:
    """That handlers log it is tested in tests/faults/test_outages.py."""
    found = graph("dev")
    counted = found.named(f"kinexus-observability-{name}-deferred").inputs
    alarm = found.named(f"kinexus-observability-{name}-deferred-alarm").inputs
    assert counted["pattern"] == DEFERRED
    assert counted["logGroupName"] == f"/aws/lambda/kinexus-{name}"
    transformation = counted["metricTransformation"]
    assert transformation["value"] == "$.waited"
    assert (transformation["namespace"], transformation["name"]) == (alarm["namespace"], alarm["metricName"])
    assert (alarm["statistic"], alarm["threshold"]) == ("Maximum", deferral.NOTIFY_AFTER_SECONDS)
    assert alarm["period"] > deferral.MAX_PAUSE, "it stays on until the message is served"


def test_only_this_accounts_alarms_may_publish_to_the_topic() -> None:
    """And the address of alarmEmail is subscribed."""
    found = run("prod", alarmEmail="oncall@example.com")
    topic = found.named("kinexus-observability-topic").outputs["arn"]
    assert json.loads(found.named("kinexus-observability-topic-policy").inputs["policy"])["Statement"] == [
        {
            "Sid": "AlarmsOfThisAccount",
            "Effect": "Allow",
            "Principal": {"Service": "cloudwatch.amazonaws.com"},
            "Action": "sns:Publish",
            "Resource": topic,
            "Condition": {"StringEquals": {"aws:SourceAccount": "123456789012"}},
        },
        refused("sns:Publish", topic),
    ]
    assert "kmsMasterKeyId" not in found.named("kinexus-observability-topic").inputs
    email = found.named("kinexus-observability-email").inputs
    assert (email["protocol"], email["endpoint"], email["topic"]) == ("email", "oncall@example.com", topic)
    assert graph("dev").of_type("aws:sns/topicSubscription:TopicSubscription") == ()


def test_the_dashboard_shows_api_functions_and_queues() -> None:
    body = json.loads(graph("dev").named("kinexus-observability-dashboard").inputs["dashboardBody"])
    titles = [widget["properties"]["title"] for widget in body["widgets"]]
    assert titles == [
        "Requests", "Answer time (ms)", "Calls", "Longest call (ms)", "Errors", "Failures logged",
        "Waiting", "Oldest message (s)", "Dead letters",
        "Acceptance rate of drafts (1 = all)", "Time to review (hours, median)",
    ]  # fmt: skip
    shown = json.dumps(body)
    for name in FUNCTIONS:
        assert f'"FunctionName", "kinexus-{name}"' in shown
    for name in QUEUED:
        assert f'"QueueName", "kinexus-{name}-dead-letters"' in shown
    for widget in body["widgets"]:
        assert widget["x"] + widget["width"] <= 24
        assert widget["properties"]["metrics"]


def test_tables_have_ttl_recovery_and_indexes() -> None:
    found = graph("dev")
    for name, key in (("changes", "change_id"), ("documents", "document_id")):
        table = found.named(f"kinexus-{name}-table", "aws:dynamodb/table:Table").inputs
        assert table["hashKey"] == key
        assert table["billingMode"] == "PAY_PER_REQUEST"
        assert table["ttl"] == {"attributeName": "expires_at", "enabled": True}
        assert table["pointInTimeRecovery"] == {"enabled": True}
    changes = found.named("kinexus-changes-table", "aws:dynamodb/table:Table").inputs
    assert changes["globalSecondaryIndexes"] == [
        {
            "name": "by-status",
            "projectionType": "ALL",
            "keySchemas": [
                {"attributeName": "status", "keyType": "HASH"},
                {"attributeName": "detected_at", "keyType": "RANGE"},
            ],
        }
    ]
    assert table["globalSecondaryIndexes"] == [
        {
            "name": "created-pages",
            "projectionType": "ALL",
            "keySchemas": [
                {"attributeName": "created_in", "keyType": "HASH"},
                {"attributeName": "created_at", "keyType": "RANGE"},
            ],
        },
        {
            "name": "by-status",
            "projectionType": "ALL",
            "keySchemas": [{"attributeName": "status", "keyType": "HASH"}],
        },
    ]
    assert {(a["name"], a["type"]) for a in table["attributes"]} == {
        ("document_id", "S"),
        ("created_in", "S"),
        ("created_at", "N"),
        ("status", "S"),
    }


def test_the_bucket_is_private_versioned_encrypted_and_tls_only() -> None:
    found = graph("dev")
    private = found.named("kinexus-documents-bucket-private").inputs
    assert all(private[key] for key in private if key != "bucket")
    assert len(private) == 5
    assert found.named("kinexus-documents-bucket-versions").inputs["versioningConfiguration"] == {
        "status": "Enabled"
    }
    assert found.named("kinexus-documents-bucket", "aws:s3/bucket:Bucket").inputs["forceDestroy"] is True
    arn = "arn:aws:s3:::kinexus-documents-123456789012-eu-central-1"
    assert json.loads(found.named("kinexus-documents-bucket-tls").inputs["policy"])["Statement"] == [
        {
            "Sid": "RefuseWithoutTls",
            "Effect": "Deny",
            "Principal": "*",
            "Action": "s3:*",
            "Resource": [arn, f"{arn}/*"],
            "Condition": {"Bool": {"aws:SecureTransport": "false"}},
        }
    ]


def test_data_is_protected_in_prod_only() -> None:
    stores = ("aws:dynamodb/table:Table", "aws:s3/bucket:Bucket")
    assert checks.unprotected(graph("prod"), *stores) == []
    assert len(checks.unprotected(graph("dev"), *stores)) == 3
    for stack, kept, days in (("prod", True, 30), ("dev", False, 0)):
        for table in graph(stack).of_type("aws:dynamodb/table:Table"):
            assert table.inputs["deletionProtectionEnabled"] is kept
        for secret in graph(stack).of_type("aws:secretsmanager/secret:Secret"):
            assert secret.inputs["recoveryWindowInDays"] == days


def test_secrets_are_secret_inputs_of_secrets_manager_only() -> None:
    found = graph("dev")
    assert checks.plain_secrets(found, STACK_API_TOKEN, *STACK_WEBHOOK_SECRETS, STACK_LINK_KEY) == []
    values = {
        version.name: json.loads(version.inputs["secretString"])
        for version in found.of_type("aws:secretsmanager/secretVersion:SecretVersion")
    }
    assert values == {
        "kinexus-atlassian-secret-value": {
            "apiToken": STACK_API_TOKEN,
            "confluenceApiToken": STACK_API_TOKEN,
        },
        "kinexus-webhook-secret-value": {"secrets": [*STACK_WEBHOOK_SECRETS]},
        "kinexus-link-secret-value": {"key": STACK_LINK_KEY},
    }
    shown = [
        resource.name
        for resource in found.resources
        if resource.secrets and resource.type != "aws:secretsmanager/secretVersion:SecretVersion"
    ]
    assert shown == []


@pytest.mark.parametrize(("stack", "register"), [("dev", "false"), ("prod", "true")])
def test_a_preview_shows_every_resource_without_known_values(stack: str, register: str) -> None:
    unknown: Graph = run(stack, preview=True, registerWebhooks=register)
    assert unknown.urns() == run(stack, registerWebhooks=register).urns()
    permission = unknown.named("kinexus-api-post-webhooks-jira-permission").inputs
    assert permission["sourceArn"] == UNKNOWN
    registered = unknown.of_type("pulumi-python:dynamic/kinexus:JiraWebhook")
    assert [each.inputs["url"] for each in registered] == [UNKNOWN] * (2 if register == "true" else 0)


def test_a_second_run_changes_nothing() -> None:
    """Except for the archives, which have their own tests and whose sources may be edited during the run."""

    def compared(found: Graph) -> list[Any]:
        left_out = ("code", "sourceCodeHash")
        return [
            (resource.urn, {key: value for key, value in resource.inputs.items() if key not in left_out})
            for resource in found.resources
        ]

    assert compared(run.__wrapped__("dev")) == compared(graph("dev"))
