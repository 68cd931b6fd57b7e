"""Writes docs/components/ and the settings table in docs/configuration.md: `python -m stack.docs_generator`."""

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
    if inspect.isclass(exported := getattr(stack, name)) and issubclass(exported, dynamic.Resource)
)
"""Resources with a dynamic provider, which only Python programs can run."""


@dataclass(frozen=True)
class Field:
    """One field of a class, as read from its source."""

    name: str
    type: str
    required: bool
    description: str


def pages() -> dict[str, str]:
    """Return the text of every page by file name, including README.md with the list of pages."""
    names = sorted([*(component.__name__ for component in stack.COMPONENTS), *_ONLY_PYTHON])
    texts = {f"{snake_case(name)}.md": _page(name) for name in names}
    lines = [f"- [{name}]({snake_case(name)}.md): {_summary(name)}" for name in names]
    texts["README.md"] = "\n".join(["# The components", "", _GENERATED, "", _USE, "", *lines, ""])
    return texts


_STANDS_FOR = {
    "AnyFunction": "aws.lambda_.Function | PythonFunction",
    "ApiId": "str | WebhookApi",
    "BucketName": "str | DocumentBucket",
    "BusName": "str | EventBus",
    "DestinationArn": "str | EventSubscription | Observability | EventBus | PythonFunction",
    "FunctionToWatch": "WatchedFunction | PythonFunction",
    "LayerArn": "str | PythonLayer",
    "QueueToWatch": "WatchedQueue | EventSubscription | StreamSubscription",
    "StreamArn": "str | RecordTable",
    "TopicArn": "str | Observability",
}
"""What the types of `arguments/stand_ins.py` are called on the pages."""

BY_HAND = ("coverage.md", "install.md", "shape.md")
"""Pages that are written by hand."""

_SETTINGS_BEGIN = "<!-- Written by `make docs`. -->"
_SETTINGS_END = "<!-- End of what `make docs` writes. -->"
_GENERATED = (
    "<!-- Written by `python -m stack.docs_generator` from the docstrings in stack/; edit them there. -->"
)
_USE = (
    "All components have the same [shape](shape.md). In other languages names are written `tableName` instead of "
    "`table_name`, and methods are not available. Ideas that several components share: "
    "[recipes](../../examples/recipes). [Installing](install.md) says how to get them. To set a property "
    "that has no argument, use [transforms](../../examples/transforms/__main__.py). "
    "Comparison with other component libraries: [coverage](coverage.md). "
    "To test stacks built with the components: [the graph test kit](../testing.md)."
)


def _page(name: str) -> str:
    """Return the page of one component."""
    component = getattr(stack, name)
    example = (EXAMPLES / f"{snake_case(name)}.py").read_text()
    parts = [f"# {name}", _GENERATED, inspect.cleandoc(component.__doc__)]
    if name in _ONLY_PYTHON:
        parts.append("For Python programs only.")
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
    """Return the fields as a Markdown table."""
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
    """Return the section of a nested type: its docstring, then its fields or values."""
    nested = getattr(stack, name)
    docstring = inspect.cleandoc(nested.__doc__)
    return f"{docstring}\n\n{_table(_fields(name), with_need=not hasattr(nested, '__members__'))}"


def _nested(name: str) -> list[str]:
    """List the exported types that the fields of a class mention, directly or through another type."""
    types: list[str] = []
    for field in _fields(name):
        for word in re.findall(r"[A-Z]\w+", field.type):
            if word in stack.__all__ and word != "PolicyStatement" and word not in types:
                types += [word, *(one for one in _nested(word) if one not in types)]
    return types


def _fields(name: str) -> list[Field]:
    """Read the documented fields of a class from its source."""
    module = inspect.getmodule(getattr(stack, name))
    assert isinstance(module, ModuleType)  # noqa: S101 (every exported class is in a module)
    tree = ast.parse(inspect.getsource(module))
    body = next(node.body for node in tree.body if isinstance(node, ast.ClassDef) and node.name == name)
    fields = []
    for statement, after in itertools.pairwise(body):
        if isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant):
            description = " ".join(str(after.value.value).split())
            if isinstance(statement, ast.AnnAssign):
                written = ast.unparse(statement.annotation).replace("pulumi.", "")
                required = not written.startswith("NotRequired")
                fields.append(Field(ast.unparse(statement.target), written, required, description))
            elif isinstance(statement, ast.Assign):
                fields.append(
                    Field(ast.unparse(statement.targets[0]), ast.unparse(statement.value), True, description)
                )
    return fields


def _plain(annotation: str) -> str:
    """Remove the wrappers NotRequired, Input and Output from a type."""
    while (shorter := re.sub(r"\b(NotRequired|Input|Output)\[(.*)\]$", r"\2", annotation)) != annotation:
        annotation = shorter
    annotation = re.sub(r"\bInput\[([^\[\]]*)\]", r"\1", annotation)
    return re.sub(r"\b\w+\b", lambda word: _STANDS_FOR.get(word[0], word[0]), annotation)


def _methods(component: type) -> Iterator[str]:
    """List the component's own public methods with the first line of their docstrings."""
    for name, method in vars(component).items():
        if inspect.isfunction(method) and not name.startswith("_"):
            names = ", ".join(
                str(p).split(":")[0]
                for p in inspect.signature(method).parameters.values()
                if p.name != "self"
            )
            yield f"- `{name}({names})`: {inspect.cleandoc(method.__doc__ or '').splitlines()[0]}"


def _summary(name: str) -> str:
    """Return the first line of a component's docstring."""
    return inspect.cleandoc(getattr(stack, name).__doc__).splitlines()[0]


def with_settings(page: str) -> str:
    """Return a page with the table of all settings between its two marker comments."""
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
    """Write all pages and the table of settings; delete pages of components that no longer exist."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    texts = pages()
    for path in FOLDER.glob("*.md"):
        if path.name not in texts and path.name not in BY_HAND:
            path.unlink()
    for name, text in texts.items():
        (FOLDER / name).write_text(text)
    CONFIGURATION.write_text(with_settings(CONFIGURATION.read_text()))


if __name__ == "__main__":
    main()
