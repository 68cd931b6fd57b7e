"""What each component offers beyond what the pipeline uses, and which arguments it refuses, with the remedy."""

import json
from collections.abc import Callable
from typing import Any

import pulumi
import pytest

import stack
from stack.testing import Graph, run_program
from tests.stack.pipeline_run import ROOT

PATTERN = {"source": ["shop"], "detail-type": ["OrderPlaced"]}


def function(**more: Any) -> stack.PythonFunction:
    args: Any = {
        "function_name": "shop-orders",
        "handler": "orders.handle",
        "source_root": str(ROOT),
        "include": ["stack/__init__.py"],
        **more,
    }
    return stack.PythonFunction("orders", args)


def api(*routes: Any, **more: Any) -> stack.WebhookApi:
    given = routes or ({"method": "POST", "path": "/orders", "function": function().function},)
    return stack.WebhookApi("api", {"api_name": "shop", "routes": list(given), **more})  # type: ignore[typeddict-item]


def subscription(**more: Any) -> stack.EventSubscription:
    args: Any = {
        "subscription_name": "shop-orders",
        "bus_name": "shop",
        "pattern": PATTERN,
        "function": function().function,
        **more,
    }
    return stack.EventSubscription("orders-events", args)


def table(**more: Any) -> stack.RecordTable:
    args: Any = {"table_name": "orders", "hash_key": "id", **more}
    return stack.RecordTable("orders", args)


def bucket(**more: Any) -> stack.DocumentBucket:
    args: Any = {"bucket_name": "shop-documents", **more}
    return stack.DocumentBucket("documents", args)


def bus(**more: Any) -> stack.EventBus:
    args: Any = {"bus_name": "shop", **more}
    return stack.EventBus("events", args)


def secret(**more: Any) -> stack.SecretBundle:
    args: Any = {"secret_name": "shop/key", "secret_json": '{"key": "hush"}', **more}
    return stack.SecretBundle("key", args)


WATCHED = {"label": "orders", "function_name": "f", "log_group_name": "/f", "timeout_seconds": 10}


def watch(**more: Any) -> stack.Observability:
    args: Any = {"system_name": "shop", "functions": [WATCHED], **more}
    return stack.Observability("watch", args)


def graph_of(build: Callable[[], Any]) -> Graph:
    return run_program(build)


def route(**more: Any) -> dict[str, Any]:
    return {"method": "POST", "path": "/orders", "function": "unused", **more}


