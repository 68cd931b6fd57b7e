"""Writes the layer's lock: `python -m stack.layer_lock` turns handlers/requirements.in into requirements.lock.

The lock is what `pip install --require-hashes` reads, complete and with one hash per package: that of its
pure Python wheel. So the same layer runs on Lambda's arm64 and on any machine that plays Lambda.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

PURE_PYTHON = ("--platform=any", "--implementation=py", "--abi=none", "--python-version=3.11")
"""pip's words for: wheels without compiled parts, that run on Python 3.11 and later."""


def resolve(requirements: Path) -> Sequence[Mapping[str, Any]]:
    """Ask pip what it would install for a requirements file; raise CalledProcessError when it cannot."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        command = [
            sys.executable, "-m", "pip", "install", "--dry-run", "--ignore-installed", "--quiet",
            "--only-binary=:all:", *PURE_PYTHON, "--target", str(Path(folder) / "target"),
            "--report", str(report), "--requirement", str(requirements),
        ]  # fmt: skip
        subprocess.run(command, check=True)
        packages: Sequence[Mapping[str, Any]] = json.loads(report.read_text())["install"]
        return packages


def render(packages: Sequence[Mapping[str, Any]]) -> str:
    """Write the lock's text from the packages of a pip report, sorted by name."""
    lines = ["# Written by `python -m stack.layer_lock` from requirements.in: do not edit."]
    for package in sorted(packages, key=lambda package: _name(package)):
        digest = package["download_info"]["archive_info"]["hashes"]["sha256"]
        lines += [f"{_name(package)}=={package['metadata']['version']} \\", f"    --hash=sha256:{digest}"]
    return "\n".join(lines) + "\n"


def _name(package: Mapping[str, Any]) -> str:
    """Return a package's name as indexes normalise it."""
    return str(package["metadata"]["name"]).lower().replace("_", "-").replace(".", "-")


def main() -> None:
    """Write the lock beside its requirements."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("requirements", nargs="?", type=Path, default=Path("handlers/requirements.in"))
    requirements: Path = parser.parse_args().requirements
    requirements.with_suffix(".lock").write_text(render(resolve(requirements)))


if __name__ == "__main__":
    main()
