"""The component options that the pipeline does not use."""

import json
from typing import Any

import pulumi
import pytest

import stack
from stack.drawing import flow
from stack.testing import UNKNOWN, checks, run_program
from tests.stack.shop import (
    CODE,
    KEY,
    PATTERN,
    TOPIC,
    api,
    bucket,
    bus,
    function,
    graph_of,
    registered,
    route,
    secret,
    subscription,
    table,
    watch,
)


def test_an_unknown_value_is_accepted() -> None:
    assert graph_of(lambda: function(timeout_seconds=pulumi.Output.from_input(60))).named("orders-role")


def test_a_function_uses_its_arguments() -> None:
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
            permissions_boundary="arn:aws:iam::123456789012:policy/bound",
        )
    )
    inputs = found.named("orders", "aws:lambda/function:Function").inputs
    assert inputs["environment"] == {"variables": {"TABLE": "orders"}}
    assert (inputs["timeout"], inputs["memorySize"], inputs["layers"]) == (20, 512, ["arn:layer"])
    assert inputs["reservedConcurrentExecutions"] == 3
    assert inputs["tracingConfig"] == {"mode": "PassThrough"}
    assert inputs["loggingConfig"]["applicationLogLevel"] == "DEBUG"
    assert (
        found.named("orders-role").inputs["permissionsBoundary"] == "arn:aws:iam::123456789012:policy/bound"
    )
    logs = found.named("orders-logs").inputs
    assert (logs["retentionInDays"], logs["kmsKeyId"]) == (7, "arn:key")
    assert "xray" not in found.named("orders-policy").inputs["policy"]


def test_snap_start_invokes_through_the_alias_everywhere() -> None:
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
        stack.EventSubscription(
            "s",
            {
                "subscription_name": "s",
                "bus_name": "b",
                "pattern": PATTERN,
                "function": made.function,
                "alias": made.alias_name,
            },
        )

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


def test_provisioned_concurrency_uses_the_alias() -> None:
    """And the alarms count calls of the function and of its alias."""
    queue = "arn:aws:sqs:eu-central-1:123456789012:heard"
    found = graph_of(
        lambda: function(
            provisioned_concurrency=2,
            reserved_concurrency=10,
            url=True,
            runtime=stack.FunctionRuntime.PYTHON_3_12,
            architecture="x86_64",
            temporary_mb=2048,
            managed_policy_arns=["arn:aws:iam::aws:policy/CloudWatchLambdaInsightsExecutionRolePolicy"],
            asynchronous={"on_success_arn": queue},
        )
    )
    inputs = found.named("orders", "aws:lambda/function:Function").inputs
    assert (inputs["runtime"], inputs["architectures"]) == ("python3.12", ["x86_64"])
    assert (inputs["ephemeralStorage"], inputs["publish"]) == ({"size": 2048}, True)
    assert "snapStart" not in inputs
    warm = found.named("orders-warm").inputs
    assert (warm["qualifier"], warm["provisionedConcurrentExecutions"]) == ("live", 2)
    assert found.named("orders-managed-0").inputs["role"] == "shop-orders-role"
    door = found.named("orders-url").inputs
    assert (door["qualifier"], door["authorizationType"]) == ("live", "AWS_IAM")
    destinations = {"onSuccess": {"destination": queue}}
    direct, aliased = found.named("orders-calls").inputs, found.named("orders-live-calls").inputs
    assert ("qualifier" in direct, direct["destinationConfig"]) == (False, destinations)
    assert (aliased["qualifier"], aliased["destinationConfig"]) == ("live", destinations)


def test_a_function_takes_its_own_key_and_a_url() -> None:
    found = graph_of(
        lambda: function(
            environment_key_arn=KEY,
            url=True,
            url_cors={"allow_origins": ["https://a.example"], "allow_methods": ["*"]},
        )
    )
    assert found.named("orders", "aws:lambda/function:Function").inputs["kmsKeyArn"] == KEY
    *_, key = json.loads(found.named("orders-policy").inputs["policy"])["Statement"]
    assert key == {"Effect": "Allow", "Action": ["kms:Decrypt"], "Resource": [KEY]}
    door = found.named("orders-url").inputs
    assert door["cors"] == {"allowOrigins": ["https://a.example"], "allowMethods": ["*"]}
    assert door["authorizationType"] == "AWS_IAM"


