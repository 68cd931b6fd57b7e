"""Tolerant access to JSON of other services: a field of an unexpected type counts as absent."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def as_dict(value: object) -> Mapping[str, Any]:
    """Return the object, or an empty one for any other type (null, a string)."""
    return value if isinstance(value, Mapping) else {}


def as_list(value: object) -> list[Any]:
    """Return the array, or an empty one for any other type."""
    return value if isinstance(value, list) else []


def as_str(value: object) -> str:
    """Return a string as it is, a number in decimal form without a zero fraction, otherwise ``""``.

    A lone surrogate, which JSON can hold but nothing can store, becomes a question mark.
    """
    if isinstance(value, str):
        return value if value.isascii() else value.encode("utf-8", "replace").decode()
    if isinstance(value, bool) or value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value) if isinstance(value, int | float) else ""