REFUSED: list[tuple[Callable[[], Any], str]] = [
    (lambda: function(timeout_seconds=901), r"PythonFunction: `timeout_seconds` is 901. Choose 1 to 900"),
    (lambda: function(memory_mb=64), r"PythonFunction: `memory_mb` is 64. Choose 128 to 10240"),
    (lambda: function(function_name="x" * 60), r"PythonFunction: `function_name` has 60 characters"),
    (lambda: function(include=[]), r"PythonFunction: `include` is empty"),
    (lambda: function(timeout=3), r"PythonFunction: `timeout` is unknown. Did you mean `timeout_seconds`"),
    (
        lambda: stack.PythonFunction("x", {}),
        r"PythonFunction: `function_name` is missing. Required: function_name",
    ),
    (lambda: api(route(method="FETCH")), r"WebhookApi: `routes` has the method 'FETCH'. Use one of GET"),
    (lambda: api(route(path="orders")), r"WebhookApi: `routes` has the path 'orders'. Write it as"),
    (lambda: api(route(), route(path="/orders/")), r"WebhookApi: `routes` has the path '/orders/'"),
    (
        lambda: api(route(path="/a/b"), route(path="/a-b")),
        r"WebhookApi: `routes` has both 'POST /a/b' and 'POST /a-b'",
    ),
    (lambda: api(route(burst=0)), r"WebhookApi: `routes: POST /orders: burst` is 0"),
    (
        lambda: api(route(), domain_name="x.example"),
        r"WebhookApi: `domain_name` and `certificate_arn` need each",
    ),
    (
        lambda: api(route(authorization="JWT")),
        r"WebhookApi: `token_issuer` and routes with authorization JWT need",
    ),
    (lambda: stack.WebhookApi("api", {"api_name": "a", "routes": []}), r"WebhookApi: `routes` is empty"),
    (lambda: subscription(pattern={}), r"EventSubscription: `pattern` matches nothing at its top"),
    (lambda: subscription(pattern={"source": "shop"}), r"EventSubscription: `pattern` has 'shop' at source"),
    (lambda: subscription(pattern={"source": []}), r"`pattern` has an empty list at source"),
    (lambda: subscription(pattern={"detail": {"a": [{"like": "x"}]}}), r"has the filter .* at detail.a"),
    (lambda: subscription(batch_window_seconds=301), r"EventSubscription: `batch_window_seconds` is 301"),
    (
        lambda: subscription(message_filter={"body": "x"}),
        r"EventSubscription: `message_filter` has 'x' at body",
    ),
    (
        lambda: subscription(transformer={"paths": {"a": "$.x"}, "template": "<a> <b>"}),
        r"EventSubscription: `transformer.template` uses <b>. Define it in `paths`",
    ),
    (
        lambda: function(asynchronous={"maximum_retries": 3}),
        r"PythonFunction: `asynchronous.maximum_retries` is 3",
    ),
    (lambda: function(vpc={"subnet_ids": ["a"]}), r"PythonFunction.vpc: `security_group_ids` is missing"),
    (lambda: subscription(batch_size=11), r"EventSubscription: `batch_size` is 11. Choose 1 to 10"),
    (lambda: subscription(maximum_concurrency=1), r"EventSubscription: `maximum_concurrency` is 1. Choose 2"),
    (lambda: table(range_key="id"), r"RecordTable: `range_key` is the same attribute as `hash_key`"),
    (
        lambda: table(indexes=[{"name": "by", "hash_key": "a"}, {"name": "by", "hash_key": "b"}]),
        r"RecordTable: `indexes` have the same name twice",
    ),
    (lambda: bucket(keep_old_versions_days=0), r"DocumentBucket: `keep_old_versions_days` is 0"),
    (lambda: bus(archive_days=0), r"EventBus: `archive_days` is 0"),
    (
        lambda: watch(functions=[WATCHED, WATCHED]),
        r"Observability: `functions` have the label 'orders' twice",
    ),
    (lambda: watch(api_id="x"), r"Observability: `api_id` and `api_stage` need each other"),
    (lambda: watch(functions=[{"label": "x"}]), r"Observability.functions: `function_name` is missing"),
    (lambda: secret(rotation_days=5), r"SecretBundle: `rotation_days` needs `rotation_function`"),
    (lambda: secret(recovery_days=3), r"SecretBundle: `recovery_days` is 3. Choose 7 to 30, or 0"),
]  # type: ignore[typeddict-item]


@pytest.mark.parametrize(("build", "message"), REFUSED, ids=[message[:40] for _, message in REFUSED])
def test_a_wrong_argument_is_refused_with_field_rule_and_fix(build: Callable[[], Any], message: str) -> None:
    with pytest.raises(stack.InvalidArgument, match=message):
        graph_of(build)


def test_a_value_that_is_not_known_yet_is_taken_on_trust() -> None:
    assert graph_of(lambda: function(timeout_seconds=pulumi.Output.from_input(60))).named("orders-role")


def test_a_function_takes_what_it_is_given() -> None:
    found = graph_of(
        lambda: function(
            description="Takes orders",
            environment={"TABLE": "orders"},
            layers=["arn:layer"],
            timeout_seconds=20,
            memory_mb=512,
            reserved_concurrency=3,
            tracing=False,
            log_level="DEBUG",
            log_retention_days=7,
            log_key_arn="arn:key",
            permissions_boundary="arn:boundary",
        )
    )
    inputs = found.named("orders", "aws:lambda/function:Function").inputs
    assert inputs["environment"] == {"variables": {"TABLE": "orders"}}
    assert (inputs["timeout"], inputs["memorySize"], inputs["layers"]) == (20, 512, ["arn:layer"])
    assert inputs["reservedConcurrentExecutions"] == 3
    assert inputs["tracingConfig"] == {"mode": "PassThrough"}
    assert inputs["loggingConfig"]["applicationLogLevel"] == "DEBUG"
    assert found.named("orders-role").inputs["permissionsBoundary"] == "arn:boundary"
    logs = found.named("orders-logs").inputs
    assert (logs["retentionInDays"], logs["kmsKeyId"]) == (7, "arn:key")
    assert "xray" not in found.named("orders-policy").inputs["policy"]


