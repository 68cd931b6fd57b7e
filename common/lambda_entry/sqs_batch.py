"""The door for queues: one event a message, and only the messages that failed go back.

https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html#services-sqs-batchfailurereporting
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Protocol

from common.atlassian.http_client import Gone, RequestRefused, Unauthorized
from common.aws.sqs_source_queue import Deferred, DeferredTooLong, is_resting
from common.domain.events import Event, UnknownEvent, parse_event
from common.lambda_entry.error_messages import user_message
from common.lambda_entry.transient_errors import deferral_for
from common.runtime.deadline import RESERVE_SECONDS, within_deadline
from common.runtime.deferral import NOTIFY_AFTER_SECONDS, Deferral
from common.runtime.errors import PermanentFailure

log = logging.getLogger(__name__)

#: How often a queue hands out a message before it goes to the dead-letter queue, as the stack sets it.
MAX_RECEIVES = 3
#: Seconds that are left when even telling of a failure must end, so that the answer to the queue gets through.
FINAL_RESERVE_SECONDS = 2
#: Seconds for telling people that a message is deferred; what is not told by then is told at its next deferral.
NOTICE = 10


class LambdaContext(Protocol):
    """What Lambda tells of an invocation."""

    @property
    def aws_request_id(self) -> str:
        """The invocation's id."""

    def get_remaining_time_in_millis(self) -> int:
        """Return how long it may still run."""


class SourceQueue(Protocol):
    """The queue that a message came from; common.aws.sqs_source_queue.SqsSourceQueue is one."""

    def defer(self, message: Mapping[str, Any], deferral: Deferral) -> Deferred:
        """Send a copy of a message to be seen later, or raise DeferredTooLong."""

    def rest(self, message: Mapping[str, Any]) -> Deferred | None:
        """Send on a copy that is not to be served yet; None if it is to be served now."""

    def expire_visibility(self, message: Mapping[str, Any]) -> None:
        """Let a message be seen at once, and not only when its time is over."""


@dataclass(frozen=True)
class Work:
    """What a function does with an event.

    ``do`` does the work. ``record_failure`` puts its failure on record and tells people. ``tell_waiting`` tells them
    that it waits. Both get the reason, in words for everybody.
    """

    do: Callable[[Event], None]
    record_failure: Callable[[Event, str], None]
    tell_waiting: Callable[[Event, str], None]


def process_batch(
    event: Mapping[str, Any], context: LambdaContext, work: Work, queue: Callable[[], SourceQueue]
) -> dict[str, Any]:
    """Work on every message, within the time that Lambda gives, and return the ids of those that failed.

    Work that is busy elsewhere, or whose services are down or limit us, has not failed: its message is deferred in a
    copy for up to 12 hours, which uses up none of its receives. From a quarter of an hour on, ``work.tell_waiting`` is
    called at each deferral.

    When a message fails for good, or for the last time before its dead-letter queue, ``work.record_failure`` is
    called. The message goes back in any case, and so to the dead-letter queue, where an operator finds it. Where
    another try cannot succeed, it gets there without a pause. If it is handed out again, it is tried again.
    """
    failures = []
    for message in event["Records"]:
        try:
            _Delivery(message, context, work, queue).serve()
        except Exception:
            log.exception("message.failed", extra={"message_id": message["messageId"]})
            failures.append({"itemIdentifier": message["messageId"]})
    return {"batchItemFailures": failures}


@dataclass(frozen=True)
class _Delivery:
    """One message in one invocation."""

    message: Mapping[str, Any]
    context: LambdaContext
    work: Work
    queue: Callable[[], SourceQueue]

    def serve(self) -> None:
        """Work on the message, or defer it; raises what makes it go back."""
        event = self._read()
        log.info("event.received", extra={"event": str(event.name), **event.detail})
        if is_resting(self.message) and (deferred := self.queue().rest(self.message)):
            _log_deferred(event, deferred, "the service asked for this pause")
            return
        try:
            self._do(event)
        except Exception as error:  # let go: a copy of the message waits in the queue, or the error is raised
            deferral = deferral_for(error)
            if deferral is None:
                raise
            self._defer(event, error, deferral)

    def _read(self) -> Event:
        try:
            return replace(parse_event(self.message["body"]), message_id=str(self.message["messageId"]))
        except UnknownEvent:
            self.queue().expire_visibility(self.message)
            raise

    def _do(self, event: Event) -> None:
        try:
            with within_deadline(self._seconds_left() - RESERVE_SECONDS):
                self.work.do(event)
        except Exception as error:
            if deferral_for(error) is None:
                self._put_on_record(event, error)
            raise

    def _defer(self, event: Event, error: Exception, deferral: Deferral) -> None:
        reason = user_message(error)
        try:
            deferred = self.queue().defer(self.message, deferral)
        except DeferredTooLong as too_long:
            failure = PermanentFailure(f"{reason} (tried {too_long})")
            self._put_on_record(event, failure)
            raise failure from error
        except Exception as no_copy:
            self._put_on_record(event, no_copy)
            raise
        _log_deferred(event, deferred, reason, str(error))
        if deferred.waited >= NOTIFY_AFTER_SECONDS:
            self._tell_waiting(event, reason)

    def _put_on_record(self, event: Event, error: Exception) -> None:
        """Put a failure on record if it is the last, or one that people can lift."""
        is_over = isinstance(error, PermanentFailure) or self._is_last()
        if is_over or isinstance(error, Gone | Unauthorized | RequestRefused):
            with within_deadline(self._seconds_left() - FINAL_RESERVE_SECONDS):
                self.work.record_failure(event, user_message(error))
                if is_over:
                    self.queue().expire_visibility(self.message)

    def _tell_waiting(self, event: Event, reason: str) -> None:
        """Tell people that the work waits. The copy is sent already, so that nothing is lost if this fails."""
        try:
            with within_deadline(min(NOTICE, self._seconds_left() - FINAL_RESERVE_SECONDS)):
                self.work.tell_waiting(event, reason)
        except Exception as error:  # let go: told at the next deferral; what is down may be needed to tell
            extra = {"event": str(event.name), **event.detail, "error": repr(error)}
            log.warning("deferral.notification_failed", extra=extra)

    def _is_last(self) -> bool:
        return int(self.message["attributes"]["ApproximateReceiveCount"]) >= MAX_RECEIVES

    def _seconds_left(self) -> float:
        return self.context.get_remaining_time_in_millis() / 1000


def _log_deferred(event: Event, deferred: Deferred, reason: str, error: str = "") -> None:
    """Write the line that the stack's alarm reads ``waited`` from."""
    fields = {"waited": deferred.waited, "seconds": deferred.pause, "reason": reason, "error": error[:1000]}
    log.info("message.deferred", extra={"event": str(event.name), **event.detail, **fields})
