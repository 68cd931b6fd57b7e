"""Errors that decide what happens to the work under way: retried, deferred, or failed for good."""

from __future__ import annotations


class PermanentFailure(Exception):
    """The work cannot succeed however often it is tried; the message is what people are told."""


class ConditionFailed(Exception):
    """The record is not in the state that the write was meant for; somebody else moved it."""


class LeaseHeld(Exception):
    """Another invocation is working on this record right now."""
