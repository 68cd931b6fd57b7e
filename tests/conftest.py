"""What holds for the whole suite: no secret in any output."""

import pytest

from tests.secret_watch import Plugin


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(Plugin(config), "secret-watch")