def test_vpc_and_destination_add_their_permissions() -> None:
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


def test_a_subscription_transforms_and_filters_its_messages() -> None:
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
    assert found.named("orders-events-queue").inputs["visibilityTimeoutSeconds"] == 6 * 30 + 30
    assert json.loads(mapping["filterCriteria"]["filters"][0]["pattern"]) == {
        "body": {"order": [{"exists": True}]}
    }


def test_one_of_several_filters_has_to_match() -> None:
    patterns: list[Any] = [
        {"body": {"detail": {"total": [{"numeric": [">", 5]}]}}},
        {"body": {"gift": [True]}},
    ]
    mapping = graph_of(lambda: subscription(message_filters=patterns)).named("orders-events-mapping").inputs
    assert [json.loads(one["pattern"]) for one in mapping["filterCriteria"]["filters"]] == patterns


def test_a_queues_concurrency_is_at_most_its_functions() -> None:
    def concurrency(reserved: int | None) -> int:
        def build() -> None:
            share: Any = {} if reserved is None else {"reserved_concurrency": reserved}
            subscription(function=function(**share).function)

        return int(
            graph_of(build).named("orders-events-mapping").inputs["scalingConfig"]["maximumConcurrency"]
        )

    assert [concurrency(reserved) for reserved in (None, 0, 2, 3, 50)] == [5, 5, 2, 3, 5]


def test_a_function_that_runs_once_at_a_time_needs_many_receives() -> None:
    """A queue calls at least two at a time, and a throttled message uses up a receive."""

    def mapping(**more: Any) -> Any:
        found = graph_of(lambda: subscription(function=function(reserved_concurrency=1), **more))
        return found.named("orders-events-mapping").inputs["scalingConfig"]

    assert mapping(maximum_receives=10) == {"maximumConcurrency": 2}
    with pytest.raises(stack.InvalidArgument, match=r"`maximum_receives` is 3, but .* use up their receives"):
        mapping()
    with pytest.raises(stack.InvalidArgument, match=r"`maximum_concurrency` is 5, but .* concurrency of 1"):
        mapping(maximum_receives=10, maximum_concurrency=5)


def test_messages_may_wait_until_their_last_receive() -> None:
    """Receives are six timeouts apart; the alarm on age is not raised before the last one."""

    def threshold(timeout: int, **more: Any) -> float:
        found = graph_of(lambda: subscription(function=function(timeout_seconds=timeout), **more))
        return float(found.named("orders-events-age-alarm").inputs["threshold"])

    assert threshold(30) == 900
    assert threshold(900) == 2 * 6 * 900
    assert (
        threshold(900, maximum_receives=5, delay_seconds=60, batch_size=2, batch_window_seconds=10)
        == 60 + 4 * 5410
    )
    assert threshold(900, alarm_age_seconds=300) == 300
    with pytest.raises(
        stack.InvalidArgument, match=r"would be deleted before it reaches the dead-letter queue"
    ):
        threshold(900, message_retention_seconds=10800)


def test_callers_of_a_url_get_both_permissions_for_the_url_only() -> None:
    def statements(**more: Any) -> list[dict[str, Any]]:
        def build() -> None:
            called = function(url=True, **more)
            stack.PythonFunction("caller", {**CODE, "statements": [*called.grant_url()]})

        policy = json.loads(graph_of(build).named("caller-policy").inputs["policy"])
        found: list[dict[str, Any]] = policy["Statement"][-2:]
        return found

    arn = "arn:aws:lambda:eu-central-1:123456789012:function:shop-orders"
    url, invoke = statements()
    assert (url["Action"], url["Resource"]) == (["lambda:InvokeFunctionUrl"], [arn])
    assert url["Condition"] == {"StringEquals": {"lambda:FunctionUrlAuthType": ["AWS_IAM"]}}
    assert (invoke["Action"], invoke["Resource"]) == (["lambda:InvokeFunction"], [arn])
    assert invoke["Condition"] == {"Bool": {"lambda:InvokedViaFunctionUrl": ["true"]}}
    assert [one["Resource"] for one in statements(snap_start=True)] == [[f"{arn}:live"]] * 2


