"""SQS's standard queues in memory: delays, visibility timeouts, receives and dead-letter queues.

https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-visibility-timeout.html
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import md5
from typing import Any
from uuid import uuid4

from tests.doubles.refusals import AwsError, NotDoubled, only

#: Longest visibility timeout of a message, in seconds from when it was sent.
MAX_VISIBILITY_SECONDS = 43_200
MAX_DELAY_SECONDS = 900
#: Limit of a message, in bytes.
MAX_BYTES = 1024 * 1024
_DEFAULT_VISIBILITY_SECONDS = 30
_COUNTS = (
    "ApproximateNumberOfMessages",
    "ApproximateNumberOfMessagesDelayed",
    "ApproximateNumberOfMessagesNotVisible",
)


@dataclass
class Message:
    """A message of a queue. Times are in seconds since the epoch."""

    id: str
    body: str
    attributes: dict[str, dict[str, Any]]
    sent_at: float
    delayed_until: float
    hidden_until: float = 0.0
    receives: int = 0
    receipts: set[str] = field(default_factory=set)

    @property
    def delay(self) -> int:
        """The delay with which it was sent, in seconds."""
        return max(round(self.delayed_until - self.sent_at), 0)


@dataclass
class Queue:
    """A queue; ``messages`` are those that were not deleted, oldest first."""

    name: str
    arn: str
    url: str
    messages: list[Message] = field(default_factory=list)
    redrive_policy: str = ""


class Sqs:
    """The queues by name."""

    def __init__(self, region: str, account: str) -> None:
        self._region, self._account = region, account
        self.queues: dict[str, Queue] = {}

    def send_to(self, arn: str, body: str) -> None:
        """Send a message as a rule on a bus does; a queue that does not exist loses it."""
        queue = self.queues.get(arn.rpartition(":")[2])
        if queue:
            _add(queue, body, {}, 0)

    def CreateQueue(self, given: Mapping[str, Any]) -> dict[str, Any]:  # noqa: N802 - SQS's name
        """Create a queue."""
        only(given, ("QueueName",), "CreateQueue")
        name = given["QueueName"]
        arn = f"arn:aws:sqs:{self._region}:{self._account}:{name}"
        url = f"https://sqs.{self._region}.amazonaws.com/{self._account}/{name}"
        self.queues.setdefault(name, Queue(name, arn, url))
        return {"QueueUrl": url}

    def DeleteQueue(self, given: Mapping[str, Any]) -> dict[str, Any]:  # noqa: N802
        """Delete a queue with its messages."""
        del self.queues[self._queue(given).name]
        return {}

    def GetQueueUrl(self, given: Mapping[str, Any]) -> dict[str, Any]:  # noqa: N802
        """Return the URL of a queue."""
        only(given, ("QueueName",), "GetQueueUrl")
        return {"QueueUrl": self._named(given["QueueName"]).url}

    def GetQueueAttributes(self, given: Mapping[str, Any]) -> dict[str, Any]:  # noqa: N802
        """Return the counts of messages, the ARN and the redrive policy, as far as they are asked for."""
        only(given, ("QueueUrl", "AttributeNames"), "GetQueueAttributes")
        queue, asked = self._queue(given), given.get("AttributeNames", [])
        known = {**_count(queue), "QueueArn": queue.arn}
        if queue.redrive_policy:
            known["RedrivePolicy"] = queue.redrive_policy
        if unknown := set(asked) - {*known, "RedrivePolicy", "All"}:
            raise NotDoubled(f"GetQueueAttributes: {unknown}")
        found = {name: value for name, value in known.items() if "All" in asked or name in asked}
        return {"Attributes": found} if found else {}

    def SetQueueAttributes(self, given: Mapping[str, Any]) -> dict[str, Any]:  # noqa: N802
        """Set the redrive policy of a queue."""
        only(given, ("QueueUrl", "Attributes"), "SetQueueAttributes")
        only(given["Attributes"], ("RedrivePolicy",), "SetQueueAttributes")
        self._queue(given).redrive_policy = given["Attributes"]["RedrivePolicy"]
        return {}

    def SendMessage(self, given: Mapping[str, Any]) -> dict[str, Any]:  # noqa: N802
        """Add a message, which becomes visible after its delay."""
        only(given, ("QueueUrl", "MessageBody", "DelaySeconds", "MessageAttributes"), "SendMessage")
        queue, body, delay = self._queue(given), given["MessageBody"], given.get("DelaySeconds", 0)
        if not 0 <= delay <= MAX_DELAY_SECONDS:
            raise AwsError(
                "InvalidParameterValue",
                f"Value {delay} for parameter DelaySeconds is invalid. Reason: DelaySeconds must be >= 0 and <= 900.",
            )
        if len(body.encode()) > MAX_BYTES:
            raise AwsError(
                "InvalidParameterValue",
                f"One or more parameters are invalid. Reason: Message must be shorter than {MAX_BYTES} bytes.",
            )
        message = _add(queue, body, given.get("MessageAttributes", {}), delay)
        return {"MessageId": message.id, "MD5OfMessageBody": _digest(body)}

    def ReceiveMessage(self, given: Mapping[str, Any]) -> dict[str, Any]:  # noqa: N802
        """Return visible messages, and hide them; those received too often go to the dead-letter queue."""
        only(
            given,
            (
                "QueueUrl", "MaxNumberOfMessages", "VisibilityTimeout", "WaitTimeSeconds", "AttributeNames",
                "MessageAttributeNames",
            ),
            "ReceiveMessage",
        )  # fmt: skip
        if given.get("WaitTimeSeconds") or set(given.get("MessageAttributeNames", [])) - {"All"}:
            raise NotDoubled("ReceiveMessage waits, or asks for some attributes only")
        queue, now = self._queue(given), time.time()
        seconds = given.get("VisibilityTimeout", _DEFAULT_VISIBILITY_SECONDS)
        self._move_dead_letters(queue, now)
        visible = [each for each in queue.messages if max(each.delayed_until, each.hidden_until) <= now]
        found = [
            _received(each, now, seconds, given) for each in visible[: given.get("MaxNumberOfMessages", 1)]
        ]
        return {"Messages": found} if found else {}

    def DeleteMessage(self, given: Mapping[str, Any]) -> dict[str, Any]:  # noqa: N802
        """Delete a message that was received; one that is deleted already is no error."""
        only(given, ("QueueUrl", "ReceiptHandle"), "DeleteMessage")
        queue, receipt = self._queue(given), given["ReceiptHandle"]
        queue.messages = [each for each in queue.messages if receipt not in each.receipts]
        return {}

    def ChangeMessageVisibility(self, given: Mapping[str, Any]) -> dict[str, Any]:  # noqa: N802
        """Hide a received message for so many seconds from now; 0 makes it visible."""
        only(given, ("QueueUrl", "ReceiptHandle", "VisibilityTimeout"), "ChangeMessageVisibility")
        queue, now, seconds = self._queue(given), time.time(), given["VisibilityTimeout"]
        message = next((each for each in queue.messages if given["ReceiptHandle"] in each.receipts), None)
        if message is None:
            raise AwsError(
                "ReceiptHandleIsInvalid",
                f'The input receipt handle "{given["ReceiptHandle"]}" is not a valid receipt handle.',
            )
        if now + seconds - message.sent_at > MAX_VISIBILITY_SECONDS:
            raise AwsError(
                "InvalidParameterValue",
                f"Value {seconds} for parameter VisibilityTimeout is invalid. Reason: Total VisibilityTimeout for the "
                f"message is beyond the limit [{MAX_VISIBILITY_SECONDS} seconds]",
            )
        message.hidden_until = now + seconds
        return {}

    def _move_dead_letters(self, queue: Queue, now: float) -> None:
        if not queue.redrive_policy:
            return
        policy = json.loads(queue.redrive_policy)
        dead = [
            each
            for each in queue.messages
            if each.receives >= int(policy["maxReceiveCount"])
            and max(each.delayed_until, each.hidden_until) <= now
        ]
        queue.messages = [each for each in queue.messages if each not in dead]
        self._named(policy["deadLetterTargetArn"].rpartition(":")[2]).messages += dead

    def _queue(self, given: Mapping[str, Any]) -> Queue:
        return self._named(given["QueueUrl"].rpartition("/")[2])

    def _named(self, name: str) -> Queue:
        if name not in self.queues:
            raise AwsError(
                "AWS.SimpleQueueService.NonExistentQueue",
                "The specified queue does not exist.",
                shape="QueueDoesNotExist",
            )
        return self.queues[name]


def _add(queue: Queue, body: str, attributes: Mapping[str, dict[str, Any]], delay: float) -> Message:
    now = time.time()
    message = Message(
        str(uuid4()), body, {name: dict(each) for name, each in attributes.items()}, now, now + delay
    )
    queue.messages.append(message)
    return message


def _received(message: Message, now: float, seconds: int, given: Mapping[str, Any]) -> dict[str, Any]:
    receipt = str(uuid4())
    message.receipts.add(receipt)
    message.receives += 1
    message.hidden_until = now + seconds
    answer: dict[str, Any] = {
        "MessageId": message.id,
        "ReceiptHandle": receipt,
        "MD5OfBody": _digest(message.body),
        "Body": message.body,
    }
    known = {
        "SentTimestamp": str(int(message.sent_at * 1000)),
        "ApproximateReceiveCount": str(message.receives),
    }
    if asked := given.get("AttributeNames"):
        if unknown := set(asked) - set(known):
            raise NotDoubled(f"ReceiveMessage: {unknown}")
        answer["Attributes"] = {name: known[name] for name in asked}
    if given.get("MessageAttributeNames") and message.attributes:
        answer["MessageAttributes"] = message.attributes
    return answer


def _count(queue: Queue) -> dict[str, str]:
    now = time.time()
    delayed = sum(each.delayed_until > now for each in queue.messages)
    hidden = sum(each.delayed_until <= now < each.hidden_until for each in queue.messages)
    counts = (len(queue.messages) - delayed - hidden, delayed, hidden)
    return dict(zip(_COUNTS, map(str, counts), strict=True))


def _digest(text: str) -> str:
    return md5(text.encode(), usedforsecurity=False).hexdigest()
