"""Finds missing permissions in a deployed graph: calls that AWS would refuse at run time and MiniStack allows.

The check runs after everything is created, because a program may declare a permission after the resource that needs it.
Each finding names the missing permission and gives the statement to add.
"""

import json
from collections.abc import Iterator

from local.region.iam_evaluator import allows
from local.region.provisioner import ProvisioningFailure
from local.region.resource_registry import ResourceRegistry

_FROM_QUEUE = ("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes")
_FROM_STREAM = ("dynamodb:GetRecords", "dynamodb:GetShardIterator", "dynamodb:DescribeStream")
_BY_SCHEDULE = {"lambda": "lambda:InvokeFunction", "sqs": "sqs:SendMessage", "events": "events:PutEvents"}
_TO_LOGS = ("logs:CreateLogStream", "logs:PutLogEvents")


def require_permissions(registry: ResourceRegistry, region: str, account: str) -> None:
    """Raise ProvisioningFailure that lists every missing permission; return when there is none."""
    here = f"{region}:{account}"
    findings = [
        *_routes(registry, here),
        *_targets(registry),
        *_schedules(registry),
        *_mappings(registry),
        *_logs(registry, here),
    ]
    if findings:
        raise ProvisioningFailure(
            "Permissions are missing; on AWS this program would fail at run time:\n"
            + "\n".join(f"- {line}" for line in findings)
        )


def _routes(registry: ResourceRegistry, here: str) -> Iterator[str]:
    for route in registry.routes:
        uri = registry.integrations.get(route.integration)
        if uri is None:
            yield f"route {route.key}: its integration {route.integration} does not exist"
            continue
        if ":function:" not in uri:
            continue
        name = uri.split(":function:")[1].split("/")[0]
        for stage in registry.stages.get(route.api, []):
            caller = f"arn:aws:execute-api:{here}:{route.api}/{stage}/{_resource(route.key)}"
            yield from _invocation(registry, f"route {route.key}", name, "apigateway.amazonaws.com", caller)
        if not registry.stages.get(route.api):
            yield f"route {route.key}: its API {route.api} has no stage, so the route has no URL; add a stage"


def _targets(registry: ResourceRegistry) -> Iterator[str]:
    for target in registry.targets:
        rule = target.rule_arn.split(":rule/")[-1]
        if target.arn.split(":")[2] == "sqs":
            yield from _sending(registry, f"rule {rule}", target.arn, target.rule_arn)
        elif target.arn.split(":")[2] == "lambda":
            name = target.arn.split(":function:")[1]
            yield from _invocation(registry, f"rule {rule}", name, "events.amazonaws.com", target.rule_arn)
        elif target.role_arn is None:
            yield f"rule {rule}: its target {target.arn} has no role_arn; set one"
        if target.dead_letter_arn:
            yield from _sending(
                registry, f"dead letters of rule {rule}", target.dead_letter_arn, target.rule_arn
            )


def _schedules(registry: ResourceRegistry) -> Iterator[str]:
    for schedule in registry.schedules:
        action = _BY_SCHEDULE.get(schedule.arn.split(":")[2])
        if action is None:
            yield f"schedule {schedule.name}: the local region cannot check the permission to call {schedule.arn}"
        else:
            yield from _role_allows(
                registry, f"schedule {schedule.name}", schedule.role_arn, (action,), schedule.arn
            )
        if schedule.dead_letter_arn:
            what = f"dead letters of schedule {schedule.name}"
            yield from _role_allows(
                registry, what, schedule.role_arn, ("sqs:SendMessage",), schedule.dead_letter_arn
            )


def _mappings(registry: ResourceRegistry) -> Iterator[str]:
    for mapping in registry.mappings:
        function = registry.functions.get(mapping.function)
        if function is not None and "/stream/" in mapping.source_arn:
            what = f"event source mapping of {function.name}"
            yield from _role_allows(registry, what, function.role, _FROM_STREAM, mapping.source_arn)
            continue
        visibility = registry.queues.get(mapping.source_arn)
        if function is None or visibility is None:
            yield f"event source mapping: {mapping.function} or {mapping.source_arn} does not exist"
            continue
        what = f"event source mapping of {function.name}"
        yield from _role_allows(registry, what, function.role, _FROM_QUEUE, mapping.source_arn)
        if visibility < function.timeout:
            yield (
                f"{what}: the queue's visibility timeout ({visibility} s) is shorter than "
                f"the function's timeout ({function.timeout} s); make it at least as long"
            )


def _logs(registry: ResourceRegistry, here: str) -> Iterator[str]:
    for function in registry.functions.values():
        stream = f"arn:aws:logs:{here}:log-group:{function.log_group}:log-stream:any"
        yield from _role_allows(registry, f"logs of {function.name}", function.role, _TO_LOGS, stream)


def _invocation(
    registry: ResourceRegistry, what: str, function: str, principal: str, caller: str
) -> Iterator[str]:
    document = {"Statement": registry.function_policies.get(function.partition(":")[0], [])}
    if not allows(
        [document], "lambda:InvokeFunction", _arn_of(registry, function), _source(caller), principal
    ):
        yield (
            f"{what}: {principal} may not invoke {function}; add a permission with action lambda:InvokeFunction, "
            f"principal {principal}, source ARN {caller}"
        )


def _sending(registry: ResourceRegistry, what: str, queue_arn: str, caller: str) -> Iterator[str]:
    policy = registry.queue_policies.get(queue_arn)
    if not allows(
        [policy] if policy else [], "sqs:SendMessage", queue_arn, _source(caller), "events.amazonaws.com"
    ):
        statement = {
            "Effect": "Allow",
            "Principal": {"Service": "events.amazonaws.com"},
            "Action": "sqs:SendMessage",
            "Resource": queue_arn,
            "Condition": {"ArnEquals": {"aws:SourceArn": caller}},
        }
        yield f"{what}: it may not send to the queue {queue_arn}; add to the queue's policy {json.dumps(statement)}"


def _role_allows(
    registry: ResourceRegistry, what: str, role: str, actions: tuple[str, ...], resource: str
) -> Iterator[str]:
    policies = registry.policies_of_role(role)
    missing = [action for action in actions if not allows(policies, action, resource)]
    if missing:
        statement = {"Effect": "Allow", "Action": missing, "Resource": resource}
        yield f"{what}: permission missing; add to the policy of role {role.rsplit('/', 1)[-1]} {json.dumps(statement)}"


def _resource(route_key: str) -> str:
    """Return METHOD/path as an execute-api ARN contains it; a $default route stands for any method and path."""
    method, _, path = route_key.partition(" ")
    if not path:
        return "$default"
    return f"{'*' if method == 'ANY' else method}{path}"


def _source(caller: str) -> dict[str, str]:
    return {"aws:SourceArn": caller, "aws:SourceAccount": caller.split(":")[4], "AWS:SourceArn": caller}


def _arn_of(registry: ResourceRegistry, function: str) -> str:
    """Return the ARN of a function, or of its alias when given as NAME:ALIAS."""
    name, colon, alias = function.partition(":")
    known = registry.functions.get(name)
    return f"{known.arn}{colon}{alias}" if known else function
