"""Who may import whom: handlers use common, the stack packages both by path and imports neither.

The one look that the stack takes outside of itself is the pipeline's: its provider looks at the site before anything
is made, by the same rules as the doctor.

It reads the sources, so that imports inside of functions count as well.
"""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
ROOMS = (
    "benchmarks",
    "common",
    "examples",
    "handlers",
    "local",
    "ops",
    "preflight",
    "provider",
    "stack",
    "tests",
)

MAY_IMPORT: dict[str, set[str]] = {
    "common": set(),
    "handlers": {"common"},
    "local": {"stack"},
    "ops": {"common", "preflight"},
    "preflight": {"common"},
    "provider": {"stack"},
    "stack": set(),
}
"""Rooms by room; every room may import itself. Tests, benchmarks and examples may import all."""

BEYOND: dict[str, set[str]] = {"stack/pipeline_preflight_provider.py": {"preflight"}}
"""What single files may import beyond their room."""


def imported_modules(path: Path) -> set[str]:
    """Name the modules of ours that a file imports, in full."""
    package = path.relative_to(ROOT).parent.as_posix().replace("/", ".")
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                above = package.split(".")[: len(package.split(".")) - node.level + 1]
                base = ".".join([*above, base]).rstrip(".")
            found |= {f"{base}.{alias.name}" for alias in node.names}
    return {module for module in found if module.split(".")[0] in ROOMS}


def files_of(room: str) -> list[Path]:
    return [path for path in sorted((ROOT / room).rglob("*.py")) if "__pycache__" not in path.parts]


@pytest.mark.parametrize("room", sorted(MAY_IMPORT))
def test_a_room_imports_only_what_it_may(room: str) -> None:
    wrong = [
        f"{path.relative_to(ROOT)} imports {module}"
        for path in files_of(room)
        for module in sorted(imported_modules(path))
        if module.split(".")[0]
        not in MAY_IMPORT[room] | {room} | BEYOND.get(path.relative_to(ROOT).as_posix(), set())
    ]
    assert wrong == []


def test_handlers_never_import_each_other() -> None:
    wrong = [
        f"{path.relative_to(ROOT)} imports {module}"
        for path in files_of("handlers")
        for module in sorted(imported_modules(path))
        if module.startswith("handlers.") and module.split(".")[1] != path.relative_to(ROOT).parts[1]
    ]
    assert wrong == []


def test_components_know_neither_jira_nor_confluence() -> None:
    wrong = [
        path.name
        for path in files_of("stack")
        if not path.name.startswith(("pipeline", "jira_webhook"))
        and path.name != "__init__.py"
        and any(
            word in path.read_text(encoding="utf-8").lower() for word in ("jira", "confluence", "atlassian")
        )
    ]
    assert wrong == []


def test_the_program_stays_short() -> None:
    assert len((ROOT / "__main__.py").read_text().splitlines()) < 60