def test_an_alarm_names_a_bus_known_only_later() -> None:
    """Unless it is the default bus."""

    def dimensions(bus_name: str) -> Any:
        found = graph_of(lambda: subscription(bus_name=pulumi.Output.from_input(bus_name)))
        return found.named("orders-events-lost-alarm").inputs["dimensions"]

    rule = {"RuleName": "shop-orders"}
    assert dimensions("default") == rule
    assert dimensions("arn:aws:events:eu-central-1:123456789012:event-bus/default") == rule
    assert dimensions("shop") == {**rule, "EventBusName": "shop"}
    assert dimensions("arn:aws:events:eu-central-1:1:event-bus/shop") == {**rule, "EventBusName": "shop"}


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


def test_an_api_takes_cors_an_authoriser_and_a_domain() -> None:
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


def test_only_the_api_may_call_its_authoriser_function() -> None:
    def build() -> None:
        made = function()
        api(
            route(function=made.function, authorization=stack.Authorization.FUNCTION, burst=3),
            authorizer_function={"function": made.function, "headers": ["X-Key"], "remember_seconds": 60},
            rate_per_second=7,
            burst=9,
        )

    found = graph_of(build)
    authorizer = found.named("api-authorizer")
    assert authorizer.inputs["identitySources"] == ["$request.header.X-Key"]
    assert (authorizer.inputs["authorizerType"], authorizer.inputs["enableSimpleResponses"]) == (
        "REQUEST",
        True,
    )
    routed = found.named("api-post-orders-route").inputs
    assert (routed["authorizationType"], routed["authorizerId"]) == ("CUSTOM", authorizer.id)
    arn = found.named("api-authorizer-permission").inputs["sourceArn"]
    assert arn.endswith(f":api-id/authorizers/{authorizer.id}")
    stage = found.named("api-stage").inputs
    assert stage["defaultRouteSettings"] == {"throttlingRateLimit": 7, "throttlingBurstLimit": 9}
    assert stage["routeSettings"] == [
        {"routeKey": "POST /orders", "throttlingRateLimit": 7, "throttlingBurstLimit": 3}
    ]


def test_an_api_takes_any_method_root_and_default_routes() -> None:
    def build() -> None:
        called = function().function
        api(
            {"method": "ANY", "path": "/orders/{rest+}", "function": called},
            {"method": "GET", "path": "/", "function": called},
            {"method": "ANY", "path": "$default", "function": called},
            stage_name="$default",
        )

    found = graph_of(build)
    execution = "arn:aws:execute-api:eu-central-1:123456789012:api-id/$default"
    for slug, key, resource in (
        ("any-orders-rest", "ANY /orders/{rest+}", "*/orders/*"),
        ("get", "GET /", "GET/"),
        ("default", "$default", "$default"),
    ):
        assert found.named(f"api-{slug}-route").inputs["routeKey"] == key
        assert found.named(f"api-{slug}-permission").inputs["sourceArn"] == f"{execution}/{resource}"
    stage = found.named("api-stage").inputs
    assert stage["name"] == "$default"
    assert [one["routeKey"] for one in stage["routeSettings"]] == ["ANY /orders/{rest+}", "GET /", "$default"]
    outputs = found.named("api", "kinexus:index:WebhookApi").registered_outputs
    assert outputs is not None
    assert outputs["url"] == "https://api-id.execute-api.eu-central-1.amazonaws.com"
    drawn = {arrow.label for arrow in flow(found).arrows}
    assert drawn == {"ANY /orders/*", "GET /", "$default"}


def test_similar_route_paths_get_different_names() -> None:
    def build() -> None:
        called = function().function
        api(
            {"method": "GET", "path": "/a/b", "function": called},
            {"method": "GET", "path": "/a-b", "function": called, "name": "get-a-dash-b"},
        )

    found = graph_of(build)
    assert found.named("api-get-a-b-route").inputs["routeKey"] == "GET /a/b"
    assert found.named("api-get-a-dash-b-route").inputs["routeKey"] == "GET /a-b"


