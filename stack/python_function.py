"""A Python function on Lambda with a role, a log group and nothing it was not given."""

from pathlib import Path
from typing import NotRequired, TypedDict

import pulumi
import pulumi_aws as aws

from stack.arguments import check_fields, check_range, known, refuse
from stack.function_options import (
    AsynchronousCalls,
    VpcPlacement,
    check_options,
    configure_calls,
    failure_statements,
    network_statements,
)
from stack.packaging import function_archive, source_code_hash
from stack.policy import PolicyStatement, document, statement, trust

RUNTIME = "python3.13"
ARCHITECTURE = "arm64"
_X_RAY = ["xray:PutTelemetryRecords", "xray:PutTraceSegments"]


class PythonFunctionArgs(TypedDict):
    """What a function is made of and what it may do."""

    function_name: pulumi.Input[str]
    """Name in AWS, up to 64 characters; role and log group are named after it."""
    handler: pulumi.Input[str]
    """Module and function that Lambda calls, e.g. `handlers.orders.handler.handle`."""
    source_root: str
    """Folder that the paths of `include` start from, and that becomes the archive's root."""
    include: list[str]
    """Folders and files to package; folders whole, but without caches and compiled files."""
    description: NotRequired[pulumi.Input[str]]
    """What the function is for, as AWS shows it."""
    environment: NotRequired[pulumi.Input[dict[str, pulumi.Input[str]]]]
    """Environment variables. Secrets do not belong here: give the ARN of a SecretBundle."""
    statements: NotRequired[pulumi.Input[list[pulumi.Input[PolicyStatement]]]]
    """What the function may do, beyond writing its own log and traces: statements of other components, or
    objects with `actions`, `resources` and, where need be, `conditions`."""
    layers: NotRequired[pulumi.Input[list[pulumi.Input[str]]]]
    """ARNs of layer versions."""
    timeout_seconds: NotRequired[pulumi.Input[int]]
    """Longest run, 1 to 900; 30 by default. Behind an API, 29 is what a caller sees of it."""
    memory_mb: NotRequired[pulumi.Input[int]]
    """Memory, 128 to 10240, which also buys CPU; 256 by default."""
    reserved_concurrency: NotRequired[pulumi.Input[int]]
    """Most runs at a time, taken from the account's share; unlimited by default."""
    tracing: NotRequired[bool]
    """Send traces to X-Ray; true by default."""
    log_level: NotRequired[pulumi.Input[str]]
    """Least level of the function's own lines that is kept; INFO by default."""
    log_retention_days: NotRequired[pulumi.Input[int]]
    """How long the log is kept; 30 days by default."""
    log_key_arn: NotRequired[pulumi.Input[str]]
    """KMS key that encrypts the log; CloudWatch's own by default."""
    snap_start: NotRequired[bool]
    """Start from a snapshot of the initialised function, through the alias `live`; false by default."""
    vpc: NotRequired[VpcPlacement]
    """Run in a network of your own; outside of any by default."""
    asynchronous: NotRequired[AsynchronousCalls]
    """Rules for calls that nobody waits for; Lambda's own (two more tries, then lost) by default."""
    permissions_boundary: NotRequired[pulumi.Input[str]]
    """ARN of the policy that bounds the role, where an organisation demands one."""
    build_folder: NotRequired[str]
    """Where archives are built; `.build` below `source_root` by default."""


