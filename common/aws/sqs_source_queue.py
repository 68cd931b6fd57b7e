"""The queue that a message came from: `defer` re-sends it with a delay, `expire_visibility` makes it visible at once.

A deferred message is sent as a copy, because returning the message itself would use up one of its receives and hide it
for six times the function's timeout. A process that dies between sending the copy and deleting the original leaves a
duplicate, which is harmless because all work is idempotent. The copy carries the time of the first deferral, because
its own age starts at zero.
https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-message-timers.html
https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-visibility-timeout.html
"""

from __future__ import annotations

import logging
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from common.runtime.deadline import Clock
from common.runtime.deferral import Deferral

log = logging.getLogger(__name__)

#: Longest delay of a message that SQS accepts, in seconds.
MAX_DELAY_SECONDS = 900
#: Seconds for which a message may be deferred, all copies together. After that its work has failed.
MAX_DEFER_SECONDS = 12 * 3600
#: SQS's error codes for a message that is already visible or deleted.
_ALREADY_VISIBLE = frozenset({"MessageNotInflight", "ReceiptHandleIsInvalid", "InvalidParameterValue"})
#: Message attributes of a copy, in seconds since the epoch: the first deferral, and the earliest time to process it.
DEFERRED_SINCE, NOT_BEFORE = "deferred_since", "not_before"
#: Message attribute of a copy: the attempts that failed because the model gave no usable answer.
FAILED_ATTEMPTS = "failed_attempts"


class DeferredTooLong(Exception):
    """A message has been deferred for ``MAX_DEFER_SECONDS``, or by all its fixed pauses; the work has failed."""


@dataclass(frozen=True)
class Deferred:
    """A deferred message: for how many seconds it has waited so far, and in how many its copy becomes visible."""

    waited: int
    pause: int


class SqsSourceQueue:
    """The function's own queue. ``client`` is boto3's ``sqs`` client."""

    def __init__(self, client: Any, clock: Clock) -> None:
        self._client, self._clock = client, clock
        self._urls: dict[str, str] = {}

    def defer(self, message: Mapping[str, Any], deferral: Deferral) -> Deferred:
        """Send a delayed copy of a message, given as Lambda passed it in. Raises DeferredTooLong."""
        waited, failed = self._waited(message), failed_attempts(message)
        if deferral.pauses:
            if failed >= len(deferral.pauses):
                raise DeferredTooLong(f"{failed + 1} times")
            return self._send_copy(message, waited, deferral.pauses[failed], failed + 1)
        if waited >= MAX_DEFER_SECONDS:
            raise DeferredTooLong(f"for {waited // 3600:.0f} hours")
        return self._send_copy(message, waited, deferral.pause(waited), failed)

    def defer_until_due(self, message: Mapping[str, Any]) -> Deferred | None:
        """Defer a copy again if its NOT_BEFORE has not come; return None if it is to be processed now.

        Needed because a Retry-After may be longer than the longest delay of SQS.
        """
        pause, waited = _number(message, NOT_BEFORE) - self._clock(), self._waited(message)
        if pause <= 0 or waited >= MAX_DEFER_SECONDS:
            return None
        return self._send_copy(message, waited, pause, failed_attempts(message))

    def expire_visibility(self, message: Mapping[str, Any]) -> None:
        """Make a failed message visible at once: it uses up its receives and quickly reaches the dead-letter queue."""
        try:
            self._client.change_message_visibility(
                QueueUrl=self._url(str(message["eventSourceARN"])),
                ReceiptHandle=message["receiptHandle"],
                VisibilityTimeout=0,
            )
        except ClientError as error:
            # let go: the message is already visible, which is the goal; other errors are raised
            if error.response["Error"]["Code"].rpartition(".")[2] not in _ALREADY_VISIBLE:
                raise
            log.info("message.already_visible", extra={"message_id": message["messageId"]})

    def _send_copy(self, message: Mapping[str, Any], waited: float, pause: float, failed: int) -> Deferred:
        now = self._clock()
        delay = min(math.ceil(pause), MAX_DELAY_SECONDS)
        attributes = {DEFERRED_SINCE: round(now - waited)}
        if pause > MAX_DELAY_SECONDS:
            attributes[NOT_BEFORE] = math.ceil(now + pause)
        if failed:
            attributes[FAILED_ATTEMPTS] = failed
        self._client.send_message(
            QueueUrl=self._url(str(message["eventSourceARN"])),
            MessageBody=message["body"],
            DelaySeconds=delay,
            MessageAttributes={
                name: {"DataType": "Number", "StringValue": str(value)} for name, value in attributes.items()
            },
        )
        return Deferred(int(waited), delay)

    def _waited(self, message: Mapping[str, Any]) -> float:
        since = _number(message, DEFERRED_SINCE)
        return max(self._clock() - since, 0) if since else 0

    def _url(self, arn: str) -> str:
        if arn not in self._urls:
            answer = self._client.get_queue_url(QueueName=arn.rpartition(":")[2])
            self._urls[arn] = answer["QueueUrl"]
        return self._urls[arn]


def has_not_before(message: Mapping[str, Any]) -> bool:
    """Return whether a message has the attribute NOT_BEFORE."""
    return bool(_number(message, NOT_BEFORE))


def failed_attempts(message: Mapping[str, Any]) -> int:
    """Return how many attempts at a message failed because the model gave no usable answer."""
    return int(_number(message, FAILED_ATTEMPTS))


def _number(message: Mapping[str, Any], attribute: str) -> float:
    value: str | None = message.get("messageAttributes", {}).get(attribute, {}).get("stringValue")
    return float(value or 0)
