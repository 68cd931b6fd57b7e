"""`python -m ops pause` and `resume`: drafting stops, and goes on with what waits."""

from __future__ import annotations

from ops.deployed_stack import DeployedStack
from tests.ops.deployed import Deployed


def test_a_pause_holds_tickets_until_it_ends(deployed: Deployed) -> None:
    pipeline = deployed.pipeline
    code, said = deployed.command("pause", "--reason", "a new model")
    assert (code, "(a new model)" in said) == (0, True)
    key = pipeline.create_ticket("Zibble exports", "Zibble exports take a filter now.", ["needs-docs"])
    pipeline.finish(key)
    pipeline.run()
    assert "1 change and 0 revisions wait" in deployed.command("status")[1]
    code, said = deployed.command("resume")
    assert (code, "the events of 1 change and 0 revisions" in said) == (0, True)
    pipeline.run()
    assert pipeline.review_of(key)
    assert "paused" not in deployed.command("status")[1]


def test_a_resume_without_a_pause_publishes_what_waits(deployed: Deployed) -> None:
    code, said = deployed.command("resume")
    assert (code, "It was not paused." in said) == (0, True)


def test_status_says_that_the_limit_of_a_day_is_reached(deployed: Deployed) -> None:
    gate = DeployedStack("kinexus").gate
    for number in range(100):
        gate.admit(f"chg-{number}")
    assert gate.admit("chg-more")
    assert "The limit of 100 drafts a day" in deployed.command("status")[1]
