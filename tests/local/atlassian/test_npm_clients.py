"""Two independent clients, jira.js and confluence.js, work with the simulator; both check every answer.

Skipped if Node, npm or the packages are not available.
"""

import hashlib
import shutil
import subprocess
from pathlib import Path

import pytest

import local.seed
from local.atlassian import Site, serve

HERE = Path(__file__).parent / "npm"


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
