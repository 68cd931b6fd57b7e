"""Converts frozen dataclasses to DynamoDB items and back.

Fields may be ``str``, ``int``, ``float``, ``bool``, tuples of these or of dataclasses, a dataclass, and any of these or
None. None and empty tuples are left out of the item. Floats are stored as decimals, which DynamoDB requires.
"""

from __future__ import annotations

import dataclasses
import types
from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

T = TypeVar("T")


def to_item(record: Any) -> dict[str, Any]:
    """Return the attributes of ``record``."""
    item = {field.name: to_attribute(getattr(record, field.name)) for field in dataclasses.fields(record)}
    return {name: value for name, value in item.items() if value is not None and value != []}


def to_attribute(value: Any) -> Any:
    """Return ``value`` in a form that DynamoDB's serialiser accepts."""
    if dataclasses.is_dataclass(value):
        return to_item(value)
    if isinstance(value, tuple | list):
        return [to_attribute(part) for part in value]
    if isinstance(value, float):
        return Decimal(str(value))
    return value


def from_item(declared: type[T], item: Mapping[str, Any]) -> T:
    """Build ``declared`` from an item; attributes that it does not declare (leases, expiry) are ignored."""
    hints = _hints(declared)  # type: ignore[arg-type]  # mypy does not know that classes are hashable
    values = {
        field.name: _read(hints[field.name], item[field.name])
        for field in dataclasses.fields(declared)  # type: ignore[arg-type]
        if field.name in item
    }
    return declared(**values)


@cache
def _hints(declared: type) -> Mapping[str, Any]:
    """Return the types of a record's fields, resolved once."""
    return get_type_hints(declared)


def _read(hint: Any, value: Any) -> Any:
    if get_origin(hint) in (types.UnionType,):
        hint = next(option for option in get_args(hint) if option is not type(None))
    if get_origin(hint) is tuple:
        return tuple(_read(get_args(hint)[0], part) for part in value)
    if dataclasses.is_dataclass(hint) and isinstance(hint, type):
        return from_item(hint, value)
    if hint in (int, float):
        return hint(value)
    return hint(value) if isinstance(hint, type) and not isinstance(value, hint) else value