def test_an_authoriser_takes_another_header_and_an_alias() -> None:
    def build() -> None:
        judge = function(snap_start=True)
        asked = {"function": judge.function, "alias": judge.alias_name}
        api(
            {"method": "GET", "path": "/a", "authorization": "JWT", **asked},
            {"method": "GET", "path": "/b", "authorization": "CUSTOM", **asked},
            token_issuer={"issuer": "https://id.example", "audiences": ["shop"], "header": "X-Token"},
            authorizer_function=asked,
        )

    found = graph_of(build)
    assert found.named("api-tokens").inputs["identitySources"] == ["$request.header.X-Token"]
    assert found.named("api-authorizer").inputs["authorizerUri"].endswith(":shop-orders:live/invocations")
    assert found.named("api-authorizer-permission").inputs["qualifier"] == "live"


def test_with_a_zone_an_api_creates_certificate_and_record() -> None:
    found = graph_of(
        lambda: api(
            domain_name="hooks.example.com", zone_id="Z1", domain_path="orders", only_own_domain=True,
            cors={
                "allow_origins": ["https://a.example"], "allow_methods": ["GET"], "allow_credentials": True,
                "expose_headers": ["ETag"],
            },
        )
    )  # fmt: skip
    proof, record = found.named("api-certificate-proof"), found.named("api-domain-record")
    assert (proof.inputs["zoneId"], record.inputs["zoneId"], record.inputs["type"]) == ("Z1", "Z1", "A")
    assert found.named("api-certificate").inputs["validationMethod"] == "DNS"
    assert (proof.inputs["name"], proof.inputs["type"]) == ("_proof.hooks.example.com", "CNAME")
    target = "d-api-domain.execute-api.eu-central-1.amazonaws.com"
    assert record.inputs["aliases"] == [{"name": target, "zoneId": "Z0", "evaluateTargetHealth": False}]
    assert found.named("api-certificate-proven").urn in found.named("api-domain").dependencies
    assert found.named("api-domain-mapping").inputs["apiMappingKey"] == "orders"
    made = found.named("api", "aws:apigatewayv2/api:Api").inputs
    assert made["disableExecuteApiEndpoint"] is True
    assert made["corsConfiguration"]["allowCredentials"] is True
    component = found.named("api", "kinexus:index:WebhookApi")
    assert component.registered_outputs is not None
    assert component.registered_outputs["url"] == "https://hooks.example.com/orders"


def test_a_domain_with_a_zone_is_previewed_completely() -> None:
    found = run_program(lambda: api(domain_name="hooks.example.com", zone_id="Z1"), preview=True)
    assert found.named("api-certificate-proof").inputs["records"] == [UNKNOWN]
    assert found.named("api-domain-record").inputs["zoneId"] == "Z1"


def test_a_subscription_tunes_delivery_and_grants_decryption() -> None:
    found = graph_of(
        lambda: subscription(
            delivery_retries=3, delivery_age_seconds=600, delay_seconds=30, message_retention_seconds=86400,
            key_arn=KEY, bus_name="default", alarm_topic_arns=[TOPIC],
        )
    )  # fmt: skip
    assert found.named("orders-events-target").inputs["retryPolicy"] == {
        "maximumEventAgeInSeconds": 600,
        "maximumRetryAttempts": 3,
    }
    queue = found.named("orders-events-queue").inputs
    assert (queue["delaySeconds"], queue["messageRetentionSeconds"]) == (30, 86400)
    assert found.named("orders-events-dead-letters").inputs["messageRetentionSeconds"] == 14 * 86400
    _, decrypt = json.loads(found.named("orders-events-receive").inputs["policy"])["Statement"]
    assert decrypt == {"Effect": "Allow", "Action": ["kms:Decrypt"], "Resource": [KEY]}
    lost = found.named("orders-events-lost-alarm").inputs
    assert (lost["metricName"], lost["dimensions"]) == (
        "InvocationsFailedToBeSentToDlq",
        {"RuleName": "shop-orders"},
    )
    assert lost["alarmActions"] == [TOPIC]


def test_a_function_may_send_to_its_queue_only_on_request() -> None:
    found = graph_of(lambda: subscription(may_send_back=True, key_arn=KEY))
    messages, key = json.loads(found.named("orders-events-receive").inputs["policy"])["Statement"]
    receive = ["sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"]
    assert messages["Action"] == sorted(
        [*receive, "sqs:ChangeMessageVisibility", "sqs:GetQueueUrl", "sqs:SendMessage"]
    )
    assert messages["Resource"] == [found.named("orders-events-queue").outputs["arn"]]
    assert key == {"Effect": "Allow", "Action": ["kms:Decrypt", "kms:GenerateDataKey"], "Resource": [KEY]}
    alone = json.loads(graph_of(subscription).named("orders-events-receive").inputs["policy"])["Statement"]
    assert [statement["Action"] for statement in alone] == [receive]


