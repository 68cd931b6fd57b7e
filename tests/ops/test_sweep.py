"""The sweep: what Jira never told us about enters the pipeline once, whatever else the search finds.

Over the simulator's search, changelog and webhooks, by the operators' command and by the function of the schedule. That
Jira's own JQL agrees with the simulator's is not proven.
"""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace

import pytest

from handlers.sweep import composition
from handlers.sweep.handler import handle
from tests.ops.deployed import Deployed


@pytest.fixture(autouse=True)
def cold_start() -> Iterator[None]:
    """Forget what the function built."""
    composition.sweep.cache_clear()
    yield
    composition.sweep.cache_clear()


@pytest.fixture
def deaf(deployed: Deployed) -> Deployed:
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


def test_a_ticket_whose_webhook_was_lost_is_fed_in_once(deaf: Deployed) -> None:
    key = finish(deaf, "needs-docs")
    code, said = deaf.command("sweep", "--since", "2d")
    assert code == 0
    assert key in said
    assert 'fed in: the label "needs-docs" asks for documentation' in said
    assert "1 finished" in said
    assert "1 of them nobody took up" in said
    hear(deaf)
    deaf.pipeline.run()
    assert deaf.pipeline.review_of(key)
    assert "0 of them nobody took up" in deaf.command("sweep", "--since", "2d")[1]
    assert len(deaf.pipeline.aws.changes()) == 1


def in_review(deployed: Deployed) -> str:
    """Bring a ticket to its review; return the review's key."""
    key = finish(deployed, "needs-docs")
    deployed.pipeline.run()
    return deployed.pipeline.review_of(key)


def published(deployed: Deployed) -> list[str]:
    return [str(document["status"]) for document in deployed.pipeline.aws.documents()]


def decide_unheard(deployed: Deployed, review: str) -> None:
    """Approve while Jira's webhooks get lost."""
    for hook in deployed.pipeline.site.webhooks.webhooks.values():
        hook.enabled = False
    deployed.pipeline.decide(review, "APPROVED")
    assert deployed.pipeline.aws.messages("ApprovalHandler") == []


def test_an_approval_whose_webhook_was_lost_is_found_and_published(deployed: Deployed) -> None:
    review = in_review(deployed)
    decide_unheard(deployed, review)
    assert handle({}, None) == {"duplicate": 1, "review accepted": 1}
    deployed.pipeline.run()
    assert published(deployed) == ["published"]


def test_a_review_that_is_decided_is_told_of_again_and_nothing_follows(deployed: Deployed) -> None:
    review = in_review(deployed)
    deployed.pipeline.decide(review, "APPROVED")
    [told] = [detail for name, detail in deployed.pipeline.aws.events() if name == "ReviewCompleted"]
    deployed.pipeline.run()
    said = deployed.pipeline.comments(review)
    deployed.pipeline.aws.events()
    assert handle({}, None)["review accepted"] == 1
    assert ("ReviewCompleted", told) in deployed.pipeline.aws.events(), "the same identity as the webhook's"
    deployed.pipeline.run()
    assert published(deployed) == ["published"]
    assert deployed.pipeline.comments(review) == said
    assert deployed.pipeline.aws.events() == []


def test_the_command_shows_reviews_that_did_not_come_to_their_end_and_feeds_them_in(
    deployed: Deployed,
) -> None:
    review = in_review(deployed)
    assert "0 reviews finished" in deployed.command("sweep")[1]
    decide_unheard(deployed, review)
    said = deployed.command("sweep", "--dry-run")[1]
    assert review in said
    assert "in_review" in said
    assert "would be fed in" in said
    assert deployed.pipeline.aws.messages("ApprovalHandler") == []
    assert "1 of them did not come to their end" in deployed.command("sweep")[1]
    deployed.pipeline.run()
    assert published(deployed) == ["published"]
    assert "0 of them did not come to their end" in deployed.command("sweep")[1]


def test_a_webhook_that_comes_late_is_the_same_change(deployed: Deployed) -> None:
    key = finish(deployed, "needs-docs")
    deployed.pipeline.run()
    assert handle({}, None) == {"duplicate": 1}
    assert deployed.pipeline.aws.messages("DocumentOrchestrator") == []
    [change] = deployed.pipeline.aws.changes()
    assert change["issue_key"] == key


