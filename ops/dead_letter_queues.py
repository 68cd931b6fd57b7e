"""Dead-letter queues: looking without taking, and sending again without losing.

Messages go back by receive, send and delete, since StartMessageMoveTask is not everywhere. Whoever dies in between
leaves a message twice at worst, which the functions take for the duplicate that it is.
https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from common.domain.events import Event, UnknownEvent, parse_event
from ops.console_output import counted
from ops.deployed_stack import Feed

#: Seconds that messages are hidden from others: while an operator reads and decides, and for a mere look.
HOLD, LOOK = 600, 60
#: Seconds to wait for a message: with none at all, SQS asks only some of its servers.
WAIT = 1


@dataclass(frozen=True)
class DeadLetter:
    """One message that was given up. ``sent_at`` is in seconds since the epoch, when it was first sent.

    ``event`` is None where the body is not one of ours; ``refusal`` is why EventBridge could not deliver it.
    """

    feed: Feed
    message_id: str
    receipt: str
    body: str
    sent_at: float
    event: Event | None
    refusal: str = ""


def receive_all(sqs: Any, feed: Feed, seconds: int = HOLD) -> list[DeadLetter]:
    """Return all messages of a feed's dead-letter queue and hide them for ``seconds``; oldest first."""
    held: dict[str, DeadLetter] = {}
    while True:
        answer = sqs.receive_message(
            QueueUrl=feed.dead_letters_url,
            MaxNumberOfMessages=10,
            VisibilityTimeout=seconds,
            WaitTimeSeconds=WAIT,
            AttributeNames=["SentTimestamp"],
            MessageAttributeNames=["All"],
        )
        messages = answer.get("Messages", [])
        held |= {message["MessageId"]: _letter(feed, message) for message in messages}
        if not messages:
            return sorted(held.values(), key=lambda letter: letter.sent_at)


@dataclass(frozen=True)
class Count:
    """How many messages lie in a dead-letter queue, as SQS guesses: to be seen, and held by another command."""

    seen: int
    held: int


def count(sqs: Any, feed: Feed) -> Count:
    """Count the messages of a feed's dead-letter queue without hiding them from anybody."""
    return count_at(sqs, feed.dead_letters_url)


def count_at(sqs: Any, queue_url: str) -> Count:
    """Count the messages of a queue without hiding them from anybody."""
    seen, hidden = "ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"
    answer = sqs.get_queue_attributes(QueueUrl=queue_url, AttributeNames=[seen, hidden])
    return Count(int(answer["Attributes"][seen]), int(answer["Attributes"][hidden]))


def held_by_others(sqs: Any, feeds: Iterable[Feed], mine: Iterable[DeadLetter] = ()) -> str:
    """Say how many messages another command holds, beside those that this one does; nothing if none."""
    held = sum(count(sqs, feed).held for feed in feeds) - len(list(mine))
    if held <= 0:
        return ""
    messages = f"{counted(held, 'message')} {'is' if held == 1 else 'are'}"
    return f"{messages} held by another command, for {HOLD // 60} minutes at most: look again then."


def release(sqs: Any, letters: Iterable[DeadLetter]) -> None:
    """Show held messages to others again."""
    for letter in letters:
        with contextlib.suppress(ClientError):  # let go: the hold ran out, so the message is visible already
            sqs.change_message_visibility(
                QueueUrl=letter.feed.dead_letters_url, ReceiptHandle=letter.receipt, VisibilityTimeout=0
            )


def peek(sqs: Any, feeds: Iterable[Feed]) -> list[DeadLetter]:
    """Return the messages of all dead-letter queues and leave them where they are."""
    letters: list[DeadLetter] = []
    for feed in feeds:
        held = receive_all(sqs, feed, LOOK)
        release(sqs, held)
        letters += held
    return letters


def send_again(sqs: Any, letter: DeadLetter) -> None:
    """Put a held message back on the queue that it came from; it is deleted only once it is there."""
    sqs.send_message(QueueUrl=letter.feed.queue_url, MessageBody=letter.body)
    delete(sqs, letter)


def delete(sqs: Any, letter: DeadLetter) -> None:
    """Take a held message out of its dead-letter queue."""
    sqs.delete_message(QueueUrl=letter.feed.dead_letters_url, ReceiptHandle=letter.receipt)


def _letter(feed: Feed, message: dict[str, Any]) -> DeadLetter:
    try:
        event = parse_event(message["Body"])
    except UnknownEvent:
        event = None
    # https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html
    attributes = message.get("MessageAttributes", {})
    return DeadLetter(
        feed=feed,
        message_id=message["MessageId"],
        receipt=message["ReceiptHandle"],
        body=message["Body"],
        sent_at=int(message.get("Attributes", {}).get("SentTimestamp", 0)) / 1000,
        event=event,
        refusal=attributes.get("ERROR_MESSAGE", {}).get("StringValue", ""),
    )
