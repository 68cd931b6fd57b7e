"""A small pipeline for the region's own tests: an API, a function, a bus, a rule, a queue and its function."""

import json
from collections.abc import Callable
from typing import Any

import pulumi
import pulumi_aws as aws

_RECORDER = """
import json, os, boto3
TABLE = boto3.resource("dynamodb").Table(os.environ["TABLE"])

def web(event, context):
    boto3.client("events").put_events(Entries=[{
        "EventBusName": os.environ["BUS"], "Source": "test", "DetailType": "Seen",
        "Detail": json.dumps({"id": json.loads(event["body"])["id"]})}])
    return {"statusCode": 202, "body": json.dumps({"route": event["routeKey"]})}

def queued(event, context):
    import layered
    for record in event["Records"]:
        detail = json.loads(record["body"])["detail"]
        TABLE.put_item(Item={"id": detail["id"], "from": layered.NAME})
    return {"batchItemFailures": []}

def forbidden(event, context):
    TABLE.delete_item(Key={"id": "x"})
"""


def _document(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def _role(name: str, allowed: pulumi.Input[str]) -> aws.iam.Role:
    trust = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "lambda.amazonaws.com"}}
    role = aws.iam.Role(name, name=name, assume_role_policy=_document(trust))
    aws.iam.RolePolicy(name, role=role.name, policy=allowed)
    return role


def program(without: str = "", extra: Callable[[], Any] = lambda: None) -> Callable[[], None]:
    """Return the program, leaving out one permission: "route", "queue" or "source"."""

    def run() -> None:
        extra()
        table = aws.dynamodb.Table(
            "seen", name="seen", billing_mode="PAY_PER_REQUEST", hash_key="id",
            attributes=[{"name": "id", "type": "S"}], ttl={"enabled": True, "attribute_name": "expires"},
            point_in_time_recovery={"enabled": True},
        )  # fmt: skip
        bus = aws.cloudwatch.EventBus("bus", name="small-events")
        queue = aws.sqs.Queue("queue", name="small-queue", visibility_timeout_seconds=60)
        log_statement = {
            "Effect": "Allow",
            "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
            "Resource": "arn:aws:logs:*:*:log-group:/aws/lambda/small-*",
        }
        reading = (
            []
            if without == "source"
            else ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"]
        )
        policy = pulumi.Output.all(table.arn, bus.arn, queue.arn).apply(
            lambda arns: _document(
                log_statement,
                {"Effect": "Allow", "Action": ["dynamodb:PutItem"], "Resource": arns[0]},
                {"Effect": "Allow", "Action": "events:PutEvents", "Resource": arns[1]},
                *([{"Effect": "Allow", "Action": reading, "Resource": arns[2]}] if reading else []),
            )
        )
        role = _role("small-role", policy)
        layer = aws.lambda_.LayerVersion(
            "layer", layer_name="small-layer", compatible_runtimes=["python3.13"],
            code=pulumi.AssetArchive({"python/layered.py": pulumi.StringAsset("NAME = 'the layer'")}),
        )  # fmt: skip
        code = pulumi.AssetArchive({"main.py": pulumi.StringAsset(_RECORDER)})
        functions = {
            name: aws.lambda_.Function(
                name, name=f"small-{name}", role=role.arn, handler=f"main.{name}", runtime="python3.13", code=code,
                architectures=["arm64"], timeout=10, layers=[layer.arn],
                environment={"variables": {"TABLE": table.name, "BUS": bus.name}},
                logging_config={"log_format": "JSON", "application_log_level": "INFO"},
            )
            for name in ("web", "queued", "forbidden")
        }  # fmt: skip
        _api(functions["web"], without)
        rule = aws.cloudwatch.EventRule(
            "rule", name="seen", event_bus_name=bus.name, event_pattern=json.dumps({"detail-type": ["Seen"]})
        )
        if without != "queue":
            aws.sqs.QueuePolicy(
                "queue", queue_url=queue.url,
                policy=pulumi.Output.all(queue.arn, rule.arn).apply(
                    lambda arns: _document({
                        "Effect": "Allow", "Principal": {"Service": "events.amazonaws.com"},
                        "Action": "sqs:SendMessage", "Resource": arns[0],
                        "Condition": {"ArnEquals": {"aws:SourceArn": arns[1]}},
                    })
                ),
            )  # fmt: skip
        aws.cloudwatch.EventTarget("target", rule=rule.name, event_bus_name=bus.name, arn=queue.arn)
        aws.lambda_.EventSourceMapping(
            "mapping", function_name=functions["queued"].name, event_source_arn=queue.arn, batch_size=5,
            function_response_types=["ReportBatchItemFailures"],
        )  # fmt: skip

    return run


def _api(function: aws.lambda_.Function, without: str) -> None:
    api = aws.apigatewayv2.Api("api", name="small", protocol_type="HTTP")
    integration = aws.apigatewayv2.Integration(
        "web", api_id=api.id, integration_type="AWS_PROXY", integration_uri=function.invoke_arn,
        payload_format_version="2.0",
    )  # fmt: skip
    route = aws.apigatewayv2.Route(
        "web",
        api_id=api.id,
        route_key="POST /seen",
        target=integration.id.apply(lambda i: f"integrations/{i}"),
    )
    stage = aws.apigatewayv2.Stage(
        "prod", api_id=api.id, name="prod", auto_deploy=True,
        route_settings=[{"route_key": "POST /seen", "throttling_rate_limit": 10, "throttling_burst_limit": 5}],
        opts=pulumi.ResourceOptions(depends_on=[route]),
    )  # fmt: skip
    if without != "route":
        aws.lambda_.Permission(
            "web", function=function.name, action="lambda:InvokeFunction", principal="apigateway.amazonaws.com",
            source_arn=api.execution_arn.apply(lambda arn: f"{arn}/prod/POST/seen"),
        )  # fmt: skip
    pulumi.export("url", stage.invoke_url)
