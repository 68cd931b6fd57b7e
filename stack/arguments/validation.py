"""How components refuse arguments: with the field, the rule and the fix, before anything is registered."""

import difflib
from collections.abc import Mapping
from typing import Any, NoReturn, get_type_hints

import pulumi

from .type_check import describe_type, matches_type


class InvalidArgument(Exception):
    """An argument breaks a rule; the message names component, field, rule and fix."""


def reject(component: str, field: str, rule: str, fix: str) -> NoReturn:
    """Raise InvalidArgument."""
    raise InvalidArgument(f"{component}: `{field}` {rule}. {fix}")


def check_fields(component: str, args: Any, declared: Any) -> None:
    """Refuse arguments that lack a required field of the TypedDict `declared`, or have one that it does not know.

    Values of another type than the field's are refused too.
    """
    if not isinstance(args, Mapping):
        reject(component, "args", f"is {_shown(args)}", "Give an object with the arguments.")
    for field in sorted(declared.__required_keys__ - set(args)):
        reject(component, field, "is missing", f"Required: {', '.join(sorted(declared.__required_keys__))}.")
    # Pulumi writes Input in terms of names of its own.
    fields = get_type_hints(declared, localns={"Output": pulumi.Output, "T": Any})
    for field, value in sorted(args.items()):
        if field not in fields:
            near = difflib.get_close_matches(field, fields, 1)
            reject(component, field, "is unknown", f"Did you mean `{near[0]}`?" if near else "Remove it.")
        if not matches_type(value, fields[field]):
            fix = f"Give {describe_type(fields[field])}."
            if isinstance(value, pulumi.ComponentResource) and hasattr(value, "function"):
                fix = "Give what the component has in `.function`."
            reject(component, field, f"is {_shown(value)}", fix)


def _shown(value: Any) -> str:
    """Show a value that is no secret, or else what it is."""
    return repr(value) if isinstance(value, int | float) else f"of type {type(value).__name__}"


def known_value(value: Any) -> Any:
    """Return a value that can be checked now, or None where it is absent or only known during the update."""
    return None if isinstance(value, pulumi.Output) else value


def check_range(component: str, field: str, value: Any, lowest: int, highest: int) -> None:
    """Refuse a number outside of its range; a value that is not known yet passes."""
    number = known_value(value)
    if number is not None and not lowest <= number <= highest:
        reject(component, field, f"is {number}", f"Choose {lowest} to {highest}.")


def check_arn(component: str, field: str, value: Any, *services: str) -> None:
    """Refuse what is no ARN, or not of one of `services` where they are named; unknown values pass."""
    arn = known_value(value)
    if arn is None:
        return
    if not str(arn).startswith("arn:"):
        reject(
            component,
            field,
            f"is {arn!r}, which is no ARN",
            "Write it whole: arn:aws:SERVICE:REGION:ACCOUNT:NAME.",
        )
    service = [*str(arn).split(":"), "", ""][2]
    if services and service not in services:
        reject(component, field, f"is {arn!r}", f"Give the ARN of one of: {', '.join(sorted(services))}.")


def check_key(component: str, field: str, value: Any) -> None:
    """Refuse what is no ARN of a KMS key itself; for permissions an alias is not its key. Unknown values pass."""
    check_arn(component, field, value, "kms")
    if ":alias/" in str(known_value(value) or ""):
        fix = "Give the key's own ARN, …:key/ID: a permission on an alias permits nothing on its key."
        reject(component, field, f"is {value!r}, an alias", fix)


def check_together(component: str, args: Any, one: str, other: str) -> None:
    """Refuse `one` without `other`."""
    if one in args and other not in args:
        reject(component, one, f"needs `{other}`", f"Give `{other}` too, or leave `{one}` out.")
