"""What deploys is locked with hashes: pulumi, pulumi-aws, boto3 and requests, what they need, and nothing else.

Not proven: what the packages do. `make check` asks for known vulnerabilities.
"""

import re

from packaging.markers import Marker
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from tests.bill_of_materials import packages
from tests.stack.pipeline_run import ROOT

LOCK = (ROOT / "requirements-deploy.lock").read_text()
NAMED = {"pulumi", "pulumi-aws", "boto3", "requests"}


def test_the_lock_is_the_closure_of_four_packages() -> None:
    """Followed through the metadata of the packages as installed here, whose versions may be others."""
    from importlib.metadata import PackageNotFoundError, requires

    found: set[str] = set()
    todo = set(NAMED)
    while todo:
        name = todo.pop()
        found.add(name)
        try:
            needed = [Requirement(line) for line in requires(name) or ()]
        except PackageNotFoundError:
            continue
        todo |= {
            canonicalize_name(each.name) for each in needed if each.marker is None or _needed(each.marker)
        } - found
    assert set(packages(LOCK)) == found


def _needed(marker: Marker) -> bool:
    return any(marker.evaluate({"extra": "", "python_version": version}) for version in ("3.11", "3.13"))


def test_every_package_has_hashes() -> None:
    assert len(re.findall(r"^[\w-]+==", LOCK, re.MULTILINE)) == len(packages(LOCK))
    assert all(hashes for _, hashes in packages(LOCK).values())


def test_the_versions_are_those_that_are_tested() -> None:
    """The plugin for other languages installs the lock as well."""
    tested = dict(re.findall(r"^([\w-]+)==(\S+)", (ROOT / "requirements-run.txt").read_text(), re.MULTILINE))
    assert {name: packages(LOCK)[name][0] for name in NAMED} == {name: tested[name] for name in NAMED}
    assert (ROOT / "provider/requirements.txt").read_text() == "-r ../requirements-deploy.lock\n"


def test_the_cli_is_of_the_same_version() -> None:
    assert (ROOT / ".pulumi.version").read_text().strip() == packages(LOCK)["pulumi"][0]
    assert Version(packages(LOCK)["pulumi"][0])
