"""What PythonFunction wants to know, and what it refuses."""

import re
from collections.abc import Mapping
from enum import Enum
from typing import NotRequired, TypedDict

import pulumi

from stack.arguments import check_arn, check_fields, check_range, known, refuse
from stack.function_options import AsynchronousCalls, VpcPlacement, check_options
from stack.log_rules import check_logs
from stack.policy import PolicyStatement, check_statement


class FunctionRuntime(Enum):
    """Which Python runs the function."""

    PYTHON_3_11 = "python3.11"
    """Python 3.11."""
    PYTHON_3_12 = "python3.12"
    """Python 3.12."""
    PYTHON_3_13 = "python3.13"
    """Python 3.13."""
    PYTHON_3_14 = "python3.14"
    """Python 3.14."""


class FunctionArchitecture(Enum):
    """Which processors run the function; compiled parts of its layers must be for the same ones."""

    ARM = "arm64"
    """Graviton."""
    X86 = "x86_64"
    """Intel and AMD."""


RUNTIME = FunctionRuntime.PYTHON_3_13
ARCHITECTURE = FunctionArchitecture.ARM


class PythonFunctionArgs(TypedDict):
    """What a function is made of and what it may do."""

    function_name: pulumi.Input[str]
    """Name in AWS, up to 59 letters, digits, `-` and `_`; role and log group are named after it."""
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
    temporary_mb: NotRequired[pulumi.Input[int]]
    """Space in `/tmp`, 512 to 10240; 512 by default."""
    runtime: NotRequired[FunctionRuntime]
    """Which Python runs it; 3.13 by default."""
    architecture: NotRequired[FunctionArchitecture]
    """Which processors run it; arm64 by default."""
    reserved_concurrency: NotRequired[pulumi.Input[int]]
    """Most runs at a time, taken from the account's share; unlimited by default, 0 stops the function."""
    provisioned_concurrency: NotRequired[pulumi.Input[int]]
    """Instances kept warm, and paid for, behind the alias `live`; none by default."""
    tracing: NotRequired[bool]
    """Send traces to X-Ray; true by default."""
    log_level: NotRequired[pulumi.Input[str]]
    """Least level of the function's own lines that is kept; INFO by default."""
    log_retention_days: NotRequired[pulumi.Input[int]]
    """How long the log is kept; 30 days by default."""
    log_key_arn: NotRequired[pulumi.Input[str]]
    """KMS key that encrypts the log, and whose policy lets `logs.REGION.amazonaws.com` use it; CloudWatch's
    own by default."""
    snap_start: NotRequired[bool]
    """Start from a snapshot of the initialised function, through the alias `live`; false by default."""
    url: NotRequired[bool]
    """Give the function a URL for callers with AWS credentials; false by default. Doors for everyone are
    WebhookApi's: throttled and logged."""
    vpc: NotRequired[VpcPlacement]
    """Run in a network of your own; outside of any by default."""
    asynchronous: NotRequired[AsynchronousCalls]
    """Rules for calls that nobody waits for; Lambda's own (two more tries, then lost) by default."""
    managed_policy_arns: NotRequired[list[pulumi.Input[str]]]
    """Managed policies that the role gets besides `statements`; none by default."""
    permissions_boundary: NotRequired[pulumi.Input[str]]
    """ARN of the policy that bounds the role, where an organisation demands one."""
    build_folder: NotRequired[str]
    """Where archives are built; `.build` below `source_root` by default."""


_SET_BY_LAMBDA = {
    "AWS_ACCESS_KEY", "AWS_ACCESS_KEY_ID", "AWS_DEFAULT_REGION", "AWS_EXECUTION_ENV", "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
    "AWS_LAMBDA_FUNCTION_NAME", "AWS_LAMBDA_FUNCTION_VERSION", "AWS_LAMBDA_INITIALIZATION_TYPE",
    "AWS_LAMBDA_LOG_GROUP_NAME", "AWS_LAMBDA_LOG_STREAM_NAME", "AWS_LAMBDA_RUNTIME_API", "AWS_REGION",
    "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "LAMBDA_RUNTIME_DIR", "LAMBDA_TASK_ROOT", "_HANDLER",
    "_X_AMZN_TRACE_ID",
}  # fmt: skip


