"""What PythonFunction wants to know, and what it refuses."""

from typing import NotRequired, TypedDict

import pulumi

from stack.arguments import check_fields, check_range, known, refuse
from stack.function_options import AsynchronousCalls, VpcPlacement, check_options
from stack.policy import PolicyStatement


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


def check_function(args: PythonFunctionArgs) -> None:
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
