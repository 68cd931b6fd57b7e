"""Each invariant has a test that fails when the code that keeps it is sabotaged.

A sabotage runs in a process of its own, before the named tests; they have to fail. Without it they pass elsewhere.
"""

from __future__ import annotations

import subprocess
import sys

import pytest

RUN = "import sys, pytest; sys.exit(pytest.main(['-q', '-x', '-p', 'no:cacheprovider', *sys.argv[1:]]))"
TABLE = "from common.aws.dynamodb_table import DynamoDbTable, Lease;"
SABOTAGES = {
    "a transition is written whatever the state of the record": (
        TABLE + "update = DynamoDbTable.update;"
        "DynamoDbTable.update = lambda self, key, values, expect=None, releasing=None: update(self, key, values, None, releasing);",
        "tests/common/aws/test_dynamodb_table.py::test_a_transition_from_a_changed_state_fails",
    ),
    "a step that the table of states does not have is taken": (
        "from common.domain.transitions import Transition; Transition.check = lambda *_: None;",
        "tests/common/domain/test_states.py::test_a_change_takes_exactly_the_steps_of_the_table",
    ),
    "a lease is released before the work ends": (
        TABLE + "from contextlib import contextmanager;\n"
        "hold = DynamoDbTable._until_released\n"
        "@contextmanager\n"
        "def early(self, lease):\n"
        "    self._release(lease)\n"
        "    yield lease\n"
        "DynamoDbTable._until_released = early\n",
        "tests/common/aws/test_dynamodb_table.py::test_a_lease_excludes_others_until_it_is_released",
    ),
    "a redelivery does not look for its marks": (
        "from handlers.approval_handler.end_of_review import EndOfReview; complete = EndOfReview.complete;"
        "EndOfReview.complete = lambda self, document, *, is_first, lease=None: complete(self, document, is_first=True, lease=lease);",
        "tests/handlers/approval_handler/test_end_of_review.py::test_a_redelivered_end_notifies_everyone_once",
    ),
    "the bytes of another draft are published": (
        "from common.aws.draft_store import DraftStore;"
        "DraftStore.get = lambda self, document_id, revision, sha256: self.get_unverified(document_id, revision);",
        "tests/hostile/test_tampering.py::test_a_draft_changed_after_its_approval_is_not_published",
    ),
    "a living process loses its page lock": (
        "from handlers.document_orchestrator import claim_page; claim_page.LEASE_SECONDS = -1;",
        "tests/handlers/document_orchestrator/test_page_locks.py::test_a_dead_processs_lock_is_taken_over_after_expiry",
    ),
}


@pytest.mark.parametrize(("sabotage", "test"), SABOTAGES.values(), ids=SABOTAGES.keys())
def test_a_sabotaged_invariant_is_detected(sabotage: str, test: str) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", f"{sabotage}\n{RUN}", test],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert ended.returncode == 1, ended.stdout + ended.stderr
    assert " failed" in ended.stdout, ended.stdout
