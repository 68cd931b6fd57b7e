"""What a docstring or comment says is raised exists: a renamed error does not live on in words."""

import ast
import builtins
import re
from collections.abc import Iterator

from tests.test_imports import ROOMS, ROOT, files_of

_RAISED = re.compile(r"\b[Rr]aises?\s+((?:`*[A-Z][A-Za-z]+`*(?:,\s+(?:or\s+)?|\s+(?:or|and)\s+)?)+)")
_WORDS = re.compile(r'"""[\s\S]*?"""|#.*')
_NAME = re.compile(r"[A-Z][A-Za-z]+")
SOURCES = [path for room in ROOMS if room != "tests" for path in files_of(room)]


def raised(text: str) -> Iterator[str]:
    """Yield the names that a text says are raised."""
    for match in _RAISED.finditer(" ".join(text.split())):
        yield from _NAME.findall(match[1])


def known_to(source: str) -> set[str]:
    """Return the names that a module defines or imports."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ClassDef):
            found.add(node.name)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            found |= {alias.asname or alias.name for alias in node.names}
    return found


def words_of(source: str) -> Iterator[str]:
    """Yield the docstrings and comments of a module."""
    yield from _WORDS.findall(source)


def test_what_is_said_to_be_raised_exists() -> None:
    sources = {path: path.read_text(encoding="utf-8") for path in SOURCES}
    known = {name for source in sources.values() for name in known_to(source)} | set(dir(builtins))
    wrong = [
        f"{path.relative_to(ROOT)}: {name}"
        for path, source in sources.items()
        for words in words_of(source)
        for name in raised(words)
        if name not in known
    ]
    assert wrong == []


def test_a_name_that_is_gone_is_found() -> None:
    assert list(raised('"""Read it; raises GivenUp, `Busy` or\n    the errors of the services."""')) == [
        "GivenUp",
        "Busy",
    ]
    assert list(raised("Raise Refused for a title.")) == ["Refused"]


def test_the_path_of_a_module_in_words_leads_to_it() -> None:
    dotted = re.compile(
        r"\b(?:common|handlers|stack|ops|local|preflight)(?:\.[a-z_]+)+(?:\.[A-Z]\w+)?(?![\w(/*-])"
    )
    wrong = []
    for path in SOURCES:
        for words in words_of(path.read_text(encoding="utf-8")):
            for match in dotted.finditer(words):
                module, _, name = match[0].rpartition(".")
                if not name[0].isupper():
                    continue
                place = ROOT / module.replace(".", "/")
                files = [file for file in (place.with_suffix(".py"), place / "__init__.py") if file.exists()]
                if not any(name in known_to(file.read_text(encoding="utf-8")) for file in files):
                    wrong.append(f"{path.relative_to(ROOT)}: {match[0]}")
    assert wrong == []
