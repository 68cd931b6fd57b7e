"""The door for queues: one event a message, and only the messages that failed go back.

https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html#services-sqs-batchfailurereporting
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Protocol

from common.atlassian_http import Gone, LockedOut, Refused
from common.events import Event, NotOurEvent, parse
from common.failure_words import in_words
from common.own_queue import WaitedTooLong
from common.records import Busy
from common.time_limit import RESERVE, within

log = logging.getLogger(__name__)

#: How often a queue hands out a message before it goes to the dead-letter queue, as the stack sets it.
MAX_RECEIVES = 3
#: Seconds that are left when even telling of a failure must end, so that the answer to the queue gets through.
LAST = 2


class Context(Protocol):
    """What Lambda tells of an invocation."""

    @property
    def aws_request_id(self) -> str:
        """The invocation's id."""

    def get_remaining_time_in_millis(self) -> int:
        """Return how long it may still run."""


class Queue(Protocol):
    """The queue that a message came from; common.own_queue.OwnQueue is one."""

    def put_off(self, message: Mapping[str, Any]) -> None:
        """Send a copy of a message to be seen later, or raise WaitedTooLong."""

    def show(self, message: Mapping[str, Any]) -> None:
        """Let a message be seen at once, and not only when its time is over."""


class GivenUp(Exception):
    """The work cannot succeed however often it is tried; the message is what people are told."""


def serve(
    event: Mapping[str, Any],
    context: Context,
    work: Callable[[Event], None],
    given_up: Callable[[Event, str], None],
    queue: Callable[[], Queue],
) -> dict[str, Any]:
    """Do ``work`` for every message, within the time that Lambda gives, and return the ids of those that failed.

    When a message fails for good, or for the last time before its dead-letter queue, ``given_up`` is called with the
    reason, in words for everybody, to put it on record and tell whoever waits. The message goes back in any case, and
    so to the dead-letter queue, where an operator finds it, without a pause where nothing is to be hoped for; if it is
    handed out again, it is tried again. Work that is Busy elsewhere has not failed: its message is put off.
    """
    failures = []
    for message in event["Records"]:
        try:
            _serve_one(message, context, work, given_up, queue)
        except Exception:
            log.exception("a message goes back to its queue", extra={"message_id": message["messageId"]})
            failures.append({"itemIdentifier": message["messageId"]})
    return {"batchItemFailures": failures}


def _serve_one(
    message: Mapping[str, Any],
    context: Context,
    work: Callable[[Event], None],
    given_up: Callable[[Event, str], None],
    queue: Callable[[], Queue],
) -> None:
    event = _read(message, queue)
    log.info("event received", extra={"event": str(event.name), **event.detail})
    try:
        with within(context.get_remaining_time_in_millis() / 1000 - RESERVE):
            _work_or_wait(event, message, work, queue)
    except Exception as error:
        is_over = isinstance(error, GivenUp) or _is_last(message)
        if is_over or isinstance(error, Gone | LockedOut | Refused):
            with within(context.get_remaining_time_in_millis() / 1000 - LAST):
                given_up(event, in_words(error))
                if is_over:
                    queue().show(message)
        raise


def _is_last(message: Mapping[str, Any]) -> bool:
    return int(message["attributes"]["ApproximateReceiveCount"]) >= MAX_RECEIVES


def _read(message: Mapping[str, Any], queue: Callable[[], Queue]) -> Event:
    try:
        return replace(parse(message["body"]), message_id=str(message["messageId"]))
    except NotOurEvent:
        queue().show(message)
        raise


def _work_or_wait(
    event: Event,
    message: Mapping[str, Any],
    work: Callable[[Event], None],
    queue: Callable[[], Queue],
) -> None:
    try:
        work(event)
    except Busy as busy:  # let go: a copy of the message waits in the queue, or GivenUp is raised
        try:
            queue().put_off(message)
        except WaitedTooLong as waited:
            raise GivenUp(f"{busy}, and has been {waited}") from busy
