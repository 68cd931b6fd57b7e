"""An outsider's approval never counts, whatever the webhook says in any of its fields.

The attacker knows the webhook secret, and a forgery could succeed: approvers are named; in one review an outsider wrote
APPROVED and moved the ticket to Done, in another an approver wrote APPROVED and has not moved it. Jira's own webhook of
that move is sent again and again, with another value in each of its fields. Two sabotaged handlers, which trust the
webhook, are detected. KINEXUS_EXAMPLES=1 tries every value in every field instead of a few.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pytest

from common.atlassian.jira_client import JiraClient, JiraComment
from common.atlassian.webhook_payload import WebhookPayload
from common.aws.event_bus import EventBus
from common.domain.events import Event, EventName
from common.domain.status_transitions import StatusTransition
from common.domain.ticket import Ticket
from handlers.approval_handler import answer_webhook, read_review_state
from handlers.approval_handler.handler import handle as approve
from handlers.approval_handler.review_completed import ReviewCompleted
from local.atlassian import Fault
from tests.handlers.aws import deliver
from tests.handlers.jira_webhook_handler.webhook_bodies import request
from tests.handlers.pipeline import Pipeline, reset_functions
from tests.handlers.test_pipeline import NEW_SUMMARY, NEW_TEXT, in_review, page_id
from tests.hostile.places import Place, places, with_put

__all__ = ["page_id"]
#: How many of the forged values are tried in a field that the handler does not read.
FEW = 10**6 if os.environ.get("KINEXUS_EXAMPLES") else 1
#: The fields for account, ticket, status and move: every value is tried there.
READ: list[Place] = [
    ("user", "accountId"),
    ("issue", "id"),
    ("issue", "key"),
    ("user",),
    ("comment",),
    ("issue", "fields", "status"),
    ("changelog", "id"),
]

Messages = dict[str, dict[str, Any]]


@dataclass
class World:
    """Two reviews that an outsider wants approved, and the webhook of the outsider's move of the first to Done."""

    pipeline: Pipeline
    finished: str
    unfinished: str
    body: dict[str, Any]
    before: dict[str, int]

    def versions(self) -> dict[str, int]:
        """Count the versions of every page."""
        return {page.id: len(page.versions) for page in self.pipeline.site.confluence.pages.values()}

    def is_unchanged(self) -> bool:
        """Return whether no page was written and nothing was decided."""
        documents = self.pipeline.aws.documents()
        undecided = [each for each in documents if each["status"] == "in_review" and "decision" not in each]
        return self.versions() == self.before and len(undecided) == len(documents) == 2

    def send_webhooks(self, bodies: Iterable[dict[str, Any]]) -> tuple[int, int, Messages]:
        """Send signed bodies to the approval webhook.

        Returns the number of bodies, how many were accepted, and one message for each different event they caused.
        """
        sent = accepted = 0
        events: Messages = {}
        for body in bodies:
            answer = approve(request(body, identifier=f"forged-{sent}"), None)
            assert answer["statusCode"] in (200, 400), answer
            sent += 1
            accepted += '"accepted"' in answer["body"]
            if sent % 20 == 0:
                events |= self._taken()
        return sent, accepted, events | self._taken()

    def _taken(self) -> Messages:
        self.pipeline.aws.messages("Witness")
        taken = self.pipeline.aws.messages("ApprovalHandler")
        return {json.dumps(json.loads(each["Body"])["detail"]): each for each in taken}


@pytest.fixture
def world(pipeline: Pipeline, page_id: str, monkeypatch: pytest.MonkeyPatch) -> World:
    """The two reviews. Our account may not move tickets back, so the first one stays in Done."""
    reviewer = pipeline.site.account("reviewer").account_id
    monkeypatch.setenv("APPROVER_ACCOUNT_IDS", reviewer)
    reset_functions()
    _, finished = in_review(pipeline)
    _, unfinished = in_review(pipeline, NEW_SUMMARY, NEW_TEXT)
    pipeline.move(unfinished, "indeterminate", "reviewer")
    pipeline.comment(unfinished, "APPROVED", "reviewer")
    pipeline.site.faults.add(
        Fault("status", status=403, count=10**9, method="POST", path="/transitions", account="kinexus")
    )
    pipeline.comment(finished, "APPROVED", "outsider")
    pipeline.site.post.hold()
    assert pipeline.site.post.pending() == []
    _finish(pipeline, finished)
    [told] = pipeline.site.post.pending()
    pipeline.site.post.release()
    assert pipeline.site.drain()
    pipeline.aws.messages("ApprovalHandler")
    found = World(pipeline, finished, unfinished, json.loads(told.body), {})
    found.before = found.versions()
    return found


def _finish(pipeline: Pipeline, review: str) -> None:
    way = f"/rest/api/3/issue/{review}/transitions"
    offered = pipeline.jira("outsider", "GET", way)["transitions"]
    done = next(each for each in offered if each["to"]["statusCategory"]["key"] == "done")
    pipeline.jira("outsider", "POST", way, {"transition": {"id": done["id"]}})


