"""Every case of the benchmark of cold starts is recorded, and a function that starts gets the recorded answers."""

from pathlib import Path

from benchmarks.cold_start.__main__ import GOALS, recorded
from benchmarks.cold_start.record import Answer
from benchmarks.cold_start.replay import Replay


def test_every_case_is_recorded_with_its_answers(tmp_path: Path) -> None:
    cases, environment = recorded(tmp_path)
    assert {case.name for case in cases} == set(GOALS)
    assert all(case.event is not None and case.answers for case in cases)
    assert environment["JIRA_BASE_URL"]


def test_answers_are_given_once_and_in_their_order() -> None:
    server = Replay("bucket")
    first, second = Answer("GetItem", 200, {}, ""), Answer("GetItem", 400, {}, "")
    server.prepare([first, second])
    assert (server.take("GetItem"), server.missing) == (first, ["GetItem"])
    assert (server.take("GetItem"), server.take("GetItem"), server.unexpected) == (second, None, ["GetItem"])
    server.server_close()
