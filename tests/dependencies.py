"""Audit of our dependencies for known vulnerabilities: `python -m tests.dependencies`, a part of `make check`.

Audits the layer's lock, everything that is installed for requirements.txt, and what the local region adds. pip-audit
reports "No known vulnerabilities" also for packages that its service does not know, and fails if it cannot reach the
service. Here both are reported, and neither fails the check, which has to pass without a network.
"""

from __future__ import annotations

import importlib.metadata
import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
#: Vulnerabilities that do not matter here, each with the reason.
HARMLESS: Mapping[str, str] = {}
#: Packages that a new virtual environment contains, in the version of the Python that created it.
OF_PYTHON = ("pip", "setuptools")
#: Seconds after which the service counts as unreachable.
LONGEST = 30.0


@dataclass(frozen=True)
class Findings:
    """The result of an audit: vulnerabilities, and why packages were not audited."""

    vulnerable: tuple[str, ...] = ()
    not_audited: tuple[str, ...] = ()


def pinned(path: Path) -> set[tuple[str, str]]:
    """Return the (name, version) pairs that a file of requirements pins."""
    return set(re.findall(r"^([A-Za-z0-9._-]+)==([^\s;#\\]+)", path.read_text(), re.MULTILINE))


def installed() -> set[tuple[str, str]]:
    """Return the (name, version) pairs of the packages installed in this environment."""
    found = {(each.name, each.version) for each in importlib.metadata.distributions()}
    return {(name, version) for name, version in found if name not in OF_PYTHON}


def audit(packages: Collection[tuple[str, str]], *options: str, longest: float = LONGEST) -> Findings:
    """Ask the service about packages; `options` are pip-audit's."""
    # pip-audit accepts one version of each package per run.
    rounds: list[dict[str, str]] = []
    for name, version in sorted({(_normal(name), version) for name, version in packages}):
        free = next((each for each in rounds if name not in each), None)
        if free is None:
            rounds.append(free := {})
        free[name] = version
    found = [_asked(each, options, longest) for each in rounds]
    return Findings(
        tuple(line for each in found for line in each.vulnerable),
        tuple(line for each in found for line in each.not_audited),
    )


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _asked(packages: Mapping[str, str], options: Sequence[str], longest: float) -> Findings:
    lines = [f"{name}=={version}" for name, version in packages.items()]
    with tempfile.TemporaryDirectory() as folder:
        requirements = Path(folder, "requirements.txt")
        requirements.write_text("\n".join(lines))
        command = [
            sys.executable, "-m", "pip_audit", "--requirement", str(requirements), "--no-deps", "--disable-pip",
            "--format", "json", "--progress-spinner", "off", "--timeout", "5", "--cache-dir", folder, *options,
        ]  # fmt: skip
        try:
            done = subprocess.run(
                command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=longest
            )
        except subprocess.TimeoutExpired:
            return Findings(not_audited=(f"all {len(lines)}: no answer within {longest:.0f} s",))
    try:
        answer: list[dict[str, Any]] = json.loads(done.stdout)["dependencies"]
    except (ValueError, KeyError):
        said = (done.stderr.strip().splitlines() or ["no answer"])[-1]
        return Findings(not_audited=(f"all {len(lines)}: {said[:200]}",))
    return _read(answer)


def _read(answer: Sequence[Mapping[str, Any]]) -> Findings:
    unknown = [each["name"] for each in answer if "skip_reason" in each]
    if len(unknown) == len(answer):
        return Findings(not_audited=(f"all {len(answer)}: the service knows none of them",))
    return Findings(
        tuple(
            f"{each['name']} {each['version']}: {one['id']}, fixed in {', '.join(one['fix_versions']) or 'nothing yet'}"
            for each in answer
            for one in each.get("vulns", ())
            if not HARMLESS.keys() & {one["id"], *one.get("aliases", ())}
        ),
        (f"{len(unknown)} of {len(answer)}, which the service does not know: {', '.join(unknown)}",)
        if unknown
        else (),
    )


def main() -> int:
    """Audit everything; return 1 if something is vulnerable."""
    packages = (
        pinned(ROOT / "handlers" / "requirements.lock")
        | pinned(ROOT / "local" / "requirements.txt")
        | installed()
    )
    found = audit(packages)
    for line in found.not_audited:
        print(f"NOT AUDITED for known vulnerabilities: {line}", file=sys.stderr)
    for line in found.vulnerable:
        print(f"vulnerable: {line}", file=sys.stderr)
    if not found.vulnerable and not found.not_audited:
        print(f"no known vulnerability in {len(packages)} packages")
    return 1 if found.vulnerable else 0


if __name__ == "__main__":
    sys.exit(main())
