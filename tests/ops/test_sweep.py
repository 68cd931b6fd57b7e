"""The sweep: closed tickets and reviews without a webhook are processed once, whatever else the search finds.

With the simulator's search, changelog and webhooks, by the command and by the scheduled function. Not proven: that
Jira's own JQL agrees with the simulator's.
"""

from __future__ import annotations

import logging
import re
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.client import BaseClient

from common.atlassian.http_client import Unavailable
from common.atlassian.webhook_payload import WebhookPayload
from common.intake import finished_issues
from common.intake.finished_issues import FinishedIssues
from common.runtime.deadline import RESERVE_SECONDS, within_deadline
from handlers.sweep import dependencies, run_sweep
from handlers.sweep.handler import TIMEOUT, handle
from local.atlassian import Fault
from ops.commands import sweep as ops_sweep
from tests.ops.deployed import Deployed


@pytest.fixture(autouse=True)
def cold_start() -> Iterator[None]:
    """Reset what the function built."""
    dependencies.build_dependencies.cache_clear()
    yield
    dependencies.build_dependencies.cache_clear()


@pytest.fixture
def without_webhooks(deployed: Deployed) -> Deployed:
    """A stack whose webhooks are off."""
    for hook in deployed.pipeline.site.webhooks.webhooks.values():
        hook.enabled = False
    return deployed


def hear(deployed: Deployed) -> None:
    for hook in deployed.pipeline.site.webhooks.webhooks.values():
        hook.enabled = True


def finish(deployed: Deployed, *labels: str) -> str:
    key = deployed.pipeline.create_ticket("Zibble exports", "Zibble exports take a filter now.", list(labels))
    deployed.pipeline.finish(key)
    return key


def test_a_ticket_with_a_lost_webhook_is_processed_once(without_webhooks: Deployed) -> None:
    key = finish(without_webhooks, "needs-docs")
    code, said = without_webhooks.command("sweep", "--since", "2d")
    assert code == 0
    assert key in said
    assert 'processed: the label "needs-docs" asks for documentation' in said
    assert "1 ticket closed" in said
    assert "1 of them had not been processed" in said
    hear(without_webhooks)
    without_webhooks.pipeline.run()
    assert without_webhooks.pipeline.review_of(key)
    assert "0 of them had not been processed" in without_webhooks.command("sweep", "--since", "2d")[1]
    [change] = without_webhooks.pipeline.aws.changes()
    assert change["author_ids"] == [without_webhooks.pipeline.site.account("developer").account_id]


