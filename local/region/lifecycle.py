"""Reads, updates and deletes resources in the local region, for the engine; `provisioner` creates them.

An update runs the type's provisioner again, with a client that turns the call that creates into the one that updates.
So a property that a provisioner takes can also change, and one that it does not take is refused here too.
"""

import contextlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from local.region.ministack import RegionFailure
from local.region.provisioner import Aws, provision
from local.region.resource_registry import ResourceRegistry

State = Mapping[str, Any]
Keys = Callable[[str, State], dict[str, Any]]

_GONE = ("NotFound", "NoSuch", "NonExistent", "404", "DoesNotExist")
"""Parts of the error codes with which AWS says that a resource does not exist."""


@dataclass(frozen=True)
class _Calls:
    """The calls for one type: service, the one that deletes, the one that reads, and the parameters of both."""

    service: str
    delete: str | None
    read: str | None
    keys: Keys
    more: Mapping[str, Any] = field(default_factory=dict)
    """Parameters of the deletion only."""


def _by(parameter: str) -> Keys:
    return lambda identity, state: {parameter: identity}


def _of_api(parameter: str) -> Keys:
    return lambda identity, state: {"ApiId": state["apiId"], parameter: identity}


def _of_rule(identity: str, state: State) -> dict[str, Any]:
    return {"Name": state["name"], "EventBusName": state.get("eventBusName", "default")}


def _of_target(identity: str, state: State) -> dict[str, Any]:
    rule, bus = state["rule"].rsplit("/", 1)[-1], state.get("eventBusName", "default")
    return {"Rule": rule, "EventBusName": bus, "Ids": [state["targetId"]]}


def _of_permission(identity: str, state: State) -> dict[str, Any]:
    qualifier = {"Qualifier": state["qualifier"]} if state.get("qualifier") else {}
    return {"FunctionName": state["function"], "StatementId": identity, **qualifier}


def _of_version(identity: str, state: State) -> dict[str, Any]:
    qualifier = {"Qualifier": state["qualifier"]} if state.get("qualifier") else {}
    return {"FunctionName": state["functionName"], **qualifier}


def _of_record(identity: str, state: State) -> dict[str, Any]:
    record: dict[str, Any] = {"Name": state["name"], "Type": state["type"]}
    if state.get("records"):
        values = [{"Value": value} for value in state["records"]]
        record |= {"TTL": state["ttl"], "ResourceRecords": values}
    for alias in state.get("aliases", ()):
        health = alias["evaluateTargetHealth"]
        record["AliasTarget"] = {
            "DNSName": alias["name"], "HostedZoneId": alias["zoneId"], "EvaluateTargetHealth": health,
        }  # fmt: skip
    changes = [{"Action": "DELETE", "ResourceRecordSet": record}]
    return {"HostedZoneId": state["zoneId"], "ChangeBatch": {"Changes": changes}}


def _of_layer(identity: str, state: State) -> dict[str, Any]:
    return {"LayerName": state["layerName"], "VersionNumber": int(state["version"])}


def _of_schedule(identity: str, state: State) -> dict[str, Any]:
    return {"Name": state["name"], "GroupName": state.get("groupName", "default")}


