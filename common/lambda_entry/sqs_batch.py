"""Process SQS batches: one event per message, deferral of transient errors, partial batch responses.

https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html#services-sqs-batchfailurereporting
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any, Protocol

from common.atlassian.errors import Gone, RequestRefused, Unauthorized
from common.aws.sqs_source_queue import Deferred, DeferredTooLong, failed_attempts, has_not_before
from common.domain.events import Event, EventName, UnknownEvent, parse_event
from common.lambda_entry.error_messages import user_message
from common.lambda_entry.transient_errors import deferral_for
from common.runtime.attempt import attempt
from common.runtime.deadline import RESERVE_SECONDS, within_deadline
from common.runtime.deferral import NOTIFY_AFTER_SECONDS, Deferral
from common.runtime.errors import PermanentFailure

log = logging.getLogger(__name__)

#: Receives after which a message goes to the dead-letter queue (``maxReceiveCount``), as the stack configures it.
MAX_RECEIVES = 3
#: Seconds reserved at the very end, after recording a failure, to return the batch response.
FINAL_RESERVE_SECONDS = 2
#: Seconds for notifying people that a message is deferred. If that is too short, the next deferral notifies them.
MAX_NOTIFY_SECONDS = 10


class LambdaContext(Protocol):
    """The part of Lambda's context object that is used."""

    @property
    def aws_request_id(self) -> str:
        """Return the invocation's id."""

    def get_remaining_time_in_millis(self) -> int:
        """Return the milliseconds until Lambda's time-out."""


class SourceQueue(Protocol):
    """The queue that a message came from, implemented by common.aws.sqs_source_queue.SqsSourceQueue."""

    def defer(self, message: Mapping[str, Any], deferral: Deferral) -> Deferred:
        """Send a copy of a message with a delay. Raises DeferredTooLong."""

    def defer_until_due(self, message: Mapping[str, Any]) -> Deferred | None:
        """Defer a copy again that has come before its time; None if it is to be processed now."""

    def expire_visibility(self, message: Mapping[str, Any]) -> None:
        """Make a failed message visible at once, before its visibility timeout ends."""


class UseCase(Protocol):
    """What a function does about one kind of event. Reasons are texts that everyone may read."""

    def serve(self, event: Event, owner: str) -> None:
        """Do the work. ``owner`` is the id of this invocation, which holds the leases."""

    def record_failure(self, event: Event, reason: str) -> None:
        """Record that the work failed for good, and notify people."""

    def notify_waiting(self, event: Event, reason: str) -> None:
        """Notify people that the work is delayed."""


#: Returns the use case of each event that the function handles.
UseCases = Callable[[], Mapping[EventName, UseCase]]


def process_batch(
    event: Mapping[str, Any], context: LambdaContext, use_cases: UseCases, queue: Callable[[], SourceQueue]
) -> dict[str, Any]:
    """Process every message before Lambda's time-out and return the ids of those that failed.

    A message is deferred, not failed, while another invocation holds its lease or a service is down or throttles us.
    A deferred message is sent again as a delayed copy for up to 12 hours, so it loses no receive. From 15 minutes on,
    ``UseCase.notify_waiting`` is called at each deferral. If the model gives no usable answer, the message is deferred
    three times over an hour.

    On a permanent failure, or the last receive before the dead-letter queue, ``UseCase.record_failure`` is called.
    Every failed message returns to the queue and so reaches the dead-letter queue, at once if a retry cannot succeed. A
    message that an operator redrives is processed again.
    """
    failures = []
    for message in event["Records"]:
        delivery = _Delivery(message, context, use_cases, queue)
        try:
            due = delivery.event_if_due()
            if due is None:
                continue
            with delivery.settled(due):
                use_cases()[due.name].serve(due, context.aws_request_id)
        except Exception:
            log.exception("message.failed", extra={"message_id": message["messageId"]})
            failures.append({"itemIdentifier": message["messageId"]})
    return {"batchItemFailures": failures}


