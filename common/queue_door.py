"""The door for queues: one event a message, and only the messages that failed go back.

https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html#services-sqs-batchfailurereporting
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Protocol

from common.atlassian_http import LockedOut, Refused
from common.events import Event, parse
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


class GivenUp(Exception):
    """The work cannot succeed however often it is tried; the message is what people are told."""


def serve(
    event: Mapping[str, Any],
    context: Context,
    work: Callable[[Event], None],
    given_up: Callable[[Event, str], None],
    put_off: Callable[[Mapping[str, Any]], None],
) -> dict[str, Any]:
    """Do ``work`` for every message, within the time that Lambda gives, and return the ids of those that failed.

    When a message fails for good, or for the last time before its dead-letter queue, ``given_up`` is called with the
    reason, in words for everybody, to put it on record and tell whoever waits. The message goes back in any case, and
    so to the dead-letter queue, where an operator finds it; if it is handed out again, it is tried again.

    Work that is Busy elsewhere has not failed: ``put_off`` sends a copy of the message to be seen later, or raises
    WaitedTooLong.
    """
    failures = []
    for message in event["Records"]:
        try:
            _serve_one(message, context, work, given_up, put_off)
        except Exception:
            log.exception("a message goes back to its queue", extra={"message_id": message["messageId"]})
            failures.append({"itemIdentifier": message["messageId"]})
    return {"batchItemFailures": failures}


def _serve_one(
    message: Mapping[str, Any],
    context: Context,
    work: Callable[[Event], None],
    given_up: Callable[[Event, str], None],
    put_off: Callable[[Mapping[str, Any]], None],
) -> None:
    event = replace(parse(message["body"]), message_id=str(message["messageId"]))
    log.info("event received", extra={"event": str(event.name), **event.detail})
    try:
        with within(context.get_remaining_time_in_millis() / 1000 - RESERVE):
            _work_or_wait(event, message, work, put_off)
    except (GivenUp, LockedOut, Refused) as error:
        with within(context.get_remaining_time_in_millis() / 1000 - LAST):
            given_up(event, in_words(error))
        raise
    except Exception as error:
        if int(message["attributes"]["ApproximateReceiveCount"]) >= MAX_RECEIVES:
            with within(context.get_remaining_time_in_millis() / 1000 - LAST):
                given_up(event, in_words(error))
        raise


def _work_or_wait(
    event: Event,
    message: Mapping[str, Any],
    work: Callable[[Event], None],
    put_off: Callable[[Mapping[str, Any]], None],
) -> None:
    try:
        work(event)
    except Busy as busy:
        try:
            put_off(message)
        except WaitedTooLong as waited:
            raise GivenUp(f"{busy}, and has been {waited}") from busy
