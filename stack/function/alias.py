"""The alias `live` of a function with SnapStart or provisioned concurrency, which need published versions."""

import pulumi
import pulumi_aws as aws

from .args import PythonFunctionArgs

ALIAS = "live"


def is_published(args: PythonFunctionArgs) -> bool:
    """Return whether the function publishes versions and is invoked through the alias."""
    return bool(args.get("snap_start") or args.get("provisioned_concurrency"))


def publish_alias(
    name: str, args: PythonFunctionArgs, function: aws.lambda_.Function, opts: pulumi.ResourceOptions
) -> pulumi.Output[str]:
    """Create the alias of the newest version, with provisioned concurrency if configured; return the alias name."""
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
