"""Injected faults hit the intended requests, before or after the effect; every request is logged."""

import pytest
import requests

from local.atlassian import Fault, Site, serve
from local.seed import Seed
from tests.local.atlassian.conftest import Person, words

MYSELF = "/rest/api/3/myself"


def test_rate_limits_with_and_without_retry_after(site: Site, kinexus: Person) -> None:
    site.faults.add(Fault("status", status=429, retry_after=2))
    site.faults.add(Fault("status", status=429))
    first, second, third = (kinexus("GET", MYSELF) for _ in range(3))
    assert [each.status_code for each in (first, second, third)] == [429, 429, 200]
    assert (first.headers.get("Retry-After"), second.headers.get("Retry-After")) == ("2", None)


def test_a_fault_hits_only_what_it_names(site: Site, kinexus: Person, developer: Person) -> None:
    site.faults.add(
        Fault("status", status=503, method="POST", path="/comment", account="kinexus", count=2, skip=1)
    )
    path = "/rest/api/3/issue/PAY2-1/comment"
    statuses = [
        person(method, path, json={"body": words("x")}).status_code
        for person, method in (
            (kinexus, "GET"),
            (developer, "POST"),
            (kinexus, "POST"),
            (kinexus, "POST"),
            (kinexus, "POST"),
            (kinexus, "POST"),
        )
    ]
    assert statuses == [200, 201, 201, 503, 503, 201]


def test_a_share_of_the_requests_is_hit_and_counted(site: Site, kinexus: Person) -> None:
    site.faults.add(Fault("status", status=503, share=0.25, count=10**6))
    site.faults.add(Fault("status", status=500, share=0.25, count=10**6, after=True))
    statuses = [kinexus("GET", MYSELF).status_code for _ in range(200)]
    assert 25 <= statuses.count(503) <= 75
    assert 20 <= statuses.count(500) <= 60
    assert site.faults.injected == {"503": statuses.count(503), "500 after": statuses.count(500)}


@pytest.mark.parametrize(("after", "comments"), [(False, 0), (True, 1)])
def test_the_connection_breaks_before_or_after_the_effect(
    site: Site, seed: Seed, kinexus: Person, after: bool, comments: int
) -> None:
    site.faults.add(Fault("drop", method="POST", after=after))
    with pytest.raises(requests.ConnectionError):
        kinexus("POST", "/rest/api/3/issue/PAY2-1/comment", json={"body": words("x")})
    assert len(site.jira.get("PAY2-1").comments) == comments


def test_answers_can_be_truncated_or_replaced_by_html(site: Site, kinexus: Person) -> None:
    site.faults.add(Fault("truncate"))
    site.faults.add(Fault("html"))
    site.faults.add(Fault("html", status=502))
    with pytest.raises(requests.JSONDecodeError):
        kinexus("GET", MYSELF).json()
    page, bad = kinexus("GET", MYSELF), kinexus("GET", MYSELF)
    assert page.status_code == 200
    assert page.headers["Content-Type"].startswith("text/html")
    assert bad.status_code == 502


def test_over_a_socket_dropped_and_hanging_connections_are_errors(site: Site, seed: Seed) -> None:
    me = site.account("kinexus")
    with serve(site) as running, requests.Session() as session:
        session.auth, session.trust_env = (me.email, me.token), False
        for kind in ("drop", "hang"):
            site.faults.add(Fault(kind, seconds=0.05))
            with pytest.raises(requests.ConnectionError):
                session.get(running.url + MYSELF, timeout=5)
        site.faults.add(Fault("slow", seconds=0.3))
        with pytest.raises(requests.Timeout):
            session.get(running.url + MYSELF, timeout=0.1)
        assert session.get(running.url + MYSELF, timeout=5).json()["self"].startswith(running.url)


@pytest.mark.parametrize(
    ("path", "said"),
    [
        (MYSELF, "errorMessages"),
        ("/wiki/rest/api/content/1/restriction/byOperation/read", "message"),
        ("/wiki/api/v2/pages/1", "errors"),
    ],
)
def test_a_removed_endpoint_keeps_answering_410(site: Site, kinexus: Person, path: str, said: str) -> None:
    site.faults.add(Fault("gone", path=path))
    for _ in range(3):
        answer = kinexus("GET", path)
        assert answer.status_code == 410
        assert "This deprecated endpoint has been removed." in str(answer.json()[said])


def test_an_unknown_kind_of_fault_is_refused() -> None:
    with pytest.raises(ValueError, match="unknown fault"):
        Fault("earthquake")


def test_requests_are_logged_by_product_and_account(
    site: Site, seed: Seed, kinexus: Person, developer: Person
) -> None:
    kinexus("GET", MYSELF, 200)
    kinexus("GET", "/wiki/api/v2/spaces?keys=SD", 200)
    developer("GET", "/rest/api/3/issue/NO-1", 404)
    assert kinexus("GET", "/board").status_code == 200
    assert [
        (call.product, call.method, call.path, call.query, call.account, call.status) for call in site.calls()
    ] == [
        ("jira", "GET", MYSELF, "", "kinexus", 200),
        ("confluence", "GET", "/wiki/api/v2/spaces", "keys=SD", "kinexus", 200),
        ("jira", "GET", "/rest/api/3/issue/NO-1", "", "developer", 404),
    ]
    assert len(site.calls("jira", "kinexus")) == 1


def test_faults_can_be_set_over_http(site: Site, seed: Seed, people: type) -> None:
    nobody = Person(site, "")
    ready = nobody("GET", "/_control/ready", 200)
    assert {account["name"] for account in ready["accounts"]} == {
        "kinexus",
        "developer",
        "reviewer",
        "outsider",
        "admin",
    }
    nobody("POST", "/_control/faults", 201, json={"kind": "status", "status": 500, "path": "myself"})
    nobody("POST", "/_control/faults", 400, json={"kind": "status", "volume": 11})
    assert people("kinexus")("GET", MYSELF).status_code == 500
    assert nobody("GET", "/_control/requests?product=jira", 200)["total"] == 1
    nobody("DELETE", "/_control/requests", 204)
    assert site.calls() == []
    before = site.clock.peek()
    nobody("POST", "/_control/clock", 200, json={"advance": 3600})
    assert (site.clock.peek() - before).total_seconds() >= 3600
    nobody("POST", "/_control/options", 204, json={"search_lag": 9, "retry_delay": 0.5, "duplicates": 1})
    assert (site.jira_search_lag, site.post.options.retry_delay) == (9, 0.5)
    nobody("POST", "/_control/options", 400, json={"colour": "red"})
    assert nobody("POST", "/_control/drain", 200, json={"timeout": 1}) == {"drained": True}
    assert nobody("GET", "/_control/deliveries", 200) == {"attempts": [], "pending": 0, "given_up": []}
    nobody("POST", "/_control/drain", 415, data="timeout=1")
