"""Finds places in a source that swallow an error without an outcome.

An outcome on **every** path through an ``except`` is one of:

- raising, the same error or another;
- returning a value (``return None`` only where the function promises something besides None), or yielding one;
- setting a name or an attribute that is read elsewhere, or adding to a list that is.

These are not outcomes: ``pass``, a log line, ``continue``, ``break`` and ``return`` by themselves, a call of anything.
``except:`` and ``except BaseException`` must raise. ``suppress``, a jump out of ``finally``, an ``__exit__`` that may
return true and ``ignore_errors`` always swallow errors.

If swallowing an error is right, a comment says why: ``# let go: REASON``, on the line of the ``except`` (or of the
call) or alone on a line next to it. One comment excuses one place.
"""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

EXCUSE = re.compile(r"# let go: \S.{20,}")
"""A reason of at least a few words."""
_ADDING = {"append", "add", "extend", "update", "setdefault"}
_EVERYTHING = {"BaseException", "GeneratorExit"}


@dataclass(frozen=True)
class Swallowed:
    """A swallowed error: in which function, what is caught, on which line."""

    function: str
    caught: str
    line: int


def swallowed(source: str) -> list[Swallowed]:
    """Return each place of a source that swallows an error without a reason."""
    return _judged(source)[0]


def idle_excuses(source: str) -> list[int]:
    """Return the lines of the excuses without a swallowed error next to them."""
    return _judged(source)[1]


def _judged(source: str) -> tuple[list[Swallowed], list[int]]:
    """Match each place with the first excuse next to it; return the unmatched places and excuses."""
    module = ast.parse(source)
    places = [
        (Swallowed(name, caught, line), beside)
        for node, scope, name in _nodes(module)
        for caught, line, beside in _let_go(node, scope, name, module)
    ]
    excuses = _excuses(source)
    unexcused = []
    for place, beside in sorted(places, key=lambda each: each[0].line):
        line = next((line for line in beside if line in excuses), None)
        if line is None:
            unexcused.append(place)
        else:
            excuses.remove(line)
    return unexcused, excuses


def _excuses(source: str) -> list[int]:
    """Return the lines that have an excuse."""
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    return [
        token.start[0] for token in tokens if token.type == tokenize.COMMENT and EXCUSE.match(token.string)
    ]


def _nodes(module: ast.Module) -> Iterator[tuple[ast.AST, ast.AST, str]]:
    """Yield each node with its function and that function's full name."""
    waiting: list[tuple[ast.AST, ast.AST, str]] = [(module, module, "")]
    while waiting:
        node, scope, name = waiting.pop()
        yield node, scope, name
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            name = f"{name}.{node.name}".lstrip(".")
            scope = scope if isinstance(node, ast.ClassDef) else node
        waiting += [(child, scope, name) for child in ast.iter_child_nodes(node)]


def _let_go(node: ast.AST, scope: ast.AST, name: str, module: ast.Module) -> Iterator[tuple[str, int, range]]:
    """Yield what a node swallows, on which line, and on which lines an excuse for it may be."""
    match node:
        case ast.ExceptHandler() if not _Handler(node, scope, module).has_outcome():
            beside = range(node.lineno, max(node.body[0].lineno, node.lineno + 1))
            yield ast.unparse(node.type) if node.type else "", node.lineno, beside
        case ast.Call() if _called(node) == "suppress":
            yield f"suppress({', '.join(map(ast.unparse, node.args))})", node.lineno, _around(node)
        case ast.Call() if _ignores_errors(node):
            yield "ignore_errors", node.lineno, _around(node)
        case ast.Try() | ast.TryStar():
            yield from (("finally", jump.lineno, _around(jump)) for jump in _jumps(node.finalbody))
        case ast.Return() if name.endswith("__exit__") and not _is_falsy(node.value):
            yield "__exit__", node.lineno, _around(node)


def _around(node: ast.expr | ast.stmt) -> range:
    """Return the lines of a node, the one before it and the one after it."""
    return range(node.lineno - 1, (node.end_lineno or node.lineno) + 2)


