"""Validation of component arguments: each error names field, value, rule and remedy, before anything is registered."""

import difflib
from collections.abc import Mapping
from typing import Any, NoReturn, get_type_hints

import pulumi

from .type_check import describe_type, matches_type


class InvalidArgument(Exception):
    """An argument is invalid; the message names the component, the field, the rule and the remedy."""


def reject(component: str, field: str, rule: str, fix: str) -> NoReturn:
    """Raise InvalidArgument; `rule` continues the sentence after the field's name, `fix` is a sentence of its own."""
    raise InvalidArgument(f"{component}: `{field}` {rule}. {fix}")


def check_fields(component: str, args: Any, declared: Any) -> None:
    """Raise InvalidArgument for a missing field of the TypedDict `declared`, an unknown field, or a wrong type."""
    if not isinstance(args, Mapping):
        reject(component, "args", f"is {_shown(args)}", "Give an object with the arguments.")
    for field in sorted(declared.__required_keys__ - set(args)):
        reject(component, field, "is missing", f"Required: {', '.join(sorted(declared.__required_keys__))}.")
    # Pulumi's definition of Input refers to these two names.
    fields = get_type_hints(declared, localns={"Output": pulumi.Output, "T": Any})
    for field, value in sorted(args.items()):
        if field not in fields:
            near = difflib.get_close_matches(field, fields, 1)
            reject(component, field, "is unknown", f"Did you mean `{near[0]}`?" if near else "Remove it.")
        if not matches_type(value, fields[field]):
            fix = f"Give {describe_type(fields[field])}."
            if isinstance(value, pulumi.ComponentResource) and hasattr(value, "function"):
                fix = "Give the component's `.function` output instead of the component."
            reject(component, field, f"is {_shown(value)}", fix)


def _shown(value: Any) -> str:
    """Return a number as it is, and only the type of any other value, which may be a secret."""
    return repr(value) if isinstance(value, int | float) else f"of type {type(value).__name__}"


def known_value(value: Any) -> Any:
    """Return a value that can be checked now, or None if it is absent or only known during the update."""
    return None if isinstance(value, pulumi.Output) else value


def check_range(component: str, field: str, value: Any, lowest: int, highest: int) -> None:
    """Raise InvalidArgument for a number outside its range; a value that is not known yet passes."""
    number = known_value(value)
    if number is not None and not lowest <= number <= highest:
        reject(component, field, f"is {number}", f"Choose {lowest} to {highest}.")


def check_arn(component: str, field: str, value: Any, *services: str) -> None:
    """Raise InvalidArgument for a value that is not an ARN, or not of one of `services`; unknown values pass."""
    arn = known_value(value)
    if arn is None:
        return
    if not str(arn).startswith("arn:"):
        reject(
            component,
            field,
            f"is {arn!r}, which is not an ARN",
            "Write the full ARN: arn:aws:SERVICE:REGION:ACCOUNT:NAME.",
        )
    service = [*str(arn).split(":"), "", ""][2]
    if services and service not in services:
        fix = f"Give an ARN of one of these services: {', '.join(sorted(services))}."
        reject(component, field, f"is {arn!r}, an ARN of another service", fix)


def check_key(component: str, field: str, value: Any) -> None:
    """Raise InvalidArgument for a value that is not the ARN of a KMS key; unknown values pass.

    Aliases are rejected because an IAM permission on an alias does not apply to its key.
    """
    check_arn(component, field, value, "kms")
    if ":alias/" in str(known_value(value) or ""):
        fix = "Give the key's own ARN, …:key/ID: a permission on an alias does not apply to its key."
        reject(component, field, f"is {value!r}, an alias", fix)


def check_together(component: str, args: Any, one: str, other: str) -> None:
    """Raise InvalidArgument if `one` is given without `other`."""
    if one in args and other not in args:
        reject(component, one, f"needs `{other}`", f"Give `{other}` too, or leave `{one}` out.")
