"""The rules of event patterns, as far as they can be checked without EventBridge and Lambda.

https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html
https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventfiltering.html
"""

import difflib
import json
from collections.abc import Collection, Mapping
from typing import Any

from .pattern_operators import FILTER_OPERATORS, OPERATORS, check_operator

_EVENT = (
    "account", "detail", "detail-type", "id", "region", "replay-name", "resources", "source", "time", "version",
)  # fmt: skip
_MESSAGE = (
    "attributes", "awsRegion", "body", "eventSource", "eventSourceARN", "md5OfBody", "messageAttributes", "messageId",
    "receiptHandle",
)  # fmt: skip
_LONGEST_PATTERN = 2048
_LONGEST_FILTER = 4096


def check_event_pattern(pattern: Mapping[str, Any]) -> str | None:
    """Say what is wrong with a rule's pattern (where, and why), or return None when nothing is."""
    problem = _check_fields(pattern, _EVENT, "its top") or _check(pattern, "", OPERATORS)
    # Counted as it arrives there: the provider sends it without blanks, and letters as they are.
    length = len(json.dumps(pattern, separators=(",", ":"), ensure_ascii=False))
    if not problem and length > _LONGEST_PATTERN:
        return (
            f"has {length} characters, and EventBridge takes {_LONGEST_PATTERN}: name a prefix instead of many values, "
            "subscribe twice or, with a higher quota, put it there by a transform of the rule"
        )
    return problem


def check_message_filter(pattern: Mapping[str, Any]) -> str | None:
    """Say what is wrong with a filter of queue messages; Lambda knows fewer operators than EventBridge."""
    problem = _check_fields(pattern, _MESSAGE, "its top") or _check(pattern, "", FILTER_OPERATORS)
    if not problem and (length := len(json.dumps(pattern))) > _LONGEST_FILTER:
        return f"has {length} characters, and Lambda takes {_LONGEST_FILTER}: name a prefix instead of many values"
    return problem


def _check_fields(pattern: Any, fields: Collection[str], place: str) -> str | None:
    """Check the fields at the top, also of alternatives: one that is misspelt would match nothing, silently."""
    if not isinstance(pattern, Mapping):
        return None
    for field, rule in pattern.items():
        if field == "$or":
            parts = rule if isinstance(rule, list) else []
            problem = next(
                (found for one in parts if (found := _check_fields(one, fields, "the top of $or"))), None
            )
            if problem:
                return problem
        elif field not in fields:
            near = difflib.get_close_matches(field.replace("_", "-"), fields, 1)
            meant = f"did you mean {near[0]}?" if near else f"there are {', '.join(fields)}"
            return f"has {field!r} at {place}, which would match nothing: {meant}"
    return None


def _check(pattern: Mapping[str, Any], path: str, operators: Collection[str]) -> str | None:
    """Check an object of a pattern."""
    if not pattern:
        return f"matches nothing at {path or 'its top'}: an object must name at least one field"
    for field, rule in pattern.items():
        place = f"{path}.{field}".lstrip(".")
        if field == "$or":
            problem = _check_alternatives(rule, place, operators)
        elif isinstance(rule, Mapping):
            problem = _check(rule, place, operators)
        else:
            problem = _check_values(rule, place, operators)
        if problem:
            return problem
    return None


def _check_alternatives(rule: Any, place: str, operators: Collection[str]) -> str | None:
    """Check patterns one of which must match."""
    if not isinstance(rule, list) or len(rule) < 2 or not all(isinstance(part, Mapping) for part in rule):
        return f"has an `$or` at {place} that is no list of two or more patterns"
    for part in rule:
        if field := _reserved(part):
            return f"has a field {field!r} inside of {place}, where that name is kept for a filter: name it outside"
        if problem := _check(part, place, operators):
            return problem
    return None


def _reserved(part: Mapping[str, Any]) -> str | None:
    """Find a field, however deep, that has the name of an operator; EventBridge takes none inside of `$or`."""
    for field, rule in part.items():
        found = field if field in OPERATORS else _reserved(rule) if isinstance(rule, Mapping) else None
        if found:
            return found
    return None


def _check_values(values: Any, place: str, operators: Collection[str]) -> str | None:
    """Check the list of values and operators that a field is matched with."""
    if not isinstance(values, list):
        return f"has {values!r} at {place}: values are always in a list"
    if not values:
        return f"has an empty list at {place}: it would match nothing"
    for value in values:
        if isinstance(value, Mapping):
            if len(value) != 1 or next(iter(value)) not in operators:
                known = ", ".join(operators)
                return f"has the filter {dict(value)!r} at {place}: a filter has one key of {known}"
            operator, operand = next(iter(value.items()))
            if not check_operator(operator, operand):
                return f"has {operand!r} for {operator} at {place}: {OPERATORS[operator]}"
        elif value is not None and not isinstance(value, str | int | float | bool):
            return f"has {value!r} at {place}: a value is text, a number, true, false or null"
    return None