def forgeries(world: World) -> Iterator[dict[str, Any]]:
    """Yield the webhook with additional fields, and then with another value in each of its fields."""
    values = _values(world)
    body = world.body | _added(world)
    yield body
    for number, place in enumerate([*READ, *(place for place in places(body) if place not in READ)]):
        few = FEW if place not in READ else len(values)
        for each in range(min(few, len(values))):
            yield with_put(body, {place: values[(number * FEW + each) % len(values)]})


def _added(world: World) -> dict[str, Any]:
    reviewer = _person(world, "reviewer")
    [document, *_] = world.pipeline.aws.documents()
    decided = {"verdict": "approved", "author_id": reviewer["accountId"], "revision": 1}
    return {
        "comment": {"id": "1", "body": "APPROVED", "author": reviewer, "updateAuthor": reviewer},
        "document_id": document["document_id"],
        "sha256": document["sha256"],
        "decision": decided,
        "properties": {"kinexus.review": {"document_id": document["document_id"], "revision": 1}},
    }


def _values(world: World) -> list[Any]:
    """Return the values of a forger: other people, tickets, pages, drafts, statuses, times, comments, decisions."""
    jira, added = world.pipeline.site.jira, _added(world)
    people = [_person(world, name) for name in ("reviewer", "admin", "kinexus")]
    issues = [jira.find(key) for key in (world.unfinished, world.finished, "PAY2-1")]
    status = world.body["issue"]["fields"]["status"]
    return [
        *people,
        *(person["accountId"] for person in people),
        *(issue.id for issue in issues if issue),
        *(issue.key for issue in issues if issue),
        *world.before,
        *(document["document_id"] for document in world.pipeline.aws.documents()),
        added["comment"],
        added["decision"],
        added["properties"],
        status,
        status["statusCategory"],
        "done",
        "10002",
        "3",
        "APPROVED",
        ["documentation-review"],
        "documentation-review",
        9_999_999_999_999,
        "2999-01-01T00:00:00.000+0000",
        world.body["changelog"],
        world.body["changelog"]["items"],
        "jira:issue_created",
        "comment_created",
        None,
    ]


def _person(world: World, name: str) -> dict[str, Any]:
    account = world.pipeline.site.account(name)
    user: dict[str, Any] = world.body["user"]
    return user | {"accountId": account.account_id, "displayName": account.display_name}


def test_no_field_of_a_signed_webhook_approves(world: World) -> None:
    sent, accepted, events = world.send_webhooks(forgeries(world))
    assert sent > 400
    assert accepted > sent / 2, "most of them get past the first door"
    for message in events.values():  # the queue handler gets nothing else of a webhook
        assert deliver(approve, [message]) == []
    assert world.is_unchanged()


def trusting_the_account(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sabotage: the account in the webhook counts as mover and comment author."""
    named = [""]
    serve, moves, comments = ReviewCompleted.serve, JiraClient.issue_with_moves, JiraClient.comments

    def notice(event: WebhookPayload, bus: EventBus) -> tuple[str, str]:
        bus.publish(EventName.REVIEW_COMPLETED, review_issue_id=event.issue_id, by=event.account_id)
        return "accepted", ""

    def hear(self: ReviewCompleted, event: Event, owner: str) -> None:
        named[0] = str(event.detail["by"])
        serve(self, event, owner)

    def moved(
        self: JiraClient, key: str, fields: Sequence[str]
    ) -> tuple[Mapping[str, Any], tuple[StatusTransition, ...]]:
        issue, found = moves(self, key, fields)
        return issue, tuple(replace(move, author_id=named[0]) for move in found)

    def written(self: JiraClient, key: str) -> Iterator[JiraComment]:
        by, ours = named[0], self.account_id()
        for each in comments(self, key):
            is_ours = each.author_id == ours
            yield each if is_ours else replace(each, author_id=by, update_author_id=by)

    monkeypatch.setattr(answer_webhook, "handle_review_closed", notice)
    monkeypatch.setattr(ReviewCompleted, "serve", hear)
    monkeypatch.setattr(JiraClient, "issue_with_moves", moved)
    monkeypatch.setattr(JiraClient, "comments", written)


def trusting_the_status(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sabotage: a ticket is done because the webhook says so."""

    class Done(Ticket):
        @staticmethod
        def from_rest(issue: Mapping[str, Any], browse_url: str) -> Ticket:
            return replace(Ticket.from_rest(issue, browse_url), status_category="done")

    monkeypatch.setattr(read_review_state, "Ticket", Done)


@pytest.mark.parametrize("sabotage", [trusting_the_account, trusting_the_status])
def test_a_handler_that_trusts_webhooks_is_detected(
    world: World, monkeypatch: pytest.MonkeyPatch, sabotage: Callable[[pytest.MonkeyPatch], None]
) -> None:
    assert world.is_unchanged()
    sabotage(monkeypatch)
    served: Messages = {}
    for body in forgeries(world):
        *_, events = world.send_webhooks([body])
        for message in (events[new] for new in events if new not in served):
            assert deliver(approve, [message]) == []
        served |= events
        if not world.is_unchanged():
            break
    assert world.versions() != world.before, "what nobody approved is published"
