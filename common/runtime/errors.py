"""Errors that decide what happens to the current work: retry, deferral or permanent failure."""

from __future__ import annotations


class PermanentFailure(Exception):
    """The work cannot succeed, however often it is retried. The message is shown to people."""


class UnusableAnswers(Exception):
    """The model gave no usable answer in this attempt: it is deferred a few times, then fails. Shown to people."""


class ConditionFailed(Exception):
    """A conditional write failed: another invocation has changed the record since it was read."""


class TooEarly(Exception):
    """The work must wait for ``retry_after`` seconds, because what it has to read first may not be there yet."""

    def __init__(self, reason: str, retry_after: float) -> None:
        super().__init__(reason)
        self.retry_after = retry_after


class LeaseHeld(Exception):
    """Another invocation holds the lease of this record and is working on it."""
