"""Two independent clients, jira.js and confluence.js, work with the simulator; both check every answer.

Atlassian's own ADF schema (package @atlaskit/adf-schema) confirms what the conversion cases become in the new editor.
Skipped if Node, npm or the packages are not available.
"""

import hashlib
import json
import shutil
import subprocess
import tarfile
from pathlib import Path

import jsonschema
import pytest

import local.seed
from local.atlassian import Site, serve
from local.atlassian.confluence.storage_adf import to_adf
from tests.common.storage_format.test_pairs import PAIRS

HERE = Path(__file__).parent / "npm"
SCHEMA = "@atlaskit/adf-schema@57.7.22"
SCHEMA_SHA256 = "53693004c8c3d3ccbff2f8dcc172aaf3ef84dae402216fda4602cb1bbe10c62b"


@pytest.fixture
def clients(request: pytest.FixtureRequest) -> Path:
    """A folder with the packages installed, kept in pytest's cache between runs."""
    if shutil.which("node") is None or shutil.which("npm") is None:
        pytest.skip("Node is not installed")
    lock = (HERE / "package-lock.json").read_bytes()
    folder: Path = request.config.cache.mkdir(f"npm-{hashlib.sha256(lock).hexdigest()[:12]}")
    for name in ("package.json", "package-lock.json", "check.mjs"):
        shutil.copy(HERE / name, folder / name)
    if not (folder / "node_modules" / "jira.js").is_dir():
        done = subprocess.run(
            ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"],
            cwd=folder,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        if done.returncode:
            pytest.skip(f"npm could not install: {done.stderr.strip().splitlines()[-1:]}")
    return folder


def test_jira_js_and_confluence_js_accept_every_answer(
    site: Site, seed: local.seed.Seed, clients: Path
) -> None:
    developer = site.account("developer")
    with serve(site) as running:
        done = subprocess.run(
            [
                "node",
                "check.mjs",
                running.url,
                developer.email,
                developer.token,
                seed.space_id,
                seed.pages["webhooks"],
            ],
            cwd=clients,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("ok ") == 45


@pytest.fixture(scope="module")
def adf_schema(request: pytest.FixtureRequest) -> jsonschema.Draft4Validator:
    """Atlassian's schema of ADF, from the published package; kept in pytest's cache between runs."""
    if shutil.which("npm") is None:
        pytest.skip("npm is not installed")
    folder: Path = request.config.cache.mkdir("adf-schema")
    packed = folder / "atlaskit-adf-schema-57.7.22.tgz"
    if not packed.is_file():
        command = ["npm", "pack", SCHEMA, "--silent"]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=120, check=False)
        if done.returncode:
            pytest.skip(f"npm could not fetch {SCHEMA}: {done.stderr.strip().splitlines()[-1:]}")
    assert hashlib.sha256(packed.read_bytes()).hexdigest() == SCHEMA_SHA256
    with tarfile.open(packed) as archive:
        member = archive.extractfile("package/json-schema/v1/full.json")
        assert member is not None
        return jsonschema.Draft4Validator(json.load(member))


@pytest.mark.parametrize("path", PAIRS, ids=lambda path: path.stem)
def test_atlassians_schema_accepts_every_conversion(
    path: Path, adf_schema: jsonschema.Draft4Validator
) -> None:
    adf_schema.validate(to_adf(path.with_suffix(".xml").read_bytes().decode()))
