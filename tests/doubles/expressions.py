"""DynamoDB's expressions: conditions and updates of top-level attributes, as far as Kinexus uses them.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.OperatorsAndFunctions.html
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.UpdateExpressions.html
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

from tests.doubles.refusals import AwsError, NotDoubled

#: An attribute value of the wire format, such as ``{"S": "text"}``.
Value = Mapping[str, Any]
Item = Mapping[str, Value]

_TOKEN = re.compile(r"\s*(?:(<>|<=|>=|[=<>(),+.\[\]-])|([#:]?[A-Za-z0-9_]+))")
_COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_FUNCTIONS = {"attribute_exists": 1, "attribute_not_exists": 1, "contains": 2, "begins_with": 2}
_CLAUSES = ("SET", "REMOVE")


@lru_cache(maxsize=1024)
def _tokens(expression: str) -> tuple[str, ...]:
    found, at = [], 0
    text = expression.rstrip()
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            raise NotDoubled(f"the expression {expression!r}")
        found.append(match[1] or match[2])
        at = match.end()
    return tuple(found)


@cache
def _reserved_words() -> frozenset[str]:
    """Return the words that an expression may not use as they are, from moto's copy of DynamoDB's list."""
    listed = files("moto") / "dynamodb" / "parsing" / "reserved_keywords.txt"
    return frozenset(listed.read_text().split())


class Names:
    """The names and values of one request; ``check_all_used`` refuses those that no expression uses, as DynamoDB does."""

    def __init__(self, given: Mapping[str, Any]) -> None:
        self._names: Mapping[str, str] = given.get("ExpressionAttributeNames", {})
        self._values: Mapping[str, Value] = given.get("ExpressionAttributeValues", {})
        self._used: set[str] = set()

    def attribute(self, token: str, kind: str) -> str:
        """Return the attribute that a token names."""
        if not token.startswith("#"):
            if token.upper() in _reserved_words():
                raise _invalid(
                    f"Invalid {kind}: Attribute name is a reserved keyword; reserved keyword: {token}"
                )
            return token
        if token not in self._names:
            raise _invalid(
                f"Invalid {kind}: An expression attribute name used in the document path is not defined; "
                f"attribute name: {token}"
            )
        self._used.add(token)
        return self._names[token]

    def value(self, token: str, kind: str) -> Value:
        """Return the value that a token stands for."""
        if token not in self._values:
            raise _invalid(
                f"Invalid {kind}: An expression attribute value used in expression is not defined; "
                f"attribute value: {token}"
            )
        self._used.add(token)
        return self._values[token]

    def check_all_used(self) -> None:
        """Raise ValidationException if a name or a value is in no expression."""
        for what, known in (("Names", self._names), ("Values", self._values)):
            unused = [token for token in known if token not in self._used]
            if unused:
                raise _invalid(
                    f"Value provided in ExpressionAttribute{what} unused in expressions: keys: {{{', '.join(unused)}}}"
                )


Test = Callable[[Item], bool]
Operand = Callable[[Item], Value | None]


@dataclass
class _Reader:
    """Reads the tokens of one expression from left to right."""

    tokens: tuple[str, ...]
    names: Names
    kind: str
    at: int = 0

    def peek(self) -> str:
        return self.tokens[self.at] if self.at < len(self.tokens) else ""

    def take(self, expected: str = "") -> str:
        token = self.peek()
        if not token or (expected and token != expected):
            raise _invalid(f'Invalid {self.kind}: Syntax error; token: "{token or "<EOF>"}"')
        self.at += 1
        return token

    def is_word(self, word: str) -> bool:
        return self.peek().upper() == word

    def attribute(self) -> str:
        name = self.names.attribute(self.take(), self.kind)
        if self.peek() in (".", "["):
            raise NotDoubled(f"a path in a document, after {name}")
        return name

    def operand(self) -> Operand:
        token = self.peek()
        if token.startswith(":"):
            value = self.names.value(self.take(), self.kind)
            return lambda item: value
        if token in _FUNCTIONS or token in ("size", "if_not_exists", "list_append"):
            raise NotDoubled(f"the function {token} as an operand")
        name = self.attribute()
        return lambda item: item.get(name)

    def any_of(self) -> Test:
        tests = [self.all_of()]
        while self.is_word("OR"):
            self.take()
            tests.append(self.all_of())
        return tests[0] if len(tests) == 1 else lambda item: any(test(item) for test in tests)

    def all_of(self) -> Test:
        tests = [self.test()]
        while self.is_word("AND"):
            self.take()
            tests.append(self.test())
        return tests[0] if len(tests) == 1 else lambda item: all(test(item) for test in tests)

    def test(self) -> Test:
        if self.is_word("NOT"):
            self.take()
            inner = self.test()
            return lambda item: not inner(item)
        if self.peek() == "(":
            self.take()
            inner = self.any_of()
            self.take(")")
            return inner
        if self.peek() in _FUNCTIONS:
            return self.function()
        return self.comparison()

    def function(self) -> Test:
        name = self.take()
        self.take("(")
        attribute = self.attribute()
        if _FUNCTIONS[name] == 1:
            self.take(")")
            wanted = name == "attribute_exists"
            return lambda item: (attribute in item) is wanted
        self.take(",")
        part = self.operand()
        self.take(")")
        holds = _contains if name == "contains" else _begins_with
        return lambda item: holds(item.get(attribute), part(item))

    def comparison(self) -> Test:
        left = self.operand()
        sign = self.take()
        if sign not in ("=", "<>", *_COMPARISONS):
            raise NotDoubled(f"the operator {sign}")
        right = self.operand()
        if sign == "=":
            return lambda item: equal(left(item), right(item))
        if sign == "<>":
            return lambda item: not equal(left(item), right(item))
        compare = _COMPARISONS[sign]
        return lambda item: _ordered(left(item), right(item), compare)


def condition(expression: str, names: Names, kind: str = "ConditionExpression") -> Test:
    """Return the test of a condition, filter or key condition."""
    reader = _Reader(_tokens(expression), names, kind)
    test = reader.any_of()
    if reader.peek():
        raise _invalid(f'Invalid {kind}: Syntax error; token: "{reader.peek()}"')
    return test


def update(expression: str, names: Names) -> Callable[[Item], dict[str, Value]]:
    """Return the change of an update expression: from an item to the item that replaces it."""
    sets, removes = _update_clauses(_Reader(_tokens(expression), names, "UpdateExpression"))

    def apply(item: Item) -> dict[str, Value]:
        changed = dict(item)
        for name, operand in sets.items():
            value = operand(item)
            if value is None:
                raise _invalid(
                    "The provided expression refers to an attribute that does not exist in the item"
                )
            changed[name] = value
        for name in removes:
            changed.pop(name, None)
        return changed

    apply.attributes = {*sets, *removes}  # type: ignore[attr-defined]
    return apply


def _update_clauses(reader: _Reader) -> tuple[dict[str, Operand], list[str]]:
    """Return the attributes that an update sets, and those that it removes."""
    sets: dict[str, Operand] = {}
    removes: list[str] = []
    while reader.peek():
        clause = reader.take().upper()
        if clause not in _CLAUSES:
            raise NotDoubled(f"the clause {clause}")
        for name in _update_names(reader, {*sets, *removes}):
            if clause == "SET":
                reader.take("=")
                sets[name] = reader.operand()
                if reader.peek() in ("+", "-"):
                    raise NotDoubled("arithmetic in an update")
            else:
                removes.append(name)
    if not sets and not removes:
        raise _invalid("Invalid UpdateExpression: The expression can not be empty;")
    return sets, removes


def _update_names(reader: _Reader, taken: set[str]) -> Iterator[str]:
    """Yield the attributes of one clause; the caller reads what follows each. An attribute may occur only once."""
    while True:
        name = reader.attribute()
        if name in taken:
            raise _invalid(
                "Invalid UpdateExpression: Two document paths overlap with each other; must remove or rewrite one "
                f"of these paths; path one: [{name}], path two: [{name}]"
            )
        taken.add(name)
        yield name
        if reader.peek() != ",":
            return
        reader.take()


def equal(left: Value | None, right: Value | None) -> bool:
    """Return whether two values are the same; an attribute that does not exist is equal to nothing."""
    if left is None or right is None:
        return False
    if "N" in left and "N" in right:
        return Decimal(left["N"]) == Decimal(right["N"])
    return left == right


def sort_value(value: Value) -> Any:
    """Return what values of one type are ordered by."""
    [(kind, content)] = value.items()
    if kind == "N":
        return Decimal(content)
    if kind == "S":
        return str(content).encode()
    raise NotDoubled(f"the order of type {kind}")


def _ordered(left: Value | None, right: Value | None, compare: Callable[[Any, Any], bool]) -> bool:
    if left is None or right is None or set(left) != set(right):
        return False
    return compare(sort_value(left), sort_value(right))


def _contains(value: Value | None, part: Value | None) -> bool:
    if value is None or part is None:
        return False
    if "L" in value:
        return any(equal(each, part) for each in value["L"])
    return "S" in value and "S" in part and part["S"] in value["S"]


def _begins_with(value: Value | None, part: Value | None) -> bool:
    return bool(value and part and "S" in value and "S" in part and value["S"].startswith(part["S"]))


def _invalid(message: str) -> AwsError:
    return AwsError("ValidationException", message)
