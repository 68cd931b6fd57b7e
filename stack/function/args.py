"""The arguments of PythonFunction."""

from enum import Enum
from typing import NotRequired, TypedDict

import pulumi

from ..arguments.cors import CorsRules
from ..arguments.iam_policy import PolicyStatement
from ..arguments.stand_ins import LayerArn
from .vpc_and_async import AsynchronousCalls, VpcPlacement


class FunctionRuntime(Enum):
    """Lambda runtime of the function."""

    PYTHON_3_11 = "python3.11"
    """Python 3.11."""
    PYTHON_3_12 = "python3.12"
    """Python 3.12."""
    PYTHON_3_13 = "python3.13"
    """Python 3.13."""
    PYTHON_3_14 = "python3.14"
    """Python 3.14."""


class FunctionArchitecture(Enum):
    """Processor architecture of the function; compiled parts of its layers must be built for the same one."""

    ARM = "arm64"
    """Graviton."""
    X86 = "x86_64"
    """Intel and AMD."""


RUNTIME = FunctionRuntime.PYTHON_3_13
ARCHITECTURE = FunctionArchitecture.ARM


class PythonFunctionArgs(TypedDict):
    """Code, settings and permissions of the function."""

    handler: pulumi.Input[str]
    """Module and function that Lambda calls, e.g. `handlers.orders.handler.handle`."""
    source_root: str
    """Folder that the paths in `include` are relative to; it becomes the archive's root."""
    include: list[str]
    """Folders and files to package, as they are; `["."]` for the whole folder. Never packaged are: names that begin
    with a dot, virtual environments, `node_modules`, caches, backup files of editors, the build folder, and Pulumi's
    project and stack files."""
    function_name: NotRequired[pulumi.Input[str]]
    """Name in AWS, up to 59 letters, digits, `-` and `_`; the role and the log group are named after it. Pulumi chooses
    names by default."""
    exclude: NotRequired[list[str]]
    """What else stays out of the archive: names in any folder (`tests`, `*.md`), or paths (`app/fixtures`)."""
    requirements: NotRequired[str]
    """Lock file with exact versions and hashes, relative to `source_root`; its packages are put into the archive. They
    are selected for `runtime` and `architecture`, without Docker, and need wheels. Write the file with `uv pip compile
    --generate-hashes`. To share packages between functions use PythonLayer."""
    bytecode: NotRequired[bool]
    """Package compiled files beside the sources, so that a cold start compiles nothing; false by default. True needs a
    CPython of the runtime's version where the program runs (`python3.13` on PATH). With the same interpreter, the same
    sources still give the same archive."""
    description: NotRequired[pulumi.Input[str]]
    """Description that AWS shows."""
    environment: NotRequired[pulumi.Input[dict[str, pulumi.Input[str]]]]
    """Environment variables, up to 4 KB. Do not put secrets here: pass the ARN of a SecretBundle."""
    environment_key_arn: NotRequired[pulumi.Input[str]]
    """KMS key that encrypts the environment; Lambda's own key by default. The function's role gets permission to
    decrypt with it, and the deploying user needs `kms:Encrypt` and `kms:CreateGrant` on it."""
    statements: NotRequired[pulumi.Input[list[pulumi.Input[PolicyStatement]]]]
    """Permissions of the function besides writing its own log and traces: statements of other components, or
    objects with `actions`, `resources` and optional `conditions`."""
    layers: NotRequired[pulumi.Input[list[pulumi.Input[LayerArn]]]]
    """ARNs of layer versions."""
    timeout_seconds: NotRequired[pulumi.Input[int]]
    """Timeout, 1 to 900; 30 by default. Behind an API, callers wait 29 seconds at most."""
    memory_mb: NotRequired[pulumi.Input[int]]
    """Memory, 128 to 10240; CPU grows with it. 256 by default."""
    temporary_mb: NotRequired[pulumi.Input[int]]
    """Space in `/tmp`, 512 to 10240; 512 by default."""
    runtime: NotRequired[FunctionRuntime]
    """Lambda runtime; Python 3.13 by default."""
    architecture: NotRequired[FunctionArchitecture]
    """Processor architecture; arm64 by default."""
    reserved_concurrency: NotRequired[pulumi.Input[int]]
    """Maximum concurrent executions, reserved from the account's concurrency; no limit by default, 0 stops the
    function."""
    provisioned_concurrency: NotRequired[pulumi.Input[int]]
    """Instances kept warm, and paid for, behind the alias `live`; none by default."""
    tracing: NotRequired[bool]
    """Send traces to X-Ray; true by default."""
    log_level: NotRequired[pulumi.Input[str]]
    """Lowest level of log lines that is kept: TRACE, DEBUG, INFO, WARN, ERROR or FATAL; INFO by default."""
    log_retention_days: NotRequired[pulumi.Input[int]]
    """How long the log is kept; 30 days by default."""
    log_key_arn: NotRequired[pulumi.Input[str]]
    """KMS key that encrypts the log; its policy must allow `logs.REGION.amazonaws.com` to use it. CloudWatch's own
    key by default."""
    snap_start: NotRequired[bool]
    """SnapStart: start from a snapshot of the initialised function, through the alias `live`; false by default."""
    url: NotRequired[bool]
    """Create a function URL for callers with AWS credentials and the statements of `grant_url`; false by default. For a
    public endpoint use WebhookApi, which throttles and logs."""
    url_cors: NotRequired[CorsRules]
    """CORS rules of the function URL; no calls from web pages on other hosts are allowed by default."""
    vpc: NotRequired[VpcPlacement]
    """Run in a VPC; none by default."""
    asynchronous: NotRequired[AsynchronousCalls]
    """Retries and destinations of asynchronous invocations; by default Lambda retries twice, then drops the event."""
    managed_policy_arns: NotRequired[list[pulumi.Input[str]]]
    """Managed policies that the role gets besides `statements`; none by default."""
    permissions_boundary: NotRequired[pulumi.Input[str]]
    """ARN of a permissions boundary for the role; none by default."""
    build_folder: NotRequired[str]
    """Folder in which archives are built; `.build` below `source_root` by default."""
    tags: NotRequired[pulumi.Input[dict[str, pulumi.Input[str]]]]
    """Tags of everything that the component creates; none by default. For the whole stack use `tag_stack`."""
