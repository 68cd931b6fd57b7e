"""The site's clock never returns a time twice, can be moved and stopped, and is formatted as each product does."""

from datetime import UTC, datetime
from itertools import pairwise

from local.atlassian.clock import Clock, confluence_time, jira_time, milliseconds

MOMENT = datetime(2026, 11, 22, 20, 58, 1, 5000, tzinfo=UTC)


def test_every_reading_is_later_even_when_stopped() -> None:
    clock = Clock(frozen_at=MOMENT)
    readings = [clock.now() for _ in range(5)]
    assert readings[0] == MOMENT
    assert [(b - a).total_seconds() for a, b in pairwise(readings)] == [0.001] * 4
    assert clock.peek() == readings[-1]


def test_the_clock_moves_ahead() -> None:
    clock = Clock(frozen_at=MOMENT)
    last = [clock.now() for _ in range(3)][-1]
    clock.advance(60)
    assert (clock.peek() - last).total_seconds() == 60
    clock.freeze(MOMENT)
    assert clock.now() > MOMENT


def test_times_are_written_as_the_products_write_them() -> None:
    assert jira_time(MOMENT) == "2026-11-22T20:58:01.005+0000"
    assert confluence_time(MOMENT) == "2026-11-22T20:58:01.005Z"
    assert milliseconds(MOMENT) == 1795381081005