_CALLS: dict[str, _Calls] = {
    "aws:acm/certificate:Certificate": _Calls(
        "acm", "delete_certificate", "describe_certificate", _by("CertificateArn")
    ),
    "aws:acm/certificateValidation:CertificateValidation": _Calls("acm", None, None, _by("CertificateArn")),
    "aws:apigatewayv2/apiMapping:ApiMapping": _Calls(
        "apigatewayv2", "delete_api_mapping", "get_api_mapping",
        lambda identity, state: {"ApiMappingId": identity, "DomainName": state["domainName"]},
    ),
    "aws:apigatewayv2/domainName:DomainName": _Calls(
        "apigatewayv2", "delete_domain_name", "get_domain_name", _by("DomainName")
    ),
    "aws:lambda/functionUrl:FunctionUrl": _Calls(
        "lambda", "delete_function_url_config", "get_function_url_config", _of_version
    ),
    "aws:lambda/provisionedConcurrencyConfig:ProvisionedConcurrencyConfig": _Calls(
        "lambda", "delete_provisioned_concurrency_config", "get_provisioned_concurrency_config", _of_version
    ),
    "aws:route53/record:Record": _Calls("route53", "change_resource_record_sets", None, _of_record),
    "aws:s3/bucketCorsConfiguration:BucketCorsConfiguration": _Calls(
        "s3", "delete_bucket_cors", "get_bucket_cors", _by("Bucket")
    ),
    "aws:s3/bucketNotification:BucketNotification": _Calls(
        "s3", "put_bucket_notification_configuration", None, _by("Bucket"), {"NotificationConfiguration": {}}
    ),
    "aws:secretsmanager/secretRotation:SecretRotation": _Calls(
        "secretsmanager", "cancel_rotate_secret", "describe_secret", _by("SecretId")
    ),
    "aws:apigatewayv2/api:Api": _Calls("apigatewayv2", "delete_api", "get_api", _by("ApiId")),
    "aws:apigatewayv2/authorizer:Authorizer": _Calls(
        "apigatewayv2", "delete_authorizer", "get_authorizer", _of_api("AuthorizerId")
    ),
    "aws:apigatewayv2/integration:Integration": _Calls(
        "apigatewayv2", "delete_integration", "get_integration", _of_api("IntegrationId")
    ),
    "aws:apigatewayv2/route:Route": _Calls("apigatewayv2", "delete_route", "get_route", _of_api("RouteId")),
    "aws:apigatewayv2/stage:Stage": _Calls("apigatewayv2", "delete_stage", "get_stage", _of_api("StageName")),
    "aws:cloudwatch/dashboard:Dashboard": _Calls(
        "cloudwatch", "delete_dashboards", None, lambda identity, state: {"DashboardNames": [identity]}
    ),
    "aws:cloudwatch/eventArchive:EventArchive": _Calls(
        "events", "delete_archive", "describe_archive", _by("ArchiveName")
    ),
    "aws:cloudwatch/eventBus:EventBus": _Calls("events", "delete_event_bus", "describe_event_bus", _by("Name")),
    "aws:cloudwatch/eventBusPolicy:EventBusPolicy": _Calls(
        "events", "remove_permission", None, _by("EventBusName"), {"RemoveAllPermissions": True}
    ),
    "aws:cloudwatch/eventRule:EventRule": _Calls("events", "delete_rule", "describe_rule", _of_rule),
    "aws:cloudwatch/eventTarget:EventTarget": _Calls("events", "remove_targets", None, _of_target),
    "aws:cloudwatch/logGroup:LogGroup": _Calls("logs", "delete_log_group", None, _by("logGroupName")),
    "aws:cloudwatch/logMetricFilter:LogMetricFilter": _Calls(
        "logs", "delete_metric_filter", None,
        lambda identity, state: {"logGroupName": state["logGroupName"], "filterName": identity},
    ),
    "aws:cloudwatch/metricAlarm:MetricAlarm": _Calls(
        "cloudwatch", "delete_alarms", None, lambda identity, state: {"AlarmNames": [identity]}
    ),
    "aws:dynamodb/table:Table": _Calls("dynamodb", "delete_table", "describe_table", _by("TableName")),
    "aws:iam/policy:Policy": _Calls("iam", "delete_policy", "get_policy", _by("PolicyArn")),
    "aws:iam/role:Role": _Calls("iam", "delete_role", "get_role", _by("RoleName")),
    "aws:iam/rolePolicy:RolePolicy": _Calls(
        "iam", "delete_role_policy", "get_role_policy",
        lambda identity, state: {"RoleName": state["role"], "PolicyName": state["name"]},
    ),
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment": _Calls(
        "iam", "detach_role_policy", None,
        lambda identity, state: {"RoleName": state["role"], "PolicyArn": state["policyArn"]},
    ),
    "aws:lambda/alias:Alias": _Calls(
        "lambda", "delete_alias", "get_alias",
        lambda identity, state: {"FunctionName": state["functionName"], "Name": state["name"]},
    ),
    "aws:lambda/eventSourceMapping:EventSourceMapping": _Calls(
        "lambda", "delete_event_source_mapping", "get_event_source_mapping", _by("UUID")
    ),
    "aws:lambda/function:Function": _Calls(
        "lambda", "delete_function", "get_function_configuration", _by("FunctionName")
    ),
    "aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig": _Calls(
        "lambda", "delete_function_event_invoke_config", "get_function_event_invoke_config",
        lambda identity, state: {"FunctionName": state["functionName"]},
    ),
    "aws:lambda/layerVersion:LayerVersion": _Calls(
        "lambda", "delete_layer_version", "get_layer_version", _of_layer
    ),
    "aws:lambda/permission:Permission": _Calls("lambda", "remove_permission", None, _of_permission),
    "aws:s3/bucket:Bucket": _Calls("s3", "delete_bucket", "head_bucket", _by("Bucket")),
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": _Calls(
        "s3", "delete_bucket_lifecycle", "get_bucket_lifecycle_configuration", _by("Bucket")
    ),
    "aws:s3/bucketLogging:BucketLogging": _Calls(
        "s3", "put_bucket_logging", None, _by("Bucket"), {"BucketLoggingStatus": {}}
    ),
    "aws:s3/bucketOwnershipControls:BucketOwnershipControls": _Calls(
        "s3", "delete_bucket_ownership_controls", None, _by("Bucket")
    ),
    "aws:s3/bucketPolicy:BucketPolicy": _Calls("s3", "delete_bucket_policy", "get_bucket_policy", _by("Bucket")),
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": _Calls(
        "s3", "delete_public_access_block", None, _by("Bucket")
    ),
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": _Calls(
        "s3", "delete_bucket_encryption", None, _by("Bucket")
    ),
    "aws:s3/bucketVersioning:BucketVersioning": _Calls(
        "s3", "put_bucket_versioning", None, _by("Bucket"), {"VersioningConfiguration": {"Status": "Suspended"}}
    ),
    "aws:scheduler/schedule:Schedule": _Calls("scheduler", "delete_schedule", "get_schedule", _of_schedule),
    "aws:secretsmanager/secret:Secret": _Calls("secretsmanager", "delete_secret", "describe_secret", _by("SecretId")),
    "aws:secretsmanager/secretVersion:SecretVersion": _Calls("secretsmanager", None, None, _by("SecretId")),
    "aws:sns/topic:Topic": _Calls("sns", "delete_topic", "get_topic_attributes", _by("TopicArn")),
    "aws:sns/topicPolicy:TopicPolicy": _Calls("sns", None, None, _by("TopicArn")),
    "aws:sns/topicSubscription:TopicSubscription": _Calls(
        "sns", "unsubscribe", "get_subscription_attributes", _by("SubscriptionArn")
    ),
    "aws:sqs/queue:Queue": _Calls("sqs", "delete_queue", "get_queue_attributes", _by("QueueUrl")),
    "aws:sqs/queuePolicy:QueuePolicy": _Calls(
        "sqs", "set_queue_attributes", None, _by("QueueUrl"), {"Attributes": {"Policy": ""}}
    ),
    "aws:sqs/redriveAllowPolicy:RedriveAllowPolicy": _Calls(
        "sqs", "set_queue_attributes", None, _by("QueueUrl"), {"Attributes": {"RedriveAllowPolicy": ""}}
    ),
    "aws:sqs/redrivePolicy:RedrivePolicy": _Calls(
        "sqs", "set_queue_attributes", None, _by("QueueUrl"), {"Attributes": {"RedrivePolicy": ""}}
    ),
}  # fmt: skip


