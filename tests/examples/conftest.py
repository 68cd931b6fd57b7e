"""Keeps quiet what pulumi_aws says about classes of its own that nobody here uses."""

import pytest


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("filterwarnings", "ignore:.*has been deprecated in favor of.*:DeprecationWarning")
