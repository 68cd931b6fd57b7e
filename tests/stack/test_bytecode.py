"""Bytecode in archives: of the sources beside it, by the runtime's interpreter, without a trace of the machine."""

import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

import stack
from stack.function.bytecode import Interpreter, compiled, find_interpreter, inspect_interpreter
from stack.function.packaging import function_archive
from stack.pipeline.stack_config import InvalidConfiguration
from stack.testing import run_program
from tests.stack.pipeline_run import run
from tests.stack.shop import SAMPLE, function, graph_of

RUNNING = f"{sys.version_info.major}.{sys.version_info.minor}"
ELSEWHERE = stack.FunctionRuntime.PYTHON_3_14
SOURCES = {
    "app/__init__.py": b"",
    "app/handler.py": b"NAMES = {'one', 'two', 'three'}\ndef handle(event, context):\n    raise KeyError('here')\n",
    "app/template.py": b"def {{ name }}: ...\n",
    "app/words.txt": b"words",
}


@pytest.fixture(autouse=True)
def _search_again() -> Iterator[None]:
    find_interpreter.cache_clear()
    yield
    find_interpreter.cache_clear()


@pytest.fixture
def interpreter() -> Interpreter:
    """Return the running interpreter, as that of a runtime."""
    found = find_interpreter(RUNNING)
    assert found is not None
    return found


@pytest.fixture
def none_is_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: None)
    monkeypatch.setattr(sys, "executable", "")


def archive_in(root: Path, interpreter: Interpreter | None) -> Path:
    for name, content in SOURCES.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return function_archive("app", root, ["app"], root / ".build", interpreter=interpreter)


def test_every_source_has_bytecode_and_stays(tmp_path: Path, interpreter: Interpreter) -> None:
    """A file that is no Python, such as a template, stays as it is."""
    with zipfile.ZipFile(archive_in(tmp_path, interpreter)) as archive:
        tag = sys.implementation.cache_tag
        assert set(archive.namelist()) - set(SOURCES) == {
            f"app/__pycache__/__init__.{tag}.pyc", f"app/__pycache__/handler.{tag}.pyc",
        }  # fmt: skip
        assert all(archive.read(name) == content for name, content in SOURCES.items())


def test_archives_with_bytecode_are_the_same_in_any_folder(tmp_path: Path, interpreter: Interpreter) -> None:
    first = archive_in(tmp_path / "here", interpreter)
    second = archive_in(tmp_path / "a" / "folder" / "elsewhere", interpreter)
    assert (first.name, first.read_bytes()) == (second.name, second.read_bytes())
    assert str(tmp_path).encode() not in first.read_bytes()
    assert first.name != archive_in(tmp_path / "here", None).name


def test_another_interpreter_gives_another_archive(tmp_path: Path, interpreter: Interpreter) -> None:
    newer = Interpreter(interpreter.path, f"{RUNNING}.99")
    assert archive_in(tmp_path, interpreter).name != archive_in(tmp_path, newer).name


def test_bytecode_is_imported_and_tracebacks_show_the_source(
    tmp_path: Path, interpreter: Interpreter
) -> None:
    task = tmp_path / "task"
    with zipfile.ZipFile(archive_in(tmp_path / "root", interpreter)) as archive:
        archive.extractall(task)
    script = (
        f"import sys; sys.path.insert(0, {str(task)!r}); import app.handler\n"
        "print(app.handler.NAMES == {'one', 'two', 'three'}); app.handler.handle({}, None)"
    )
    options = ["-I", "-S", "-B", "-v"]
    done = subprocess.run([sys.executable, *options, "-c", script], capture_output=True, text=True)
    pyc = task / "app" / "__pycache__" / f"handler.{sys.implementation.cache_tag}.pyc"
    assert f"code object from '{pyc}'" in done.stderr
    assert done.stdout == "True\n"
    assert f'File "{task}/app/handler.py", line 3, in handle' in done.stderr
    assert "raise KeyError('here')" in done.stderr


def test_sources_that_import_nothing_at_hand_are_compiled(interpreter: Interpreter) -> None:
    assert list(compiled({"a.py": b"import not_installed"}, interpreter)) == [
        f"__pycache__/a.{sys.implementation.cache_tag}.pyc"
    ]


def test_only_a_cpython_of_the_version_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not a command that only says how to install it, nor one of another version."""
    assert find_interpreter(RUNNING) is not None
    for number, script in enumerate(
        ("echo cpython 3.9.1", "echo pypy 3.14.0", "echo not installed >&2; exit 127")
    ):
        command = tmp_path / f"python{number}"
        command.write_text(f"#!/bin/sh\n{script}\n")
        assert inspect_interpreter(command) is None
        command.chmod(0o755)
        monkeypatch.setattr(shutil, "which", lambda name, found=command: str(found))
        find_interpreter.cache_clear()
        assert find_interpreter("3.14") is None
    command.write_text("#!/bin/sh\necho cpython 3.14.2\n")
    find_interpreter.cache_clear()
    assert find_interpreter("3.14") == Interpreter(command, "3.14.2")


@pytest.mark.usefixtures("none_is_installed")
def test_components_refuse_bytecode_without_the_runtimes_interpreter() -> None:
    problem = r"`bytecode` is true, but this machine has no CPython 3.14 .*Install it, or leave"
    with pytest.raises(stack.InvalidArgument, match=rf"PythonFunction: {problem}"):
        run_program(lambda: function(bytecode=True, runtime=ELSEWHERE))
    lock = str(SAMPLE / "requirements.lock")
    with pytest.raises(stack.InvalidArgument, match=rf"PythonLayer: {problem}"):
        run_program(
            lambda: stack.PythonLayer("x", {"requirements": lock, "bytecode": True, "runtime": ELSEWHERE})
        )


@pytest.mark.usefixtures("none_is_installed")
def test_the_pipeline_refuses_bytecode_without_the_runtimes_interpreter() -> None:
    problem = (
        r"kinexus:bytecode is true, but this machine has no CPython 3.13 .*: pulumi config set bytecode false"
    )
    with pytest.raises(InvalidConfiguration, match=problem):
        run("dev", bytecode="true")


def test_a_function_has_bytecode_if_it_asks_for_it(tmp_path: Path) -> None:
    runtime = stack.FunctionRuntime(f"python{RUNNING}")
    made = graph_of(lambda: function(bytecode=True, runtime=runtime, build_folder=str(tmp_path)))
    code = made.of_type("aws:lambda/function:Function")[0].inputs["code"]
    with zipfile.ZipFile(code.path) as archive:
        assert f"__pycache__/orders.{sys.implementation.cache_tag}.pyc" in archive.namelist()
