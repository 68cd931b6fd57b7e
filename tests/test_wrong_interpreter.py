"""A command that is started with a Python without our packages names the command to use instead."""

import subprocess
import sys

import pytest

from tests.test_imports import ROOT


@pytest.mark.parametrize(
    "command", ["local demo", "ops status PAY-1", "benchmarks.cost", "benchmarks.load --seed 1"]
)
def test_the_right_command_is_named_in_one_line(command: str) -> None:
    without_packages = [sys.executable, "-S", "-m", *command.split()]
    done = subprocess.run(without_packages, cwd=ROOT, capture_output=True, text=True, check=False)
    [line] = done.stderr.splitlines()
    assert done.returncode == 1
    assert f"Run .venv/bin/python -m {command} (make " in line
