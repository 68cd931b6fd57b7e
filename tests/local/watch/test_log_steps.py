"""Log lines become steps with their ticket's ids; Lambda's own lines and foreign ones do not."""

import json

from hypothesis import given
from hypothesis import strategies as st

from local.watch.log_steps import log_step

_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda part: st.lists(part, max_size=3) | st.dictionaries(st.text(max_size=10), part, max_size=3),
    max_leaves=6,
)


def _event(**line: object) -> dict[str, object]:
    return {"timestamp": 1_790_000_000_000, "message": json.dumps(line)}


def test_a_line_is_read_with_its_own_time_and_ids() -> None:
    line = {"message": "draft.stored", "document_id": "doc-1", "revision": 2, "level": "INFO"}
    step = log_step("DocumentOrchestrator", _event(timestamp="2026-12-01T05:00:00Z", **line))
    assert step is not None
    assert (step.kind, step.text, dict(step.ids)) == (
        "draft",
        "draft stored (revision: 2)",
        {"document_id": "doc-1"},
    )
    assert step.at.isoformat() == "2026-12-01T05:00:00+00:00"


def test_an_error_is_a_problem_with_its_message() -> None:
    step = log_step(
        "ApprovalHandler", _event(message="message.failed", level="ERROR", errorMessage="no page")
    )
    assert step is not None
    assert (step.kind, step.text) == ("problem", "message failed: no page")


@given(
    st.dictionaries(st.sampled_from(["message", "timestamp", "level", "requestId", "event"]), _JSON) | _JSON
)
def test_no_line_stops_the_board(line: object) -> None:
    log_step("Sweep", {"timestamp": 1_790_000_000_000, "message": json.dumps(line)})


@given(st.text(max_size=50))
def test_no_text_stops_the_board(text: str) -> None:
    log_step("Sweep", {"timestamp": 1_790_000_000_000, "message": text})
