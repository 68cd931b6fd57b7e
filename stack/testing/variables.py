"""Finds environment variables that the code in a function's archive needs and its configuration does not set."""

import ast
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from .graph import Graph, Resource

_SET_BY_LAMBDA = ("AWS_", "LAMBDA_", "_HANDLER", "_X_AMZN_TRACE_ID", "LANG", "PATH", "TZ", "PYTHONPATH")


def unset_variables(graph: Graph) -> list[str]:
    """List variables that a function reads by `os.environ["NAME"]` and that its environment does not set.

    The handler's module and the modules of the archive that it imports are read, not those of layers. Reads with a
    default (`os.environ.get`, `os.getenv`), with a name that is computed, and inside `try` need no variable.
    """
    return sorted(
        f"{function.name}: {variable}, which {module} reads"
        for function in graph.of_type("aws:lambda/function:Function")
        for variable, module in _needed(function).items()
        if variable not in _given(function) and not variable.startswith(_SET_BY_LAMBDA)
    )


def _given(function: Resource) -> Mapping[str, Any]:
    """Return the environment of a function."""
    variables: Mapping[str, Any] = (function.inputs.get("environment") or {}).get("variables") or {}
    return variables


def _needed(function: Resource) -> dict[str, str]:
    """Return the variables that a function's code needs, each with the module that reads it."""
    path = Path(str(getattr(function.inputs.get("code"), "path", "")))
    if not zipfile.is_zipfile(path):
        return {}
    with zipfile.ZipFile(path) as archive:
        sources = {name: archive.read(name) for name in archive.namelist() if name.endswith(".py")}
    module = str(function.inputs.get("handler", "")).replace("/", ".").rpartition(".")[0]
    needed: dict[str, str] = {}
    waiting, seen = [module], set()
    while waiting:
        name = waiting.pop()
        file = _file_of(name, sources)
        if file is None or file in seen:
            continue
        seen.add(file)
        tree = ast.parse(sources[file])
        needed |= {variable: file for variable in _read_in(tree) if variable not in needed}
        waiting += _imported(tree, name, is_package=file.endswith("__init__.py"))
    return needed


def _file_of(module: str, sources: Mapping[str, bytes]) -> str | None:
    """Return the file of a module in the archive, if it is there."""
    path = module.replace(".", "/")
    return next((name for name in (f"{path}.py", f"{path}/__init__.py") if name in sources), None)


def _imported(tree: ast.Module, module: str, *, is_package: bool) -> Iterator[str]:
    """Yield the modules that a module imports, and the packages above them."""
    for node in ast.walk(tree):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            above = module.split(".")
            kept = len(above) - node.level + (1 if is_package else 0)
            base = ".".join([*(above[:kept] if node.level else ()), *([node.module] if node.module else ())])
            names = [base, *(f"{base}.{alias.name}" for alias in node.names)]
        for name in names:
            parts = name.split(".")
            yield from (".".join(parts[:end]) for end in range(1, len(parts) + 1))


def _read_in(node: ast.AST) -> Iterator[str]:
    """Yield the names in `os.environ["NAME"]` below a node, outside of `try`."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Try):
            continue
        if (
            isinstance(child, ast.Subscript)
            and isinstance(child.ctx, ast.Load)
            and isinstance(child.slice, ast.Constant)
            and isinstance(child.slice.value, str)
            and ast.unparse(child.value) in ("os.environ", "environ")
        ):
            yield child.slice.value
        yield from _read_in(child)
