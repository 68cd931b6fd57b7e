"""`send` posts bodies as Jira does to a region with the real program, and shows the result.

The bodies have shapes of real sites: wiki text, nulls, names in other languages, no changelog.
"""

import contextlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from local import state_file
from local.atlassian.accounts import Directory
from local.demo.person import Person
from local.send import send
from local.state_file import RegionFacts, RegionRunning, refuse_second

pytestmark = pytest.mark.region


def _issue(number: int, **fields: Any) -> dict[str, Any]:
    given = {
        "summary": f"Purple elephants march in rows of {number}",
        "description": f"h2. Warum\nPurple elephants now march in rows of {number}.\n* every Tuesday",
        "issuetype": {"name": "Story"},
        "status": {"id": "10001", "name": "Fertig", "statusCategory": {"id": 3, "key": "done"}},
        "labels": ["needs-docs"],
        "priority": None,
        "components": None,
        "resolution": None,
        "customfield_10016": 5.0,
    }
    return {"id": str(10400 + number), "key": f"ZOO2-{number}", "fields": {**given, **fields}}


def _updated(issue: dict[str, Any], **more: Any) -> dict[str, Any]:
    status = issue["fields"]["status"]
    move = {
        "field": "status",
        "fieldId": "status",
        "from": "3",
        "to": status["id"],
        "toString": status["name"],
    }
    return {
        "timestamp": 1,
        "webhookEvent": "jira:issue_updated",
        "user": {"accountId": "557058:a"},
        "issue": issue,
        "changelog": {"id": "20333", "items": [move]},
        **more,
    }


def _sent(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], body: object, route: str = "jira"
) -> tuple[int, str]:
    file = tmp_path / "body.json"
    file.write_bytes(body if isinstance(body, bytes) else json.dumps(body).encode())
    code = send([file], route)
    return code, capsys.readouterr().out


@pytest.mark.parametrize(
    ("body", "code", "said"),
    [
        (_updated(_issue(1, labels=["tech-debt", "needs-docs"])), 0, '200 ignored: the label "tech-debt" declines'),
        (_updated(_issue(2, labels=None)), 0, "200 ignored: no label asks for documentation"),
        (_updated(_issue(3), changelog={"id": "1", "items": []}), 0, "200 skipped"),
        ({"webhookEvent": "comment_created", "comment": {}, "issue": {"id": "1", "key": "A-1"}}, 0, "200 skipped"),
        ({"hello": "world"}, 1, "400 error"),
        (b"[1, 2", 1, "400 error: the body is not JSON"),
        (b"\xff\xfe\x00", 1, "40"),
        (b'{"a": "' + b"x" * 5_000_000 + b'"}', 1, "413 error"),
    ],
)  # fmt: skip
def test_each_body_gets_its_answer(
    serving: RegionFacts,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    body: object,
    code: int,
    said: str,
) -> None:
    assert _sent(tmp_path, capsys, body)[0] == code
    assert said in _sent(tmp_path, capsys, body)[1]


@contextlib.contextmanager
def _silent_jira(serving: RegionFacts) -> Iterator[None]:
    """Switch Jira's own webhooks off, so that only bodies sent by hand arrive."""
    admin = _person(serving, "admin")
    webhooks = admin.call("GET", "/rest/webhooks/1.0/webhook")

    def switch(enabled: bool) -> None:
        for webhook in webhooks:
            number = webhook["self"].rpartition("/")[2]
            admin.call("PUT", f"/rest/webhooks/1.0/webhook/{number}", {**webhook, "enabled": enabled})

    switch(False)
    try:
        yield
    finally:
        switch(True)


def _person(serving: RegionFacts, name: str) -> Person:
    return Person(serving.jira_url, Directory().named(name))


def test_closed_ticket_of_another_jira_is_followed_to_its_page(
    serving: RegionFacts, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out = _sent(tmp_path, capsys, _updated(_issue(7)))
    assert code == 0, out
    assert "200 recorded" in out
    assert ": in review" in out
    review = out.split("/browse/")[1].split()[0]
    again = _sent(tmp_path, capsys, _updated(_issue(7)))[1]
    assert "200 duplicate" in again
    assert f"/browse/{review}" in again

    reviewer = _person(serving, "reviewer")
    with _silent_jira(serving):
        reviewer.comment(review, "APPROVED")
        reviewer.finish(review)
        issue = reviewer.call("GET", f"/rest/api/3/issue/{review}")
        code, out = _sent(tmp_path, capsys, _updated(issue), route="approval")
    assert code == 0, out
    assert ": published" in out
    assert "/wiki/spaces/SD/pages/" in out


def test_second_region_in_the_same_place_is_refused(serving: RegionFacts) -> None:
    with pytest.raises(RegionRunning, match=str(serving.pid)):
        refuse_second()


def test_aws_is_reached_with_the_settings_of_the_state_file(serving: RegionFacts) -> None:
    assert state_file.PATH.stat().st_mode & 0o777 == 0o600
    tables = serving.client("dynamodb").list_tables()["TableNames"]
    assert sorted(tables) == ["kinexus-changes", "kinexus-documents"]


def test_without_a_region_it_says_how_to_start_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("local.state_file.PATH", tmp_path / "none.json")
    assert send([tmp_path / "x.json"]) == 1
    assert "python -m local serve" in capsys.readouterr().out