def read(aws: Aws, token: str, identity: str, state: State) -> dict[str, Any] | None:
    """Return the properties that are no longer as in `state`, or None if the resource is gone.

    Looked at are existence, and for functions, queues and log groups the settings that people change by hand.
    """
    calls = _CALLS[token]
    with _named(token, identity):
        if token == "aws:cloudwatch/logGroup:LogGroup":  # noqa: S105 (a type)
            return _read_log_group(aws, identity, state)
        if calls.read is None:
            return {}
        more = {"AttributeNames": ["All"]} if token == "aws:sqs/queue:Queue" else {}  # noqa: S105 (a type)
        try:
            answer = getattr(aws(calls.service), calls.read)(**calls.keys(identity, state), **more)
        except ClientError as error:
            # let go: None says that the resource does not exist any more
            if _is_gone(error):
                return None
            raise
        return _changed(_PROPERTIES.get(token, {}), answer.get("Attributes", answer), state)


_PROPERTIES = {
    "aws:lambda/function:Function": {"timeout": "Timeout", "memorySize": "MemorySize", "handler": "Handler"},
    "aws:sqs/queue:Queue": {
        "visibilityTimeoutSeconds": "VisibilityTimeout",
        "messageRetentionSeconds": "MessageRetentionPeriod",
    },
}
"""Properties that are read back, and their names in the answer."""


def _changed(names: Mapping[str, str], answer: Mapping[str, Any], state: State) -> dict[str, Any]:
    found = {key: answer[name] for key, name in names.items() if key in state and name in answer}
    typed = {key: type(state[key])(value) for key, value in found.items()}
    return {key: value for key, value in typed.items() if value != state[key]}


def _read_log_group(aws: Aws, name: str, state: State) -> dict[str, Any] | None:
    groups = aws("logs").describe_log_groups(logGroupNamePrefix=name)["logGroups"]
    group = next((each for each in groups if each["logGroupName"] == name), None)
    return None if group is None else _changed({"retentionInDays": "retentionInDays"}, group, state)


