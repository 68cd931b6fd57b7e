"""The shape of every component: arguments as one object or as keywords, and outputs registered by their names."""

from collections.abc import Mapping
from typing import Any, TypeVar, cast

import pulumi

from .stand_ins import with_stand_ins
from .validation import reject

_Args = TypeVar("_Args")

NOT_GIVEN: Any = None
"""Default of the parameter `args`. It is no `None` in the annotation: Pulumi's schema analyser cannot read that."""


def given_args(declared: type[_Args], args: _Args, keywords: Mapping[str, Any]) -> _Args:
    """Return a component's arguments, from `args` or from keywords, with components replaced by their outputs.

    `declared` is the TypedDict of the arguments, `RecordTableArgs` for `RecordTable`. Raises InvalidArgument if both
    are given.
    """
    component = declared.__name__.removesuffix("Args")
    if args is not None and keywords:
        given = sorted(keywords)[0]
        fix = "Write all arguments as keywords, or all in one object: `{**args, …}`."
        reject(component, given, "is given as a keyword beside `args`", fix)
    given_as = keywords if args is None else args
    if not isinstance(given_as, Mapping):
        return args  # check_fields refuses it
    return cast(_Args, with_stand_ins(given_as, declared))


def output_names(component: type[pulumi.ComponentResource]) -> list[str]:
    """Return the names of a component's outputs: its annotated attributes."""
    return [name for name in component.__annotations__ if not name.startswith("_")]


def outputs_of(component: pulumi.ComponentResource) -> dict[str, Any]:
    """Return a component's outputs by the names that they have in other languages and in the exports of a program."""
    return {camel_case(name): getattr(component, name) for name in output_names(type(component))}


def camel_case(name: str) -> str:
    """Write `table_name` as `tableName`."""
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)
