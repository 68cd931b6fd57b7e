"""Writes a page about each component, and the table of settings: `python -m stack.docs_generator`."""

import ast
import inspect
import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

from pulumi import dynamic

import stack

from .pipeline.setting_schema import SETTINGS

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "docs" / "components"
EXAMPLES = ROOT / "examples" / "components"

CONFIGURATION = ROOT / "docs" / "configuration.md"

_ONLY_PYTHON = tuple(
    name
    for name in stack.__all__
    if inspect.isclass(found := getattr(stack, name)) and issubclass(found, dynamic.Resource)
)
"""Resources whose provider is in this package; other languages cannot run it."""


@dataclass(frozen=True)
class Field:
    """One field of a class, as its source tells."""

    name: str
    type: str
    required: bool
    description: str


def pages() -> dict[str, str]:
    """Return all pages by file name, with a list of them."""
    names = sorted([*(component.__name__ for component in stack.COMPONENTS), *_ONLY_PYTHON])
    found = {f"{snake_case(name)}.md": _page(name) for name in names}
    lines = [f"- [{name}]({snake_case(name)}.md): {_summary(name)}" for name in names]
    found["README.md"] = "\n".join(["# The components", "", _GENERATED, "", _USE, "", *lines, ""])
    return found


BY_HAND = ("coverage.md",)
"""Pages that nobody generates."""

_SETTINGS_BEGIN = "<!-- Written by `make docs`. -->"
_SETTINGS_END = "<!-- End of what `make docs` writes. -->"
_GENERATED = "<!-- Written by `python -m stack.docs_generator`; what is said here is said in stack/. -->"
_USE = (
    "In Python: `from stack import RecordTable`. In other languages: `pulumi package add PATH/TO/provider`; names are "
    "then written `tableName` instead of `table_name`, and methods are not there. What has no argument is reached by "
    "[transforms](../../examples/transforms/__main__.py). "
    "What others offer and where it is here, or why it is not: [coverage](coverage.md). "
    "Tests of the stacks that you make of them: [the graph test kit](../testing.md)."
)


def _page(name: str) -> str:
    """Write the page of one component."""
    component = getattr(stack, name)
    example = (EXAMPLES / f"{snake_case(name)}.py").read_text()
    parts = [f"# {name}", _GENERATED, inspect.cleandoc(component.__doc__)]
    if name in _ONLY_PYTHON:
        parts.append("For programs in Python only.")
    parts.append(f"```python\n{example.split(chr(10) * 2, 1)[1]}```")
    parts.append(f"## Arguments\n\n{_table(_fields(f'{name}Args'), with_need=True)}")
    outputs = [field for field in _fields(name) if field.type.startswith("Output")]
    if outputs:
        parts.append(f"## Outputs\n\n{_table(outputs)}")
    methods = list(_methods(component))
    if methods:
        parts.append("## Methods (Python)\n\n" + "\n".join(methods))
    for nested in _nested(f"{name}Args"):
        parts.append(f"## {nested}\n\n{_described(nested)}")
    return "\n\n".join(parts) + "\n"


def _table(fields: list[Field], *, with_need: bool = False) -> str:
    """Write fields as a table."""
    head = (
        "| name | type | required | |\n|---|---|---|---|" if with_need else "| name | type | |\n|---|---|---|"
    )
    rows = [
        " | ".join(
            ["", f"`{field.name}`", f"`{_plain(field.type)}`".replace("|", "\\|")]
            + ([("yes" if field.required else "")] if with_need else [])
            + [field.description.replace("|", "\\|"), ""]
        ).strip()
        for field in fields
    ]
    return "\n".join([head, *rows])


def _described(name: str) -> str:
    """Write a nested type: its words, then its fields or values."""
    found = getattr(stack, name)
    words = inspect.cleandoc(found.__doc__)
    return f"{words}\n\n{_table(_fields(name), with_need=not hasattr(found, '__members__'))}"


def _nested(name: str) -> list[str]:
    """Name the types of ours that the fields of a class mention, and those that they mention."""
    found: list[str] = []
    for field in _fields(name):
        for word in re.findall(r"[A-Z]\w+", field.type):
            if word in stack.__all__ and word != "PolicyStatement" and word not in found:
                found += [word, *(one for one in _nested(word) if one not in found)]
    return found


def _fields(name: str) -> list[Field]:
    """Read the documented fields of a class from its source."""
    found = getattr(stack, name)
    module = inspect.getmodule(found)
    assert isinstance(module, ModuleType)  # noqa: S101 (every class of ours is in a module)
    tree = ast.parse(inspect.getsource(module))
    body = next(node.body for node in tree.body if isinstance(node, ast.ClassDef) and node.name == name)
    fields = []
    for statement, after in itertools.pairwise(body):
        if isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant):
            words = " ".join(str(after.value.value).split())
            if isinstance(statement, ast.AnnAssign):
                written = ast.unparse(statement.annotation).replace("pulumi.", "")
                required = not written.startswith("NotRequired")
                fields.append(Field(ast.unparse(statement.target), written, required, words))
            elif isinstance(statement, ast.Assign):
                fields.append(
                    Field(ast.unparse(statement.targets[0]), ast.unparse(statement.value), True, words)
                )
    return fields


def _plain(annotation: str) -> str:
    """Leave out of a type what every type has."""
    while (shorter := re.sub(r"\b(NotRequired|Input|Output)\[(.*)\]$", r"\2", annotation)) != annotation:
        annotation = shorter
    return re.sub(r"\bInput\[([^\[\]]*)\]", r"\1", annotation)


def _methods(component: type) -> Iterator[str]:
    """List public methods of our own with their first sentence."""
    for name, method in vars(component).items():
        if inspect.isfunction(method) and not name.startswith("_"):
            names = ", ".join(
                str(p).split(":")[0]
                for p in inspect.signature(method).parameters.values()
                if p.name != "self"
            )
            yield f"- `{name}({names})`: {inspect.cleandoc(method.__doc__ or '').splitlines()[0]}"


def _summary(name: str) -> str:
    """Return the first line of a component's words."""
    return inspect.cleandoc(getattr(stack, name).__doc__).splitlines()[0]


def with_settings(page: str) -> str:
    """Return a page with the table of all settings between its two marks."""
    rows = [
        f"| `{setting.key}`{' (secret)' if setting.is_secret else ''} "
        f"| {f'`{setting.variable}`' if setting.variable else ''} "
        f"| {setting.shown_default} | {setting.description} |"
        for setting in SETTINGS
    ]
    table = "\n".join(["| key | variable | default | meaning |", "|---|---|---|---|", *rows])
    before, _, rest = page.partition(_SETTINGS_BEGIN)
    _, _, after = rest.partition(_SETTINGS_END)
    return f"{before}{_SETTINGS_BEGIN}\n\n{table}\n\n{_SETTINGS_END}{after}"


def snake_case(name: str) -> str:
    """Write `RecordTable` as `record_table`."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


def main() -> None:
    """Write all pages and the table of settings, and remove pages of components that are no more."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    found = pages()
    for path in FOLDER.glob("*.md"):
        if path.name not in found and path.name not in BY_HAND:
            path.unlink()
    for name, text in found.items():
        (FOLDER / name).write_text(text)
    CONFIGURATION.write_text(with_settings(CONFIGURATION.read_text()))


if __name__ == "__main__":
    main()
