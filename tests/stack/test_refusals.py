"""Arguments that are refused before anything is registered: with the component, the field, the rule and the remedy."""

from collections.abc import Callable
from typing import Any

import pulumi
import pytest

import stack
from tests.stack.shop import (
    KEY,
    SAMPLE,
    TOPIC,
    WATCHED,
    api,
    bucket,
    bus,
    function,
    graph_of,
    route,
    secret,
    subscription,
    table,
    watch,
)

LINE = {"label": "stuck", "pattern": "x", "words": "y"}
LATER = pulumi.Output.from_input("unused")

REFUSED: list[tuple[Callable[[], Any], str]] = [
    (lambda: function(timeout_seconds=901), r"PythonFunction: `timeout_seconds` is 901. Choose 1 to 900"),
    (lambda: function(memory_mb=64), r"PythonFunction: `memory_mb` is 64. Choose 128 to 10240"),
    (lambda: function(function_name="x" * 60), r"PythonFunction: `function_name` is 'x+' \(60 characters\)"),
    (lambda: function(include=[]), r"PythonFunction: `include` is empty"),
    (lambda: function(timeout=3), r"PythonFunction: `timeout` is unknown. Did you mean `timeout_seconds`"),
    (
        lambda: stack.PythonFunction("x", {}),  # type: ignore[call-overload]  # what is refused here
        r"PythonFunction: `handler` is missing. Required: handler, include, source_root",
    ),
    (lambda: api(route(method="FETCH")), r"WebhookApi: `routes` has the method 'FETCH'. Use one of GET"),
    (lambda: api(route(path="orders")), r"WebhookApi: `routes` has the path 'orders'. Begin with `/`"),
    (lambda: api(route(), route(path="/orders/")), r"WebhookApi: `routes` has the path '/orders/'"),
    (
        lambda: api(route(path="/a/b"), route(path="/a-b")),
        r"WebhookApi: `routes` has both 'POST /a/b' and 'POST /a-b', which would get the same logical name 'post-a-b' "
        r"in Pulumi. Give one of them a `name`",
    ),
    (lambda: api(route(), route(name="again")), r"WebhookApi: `routes` has 'POST /orders' twice. Keep one"),
    (
        lambda: api(route(name="my route")),
        r"WebhookApi: `routes` has the name 'my route'. Use 1 to 60 letters, digits",
    ),
    (
        lambda: api(route(path="/a/{rest+}/b")),
        r"`routes` has the path '/a/\{rest\+\}/b', where a parameter with `\+` is not at the end. Put that parameter",
    ),
    (
        lambda: api(route(path="$default")),
        r"`routes` has the path '\$default' with method POST. Set the method to `ANY`",
    ),
    (
        lambda: api(route(function=function(snap_start=True).function)),
        r"WebhookApi: `routes: POST /orders: alias` is missing, but the function has published versions",
    ),
    (
        lambda: api(
            route(function=function().function, authorization="CUSTOM"),
            authorizer_function={
                "function": stack.PythonFunction(
                    "judge",
                    {
                        "function_name": "judge",
                        "handler": "orders.handle",
                        "source_root": str(SAMPLE),
                        "include": ["orders.py"],
                        "provisioned_concurrency": 1,
                    },
                ).function
            },
        ),
        r"WebhookApi: `authorizer_function.alias` is missing",
    ),
    (lambda: api(route(burst=0)), r"WebhookApi: `routes: POST /orders: burst` is 0"),
    (
        lambda: api(route(), domain_name="x.example"),
        r"WebhookApi: `domain_name` needs a certificate. Give `certificate_arn`, or `zone_id`",
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
        r"EventSubscription: `transformer.template` uses <b>, which is undefined. Define it in `paths`",
    ),
    (
        lambda: function(asynchronous={"maximum_retries": 3}),
        r"PythonFunction: `asynchronous.maximum_retries` is 3",
    ),
    (lambda: function(vpc={"subnet_ids": ["a"]}), r"PythonFunction.vpc: `security_group_ids` is missing"),
    (
        lambda: subscription(batch_size=11),
        r"EventSubscription: `batch_size` is 11 without a window. Choose 1 to 10",
    ),
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
    # Values of another type.
    (lambda: function(timeout_seconds="30"), r"`timeout_seconds` is of type str. Give a whole number"),
    (lambda: function(timeout_seconds=1.5), r"`timeout_seconds` is 1.5. Give a whole number"),
    (lambda: function(snap_start="yes"), r"`snap_start` is of type str. Give true or false"),
    (lambda: function(include="orders"), r"`include` is of type str. Give a list, each entry text"),
    (lambda: function(environment={"PORT": 80}), r"`environment` is of type dict. Give an object"),
    (
        lambda: function(runtime="nodejs22.x"),
        r"`runtime` is of type str. Give one of PYTHON_3_11, PYTHON_3_12",
    ),
    (lambda: function(vpc=["subnet"]), r"`vpc` is of type list. Give an object"),
    (lambda: table(stream="new"), r"`stream` is of type str. Give one of KEYS_ONLY, NEW_IMAGE"),
    (
        lambda: watch(
            functions=[{**WATCHED, "watched_lines": [{"label": "age", "pattern": "x", "words": "y"}]}]
        ),
        r"`functions: orders: watched_lines` have the label 'age': an EventSubscription may have",
    ),
    (
        lambda: watch(
            functions=[
                WATCHED,
                {**WATCHED, "label": "orders-errors"},
                {
                    **WATCHED,
                    "label": "orders",
                    "watched_lines": [{"label": "errors-errors", "pattern": "x", "words": "y"}],
                },
            ][1:]
        ),
        r"`functions` give two alarms the name 'orders-errors-errors'",
    ),
    (lambda: api(route(function=table())), r"`function` is of type RecordTable. Give a Function"),
    (
        lambda: function(environment={"TABLE": table()}),
        r"`environment` is of type dict. It holds a RecordTable: give one of its outputs",
    ),
    (
        lambda: subscription(alarm_topic_arns=watch()),
        r"`alarm_topic_arns` is of type Observability. Give a list",
    ),
    (lambda: function().grant_url(), r"`grant_url` needs `url`. Set the argument"),
    (lambda: subscription(bus_name=table()), r"`bus_name` is of type RecordTable. Give text"),
    (lambda: subscription(function="shop-orders"), r"`function` is of type str. Give a Function"),
    (lambda: stack.EventBus("events", "shop"), r"EventBus: `args` is of type str. Give an object"),  # type: ignore[call-overload]
    (
        lambda: function(statements=[{"Action": "s3:*", "Resource": "*"}]),
        r"`statements` have the unknown key 'Action'. Write it as {\"actions\": \[\"s3:GetObject\"\]",
    ),
    (
        lambda: function(statements=[{"actions": "s3:GetObject", "resources": ["x"]}]),
        r"`statements` have no list of `actions`. Give each statement a list",
    ),
    # A function.
    (
        lambda: function(handler="handle"),
        r"`handler` is 'handle', which is not a handler. Write module and function",
    ),
    (
        lambda: function(layers=[f"arn:{n}" for n in range(6)]),
        r"`layers` has 6 entries. Lambda accepts at most 5",
    ),
    (
        lambda: stack.PythonLayer("x", {"requirements": "requirements.lock", "exclude": [""]}),
        r"PythonLayer: `exclude` has an empty entry. Write a name",
    ),
    (lambda: function(temporary_mb=100), r"`temporary_mb` is 100. Choose 512 to 10240"),
    (lambda: function(environment={"AWS_REGION": "x"}), r"`environment` sets AWS_REGION, which Lambda sets"),
    (
        lambda: function(environment={"my-key": "x"}),
        r"`environment` has the variable name 'my-key'. Use at least two",
    ),
    (
        lambda: function(snap_start=True, provisioned_concurrency=2),
        r"`snap_start` and `provisioned_concurrency` exclude each other",
    ),
    (lambda: function(snap_start=True, temporary_mb=1024), r"`snap_start` allows at most 512 MB in /tmp"),
    (
        lambda: function(snap_start=True, runtime="python3.11"),
        r"`snap_start` needs Python 3.12 or later. Choose a later `runtime`",
    ),
    (
        lambda: function(provisioned_concurrency=5, reserved_concurrency=2),
        r"`provisioned_concurrency` is 5, above `reserved_concurrency` \(2\)",
    ),
    (lambda: function(provisioned_concurrency=0), r"`provisioned_concurrency` is 0. Leave it out for none"),
    (
        lambda: function(log_level="WARNING"),
        r"`log_level` is 'WARNING'. Use one of TRACE, DEBUG, INFO, WARN,",
    ),
    (
        lambda: function(environment={"A1": "é" * 2048}),
        r"`environment` has 4098 bytes, but Lambda accepts at most 4096",
    ),
    (
        lambda: function(environment_key_arn="arn:aws:kms:eu-central-1:123456789012:alias/x"),
        r"PythonFunction: `environment_key_arn` is .*, an alias. Give the key's own ARN",
    ),
    (
        lambda: function(url_cors={"allow_origins": ["*"], "allow_methods": ["GET"]}),
        r"PythonFunction: `url_cors` needs `url`. Set `url` to true too",
    ),
    (
        lambda: function(url=True, url_cors={"allow_origins": ["*"], "allow_methods": ["OPTIONS"]}),
        r"PythonFunction: `url_cors.allow_methods` has 'OPTIONS', which the service does not accept. Use only GET",
    ),
    (
        lambda: function(vpc={"subnet_ids": [], "security_group_ids": ["c"]}),
        r"PythonFunction: `vpc.subnet_ids` is empty. List at least one",
    ),
    (
        lambda: function(vpc={"subnet_ids": ["a"], "security_group_ids": []}),
        r"PythonFunction: `vpc.security_group_ids` is empty. List at least one",
    ),
    (lambda: function(reserved_concurrency=-1), r"`reserved_concurrency` is -1. Leave it out for no limit"),
    (
        lambda: function(log_retention_days=31),
        r"`log_retention_days` is 31. CloudWatch Logs accepts 1, .* is 30",
    ),
    (
        lambda: function(log_key_arn="alias/logs"),
        r"`log_key_arn` is 'alias/logs', but CloudWatch Logs accepts only ARNs, no key ids or aliases. .*logs.REGION",
    ),
    (
        lambda: function(permissions_boundary="bound"),
        r"`permissions_boundary` is 'bound', which is not an ARN",
    ),
    (
        lambda: function(managed_policy_arns=[KEY]),
        r"`managed_policy_arns` is 'arn:aws:kms.*, an ARN of another service. Give an ARN of one of these services: iam",
    ),
    (
        lambda: function(asynchronous={"on_failure_arn": "arn:aws:s3:::bucket"}),
        r"`asynchronous.on_failure_arn` is .*Give an ARN of one of these services: events, lambda, sns, sqs",
    ),
    (
        lambda: function(asynchronous={"on_success_arn": "arn:aws:sqs:eu-central-1:123456789012:x.fifo"}),
        r"`asynchronous.on_success_arn` is a FIFO queue or topic, which Lambda does not support",
    ),
    # An API.
    (lambda: api(route(), rate_per_second=0), r"WebhookApi: `rate_per_second` is 0. Choose 1 to 10000"),
    (
        lambda: api(route(authorization="CUSTOM")),
        r"`authorizer_function` and routes with authorization FUNCTION need each other",
    ),
    (
        lambda: api(route(), authorizer_function={"function": LATER}),
        r"`authorizer_function` and routes with authorization FUNCTION need each other",
    ),
    (
        lambda: api(
            route(authorization="CUSTOM"),
            authorizer_function={"function": LATER, "headers": [], "remember_seconds": 60},
        ),
        r"`authorizer_function.remember_seconds` needs `headers`",
    ),
    (lambda: api(route(scopes=["read"])), r"`routes: POST /orders: scopes` need authorization JWT"),
    (
        lambda: api(route(), certificate_arn="arn:aws:acm:::x"),
        r"`certificate_arn` needs `domain_name`. Give `domain_name` too",
    ),
    (lambda: api(route(), only_own_domain=True), r"`only_own_domain` needs `domain_name`"),
    (
        lambda: api(route(), domain_name="https://x.example/", zone_id="Z1"),
        r"`domain_name` is 'https://x.example/'. Write only the host name",
    ),
    (lambda: api(route(), api_name="My API"), r"`api_name` is 'My API'. Use 1 to 128 letters, digits"),
    (
        lambda: api(route(), cors={"allow_origins": ["*"], "allow_methods": ["get"]}),
        r"WebhookApi: `cors.allow_methods` has 'get', which the service does not accept. Use only GET",
    ),
    (lambda: api(route(), stage_name="v1/beta"), r"`stage_name` is 'v1/beta'"),
    (
        lambda: api(route(), cors={"allow_origins": ["example.com"], "allow_methods": ["GET"]}),
        r"`cors.allow_origins` has 'example.com', which is not an origin. Write scheme and host",
    ),
    (
        lambda: api(
            route(), cors={"allow_origins": ["*"], "allow_methods": ["GET"], "allow_credentials": True}
        ),
        r"`cors.allow_credentials` cannot be used with the origin `\*`. List the origins",
    ),
    # A subscription.
    (
        lambda: subscription(pattern={"source": ["shop"], "detail_type": ["Placed"]}),
        r"`pattern` has 'detail_type' at its top, which would match nothing: did you mean detail-type?",
    ),
    (
        lambda: subscription(pattern={"detail": {"n": [{"numeric": ["=>", 5]}]}}),
        r"`pattern` has \['=>', 5\] for numeric at detail.n: it takes one comparison",
    ),
    (lambda: subscription(pattern={"source": [{"prefix": 5}]}), r"has 5 for prefix at source: it takes text"),
    (lambda: subscription(pattern={"source": [{"exists": "yes"}]}), r"has 'yes' for exists at source"),
    (lambda: subscription(pattern={"source": [{"wildcard": "a**b"}]}), r"for wildcard at source"),
    (
        lambda: subscription(pattern={"source": [{"cidr": "10.0.0.256/8"}]}),
        r"for cidr at source: it takes a net",
    ),
    (
        lambda: subscription(pattern={"source": [{"anything-but": ["a", 1]}]}),
        r"for anything-but at source: it takes a value, a list of texts or numbers",
    ),
    (
        lambda: subscription(pattern={"$or": [{"source": ["a"]}]}),
        r"has an `\$or` at \$or that is not a list of two",
    ),
    (
        lambda: subscription(pattern={"source": ["x" * 2048]}),
        r"has 2063 characters, but EventBridge accepts 2048",
    ),
    (
        lambda: subscription(pattern={"detail": {"n": [{"numeric": [">", 5, "<", 1]}]}}),
        r"`pattern` has \['>', 5, '<', 1\] for numeric at detail.n: it takes one comparison, or a lower bound",
    ),
    (
        lambda: subscription(batch_window_seconds=5),
        r"`batch_window_seconds` is 5, but a batch has only one message",
    ),
    (
        lambda: subscription(batch_window_seconds=5, batch_size=1),
        r"`batch_window_seconds` is 5, but a batch has only one message. Set `batch_size` to 2 or more",
    ),
    (
        lambda: subscription(key_arn="alias/x"),
        r"EventSubscription: `key_arn` is 'alias/x', which is not an ARN",
    ),
    (
        lambda: subscription(key_arn="arn:aws:kms:eu-central-1:123456789012:alias/x"),
        r"EventSubscription: `key_arn` is .*, an alias. Give the key's own ARN",
    ),
    (
        lambda: subscription(message_filter={"body": ["x"]}, message_filters=[{"body": ["y"]}]),
        r"`message_filter` and `message_filters` exclude each other. Put all patterns into",
    ),
    (lambda: subscription(message_filters=[]), r"`message_filters` has 0 patterns. Give 1 to 5"),
    (
        lambda: subscription(message_filters=[{"body": ["x"]}] * 6),
        r"`message_filters` has 6 patterns. Give 1 to 5",
    ),
    (
        lambda: subscription(message_filters=[{"body": ["x"]}, {"body": []}]),
        r"`message_filters\[1\]` has an empty list at body: .* the event is the body of the message",
    ),
    (
        lambda: subscription(function=function(reserved_concurrency=3).function, maximum_concurrency=4),
        r"`maximum_concurrency` is 4, but the function has a reserved concurrency of 3. Lower it",
    ),
    (
        lambda: subscription(function=function(provisioned_concurrency=1).function),
        r"EventSubscription: `alias` is missing, but the function has published versions. Give its",
    ),
    (
        lambda: subscription(message_filter={"detail": {"status": ["open"]}}),
        r"`message_filter` has 'detail' at its top, .* the event is the body of the message",
    ),
    (
        lambda: subscription(message_filter={"body": {"a": [{"wildcard": "*"}]}}),
        r"`message_filter` has the filter \{'wildcard': '\*'\} at body.a",
    ),
    (
        lambda: subscription(batch_size=20),
        r"`batch_size` is 20 without a window. Choose 1 to 10, or set `batch_window_seconds`",
    ),
    (
        lambda: subscription(subscription_name="orders.fifo"),
        r"`subscription_name` is 'orders.fifo'. Leave `.fifo`",
    ),
    (lambda: subscription(subscription_name="x" * 65), r"`subscription_name` is .*Use 1 to 64"),
    (lambda: subscription(delivery_retries=186), r"`delivery_retries` is 186. Choose 0 to 185"),
    (lambda: subscription(delivery_age_seconds=59), r"`delivery_age_seconds` is 59. Choose 60 to 86400"),
    (
        lambda: subscription(subscription_name="shop-schedule"),
        r"`subscription_name` is 'shop-schedule'. Leave `-schedule` out",
    ),
    (lambda: subscription(delay_seconds=901), r"`delay_seconds` is 901. Choose 0 to 900"),
    (
        lambda: subscription(message_retention_seconds=600, alarm_age_seconds=900),
        r"`alarm_age_seconds` is 900, but messages are deleted after 600",
    ),
    (
        lambda: subscription(alarm_topic_arns=["oncall"]),
        r"`alarm_topic_arns` is 'oncall', which is not an ARN",
    ),
    (
        lambda: subscription(transformer={"paths": {"a": "detail.x"}, "template": "<a>"}),
        r"`transformer.paths` has 'detail.x'. Start the path with",
    ),
    (
        lambda: subscription(transformer={"paths": {"aws.events.event": "$"}, "template": "x"}),
        r"`transformer.paths` defines 'aws.events.event'. Use a name without",
    ),
    # A table.
    (lambda: table(range_key_kind="N"), r"RecordTable: `range_key_kind` needs `range_key`"),
    (
        lambda: table(indexes=[{"name": "by", "hash_key": "a", "range_key": "a"}]),
        r"`range_key` of by is the same attribute as `hash_key`",
    ),
    (
        lambda: table(indexes=[{"name": "by", "hash_key": "day", "range_key": "id", "range_key_kind": "N"}]),
        r"RecordTable: `id` has the type TEXT as a key of the table, but NUMBER as a key of by. Give it the same",
    ),
    (lambda: table(ttl_attribute="id"), r"`ttl_attribute` is 'id', a key of the table. Keys cannot change"),
    (
        lambda: table(indexes=[{"name": "by", "hash_key": "gone"}], ttl_attribute="gone"),
        r"`ttl_attribute` is 'gone', a key that is not a number. DynamoDB reads it as seconds",
    ),
    (
        lambda: table(indexes=[{"name": "by", "hash_key": "a", "projection": "INCLUDE"}]),
        r"`included` of by and `projection` INCLUDE need each other",
    ),
    (
        lambda: table(indexes=[{"name": "by", "hash_key": "a", "included": ["b"]}]),
        r"`included` of by and `projection` INCLUDE need each other",
    ),
    (lambda: table(indexes=[{"name": "by"}]), r"RecordTable.indexes: `hash_key` is missing"),
    (
        lambda: table(indexes=[{"name": f"by-{n}", "hash_key": "a"} for n in range(21)]),
        r"`indexes` has 21 entries. DynamoDB allows at most 20",
    ),
    (lambda: table(table_name="my table"), r"`table_name` is 'my table'. Use 3 to 255 letters"),
    (lambda: table(maximum_reads_per_second=0), r"`maximum_reads_per_second` is 0. Choose 1"),
    # A bucket.
    (
        lambda: bucket(bucket_name="Shop_Documents"),
        r"`bucket_name` is 'Shop_Documents', which S3 does not accept. Use 3 to 63 lower-case",
    ),
    (lambda: bucket(bucket_name="10.0.0.1"), r"`bucket_name` is '10.0.0.1'"),
    (lambda: bucket(force_destroy=True), r"`force_destroy` contradicts `deletion_protection`. Set"),
    (lambda: bucket(access_log_bucket="shop-documents"), r"`access_log_bucket` is the bucket itself"),
    (lambda: bucket(key_arn="alias/own"), r"`key_arn` is 'alias/own', which is not an ARN"),
    (lambda: bucket(policy_statements=[{"Effect": "Deny"}]), r"`policy_statements` lack Principal"),
    (
        lambda: bucket(
            cors={"allow_origins": ["https://a.b"], "allow_methods": ["GET"], "allow_credentials": True}
        ),
        r"`cors.allow_credentials` is not supported by S3",
    ),
    (
        lambda: bucket(cors={"allow_origins": ["*"], "allow_methods": ["PATCH"]}),
        r"DocumentBucket: `cors.allow_methods` has 'PATCH', which the service does not accept. Use only GET, HEAD, PUT, POST, DELETE",
    ),
    (
        lambda: bucket(expiry=[{"prefix": "a/"}]),
        r"`expiry: a/` names no days. Give at least one of `delete_after_days`",
    ),
    (
        lambda: bucket(expiry=[{"prefix": "", "delete_after_days": 10, "cold_after_days": 30}]),
        r"`expiry: all` has the days \[30, 10\]. Each step must come later than the one before",
    ),
    (
        lambda: bucket(
            expiry=[{"prefix": "a/", "delete_after_days": 1}, {"prefix": "a/", "cold_after_days": 40}]
        ),
        r"`expiry: a/` is there twice",
    ),
    # A bus.
    (lambda: bus(archive_days=-1), r"EventBus: `archive_days` is -1. Choose 1 to 3650"),
    (lambda: bus(bus_name="default"), r"`bus_name` is 'default', which exists in every account"),
    (lambda: bus(bus_name="x" * 49), r"`bus_name` is .*Use 1 to 48"),
    (lambda: bus(policy="arn:aws:iam::1:role/other"), r"`policy` is not a policy document. Write it as JSON"),
    (lambda: bus(policy="[]"), r"`policy` is not a policy document"),
    # A secret.
    (lambda: secret(secret_json="hush"), r"SecretBundle: `secret_json` is not a JSON object"),
    (lambda: secret(secret_json="[]"), r"SecretBundle: `secret_json` is not a JSON object"),
    (lambda: secret(secret_name="my key"), r"`secret_name` is 'my key'. Use 1 to 512 letters, digits"),
    (
        lambda: secret(rotation_function=function(snap_start=True).function),
        r"SecretBundle: `rotation_alias` is missing, but the function has published versions",
    ),
    (lambda: secret(rotation_alias="live"), r"`rotation_alias` needs `rotation_function`"),
    (
        lambda: secret(rotation_function=LATER, key_arn="arn:aws:kms:eu-central-1:123456789012:alias/x"),
        r"SecretBundle: `key_arn` is .*, an alias. Give the key's own ARN",
    ),
    # Observability.
    (
        lambda: watch(alarm_topic_arn=TOPIC, alarm_email="a@example.com"),
        r"`alarm_topic_arn` and `alarm_email` exclude each other",
    ),
    (lambda: watch(alarm_email="oncall"), r"`alarm_email` is 'oncall'. Write an e-mail address"),
    (
        lambda: watch(topic_key_arn="alias/aws/sns"),
        r"`topic_key_arn` is AWS's own key for SNS, with which CloudWatch",
    ),
    (
        lambda: watch(topic_key_arn="arn:aws:kms:eu-central-1:123456789012:alias/aws/sns"),
        r"`topic_key_arn` is AWS's own key for SNS, with which CloudWatch",
    ),
    (lambda: watch(topic_key_arn="alias/own"), r"`topic_key_arn` is 'alias/own', which is not an ARN"),
    (lambda: watch(system_name="my shop"), r"`system_name` is 'my shop'. Use 1 to 200 letters, digits"),
    (
        lambda: watch(functions=[{**WATCHED, "label": "a:b"}]),
        r"`functions` have the label 'a:b'. Use 1 to 60 characters without",
    ),
    (
        lambda: watch(queues=[{"label": "q\n", "queue_name": "q", "dead_letter_queue_name": "d"}]),
        r"`queues` have the label 'q\\n'. Use 1 to 60 characters without",
    ),
    (
        lambda: watch(functions=[{**WATCHED, "watched_lines": [LINE, LINE]}]),
        r"`functions: orders: watched_lines` have the label 'stuck' twice",
    ),
    (
        lambda: watch(functions=[{**WATCHED, "watched_lines": [{**LINE, "label": "errors"}]}]),
        r"`functions: orders: watched_lines` have the label 'errors' twice",
    ),
    (lambda: watch(surge_of_refusals=0), r"`surge_of_refusals` is 0"),
    (
        lambda: watch(functions=[{**WATCHED, "timeout_seconds": 0}]),
        r"`functions: orders: timeout_seconds` is 0. Choose 1 to 900",
    ),
    (
        lambda: watch(queues=[{"label": "q", "queue_name": "q", "dead_letter_queue_name": "d"}] * 2),
        r"`queues` have the label 'q' twice",
    ),
]


@pytest.mark.parametrize(("build", "message"), REFUSED, ids=[message[:40] for _, message in REFUSED])
def test_a_wrong_argument_is_refused_with_field_rule_and_remedy(
    build: Callable[[], Any], message: str
) -> None:
    with pytest.raises(stack.InvalidArgument, match=message):
        graph_of(build)


def test_a_refused_secret_is_not_in_the_message() -> None:
    with pytest.raises(stack.InvalidArgument) as refused:
        graph_of(lambda: secret(secret_json="hush-hush"))
    assert "hush" not in str(refused.value)