def test_a_subscription_tunes_its_queue_mapping_and_alarms() -> None:
    found = graph_of(
        lambda: subscription(
            batch_size=5, maximum_concurrency=2, maximum_receives=7, alarm_topic_arns=[TOPIC],
            alarm_age_seconds=60, key_arn=KEY,
        )
    )  # fmt: skip
    mapping = found.named("orders-events-mapping").inputs
    assert (mapping["batchSize"], mapping["scalingConfig"]) == (5, {"maximumConcurrency": 2})
    queue = found.named("orders-events-queue").inputs
    assert queue["visibilityTimeoutSeconds"] == 6 * 30
    assert queue["kmsMasterKeyId"] == KEY
    assert "sqsManagedSseEnabled" not in queue
    assert json.loads(queue["redrivePolicy"])["maxReceiveCount"] == 7
    alarms = [found.named(f"orders-events-{label}-alarm").inputs for label in ("age", "dead-letters")]
    assert [alarm["alarmActions"] for alarm in alarms] == [[TOPIC], [TOPIC]]
    assert alarms[0]["threshold"] == 60


def test_every_kind_of_pattern_is_accepted() -> None:
    pattern = {
        "source": ["shop", {"prefix": "shop."}],
        "detail": {"total": [{"numeric": [">", 5]}], "gift": [True, None], "$or": [{"a": [1]}, {"b": [{"exists": False}]}]},
    }  # fmt: skip
    found = graph_of(lambda: subscription(pattern=pattern))
    assert json.loads(found.named("orders-events-rule").inputs["eventPattern"]) == pattern


def test_a_table_takes_indexes_stream_range_key_and_kms_key() -> None:
    found = graph_of(
        lambda: table(
            range_key="line", indexes=[{"name": "by-day", "hash_key": "day"}], stream=stack.StreamView.NEW_IMAGE,
            ttl_attribute="gone", key_arn=KEY,
        )
    ).named("orders", "aws:dynamodb/table:Table")  # fmt: skip
    assert found.inputs["rangeKey"] == "line"
    assert found.inputs["streamViewType"] == "NEW_IMAGE"
    assert found.inputs["serverSideEncryption"] == {"enabled": True, "kmsKeyArn": KEY}
    assert {attribute["name"] for attribute in found.inputs["attributes"]} == {"id", "line", "day"}
    assert found.protect


def test_a_table_takes_number_keys_projections_and_throughput_limits() -> None:
    by_day = {"name": "by-day", "hash_key": "day", "hash_key_kind": "N", "projection": "KEYS_ONLY"}
    by_customer = {"name": "by-customer", "hash_key": "customer", "projection": stack.Projection.INCLUDE}
    found = graph_of(
        lambda: table(
            range_key="line", range_key_kind=stack.KeyKind.NUMBER, hash_key_kind="B",
            indexes=[by_day, {**by_customer, "included": ["total"]}],
            maximum_reads_per_second=100,
        )
    ).named("orders", "aws:dynamodb/table:Table")  # fmt: skip
    assert {one["name"]: one["type"] for one in found.inputs["attributes"]} == {
        "id": "B", "line": "N", "day": "N", "customer": "S",
    }  # fmt: skip
    days, customers = found.inputs["globalSecondaryIndexes"]
    assert (days["projectionType"], "nonKeyAttributes" in days) == ("KEYS_ONLY", False)
    assert (customers["projectionType"], customers["nonKeyAttributes"]) == ("INCLUDE", ["total"])
    assert found.inputs["onDemandThroughput"] == {"maxReadRequestUnits": 100}


