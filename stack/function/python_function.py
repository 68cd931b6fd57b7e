"""PythonFunction: a Python function on Lambda with its archive, least-privilege role and log group."""

from pathlib import Path
from typing import Any, Unpack, overload

import pulumi
import pulumi_aws as aws

from ..arguments.iam_policy import PolicyStatement
from ..arguments.shape import NOT_GIVEN, given_args, outputs_of
from ..arguments.tags import with_tags
from ..arguments.validation import known_value
from .alias import ALIAS, is_published, publish_alias
from .args import ARCHITECTURE, RUNTIME, FunctionArchitecture, FunctionRuntime, PythonFunctionArgs
from .bytecode import find_interpreter
from .function_url import create_url, url_arn, url_statements
from .packaging import function_archive, source_code_hash
from .requirements_lock import LambdaTarget
from .role import create_role
from .validation import check_function
from .vpc_and_async import configure_calls


class PythonFunction(pulumi.ComponentResource):
    """A Lambda function in Python with a least-privilege role and a log group with JSON lines.

    Its archive is reproducible: on any machine, the same sources give the same bytes, and a second `pulumi up` changes
    nothing. To set a property that has no argument here, use `transforms`.
    """

    function: pulumi.Output[aws.lambda_.Function]
    """The Lambda function, for the `function` arguments of other components."""
    function_name: pulumi.Output[str]
    """Its name."""
    function_arn: pulumi.Output[str]
    """Its ARN."""
    alias_name: pulumi.Output[str]
    """Alias for routes, schedules and subscriptions; empty without `snap_start` or `provisioned_concurrency`."""
    url: pulumi.Output[str]
    """Function URL, for callers that sign with AWS credentials; empty without the argument `url`."""
    role_name: pulumi.Output[str]
    """Name of its role, for attaching further policies."""
    log_group_name: pulumi.Output[str]
    """Name of its log group."""

    @overload
    def __init__(
        self, name: str, args: PythonFunctionArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None: ...
    @overload
    def __init__(
        self, name: str, *, opts: pulumi.ResourceOptions | None = None, **keywords: Unpack[PythonFunctionArgs]
    ) -> None: ...
    def __init__(
        self,
        name: str,
        args: PythonFunctionArgs = NOT_GIVEN,
        opts: pulumi.ResourceOptions | None = None,
        **keywords: Any,
    ) -> None:
        args = given_args(PythonFunctionArgs, args, keywords)
        check_function(args)
        super().__init__("kinexus:index:PythonFunction", name, None, with_tags(opts, args))
        child = pulumi.ResourceOptions(parent=self)
        function_name = args.get("function_name")
        root = Path(args["source_root"])
        target = LambdaTarget(
            FunctionRuntime(args.get("runtime", RUNTIME)),
            FunctionArchitecture(args.get("architecture", ARCHITECTURE)),
        )
        archive = function_archive(
            name,
            root,
            args["include"],
            Path(args.get("build_folder", root / ".build")),
            exclude=args.get("exclude", []),
            requirements=root / args["requirements"] if "requirements" in args else None,
            target=target,
            handler=known_value(args["handler"]),
            interpreter=find_interpreter(target.python) if args.get("bytecode") else None,
            has_layers=known_value(args.get("layers", [])) != [],
        )

        logs = aws.cloudwatch.LogGroup(
            f"{name}-logs",
            name=None if function_name is None else pulumi.Output.concat("/aws/lambda/", function_name),
            retention_in_days=args.get("log_retention_days", 30),
            kms_key_id=args.get("log_key_arn"),
            opts=child,
        )
        tracing = args.get("tracing", True)
        role, policy = create_role(name, args, logs, child)
        function = aws.lambda_.Function(
            name,
            name=function_name,
            description=args.get("description"),
            runtime=target.runtime.value,
            architectures=[target.architecture.value],
            handler=args["handler"],
            code=pulumi.FileArchive(str(archive)),
            source_code_hash=source_code_hash(archive),
            role=role.arn,
            layers=args.get("layers", []),
            timeout=args.get("timeout_seconds", 30),
            memory_size=args.get("memory_mb", 256),
            reserved_concurrent_executions=args.get("reserved_concurrency"),
            vpc_config=args.get("vpc"),
            ephemeral_storage={"size": args["temporary_mb"]} if "temporary_mb" in args else None,
            publish=is_published(args) or None,
            snap_start={"apply_on": "PublishedVersions"} if args.get("snap_start") else None,
            environment={"variables": args.get("environment", {})},
            kms_key_arn=args.get("environment_key_arn"),
            tracing_config={"mode": "Active" if tracing else "PassThrough"},
            logging_config={
                "log_format": "JSON",
                "log_group": logs.name,
                "application_log_level": args.get("log_level", "INFO"),
                "system_log_level": "WARN",
            },
            # The policy must exist first: the first event may arrive as soon as the function exists.
            opts=pulumi.ResourceOptions(parent=self, depends_on=[policy]),
        )

        self.alias_name = pulumi.Output.from_input("")
        if is_published(args):
            self.alias_name = publish_alias(name, args, function, child)
        if "asynchronous" in args:
            configure_calls(f"{name}-calls", args["asynchronous"], function, None, child)
            if is_published(args):
                configure_calls(
                    f"{name}-{ALIAS}-calls", args["asynchronous"], function, self.alias_name, child
                )
        qualifier = self.alias_name if is_published(args) else None
        self.url = create_url(name, args, function, qualifier, child)
        self._url_arn = url_arn(args, function, self.alias_name)
        self.function = pulumi.Output.from_input(function)
        self.function_name = function.name
        self.function_arn = function.arn
        self.role_name = role.name
        self.log_group_name = logs.name
        # Not the function: a plan saved before it exists holds its id as unknown, which the update would violate.
        plain = {name: value for name, value in outputs_of(self).items() if name != "function"}
        self.register_outputs(plain)

    def grant_url(self) -> list[pulumi.Output[PolicyStatement]]:
        """Return the two statements that a caller of the function URL needs; they allow no other calls.

        Raises InvalidArgument without the argument `url`.
        """
        return url_statements(self._url_arn)
