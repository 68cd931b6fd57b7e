"""A ticket from a webhook body of another site is found on the simulator unchanged."""

from typing import Any

import pytest

from local.atlassian import Site, in_process
from local.atlassian.import_webhook_body import adopt


def _body(**fields: Any) -> dict[str, Any]:
    given = {
        "summary": "Retries last longer",
        "description": "h2. What\nRetries last *72 hours*.\n* twelve attempts\n{code:json}\n{}\n{code}",
        "issuetype": {"name": "Bug"},
        "status": {"name": "Fertig", "statusCategory": {"key": "done"}},
        "labels": ["needs-docs"],
    }
    return {"issue": {"id": "10406", "key": "ABC-17", "fields": {**given, **fields}}}


def _read(site: Site, key: str) -> dict[str, Any]:
    answer = in_process(site, "kinexus").get(f"http://site/rest/api/3/issue/{key}")
    return {"status": answer.status_code, **answer.json()}


@pytest.mark.parametrize("key", ["10406", "ABC-17"])
def test_adopted_ticket_is_read_by_id_and_key(key: str) -> None:
    site = Site()
    adopt(site, _body())
    fields = _read(site, key)["fields"]
    assert (fields["summary"], fields["labels"]) == ("Retries last longer", ["needs-docs"])
    assert fields["status"]["statusCategory"]["key"] == "done"
    kinds = [block["type"] for block in fields["description"]["content"]]
    assert kinds == ["heading", "paragraph", "bulletList", "codeBlock"]


def test_second_body_of_a_ticket_updates_it() -> None:
    site = Site()
    adopt(site, _body())
    adopt(site, _body(summary="Retries last three days", description=None, labels=None))
    fields = _read(site, "ABC-17")["fields"]
    assert (fields["summary"], fields["description"], fields["labels"]) == (
        "Retries last three days",
        None,
        [],
    )


def test_new_tickets_of_an_adopted_project_get_free_keys() -> None:
    site = Site()
    adopted = adopt(site, _body())
    assert adopted
    created = site.jira.create(site.account("developer"), "ABC", adopted.fields, {})
    assert created.key == "ABC-100000", "the next saved body may be ABC-18"


def test_own_tickets_of_the_simulator_are_not_overwritten() -> None:
    site = Site()
    adopted = adopt(site, _body())
    assert adopted
    ours = site.jira.create(site.account("developer"), "ABC", adopted.fields, {})
    assert adopt(site, {"issue": {**_body()["issue"], "id": ours.id, "key": "ABC-99"}}) is None


@pytest.mark.parametrize(
    "body",
    [
        None, [], {"issue": "x"}, {"issue": {"id": "1", "key": "A-1"}}, {"issue": {"id": "x", "key": "A-1", "fields": {}}},
        {"issue": {"id": "1", "key": "A-1/../x", "fields": {"status": {}}}},
        {"issue": {"id": "1", "key": "AB-1", "fields": {"summary": "trimmed"}}},
    ],
)  # fmt: skip
def test_bodies_without_a_complete_ticket_are_ignored(body: Any) -> None:
    assert adopt(Site(), body) is None
