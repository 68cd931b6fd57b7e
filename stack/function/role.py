"""The role of a function: permissions for its own log and traces, and the statements that it was given."""

import pulumi
import pulumi_aws as aws

from ..arguments.iam_policy import PolicyStatement, policy_document, statement, trust_policy
from ..arguments.names import suffixed
from .args import PythonFunctionArgs
from .vpc_and_async import delivery_statements, network_statements

_X_RAY = ["xray:PutTelemetryRecords", "xray:PutTraceSegments"]


def create_role(
    name: str, args: PythonFunctionArgs, logs: aws.cloudwatch.LogGroup, opts: pulumi.ResourceOptions
) -> tuple[aws.iam.Role, aws.iam.RolePolicy]:
    """Create a function's role and its policy, with permission to write to `logs`."""
    role = aws.iam.Role(
        f"{name}-role",
        name=suffixed(args.get("function_name"), "-role"),
        assume_role_policy=trust_policy("lambda.amazonaws.com"),
        permissions_boundary=args.get("permissions_boundary"),
        # Policies of other components on this role do not keep it from being deleted when its name changes.
        force_detach_policies=True,
        opts=opts,
    )
    own = [
        statement(["logs:CreateLogStream", "logs:PutLogEvents"], pulumi.Output.concat(logs.arn, ":*")),
        # X-Ray has no resource-level permissions: the two write actions must be allowed on `*`.
        *([statement(_X_RAY, "*")] if args.get("tracing", True) else []),
        *([statement(["kms:Decrypt"], args["environment_key_arn"])] if "environment_key_arn" in args else []),
        *network_statements(args.get("vpc")),
        *delivery_statements(args.get("asynchronous")),
    ]
    policy = aws.iam.RolePolicy(
        f"{name}-policy",
        name=args.get("function_name"),
        role=role.name,
        policy=policy_document(pulumi.Output.all(own, args.get("statements", [])).apply(_joined)),
        opts=opts,
    )
    for number, managed in enumerate(args.get("managed_policy_arns", [])):
        aws.iam.RolePolicyAttachment(
            f"{name}-managed-{number}", role=role.name, policy_arn=managed, opts=opts
        )
    return role, policy


def _joined(parts: list[list[PolicyStatement]]) -> list[PolicyStatement]:
    """Concatenate lists of statements."""
    return [one for part in parts for one in part]
