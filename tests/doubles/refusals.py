"""What a double refuses: with an error of AWS, or because it does not implement the request."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any


class AwsError(Exception):
    """An error of AWS, which a client raises as its ClientError: code, message and HTTP status.

    ``shape`` is the name of the exception in the service's model, where that is not the code.
    """

    def __init__(self, code: str, message: str, status: int = 400, shape: str = "") -> None:
        super().__init__(message)
        self.code, self.message, self.status, self.shape = code, message, status, shape


class NotDoubled(AssertionError):
    """The double does not implement this; extend it together with its contract test, or use moto."""


def only(given: Mapping[str, Any], names: Iterable[str], operation: str) -> None:
    """Raise NotDoubled if the request has a parameter that the double would ignore."""
    unknown = sorted(set(given) - set(names))
    if unknown:
        raise NotDoubled(f"{operation}: {', '.join(unknown)}")
