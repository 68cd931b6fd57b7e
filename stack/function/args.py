"""What PythonFunction wants to know."""

from enum import Enum
from typing import NotRequired, TypedDict

import pulumi

from ..arguments.cors import CorsRules
from ..arguments.iam_policy import PolicyStatement
from .vpc_and_async import AsynchronousCalls, VpcPlacement


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
    """Environment variables, up to 4 KB. Secrets do not belong here: give the ARN of a SecretBundle."""
    environment_key_arn: NotRequired[pulumi.Input[str]]
    """KMS key that encrypts the environment; Lambda's own by default. The function may then decrypt with it, and
    whoever deploys needs `kms:Encrypt` and `kms:CreateGrant` on it."""
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
    """Least level of the function's own lines that is kept: TRACE, DEBUG, INFO, WARN, ERROR or FATAL; INFO by
    default."""
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
    url_cors: NotRequired[CorsRules]
    """Calls of that URL from web pages of other hosts; refused by default."""
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
