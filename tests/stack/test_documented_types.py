"""Type checkers accept what the documents show, and find mistakes in both forms of arguments.

The examples in examples/ are checked by mypy itself (pyproject.toml).
"""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.stack.pipeline_run import ROOT

PAGES = ("docs/components/shape.md", "docs/components/install.md", "stack/README.md")
BLOCK = re.compile(r"^```python\n(.*?)^```", re.MULTILINE | re.DOTALL)

WRONG = """
from kinexus_components import EventSubscription, PythonFunction, PythonFunctionArgs, RecordTable
code = PythonFunctionArgs(handler="a.b", source_root=".", include=["."])
RecordTable("a", hash_kye="id")
RecordTable("b", {"hash_kye": "id"})
RecordTable("c", hash_key=3)
RecordTable("d")
RecordTable("e", {"hash_key": "id"}, table_name="x")
PythonFunction("f", timeout=3, **code)
EventSubscription("g", bus_name=3, pattern={}, function="pack")
orders = RecordTable("h", hash_key="id")
EventSubscription("i", bus_name=orders, pattern={}, function=orders)
orders.table
"""


def checked(folder: Path, text: str) -> list[str]:
    """Return what mypy, as strict as for this repository, finds in a program."""
    (folder / "program.py").write_text(text)
    command = [
        sys.executable, "-m", "mypy", "--config-file", str(ROOT / "pyproject.toml"), "--no-error-summary",
        "--hide-error-context", "--no-pretty", str(folder / "program.py"),
    ]  # fmt: skip
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    return [line.partition(":")[2] for line in done.stdout.splitlines() if ": error:" in line]


def test_documented_programs_pass_mypy(tmp_path: Path) -> None:
    blocks = [block for page in PAGES for block in BLOCK.findall((ROOT / page).read_text())]
    assert len(blocks) >= 4
    # Each block is a program of its own; their variables must not meet.
    functions = [f"def program_{number}() -> None:\n" + re.sub("^(?=.)", "    ", block, flags=re.MULTILINE)
                 for number, block in enumerate(blocks)]  # fmt: skip
    assert checked(tmp_path, "\n".join(functions)) == []


def test_mistakes_are_found(tmp_path: Path) -> None:
    lines = {int(line.partition(":")[0]) for line in checked(tmp_path, WRONG)}
    assert lines == {4, 5, 6, 7, 8, 9, 10, 12, 13}


@pytest.mark.parametrize("page", PAGES)
def test_each_page_has_a_program(page: str) -> None:
    assert BLOCK.search((ROOT / page).read_text())