def test_since_limits_how_far_back_tickets_are_found(
    without_webhooks: Deployed, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = without_webhooks.pipeline.site.clock
    now = SimpleNamespace(**vars(time) | {"time": lambda: clock.peek().timestamp()})
    monkeypatch.setattr(ops_sweep, "time", now)
    key = finish(without_webhooks, "needs-docs")
    clock.advance(3 * 24 * 3600)
    for since, is_found in (("2d", False), ("1w", True)):
        assert (key in without_webhooks.command("sweep", "--since", since, "--dry-run")[1]) is is_found


def in_review(deployed: Deployed) -> str:
    """Bring a ticket to its review; return the review's key."""
    key = finish(deployed, "needs-docs")
    deployed.pipeline.run()
    return deployed.pipeline.review_of(key)


def published(deployed: Deployed) -> list[str]:
    return [str(document["status"]) for document in deployed.pipeline.aws.documents()]


def decide_without_webhook(deployed: Deployed, review: str) -> None:
    """Approve without a webhook."""
    for hook in deployed.pipeline.site.webhooks.webhooks.values():
        hook.enabled = False
    deployed.pipeline.decide(review, "APPROVED")
    assert deployed.pipeline.aws.messages("ApprovalHandler") == []


def test_an_approval_with_a_lost_webhook_is_published(deployed: Deployed) -> None:
    review = in_review(deployed)
    decide_without_webhook(deployed, review)
    assert handle({}, None) == {"duplicate": 1, "review accepted": 1}
    deployed.pipeline.run()
    assert published(deployed) == ["published"]


def test_a_waiting_review_is_published_again_an_ended_one_not(deployed: Deployed) -> None:
    review = in_review(deployed)
    deployed.pipeline.decide(review, "APPROVED")
    [told] = [detail for name, detail in deployed.pipeline.aws.events() if name == "ReviewCompleted"]
    assert handle({}, None)["review accepted"] == 1
    assert ("ReviewCompleted", told) in deployed.pipeline.aws.events(), "the same identity as the webhook's"
    deployed.pipeline.run()
    assert published(deployed) == ["published"]
    assert len([text for text in deployed.pipeline.comments(review) if text.startswith("Published")]) == 1
    deployed.pipeline.aws.events()
    assert handle({}, None) == {"duplicate": 1, "review over": 1}
    assert deployed.pipeline.aws.events() == []


def test_a_review_naming_anothers_document_is_checked(deployed: Deployed) -> None:
    review = in_review(deployed)
    deployed.pipeline.decide(review, "APPROVED")
    deployed.pipeline.run()
    [document] = deployed.pipeline.aws.documents()
    other = in_review(deployed)
    decide_without_webhook(deployed, other)
    forged = {"document_id": document["document_id"], "revision": 1}
    path = f"/rest/api/3/issue/{other}/properties/kinexus.review"
    deployed.pipeline.jira("admin", "PUT", path, forged)
    assert handle({}, None) == {"duplicate": 2, "review over": 1, "review accepted": 1}


def test_missing_notifications_of_the_end_are_sent(deployed: Deployed) -> None:
    pipeline, fault = (
        deployed.pipeline,
        Fault("status", status=503, method="POST", path="/comment$|/comment\\?", count=99),
    )
    review = in_review(deployed)
    pipeline.decide(review, "APPROVED")
    pipeline.site.faults.add(fault)
    deployed.record_failure("ApprovalHandler")
    pipeline.site.faults.clear()
    assert published(deployed) == ["published"]
    said = deployed.command("sweep", "--dry-run")[1]
    assert "published, not announced" in said
    assert "1 of them had not been completed" in said
    assert handle({}, None) == {"duplicate": 1, "review accepted": 1}
    pipeline.run()
    assert pipeline.comments(review)[-1].startswith("Published")
    assert "0 of them had not been completed" in deployed.command("sweep")[1]
    assert handle({}, None) == {"duplicate": 1, "review over": 1}


def test_the_command_shows_and_processes_unfinished_reviews(
    deployed: Deployed,
) -> None:
    review = in_review(deployed)
    assert "0 reviews closed" in deployed.command("sweep")[1]
    decide_without_webhook(deployed, review)
    said = deployed.command("sweep", "--dry-run")[1]
    assert review in said
    assert "in_review" in said
    assert "would be processed" in said
    assert deployed.pipeline.aws.messages("ApprovalHandler") == []
    assert "1 of them had not been completed" in deployed.command("sweep")[1]
    deployed.pipeline.run()
    assert published(deployed) == ["published"]
    assert "0 of them had not been completed" in deployed.command("sweep")[1]


def test_the_command_shows_missing_reviews_without_counting_them(deployed: Deployed) -> None:
    review = in_review(deployed)
    assert "0 open reviews missing" in deployed.command("sweep")[1]
    deployed.pipeline.jira("admin", "DELETE", f"/rest/api/3/issue/{review}")
    for _ in range(2):
        said = deployed.command("sweep")[1]
        assert "was deleted, or is hidden from Kinexus" in said
        assert review in said
        assert "1 open review missing" in said
    [document] = deployed.pipeline.aws.documents()
    assert (document["status"], "missing_since" in document) == ("in_review", False)


def test_a_late_webhook_is_the_same_change(deployed: Deployed) -> None:
    key = finish(deployed, "needs-docs")
    deployed.pipeline.run()
    assert handle({}, None) == {"duplicate": 1}
    assert deployed.pipeline.aws.messages("DocumentOrchestrator") == []
    [change] = deployed.pipeline.aws.changes()
    assert change["issue_key"] == key


def test_a_lost_event_is_published_again(deployed: Deployed) -> None:
    key = finish(deployed, "needs-docs")
    deployed.pipeline.aws.messages("DocumentOrchestrator")  # received, and never processed
    assert "its event" in deployed.command("sweep")[1]
    deployed.pipeline.run()
    assert deployed.pipeline.review_of(key)


def test_a_dry_run_only_shows(without_webhooks: Deployed) -> None:
    key = finish(without_webhooks, "needs-docs")
    said = without_webhooks.command("sweep", "--since", "36h", "--dry-run")[1]
    assert key in said
    assert "would be processed" in said
    assert without_webhooks.pipeline.aws.changes() == []
    assert without_webhooks.pipeline.aws.events() == []


def test_only_eligible_tickets_are_processed(without_webhooks: Deployed) -> None:
    wanted = {finish(without_webhooks, "NEEDS-DOCS"), finish(without_webhooks, "docs:12345", "backend")}
    finish(without_webhooks, "backend")
    finish(without_webhooks)
    finish(without_webhooks, "needs-docs", "internal-only")
    finish(without_webhooks, "needs-docs", "documentation-review")
    reopened = finish(without_webhooks, "needs-docs")
    without_webhooks.pipeline.move(reopened, "indeterminate", "developer")
    assert handle({}, None) == {"recorded": 2, "review accepted": 1}
    assert {change["issue_key"] for change in without_webhooks.pipeline.aws.changes()} == wanted
    without_webhooks.pipeline.aws.messages("DocumentOrchestrator")
    without_webhooks.pipeline.run()  # a ticket that only looks like our review is read, and nothing follows
    assert without_webhooks.pipeline.aws.documents() == []


def test_the_move_to_done_counts_not_later_moves(without_webhooks: Deployed) -> None:
    key = finish(without_webhooks, "needs-docs")
    issue = without_webhooks.pipeline.jira("admin", "GET", f"/rest/api/3/issue/{key}/changelog")["values"]
    finishing = next(entry["id"] for entry in issue for item in entry["items"] if item["field"] == "status")
    offered = without_webhooks.pipeline.jira("developer", "GET", f"/rest/api/3/issue/{key}/transitions")[
        "transitions"
    ]
    close = next(each["id"] for each in offered if each["name"] == "Close")
    without_webhooks.pipeline.jira(
        "developer", "POST", f"/rest/api/3/issue/{key}/transitions", {"transition": {"id": close}}
    )
    assert handle({}, None) == {"recorded": 1}
    [change] = without_webhooks.pipeline.aws.changes()
    assert change["change_id"].endswith(f"-{finishing}")


def test_tickets_only_edited_since_are_ignored(
    without_webhooks: Deployed, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They were closed before."""
    clock = without_webhooks.pipeline.site.clock
    monkeypatch.setattr(dependencies, "time", SimpleNamespace(time=lambda: clock.peek().timestamp()))
    old = finish(without_webhooks, "needs-docs")
    clock.advance(3 * 24 * 3600)
    without_webhooks.pipeline.jira(
        "developer", "PUT", f"/rest/api/3/issue/{old}", {"fields": {"summary": "Zibble"}}
    )
    key = finish(without_webhooks, "needs-docs")
    assert handle({}, None) == {"recorded": 1}
    assert [change["issue_key"] for change in without_webhooks.pipeline.aws.changes()] == [key]


def test_every_page_of_the_search_is_read(
    without_webhooks: Deployed, monkeypatch: pytest.MonkeyPatch
) -> None:
    from common.atlassian.http_client import AtlassianHttp

    keys = {finish(without_webhooks, "needs-docs") for _ in range(3)}
    get = AtlassianHttp.get

    def smaller(self: AtlassianHttp, path: str, params: dict[str, object] | None = None) -> object:
        return get(self, path, {**params, "maxResults": 1} if params and "jql" in params else params)

    monkeypatch.setattr(AtlassianHttp, "get", smaller)
    assert handle({}, None) == {"recorded": 3}
    assert {change["issue_key"] for change in without_webhooks.pipeline.aws.changes()} == keys


def calls(deployed: Deployed, monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """Sweep, and count the requests to Jira and the calls of AWS."""
    made: Counter[str] = Counter()
    call = BaseClient._make_api_call  # type: ignore[attr-defined]  # botocore's stubs leave it out

    def counted(self: BaseClient, name: str, given: dict[str, Any]) -> Any:
        made[name] += 1
        return call(self, name, given)

    before = len(deployed.pipeline.site.calls())
    with monkeypatch.context() as counting:
        counting.setattr(BaseClient, "_make_api_call", counted)
        handle({}, None)
    sent = deployed.pipeline.site.calls()[before:]
    return made + Counter(f"{each.method} {re.sub('[0-9]+', '…', each.path)}" for each in sent)


def test_a_ticket_costs_one_read_and_an_ended_review_four(
    deployed: Deployed, monkeypatch: pytest.MonkeyPatch
) -> None:
    """docs/scaling.md computes with these numbers."""
    review = in_review(deployed)
    handle({}, None)
    first = calls(deployed, monkeypatch)
    for _ in range(5):
        finish(deployed, "needs-docs")
    deployed.pipeline.run()
    then = calls(deployed, monkeypatch)
    assert then - first == Counter({"GetItem": 5})
    deployed.pipeline.decide(review, "REJECTED: nobody needs this")
    deployed.pipeline.run()
    assert calls(deployed, monkeypatch)["GetItem"] - then["GetItem"] == 4
    assert first["POST /rest/api/…/changelog/bulkfetch"] == 1
    assert first["GET /rest/api/…/search/jql"] == 2
    deployed.pipeline.decide(review, "APPROVED")
    deployed.pipeline.run()
    assert calls(deployed, monkeypatch)["PutEvents"] == 0, "what is over is not told of again"


def test_more_than_one_batch_is_read(without_webhooks: Deployed, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(finished_issues, "BATCH_SIZE", 2)
    keys = [finish(without_webhooks, "needs-docs") for _ in range(5)]
    assert handle({}, None) == {"recorded": 5}
    assert {change["issue_key"] for change in without_webhooks.pipeline.aws.changes()} == set(keys)


def test_reviews_come_first_then_the_newest_tickets(
    deployed: Deployed, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """And the log says how many are left."""
    review = in_review(deployed)
    decide_without_webhook(deployed, review)
    keys = [finish(deployed, "needs-docs") for _ in range(4)]
    looks = iter([99.0] * 6 + [1.0] * 99)  # the time is checked before each batch and each of its tickets
    monkeypatch.setattr(finished_issues, "remaining_seconds", lambda: next(looks))
    with caplog.at_level(logging.ERROR):
        assert handle({}, None) == {"review accepted": 1, "recorded": 3, "tickets left": 2}
    assert "sweep.incomplete" in caplog.text
    fed = {change["issue_key"] for change in deployed.pipeline.aws.changes()}
    assert fed - set(keys[1:]) == {first_processed(deployed, review)}
    assert keys[0] not in fed


def first_processed(deployed: Deployed, review: str) -> str:
    """Return the key of the source ticket of a review."""
    [document] = [each for each in deployed.pipeline.aws.documents() if each["review_issue_key"] == review]
    [key] = document["issue_keys"]
    return str(key)


def test_it_ends_in_time_and_tickets_get_half_of_it(
    deployed: Deployed, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: list[float] = []

    @contextmanager
    def noted(seconds: float) -> Iterator[None]:
        given.append(seconds)
        with within_deadline(seconds):
            yield

    monkeypatch.setattr(run_sweep, "within_deadline", noted)
    handle({}, None)
    for_reviews, for_tickets, for_checks = given
    assert for_reviews == (TIMEOUT - RESERVE_SECONDS) / 2
    assert TIMEOUT - RESERVE_SECONDS - 5 < for_checks <= for_tickets <= TIMEOUT - RESERVE_SECONDS


def test_a_failure_with_reviews_does_not_stop_tickets(
    without_webhooks: Deployed, monkeypatch: pytest.MonkeyPatch
) -> None:
    finish(without_webhooks, "needs-docs")

    each = FinishedIssues.__iter__

    def down(self: FinishedIssues) -> Iterator[WebhookPayload]:
        if "documentation-review" in self._jql:
            raise Unavailable("POST", "/rest/api/3/changelog/bulkfetch", 503, "busy")
        return each(self)

    monkeypatch.setattr(FinishedIssues, "__iter__", down)
    with pytest.raises(Unavailable):
        handle({}, None)
    assert len(without_webhooks.pipeline.aws.changes()) == 1


def test_a_fault_while_reading_histories_is_retried(without_webhooks: Deployed) -> None:
    finish(without_webhooks, "needs-docs")
    path = "/rest/api/3/changelog/bulkfetch"
    without_webhooks.pipeline.site.faults.add(
        Fault("status", status=503, retry_after=0, path=path, account="kinexus")
    )
    assert handle({}, None) == {"recorded": 1}


def test_always_documented_issue_types_are_found_without_a_label(
    without_webhooks: Deployed, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = finish(without_webhooks)
    monkeypatch.setenv("DOCUMENT_ISSUE_TYPES", "story")
    assert handle({}, None) == {"recorded": 1}
    [change] = without_webhooks.pipeline.aws.changes()
    assert (change["issue_key"], change["reason"]) == (key, 'its issue type "Story" is always documented')


def test_an_invalid_duration_is_refused(deployed: Deployed, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        deployed.command("sweep", "--since", "yesterday")
    assert "write 90m, 36h, 2d or 1w" in capsys.readouterr().err
