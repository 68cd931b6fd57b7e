"""The whole region, started once by `python -m local serve` for the tests that need it."""

import os
import subprocess
import sys
from collections.abc import Iterator

import pytest

from local import state_file
from local.environment import wait_until
from local.region.ministack_venv import REPOSITORY
from local.state_file import RegionFacts
from tests import secret_watch
from tests.local.region import contents


@pytest.fixture(scope="session")
def serving(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RegionFacts]:
    """A region in its own process with its own state file, stopped by `python -m local stop`."""
    temporary = tmp_path_factory.mktemp("serving")
    place = tmp_path_factory.mktemp("kinexus") / "region.json"
    environment = {**os.environ, "TMPDIR": str(temporary), "KINEXUS_REGION_FILE": str(place)}
    process = local("serve", environment)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(state_file, "PATH", place)
        try:
            assert wait_until(lambda: _is_up(process), 120), "the region did not come up"
            facts = state_file.find_region()
            for secret in contents.secrets(facts.client):
                secret_watch.learn("a secret of the local region", secret)
            yield facts
            for group, lines in contents.logs(facts.client).items():
                secret_watch.look(f"the log group {group}", lines)
            assert local("stop", environment).wait(timeout=40) == 0
            process.wait(timeout=10)
            assert list(temporary.iterdir()) == []
        finally:
            process.terminate()
            process.communicate(timeout=40)


def local(command: str, environment: dict[str, str]) -> "subprocess.Popen[str]":
    """Start `python -m local COMMAND`."""
    return subprocess.Popen(
        [sys.executable, "-m", "local", *command.split()], cwd=REPOSITORY, env=environment, text=True,
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip


def _is_up(process: "subprocess.Popen[str]") -> bool:
    assert process.poll() is None, process.communicate()[0]
    try:
        state_file.find_region()
    except state_file.NoRegion:
        return False
    return True
