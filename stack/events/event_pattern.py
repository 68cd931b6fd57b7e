"""Validation of event patterns and message filters, as far as it is possible without calling AWS.

https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html
https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventfiltering.html
"""

import difflib
import json
from collections.abc import Collection, Mapping
from typing import Any

from ..arguments.known_later import holds_output
from ..arguments.validation import is_output
from .pattern_operators import FILTER_OPERATORS, OPERATORS, check_operator

_EVENT = (
    "account", "detail", "detail-type", "id", "region", "replay-name", "resources", "source", "time", "version",
)  # fmt: skip
_MESSAGE = (
    "attributes", "awsRegion", "body", "eventSource", "eventSourceARN", "md5OfBody", "messageAttributes", "messageId",
    "receiptHandle",
)  # fmt: skip
_RECORD = (
    "awsRegion", "dynamodb", "eventID", "eventName", "eventSource", "eventSourceARN", "eventVersion", "userIdentity",
)  # fmt: skip
_LONGEST_PATTERN = 2048
_LONGEST_FILTER = 4096


def check_event_pattern(pattern: Mapping[str, Any]) -> str | None:
    """Return what is wrong with a rule's event pattern and where, or None if it is valid.

    Outputs in the pattern are accepted; they are checked by a second call when they are known.
    """
    problem = _check_fields(pattern, _EVENT, "its top") or _check(pattern, "", OPERATORS)
    if problem or holds_output(pattern):
        return problem
    # The provider sends the pattern without blanks and without escaping letters; EventBridge counts that form.
    length = len(json.dumps(pattern, separators=(",", ":"), ensure_ascii=False))
    if length > _LONGEST_PATTERN:
        return (
            f"has {length} characters, but EventBridge accepts {_LONGEST_PATTERN}: use a prefix instead of many "
            "values, or split it into two subscriptions; with a higher quota, set it by a transform of the rule"
        )
    return None


def check_message_filter(pattern: Mapping[str, Any]) -> str | None:
    """Return what is wrong with a message filter, or None; Lambda supports fewer operators than EventBridge.

    Outputs in the pattern are accepted; they are checked by a second call when they are known.
    """
    return _check_filter(pattern, _MESSAGE)


def check_record_filter(pattern: Mapping[str, Any]) -> str | None:
    """Return what is wrong with a filter of a DynamoDB stream's records, or None; the rules are those of messages."""
    return _check_filter(pattern, _RECORD)


def _check_filter(pattern: Mapping[str, Any], fields: Collection[str]) -> str | None:
    """Check a filter of an event source mapping."""
    problem = _check_fields(pattern, fields, "its top") or _check(pattern, "", FILTER_OPERATORS)
    if problem or holds_output(pattern):
        return problem
    if (length := len(json.dumps(pattern))) > _LONGEST_FILTER:
        return f"has {length} characters, but Lambda accepts {_LONGEST_FILTER}: use a prefix instead of many values"
    return None


def _check_fields(pattern: Any, fields: Collection[str], place: str) -> str | None:
    """Check the top-level field names, also inside `$or`: a pattern with a misspelt field would never match."""
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
            meant = f"did you mean {near[0]}?" if near else f"the fields are {', '.join(fields)}"
            return f"has {field!r} at {place}, which would match nothing: {meant}"
    return None


def _check(pattern: Mapping[str, Any], path: str, operators: Collection[str]) -> str | None:
    """Check one object of a pattern and those below it."""
    if is_output(pattern):
        return None
    if not isinstance(pattern, Mapping):
        return f"has {pattern!r} at {path or 'its top'}: write an object"
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
    """Check the alternatives of `$or`."""
    if is_output(rule):
        return None
    if not isinstance(rule, list) or len(rule) < 2 or not all(map(_may_be_object, rule)):
        return f"has an `$or` at {place} that is not a list of two or more patterns"
    for part in rule:
        if is_output(part):
            continue
        if field := _reserved(part):
            return (
                f"has a field {field!r} inside of {place}, where that name is reserved for an operator: move the field "
                "out of the $or"
            )
        if problem := _check(part, place, operators):
            return problem
    return None


def _may_be_object(part: Any) -> bool:
    """Return whether a part of a pattern is an object, or an output that may become one."""
    return isinstance(part, Mapping) or is_output(part)


def _reserved(part: Mapping[str, Any]) -> str | None:
    """Find a field at any depth that has the name of an operator; EventBridge rejects it inside of `$or`."""
    for field, rule in part.items():
        found = field if field in OPERATORS else _reserved(rule) if isinstance(rule, Mapping) else None
        if found:
            return found
    return None


def _check_values(values: Any, place: str, operators: Collection[str]) -> str | None:
    """Check the list of values and operators for one field."""
    if is_output(values):
        return None
    if not isinstance(values, list):
        return f"has {values!r} at {place}: write the values as a list"
    if not values:
        return f"has an empty list at {place}: it would match nothing"
    for value in values:
        if isinstance(value, Mapping):
            if len(value) != 1 or next(iter(value)) not in operators:
                known = ", ".join(operators)
                return (
                    f"has the filter {dict(value)!r} at {place}: a filter has exactly one key, one of {known}"
                )
            operator, operand = next(iter(value.items()))
            if not holds_output(operand) and not check_operator(operator, operand):
                return f"has {operand!r} for {operator} at {place}: {OPERATORS[operator]}"
        elif value is not None and not is_output(value) and not isinstance(value, str | int | float | bool):
            return f"has {value!r} at {place}: a value must be text, a number, true, false or null"
    return None
