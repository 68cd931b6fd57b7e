"""All fields of a JSON body by their paths, and copies of the body with other values in some of them."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from typing import Any

Place = tuple[str | int, ...]


def places(value: Any, so_far: Place = ()) -> Iterator[Place]:
    """Yield everything in a body with its path."""
    below = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, inner in below:
        yield (*so_far, name)
        yield from places(inner, (*so_far, name))


def with_put(body: Any, put: Mapping[Place, Any]) -> Any:
    """Return a copy of a body with other values at some paths, if they still exist."""
    changed = copy.deepcopy(body)
    for (*way, last), value in put.items():
        inner = changed
        for name in way:
            inner = inner[name] if _has(inner, name) else None
        if _has(inner, last):
            inner[last] = copy.deepcopy(value)
    return changed


def _has(value: Any, name: Any) -> bool:
    return name in value if isinstance(value, dict) else isinstance(value, list) and name in range(len(value))
