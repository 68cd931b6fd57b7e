"""The operators of event patterns, and what each one is given."""

import ipaddress
from collections.abc import Mapping
from typing import Any

OPERATORS: Mapping[str, str] = {
    "prefix": 'it takes text, or {"equals-ignore-case": text}',
    "suffix": 'it takes text, or {"equals-ignore-case": text}',
    "anything-but": "it takes a value, a list of texts or numbers, or prefix, suffix, wildcard, equals-ignore-case",
    "numeric": 'it takes a comparison and a number, once or twice: [">=", 1, "<", 5]',
    "exists": "it takes true or false",
    "cidr": 'it takes a network: "10.0.0.0/24"',
    "equals-ignore-case": "it takes text",
    "wildcard": "it takes text with single asterisks",
}
"""What an operator takes, by its name."""

FILTER_OPERATORS = tuple(name for name in OPERATORS if name not in ("cidr", "wildcard"))
"""The operators that Lambda knows for filters of messages."""

_COMPARISONS = ("=", "<", "<=", ">", ">=")


def check_operator(operator: str, operand: Any) -> bool:
    """Tell whether an operator takes what it is given."""
    match operator:
        case "prefix" | "suffix":
            return _is_text(operand) or _is_text_in(operand, ("equals-ignore-case",))
        case "anything-but":
            return _excludes(operand)
        case "numeric":
            return _compares(operand)
        case "exists":
            return isinstance(operand, bool)
        case "cidr":
            return _is_network(operand)
        case "equals-ignore-case":
            return _is_text(operand)
        case _:
            return _is_text(operand) and "**" not in operand


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and value != ""


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_text_in(value: Any, names: tuple[str, ...]) -> bool:
    """Tell whether a value is an operator inside of another one, with one text or several."""
    if not isinstance(value, Mapping) or len(value) != 1 or next(iter(value)) not in names:
        return False
    inner = next(iter(value.values()))
    return _is_text(inner) or (isinstance(inner, list) and inner != [] and all(map(_is_text, inner)))


def _excludes(operand: Any) -> bool:
    """Tell whether `anything-but` is given a value, values of one kind, or an operator on texts."""
    if isinstance(operand, list):
        return operand != [] and (all(map(_is_text, operand)) or all(map(_is_number, operand)))
    return (
        _is_text(operand)
        or _is_number(operand)
        or _is_text_in(operand, ("prefix", "suffix", "wildcard", "equals-ignore-case"))
    )


def _compares(operand: Any) -> bool:
    """Tell whether `numeric` is given one comparison, or a lower and an upper end."""
    if not isinstance(operand, list) or len(operand) not in (2, 4):
        return False
    return all(
        sign in _COMPARISONS and _is_number(value)
        for sign, value in zip(operand[::2], operand[1::2], strict=True)
    )


def _is_network(operand: Any) -> bool:
    """Tell whether a value is a network in CIDR notation."""
    try:
        ipaddress.ip_network(operand, strict=False)
    except ValueError:
        return False
    return isinstance(operand, str) and "/" in operand
