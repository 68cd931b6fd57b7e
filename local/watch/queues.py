"""Queues and dead letters, without taking a message out of a queue for longer than the look at it."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from local.atlassian.pipeline_watch import Detail, QueueState

_COUNTS = (
    "ApproximateNumberOfMessages",
    "ApproximateNumberOfMessagesNotVisible",
    "ApproximateNumberOfMessagesDelayed",
)
_SHOWN = 10
"""Messages of a dead-letter queue that are shown; one receive returns at most ten."""


def queue_states(client: Callable[[str], Any], urls: Mapping[str, str]) -> tuple[QueueState, ...]:
    """Return the numbers of messages of each queue, by the name of its function."""
    return tuple(_state(client("sqs"), name, url) for name, url in urls.items())


def dead_letters(client: Callable[[str], Any], urls: Mapping[str, str]) -> tuple[QueueState, ...]:
    """Return the dead-letter queues that hold messages, with the first messages of each."""
    sqs = client("sqs")
    states = ((_state(sqs, name, url), url) for name, url in urls.items())
    return tuple(
        QueueState(state.name, state.waiting, state.in_flight, state.delayed, _messages(sqs, url))
        for state, url in states
        if state.waiting
    )


def _state(sqs: Any, name: str, url: str) -> QueueState:
    counts = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=list(_COUNTS))["Attributes"]
    waiting, in_flight, delayed = (int(counts[attribute]) for attribute in _COUNTS)
    return QueueState(name, waiting, in_flight, delayed)


def _messages(sqs: Any, url: str) -> tuple[Detail, ...]:
    """Look at the messages; a visibility timeout of 0 leaves them visible, as the console's "poll" does."""
    found = sqs.receive_message(
        QueueUrl=url, MaxNumberOfMessages=_SHOWN, VisibilityTimeout=0, MessageAttributeNames=["All"]
    )
    return tuple(_letter(each) for each in found.get("Messages", ()))


def _letter(message: Mapping[str, Any]) -> Detail:
    try:
        body = json.loads(message["Body"])
    except ValueError:  # a body that is no JSON is shown as it is
        return Detail(str(message["MessageId"]), str(message["Body"]))
    detail = body.get("detail", {}) if isinstance(body, dict) else {}
    about = " ".join(str(detail[key]) for key in ("issue_key", "change_id", "document_id") if detail.get(key))
    title = f"{body.get('detail-type', 'message')} {about}".strip() if isinstance(body, dict) else "message"
    return Detail(title, json.dumps(body, indent=2, ensure_ascii=False))