def test_a_function_starts_from_a_snapshot_through_its_alias_everywhere() -> None:
    def build() -> None:
        made = function(snap_start=True)
        stack.WebhookApi(
            "api",
            {
                "api_name": "shop",
                "routes": [
                    {"method": "POST", "path": "/o", "function": made.function, "alias": made.alias_name}
                ],
            },
        )
        subscribed: Any = {"subscription_name": "s", "bus_name": "b", "pattern": PATTERN}
        stack.EventSubscription("s", {**subscribed, "function": made.function, "alias": made.alias_name})

    found = graph_of(build)
    inputs = found.named("orders", "aws:lambda/function:Function").inputs
    assert (inputs["publish"], inputs["snapStart"]) == (True, {"applyOn": "PublishedVersions"})
    alias = found.named("orders-live").inputs
    assert (alias["name"], alias["functionName"], alias["functionVersion"]) == ("live", "shop-orders", "1")
    assert (
        found.named("api-post-o-integration")
        .inputs["integrationUri"]
        .endswith(":shop-orders:live/invocations")
    )
    assert found.named("api-post-o-permission").inputs["qualifier"] == "live"
    assert found.named("s-mapping").inputs["functionName"].endswith(":function:shop-orders:live")


def test_a_function_in_a_network_may_use_interfaces_and_one_with_a_destination_may_deliver() -> None:
    queue = "arn:aws:sqs:eu-central-1:123456789012:failed"
    found = graph_of(
        lambda: function(
            vpc={"subnet_ids": ["a", "b"], "security_group_ids": ["c"]},
            asynchronous={"maximum_retries": 0, "maximum_age_seconds": 60, "on_failure_arn": queue},
        )
    )
    inputs = found.named("orders", "aws:lambda/function:Function").inputs
    assert inputs["vpcConfig"] == {"subnetIds": ["a", "b"], "securityGroupIds": ["c"]}
    network, deliver = json.loads(found.named("orders-policy").inputs["policy"])["Statement"][-2:]
    assert "ec2:CreateNetworkInterface" in network["Action"]
    assert deliver == {"Effect": "Allow", "Action": ["sqs:SendMessage"], "Resource": [queue]}
    assert found.named("orders-calls").inputs == {
        "functionName": "shop-orders",
        "maximumRetryAttempts": 0,
        "maximumEventAgeInSeconds": 60,
        "destinationConfig": {"onFailure": {"destination": queue}},
    }


def test_a_subscription_shapes_and_filters_its_messages() -> None:
    found = graph_of(
        lambda: subscription(
            transformer={"paths": {"order": "$.detail.id"}, "template": '{"order": <order>}'},
            message_filter={"body": {"order": [{"exists": True}]}},
            batch_size=100,
            batch_window_seconds=30,
        )
    )
    assert found.named("orders-events-target").inputs["inputTransformer"] == {
        "inputPaths": {"order": "$.detail.id"},
        "inputTemplate": '{"order": <order>}',
    }
    mapping = found.named("orders-events-mapping").inputs
    assert (mapping["batchSize"], mapping["maximumBatchingWindowInSeconds"]) == (100, 30)
    assert json.loads(mapping["filterCriteria"]["filters"][0]["pattern"]) == {
        "body": {"order": [{"exists": True}]}
    }


