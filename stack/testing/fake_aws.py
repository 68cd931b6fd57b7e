"""Fake ids, outputs and provider functions of an AWS account, for graph tests that create nothing."""

from collections.abc import Mapping
from typing import Any

from .graph import Registration

ACCOUNT = "123456789012"
REGION = "eu-central-1"

_NAMES = ("name", "bucket", "layerName")

_NAMED_BY_PULUMI = {
    "aws:apigatewayv2/api:Api": "name",
    "aws:cloudwatch/eventArchive:EventArchive": "name",
    "aws:cloudwatch/logGroup:LogGroup": "name",
    "aws:cloudwatch/metricAlarm:MetricAlarm": "name",
    "aws:dynamodb/table:Table": "name",
    "aws:iam/rolePolicy:RolePolicy": "name",
    "aws:lambda/layerVersion:LayerVersion": "layerName",
    "aws:s3/bucket:Bucket": "bucket",
    "aws:scheduler/schedule:Schedule": "name",
    "aws:secretsmanager/secret:Secret": "name",
    "aws:sns/topic:Topic": "name",
    "aws:sqs/queue:Queue": "name",
}
"""Resources that Pulumi names if the program does not, with the property that holds the name."""

_ARNS = {
    "aws:acm/certificate:Certificate": "acm:{here}:certificate/{name}",
    "aws:cloudwatch/eventArchive:EventArchive": "events:{here}:archive/{name}",
    "aws:cloudwatch/eventBus:EventBus": "events:{here}:event-bus/{name}",
    "aws:cloudwatch/eventRule:EventRule": "events:{here}:rule/{eventBusName}/{name}",
    "aws:cloudwatch/logGroup:LogGroup": "logs:{here}:log-group:{name}",
    "aws:cloudwatch/metricAlarm:MetricAlarm": "cloudwatch:{here}:alarm:{name}",
    "aws:dynamodb/table:Table": "dynamodb:{here}:table/{name}",
    "aws:iam/policy:Policy": "iam::{account}:policy/{name}",
    "aws:iam/role:Role": "iam::{account}:role/{name}",
    "aws:lambda/function:Function": "lambda:{here}:function:{name}",
    "aws:lambda/layerVersion:LayerVersion": "lambda:{here}:layer:{name}:1",
    "aws:s3/bucket:Bucket": "s3:::{name}",
    "aws:scheduler/schedule:Schedule": "scheduler:{here}:schedule/default/{name}",
    "aws:secretsmanager/secret:Secret": "secretsmanager:{here}:secret:{name}-AbCdEf",
    "aws:sns/topic:Topic": "sns:{here}:{name}",
    "aws:sqs/queue:Queue": "sqs:{here}:{name}",
}


def fake_create(registration: Registration) -> tuple[str, Mapping[str, Any]]:  # noqa: C901 one branch per kind of resource
    """Return a fake id and the outputs that programs read; they are the same on every run."""
    inputs = registration.inputs
    name = str(next((inputs[key] for key in _NAMES if key in inputs), registration.name))
    outputs: dict[str, Any] = {}
    if registration.type in _ARNS:
        known = {"account": ACCOUNT, "eventBusName": "default", **inputs, "name": name}
        outputs["arn"] = "arn:aws:" + _ARNS[registration.type].format(here=f"{REGION}:{ACCOUNT}", **known)
    if registration.type in _NAMED_BY_PULUMI:
        outputs[_NAMED_BY_PULUMI[registration.type]] = name
    id_ = name
    match registration.type:
        case "aws:apigatewayv2/api:Api":
            id_ = f"{registration.name}-id"
            outputs["apiEndpoint"] = f"https://{id_}.execute-api.{REGION}.amazonaws.com"
            outputs["executionArn"] = f"arn:aws:execute-api:{REGION}:{ACCOUNT}:{id_}"
        case "aws:lambda/function:Function":
            invocation = f"2015-03-31/functions/{outputs['arn']}/invocations"
            outputs["invokeArn"] = f"arn:aws:apigateway:{REGION}:lambda:path/{invocation}"
            outputs["name"] = name
            outputs["version"] = "1" if inputs.get("publish") else "$LATEST"
            outputs["qualifiedArn"] = f"{outputs['arn']}:{outputs['version']}"
        case "aws:lambda/functionUrl:FunctionUrl":
            outputs["functionUrl"] = f"https://{registration.name}.lambda-url.{REGION}.on.aws/"
        case "aws:dynamodb/table:Table" if inputs.get("streamEnabled"):
            outputs["streamArn"] = f"{outputs['arn']}/stream/2026-01-01T00:00:00.000"
        case "aws:sqs/queue:Queue":
            id_ = outputs["url"] = f"https://sqs.{REGION}.amazonaws.com/{ACCOUNT}/{name}"
        case "aws:acm/certificate:Certificate":
            proof = {"resourceRecordName": f"_proof.{inputs['domainName']}", "resourceRecordType": "CNAME"}
            outputs["domainValidationOptions"] = [
                {**proof, "resourceRecordValue": "proof.acm-validations.aws"}
            ]
        case "aws:apigatewayv2/domainName:DomainName":
            served = {"targetDomainName": f"d-{registration.name}.execute-api.{REGION}.amazonaws.com"}
            outputs["domainNameConfiguration"] = {
                **inputs["domainNameConfiguration"],
                **served,
                "hostedZoneId": "Z0",
            }
        case "aws:iam/policy:Policy":
            outputs["name"], id_ = name, outputs["arn"]
        case "aws:cloudwatch/eventBus:EventBus" | "aws:cloudwatch/eventRule:EventRule" | "aws:iam/role:Role":
            outputs["name"] = name
        case _:
            pass
    return id_, outputs


def fake_invoke(token: str, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the fake account, region or partition. Raises NotImplementedError for any other provider function."""
    match token:
        case "aws:index/getCallerIdentity:getCallerIdentity":
            arn = f"arn:aws:iam::{ACCOUNT}:user/test"
            return {"accountId": ACCOUNT, "arn": arn, "id": ACCOUNT, "userId": "TEST"}
        case "aws:index/getRegion:getRegion":
            return {"name": REGION, "region": REGION, "id": REGION, "description": "Europe (Frankfurt)"}
        case "aws:index/getPartition:getPartition":
            return {"partition": "aws", "id": "aws", "dnsSuffix": "amazonaws.com"}
        case _:
            raise NotImplementedError(
                f"{token}({dict(arguments)}): there is no fake result; pass your own `invoke` to run_program"
            )
