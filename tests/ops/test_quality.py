"""`python -m ops quality`: what became of the drafts; records of older versions are shown as unknown."""

from __future__ import annotations

import logging

import pytest

from tests.handlers.test_pipeline import in_review, page_id
from tests.ops.deployed import Deployed

__all__ = ["page_id"]


def decided(deployed: Deployed, *comments: str) -> None:
    """Bring a ticket to its review, and write these decisions one after the other."""
    _, review = in_review(deployed.pipeline)
    for comment in comments:
        deployed.pipeline.decide(review, comment)
        deployed.pipeline.run()


def rows(said: str, title: str) -> list[list[str]]:
    """Return the cells of the table with this title."""
    below = said.partition(title)[2].partition("───\n")[2] or said.partition(title)[2].partition("─ \n")[2]
    lines = iter(below.splitlines())
    return [line.split() for line in iter(lambda: next(lines, "").strip(), "")]


def test_it_shows_the_decisions_by_space_label_and_model(deployed: Deployed, page_id: str) -> None:
    decided(deployed, "APPROVED")
    decided(deployed, "NEEDS REVISION\nSay it shorter.", "APPROVED")
    decided(deployed, "REJECTED")
    code, said = deployed.command("quality")
    assert code == 0
    for title, name in (
        ("By space", "SD"),
        ("By label", "needs-docs"),
        ("By model", "local-stand-in"),
    ):
        [row] = rows(said, title)
        assert row[:9] == [name, "3", "1", "1", "1", "67%", "0.3", "0.0", "unknown"], said


def test_records_of_older_versions_are_unknown(deployed: Deployed, page_id: str) -> None:
    decided(deployed, "APPROVED")
    [item] = deployed.pipeline.aws.documents()
    for name in ("drafted_by", "revised"):
        item.pop(name, None)
    for name in ("hours", "revisions"):
        item["decision"].pop(name, None)
    deployed.pipeline.aws.put_document(item)
    code, said = deployed.command("quality")
    assert code == 0
    [row] = rows(said, "By model")
    assert row == ["unknown", "1", "1", "0", "0", "100%", "unknown", "unknown", "unknown"]


def test_nothing_decided_is_said(deployed: Deployed) -> None:
    code, said = deployed.command("quality")
    assert (code, "No review was decided" in said) == (1, True)


def test_the_end_of_a_review_is_logged_for_the_dashboard(
    deployed: Deployed, page_id: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO):
        decided(deployed, "NEEDS REVISION\nSay it shorter.", "APPROVED")
    [ended] = [record for record in caplog.records if record.message == "document.ended"]
    assert (ended.__dict__["outcome"], ended.__dict__["accepted"], ended.__dict__["revisions"]) == (
        "revised",
        1,
        1,
    )
    assert ended.__dict__["hours"] >= 0
