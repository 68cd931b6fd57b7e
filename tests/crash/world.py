"""The pipeline in one thread with simulated time: queues with visibility timeouts, and webhooks that are retried.

A failed message, or one whose function died, is received again after its visibility timeout as the stack sets it (six
times the function's timeout), or at once if its function expired it; until then everything else continues. After
``MAX_RECEIVES`` it is a dead letter. The copy of a deferred message is a new message, received after its delay.
"""

from __future__ import annotations

import json
import math
import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from types import SimpleNamespace
from typing import Any, TypeVar
from urllib.parse import urlsplit
from uuid import UUID, uuid4

import boto3

from common import storage_format as sf
from common.atlassian import page_restrictions
from common.aws import secrets
from common.aws.event_bus import EventBus
from common.domain.events import EventName
from common.lambda_entry.sqs_batch import MAX_RECEIVES
from common.runtime import deferral
from handlers.approval_handler import dependencies as approval_handler
from handlers.approval_handler.handler import handle as approve
from handlers.document_orchestrator import dependencies as document_orchestrator
from handlers.document_orchestrator.page_selection import candidates
from handlers.jira_webhook_handler import dependencies as jira_webhook_handler
from handlers.jira_webhook_handler.handler import handle as notice_change
from handlers.review_ticket_creator import dependencies as review_ticket_creator
from handlers.sweep import dependencies as sweep
from handlers.sweep.handler import handle as sweep_up
from local.atlassian import Clock, Site
from local.atlassian.webhooks.registrations import Delivery, WebhookRegistry
from local.bedrock import StandIn
from tests.crash.boundary import Boundary, Died, Plan, install
from tests.doubles import Region
from tests.handlers import aws as ground
from tests.handlers.gateway import Gateway
from tests.handlers.pipeline import BUILDERS, QUEUE_HANDLERS, Pipeline, register_webhooks, reset_functions

T = TypeVar("T")
COMPOSITIONS = (jira_webhook_handler, document_orchestrator, review_ticket_creator, approval_handler, sweep)
WEBHOOK_HANDLERS = {"/webhooks/jira": notice_change, "/webhooks/approval": approve}
#: Seconds until a message is received again: six times the function's timeout.
VISIBILITY = {"DocumentOrchestrator": 6 * 180, "ReviewTicketCreator": 6 * 90, "ApprovalHandler": 6 * 90}
#: Seconds until Jira retries a webhook, and how often it does.
JIRA_AGAIN, JIRA_TRIES = 600, 6
#: What the schedule calls, and the seconds between two calls. A failed call is not repeated; the next one follows.
SWEEP, DAY = "Sweep", 24 * 3600
ADDRESS = "http://site.test"

PAGES = {
    "Quarnix ledger refunds": """<p>How money goes back to customers.</p>
<ac:layout><ac:layout-section ac:type="two_equal"><ac:layout-cell>
<h2>Full refunds</h2>
<p>A refund in the quarnix ledger always returns the whole amount of the <strong>quarnix</strong> payment.</p>
<ac:structured-macro ac:name="info"><ac:rich-text-body><p>Ask the ledger team.</p></ac:rich-text-body></ac:structured-macro>
</ac:layout-cell><ac:layout-cell>
<h2>Limits</h2>
<p>At most <ac:inline-comment-marker ac:ref="c-1">ninety days</ac:inline-comment-marker> after the payment.</p>
</ac:layout-cell></ac:layout-section></ac:layout>""",
    "Office plants": "<p>Water the plants on Mondays.</p><h2>Ferns</h2><p>Ferns want shade.</p>",
    "Release calendar": "<p>We release on Tuesdays.</p><ul><li><p>No release in December.</p></li></ul>",
}


@dataclass
class Message:
    """A delivery: a queue's message or the schedule's call to a function, or a webhook's body to a path.

    ``next_plan`` is the disturbance of its next delivery.
    """

    to: str
    body: dict[str, Any]
    visible_at: float
    receives: int = 0
    next_plan: Plan | None = None


@dataclass
class Invocation:
    """One call of a handler: its number in the run, its message, and the external calls it made."""

    number: int
    to: str
    calls: list[str]


