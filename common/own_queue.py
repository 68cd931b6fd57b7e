"""The queue that a message came from: what waits is seen later in a copy, what has failed for good is seen at once.

A copy, because giving the message back would use up one of its tries and hide it for six times the function's timeout.
Whoever dies between the copy and the end of the original leaves a duplicate, which changes nothing.
https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-message-timers.html
https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-visibility-timeout.html
"""

from __future__ import annotations

import logging
import random
from collections.abc import Mapping
from typing import Any

from botocore.exceptions import ClientError

log = logging.getLogger(__name__)

#: Seconds until a copy is seen: never the same for two that wait for the same work.
SHORTEST, LONGEST = 15, 60
#: Seconds that a message may wait in all its copies together; work that is still busy then is not coming free.
PATIENCE = 12 * 3600
#: SQS's words for a message that is not hidden any more, or gone.
_SEEN_ALREADY = frozenset({"MessageNotInflight", "ReceiptHandleIsInvalid", "InvalidParameterValue"})
#: The attribute in which a copy carries how long it has waited.
WAITED = "waited"


class WaitedTooLong(Exception):
    """A message has waited as long as one may."""


class OwnQueue:
    """The function's own queue. ``client`` is boto3's ``sqs`` client."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self._urls: dict[str, str] = {}

    def put_off(self, message: Mapping[str, Any]) -> None:
        """Send a copy of a message, as Lambda handed it over, that is seen later; raise WaitedTooLong."""
        waited = int(_attribute(message, WAITED) or 0)
        if waited >= PATIENCE:
            raise WaitedTooLong(f"for {waited // 3600} hours")
        delay = random.randint(SHORTEST, LONGEST)  # noqa: S311 - a pause is no secret
        self._client.send_message(
            QueueUrl=self._url(str(message["eventSourceARN"])),
            MessageBody=message["body"],
            DelaySeconds=delay,
            MessageAttributes={WAITED: {"DataType": "Number", "StringValue": str(waited + delay)}},
        )
        log.info("put off", extra={"message_id": message["messageId"], "seconds": delay, "waited": waited})

    def show(self, message: Mapping[str, Any]) -> None:
        """Let a message that was given up be seen at once: so it uses up its tries, and soon is a dead letter."""
        try:
            self._client.change_message_visibility(
                QueueUrl=self._url(str(message["eventSourceARN"])),
                ReceiptHandle=message["receiptHandle"],
                VisibilityTimeout=0,
            )
        except ClientError as error:
            # let go: a message that is visible already is what was wanted; other errors are raised
            if error.response["Error"]["Code"].rpartition(".")[2] not in _SEEN_ALREADY:
                raise
            log.info("seen already", extra={"message_id": message["messageId"]})

    def _url(self, arn: str) -> str:
        if arn not in self._urls:
            answer = self._client.get_queue_url(QueueName=arn.rpartition(":")[2])
            self._urls[arn] = answer["QueueUrl"]
        return self._urls[arn]


def _attribute(message: Mapping[str, Any], name: str) -> str | None:
    value: str | None = message.get("messageAttributes", {}).get(name, {}).get("stringValue")
    return value
