"""The fixtures of the handler tests, for the tests here."""

from tests.handlers.conftest import aws, pipeline

__all__ = ["aws", "pipeline"]
