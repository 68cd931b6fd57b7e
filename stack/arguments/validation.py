"""Validation of component arguments: each error names field, value, rule and remedy, before anything is registered."""

import difflib
import re
from collections.abc import Awaitable, Callable, Collection, Mapping
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
    for field in args:
        if not isinstance(field, str):
            reject(component, "args", f"has the key {field!r}", "Write the names of arguments as text.")
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
            if inner := _resource_in(value):
                fix = f"It holds a {inner}: give one of its outputs, e.g. its name or ARN."
            if is_output(value):
                fix = f"{fix[:-1]} that is known before the update: other arguments and names depend on it."
            reject(component, field, f"is {_shown(value)}", fix)


def _resource_in(value: Any) -> str | None:
    """Return the class of a resource inside of an object or a list; None if there is none."""
    inner = value.values() if isinstance(value, Mapping) else value if isinstance(value, list | tuple) else ()
    return next((type(one).__name__ for one in inner if isinstance(one, pulumi.Resource)), None)


def _shown(value: Any) -> str:
    """Return a number as it is, and only the type of any other value, which may be a secret."""
    return repr(value) if isinstance(value, int | float) else f"of type {type(value).__name__}"


def is_output(value: Any) -> bool:
    """Return whether a value is only known during the update."""
    return isinstance(value, pulumi.Output | Awaitable)


def known_value(value: Any) -> Any:
    """Return a value that can be checked now, or None if it is absent or only known during the update."""
    return None if is_output(value) else value


def when_known(value: Any, check: Callable[[Any], None]) -> None:
    """Check a value: now, or inside `apply` as soon as it is known; an absent value passes.

    Pulumi waits for all outputs, so what `check` raises later stops the update.
    """
    if isinstance(value, pulumi.Output):
        value.apply(lambda known: None if known is None else check(known))
    elif value is not None and not is_output(value):
        check(value)


def check_range(component: str, field: str, value: Any, lowest: int, highest: int) -> None:
    """Raise InvalidArgument for a number outside its range."""

    def check(number: Any) -> None:
        if isinstance(number, bool) or not isinstance(number, int | float):
            reject(component, field, f"is {_shown(number)}", "Give a number.")
        if not lowest <= number <= highest:
            reject(component, field, f"is {number}", f"Choose {lowest} to {highest}.")

    when_known(value, check)


def check_text(component: str, field: str, value: Any, pattern: str, fix: str) -> None:
    """Raise InvalidArgument for a name or other text that does not match a pattern as a whole."""

    def check(text: Any) -> None:
        if not isinstance(text, str) or not re.fullmatch(pattern, text):
            reject(component, field, f"is {text!r}", fix)

    when_known(value, check)


def check_arn(component: str, field: str, value: Any, *services: str) -> None:
    """Raise InvalidArgument for a value that is not an ARN, or not of one of `services`."""
    when_known(value, lambda arn: _check_arn(component, field, arn, services))


def _check_arn(component: str, field: str, arn: Any, services: Collection[str]) -> None:
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
    """Raise InvalidArgument for a value that is not the ARN of a KMS key.

    Aliases are rejected because an IAM permission on an alias does not apply to its key.
    """
    check_arn(component, field, value, "kms")

    def check(arn: Any) -> None:
        if ":alias/" in str(arn):
            fix = "Give the key's own ARN, …:key/ID: a permission on an alias does not apply to its key."
            reject(component, field, f"is {arn!r}, an alias", fix)

    when_known(value, check)


def check_together(component: str, args: Any, one: str, other: str) -> None:
    """Raise InvalidArgument if `one` is given without `other`."""
    if one in args and other not in args:
        reject(component, one, f"needs `{other}`", f"Give `{other}` too, or leave `{one}` out.")
