"""Finds a function's handler in its archive: the module, and the name in it that Lambda calls."""

import ast
import difflib
from collections.abc import Iterator, Mapping

from .archive_files import PackagingError

_COMPILED = ".so"


def check_handler_file(handler: str, entries: Mapping[str, bytes], *, may_be_elsewhere: bool) -> None:
    """Raise PackagingError if the handler's module is not among the archive's entries, or lacks the name.

    With `may_be_elsewhere`, a module that is not in the archive passes: a layer may hold it. A module passes without a
    look at its names if it is compiled, imports `*`, or defines `__getattr__`.
    """
    module, _, name = handler.rpartition(".")
    path = module.replace(".", "/")
    files = (f"{path}.py", f"{path}/__init__.py")
    found = next((one for one in files if one in entries), None)
    if found is None:
        compiled = any(one.startswith(f"{path}.") and one.endswith(_COMPILED) for one in entries)
        if compiled or may_be_elsewhere:
            return
        raise PackagingError(
            f"the handler {handler} is not in the archive, which has no {files[0]}: correct `handler`, or add the "
            "file to `include`"
        )
    try:
        tree = ast.parse(entries[found])
    except SyntaxError as error:
        raise PackagingError(f"{found} of the handler {handler} is not valid Python: {error}") from error
    names = set(_names(tree.body))
    if name in names or {"*", "__getattr__"} & names:
        return
    near = difflib.get_close_matches(name, names, 1)
    remedy = f"did you mean {module}.{near[0]}?" if near else "correct `handler`"
    raise PackagingError(f"{found} has no {name}, which the handler {handler} names: {remedy}")


def _names(body: list[ast.stmt]) -> Iterator[str]:
    """Yield the names that statements define at the top level of a module, also inside `if`, `try` and `with`."""
    for node in body:
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                yield node.name
            case ast.Import() | ast.ImportFrom():
                yield from ((one.asname or one.name).partition(".")[0] for one in node.names)
            case ast.Assign() | ast.AnnAssign():
                targets = node.targets if isinstance(node, ast.Assign) else [node.target]
                yield from (
                    one.id for target in targets for one in ast.walk(target) if isinstance(one, ast.Name)
                )
            case ast.If() | ast.Try() | ast.With():
                for part in ("body", "orelse", "finalbody"):
                    yield from _names(getattr(node, part, []))
                for handler in getattr(node, "handlers", []):
                    yield from _names(handler.body)
