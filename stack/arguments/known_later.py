"""Values that may be outputs: plain values are checked at once, outputs as soon as they are known, inside `apply`."""

import json
import math
from collections.abc import Callable, Mapping
from typing import Any

import pulumi

from .validation import is_output, reject


def holds_output(value: Any) -> bool:
    """Return whether a value is an output or contains one at any depth."""
    if isinstance(value, Mapping):
        return any(map(holds_output, value.values()))
    if isinstance(value, list | tuple):
        return any(map(holds_output, value))
    return is_output(value)


def to_json(
    component: str, field: str, value: Any, check: Callable[[Any], object] | None = None
) -> pulumi.Input[str]:
    """Return a value, which may contain outputs, as JSON; an output if it contains some.

    `check` raises InvalidArgument for a wrong value. It gets the value now, in which it must accept outputs, and again
    when all outputs are known. Raises InvalidArgument for what JSON cannot hold.
    """

    def write(known: Any) -> str:
        check_json(component, field, known)
        if check is not None:
            check(known)
        return json.dumps(known)

    if not holds_output(value):
        return write(value)
    check_json(component, field, value)
    if check is not None:
        check(value)
    return pulumi.Output.from_input(value).apply(write)


def check_json(component: str, field: str, value: Any) -> None:
    """Raise InvalidArgument for a value that JSON cannot hold, with the place where it is; outputs pass."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            if not isinstance(key, str):
                fix = "Write keys as text: other keys do not exist in JSON."
                reject(component, field, f"has the key {key!r}", fix)
            check_json(component, f"{field}.{key}", inner)
    elif isinstance(value, list | tuple):
        for number, inner in enumerate(value):
            check_json(component, f"{field}[{number}]", inner)
    elif isinstance(value, pulumi.Resource):
        fix = "Give one of its outputs instead, e.g. its name or ARN."
        reject(component, field, f"is a resource, a {type(value).__name__}", fix)
    elif isinstance(value, float) and not math.isfinite(value):
        reject(component, field, f"is {value}", "Give a finite number: JSON has no other.")
    elif value is not None and not is_output(value) and not isinstance(value, str | int | float | bool):
        fix = "Give text, a number, true, false, null, a list or an object."
        reject(component, field, f"is of type {type(value).__name__}, which JSON cannot hold", fix)