@dataclass(frozen=True)
class _Handler:
    node: ast.ExceptHandler
    scope: ast.AST
    module: ast.Module

    def has_outcome(self) -> bool:
        caught = {
            each.id
            for each in ast.walk(self.node.type or ast.Name("BaseException"))
            if isinstance(each, ast.Name)
        }
        if caught & _EVERYTHING:
            return _always_raises(self.node.body)
        return self._all_paths(self.node.body)

    def _all_paths(self, statements: Sequence[ast.stmt]) -> bool:
        """Return whether every path through the statements has an outcome."""
        for statement in statements:
            if self._is_outcome(statement):
                return True
            if any(_jumps([statement])):
                return False
        return False

    def _is_outcome(self, statement: ast.stmt) -> bool:  # noqa: C901 one branch per kind of statement
        match statement:
            case ast.Raise():
                return True
            case ast.Return(value=value):
                return value is not None and not (_is_none(value) and self._promises_nothing())
            case ast.If(body=body, orelse=otherwise):
                return self._all_paths(body) and self._all_paths(otherwise)
            case ast.With(body=body):
                return self._all_paths(body)
            case ast.Try(body=body, handlers=handlers, finalbody=final):
                return self._all_paths(final) or (
                    self._all_paths(body) and all(self._all_paths(each.body) for each in handlers)
                )
            case ast.Assign(targets=targets):
                return any(self._is_read(target) for target in targets)
            case ast.AugAssign(target=target) | ast.AnnAssign(target=target):
                return self._is_read(target)
            case ast.Expr(value=ast.Yield(value=value)):
                return value is not None
            case ast.Expr(value=ast.YieldFrom()):
                return True
            case ast.Expr(value=ast.Call() as call):
                return self._is_kept(call)
        return False

    def _is_kept(self, call: ast.Call) -> bool:
        return (
            isinstance(call.func, ast.Attribute)
            and call.func.attr in _ADDING
            and self._is_read(call.func.value)
        )

    def _is_read(self, target: ast.expr) -> bool:
        """Return whether the name that is set here is read outside this handler."""
        inside = {id(node) for node in ast.walk(self.node)}
        match target:
            case ast.Tuple(elts=each) | ast.List(elts=each):
                return any(map(self._is_read, each))
            case ast.Subscript(value=held):
                return self._is_read(held)
            case ast.Name(id=name):
                return any(
                    isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Load)
                    for node in ast.walk(self.scope)
                    if id(node) not in inside
                )
            case ast.Attribute(attr=name):
                return any(
                    isinstance(node, ast.Attribute) and node.attr == name and isinstance(node.ctx, ast.Load)
                    for node in ast.walk(self.module)
                    if id(node) not in inside
                )
        return False

    def _promises_nothing(self) -> bool:
        returns = getattr(self.scope, "returns", None)
        return returns is None or _is_none(returns)


def _always_raises(statements: Sequence[ast.stmt]) -> bool:
    return any(
        isinstance(each, ast.Raise)
        or (isinstance(each, ast.If) and _always_raises(each.body) and _always_raises(each.orelse))
        for each in statements
    ) and not any(isinstance(jump, ast.Return) for jump in _jumps(statements))


def _jumps(statements: Sequence[ast.stmt]) -> Iterator[ast.stmt]:
    """Yield the jumps that leave these statements, but for those of loops and functions among them."""
    for statement in statements:
        if isinstance(statement, ast.Return | ast.Continue | ast.Break):
            yield statement
        elif isinstance(statement, ast.For | ast.While | ast.AsyncFor):
            yield from (each for each in _jumps(_inner(statement)) if isinstance(each, ast.Return))
        elif not isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield from _jumps(_inner(statement))


def _inner(statement: ast.stmt) -> list[ast.stmt]:
    parts = [statement, *getattr(statement, "handlers", []), *getattr(statement, "cases", [])]
    return [
        each for part in parts for name in ("body", "orelse", "finalbody") for each in getattr(part, name, [])
    ]


def _called(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def _ignores_errors(call: ast.Call) -> bool:
    return any(
        each.arg in ("ignore_errors", "return_exceptions") and not _is_falsy(each.value)
        for each in call.keywords
    )


def _is_none(value: ast.expr) -> bool:
    return isinstance(value, ast.Constant) and value.value is None


def _is_falsy(value: ast.expr | None) -> bool:
    return value is None or (isinstance(value, ast.Constant) and not value.value)
