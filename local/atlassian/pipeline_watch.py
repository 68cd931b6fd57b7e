"""What the board shows about the pipeline: its steps for each ticket, its queues and its dead letters.

The site itself knows the webhooks. The rest comes from `Site.pipeline`, which the local region sets.
"""

import json
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from local.atlassian.site import Site
    from local.atlassian.webhooks.delivery import Attempt

LATEST = 60
"""Steps that the board shows of all tickets together."""
_BEGINNINGS = ("recorded", "ignored")
"""Answers to the webhook with which a change begins."""
_NOT_OUTCOMES = ("skipped", "duplicate")
"""Answers to a webhook that tell nothing about the ticket's last closing."""


@dataclass(frozen=True)
class Detail:
    """A longer text of a step that a person can unfold."""

    title: str
    text: str


@dataclass(frozen=True)
class Step:
    """One step of the pipeline for a ticket.

    `kind` is one of webhook, ignored, change, page, draft, review, decision, publication, problem and event.
    """

    at: datetime
    issue: str
    kind: str
    text: str
    details: tuple[Detail, ...] = ()


@dataclass(frozen=True)
class QueueState:
    """A queue's numbers of messages; `messages` is only filled for a dead-letter queue."""

    name: str
    waiting: int
    in_flight: int
    delayed: int
    messages: tuple[Detail, ...] = ()


@dataclass(frozen=True)
class Watched:
    """The state of a pipeline: its steps, oldest first, its queues, and the dead-letter queues that hold messages."""

    steps: tuple[Step, ...]
    queues: tuple[QueueState, ...]
    dead_letters: tuple[QueueState, ...]
    related: dict[str, frozenset[str]]
    """For a ticket's key: the keys of the tickets whose steps belong to it, such as its review."""


class PipelineWatch(Protocol):
    """Reads the state of a running pipeline; safe across threads."""

    def __call__(self) -> Watched:
        """Return the state; it may be a second old."""


_NOTHING = Watched((), (), (), {})


@dataclass(frozen=True)
class PipelineView:
    """The pipeline of a site as the board shows it."""

    site: "Site"

    def shown(self, issue: str) -> dict[str, Any]:
        """Return the steps of a ticket and its reviews, oldest first; of all tickets without a key."""
        watch = self.site.pipeline
        state = watch() if watch else _NOTHING
        keys = {issue} | state.related.get(issue, frozenset())
        steps = sorted([*state.steps, *self._webhooks()], key=lambda step: step.at)
        wanted = [step for step in steps if step.issue in keys] if issue else steps[-LATEST:]
        return {
            "connected": watch is not None,
            "steps": [{**asdict(step), "at": step.at.isoformat()} for step in wanted],
            "queues": [asdict(queue) for queue in state.queues],
            "dead_letters": [asdict(queue) for queue in state.dead_letters],
        }

    def _webhooks(self) -> list[Step]:
        return [_webhook_step(attempt) for attempt in list(self.site.post.log)]


def _webhook_step(attempt: "Attempt") -> Step:
    outcome = _outcome(attempt)
    kind = {"ignored": "ignored", "failed": "problem"}.get(outcome["status"], "webhook")
    again = f", retry {attempt.retry}" if attempt.retry else ""
    # The steps of functions tell only their second; what a webhook brought about comes after it.
    at = attempt.at.replace(microsecond=60_000) if outcome["status"] in _BEGINNINGS else attempt.at
    return Step(at, attempt.issue_key, kind, f"{attempt.event}{again}: {outcome['text']}")


def webhook_outcome(site: "Site", key: str) -> dict[str, str] | None:
    """Return what became of a closed ticket's webhook: its status and a sentence; None while nothing is known.

    `status` is ignored, recorded, accepted, failed, or unsent when no webhook's filter matches the ticket.
    """
    for attempt in reversed(list(site.post.log)):
        if attempt.issue_key == key:
            outcome = _outcome(attempt)
            if outcome["status"] not in _NOT_OUTCOMES:
                return outcome
    if site.webhooks.webhooks and site.webhooks.unmatched.get(key):
        return {"status": "ignored", "text": f"No webhook was sent: {site.webhooks.unmatched[key]}"}
    return None


def _outcome(attempt: "Attempt") -> dict[str, str]:
    try:
        body = json.loads(attempt.answer)
    except ValueError:
        body = None
    answered = body if isinstance(body, dict) else {}
    if attempt.status is None or attempt.status >= 400:
        said = str(answered.get("error") or answered.get("message") or attempt.answer)[:300]
        return {"status": "failed", "text": f"{attempt.status or 'no response'}: {said}"}
    status = str(answered.get("status", "accepted"))
    reason = str(answered.get("reason", ""))
    return {"status": status, "text": f"{status}: {reason}" if reason else status}
