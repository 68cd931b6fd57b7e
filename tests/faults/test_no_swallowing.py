"""No ``except`` without an outcome: every handler's and common's source is walked.

An outcome is: raising, returning a value, setting one that is used later, or a line in the log. It does not prove that
the outcome is the right one; the other tests here do.
"""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCES = sorted([*ROOT.glob("common/**/*.py"), *ROOT.glob("handlers/**/*.py")])
#: Where coming back with nothing is the outcome, and why.
NOTHING_TO_DO = {
    (
        "common/records.py",
        "_release",
    ): "the lease ran out and is somebody else's: there is nothing to give back",
    ("common/records.py", "delete"): "the item is not as expected, so it stays",
}


def swallowing(source: str) -> list[tuple[int, str]]:
    """Return line and function of each ``except`` (or ``suppress``) that has no outcome."""
    found = []
    for function in ast.walk(ast.parse(source)):
        if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef | ast.Module):
            continue
        for node in _own(function):
            if isinstance(node, ast.ExceptHandler) and not _has_outcome(node):
                found.append((node.lineno, getattr(function, "name", "")))
            if isinstance(node, ast.Call) and "suppress" in ast.unparse(node.func):
                found.append((node.lineno, getattr(function, "name", "")))
    return found


def _own(function: ast.AST) -> list[ast.AST]:
    """Return the nodes of a function without those of functions in it."""
    nodes, waiting = [], list(ast.iter_child_nodes(function))
    while waiting:
        node = waiting.pop()
        nodes.append(node)
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            waiting += ast.iter_child_nodes(node)
    return nodes


def _has_outcome(handler: ast.ExceptHandler) -> bool:
    names = ast.unparse(handler.type) if handler.type else "BaseException"
    inside = [node for statement in handler.body for node in ast.walk(statement)]
    if any(isinstance(node, ast.Raise) for node in inside):
        return True
    if "BaseException" in names:
        return False
    return any(
        (isinstance(node, ast.Return) and node.value is not None)
        or isinstance(node, ast.Assign | ast.AugAssign | ast.AnnAssign | ast.Yield | ast.Call)
        for node in inside
    )


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_except_is_without_an_outcome(path: Path) -> None:
    name = str(path.relative_to(ROOT))
    found = [line for line in swallowing(path.read_text()) if (name, line[1]) not in NOTHING_TO_DO]
    assert found == [], f"{name}: an except that swallows: re-raise, return, or log what follows from it"


@pytest.mark.parametrize(
    "source",
    [
        "def f():\n try:\n  g()\n except ValueError:\n  pass",
        "def f():\n for x in y:\n  try:\n   g()\n  except ValueError:\n   continue",
        "def f():\n try:\n  g()\n except ValueError:\n  return",
        "def f():\n try:\n  g()\n except:\n  log.info('x')",
        "def f():\n try:\n  g()\n except BaseException:\n  return 1",
        "def f():\n with contextlib.suppress(ValueError):\n  g()",
    ],
)
def test_the_walk_finds_what_swallows(source: str) -> None:
    assert len(swallowing(source)) == 1


def test_every_exception_from_the_rule_still_exists() -> None:
    for path, function in NOTHING_TO_DO:
        names = {
            node.name
            for node in ast.walk(ast.parse((ROOT / path).read_text()))
            if isinstance(node, ast.FunctionDef)
        }
        assert function in names
