"""Compiles an archive's sources for a Lambda runtime, which cannot store compiled files itself: /var/task is read-only.

The compiled files name their sources by the path in the archive, are used without a look at the source's time, and are
the same for the same interpreter: https://docs.python.org/3/reference/import.html#cached-bytecode-invalidation
"""

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from .archive_files import PackagingError

_ASK = "import sys; print(sys.implementation.name, *sys.version_info[:3])"
_COMPILE = """
import importlib.util, py_compile, sys
for path in sys.stdin.read().splitlines():
    try:
        py_compile.compile(
            path, importlib.util.cache_from_source(path, optimization=""), dfile=path, doraise=True, optimize=0,
            invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH,
        )
    except (py_compile.PyCompileError, UnicodeError, ValueError):
        pass  # packages contain templates that are no Python; they stay as they are
"""


@dataclass(frozen=True)
class Interpreter:
    """A CPython that compiles: path of the executable, and version such as `3.13.0`."""

    path: Path
    version: str


@cache
def find_interpreter(python: str) -> Interpreter | None:
    """Return a CPython of a version such as `3.13` on this machine: the running one, or `python3.13` on PATH."""
    for path in (sys.executable, shutil.which(f"python{python}")):
        found = inspect_interpreter(Path(path)) if path else None
        if found is not None and found.version.rpartition(".")[0] == python:
            return found
    return None


def inspect_interpreter(path: Path) -> Interpreter | None:
    """Return the interpreter at a path; None if it does not run or is not CPython."""
    try:
        asked = subprocess.run([path, "-I", "-S", "-c", _ASK], capture_output=True, text=True)
    except OSError:  # a file that cannot be run is not an interpreter
        return None
    name, *version = asked.stdout.split() or [""]
    return Interpreter(path, ".".join(version)) if asked.returncode == 0 and name == "cpython" else None


def missing_interpreter(python: str) -> str:
    """Return what is wrong if `find_interpreter` finds none, as a part of a sentence."""
    return f"this machine has no CPython {python} (`python{python}` on PATH) to compile with"


def compiled(sources: Mapping[str, bytes], interpreter: Interpreter) -> dict[str, bytes]:
    """Compile the `.py` files among an archive's entries; return the compiled files by their paths in the archive.

    A file that is not valid Python has none.
    """
    paths = sorted(path for path in sources if path.endswith(".py"))
    with tempfile.TemporaryDirectory() as folder:
        for path in paths:
            file = Path(folder) / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(sources[path])
        done = subprocess.run(
            [interpreter.path, "-I", "-S", "-X", "utf8", "-c", _COMPILE],
            input="\n".join(paths), capture_output=True, encoding="utf-8", cwd=folder,
        )  # fmt: skip
        if done.returncode != 0:
            raise PackagingError(f"{interpreter.path} cannot compile the sources:\n{done.stderr.strip()}")
        return {
            file.relative_to(folder).as_posix(): file.read_bytes()
            for file in sorted(Path(folder).rglob("*.pyc"))
        }
