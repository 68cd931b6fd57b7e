"""A ticket adopted from a saved webhook body is found by id, key and search, and never collides with the simulator's own."""

from typing import Any

from local.atlassian import Site
from local.atlassian.documents.adf_check import check_document
from local.atlassian.import_webhook_body import adopt
from local.seed import Seed
from tests.local.atlassian.conftest import Person

BODY: dict[str, Any] = {
    "webhookEvent": "jira:issue_updated",
    "issue": {
        "id": "10400",
        "key": "OPS3-41",
        "fields": {
            "summary": "Saved elsewhere",
            "labels": ["needs-docs"],
            "issuetype": {"name": "Bug"},
            "priority": None,
            "description": "h2. Why\n\n* one\n{code:python}\nx = 1\n{code}\nplain",
            "status": {"name": "Erledigt", "statusCategory": {"key": "done"}},
        },
    },
}


def test_an_adopted_ticket_is_like_any_other(site: Site, seed: Seed, kinexus: Person) -> None:
    assert kinexus("POST", "/_control/adopt", 200, json=BODY) == {"key": "OPS3-41"}
    for name in ("OPS3-41", "10400"):
        fields = kinexus("GET", f"/rest/api/3/issue/{name}", 200)["fields"]
        assert fields["status"]["statusCategory"]["key"] == "done"
        check_document(fields["description"])
    found = kinexus(
        "POST", "/rest/api/3/search/jql", 200, json={"jql": "project = OPS3", "fields": ["summary"]}
    )
    assert [issue["key"] for issue in found["issues"]] == ["OPS3-41"]


def test_tickets_made_afterwards_have_numbers_of_their_own(site: Site, seed: Seed, developer: Person) -> None:
    soon = str(site.jira.new_id() + 1)
    assert adopt(site, {**BODY, "issue": {**BODY["issue"], "id": soon}}) is not None
    made = developer(
        "POST",
        "/rest/api/3/issue",
        201,
        json={"fields": {"project": {"key": "OPS3"}, "issuetype": {"name": "Bug"}, "summary": "s"}},
    )
    assert made["key"] == "OPS3-100000", "the next saved body may be OPS3-42"
    assert made["id"] != soon


def test_invalid_bodies_and_existing_tickets_are_not_adopted(site: Site, seed: Seed) -> None:
    local = site.jira.get(seed.tickets["update"])
    bodies: list[object] = [
        None,
        [],
        {},
        {"issue": {"id": "x", "key": "A-1", "fields": {"status": {}}}},
        {"issue": {**BODY["issue"], "id": local.id}},
        {"issue": {**BODY["issue"], "key": local.key}},
    ]
    for body in bodies:
        assert adopt(site, body) is None
    assert local.fields.summary == "Give merchants a weekend to repair a broken endpoint"


def test_a_second_body_brings_the_ticket_up_to_date(site: Site, seed: Seed) -> None:
    adopt(site, BODY)
    adopt(site, {"issue": {**BODY["issue"], "fields": {**BODY["issue"]["fields"], "summary": "Newer"}}})
    assert site.jira.get("OPS3-41").fields.summary == "Newer"
