"""The alias of a function that is called by its published versions: for snapshots and for warm instances."""

from collections.abc import Sequence

import pulumi
import pulumi_aws as aws

from stack.arguments import refuse
from stack.python_function_args import PythonFunctionArgs

ALIAS = "live"


def is_published(args: PythonFunctionArgs) -> bool:
    """Tell whether the function is called through the alias."""
    return bool(args.get("snap_start") or args.get("provisioned_concurrency"))


def publish(
    name: str, args: PythonFunctionArgs, function: aws.lambda_.Function, opts: pulumi.ResourceOptions
) -> pulumi.Output[str]:
    """Point the alias at the newest version, and keep as many instances warm as asked for; return its name."""
    alias = aws.lambda_.Alias(
        f"{name}-{ALIAS}",
        name=ALIAS,
        function_name=function.name,
        function_version=function.version,
        opts=opts,
    )
    if args.get("provisioned_concurrency"):
        aws.lambda_.ProvisionedConcurrencyConfig(
            f"{name}-warm",
            function_name=function.name,
            qualifier=alias.name,
            provisioned_concurrent_executions=args["provisioned_concurrency"],
            opts=opts,
        )
    alias_name: pulumi.Output[str] = alias.name
    return alias_name


def alias_of(
    component: str,
    function: pulumi.Output[aws.lambda_.Function],
    alias: pulumi.Input[str] | None,
    field: str = "alias",
) -> pulumi.Output[str]:
    """Return the alias to call a function by, empty for the function as it is now.

    Where both are known, a function with published versions and without an alias raises InvalidArgument: the
    call would reach neither its snapshot nor its warm instances.
    """

    def checked(known: Sequence[object]) -> str:
        published, given = known
        if published and not given:
            refuse(
                component, field, "is missing, and the function is called by its published versions",
                "Give its alias: what a PythonFunction has in `.alias_name`.",
            )  # fmt: skip
        return str(given or "")

    return pulumi.Output.all(function.apply(lambda known: known.publish), alias).apply(checked)


def invoked_through_alias(parts: Sequence[str]) -> str:
    """Turn the ARN by which API Gateway invokes a function into that of an alias, if there is one."""
    invoke_arn, alias = parts
    return invoke_arn.replace("/invocations", f":{alias}/invocations") if alias else invoke_arn


def through_alias(parts: Sequence[str]) -> str:
    """Join the ARN of a function and an alias, if there is one."""
    return ":".join(part for part in parts if part)