def delete(aws: Aws, token: str, identity: str, state: State) -> None:
    """Delete a resource; one that is gone already counts as deleted. Raises RegionFailure if AWS refuses."""
    calls = _CALLS[token]
    with _named(token, identity):
        _forget(aws.registry, token, identity, state)
        if calls.delete is None:
            return
        if token == "aws:s3/bucket:Bucket" and state.get("forceDestroy"):  # noqa: S105 (a type)
            _empty(aws, identity)
        if token == "aws:iam/role:Role" and state.get("forceDetachPolicies"):  # noqa: S105 (a type)
            _detach(aws, identity)
        more = dict(calls.more)
        if token == "aws:secretsmanager/secret:Secret":  # noqa: S105 (a type)
            days = state.get("recoveryWindowInDays", 30)
            more = {"RecoveryWindowInDays": days} if days else {"ForceDeleteWithoutRecovery": True}
        try:
            getattr(aws(calls.service), calls.delete)(**calls.keys(identity, state), **more)
        except ClientError as error:
            # let go: what is gone already need not be deleted
            if not _is_gone(error):
                raise


def _forget(registry: ResourceRegistry, token: str, identity: str, state: State) -> None:
    """Remove from the registry what would get in the way of a resource with the same name."""
    if token == "aws:iam/rolePolicy:RolePolicy":  # noqa: S105 (a type)
        registry.role_policies.get(state["role"], {}).pop(state["name"], None)
    elif token == "aws:iam/role:Role":  # noqa: S105 (a type)
        registry.role_policies.pop(identity, None)


def _empty(aws: Aws, bucket: str) -> None:
    versions = aws("s3").list_object_versions(Bucket=bucket)
    for version in [*versions.get("Versions", ()), *versions.get("DeleteMarkers", ())]:
        aws("s3").delete_object(Bucket=bucket, Key=version["Key"], VersionId=version["VersionId"])


def _detach(aws: Aws, role: str) -> None:
    for name in aws("iam").list_role_policies(RoleName=role)["PolicyNames"]:
        aws("iam").delete_role_policy(RoleName=role, PolicyName=name)
    for policy in aws("iam").list_attached_role_policies(RoleName=role)["AttachedPolicies"]:
        aws("iam").detach_role_policy(RoleName=role, PolicyArn=policy["PolicyArn"])


def _is_gone(error: ClientError) -> bool:
    return any(part in error.response["Error"]["Code"] for part in _GONE)


@contextlib.contextmanager
def _named(token: str, identity: str) -> Any:
    """Name the resource in an error of AWS."""
    try:
        yield
    except (BotoCoreError, ClientError) as error:
        raise RegionFailure(f"{token} {identity!r}: {error}") from error


Request = dict[str, Any]
Call = Callable[[Any, Request, str, State], Request]
"""Does with a client what updates instead of creates: the request that would create, the id, the old state."""


def _update_by(operation: str, **identity: str) -> Call:
    """Return a call of an operation with the parameters of the request that it takes, and the id or ARN in others."""

    def call(client: Any, request: Request, identity_of: str, state: State) -> Request:
        known = {"id": identity_of, "arn": state.get("arn")}
        request = {**request, **{parameter: known[value] for parameter, value in identity.items()}}
        model = client.meta.service_model.operation_model(client.meta.method_to_api_mapping[operation])
        accepted = {key: value for key, value in request.items() if key in model.input_shape.members}
        return {**request, **getattr(client, operation)(**accepted)}

    return call


def _nothing(client: Any, request: Request, identity: str, state: State) -> Request:
    return {}


def _keep(parameter: str) -> Call:
    """Return a call that changes nothing and answers with the id."""
    return lambda client, request, identity, state: {parameter: identity}


def _update_role(client: Any, request: Request, identity: str, state: State) -> Request:
    client.update_assume_role_policy(RoleName=identity, PolicyDocument=request["AssumeRolePolicyDocument"])
    changed = {key: request[key] for key in ("Description", "MaxSessionDuration") if key in request}
    client.update_role(RoleName=identity, **changed)
    return dict(client.get_role(RoleName=identity))


def _update_policy(client: Any, request: Request, identity: str, state: State) -> Request:
    client.create_policy_version(
        PolicyArn=identity, PolicyDocument=request["PolicyDocument"], SetAsDefault=True
    )
    return dict(client.get_policy(PolicyArn=identity))


