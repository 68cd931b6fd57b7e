"""The operators of event patterns, and the operands that each accepts."""

import ipaddress
import re
from collections.abc import Mapping
from typing import Any

OPERATORS: Mapping[str, str] = {
    "prefix": 'it takes text, or {"equals-ignore-case": text}',
    "suffix": 'it takes text, or {"equals-ignore-case": text}',
    "anything-but": "it takes a value, a list of texts or numbers, or prefix, suffix, wildcard, equals-ignore-case",
    "numeric": 'it takes one comparison, or a lower bound and then an upper one: ["=", 5], [">=", 1, "<", 5]',
    "exists": "it takes true or false",
    "cidr": 'it takes a network: "10.0.0.0/24"',
    "equals-ignore-case": "it takes text",
    "wildcard": "it takes text with single asterisks, and a backslash only before an asterisk or a backslash",
}
"""Per operator, the operand that it takes, as error messages describe it."""

FILTER_OPERATORS = tuple(name for name in OPERATORS if name not in ("cidr", "wildcard"))
"""The operators that Lambda supports in message filters."""

_COMPARISONS = ("=", "<", "<=", ">", ">=")


def check_operator(operator: str, operand: Any) -> bool:
    """Return whether an operand is valid for an operator."""
    match operator:
        case "prefix" | "suffix":
            return isinstance(operand, str) or _folds_case(operand)
        case "anything-but":
            return _excludes(operand)
        case "numeric":
            return _compares(operand)
        case "exists":
            return isinstance(operand, bool)
        case "cidr":
            return _is_network(operand)
        case "equals-ignore-case":
            return isinstance(operand, str)
        case _:
            return _is_wildcard(operand)


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_wildcard(value: Any) -> bool:
    """Return whether a value is text without `**`, in which backslashes escape only an asterisk or a backslash."""
    plain = re.sub(r"\\[*\\]", "-", value) if isinstance(value, str) else "**"
    return "**" not in plain and "\\" not in plain


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _folds_case(value: Any) -> bool:
    """Return whether a value is `{"equals-ignore-case": text}`."""
    return (
        isinstance(value, Mapping)
        and set(value) == {"equals-ignore-case"}
        and all(map(_is_text, value.values()))
    )


def _excludes_like(value: Any) -> bool:
    """Return whether a value is an operator that `anything-but` accepts, with one text or a list of texts."""
    if not isinstance(value, Mapping) or len(value) != 1:
        return False
    operator, inner = next(iter(value.items()))
    texts = inner if isinstance(inner, list) else [inner]
    if operator in ("prefix", "suffix"):
        # Empty texts are invalid only inside of `anything-but`: they would exclude everything.
        return texts != [] and all(isinstance(text, str) and text != "" for text in texts)
    kinds = {"wildcard": _is_wildcard, "equals-ignore-case": _is_text}
    return texts != [] and operator in kinds and all(map(kinds[operator], texts))


def _excludes(operand: Any) -> bool:
    """Return whether an operand of `anything-but` is a value, a list of values of one type, or an operator on texts."""
    if isinstance(operand, list):
        return operand != [] and (all(map(_is_text, operand)) or all(map(_is_number, operand)))
    return _is_text(operand) or _is_number(operand) or _excludes_like(operand)


def _compares(operand: Any) -> bool:
    """Return whether an operand of `numeric` is one comparison, or a lower bound and then a higher upper bound."""
    if not isinstance(operand, list) or len(operand) not in (2, 4) or not all(map(_is_number, operand[1::2])):
        return False
    if len(operand) == 2:
        return operand[0] in _COMPARISONS
    return bool(operand[0] in (">", ">=") and operand[2] in ("<", "<=") and operand[1] < operand[3])


def _is_network(operand: Any) -> bool:
    """Return whether a value is a network in CIDR notation."""
    if not isinstance(operand, str):
        return False
    try:
        ipaddress.ip_network(operand, strict=False)
    except ValueError:
        return False
    return "/" in operand