@dataclass(frozen=True)
class _Delivery:
    """One message of a batch, and its processing in this invocation."""

    message: Mapping[str, Any]
    context: LambdaContext
    use_cases: UseCases
    queue: Callable[[], SourceQueue]

    def event_if_due(self) -> Event | None:
        """Return the event of the message; None if it comes before its time, and a copy was deferred again."""
        event = self._event()
        log.info("event.received", extra={"event": str(event.name), **event.detail})
        if has_not_before(self.message) and (deferred := self.queue().defer_until_due(self.message)):
            _log_deferred(event, deferred, "the service asked for this pause")
            return None
        return event

    @contextmanager
    def settled(self, event: Event) -> Iterator[None]:
        """Do the work inside before the deadline. If it fails, defer the message, or record the failure and raise."""
        try:
            deadline = within_deadline(self._seconds_left() - RESERVE_SECONDS)
            with self._recording_failure(event), attempt(event.failed_attempts), deadline:
                yield
        except Exception as error:  # let go: a deferred copy of it is in the queue, or the error is raised
            deferral = deferral_for(error)
            if deferral is None:
                raise
            self._defer(event, error, deferral)

    @contextmanager
    def _recording_failure(self, event: Event) -> Iterator[None]:
        """Record an error that no deferral mends. An error of a service while it is recorded is raised instead."""
        try:
            yield
        except Exception as error:
            if deferral_for(error) is None:
                self._record_failure(event, error)
            raise

    def _event(self) -> Event:
        try:
            event = parse_event(self.message["body"])
        except UnknownEvent:
            self.queue().expire_visibility(self.message)
            raise
        message_id = str(self.message["messageId"])
        return replace(event, message_id=message_id, failed_attempts=failed_attempts(self.message))

    def _defer(self, event: Event, error: Exception, deferral: Deferral) -> None:
        reason = user_message(error)
        try:
            deferred = self.queue().defer(self.message, deferral)
        except DeferredTooLong as too_long:
            failure = PermanentFailure(f"{reason} (tried {too_long})")
            self._record_failure(event, failure)
            raise failure from error
        except Exception as no_copy:
            self._record_failure(event, no_copy)
            raise
        _log_deferred(event, deferred, reason, str(error))
        if deferred.waited >= NOTIFY_AFTER_SECONDS:
            self._notify_waiting(event, reason)

    def _record_failure(self, event: Event, error: Exception) -> None:
        """Record a failure if it is final (permanent, or the last receive) or if people can fix its cause."""
        is_final = isinstance(error, PermanentFailure) or self._is_last_receive()
        if is_final or isinstance(error, Gone | Unauthorized | RequestRefused):
            with within_deadline(self._seconds_left() - FINAL_RESERVE_SECONDS):
                self.use_cases()[event.name].record_failure(event, user_message(error))
                if is_final:
                    self.queue().expire_visibility(self.message)

    def _notify_waiting(self, event: Event, reason: str) -> None:
        """Notify people that the work is delayed. The copy is sent already, so nothing is lost if this fails."""
        try:
            with within_deadline(min(MAX_NOTIFY_SECONDS, self._seconds_left() - FINAL_RESERVE_SECONDS)):
                self.use_cases()[event.name].notify_waiting(event, reason)
        except Exception as error:  # let go: the next deferral notifies again; Jira itself may be down
            extra = {"event": str(event.name), **event.detail, "error": repr(error)}
            log.warning("deferral.notification_failed", extra=extra)

    def _is_last_receive(self) -> bool:
        return int(self.message["attributes"]["ApproximateReceiveCount"]) >= MAX_RECEIVES

    def _seconds_left(self) -> float:
        return self.context.get_remaining_time_in_millis() / 1000


def _log_deferred(event: Event, deferred: Deferred, reason: str, error: str = "") -> None:
    """Log the deferral; the stack's alarm filters on the field ``waited``."""
    fields = {"waited": deferred.waited, "seconds": deferred.pause, "reason": reason, "error": error[:1000]}
    log.info("message.deferred", extra={"event": str(event.name), **event.detail, **fields})
