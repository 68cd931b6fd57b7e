"""The rules of event patterns, as far as they can be checked without EventBridge and Lambda.

https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html
https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventfiltering.html
"""

import difflib
import json
from collections.abc import Collection, Mapping
from typing import Any

from stack.pattern_operators import FILTER_OPERATORS, OPERATORS, check_operator

_EVENT = (
    "account", "detail", "detail-type", "id", "region", "replay-name", "resources", "source", "time", "version",
)  # fmt: skip
_MESSAGE = (
    "attributes", "awsRegion", "body", "eventSource", "eventSourceARN", "md5OfBody", "messageAttributes", "messageId",
    "receiptHandle",
)  # fmt: skip
_LARGEST = 4096


def check_event_pattern(pattern: Mapping[str, Any]) -> str | None:
    """Say what is wrong with a rule's pattern (where, and why), or return None when nothing is."""
    return _check_whole(pattern, _EVENT, OPERATORS)


def check_message_filter(pattern: Mapping[str, Any]) -> str | None:
    """Say what is wrong with a filter of queue messages; Lambda knows fewer operators than EventBridge."""
    return _check_whole(pattern, _MESSAGE, FILTER_OPERATORS)


def _check_whole(
    pattern: Mapping[str, Any], fields: Collection[str], operators: Collection[str]
) -> str | None:
    """Check a pattern whose fields at the top are known: one that is misspelt would match nothing, silently."""
    for field in pattern:
        if field not in fields and field != "$or":
            near = difflib.get_close_matches(field.replace("_", "-"), fields, 1)
            meant = f"did you mean {near[0]}?" if near else f"there are {', '.join(fields)}"
            return f"has {field!r} at its top, which would match nothing: {meant}"
    if len(json.dumps(pattern)) > _LARGEST:
        return f"has more than {_LARGEST} characters"
    return _check(pattern, "", operators)


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
    return next((found for part in rule if (found := _check(part, place, operators))), None)


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