def test_statements_of_other_components_end_up_in_the_function_policy() -> None:
    found = graph_of(
        lambda: function(
            statements=[
                table().read_statement,
                bucket().grant("s3:GetObject", prefix="in/"),
                bus().publish_statement,
                secret().read_statement,
                {
                    "actions": ["ses:SendEmail"],
                    "resources": ["arn:identity"],
                    "conditions": {"Bool": {"a": ["b"]}},
                },
            ]
        )
    )
    statements = json.loads(found.named("orders-policy").inputs["policy"])["Statement"][2:]
    assert [(s["Action"], s["Resource"]) for s in statements[1:]] == [
        (["s3:GetObject"], ["arn:aws:s3:::shop-documents/in/*"]),
        (["events:PutEvents"], ["arn:aws:events:eu-central-1:123456789012:event-bus/shop"]),
        (
            ["secretsmanager:GetSecretValue"],
            ["arn:aws:secretsmanager:eu-central-1:123456789012:secret:shop/key-AbCdEf"],
        ),
        (["ses:SendEmail"], ["arn:identity"]),
    ]
    assert statements[0]["Action"] == ["dynamodb:BatchGetItem", "dynamodb:GetItem", "dynamodb:Query"]
    assert statements[-1]["Condition"] == {"Bool": {"a": ["b"]}}


def test_an_api_has_cors_an_authoriser_and_a_domain_when_asked() -> None:
    found = graph_of(
        lambda: api(
            route(function=function().function, authorization=stack.Authorization.JWT, burst=5),
            token_issuer={"issuer": "https://id.example", "audiences": ["shop"]},
            cors={"allow_origins": ["https://a.example"], "allow_methods": ["POST"], "max_age_seconds": 60},
            domain_name="hooks.example.com",
            certificate_arn="arn:certificate",
            stage_name="live",
        )
    )
    assert found.named("api", "aws:apigatewayv2/api:Api").inputs["corsConfiguration"] == {
        "allowOrigins": ["https://a.example"],
        "allowMethods": ["POST"],
        "maxAge": 60,
    }
    routed = found.named("api-post-orders-route").inputs
    authorizer = found.named("api-tokens")
    assert (routed["authorizationType"], routed["authorizerId"]) == ("JWT", authorizer.id)
    assert authorizer.inputs["jwtConfiguration"] == {"issuer": "https://id.example", "audiences": ["shop"]}
    assert found.named("api-domain-mapping").inputs["apiId"] == "api-id"
    component = found.named("api", "kinexus:index:WebhookApi")
    assert component.registered_outputs is not None
    assert component.registered_outputs["url"] == "https://hooks.example.com"
    assert found.named("api-post-orders-permission").inputs["sourceArn"].endswith("/live/POST/orders")


def test_a_subscription_tunes_its_queue_mapping_and_alarms() -> None:
    found = graph_of(
        lambda: subscription(
            batch_size=5, maximum_concurrency=2, maximum_receives=7, alarm_topic_arns=["arn:topic"],
            alarm_age_seconds=60, key_arn="arn:key",
        )
    )  # fmt: skip
    mapping = found.named("orders-events-mapping").inputs
    assert (mapping["batchSize"], mapping["scalingConfig"]) == (5, {"maximumConcurrency": 2})
    queue = found.named("orders-events-queue").inputs
    assert queue["visibilityTimeoutSeconds"] == 6 * 30
    assert queue["kmsMasterKeyId"] == "arn:key"
    assert "sqsManagedSseEnabled" not in queue
    assert json.loads(queue["redrivePolicy"])["maxReceiveCount"] == 7
    alarms = [found.named(f"orders-events-{label}-alarm").inputs for label in ("age", "dead-letters")]
    assert [alarm["alarmActions"] for alarm in alarms] == [["arn:topic"], ["arn:topic"]]
    assert alarms[0]["threshold"] == 60


def test_patterns_of_every_kind_are_taken() -> None:
    pattern = {
        "source": ["shop", {"prefix": "shop."}],
        "detail": {"total": [{"numeric": [">", 5]}], "gift": [True, None], "$or": [{"a": [1]}, {"b": [{"exists": False}]}]},
    }  # fmt: skip
    found = graph_of(lambda: subscription(pattern=pattern))
    assert json.loads(found.named("orders-events-rule").inputs["eventPattern"]) == pattern


def test_a_table_has_indexes_stream_range_key_and_key_when_asked() -> None:
    found = graph_of(
        lambda: table(
            range_key="line", indexes=[{"name": "by-day", "hash_key": "day"}], stream=stack.StreamView.NEW_IMAGE,
            ttl_attribute="gone", key_arn="arn:key",
        )
    ).named("orders", "aws:dynamodb/table:Table")  # fmt: skip
    assert found.inputs["rangeKey"] == "line"
    assert found.inputs["streamViewType"] == "NEW_IMAGE"
    assert found.inputs["serverSideEncryption"] == {"enabled": True, "kmsKeyArn": "arn:key"}
    assert {attribute["name"] for attribute in found.inputs["attributes"]} == {"id", "line", "day"}
    assert found.protect


