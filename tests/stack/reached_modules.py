"""Which modules and packages a module reaches by its imports, those inside functions included; read from the sources."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
OURS = ("common", "handlers")


@cache
def reached_from(module: str) -> tuple[frozenset[Path], frozenset[str]]:
    """Return the files of `common` and `handlers` that a module reaches, and the other top-level modules."""
    files: dict[str, Path] = {}
    others: set[str] = set()
    waiting = [module]
    while waiting:
        name = waiting.pop()
        if name in files or (path := _file_of(name)) is None:
            continue  # read already, or a name in a module
        files[name] = path
        waiting.append(name.rpartition(".")[0])
        for target in _imports_of(name, path):
            top = target.partition(".")[0]
            if top in OURS:
                waiting.append(target)
            else:
                others.add(top)
    return frozenset(files.values()), frozenset(others)


def _file_of(module: str) -> Path | None:
    path = ROOT / module.replace(".", "/")
    found = (one for one in (path / "__init__.py", path.with_suffix(".py")) if module and one.exists())
    return next(found, None)


def _imports_of(module: str, path: Path) -> Iterator[str]:
    package = module if path.name == "__init__.py" else module.rpartition(".")[0]
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            parts = package.split(".")
            above = parts[: len(parts) - node.level + 1] if node.level else []
            base = ".".join([*above, *filter(None, [node.module])])
            yield base
            yield from (f"{base}.{alias.name}" for alias in node.names)