@dataclass
class World(Pipeline):
    """The pipeline and its people, in simulated time. ``about_to_serve`` may plan a crash, or fork.

    ``may_differ`` means that people acted before all messages were delivered: runs may end in different, equally good
    documents.
    """

    boundary: Boundary = field(default_factory=Boundary)
    now: float = 0.0
    waiting: list[Message] = field(default_factory=list)
    dead: list[Message] = field(default_factory=list)
    invocations: list[Invocation] = field(default_factory=list)
    deliveries: int = 0
    events: set[str] = field(default_factory=set)
    serving: Message = field(default_factory=lambda: Message("", {}, 0))
    may_differ: bool = False
    about_to_serve: Callable[[World], Plan | None] = lambda world: None

    def move(self, key: str, category: str, account: str) -> dict[str, Any]:
        """Move a ticket to a status of a category; ``run`` delivers the webhook that follows."""
        path = f"/rest/api/3/issue/{key}/transitions"
        offered = self.jira(account, "GET", path)["transitions"]
        chosen = next(t for t in offered if t["to"]["statusCategory"]["key"] == category)
        self.jira(account, "POST", path, {"transition": {"id": chosen["id"]}})
        return {}

    def run(self, patience: float = math.inf) -> None:
        """Deliver all messages, in the order of their times, until none is left.

        With ``patience``, messages due after more than so many seconds are left: people act before them.
        """
        while self.waiting:
            message = min(self.waiting, key=lambda each: each.visible_at)
            if message.visible_at > self.now + patience:
                return
            self.waiting.remove(message)
            self.wait_until(max(self.now, message.visible_at) + 1)
            self.serve(message)

    def wait_until(self, now: float) -> None:
        """Let time pass, on the site's clock too: Jira's search index then catches up."""
        self.site.clock.advance(now - self.now)
        self.now = now

    def serve(self, message: Message) -> None:
        """Deliver one message; it is redelivered if that fails."""
        self.serving = message
        planned, message.next_plan = message.next_plan, None
        plan = self.about_to_serve(self) or planned
        self.boundary.begin(plan)
        try:
            done = self.call_handler(message)
        except Died:
            done = False
            reset_functions()
        except Exception:
            done = False  # the API answers a webhook with 5xx, and the schedule's call has failed
        self.end_invocation(message.to)
        if not done:
            self.fail_delivery(message)

    def end_invocation(self, to: str) -> None:
        """Record a finished invocation, and put the events it published on the queues."""
        calls = self.boundary.end()
        self.invocations.append(Invocation(len(self.invocations), to, calls))
        if {"eventbridge.PutEvents", "sqs.SendMessage"} & set(calls):
            self.collect_messages()

    def collect_messages(self) -> None:
        """Put the events that were published on the queues."""
        for function in QUEUE_HANDLERS:
            for taken in self.aws.messages(function):
                self.waiting.append(Message(function, taken, self.now + taken["Delay"]))
        self.events |= {json.dumps(event, sort_keys=True) for event in self.aws.events()}

    def call_handler(self, message: Message) -> bool:
        """Call the handler; return whether it succeeded."""
        message.receives += 1
        if message.to in WEBHOOK_HANDLERS:
            return bool(WEBHOOK_HANDLERS[message.to](message.body, None)["statusCode"] < 500)
        if message.to == SWEEP:
            sweep_up(message.body, None)
            return True
        # Each delivery runs in its own invocation, whose id owns its leases.
        self.deliveries += 1
        context = ground.Context(str(UUID(int=self.deliveries)))
        event = ground.queue_event([message.body], message.receives)
        return not QUEUE_HANDLERS[message.to](event, context)["batchItemFailures"]

    def fail_delivery(self, message: Message) -> None:
        """Make a failed message visible again later, or a dead letter."""
        if message.to == SWEEP:
            return
        most = JIRA_TRIES if message.to in WEBHOOK_HANDLERS else MAX_RECEIVES
        is_shown = "sqs.ChangeMessageVisibility" in self.boundary.effective
        message.visible_at = self.now + (0 if is_shown else VISIBILITY.get(message.to, JIRA_AGAIN))
        (self.waiting if message.receives < most else self.dead).append(message)

    def ask_for_revert(self, document: dict[str, Any]) -> None:
        """Ask for the revert of a published document, as an operator does."""
        bus = EventBus(boto3.client("events"), "kinexus-events")
        asked = {"document_id": document["document_id"], "issue_key": document["issue_keys"][0]}
        bus.publish(EventName.REVERT_REQUESTED, **asked, requested_by="olga")
        self.collect_messages()

    def sweep_daily(self, days: int) -> None:
        """Call the sweep by schedule on each of the next days."""
        self.waiting += [Message(SWEEP, {}, self.now + (day + 0.5) * DAY) for day in range(days)]

    def redrive(self) -> None:
        """Send the dead letters again, as an operator does."""
        self.waiting += [
            replace(message, body=message.body | {"MessageId": str(uuid4())}, visible_at=self.now, receives=0)
            for message in self.dead
        ]
        self.dead.clear()

    def receive(self, delivery: Delivery) -> None:
        """Accept a webhook that Jira sends."""
        headers = {name.lower(): value for name, value in delivery.headers.items()}
        headers["x-atlassian-webhook-identifier"] = delivery.identifier
        request = {"headers": headers, "body": delivery.body.decode(), "isBase64Encoded": False}
        self.waiting.append(Message(urlsplit(delivery.url).path, request, self.now))


