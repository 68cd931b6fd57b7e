"""A function's memory follows from its processor time and its waiting."""

import pytest

from benchmarks.function_memory import CHOICES, WAITING, chosen, dollars, duration
from stack.pipeline.functions import FUNCTIONS


def test_a_run_that_only_computes_costs_the_same_at_any_memory() -> None:
    prices = {dollars(1.0, 0.0, memory) for memory in CHOICES}
    assert max(prices) == pytest.approx(min(prices))
    assert chosen(1.0, 0.0) == CHOICES[-1]


def test_a_run_that_only_waits_takes_the_same_time_at_any_memory() -> None:
    assert {duration(0.0, 3.0, memory) for memory in CHOICES} == {3.0}
    assert chosen(0.0, 3.0) == CHOICES[0]
    assert chosen(0.0, 3.0, least_mb=512) == 512


def test_the_lowest_product_is_where_half_of_the_time_is_computing() -> None:
    for memory in CHOICES:
        assert chosen(memory / 1769, 1.0) == memory


def test_every_function_has_its_waiting() -> None:
    assert set(WAITING) == {shape.name for shape in FUNCTIONS}
