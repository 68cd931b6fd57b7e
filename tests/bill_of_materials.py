"""Writes the bills of materials of the layer and of the deployment: `python -m tests.bill_of_materials FOLDER`.

They are CycloneDX 1.6 in JSON, made of the two lock files: each package with its version and the hashes of its files that
an installer accepts. Only what the lock files name is in them, not Python, the Pulumi CLI and its plugins.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

from cyclonedx.model import ExternalReference, ExternalReferenceType, HashAlgorithm, HashType, XsUri
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.output.json import JsonV1Dot6
from packageurl import PackageURL

ROOT = Path(__file__).resolve().parents[1]
LOCKS = {"layer": ROOT / "handlers" / "requirements.lock", "deployment": ROOT / "requirements-deploy.lock"}
"""Name of each bill of materials and its lock file."""

_PACKAGE = re.compile(r"^([\w.-]+)==([^\s;\\]+)[^\n]*\\\n((?:    --hash=sha256:\w+[ \\]*\n)+)", re.MULTILINE)


def packages(lock: str) -> dict[str, tuple[str, list[str]]]:
    """Return version and SHA-256 hashes of each package in a lock file's text."""
    return {
        name: (version, re.findall(r"sha256:(\w+)", hashes))
        for name, version, hashes in _PACKAGE.findall(lock)
    }


def bill(name: str, lock: str) -> str:
    """Return a bill of materials as JSON."""
    bom = Bom()
    bom.metadata.component = Component(name=f"kinexus-{name}", type=ComponentType.APPLICATION)
    for package, (version, hashes) in packages(lock).items():
        address = XsUri(f"https://pypi.org/project/{package}/{version}/#files")
        files = [
            ExternalReference(
                type=ExternalReferenceType.DISTRIBUTION,
                url=address,
                hashes=[HashType(alg=HashAlgorithm.SHA_256, content=one)],
            )
            for one in hashes
        ]
        url = PackageURL("pypi", name=package, version=version)
        bom.components.add(
            Component(
                name=package,
                version=version,
                type=ComponentType.LIBRARY,
                purl=url,
                bom_ref=str(url),
                external_references=files,
            )
        )
    bom.register_dependency(bom.metadata.component, bom.components)
    return JsonV1Dot6(bom).output_as_string(indent=2)


def main(folder: Path) -> None:
    """Write all bills of materials into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, lock in LOCKS.items():
        path = folder / f"{name}.cdx.json"
        path.write_text(bill(name, lock.read_text()) + "\n")
        print(path)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
