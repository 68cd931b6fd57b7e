"""Three Python clients, jira, atlassian-python-api and md2conf, work with the simulator as with a real site.

They are installed only for this test, in a folder of their own. Skipped if they cannot be installed.
"""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

import local.seed
from local.atlassian import Site, serve

HERE = Path(__file__).parent / "python_clients"


@pytest.fixture
def clients(request: pytest.FixtureRequest) -> Path:
    """A folder with the clients and their dependencies; kept in pytest's cache between runs."""
    wanted = HERE / "requirements.txt"
    name = hashlib.sha256(wanted.read_bytes()).hexdigest()[:12]
    folder: Path = request.config.cache.mkdir(f"python-clients-{name}")
    installed = folder / "installed"
    if not installed.is_file():
        command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-compile", "--upgrade"]
        command += ["--only-binary", ":all:", "--target", str(folder), "-r", str(wanted)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
        if done.returncode:
            pytest.skip(f"the clients could not be installed: {done.stderr.strip().splitlines()[-1:]}")
        installed.touch()
    return folder


def test_python_clients_accept_every_answer(site: Site, seed: local.seed.Seed, clients: Path) -> None:
    developer = site.account("developer")
    with serve(site) as running:
        command = [sys.executable, str(HERE / "check.py"), running.url, developer.email, developer.token]
        command += [seed.space_key, seed.pages["webhooks"]]
        environment = {**os.environ, "PYTHONPATH": str(clients)}
        done = subprocess.run(
            command, env=environment, capture_output=True, text=True, timeout=180, check=False
        )
    assert done.returncode == 0, done.stdout + done.stderr
    [page] = [page for page in site.confluence.pages.values() if page.title == "From md2conf"]
    assert "The second text." in page.current.storage
    assert [each.title for each in site.confluence.attachments.values()] == ["dot.png"]
