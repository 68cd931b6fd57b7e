"""`python -m ops status`: the history is shown as it happened, in order and with its reasons.

With the doubles of AWS and the simulator, through the command's own arguments. Not proven: how it looks on a real terminal.
"""

from __future__ import annotations

import time

import boto3
import pytest

from handlers.sweep import dependencies
from handlers.sweep.run_sweep import run_sweep
from ops import dead_letter_queues
from ops.deployed_stack import DeployedStack
from tests.ops.deployed import Deployed


def test_the_history_of_a_published_ticket(deployed: Deployed) -> None:
    pipeline = deployed.pipeline
    key = pipeline.create_ticket("Zibble exports", "Zibble exports take a filter now.", ["needs-docs"])
    pipeline.finish(key)
    pipeline.run()
    review = pipeline.review_of(key)
    pipeline.decide(review, "NEEDS REVISION\nName the filter.")
    pipeline.run()
    pipeline.decide(review, "APPROVED")
    pipeline.run()
    code, said = deployed.command("status", key.lower())
    assert code == 0
    [change], [document] = pipeline.aws.changes(), pipeline.aws.documents()
    told = [change["change_id"], "documented", 'the label "needs-docs" asks', document["document_id"]]
    told += [
        "published r2",
        "drafted by local-stand-in (prompt ",
        review,
        "decision",
        "Robin Reviewer",
        "version 2",
    ]
    places = [said.find(word) for word in told]
    assert -1 not in places, said
    assert places == sorted(places), said
    assert document["publication"]["url"] in said.replace("\n", "")
    assert deployed.command("status", review)[1].splitlines()[2:] == said.splitlines()[2:]


def test_a_review_no_longer_moved_back_is_listed(deployed: Deployed) -> None:
    pipeline = deployed.pipeline
    key = pipeline.create_ticket("Zibble exports", "Zibble exports take a filter now.", ["needs-docs"])
    pipeline.finish(key)
    pipeline.run()
    review = pipeline.review_of(key)
    for _ in range(3):
        pipeline.move(review, "done", "reviewer")
        pipeline.run()
    assert "undecided" not in deployed.command("status", key)[1]
    pipeline.move(review, "done", "reviewer")
    pipeline.run()
    said = deployed.command("status", key)[1]
    assert "undecided" in said
    assert "undecided" in deployed.command("status")[1]
    assert "moved to Done 4 times without a decision" in " ".join(said.replace("│", " ").split())


def test_a_declined_ticket_shows_its_reason(deployed: Deployed) -> None:
    key = deployed.pipeline.create_ticket("Tidy up", "Nothing to see.", ["needs-docs", "tech-debt"])
    deployed.pipeline.finish(key)
    code, said = deployed.command("status", key)
    assert code == 0
    assert "ignored" in said
    assert 'the label "tech-debt" declines documentation' in said


def test_a_dead_letter_is_shown_and_stays_in_its_queue(deployed: Deployed) -> None:
    pipeline = deployed.pipeline
    key = pipeline.create_ticket("Zibble exports", "Zibble exports take a filter now.", ["needs-docs"])
    pipeline.finish(key)
    pipeline.site.people.revoke("kinexus")
    deployed.record_failure("DocumentOrchestrator")
    code, said = deployed.command("status", key)
    assert code == 0
    assert "failed" in said
    assert "401" in said
    assert "ChangeDetected, failed in DocumentOrchestrator" in said
    assert deployed.waiting(deployed.dead_letters["DocumentOrchestrator"]) == 1
    assert "dead letter" not in deployed.command("status", "PAY2-1")[1]


def test_an_unknown_ticket_is_reported_with_a_remedy(deployed: Deployed) -> None:
    code, said = deployed.command("status", "PAY2-999")
    assert code == 1
    assert "There is no record of PAY2-999" in said
    assert "python -m ops sweep" in said


@pytest.mark.parametrize("command", [("status", "PAY2-1"), ("redrive",), ("doctor",)])
def test_a_wrong_prefix_is_named_with_the_remedy(deployed: Deployed, command: tuple[str, ...]) -> None:
    code, said = deployed.command("--prefix", "other", *command)
    assert code == 2
    assert "there is no function other-" in said
    assert "--prefix" in said


def test_text_of_a_ticket_cannot_forge_table_rows(deployed: Deployed) -> None:
    key = deployed.pipeline.create_ticket("Tidy up", "Nothing.", ["[bold]x[/bold]", "needs-docs"])
    deployed.pipeline.finish(key)
    change = deployed.pipeline.aws.changes()[0]
    boto3.client("dynamodb").update_item(
        TableName="kinexus-changes",
        Key={"change_id": {"S": change["change_id"]}},
        UpdateExpression="SET reason = :r",
        ExpressionAttributeValues={":r": {"S": "[red]all is well[/red] \x1b[2J\u202egnorw"}},
    )
    said = deployed.command("status", key)[1]
    assert "[red]all is well[/red]" in said
    assert "\x1b" not in said
    assert "\u202e" not in said


