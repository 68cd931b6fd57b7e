"""Type check of argument values against their annotations.

Values that are only known during the update pass where the annotation is an `Input`. Programs in other languages send
whole numbers as floats (3.0) and enum values as text; both are accepted.
"""

from collections.abc import Awaitable, Mapping
from enum import Enum
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, is_typeddict

import pulumi


def matches_type(value: Any, hint: Any) -> bool:
    """Return whether a value has the type that an annotation asks for."""
    origin, inner = get_origin(hint), get_args(hint)
    if isinstance(value, pulumi.Output | Awaitable):
        return hint is Any or any(get_origin(one) is pulumi.Output for one in (hint, *inner))
    if hint is Any:
        return True
    if origin in (Union, UnionType):
        return any(matches_type(value, one) for one in inner)
    if origin is list:
        return isinstance(value, list | tuple) and all(matches_type(one, inner[0]) for one in value)
    if origin is dict:
        return isinstance(value, Mapping) and all(matches_type(one, inner[1]) for one in value.values())
    if is_typeddict(hint):
        return isinstance(value, Mapping)
    if origin is not None or not isinstance(hint, type):
        return False
    return _fits_class(value, hint)


def _fits_class(value: Any, kind: type) -> bool:
    """Return whether a value is an instance of a class, or the value of one of an enum's members."""
    if issubclass(kind, Enum):
        return isinstance(value, kind) or value in [choice.value for choice in kind]
    if kind in (int, float):
        whole = not isinstance(value, float) or value.is_integer()
        return isinstance(value, int | float) and not isinstance(value, bool) and (kind is float or whole)
    return isinstance(value, kind)


def describe_type(hint: Any) -> str:
    """Describe an annotation for an error message, e.g. `text or a whole number`."""
    origin, inner = get_origin(hint), get_args(hint)
    if origin in (Union, UnionType):
        plain = [
            one for one in inner if get_origin(one) not in (pulumi.Output, Awaitable) and one is not NoneType
        ]
        return " or ".join(dict.fromkeys(describe_type(one) for one in plain))
    if origin is list:
        return f"a list, each entry {describe_type(inner[0])}"
    if origin is dict or is_typeddict(hint):
        return "an object"
    if isinstance(hint, type) and issubclass(hint, Enum):
        return f"one of {', '.join(choice.name for choice in hint)}"
    names = {str: "text", int: "a whole number", float: "a number", bool: "true or false"}
    return names.get(hint, f"a {getattr(hint, '__name__', hint)}")
