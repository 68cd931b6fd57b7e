"""JQL finds the right issues, refuses invalid queries, and its index lags behind the issues."""

import pytest

from local.atlassian import Site
from local.seed import Seed
from tests.local.atlassian.conftest import Person

SEARCH = "/rest/api/3/search/jql"


def keys(person: Person, jql: str, **more: object) -> list[str]:
    found = person("POST", SEARCH, 200, json={"jql": jql, "fields": ["summary"], "maxResults": 100, **more})
    return [issue["key"] for issue in found["issues"]]


@pytest.mark.parametrize(
    ("jql", "numbers"),
    [
        ("project = PAY2 AND labels = needs-docs", [3]),
        ("labels in (needs-docs, new-feature) order by key", [3, 4]),
        ("labels = needs-docs OR labels = tech-debt ORDER BY key DESC", [5, 3]),
        ("statusCategory = Done", [1]),
        ("statusCategory = 'In Progress' AND issuetype != Task ORDER BY key", [3, 4, 6, 7, 8]),
        ("status = 10002", [1]),
        ("project = PAY2 AND labels is EMPTY ORDER BY key", [2, 8]),
        ('labels is not EMPTY AND NOT (status = "In Progress") ORDER BY key', [1, 9]),
        ("resolved >= -30d", [1]),
        ("updated < -30d", []),
        ("key in (PAY2-2, PAY2-5) ORDER BY created ASC", [2, 5]),
        ("component = Billing AND summary ~ pounds", [7]),
        ('text ~ "three loops"', [5]),
        ("resolution = Unresolved AND labels = dashboard", []),
        ("creator = currentUser()", []),
        ("labels not in (needs-docs, tech-debt, new-feature) AND labels is EMPTY", []),
        (
            "(labels is EMPTY OR labels != needs-docs) AND key in (PAY2-2, PAY2-3, PAY2-5) ORDER BY key",
            [2, 5],
        ),
    ],
)
def test_a_query_finds(developer: Person, jql: str, numbers: list[int]) -> None:
    assert keys(developer, jql) == [f"PAY2-{number}" for number in numbers]


@pytest.mark.parametrize(
    "jql",
    [
        "",
        "ORDER BY created",
        "project =",
        "project = PAY2 AND",
        "colour = red",
        "labels ~ x",
        "summary = x",
        "project = PAY2 labels = x",
        'project = "PAY2',
        "updated > yesterday",
        "created in foo()",
        "project > PAY2",
    ],
)
def test_a_query_that_cannot_be_run_is_refused(developer: Person, jql: str) -> None:
    assert developer("POST", SEARCH, 400, json={"jql": jql})["errorMessages"]


def test_only_ids_are_returned_unless_fields_are_requested(developer: Person) -> None:
    found = developer("GET", SEARCH, 200, params={"jql": "labels = needs-docs"})
    assert [list(issue) for issue in found["issues"]] == [["id"]]
    assert found["isLast"] is True
    assert "nextPageToken" not in found


def test_pages_follow_by_token(developer: Person) -> None:
    seen, token = [], None
    for _ in range(5):
        body = {"jql": "project = PAY2 ORDER BY key", "fields": ["key"], "maxResults": 4}
        found = developer("POST", SEARCH, 200, json={**body, **({"nextPageToken": token} if token else {})})
        seen += [issue["key"] for issue in found["issues"]]
        token = found.get("nextPageToken")
        if token is None:
            break
    assert seen == [f"PAY2-{number}" for number in range(1, 10)]
    developer("POST", SEARCH, 400, json={"jql": "project = PAY2", "nextPageToken": "made up"})


def test_the_index_lags_and_reconcile_issues_bypasses_it(site: Site, seed: Seed, developer: Person) -> None:
    site.clock.freeze()
    site.jira_search_lag = 5
    path = f"/rest/api/3/issue/{seed.tickets['update']}"
    number = int(developer("GET", path, 200)["id"])
    developer("PUT", path, 204, json={"update": {"labels": [{"add": "fresh"}]}})
    assert keys(developer, "labels = fresh") == []
    assert keys(developer, "labels = fresh", reconcileIssues=[number]) == [seed.tickets["update"]]
    site.clock.advance(6)
    assert keys(developer, "labels = fresh") == [seed.tickets["update"]]


def test_linked_issues_are_found(seed: Seed, developer: Person) -> None:
    developer(
        "POST",
        "/rest/api/3/issueLink",
        201,
        json={
            "type": {"name": "Relates"},
            "inwardIssue": {"key": "PAY2-1"},
            "outwardIssue": {"key": "PAY2-2"},
        },
    )
    assert keys(developer, "issue in linkedIssues(PAY2-1)") == ["PAY2-2"]