def test_a_moved_ticket_is_found_by_its_new_key(deployed: Deployed) -> None:
    pipeline = deployed.pipeline
    key = pipeline.create_ticket("Zibble exports", "Zibble exports take a filter now.", ["needs-docs"])
    pipeline.finish(key)
    pipeline.run()
    issue = pipeline.site.jira.get(key)
    issue.key = "OPS-1"
    pipeline.site.jira.add(issue)
    code, said = deployed.command("status", "OPS-1")
    assert code == 0
    assert "in_review r1" in said
    assert deployed.command("status", key)[1].splitlines()[2:] == said.splitlines()[2:]


def test_without_jira_an_unknown_key_still_gets_an_answer(deployed: Deployed) -> None:
    deployed.pipeline.site.people.revoke("kinexus")
    code, said = deployed.command("status", "PAY2-999")
    assert code == 1
    assert "Kinexus could not ask Jira" in said
    assert "There is no record of PAY2-999" in said


def test_messages_held_by_another_command_are_counted(deployed: Deployed) -> None:
    pipeline = deployed.pipeline
    key = pipeline.create_ticket("Zibble exports", "Zibble exports take a filter now.", ["needs-docs"])
    pipeline.finish(key)
    pipeline.site.people.revoke("kinexus")
    deployed.record_failure("DocumentOrchestrator")
    queue = next(
        queue for queue in DeployedStack("kinexus").queues if queue.function == "DocumentOrchestrator"
    )
    held = dead_letter_queues.receive_all(boto3.client("sqs"), queue)
    for command in (("status", key), ("redrive", "--yes")):
        said = deployed.command(*command)[1]
        assert "1 message is held by another command" in said
        assert "are empty" not in said
    assert "1 message failed in DocumentOrchestrator, 1 of them held" in " ".join(
        deployed.command("doctor")[1].split()
    )
    dead_letter_queues.release(boto3.client("sqs"), held)
    assert "held by another" not in deployed.command("status", key)[1]


@pytest.mark.parametrize("given", ["", "PAY2", "PAY2-4 OR 1", "PAY2-4/../.."])
def test_an_invalid_key_is_refused_before_any_request(
    deployed: Deployed, capsys: pytest.CaptureFixture[str], given: str
) -> None:
    with pytest.raises(SystemExit) as refused:
        deployed.command("status", given)
    assert refused.value.code == 2
    assert f"{given!r} is not a Jira key such as PAY2-7" in capsys.readouterr().err


def sweep_at(window: int, seconds: float, at: int) -> None:
    built = dependencies.build_dependencies()
    run_sweep(
        built.missed_webhooks,
        built.conversion,
        built.reminders,
        built.waiting,
        built.standing,
        window,
        seconds,
        at,
    )


def test_stuck_reviews_are_listed(deployed: Deployed) -> None:
    pipeline = deployed.pipeline
    key = pipeline.create_ticket("Zibble exports", "Zibble exports take a filter now.", ["needs-docs"])
    pipeline.finish(key)
    pipeline.run()
    review = pipeline.review_of(key)
    code, said = deployed.command("status")
    assert (code, "0 reviews found" in said, review in said) == (0, True, False)
    pipeline.jira("admin", "DELETE", f"/rest/api/3/issue/{review}")
    now = int(time.time())
    for sweep, state, told in (
        (now - 24 * 3600, "missing", "if the next sweep does not find it either, the review ends"),
        (now, "deleted", "for another review, reopen a source ticket and close it again"),
    ):
        sweep_at(3600, 200, sweep)
        pipeline.run()
        for command in (("status",), ("status", key), ("status", review)):
            code, said = deployed.command(*command)
            words = " ".join(said.split())
            assert code == 0
            assert review in words
            assert state in words, command
        assert told in " ".join(deployed.command("status", key)[1].split())
        [document] = pipeline.aws.documents()
        assert document["document_id"] in deployed.command("status")[1]
    assert "failed r1" in deployed.command("status", key)[1]
    assert "was deleted, or is hidden" in " ".join(deployed.command("status", key)[1].split())


def test_a_review_deleted_long_ago_is_not_listed(deployed: Deployed) -> None:
    pipeline = deployed.pipeline
    key = pipeline.create_ticket("Zibble exports", "Zibble exports take a filter now.", ["needs-docs"])
    pipeline.finish(key)
    pipeline.run()
    review = pipeline.review_of(key)
    pipeline.jira("admin", "DELETE", f"/rest/api/3/issue/{review}")
    now = int(time.time())
    for days in (32, 31):
        sweep_at(3600, 200, now - days * 24 * 3600)
    pipeline.run()
    assert "0 reviews found" in deployed.command("status")[1]
    assert "deleted" in deployed.command("status", key)[1]