def test_an_event_that_got_lost_is_published_again(deployed: Deployed) -> None:
    key = finish(deployed, "needs-docs")
    deployed.pipeline.aws.messages("DocumentOrchestrator")  # taken, and never served
    assert "its event" in deployed.command("sweep")[1]
    deployed.pipeline.run()
    assert deployed.pipeline.review_of(key)


def test_a_dry_run_only_shows(deaf: Deployed) -> None:
    key = finish(deaf, "needs-docs")
    said = deaf.command("sweep", "--since", "36h", "--dry-run")[1]
    assert key in said
    assert "would be fed in" in said
    assert deaf.pipeline.aws.changes() == []
    assert deaf.pipeline.aws.events() == []


def test_only_what_the_rules_ask_for_is_fed_in(deaf: Deployed) -> None:
    wanted = {finish(deaf, "NEEDS-DOCS"), finish(deaf, "docs:12345", "backend")}
    finish(deaf, "backend")
    finish(deaf)
    finish(deaf, "needs-docs", "internal-only")
    finish(deaf, "needs-docs", "documentation-review")
    reopened = finish(deaf, "needs-docs")
    deaf.pipeline.move(reopened, "indeterminate", "developer")
    assert handle({}, None) == {"recorded": 2, "review accepted": 1}
    assert {change["issue_key"] for change in deaf.pipeline.aws.changes()} == wanted
    deaf.pipeline.aws.messages("DocumentOrchestrator")
    deaf.pipeline.run()  # what only looks like a review of ours is looked at, and nothing follows
    assert deaf.pipeline.aws.documents() == []


def test_the_move_into_done_counts_not_what_came_after(deaf: Deployed) -> None:
    key = finish(deaf, "needs-docs")
    issue = deaf.pipeline.jira("admin", "GET", f"/rest/api/3/issue/{key}/changelog")["values"]
    finishing = next(entry["id"] for entry in issue for item in entry["items"] if item["field"] == "status")
    offered = deaf.pipeline.jira("developer", "GET", f"/rest/api/3/issue/{key}/transitions")["transitions"]
    close = next(each["id"] for each in offered if each["name"] == "Close")
    deaf.pipeline.jira(
        "developer", "POST", f"/rest/api/3/issue/{key}/transitions", {"transition": {"id": close}}
    )
    assert handle({}, None) == {"recorded": 1}
    [change] = deaf.pipeline.aws.changes()
    assert change["change_id"].endswith(f"-{finishing}")


def test_what_was_finished_before_and_only_touched_since_is_left(
    deaf: Deployed, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = deaf.pipeline.site.clock
    monkeypatch.setattr(composition, "time", SimpleNamespace(time=lambda: clock.peek().timestamp()))
    old = finish(deaf, "needs-docs")
    clock.advance(3 * 24 * 3600)
    deaf.pipeline.jira("developer", "PUT", f"/rest/api/3/issue/{old}", {"fields": {"summary": "Zibble"}})
    key = finish(deaf, "needs-docs")
    assert handle({}, None) == {"recorded": 1}
    assert [change["issue_key"] for change in deaf.pipeline.aws.changes()] == [key]


def test_every_page_of_the_search_is_read(deaf: Deployed, monkeypatch: pytest.MonkeyPatch) -> None:
    from common.atlassian_http import AtlassianHttp

    keys = {finish(deaf, "needs-docs") for _ in range(3)}
    get = AtlassianHttp.get

    def smaller(self: AtlassianHttp, path: str, params: dict[str, object] | None = None) -> object:
        return get(self, path, {**params, "maxResults": 1} if params and "jql" in params else params)

    monkeypatch.setattr(AtlassianHttp, "get", smaller)
    assert handle({}, None) == {"recorded": 3}
    assert {change["issue_key"] for change in deaf.pipeline.aws.changes()} == keys


def test_issue_types_that_are_always_documented_are_found_without_a_label(
    deaf: Deployed, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = finish(deaf)
    monkeypatch.setenv("DOCUMENT_ISSUE_TYPES", "story")
    assert handle({}, None) == {"recorded": 1}
    [change] = deaf.pipeline.aws.changes()
    assert (change["issue_key"], change["reason"]) == (key, 'its issue type "Story" is always documented')


def test_a_length_of_time_that_is_none_is_refused(
    deployed: Deployed, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        deployed.command("sweep", "--since", "yesterday")
    assert "write 90m, 36h, 2d or 1w" in capsys.readouterr().err