class PythonFunction(pulumi.ComponentResource):
    """A function (arm64, python3.13, JSON logs) with its own narrow role and its log group.

    Its archive is the same for the same sources wherever it is built, so that a second `pulumi up` changes
    nothing. What has no argument here is reached by `transforms`.
    """

    function: pulumi.Output[aws.lambda_.Function]
    """The function itself, as WebhookApi and EventSubscription take it."""
    function_name: pulumi.Output[str]
    """Its name."""
    function_arn: pulumi.Output[str]
    """Its ARN."""
    alias_name: pulumi.Output[str]
    """Alias that routes and subscriptions call; empty without `snap_start`."""
    role_name: pulumi.Output[str]
    """Name of its role, for statements that come later."""
    log_group_name: pulumi.Output[str]
    """Name of its log group."""

    def __init__(
        self, name: str, args: PythonFunctionArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        _check(args)
        super().__init__("kinexus:index:PythonFunction", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        function_name = args["function_name"]
        root = Path(args["source_root"])
        archive = function_archive(
            name, root, args["include"], Path(args.get("build_folder", root / ".build"))
        )

        logs = aws.cloudwatch.LogGroup(
            f"{name}-logs",
            name=pulumi.Output.concat("/aws/lambda/", function_name),
            retention_in_days=args.get("log_retention_days", 30),
            kms_key_id=args.get("log_key_arn"),
            opts=child,
        )
        role = aws.iam.Role(
            f"{name}-role",
            name=pulumi.Output.concat(function_name, "-role"),
            assume_role_policy=trust("lambda.amazonaws.com"),
            permissions_boundary=args.get("permissions_boundary"),
            opts=child,
        )
        tracing, vpc, calls = args.get("tracing", True), args.get("vpc"), args.get("asynchronous")
        own = [
            statement(["logs:CreateLogStream", "logs:PutLogEvents"], pulumi.Output.concat(logs.arn, ":*")),
            # X-Ray knows no resources: its two writing actions are only allowed on all of them.
            *([statement(_X_RAY, "*")] if tracing else []),
            *network_statements(vpc),
            *failure_statements(calls),
        ]
        policy = aws.iam.RolePolicy(
            f"{name}-policy",
            name=function_name,
            role=role.name,
            policy=document(pulumi.Output.all(own, args.get("statements", [])).apply(_joined)),
            opts=child,
        )
        function = aws.lambda_.Function(
            name,
            name=function_name,
            description=args.get("description"),
            runtime=RUNTIME,
            architectures=[ARCHITECTURE],
            handler=args["handler"],
            code=pulumi.FileArchive(str(archive)),
            source_code_hash=source_code_hash(archive),
            role=role.arn,
            layers=args.get("layers", []),
            timeout=args.get("timeout_seconds", 30),
            memory_size=args.get("memory_mb", 256),
            reserved_concurrent_executions=args.get("reserved_concurrency"),
            vpc_config=vpc,
            publish=True if args.get("snap_start") else None,
            snap_start={"apply_on": "PublishedVersions"} if args.get("snap_start") else None,
            environment={"variables": args.get("environment", {})},
            tracing_config={"mode": "Active" if tracing else "PassThrough"},
            logging_config={
                "log_format": "JSON",
                "log_group": logs.name,
                "application_log_level": args.get("log_level", "INFO"),
                "system_log_level": "WARN",
            },
            # The policy first: the first event may come as soon as the function is there.
            opts=pulumi.ResourceOptions(parent=self, depends_on=[policy]),
        )

        if calls is not None:
            configure_calls(f"{name}-calls", calls, function, child)
        self.alias_name = pulumi.Output.from_input("")
        if args.get("snap_start"):
            alias = aws.lambda_.Alias(
                f"{name}-live",
                name="live",
                function_name=function.name,
                function_version=function.version,
                opts=child,
            )
            self.alias_name = alias.name
        self.function = pulumi.Output.from_input(function)
        self.function_name = function.name
        self.function_arn = function.arn
        self.role_name = role.name
        self.log_group_name = logs.name
        self.register_outputs(
            {
                "function": function,
                "functionName": function.name,
                "functionArn": function.arn,
                "aliasName": self.alias_name,
                "roleName": role.name,
                "logGroupName": logs.name,
            }
        )


def _joined(parts: list[list[PolicyStatement]]) -> list[PolicyStatement]:
    """Put lists of statements one after the other."""
    return [one for part in parts for one in part]


def _check(args: PythonFunctionArgs) -> None:
    """Refuse what AWS would refuse minutes later, or what would surprise at run time."""
    check_fields("PythonFunction", args, PythonFunctionArgs)
    component = "PythonFunction"
    check_options(component, args.get("vpc"), args.get("asynchronous"))
    check_range(component, "timeout_seconds", args.get("timeout_seconds"), 1, 900)
    check_range(component, "memory_mb", args.get("memory_mb"), 128, 10240)
    name = known(args["function_name"])
    if name is not None and not 0 < len(name) <= 59:
        refuse(
            component, "function_name", f"has {len(name)} characters", "Use 1 to 59: its role adds `-role`."
        )
    if not args["include"]:
        refuse(component, "include", "is empty", "Name the folders that the function is made of.")
