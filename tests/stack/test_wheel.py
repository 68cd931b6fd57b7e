"""The wheel installs all of `stack` as `kinexus_components` and nothing else, and says what needs a checkout.

Not proven: that a package index would accept it.
"""

import ast
import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from email import message_from_string
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from stack.testing import run_program
from tests.stack.pipeline_run import ROOT

PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
PROJECT = PYPROJECT["project"]
SETUPTOOLS = PYPROJECT["tool"]["setuptools"]

PROGRAM = """
import json, sys
import kinexus_components as stack
from kinexus_components.testing import run_program

def table():
    stack.RecordTable("orders", {"table_name": "orders", "hash_key": "id"})

def pipeline():
    url = "https://example.atlassian.net"
    stack.DocumentationPipeline("docs", {
        "jira_base_url": url, "confluence_url": url + "/wiki", "jira_email": "a@example.com", "jira_api_token": "x",
        "confluence_space_key": "SD", "webhook_secrets": "x", "link_key": "x" * 32,
    })

assert len(run_program(table).resources) == 2
try:
    run_program(pipeline)
except Exception as error:
    print(json.dumps([stack.__file__, type(error).__name__, str(error)]))
"""


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build a wheel, offline, from a copy (building leaves files next to the sources), and install it by itself."""
    pytest.importorskip("setuptools", minversion="77")
    folder = tmp_path_factory.mktemp("wheel")
    shutil.copytree(ROOT / "stack", folder / "source" / "stack", ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "LICENSE"):
        shutil.copy(ROOT / name, folder / "source")
    pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check"]
    offline = ["--no-index", "--no-deps"]
    build = [
        *pip,
        "wheel",
        *offline,
        "--no-build-isolation",
        "--wheel-dir",
        str(folder),
        str(folder / "source"),
    ]
    subprocess.run(build, check=True, capture_output=True)
    [wheel] = folder.glob("*.whl")
    subprocess.run(
        [*pip, "install", *offline, "--target", str(folder / "target"), str(wheel)],
        check=True,
        capture_output=True,
    )
    return folder / "target"


def test_installed_components_work_beside_programs_with_our_names(installed: Path, tmp_path: Path) -> None:
    """A program with a `stack.py`, `common` and `ops` of its own; and the pipeline says what it needs."""
    for name in ("stack.py", "common.py", "ops.py", "local.py"):
        (tmp_path / name).write_text("raise SystemExit(f'{__name__} is the program's own')\n")
    done = subprocess.run(
        [sys.executable, "-B", "-c", PROGRAM],
        cwd=tmp_path, env={**os.environ, "PYTHONPATH": f"{tmp_path}:{installed}"}, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    where, kind, said = json.loads(done.stdout)
    assert Path(where).is_relative_to(installed)
    assert kind == "PackagingError"
    assert said.startswith("DocumentationPipeline needs handlers/ and common/ of a checkout of Kinexus, and ")
    assert "put one on PYTHONPATH" in said


def test_the_wheel_has_one_top_level_name(installed: Path) -> None:
    [information] = installed.glob("*.dist-info")
    assert {path.name for path in installed.iterdir()} == {"kinexus_components", information.name}
    assert information.name.startswith("kinexus_components-")


def test_the_wheel_describes_itself(installed: Path) -> None:
    """Name, version, licence, Python and the README's text, as an index shows them."""
    [metadata] = installed.glob("*.dist-info/METADATA")
    described = message_from_string(metadata.read_text())
    assert described["Name"] == "kinexus-components"
    assert described["Version"] == PROJECT["version"]
    assert described["License-Expression"] == "Apache-2.0"
    assert described["Requires-Python"] == ">=3.11"
    assert described["Description-Content-Type"] == "text/markdown"
    assert described.get_payload() == (ROOT / "stack" / "README.md").read_text()


def test_the_readme_example_runs() -> None:
    [example] = re.findall(
        r"^```python\n(.*?)^```", (ROOT / "stack/README.md").read_text(), re.MULTILINE | re.DOTALL
    )

    def program() -> None:
        exec(compile(example, "stack/README.md", "exec"), {"__name__": "readme"})  # noqa: S102 (our own page)

    with pytest.MonkeyPatch.context() as patch, TemporaryDirectory() as folder:
        patch.chdir(folder)
        (Path(folder) / "src").mkdir()
        (Path(folder) / "src" / "billing.py").write_text("def handle(event, context): ...\n")
        graph = run_program(program)
    assert graph.named("bill", "aws:lambda/function:Function").inputs["runtime"] == "python3.13"


def test_everything_imported_is_a_dependency() -> None:
    """The imports of all modules at their top level; what a function imports later comes from the program."""
    imported = {
        (node.names[0].name if isinstance(node, ast.Import) else node.module or "").split(".")[0]
        for path in (ROOT / "stack").rglob("*.py")
        for node in ast.parse(path.read_text()).body
        if isinstance(node, ast.Import | ast.ImportFrom) and not getattr(node, "level", 0)
    } - {*sys.stdlib_module_names, "stack"}
    required = {re.match(r"[\w-]+", each)[0].replace("-", "_") for each in PROJECT["dependencies"]}  # type: ignore[index]
    brought = {"google", "yaml"}  # protobuf and PyYAML, by pulumi
    assert imported - required == {*brought, "pytest"}, "pytest loads the plugin itself"


def test_the_wheel_holds_the_sources_and_py_typed(installed: Path) -> None:
    def files(folder: Path) -> set[str]:
        return {
            path.relative_to(folder).as_posix()
            for path in folder.rglob("*")
            if path.suffix in (".py", ".typed")
        }

    assert files(installed / "kinexus_components") == files(ROOT / "stack")


def test_every_package_of_the_stack_is_in_the_wheel() -> None:
    folders = {path.parent.relative_to(ROOT) for path in (ROOT / "stack").rglob("__init__.py")}
    assert set(SETUPTOOLS["packages"]) == {
        ".".join(("kinexus_components", *folder.parts[1:])) for folder in folders
    }
    assert SETUPTOOLS["package-dir"] == {"kinexus_components": "stack"}


def test_type_checkers_of_other_projects_read_our_types() -> None:
    assert SETUPTOOLS["package-data"] == {"kinexus_components": ["py.typed"]}
    assert (ROOT / "stack" / "py.typed").is_file()