def test_a_bucket_takes_lifecycle_cors_events_and_a_policy() -> None:
    partner = {"Effect": "Allow", "Principal": {"AWS": "1"}, "Action": "s3:GetObject", "Resource": "arn:x"}
    found = graph_of(
        lambda: bucket(
            expiry=[
                {
                    "prefix": "exports/",
                    "cold_after_days": 30,
                    "archive_after_days": 90,
                    "delete_after_days": 400,
                }
            ],
            cors={"allow_origins": ["https://a.example"], "allow_methods": ["GET"], "max_age_seconds": 60},
            event_notifications=True,
            policy_statements=[partner],
        )
    )
    versions, exports = found.named("documents-lifecycle").inputs["rules"]
    assert (versions["id"], exports["id"]) == ("old-versions", "expiry-exports")
    assert versions["noncurrentVersionExpiration"] == {"noncurrentDays": 90}
    assert versions["expiration"] == {"expiredObjectDeleteMarker": True}
    assert (exports["filter"], exports["expiration"]) == ({"prefix": "exports/"}, {"days": 400})
    assert [(one["days"], one["storageClass"]) for one in exports["transitions"]] == [
        (30, "STANDARD_IA"),
        (90, "GLACIER_IR"),
    ]
    assert found.named("documents-cors").inputs["corsRules"] == [
        {"allowedOrigins": ["https://a.example"], "allowedMethods": ["GET"], "maxAgeSeconds": 60}
    ]
    assert found.named("documents-events").inputs["eventbridge"] is True
    tls, own = json.loads(found.named("documents-tls").inputs["policy"])["Statement"]
    assert (tls["Sid"], own) == ("RefuseWithoutTls", partner)


def test_similar_prefixes_get_different_rule_names() -> None:
    prefixes = ("a", "a/", "a-2", "", "all", "b" * 300, "b" * 301)
    expiry: list[Any] = [{"prefix": prefix, "delete_after_days": 1} for prefix in prefixes]
    _, *rules = graph_of(lambda: bucket(expiry=expiry)).named("documents-lifecycle").inputs["rules"]
    names = [rule["id"] for rule in rules]
    assert names[:5] == ["expiry-a", "expiry-a-2", "expiry-a-2-2", "expiry-all", "expiry-all-2"]
    assert len(set(names)) == len(prefixes)
    assert max(map(len, names)) <= 255


def test_bucket_bus_and_secret_take_own_keys() -> None:
    def build() -> None:
        bucket(key_arn=KEY, access_log_bucket="logs", force_destroy=True, deletion_protection=False)
        bus(key_arn=KEY, policy='{"Statement": []}', archive_days=3)
        secret(key_arn=KEY, recovery_days=7)

    found = graph_of(build)
    rule = found.named("documents-encryption").inputs["rules"][0]
    assert rule["applyServerSideEncryptionByDefault"] == {
        "sseAlgorithm": "aws:kms",
        "kmsMasterKeyId": KEY,
    }
    assert found.named("documents-access-log").inputs["targetBucket"] == "logs"
    assert found.named("documents", "aws:s3/bucket:Bucket").inputs["forceDestroy"] is True
    assert found.named("events-policy").inputs["policy"] == '{"Statement": []}'
    assert found.named("events-archive").inputs["retentionDays"] == 3
    assert found.named("key", "aws:secretsmanager/secret:Secret").inputs["recoveryWindowInDays"] == 7
    assert found.named("key-value").secrets == {"secretString"}


def test_observability_needs_neither_queues_nor_an_api() -> None:
    found = graph_of(lambda: watch(topic_key_arn=KEY))
    assert len(found.of_type("aws:cloudwatch/metricAlarm:MetricAlarm")) == 4
    assert found.named("watch-orders-failures").inputs["pattern"] == '{ $.level = "ERROR" }'
    assert found.named("watch-orders-duration-alarm").inputs["threshold"] == 8000
    assert found.named("watch-topic").inputs["kmsMasterKeyId"] == KEY
    body = json.loads(found.named("watch-dashboard").inputs["dashboardBody"])
    assert body["widgets"][0]["properties"]["title"] == "Calls"


def test_a_log_line_raises_its_own_alarm() -> None:
    line = {"label": "refunds", "pattern": '{ $.message = "refund.stuck" }', "words": "a refund is stuck."}
    shop = {"label": "shop", "function_name": "shop", "log_group_name": "/shop", "timeout_seconds": 10}
    found = graph_of(lambda: watch(functions=[{**shop, "watched_lines": [line]}]))
    counted = found.named("watch-shop-refunds").inputs
    assert (counted["pattern"], counted["logGroupName"]) == (line["pattern"], "/shop")
    alarm = found.named("watch-shop-refunds-alarm").inputs
    assert (alarm["name"], alarm["threshold"]) == ("shop-shop-refunds", 1)
    assert alarm["metricName"] == counted["metricTransformation"]["name"]
    assert alarm["alarmDescription"] == "shop: a refund is stuck."


