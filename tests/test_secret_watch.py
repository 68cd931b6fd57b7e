"""The search for secrets in all output works: a run with planted leaks fails and names exactly those."""

from __future__ import annotations

import base64
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.secrets_in_use import API_TOKEN, LINK_KEY, WEBHOOK_SECRET, found_in

ROOT = Path(__file__).resolve().parents[1]
CONFTEST = """
import sys
sys.path.insert(0, {root!r})
from tests.conftest import pytest_configure
"""
LEAKING = """
import base64, html, logging, os, subprocess, sys
from urllib.parse import quote
import pytest
from tests import secret_watch
from tests.secrets_in_use import API_TOKEN, LINK_KEY, WEBHOOK_SECRET

log = logging.getLogger("leaking")

def test_message(): log.warning("signed with %s", WEBHOOK_SECRET)
def test_field(): log.warning("signed", extra={"with_what": [WEBHOOK_SECRET]})
def test_unheard():
    log.propagate = False
    log.error("signed with %r", WEBHOOK_SECRET)
def test_traceback():
    try:
        raise ValueError(LINK_KEY)
    except ValueError:
        log.exception("no link")
def test_header(): print("Authorization: Basic " + base64.b64encode(f"who@example.com:{API_TOKEN}!".encode()).decode())
def test_url(): print("https://example.com/?key=" + quote(LINK_KEY), file=sys.stderr)
def test_page(): print("<p>" + html.escape(WEBHOOK_SECRET) + "</p>")
def test_read(capsys):
    print(LINK_KEY)
    assert capsys.readouterr().out
def test_process(): subprocess.run([sys.executable, "-S", "-c", "print(" + repr(LINK_KEY) + ")"], capture_output=True)
def test_inherited(): os.write(2, API_TOKEN.encode())
def test_copy():
    if not os.fork():
        log.warning(LINK_KEY)
        os._exit(0)
    os.wait()
def test_handed_in(): secret_watch.look("a function's log", WEBHOOK_SECRET)
def test_learned():
    secret_watch.learn("a password", "made just now")
    print("made just now")
@pytest.fixture
def leaving():
    yield
    print(LINK_KEY)
def test_left_behind(leaving): pass
def test_clean():
    log.warning("signed with a secret of %s characters", len(WEBHOOK_SECRET))
    print(API_TOKEN[:8], LINK_KEY[:8])
def test_only_asserted():
    with pytest.raises(AssertionError):
        assert WEBHOOK_SECRET == "another"
"""
FOUND = {
    "test_message: a webhook secret as it is, in a log record",
    "test_field: a webhook secret as it is, in a log record",
    "test_unheard: a webhook secret as it is, in a log record",
    "test_unheard: a webhook secret as it is, in stderr",
    "test_traceback: a link key as it is, in a log record",
    "test_header: an API token in base64, in stdout",
    "test_url: a link key as in a URL, in stderr",
    "test_page: a webhook secret as in HTML, in stdout",
    "test_read: a link key as it is, in stdout",
    "test_process: a link key as it is, in the output of a process",
    "test_inherited: an API token as it is, in stderr",
    "test_copy: a link key as it is, in a log record",
    "test_handed_in: a webhook secret as it is, in a function's log",
    "test_learned: a password as it is, in stdout",
    "test_left_behind: a link key as it is, in stdout",
}


def run(folder: Path, tests: str, *options: str) -> subprocess.CompletedProcess[str]:
    (folder / "conftest.py").write_text(CONFTEST.format(root=str(ROOT)))
    (folder / "test_it.py").write_text(tests)
    # Importing other plugins would take long.
    environment = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTEST_ADDOPTS": ""}
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *options, str(folder)],
        cwd=folder, env=environment, capture_output=True, text=True, timeout=60,
    )  # fmt: skip


@pytest.mark.parametrize("options", [(), ("-p", "xdist.plugin", "-n", "1")], ids=["one process", "workers"])
def test_a_run_with_leaks_fails_and_names_each(tmp_path: Path, options: tuple[str, ...]) -> None:
    ended = run(tmp_path, LEAKING, *options)
    assert ended.returncode == 1, ended.stdout + ended.stderr
    assert "16 passed" in ended.stdout
    section = ended.stdout.partition("secrets in the output")[2]
    told = set(re.findall(r"test_it\.py::(.*: .*, in .*)", section))
    assert told == FOUND
    assert found_in(ended.stdout) == set(), "the report itself leaks nothing"


def test_a_run_without_leaks_passes(tmp_path: Path) -> None:
    ended = run(tmp_path, "def test_it(capsys):\n    print('nothing')\n    capsys.readouterr()\n")
    assert (ended.returncode, "secrets" in ended.stdout) == (0, False), ended.stdout + ended.stderr


@pytest.mark.parametrize("before", ["", "a", "ab", "abc"])
@pytest.mark.parametrize("after", ["", "a", "ab"])
def test_base64_is_recognised_wherever_the_secret_stands(before: str, after: str) -> None:
    for secret, what in (
        (API_TOKEN, "an API token"),
        (LINK_KEY, "a link key"),
        (WEBHOOK_SECRET, "a webhook secret"),
    ):
        assert f"{what} in base64" in found_in(base64.b64encode((before + secret + after).encode()).decode())
        assert f"{what} in base64" in found_in(
            base64.urlsafe_b64encode((before + secret + after).encode()).decode()
        )
