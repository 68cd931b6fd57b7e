"""Jira's client over real HTTP to the simulator."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

import pytest

from common.atlassian.http_client import AtlassianHttp, Unavailable
from common.atlassian.jira_client import JiraClient
from common.domain.status_transitions import status_transitions
from local.atlassian import Fault, Running, Site, serve


@pytest.fixture
def running() -> Iterator[Running]:
    site = Site(search_lag=0)
    site.jira.add_project("PAY2", "Payments")
    with serve(site) as running:
        yield running


@pytest.fixture
def http(running: Running) -> AtlassianHttp:
    account = running.site.account("admin")
    return AtlassianHttp(running.url, account.email, lambda fresh: account.token)


@pytest.fixture
def moved(http: AtlassianHttp) -> list[str]:
    """The ids of three issues that were moved to Done, back, and to Done again."""
    jira, made = JiraClient(http, ""), list[str]()
    for number in range(3):
        fields = {
            "project": {"key": "PAY2"},
            "issuetype": {"name": "Task"},
            "summary": f"Number {number}",
            "labels": ["x"],
        }
        issue_id, _ = jira.create_issue(fields, {})
        made.append(issue_id)
        for is_done in (True, False, True):
            ways = jira.transitions(issue_id)
            jira.move(issue_id, next(way for way in ways if (way.to_category == "done") is is_done))
        jira.edit_issue(issue_id, {"summary": "Otherwise"})
    return made


@pytest.mark.parametrize("page", [1000, 2])
def test_bulk_histories_equal_those_of_each_issue(
    http: AtlassianHttp, moved: list[str], monkeypatch: pytest.MonkeyPatch, page: int
) -> None:
    jira, ask = JiraClient(http, ""), http.post_query
    monkeypatch.setattr(http, "post_query", lambda path, body: ask(path, {**body, "maxResults": page}))
    found = jira.status_moves_of([*moved, "99999"])
    assert found.keys() == set(moved), "an issue that is not there has none"
    for issue_id in moved:
        alone = jira.status_moves(issue_id)
        assert len(alone) == 3
        assert [(m.move_id, m.author_id, m.from_id, m.to_id) for m in found[issue_id]] == [
            (m.move_id, m.author_id, m.from_id, m.to_id) for m in alone
        ]
    assert jira.status_moves_of([]) == {}


def test_the_approximate_count_of_a_query_is_returned(http: AtlassianHttp, moved: list[str]) -> None:
    assert JiraClient(http, "").approximate_count("labels = x") == 3


@pytest.mark.parametrize(
    "asks",
    [
        lambda jira: jira.status_moves_of(["10000"]),
        lambda jira: jira.comment_marks(["10000"]),
        lambda jira: list(jira.issues(["10000"], [], [])),
        lambda jira: jira.approximate_count("labels = x"),
    ],
)
def test_reading_posts_are_retried(
    http: AtlassianHttp, running: Running, asks: Callable[[JiraClient], object]
) -> None:
    running.site.faults.add(Fault("status", status=503, retry_after=0, count=1))
    asks(JiraClient(http, ""))
    assert [request.status for request in running.site.calls("jira")] == [503, 200]


@pytest.mark.parametrize(
    ("item", "is_status"),
    [
        ({"field": "status", "fieldtype": "jira", "fieldId": "status"}, True),
        ({"field": "Estado", "fieldtype": "jira", "fieldId": "status"}, True),
        ({"field": "Status", "fieldtype": "jira"}, True),
        ({"field": "Status", "fieldtype": "custom", "fieldId": "customfield_10300"}, False),
        ({"field": "Status", "fieldtype": "custom"}, False),
    ],
)
def test_a_custom_field_called_status_is_no_status_change(item: dict[str, str], is_status: bool) -> None:
    entry = {"id": "1", "created": "", "items": [{**item, "from": "1", "to": "3"}]}
    assert bool(list(status_transitions(entry))) is is_status


@pytest.mark.parametrize(
    "pages",
    [
        lambda jira: jira.search("project = PAY2", ["labels"]),
        lambda jira: jira.status_moves_of(["10000"]),
    ],
)
@pytest.mark.parametrize("tokens", [["a", "a"], ["a", "b", "a"]])
def test_a_continuation_token_that_repeats_ends_the_paging(
    http: AtlassianHttp,
    monkeypatch: pytest.MonkeyPatch,
    pages: Callable[[JiraClient], Iterable[object]],
    tokens: list[str],
) -> None:
    answers = iter(tokens)
    for name in ("get", "post_query"):
        monkeypatch.setattr(http, name, lambda *_: {"issues": [], "nextPageToken": next(answers)})
    with pytest.raises(Unavailable, match="continuation token"):
        list(pages(JiraClient(http, "")))


@pytest.mark.parametrize("created", ["2017-04-13T08:00:29.000+00:00", 1492070429, 1492070429000])
def test_a_time_is_read_from_text_seconds_and_milliseconds(created: object) -> None:
    entry = {"id": "1", "created": created, "items": [{"fieldId": "status", "from": "1", "to": "3"}]}
    [move] = status_transitions(entry)
    assert move.at == "2017-04-13T08:00:29.000+00:00"