def test_a_field_of_a_log_line_is_charted_without_an_alarm() -> None:
    line = {
        "label": "price",
        "title": "Price",
        "pattern": "{ $.price >= 0 }",
        "field": "price",
        "statistic": "p50",
    }
    shop = {"label": "shop", "function_name": "shop", "log_group_name": "/shop", "timeout_seconds": 10}
    found = graph_of(lambda: watch(functions=[{**shop, "charted_lines": [line]}]))
    read = found.named("watch-shop-price").inputs
    assert (read["pattern"], read["logGroupName"]) == (line["pattern"], "/shop")
    [metric] = [read["metricTransformation"]]
    assert (metric["value"], "defaultValue" in metric) == ("$.price", False)
    chart = json.loads(found.named("watch-dashboard").inputs["dashboardBody"])["widgets"][-1]["properties"]
    [shown] = chart["metrics"]
    assert (chart["title"], shown[:2]) == ("Price", ["shop", metric["name"]])
    assert (shown[2]["stat"], shown[2]["period"]) == ("p50", 86_400)
    assert len(found.of_type("aws:cloudwatch/metricAlarm:MetricAlarm")) == 4


def test_observability_takes_an_own_topic_and_own_queues() -> None:
    queue = {"label": "mail", "queue_name": "mail", "dead_letter_queue_name": "mail-dead"}
    found = graph_of(lambda: watch(alarm_topic_arn=TOPIC, queues=[{**queue, "alarm_age_seconds": 60}]))
    assert found.of_type("aws:sns/topic:Topic") == ()
    alarms = {a.inputs["name"]: a.inputs for a in found.of_type("aws:cloudwatch/metricAlarm:MetricAlarm")}
    assert {tuple(a["alarmActions"]) for a in alarms.values()} == {(TOPIC,)}
    assert alarms["shop/mail-age"]["threshold"] == 60
    assert alarms["shop/mail-dead-letters"]["dimensions"] == {"QueueName": "mail-dead"}


def test_only_its_secret_may_call_the_rotation_function() -> None:
    found = graph_of(lambda: secret(rotation_function=function().function, rotation_days=5))
    arn = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:shop/key-AbCdEf"
    permission = found.named("key-rotation-permission")
    assert permission.inputs["principal"] == "secretsmanager.amazonaws.com"
    assert (permission.inputs["function"], permission.inputs["sourceArn"]) == ("shop-orders", arn)
    rotation = found.named("key-rotation")
    assert rotation.inputs["rotationRules"] == {"automaticallyAfterDays": 5}
    assert permission.urn in rotation.dependencies
    rights = found.named("key-rotation-rights")
    assert (rights.inputs["name"], rights.inputs["role"]) == ("shop-key-rotation", "shop-orders-role")
    (allowed,) = json.loads(rights.inputs["policy"])["Statement"]
    assert "secretsmanager:PutSecretValue" in allowed["Action"]
    assert allowed["Resource"] == [arn]
    assert rights.urn in rotation.dependencies


def test_rotation_works_with_an_own_key_and_an_alias() -> None:
    def build() -> None:
        made = function(snap_start=True)
        secret(key_arn=KEY, rotation_function=made.function, rotation_alias=made.alias_name)

    found = graph_of(build)
    arn = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:shop/key-AbCdEf"
    _, use, describe = json.loads(found.named("key-rotation-rights").inputs["policy"])["Statement"]
    assert use == {
        "Effect": "Allow",
        "Action": ["kms:Decrypt", "kms:GenerateDataKey"],
        "Resource": [KEY],
        "Condition": {"StringEquals": {"kms:EncryptionContext:SecretARN": [arn]}},
    }
    assert describe == {"Effect": "Allow", "Action": ["kms:DescribeKey"], "Resource": [KEY]}
    assert found.named("key-rotation").inputs["rotationLambdaArn"].endswith(":function:shop-orders:live")
    assert found.named("key-rotation-permission").inputs["qualifier"] == "live"


