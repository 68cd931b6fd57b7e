"""`python -m local try` as people run it: a process of its own, the function archives, and the simulator as the site."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from local import atlassian, seed
from local.bedrock.choose_model import STAND_IN
from local.demo.person import Person
from local.region.ministack_venv import REPOSITORY
from local.trial import command
from local.trial.command import read_login
from local.trial.options import add_options
from local.trial.read_only_site import SiteRefused, is_read
from tests.local.bedrock.chat_server import MODEL, ChatServer, serving

COMPLETE = {
    "JIRA_BASE_URL": "example.atlassian.net/",
    "JIRA_EMAIL": "a@example.com",
    "JIRA_API_TOKEN": "secret-token",
    "CONFLUENCE_SPACE_KEY": "SD",
}


def options(*given: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    add_options(parser)
    return parser.parse_args(given)


def test_everything_can_come_from_the_environment() -> None:
    address, spaces = read_login(options("PAY-1"), COMPLETE)
    assert (address.jira_url, address.confluence_url, spaces) == (
        "https://example.atlassian.net", "https://example.atlassian.net/wiki", "SD",
    )  # fmt: skip
    assert address.jira == address.confluence
    scoped = {
        "JIRA_BASE_URL": "https://api.atlassian.com/ex/jira/1", "CONFLUENCE_API_TOKEN": "other-token",
        "CONFLUENCE_URL": "https://api.atlassian.com/ex/confluence/1/wiki",
        "JIRA_BROWSE_URL": "https://example.atlassian.net/",
    }  # fmt: skip
    address, _ = read_login(options("PAY-1"), {**COMPLETE, **scoped})
    assert address.confluence_url == scoped["CONFLUENCE_URL"]
    assert address.confluence.token == "other-token"
    assert address.jira_browse_url == "https://example.atlassian.net"


def test_the_token_is_asked_for_without_echo(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True, raising=False)
    monkeypatch.setattr("getpass.getpass", lambda question: "typed-token")
    address, _ = read_login(options("PAY-1"), {**COMPLETE, "JIRA_API_TOKEN": ""})
    assert address.jira.token == "typed-token"
    assert all("token" not in name for name in vars(options("PAY-1"))), "no option shows it to other users"


def test_what_is_missing_is_named_where_nobody_can_be_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.stdin, "isatty", lambda: False, raising=False)
    with pytest.raises(SiteRefused, match="The environment variable JIRA_API_TOKEN is not set"):
        read_login(options("PAY-1"), {**COMPLETE, "JIRA_API_TOKEN": ""})


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ((), "Name tickets"),
        (("PAY-1", "--since", "30d"), "Name tickets"),
        (("--since", "a month"), "write it in days"),
        (("--since", "30d", "--limit", "0"), "at least 1"),
        (("PAY-1", "--config", "fourEyes"), "KEY=VALUE"),
        (("PAY-1", "--config", "chatWebhookUrl=https://hooks.slack.com/services/x"), "no such setting"),
        (("PAY-1", "--config", "jiraBaseUrl=https://example.atlassian.net"), "no such setting"),
        (("PAY-1", "--config", "registerWebhooks=true"), "no such setting"),
    ],
)
def test_options_that_say_nothing_usable_are_refused(given: tuple[str, ...], said: str) -> None:
    with pytest.raises(SiteRefused, match=said):
        command.try_tickets(options(*given), STAND_IN)


@pytest.fixture
def site() -> Iterator[tuple[atlassian.Running, seed.Seed]]:
    """The simulator, in which a developer closed some tickets before Kinexus was there."""
    there = atlassian.Site(search_lag=0)
    seeded = seed.load(there)
    with atlassian.serve(there) as served:
        developer = Person(served.url, there.account("developer"))
        for role in ("update", "create", "ignored"):
            developer.finish(seeded.tickets[role])
        yield served, seeded


@pytest.mark.region
def test_a_months_tickets_are_tried_and_only_reads_reach_the_site(
    site: tuple[atlassian.Running, seed.Seed], tmp_path: Path
) -> None:
    served, seeded = site
    keys = {role: seeded.tickets[role] for role in ("update", "create", "ignored")}
    there = served.site
    first, before = len(there.calls()), _contents(there)
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    account = there.account("admin")
    environment = {
        **os.environ, "TMPDIR": str(temporary), "JIRA_BASE_URL": served.url, "JIRA_EMAIL": account.email,
        "JIRA_API_TOKEN": account.token, "CONFLUENCE_SPACE_KEY": seeded.space_key, "COLUMNS": "250",
    }  # fmt: skip
    with serving(ChatServer(ignores_tool_choice=True)) as model:
        done = subprocess.run(
            [
                sys.executable, "-m", "local", "try", "--since", "30d", "--output", str(tmp_path / "pages"),
                "--jql", f"key in ({', '.join(keys.values())})", "--model-url", model.url, "--model", MODEL,
            ],
            cwd=REPOSITORY, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=400,
        )  # fmt: skip
    said = done.stdout + done.stderr
    assert done.returncode == 0, said
    assert f"Drafts are written by the model {MODEL}" in said
    assert "update of “Webhooks for merchants”" in said
    assert "declines documentation" in said
    files = {file.name for file in (tmp_path / "pages").iterdir()}
    assert files == {f"{keys[role]}{part}.html" for role in ("update", "create") for part in ("", "-ticket")}
    assert MODEL in (tmp_path / "pages" / f"{keys['update']}-ticket.html").read_text()
    made = there.calls()[first:]
    assert [each for each in made if not is_read(each.method, each.path)] == []
    assert {each.account for each in made} == {"admin"}
    assert _contents(there) == before
    assert account.token not in said
    assert list(temporary.iterdir()) == [], "nothing is left, so no credentials are"


def _contents(there: atlassian.Site) -> Any:
    return (
        {key: repr(issue) for key, issue in there.jira.issues.items()},
        {page_id: repr(page) for page_id, page in there.confluence.pages.items()},
    )
