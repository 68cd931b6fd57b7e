"""The installed wheel is all of `stack`, with its types, and says what it cannot do without a checkout.

Not proven: that a package index would accept it.
"""

import json
import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.stack.pipeline_run import ROOT

SETUPTOOLS = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]

PROGRAM = """
import json, sys
import stack
from stack.testing import run_program

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
    shutil.copy(ROOT / "pyproject.toml", folder / "source")
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


def test_installed_components_work_without_a_checkout(installed: Path, tmp_path: Path) -> None:
    """And the pipeline says what it needs."""
    done = subprocess.run(
        [sys.executable, "-B", "-c", PROGRAM],
        cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(installed)}, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    where, kind, said = json.loads(done.stdout)
    assert Path(where).is_relative_to(installed)
    assert kind == "PackagingError"
    assert said.startswith("DocumentationPipeline needs handlers/ and common/ of a checkout of Kinexus, and ")
    assert "put one on PYTHONPATH" in said


def test_the_wheel_holds_the_sources_and_py_typed(installed: Path) -> None:
    def files(folder: Path) -> set[str]:
        return {
            path.relative_to(folder).as_posix()
            for path in folder.rglob("*")
            if path.suffix in (".py", ".typed")
        }

    assert files(installed / "stack") == files(ROOT / "stack")


def test_every_package_of_the_stack_is_in_the_wheel() -> None:
    folders = {path.parent.relative_to(ROOT) for path in (ROOT / "stack").rglob("__init__.py")}
    assert set(SETUPTOOLS["packages"]) == {".".join(folder.parts) for folder in folders}


def test_type_checkers_of_other_projects_read_our_types() -> None:
    assert SETUPTOOLS["package-data"] == {"stack": ["py.typed"]}
    assert (ROOT / "stack" / "py.typed").is_file()