def test_a_long_secret_name_is_cut_and_stays_unique() -> None:
    def policy_name(secret_name: str) -> str:
        found = graph_of(lambda: secret(secret_name=secret_name, rotation_function=function().function))
        return str(found.named("key-rotation-rights").inputs["name"])

    fits, long, other = policy_name("s" * 119), policy_name("s" * 200), policy_name("s" * 199 + "t")
    assert fits == "s" * 119 + "-rotation"
    assert (len(long), len(other)) == (128, 128)
    assert long != other


def test_transforms_reach_everything_else() -> None:
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


def test_the_callers_options_stay_with_the_component() -> None:
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


def test_the_alarms_of_two_components_never_share_a_name() -> None:
    """A watched queue "orders" of the system "shop" beside the subscription "shop-orders"."""
    watched = {
        "label": "orders",
        "queue_name": "own",
        "dead_letter_queue_name": "own-dead",
        "alarm_age_seconds": 60,
    }

    def build() -> None:
        watch(queues=[watched])
        subscription()

    assert checks.same_name_twice(graph_of(build)) == []


def test_the_dashboard_has_no_empty_charts() -> None:
    queue = {"label": "orders", "queue_name": "own", "dead_letter_queue_name": "own-dead"}
    given: list[dict[str, Any]] = [{"functions": [], "queues": [queue]}, {"functions": []}]
    for more in given:
        body = json.loads(graph_of(lambda: watch(**more)).named("watch-dashboard").inputs["dashboardBody"])  # noqa: B023
        assert all(widget["properties"]["metrics"] for widget in body["widgets"])


def test_observability_takes_components() -> None:
    def build() -> None:
        made = function(timeout_seconds=20)
        called = subscription(function=made)
        stack.Observability("watch", functions=[made], queues=[called], api_id=api(route(function=made)))

    found = graph_of(build)
    near = found.named("watch-orders-duration-alarm").inputs
    assert (near["dimensions"], near["threshold"]) == ({"FunctionName": "shop-orders"}, 16000)
    assert found.named("watch-orders-failures").inputs["logGroupName"] == "/aws/lambda/shop-orders"
    assert found.named("watch-api-5xx-alarm").inputs["dimensions"] == {"ApiId": "api-id", "Stage": "prod"}
    lines = [
        line[3]
        for widget in json.loads(found.named("watch-dashboard").inputs["dashboardBody"])["widgets"]
        for line in widget["properties"]["metrics"]
        if line[0] == "AWS/SQS"
    ]
    assert lines == ["shop-orders", "shop-orders", "shop-orders-dead-letters"]


def test_components_stand_for_what_other_components_want() -> None:
    """And a function with an alias is called through it."""

    def build(*, stand: bool) -> None:
        live = stack.PythonFunction("live", {**CODE, "snap_start": True})
        topics: Any = [watch()] if stand else [watch().topic_arn]
        given: Any = {"function": live} if stand else {"function": live.function, "alias": live.alias_name}
        log = bucket()
        stack.DocumentBucket("more", access_log_bucket=log if stand else log.bucket_name)
        events = bus()
        subscription(bus_name=events if stand else events.bus_name, alarm_topic_arns=topics, **given)
        stack.FunctionSchedule("clock", expression="rate(1 day)", alarm_topic_arns=topics, **given)
        api(
            route(authorization="CUSTOM", **given),
            authorizer_function={"headers": ["x-key"], **given},
        )
        turn: Any = (
            {"rotation_function": live}
            if stand
            else {"rotation_function": live.function, "rotation_alias": live.alias_name}
        )
        secret(**turn)

    assert registered(lambda: build(stand=True)) == registered(lambda: build(stand=False))


def test_components_are_destinations_of_asynchronous_calls() -> None:
    def build() -> None:
        heard = subscription()
        calls: stack.AsynchronousCalls = {"on_failure_arn": heard, "on_success_arn": bus()}
        stack.PythonFunction("calls", {**CODE, "asynchronous": calls})

    here = "eu-central-1:123456789012"
    assert graph_of(build).named("calls-calls").inputs["destinationConfig"] == {
        "onFailure": {"destination": f"arn:aws:sqs:{here}:shop-orders"},
        "onSuccess": {"destination": f"arn:aws:events:{here}:event-bus/shop"},
    }
