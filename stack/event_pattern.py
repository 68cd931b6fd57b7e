"""The rules of EventBridge's event patterns, as far as they can be checked without EventBridge."""

from collections.abc import Mapping
from typing import Any

_FILTERS = (
    "prefix", "suffix", "anything-but", "numeric", "exists", "cidr", "equals-ignore-case", "wildcard",
)  # fmt: skip


def check_pattern(pattern: Mapping[str, Any], path: str = "") -> str | None:
    """Say what is wrong with a pattern (where, and why), or return None when nothing is."""
    if not pattern:
        return f"matches nothing at {path or 'its top'}: an object must name at least one field"
    for field, rule in pattern.items():
        place = f"{path}.{field}".lstrip(".")
        if field == "$or":
            if not isinstance(rule, list) or not all(isinstance(part, Mapping) for part in rule):
                return f"has an `$or` at {place} that is no list of patterns"
            problem = next((found for part in rule if (found := check_pattern(part, place))), None)
        elif isinstance(rule, Mapping):
            problem = check_pattern(rule, place)
        else:
            problem = _check_values(rule, place)
        if problem:
            return problem
    return None


def _check_values(values: Any, place: str) -> str | None:
    """Check the list of values and filters that a field is matched with."""
    if not isinstance(values, list):
        return f"has {values!r} at {place}: values are always in a list"
    if not values:
        return f"has an empty list at {place}: it would match nothing"
    for value in values:
        if isinstance(value, Mapping):
            if len(value) != 1 or next(iter(value)) not in _FILTERS:
                return f"has the filter {dict(value)!r} at {place}: a filter has one key of {', '.join(_FILTERS)}"
        elif value is not None and not isinstance(value, str | int | float | bool):
            return f"has {value!r} at {place}: a value is text, a number, true, false or null"
    return None
