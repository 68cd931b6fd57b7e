"""The level that a review must have, from the levels of its tickets now and before."""

from __future__ import annotations

import pytest

from common.domain.issue_security import SecurityLevelConflict, common_security_level, security_levels
from common.domain.ticket import Ticket


def ticket(key: str, level: str = "") -> Ticket:
    issue = {"id": "1", "key": key, "fields": {"security": {"id": level}} if level else {}}
    return Ticket.from_rest(issue, "https://jira.example.com")


def test_only_a_deleted_ticket_keeps_its_earlier_level() -> None:
    before = {"PAY-1": "10", "PAY-2": "10", "PAY-3": "10"}
    there = {"PAY-2": ticket("OPS-7", "20"), "PAY-3": ticket("PAY-3"), "PAY-4": ticket("PAY-4", "30")}
    assert security_levels(there, before) == {"PAY-1": "10", "OPS-7": "20", "PAY-4": "30"}


def test_a_review_gets_the_level_only_in_the_same_project() -> None:
    assert common_security_level({}, "PAY") == ""
    assert common_security_level({"PAY-1": "10", "PAY-2": "10"}, "PAY") == "10"
    with pytest.raises(SecurityLevelConflict, match="different security levels"):
        common_security_level({"PAY-1": "10", "PAY-2": "20"}, "PAY")
    with pytest.raises(SecurityLevelConflict, match="in the project DOCS cannot have"):
        common_security_level({"PAY-1": "10"}, "DOCS")
