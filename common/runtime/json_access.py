"""Reading JSON that other services wrote: a field of an unexpected shape counts as absent."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def as_dict(value: object) -> Mapping[str, Any]:
    """Return the object, or an empty one where something else (null, a string) stands."""
    return value if isinstance(value, Mapping) else {}


def as_list(value: object) -> list[Any]:
    """Return the array, or an empty one where something else stands."""
    return value if isinstance(value, list) else []


def as_str(value: object) -> str:
    """Return the string; numbers as their decimal form without a fraction of zero; otherwise ``""``.

    Half a surrogate pair, which JSON can hold and nothing can store, becomes a question mark.
    """
    if isinstance(value, str):
        return value if value.isascii() else value.encode("utf-8", "replace").decode()
    if isinstance(value, bool) or value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value) if isinstance(value, int | float) else ""
