"""Validation of PythonFunction's arguments."""

import re
from collections.abc import Mapping

from ..arguments.cors import URL_METHODS, check_cors
from ..arguments.iam_policy import check_statement
from ..arguments.log_validation import check_logs
from ..arguments.tags import check_tags
from ..arguments.validation import (
    check_arn,
    check_fields,
    check_key,
    check_range,
    check_text,
    known_value,
    reject,
    when_known,
)
from .archive_files import leaves_root
from .args import RUNTIME, FunctionRuntime, PythonFunctionArgs
from .bytecode import find_interpreter, missing_interpreter
from .vpc_and_async import check_options

_LOG_LEVELS = ("TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL")
_ENVIRONMENT_BYTES = 4096
_SET_BY_LAMBDA = {
    "AWS_ACCESS_KEY", "AWS_ACCESS_KEY_ID", "AWS_DEFAULT_REGION", "AWS_EXECUTION_ENV", "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
    "AWS_LAMBDA_FUNCTION_NAME", "AWS_LAMBDA_FUNCTION_VERSION", "AWS_LAMBDA_INITIALIZATION_TYPE",
    "AWS_LAMBDA_LOG_GROUP_NAME", "AWS_LAMBDA_LOG_STREAM_NAME", "AWS_LAMBDA_RUNTIME_API", "AWS_REGION",
    "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "LAMBDA_RUNTIME_DIR", "LAMBDA_TASK_ROOT", "_HANDLER",
    "_X_AMZN_TRACE_ID",
}  # fmt: skip


def check_function(args: PythonFunctionArgs) -> None:
    """Raise InvalidArgument for arguments that AWS would reject during the update, or that would fail at run time."""
    component = "PythonFunction"
    check_fields(component, args, PythonFunctionArgs)
    check_tags(component, args.get("tags"))
    check_options(component, args.get("vpc"), args.get("asynchronous"))
    check_logs(component, args)
    check_range(component, "timeout_seconds", args.get("timeout_seconds"), 1, 900)
    check_range(component, "memory_mb", args.get("memory_mb"), 128, 10240)
    check_range(component, "temporary_mb", args.get("temporary_mb"), 512, 10240)
    when_known(args.get("function_name"), _check_name)
    when_known(args["handler"], _check_handler)
    if not args["include"]:
        reject(component, "include", "is empty", "List the folders and files of the function.")
    for path in args["include"]:
        if leaves_root(path):
            fix = "Choose a `source_root` that contains it, and write the path relative to that."
            reject(component, "include", f"has {path!r}, which leaves `source_root`", fix)
    if "" in args.get("exclude", []):
        reject(
            component, "exclude", "has an empty entry", "Write a name, a pattern such as `*.md`, or a path."
        )
    check_bytecode(component, args.get("bytecode"), args.get("runtime", RUNTIME))
    layers = known_value(args.get("layers"))
    if layers is not None and len(layers) > 5:
        reject(
            component,
            "layers",
            f"has {len(layers)} entries",
            "Lambda accepts at most 5: put several packages into one layer.",
        )
    fix = f"Use one of {', '.join(_LOG_LEVELS)}."
    check_text(component, "log_level", args.get("log_level"), "|".join(_LOG_LEVELS), fix)
    if "url_cors" in args:
        if not args.get("url"):
            reject(component, "url_cors", "needs `url`", "Set `url` to true too, or leave `url_cors` out.")
        check_cors(component, "url_cors", args["url_cors"], URL_METHODS)
    check_key(component, "environment_key_arn", args.get("environment_key_arn"))
    check_arn(component, "permissions_boundary", args.get("permissions_boundary"), "iam")
    for managed in args.get("managed_policy_arns", []):
        check_arn(component, "managed_policy_arns", managed, "iam")
    for one in known_value(args.get("statements")) or []:
        check_statement(component, one)
    when_known(args.get("environment"), lambda known: _check_environment(component, known))
    _check_concurrency(component, args)


def check_bytecode(component: str, bytecode: bool | None, runtime: FunctionRuntime) -> None:
    """Raise InvalidArgument if bytecode is wanted, but this machine has no interpreter to compile it with."""
    python = FunctionRuntime(runtime).value.removeprefix("python")
    if bytecode and find_interpreter(python) is None:
        problem = f"is true, but {missing_interpreter(python)}"
        reject(component, "bytecode", problem, "Install it, or leave `bytecode` out.")


def _check_name(name: str) -> None:
    """Raise InvalidArgument for a name that Lambda or IAM would reject."""
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,59}", name):
        fix = "Use 1 to 59 letters, digits, `-` and `_`: its role adds `-role`."
        reject("PythonFunction", "function_name", f"is {name!r} ({len(name)} characters)", fix)


def _check_handler(handler: str) -> None:
    """Raise InvalidArgument for a text that does not name a module and a function."""
    if not re.fullmatch(r"\w+([./]\w+)*\.\w+", handler):
        fix = "Write module and function, e.g. `orders.handler.handle`."
        reject("PythonFunction", "handler", f"is {handler!r}, which is not a handler", fix)


def _check_environment(component: str, environment: Mapping[str, object]) -> None:
    """Raise InvalidArgument for reserved variables, invalid names, and an environment above Lambda's size limit.

    Values that are not known yet do not count towards the size.
    """
    for variable in environment:
        if variable in _SET_BY_LAMBDA:
            reject(
                component, "environment", f"sets {variable}, which Lambda sets itself", "Use another name."
            )
        if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_]+", variable):
            fix = "Use at least two letters, digits and `_`, beginning with a letter."
            reject(component, "environment", f"has the variable name {variable!r}", fix)
    weight = sum(len(text.encode()) for pair in environment.items() for text in pair if isinstance(text, str))
    if weight > _ENVIRONMENT_BYTES:
        fix = "Store long values in a bucket or a parameter, and pass its name."
        rule = f"has {weight} bytes, but Lambda accepts at most {_ENVIRONMENT_BYTES}"
        reject(component, "environment", rule, fix)


def _check_concurrency(component: str, args: PythonFunctionArgs) -> None:
    """Raise InvalidArgument for concurrency and SnapStart settings that contradict each other."""
    reserved, warm = (
        known_value(args.get("reserved_concurrency")),
        known_value(args.get("provisioned_concurrency")),
    )
    if reserved is not None and reserved < 0:
        reject(component, "reserved_concurrency", f"is {reserved}", "Leave it out for no limit.")
    if warm is not None and warm < 1:
        reject(component, "provisioned_concurrency", f"is {warm}", "Leave it out for none.")
    if warm is not None and reserved is not None and warm > reserved:
        reject(
            component, "provisioned_concurrency", f"is {warm}, above `reserved_concurrency` ({reserved})",
            "Raise `reserved_concurrency`, or lower `provisioned_concurrency`.",
        )  # fmt: skip
    if not args.get("snap_start"):
        return
    if "provisioned_concurrency" in args:
        reject(
            component,
            "snap_start",
            "and `provisioned_concurrency` exclude each other",
            "Set only one of them.",
        )
    if (known_value(args.get("temporary_mb")) or 512) > 512:
        fix = "Leave `temporary_mb` or `snap_start` out."
        reject(component, "snap_start", "allows at most 512 MB in /tmp", fix)
    if FunctionRuntime(args.get("runtime", RUNTIME)) is FunctionRuntime.PYTHON_3_11:
        reject(component, "snap_start", "needs Python 3.12 or later", "Choose a later `runtime`.")
