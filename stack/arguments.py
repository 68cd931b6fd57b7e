"""How components refuse arguments: with the field, the rule and the fix, before anything is registered."""

from typing import Any, NoReturn

import pulumi


class InvalidArgument(Exception):
    """An argument breaks a rule; the message names component, field, rule and fix."""


def refuse(component: str, field: str, rule: str, fix: str) -> NoReturn:
    """Raise InvalidArgument."""
    raise InvalidArgument(f"{component}: `{field}` {rule}. {fix}")


def known(value: Any) -> Any:
    """Return a value that can be checked now, or None where it is absent or only known during the update."""
    return None if isinstance(value, pulumi.Output) else value


def check_range(component: str, field: str, value: Any, lowest: int, highest: int) -> None:
    """Refuse a number outside of its range; a value that is not known yet passes."""
    number = known(value)
    if number is not None and not lowest <= number <= highest:
        refuse(component, field, f"is {number}", f"Choose {lowest} to {highest}.")
