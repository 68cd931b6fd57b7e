"""A seeded sample of the crash matrix and of the interleavings; and that both detect an unsafe pipeline.

Each runs in its own process, which forks. `python -m tests.crash --all` runs everything.
"""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.faults.claims import claims

RUN = "import sys; from tests.crash.__main__ import main; sys.exit(main(sys.argv[1:]))"
UNSAFE = {
    "comments are not looked for by their marks": (
        "from common.atlassian import idempotent_comments; idempotent_comments.find_comment = lambda *_: None;",
        ["--points", "12", "--twice", "0", "--schedules", "0", "--seed", "1", "--scenarios", "rejection"],
    ),
    "neither leases nor the states of records are honoured": (
        "from contextlib import contextmanager; from common.aws.dynamodb_table import DynamoDbTable, Lease; update = DynamoDbTable.update;"
        "DynamoDbTable.lease = contextmanager(lambda self, key, owner, seconds: iter([Lease(key, 'lease', owner, self.get(key))]));"
        "free = {'lease_owner': None, 'lease_until': None};"
        "DynamoDbTable.update = lambda self, key, values, expect=None, releasing=None: update(self, key, {**values, **free});",
        ["--points", "0", "--twice", "0", "--schedules", "40", "--seed", "1", "--scenarios", "update"],
    ),
}


def crash(program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", program, *arguments], capture_output=True, text=True, timeout=600, check=False
    )


@claims(("the function dies", "outcome"))
def test_sampled_crashes_and_interleavings_change_no_result() -> None:
    ended = crash(RUN, "--points", "16", "--twice", "3", "--schedules", "8", "--seed", "1")
    assert ended.returncode == 0, ended.stdout + ended.stderr
    totals = "points tried 16, survived 16; second crashes tried 3, survived 3; schedules tried 8, survived 8"
    assert totals in ended.stdout.splitlines()[-1], ended.stdout


@pytest.mark.parametrize(("sabotage", "arguments"), UNSAFE.values(), ids=UNSAFE.keys())
def test_an_unsafe_pipeline_is_detected(sabotage: str, arguments: list[str]) -> None:
    ended = crash(f"{sabotage} {RUN}", *arguments)
    assert ended.returncode == 1, ended.stdout + ended.stderr
    assert "became" in ended.stdout, ended.stdout