def _update_function(client: Any, request: Request, identity: str, state: State) -> Request:
    _update_by("update_function_configuration")(client, request, identity, state)
    code = {"FunctionName": identity, "ZipFile": request["Code"]["ZipFile"]}
    more = {key: request[key] for key in ("Publish", "Architectures") if key in request}
    return dict(client.update_function_code(**code, **more))


def _update_topic(client: Any, request: Request, identity: str, state: State) -> Request:
    for name, value in request["Attributes"].items():
        client.set_topic_attributes(TopicArn=identity, AttributeName=name, AttributeValue=value)
    return {"TopicArn": identity}


_UPDATES: dict[str, dict[str, Call]] = {
    "aws:apigatewayv2/api:Api": {"create_api": _update_by("update_api", ApiId="id")},
    "aws:apigatewayv2/authorizer:Authorizer": {
        "create_authorizer": _update_by("update_authorizer", AuthorizerId="id")
    },
    "aws:apigatewayv2/integration:Integration": {
        "create_integration": _update_by("update_integration", IntegrationId="id")
    },
    "aws:apigatewayv2/route:Route": {"create_route": _update_by("update_route", RouteId="id")},
    "aws:apigatewayv2/stage:Stage": {"create_stage": _update_by("update_stage")},
    "aws:cloudwatch/eventArchive:EventArchive": {
        "create_archive": _update_by("update_archive", ArchiveArn="arn")
    },
    "aws:cloudwatch/eventBus:EventBus": {
        "create_event_bus": _update_by("update_event_bus", EventBusArn="arn")
    },
    "aws:acm/certificate:Certificate": {"request_certificate": _keep("CertificateArn")},
    "aws:apigatewayv2/apiMapping:ApiMapping": {
        "create_api_mapping": _update_by("update_api_mapping", ApiMappingId="id")
    },
    "aws:apigatewayv2/domainName:DomainName": {"create_domain_name": _update_by("update_domain_name")},
    "aws:cloudwatch/logGroup:LogGroup": {"create_log_group": _nothing},
    "aws:dynamodb/table:Table": {"create_table": _update_by("update_table")},
    "aws:iam/policy:Policy": {"create_policy": _update_policy},
    "aws:iam/role:Role": {"create_role": _update_role},
    "aws:lambda/alias:Alias": {"create_alias": _update_by("update_alias", AliasArn="id")},
    "aws:lambda/eventSourceMapping:EventSourceMapping": {
        "create_event_source_mapping": _update_by("update_event_source_mapping", UUID="id")
    },
    "aws:lambda/functionUrl:FunctionUrl": {
        "create_function_url_config": _update_by("update_function_url_config")
    },
    "aws:lambda/function:Function": {"create_function": _update_function},
    "aws:s3/bucket:Bucket": {"create_bucket": _nothing},
    "aws:scheduler/schedule:Schedule": {"create_schedule": _update_by("update_schedule")},
    "aws:secretsmanager/secret:Secret": {
        "create_secret": _update_by("update_secret", SecretId="id", ARN="id")
    },
    "aws:sns/topic:Topic": {"create_topic": _update_topic},
    "aws:sqs/queue:Queue": {"create_queue": _update_by("set_queue_attributes", QueueUrl="id")},
}
"""By type: the call that creates, and what is done instead. What is put (rules, alarms, policies) is put again."""


def update(
    aws: Aws, token: str, name: str, identity: str, state: State, inputs: Mapping[str, Any]
) -> dict[str, Any]:
    """Change a resource to new inputs and return its state. Raises ProvisioningFailure."""
    updating = _UpdatingAws(
        aws.stack, ResourceRegistry(), aws.api_url, aws.environment, _UPDATES.get(token, {}), identity, state
    )
    _, changed = provision(updating, token, name, inputs)
    if token == "aws:iam/rolePolicy:RolePolicy":  # noqa: S105 (a type)
        aws.registry.role_policies.setdefault(changed["role"], {})[changed["name"]] = changed["policy"]
    return changed


@dataclass(frozen=True)
class _UpdatingAws(Aws):
    """Clients whose creating calls update, and a registry that is thrown away."""

    calls: Mapping[str, Call] = field(default_factory=dict)
    identity: str = ""
    state: State = field(default_factory=dict)

    def __call__(self, service: str) -> Any:
        return _UpdatingClient(super().__call__(service), self)


@dataclass(frozen=True)
class _UpdatingClient:
    client: Any
    aws: _UpdatingAws

    def __getattr__(self, operation: str) -> Any:
        call = self.aws.calls.get(operation)
        if call is None:
            return getattr(self.client, operation)
        return lambda **request: call(self.client, request, self.aws.identity, self.aws.state)