def check_function(args: PythonFunctionArgs) -> None:
    """Refuse what AWS would refuse minutes later, or what would surprise at run time."""
    component = "PythonFunction"
    check_fields(component, args, PythonFunctionArgs)
    check_options(component, args.get("vpc"), args.get("asynchronous"))
    check_logs(component, args)
    check_range(component, "timeout_seconds", args.get("timeout_seconds"), 1, 900)
    check_range(component, "memory_mb", args.get("memory_mb"), 128, 10240)
    check_range(component, "temporary_mb", args.get("temporary_mb"), 512, 10240)
    name = known(args["function_name"])
    if name is not None and not re.fullmatch(r"[A-Za-z0-9_-]{1,59}", name):
        fix = "Use 1 to 59 letters, digits, `-` and `_`: its role adds `-role`."
        refuse(component, "function_name", f"is {name!r} ({len(name)} characters)", fix)
    handler = known(args["handler"])
    if handler is not None and not re.fullmatch(r"\w+([./]\w+)*\.\w+", handler):
        refuse(component, "handler", f"is {handler!r}", "Write module and function: `orders.handler.handle`.")
    if not args["include"]:
        refuse(component, "include", "is empty", "Name the folders that the function is made of.")
    layers = known(args.get("layers"))
    if layers is not None and len(layers) > 5:
        refuse(
            component, "layers", f"are {len(layers)}", "Lambda takes 5: put several packages in one layer."
        )
    check_arn(component, "permissions_boundary", args.get("permissions_boundary"), "iam")
    for managed in args.get("managed_policy_arns", []):
        check_arn(component, "managed_policy_arns", managed, "iam")
    for one in known(args.get("statements")) or []:
        check_statement(component, one)
    _check_environment(component, known(args.get("environment")) or {})
    _check_concurrency(component, args)


def _check_environment(component: str, environment: Mapping[str, object]) -> None:
    """Refuse variables that Lambda sets itself, and names that it does not take."""
    for variable in environment:
        if variable in _SET_BY_LAMBDA:
            refuse(
                component, "environment", f"sets {variable}, which Lambda sets itself", "Use another name."
            )
        if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_]+", variable):
            fix = "Use two or more letters, digits and `_`, a letter first."
            refuse(component, "environment", f"has the name {variable!r}", fix)


def _check_concurrency(component: str, args: PythonFunctionArgs) -> None:
    """Refuse ways to start quickly that exclude each other, and warm instances that could never run."""
    reserved, warm = known(args.get("reserved_concurrency")), known(args.get("provisioned_concurrency"))
    if reserved is not None and reserved < 0:
        refuse(component, "reserved_concurrency", f"is {reserved}", "Leave it out for no limit.")
    if warm is not None and warm < 1:
        refuse(component, "provisioned_concurrency", f"is {warm}", "Leave it out for none.")
    if warm is not None and reserved is not None and warm > reserved:
        refuse(
            component, "provisioned_concurrency", f"is {warm}, above `reserved_concurrency` ({reserved})",
            "Raise the one or lower the other.",
        )  # fmt: skip
    if not args.get("snap_start"):
        return
    if "provisioned_concurrency" in args:
        refuse(
            component, "snap_start", "and `provisioned_concurrency` exclude each other", "Keep one of them."
        )
    if (known(args.get("temporary_mb")) or 512) > 512:
        refuse(component, "snap_start", "allows 512 MB in /tmp", "Leave `temporary_mb` out, or SnapStart.")
    if FunctionRuntime(args.get("runtime", RUNTIME)) is FunctionRuntime.PYTHON_3_11:
        refuse(component, "snap_start", "needs Python 3.12 or later", "Choose a later `runtime`.")
