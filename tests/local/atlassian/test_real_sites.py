"""What real sites have beyond one space: personal spaces, attachments of pages, other versions of Jira's API."""

from typing import Any

import pytest

import local.seed
from tests.local.atlassian.conftest import Person

V2 = "/wiki/api/v2"


def test_a_site_has_several_spaces_one_of_them_personal(developer: Person, seed: local.seed.Seed) -> None:
    shown = developer("GET", f"{V2}/spaces?limit=2", 200)
    following = developer("GET", shown["_links"]["next"], 200)
    spaces = shown["results"] + following["results"]
    assert len(spaces) == 3
    personal = [each for each in spaces if each["type"] == "personal"]
    assert [each["key"][0] for each in personal] == ["~"]
    assert developer("GET", f"{V2}/spaces?type=personal", 200)["results"] == personal


def test_only_its_owner_writes_to_a_personal_space(
    developer: Person, kinexus: Person, seed: local.seed.Seed
) -> None:
    [space] = developer("GET", f"{V2}/spaces?type=personal", 200)["results"]
    body = {"representation": "storage", "value": "<p>x</p>"}
    page = {"spaceId": space["id"], "status": "current", "title": "Notes", "body": body}
    kinexus("POST", f"{V2}/pages", 403, json=page)
    developer("POST", f"{V2}/pages", 200, json=page)


def test_attachments_are_uploaded_with_v1_and_read_with_v2(developer: Person, seed: local.seed.Seed) -> None:
    page = seed.pages["webhooks"]
    upload = f"/wiki/rest/api/content/{page}/child/attachment"
    files = {"file": ("a.txt", b"one", "text/plain")}
    developer("PUT", upload, 403, files=files)
    sent = {"X-Atlassian-Token": "no-check"}
    [made] = developer("PUT", upload, 200, files=files, headers=sent)["results"]
    developer("POST", upload, 400, files=files, headers=sent)
    developer("PUT", upload, 200, files={"file": ("a.txt", b"three", "text/plain")}, headers=sent)
    [held] = developer("GET", f"{V2}/pages/{page}/attachments?filename=a.txt", 200)["results"]
    assert (held["id"], held["version"]["number"], held["fileSize"]) == (made["id"], 2, 5)
    assert developer("GET", f"/wiki{held['downloadLink']}").content == b"three"
    developer("DELETE", f"{V2}/attachments/{held['id']}", 204)
    developer("GET", f"{V2}/attachments/{held['id']}", 404)


@pytest.mark.parametrize("version", ["2", "latest"])
def test_other_versions_of_jiras_api_have_wiki_text(
    developer: Person, seed: local.seed.Seed, version: str
) -> None:
    api = f"/rest/api/{version}"
    fields: dict[str, Any] = {
        "project": {"key": seed.project_key},
        "issuetype": {"name": "Task"},
        "summary": "New",
        "description": "First.\n\nSecond.",
    }
    made = developer("POST", f"{api}/issue", 201, json={"fields": fields})
    assert made["self"].endswith(f"{api}/issue/{made['id']}")
    shown = developer("GET", f"{api}/issue/{made['key']}", 200)
    assert shown["fields"]["description"] == "First.\n\nSecond."
    said = developer("POST", f"{api}/issue/{made['key']}/comment", 201, json={"body": "Done."})
    assert said["body"] == "Done."
    third = developer("GET", f"/rest/api/3/issue/{made['key']}", 200)
    assert third["fields"]["description"]["type"] == "doc"