def test_bucket_bus_and_secret_take_keys_of_ones_own() -> None:
    def build() -> None:
        bucket(key_arn="arn:key", access_log_bucket="logs", force_destroy=True, deletion_protection=False)
        bus(key_arn="arn:key", policy="{}", archive_days=3)
        secret(key_arn="arn:key", recovery_days=7)

    found = graph_of(build)
    rule = found.named("documents-encryption").inputs["rules"][0]
    assert rule["applyServerSideEncryptionByDefault"] == {
        "sseAlgorithm": "aws:kms",
        "kmsMasterKeyId": "arn:key",
    }
    assert found.named("documents-access-log").inputs["targetBucket"] == "logs"
    assert found.named("documents", "aws:s3/bucket:Bucket").inputs["forceDestroy"] is True
    assert found.named("events-policy").inputs["policy"] == "{}"
    assert found.named("events-archive").inputs["retentionDays"] == 3
    assert found.named("key", "aws:secretsmanager/secret:Secret").inputs["recoveryWindowInDays"] == 7
    assert found.named("key-value").secrets == {"secretString"}


def test_watching_needs_neither_queues_nor_an_api() -> None:
    found = graph_of(lambda: watch(topic_key_arn="arn:key"))
    assert len(found.of_type("aws:cloudwatch/metricAlarm:MetricAlarm")) == 4
    assert found.named("watch-orders-failures").inputs["pattern"] == '{ $.level = "ERROR" }'
    assert found.named("watch-orders-duration-alarm").inputs["threshold"] == 8000
    assert found.named("watch-topic").inputs["kmsMasterKeyId"] == "arn:key"
    body = json.loads(found.named("watch-dashboard").inputs["dashboardBody"])
    assert body["widgets"][0]["properties"]["title"] == "Calls"


def test_a_secret_is_rotated_by_a_function_that_only_it_may_call() -> None:
    found = graph_of(lambda: secret(rotation_function=function().function, rotation_days=5))
    arn = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:shop/key-AbCdEf"
    permission = found.named("key-rotation-permission")
    assert permission.inputs["principal"] == "secretsmanager.amazonaws.com"
    assert (permission.inputs["function"], permission.inputs["sourceArn"]) == ("shop-orders", arn)
    rotation = found.named("key-rotation")
    assert rotation.inputs["rotationRules"] == {"automaticallyAfterDays": 5}
    assert permission.urn in rotation.dependencies


def test_the_rest_is_reached_through_transforms() -> None:
    def provisioned(args: pulumi.ResourceTransformArgs) -> pulumi.ResourceTransformResult | None:
        if args.type_ != "aws:dynamodb/table:Table":
            return None
        return pulumi.ResourceTransformResult(
            {**args.props, "tableClass": "STANDARD_INFREQUENT_ACCESS"}, args.opts
        )

    def build() -> None:
        stack.RecordTable(
            "orders",
            {"table_name": "orders", "hash_key": "id"},
            pulumi.ResourceOptions(transforms=[provisioned]),
        )

    found = graph_of(build).named("orders", "aws:dynamodb/table:Table")
    assert found.inputs["tableClass"] == "STANDARD_INFREQUENT_ACCESS"


def test_options_of_the_caller_stay_with_the_component() -> None:
    def build() -> None:
        alias = pulumi.Alias(name="old", parent=pulumi.ROOT_STACK_RESOURCE)
        stack.EventBus(
            "events", {"bus_name": "shop"}, pulumi.ResourceOptions(aliases=[alias], ignore_changes=["x"])
        )

    found = graph_of(build)
    component = found.named("events", "kinexus:index:EventBus")
    assert [alias.split()[0] for alias in component.aliases] == ["name=old"]
    assert component.ignore_changes == ("x",)
    for child in found.children(component):
        assert (child.aliases, child.ignore_changes) == ((), ()), child.name
