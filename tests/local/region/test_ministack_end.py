"""MiniStack ends at once and without a word, also when it is too busy to notice that its input closed."""

import subprocess
import sys
import time

import pytest

from local.region import ministack

_BUSY = "import signal\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\nprint(1, flush=True)\nwhile True: pass"


def test_a_busy_ministack_ends_at_once(capfd: pytest.CaptureFixture[str]) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", _BUSY],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        start_new_session=True,
    )
    assert process.stdout
    process.stdout.readline()
    began = time.monotonic()
    ministack._end(process)
    assert process.poll() is not None
    assert time.monotonic() - began < 4
    assert capfd.readouterr().err == ""
    process.stdout.close()
