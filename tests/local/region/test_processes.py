"""No process and no temporary folder is left, however the region ends.

Each test starts its own process with its own temporary folder, and checks what is left of both.
"""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from local.environment import wait_until
from local.region.ministack_venv import REPOSITORY

pytestmark = pytest.mark.region

_HOLD = """
from local.region import ministack
import sys, time
with ministack.running() as stack:
    print(stack.process.pid, flush=True)
    time.sleep(60)
"""


def _start(tmp_path: Path, *arguments: str) -> "subprocess.Popen[str]":
    # Background jobs of a shell ignore Ctrl-C, and processes started by these tests would inherit that.
    inherited = signal.signal(signal.SIGINT, signal.SIG_DFL)
    try:
        return subprocess.Popen(
            [sys.executable, *arguments], cwd=REPOSITORY, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            stdin=subprocess.DEVNULL, env={**os.environ, "TMPDIR": str(tmp_path), "PYTHONUNBUFFERED": "1"},
        )  # fmt: skip
    finally:
        signal.signal(signal.SIGINT, inherited)


def _left(tmp_path: Path) -> list[str]:
    """Return the remaining folders, and the processes with one of them in their command line."""
    processes = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True).stdout
    return [path.name for path in tmp_path.iterdir()] + [
        line for line in processes.splitlines() if str(tmp_path) in line
    ]


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_ministack_ends_with_its_parent(tmp_path: Path, how: signal.Signals) -> None:
    parent = _start(tmp_path, "-c", _HOLD)
    assert parent.stdout
    assert int(parent.stdout.readline()) > 0
    assert _left(tmp_path), "nothing was started"
    parent.send_signal(how)
    parent.wait(timeout=15)
    assert wait_until(lambda: not _left(tmp_path), 10), _left(tmp_path)


def test_a_finished_demo_leaves_only_its_pages(tmp_path: Path) -> None:
    output = tmp_path / "pages"
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    done = _start(temporary, "-m", "local", "demo", "--output", str(output))
    said, _ = done.communicate(timeout=150)
    assert done.returncode == 0, said
    assert "Everything was verified" in said
    roles = ("update", "create", "revision", "conflict")
    assert {file.name for file in output.iterdir()} == {
        f"{r}-{kind}.html" for r in roles for kind in ("diff", "page")
    }
    assert "<ins" in (output / "update-diff.html").read_text()
    assert _left(temporary) == []


def test_ctrl_c_during_the_demo_leaves_nothing(tmp_path: Path) -> None:
    demo = _start(tmp_path, "-m", "local", "demo", "--output", str(tmp_path / "pages"))
    assert demo.stdout
    assert "starting AWS" in demo.stdout.readline()
    time.sleep(1)
    demo.send_signal(signal.SIGINT)
    said, _ = demo.communicate(timeout=30)
    assert demo.returncode == 130, said
    assert wait_until(lambda: _left(tmp_path) == ["pages"], 10), _left(tmp_path)
