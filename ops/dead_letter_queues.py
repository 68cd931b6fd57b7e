"""Reads dead-letter queues without removing messages, and sends messages again without losing any.

A message is received, sent to the source queue and then deleted; StartMessageMoveTask is not available everywhere.
After a crash in between, the message may exist twice. The functions ignore the duplicate.
https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from common.domain.events import Event, UnknownEvent, parse_event
from ops.console_output import pluralize
from ops.deployed_stack import FunctionQueue

#: Seconds for which messages are hidden from other readers while an operator decides about them.
HOLD_SECONDS = 600
#: Seconds for which messages are hidden from other readers while they are only shown.
PEEK_SECONDS = 60
#: Seconds to wait for a message (long polling). Without a wait, SQS asks only some servers and may miss messages.
WAIT_SECONDS = 1


@dataclass(frozen=True)
class DeadLetter:
    """One message in a dead-letter queue.

    ``sent_at`` is when it was first sent, in seconds since the epoch. ``event`` is None if the body is not a Kinexus
    event. ``refusal`` is EventBridge's error if it could not deliver the message to the queue.
    """

    queue: FunctionQueue
    message_id: str
    receipt: str
    body: str
    sent_at: float
    event: Event | None
    refusal: str = ""


def receive_all(sqs: Any, queue: FunctionQueue, seconds: int = HOLD_SECONDS) -> list[DeadLetter]:
    """Return all messages of a function's dead-letter queue, oldest first, and hide them for ``seconds``."""
    held: dict[str, DeadLetter] = {}
    while True:
        answer = sqs.receive_message(
            QueueUrl=queue.dead_letters_url,
            MaxNumberOfMessages=10,
            VisibilityTimeout=seconds,
            WaitTimeSeconds=WAIT_SECONDS,
            AttributeNames=["SentTimestamp"],
            MessageAttributeNames=["All"],
        )
        messages = answer.get("Messages", [])
        held |= {message["MessageId"]: _letter(queue, message) for message in messages}
        if not messages:
            return sorted(held.values(), key=lambda letter: letter.sent_at)


@dataclass(frozen=True)
class MessageCount:
    """How many messages a dead-letter queue holds, approximately: visible ones, and those held by another command."""

    visible: int
    held: int


def count_messages(sqs: Any, queue: FunctionQueue) -> MessageCount:
    """Count the messages of a function's dead-letter queue without hiding them."""
    return count_messages_at(sqs, queue.dead_letters_url)


def count_messages_at(sqs: Any, queue_url: str) -> MessageCount:
    """Count the messages of a queue without hiding them."""
    visible, held = "ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"
    answer = sqs.get_queue_attributes(QueueUrl=queue_url, AttributeNames=[visible, held])
    return MessageCount(int(answer["Attributes"][visible]), int(answer["Attributes"][held]))


def held_by_others(sqs: Any, queues: Iterable[FunctionQueue], mine: Iterable[DeadLetter] = ()) -> str:
    """Return a sentence that says how many messages another command holds; ``""`` if none.

    ``mine`` are the messages that this command holds; they are not counted.
    """
    held = sum(count_messages(sqs, queue).held for queue in queues) - len(list(mine))
    if held <= 0:
        return ""
    messages = f"{pluralize(held, 'message')} {'is' if held == 1 else 'are'}"
    return (
        f"{messages} held by another command for at most {HOLD_SECONDS // 60} minutes: try again after that."
    )


def release(sqs: Any, letters: Iterable[DeadLetter]) -> None:
    """Make held messages visible again."""
    for letter in letters:
        with contextlib.suppress(ClientError):  # let go: the time is over, so the message is visible already
            sqs.change_message_visibility(
                QueueUrl=letter.queue.dead_letters_url, ReceiptHandle=letter.receipt, VisibilityTimeout=0
            )


def peek(sqs: Any, queues: Iterable[FunctionQueue]) -> list[DeadLetter]:
    """Return the messages of these dead-letter queues without removing them."""
    letters: list[DeadLetter] = []
    for queue in queues:
        held = receive_all(sqs, queue, PEEK_SECONDS)
        release(sqs, held)
        letters += held
    return letters


def send_again(sqs: Any, letter: DeadLetter) -> None:
    """Send a held message to its source queue, then delete it from the dead-letter queue."""
    sqs.send_message(QueueUrl=letter.queue.queue_url, MessageBody=letter.body)
    delete(sqs, letter)


def delete(sqs: Any, letter: DeadLetter) -> None:
    """Delete a held message from its dead-letter queue."""
    sqs.delete_message(QueueUrl=letter.queue.dead_letters_url, ReceiptHandle=letter.receipt)


def _letter(queue: FunctionQueue, message: dict[str, Any]) -> DeadLetter:
    try:
        event = parse_event(message["Body"])
    except UnknownEvent:
        event = None
    # https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html
    attributes = message.get("MessageAttributes", {})
    return DeadLetter(
        queue=queue,
        message_id=message["MessageId"],
        receipt=message["ReceiptHandle"],
        body=message["Body"],
        sent_at=int(message.get("Attributes", {}).get("SentTimestamp", 0)) / 1000,
        event=event,
        refusal=attributes.get("ERROR_MESSAGE", {}).get("StringValue", ""),
    )
