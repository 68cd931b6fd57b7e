"""Property names of AWS resources, read from the pulumi-aws package."""

import importlib
import inspect
import sys
import typing
from dataclasses import dataclass
from functools import cache
from typing import Any

from pulumi import _types

_PYTHON_NAMES = {"lambda": "lambda_"}
"""Modules of pulumi_aws whose name is a keyword of Python."""


class UnknownType(LookupError):
    """pulumi-aws has no resource of this type."""


@dataclass(frozen=True)
class ResourceSchema:
    """The properties of one resource type: inputs with their types, required inputs, and outputs."""

    inputs: dict[str, Any]
    required: frozenset[str]
    outputs: frozenset[str]


@cache
def schema_of(token: str) -> ResourceSchema:
    """Return the schema of a type such as aws:sqs/queue:Queue. Raises UnknownType."""
    package, module, name = token.split(":")
    folder = module.split("/")[0]
    try:
        if package != "aws":
            raise UnknownType(token)
        # Through the package: importing a file of a package that was not used yet would leave it half loaded.
        resource = getattr(importlib.import_module(f"pulumi_aws.{_PYTHON_NAMES.get(folder, folder)}"), name)
        found = sys.modules[resource.__module__]
        # Where a nested type has the name, the resource's arguments are called so.
        arguments = getattr(found, f"{name}InitArgs", None) or getattr(found, f"{name}Args")
    except (ImportError, AttributeError) as error:
        raise UnknownType(f"pulumi-aws has no resource of type {token}") from error
    names = _types.input_type_py_to_pulumi_names(arguments)
    parameters = inspect.signature(arguments.__init__).parameters
    required = {
        names[each.name]
        for each in parameters.values()
        if each.name in names and each.default is inspect.Parameter.empty
    }
    return ResourceSchema(
        _types.input_type_types(arguments), frozenset(required), frozenset(_types.resource_types(resource))
    )


def unknown_properties(token: str, inputs: dict[str, Any]) -> list[str]:
    """List the paths of properties that the resource type does not have."""
    return [
        path for key, value in inputs.items() for path in _unknown(schema_of(token).inputs, key, value, "")
    ]


def _unknown(types: dict[str, Any], key: str, value: Any, path: str) -> list[str]:
    if key not in types:
        return [f"{path}{key}"]
    inner = _object(types[key])
    if inner is None:
        return []
    found = []
    for at, item in enumerate(value if isinstance(value, list) else [value]):
        if isinstance(item, dict):
            place = f"{path}{key}[{at}]." if isinstance(value, list) else f"{path}{key}."
            fields = _types.input_type_types(inner)
            found += [
                one for name, one_value in item.items() for one in _unknown(fields, name, one_value, place)
            ]
    return found


def _object(annotation: Any) -> type | None:
    """Return the class of nested arguments in a type, if there is one."""
    if isinstance(annotation, type) and _types.is_input_type(annotation):
        return annotation
    for part in typing.get_args(annotation):
        if (found := _object(part)) is not None:
            return found
    return None
