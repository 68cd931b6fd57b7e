"""Which folders may import which: at the top level, and inside `common/` and `stack/`.

It reads the sources, so imports inside functions count as well.
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
"""What each top-level folder may import besides itself. Tests, benchmarks and examples may import all."""

BEYOND: dict[str, set[str]] = {"stack/pipeline/preflight_provider.py": {"preflight"}}
"""What single files may import in addition: the pipeline's preflight provider uses the doctor's rules."""

LAYERS: dict[str, dict[str, set[str]]] = {
    "common": {
        "runtime": set(),
        "storage_format": {"runtime"},
        "markup": {"runtime"},
        "domain": {"runtime", "storage_format", "markup"},
        "aws": {"runtime", "domain"},
        "atlassian": {"runtime", "markup", "domain", "aws"},
        "lambda_entry": {"runtime", "markup", "domain", "aws", "atlassian"},
        "intake": {"runtime", "markup", "domain", "aws", "atlassian"},
    },
    "common.storage_format": {
        "errors": set(),
        "edits": set(),
        "xml": {"errors"},
        "from_markdown": {"errors", "xml"},
        "to_markdown": {"errors", "edits", "xml", "from_markdown"},
        "page": {"errors", "edits", "xml", "from_markdown", "to_markdown"},
        "editing": {"errors", "edits", "xml", "from_markdown", "to_markdown", "page"},
    },
    "stack": {
        "arguments": set(),
        "function": {"arguments"},
        "monitoring": {"arguments"},
        "table": {"arguments"},
        "bucket": {"arguments"},
        "secret": {"arguments", "function"},
        "http_api": {"arguments", "function"},
        "events": {"arguments", "function", "monitoring"},
        "schedule": {"arguments", "function", "monitoring", "events"},
        "pipeline": {
            "arguments", "function", "monitoring", "table", "bucket", "secret", "http_api", "events", "schedule",
        },
        "testing": set(),
        "drawing": {"testing"},
    },
    "handlers.document_orchestrator": {"page_selection": {"prompt_text", "title_rules", "writable_spaces"}},
    "handlers.approval_handler": {"decision": set()},
    "handlers.review_ticket_creator": {"diff": {"review_content"}},
}  # fmt: skip
"""The folders inside a package, and what each may import of the package besides itself."""


def imported_modules(path: Path) -> set[str]:
    """Name the modules of this repository that a file imports, in full."""
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
    """Return the sources of a folder, without the virtual environment that Pulumi makes in provider/."""
    installed = {"__pycache__", ".venv"}
    return [path for path in sorted((ROOT / room).rglob("*.py")) if not installed & set(path.parts)]


@pytest.mark.parametrize("room", sorted(MAY_IMPORT))
def test_a_folder_imports_only_what_it_may(room: str) -> None:
    wrong = [
        f"{path.relative_to(ROOT)} imports {module}"
        for path in files_of(room)
        for module in sorted(imported_modules(path))
        if module.split(".")[0]
        not in MAY_IMPORT[room] | {room} | BEYOND.get(path.relative_to(ROOT).as_posix(), set())
    ]
    assert wrong == []


@pytest.mark.parametrize("package", sorted(LAYERS))
def test_a_layer_imports_only_layers_below(package: str) -> None:
    folder = package.replace(".", "/")
    wrong = []
    for layer, allowed in LAYERS[package].items():
        files = files_of(f"{folder}/{layer}") or [ROOT / folder / f"{layer}.py"]
        for path in files:
            for module in sorted(imported_modules(path)):
                if not module.startswith(f"{package}."):
                    continue
                other = module.removeprefix(f"{package}.").split(".")[0]
                if other != layer and other not in allowed:
                    wrong.append(f"{path.relative_to(ROOT)} imports {module}")
    assert wrong == []


@pytest.mark.parametrize("package", ["common", "stack"])
def test_every_folder_has_a_layer(package: str) -> None:
    folders = {path.name for path in (ROOT / package).iterdir() if (path / "__init__.py").exists()}
    assert folders == set(LAYERS[package])


def test_handlers_never_import_each_other() -> None:
    wrong = [
        f"{path.relative_to(ROOT)} imports {module}"
        for path in files_of("handlers")
        for module in sorted(imported_modules(path))
        if module.startswith("handlers.") and module.split(".")[1] != path.relative_to(ROOT).parts[1]
    ]
    assert wrong == []


def test_the_stack_imports_itself_only_relatively() -> None:
    """It can then be installed under another name."""
    wrong = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in files_of("stack")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom)
        and not node.level
        and (node.module or "").split(".")[0] == "stack"
    ]
    assert wrong == []


def test_components_know_neither_jira_nor_confluence() -> None:
    may_know = {
        "stack/__init__.py",
        "stack/docs_generator.py",
        "stack/jira_webhook.py",
        "stack/pipeline_preflight_provider.py",
    }
    wrong = [
        path.relative_to(ROOT).as_posix()
        for path in files_of("stack")
        if path.relative_to(ROOT).parts[1] != "pipeline"
        and path.relative_to(ROOT).as_posix() not in may_know
        and any(
            word in path.read_text(encoding="utf-8").lower() for word in ("jira", "confluence", "atlassian")
        )
    ]
    assert wrong == []


def test_the_program_stays_short() -> None:
    assert len((ROOT / "__main__.py").read_text().splitlines()) < 60


def test_nothing_imports_the_modules_that_lambda_starts() -> None:
    """They build clients from Lambda's environment when they are imported."""
    wrong = [
        f"{path.relative_to(ROOT)} imports {module}"
        for room in ROOMS
        for path in files_of(room)
        for module in sorted(imported_modules(path))
        if module.startswith("handlers.") and module.split(".")[2:3] == ["entry"]
    ]
    assert wrong == []