class SequentialPool:
    """Replaces a thread pool: searches, which only read, run in a fixed order, so calls can be numbered."""

    def __init__(self, max_workers: int) -> None:
        self.max_workers = max_workers

    def __enter__(self) -> SequentialPool:
        return self

    def __exit__(self, *_: object) -> None:
        return None

    def map(self, work: Callable[..., T], *given: Iterable[Any]) -> Iterator[T]:
        """Do the work at once."""
        return iter([work(*each) for each in zip(*given, strict=False)])


def build() -> World:
    """Build the world: a small site, a region in memory, both webhooks. Once per process."""
    os.environ |= dict.fromkeys(("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"), "testing")
    site = Site(clock=Clock(), search_lag=0, base_url=ADDRESS)
    site.clock.freeze()
    model, boundary, region = StandIn(), Boundary(), Region()
    install(boundary, site, model, region)
    aws = ground.over(region)
    space_key = _seed(site)
    os.environ |= aws.environment | {
        "JIRA_BASE_URL": ADDRESS,
        "JIRA_BROWSE_URL": ADDRESS,
        "CONFLUENCE_URL": f"{ADDRESS}/wiki",
        "CONFLUENCE_BROWSE_URL": f"{ADDRESS}/wiki",
        "JIRA_EMAIL": site.account("kinexus").email,
        "CONFLUENCE_EMAIL": site.account("kinexus").email,
        "CONFLUENCE_SPACE_KEY": space_key,
        "REVIEW_BASE_URL": "http://gateway.test",
    }
    world = World(aws, site, ADDRESS, model, Gateway({}), boundary, now=site.clock.peek().timestamp())
    site.webhooks = WebhookRegistry(site.clock, world.receive)
    world.gateway = SimpleNamespace(url="http://gateway.test")  # type: ignore[assignment]
    register_webhooks(world)
    for composition in (*COMPOSITIONS, secrets):
        composition.time = SimpleNamespace(time=lambda: world.now, monotonic=lambda: world.now)  # type: ignore[attr-defined]
    # The longest random pauses, so that a run can be repeated.
    deferral.random = SimpleNamespace(uniform=lambda shortest, longest: longest)  # type: ignore[attr-defined,assignment]  # instead of the module
    for asking in (candidates, page_restrictions):
        asking.ThreadPoolExecutor = SequentialPool  # type: ignore[attr-defined]
    _warm_up()
    return world


def _warm_up() -> None:
    """Do slow first-time work here, so that no copy of this process has to."""
    reset_functions()
    for build_parts in BUILDERS:
        build_parts()
    sf.to_markdown(sf.render("# Once"))
    reset_functions()


def _seed(site: Site) -> str:
    site.jira.add_project("PAY2", "Payments")
    admin = site.account("admin")
    space = site.confluence.add_space("SD", "Software", admin, "<p>Welcome.</p>")
    for title, storage in PAGES.items():
        site.confluence.create(admin, space.id, title, storage, None)
    site.confluence.index.settle(site.clock.peek())
    return space.key
