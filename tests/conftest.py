"""Settings for the whole suite: no secret in any output, and no two tests with the same id."""

from __future__ import annotations

import gc
from collections import Counter

import pytest
from hypothesis import settings

from local.installed_name import offer
from tests.example_count import examples
from tests.secret_watch import Plugin

settings.register_profile("kinexus", max_examples=examples(100))
settings.load_profile("kinexus")


def pytest_configure(config: pytest.Config) -> None:
    offer()  # the examples import the components by their installed name
    config.pluginmanager.register(Plugin(config), "secret-watch")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give each route's test its own id: pytest-xdist silently runs only one of several tests with the same id."""
    for item in items:
        if (route := getattr(item, "operation_label", None)) and not item.nodeid.endswith("]"):
            item._id = item.id.with_params(
                route
            )  # what schemathesis intends, under a name that pytest 9 ignores
    twice = [name for name, count in Counter(item.nodeid for item in items).items() if count > 1]
    if twice:
        raise pytest.UsageError(f"tests that share an id, of which only one would run: {', '.join(twice)}")
    items.sort(key=lambda item: not item.get_closest_marker("region"))  # the slowest files begin first


def pytest_collection_finish() -> None:
    """Keep the garbage collector from looking at all imported modules again and again: that takes a sixth of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)
