"""What holds for the whole suite: no secret in any output, and no test that another one hides."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.secret_watch import Plugin


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(Plugin(config), "secret-watch")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give each route's test an id of its own: of tests with the same id, pytest-xdist runs one and says nothing."""
    for item in items:
        if (route := getattr(item, "operation_label", None)) and not item.nodeid.endswith("]"):
            item._id = item.id.with_params(
                route
            )  # as schemathesis meant it, by a name that pytest 9 passes over
    twice = [name for name, count in Counter(item.nodeid for item in items).items() if count > 1]
    if twice:
        raise pytest.UsageError(f"tests that share an id, of which only one would run: {', '.join(twice)}")
