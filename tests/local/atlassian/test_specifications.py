"""Every kind of answer of the simulator matches Atlassian's OpenAPI specifications (skipped without a checkout of them)."""

from typing import Any

import pytest

from local.atlassian import Site
from local.seed import Seed
from tests.local.atlassian import openapi
from tests.local.atlassian.conftest import Person, words

pytestmark = pytest.mark.skipif(not openapi.SPECIFICATIONS.is_dir(), reason="the specifications are not here")


def hold(person: Person, specification: str, method: str, path: str, status: int, **options: Any) -> Any:
    response = person(method, path, **options)
    body = response.json() if response.content else None
    assert response.status_code == status, response.text
    assert openapi.violations(specification, method, path.partition("?")[0], status, body) == []
    return body


def test_jira_answers_match(site: Site, seed: Seed, developer: Person, admin: Person) -> None:
    def jira(method: str, path: str, status: int = 200, **options: Any) -> Any:
        return hold(developer, openapi.JIRA, method, "/rest/api/3" + path, status, **options)

    other = seed.tickets["update"]
    made = jira(
        "POST",
        "/issue",
        201,
        json={
            "fields": {
                "project": {"key": "PAY2"},
                "issuetype": {"name": "Task"},
                "summary": "Review it",
                "labels": ["documentation-review"],
                "description": words("Look"),
            },
            "properties": [{"key": "kinexus.review", "value": {"revision": 1}}],
            "update": {
                "issuelinks": [{"add": {"type": {"name": "Relates"}, "outwardIssue": {"key": other}}}]
            },
        },
    )
    issue = f"/issue/{made['key']}"
    jira("GET", issue)
    jira("GET", issue + "?fields=summary,status&properties=*all&expand=changelog,names,transitions")
    jira("PUT", issue, 204, json={"update": {"labels": [{"add": "x"}, {"remove": "documentation-review"}]}})
    jira("PUT", issue + "?returnIssue=true", 200, json={"fields": {"summary": "Review it well"}})
    fetched = {"issueIdsOrKeys": [made["id"], other, "PAY2-9999"], "properties": ["kinexus.review"]}
    assert len(jira("POST", "/issue/bulkfetch", json=fetched)["issues"]) == 2
    jira("PUT", issue, 204, json={"fields": {"security": {"name": "Confidential"}}})
    jira("GET", issue + "?fields=security")
    jira("GET", issue + "/transitions")
    jira("POST", issue + "/transitions", 204, json={"transition": {"id": "41"}})
    assert len(jira("GET", issue + "/changelog")["values"]) == 5
    asked = {"issueIdsOrKeys": [made["id"], other, "PAY2-9999"], "fieldIds": ["status"]}
    assert len(jira("POST", "/changelog/bulkfetch", json=asked)["issueChangeLogs"]) == 1
    jira("POST", "/search/approximate-count", json={"jql": "project = PAY2"})
    wrong: dict[str, Any]
    for wrong in ({"issueIdsOrKeys": []}, {**asked, "fieldIds": ["status"] * 2}, {**asked, "maxResults": 0}):
        assert developer("POST", "/rest/api/3/changelog/bulkfetch", json=wrong).status_code == 400
    for wrong in ({"issueIdsOrKeys": ["1"] * 1001}, {**asked, "issues": []}, {**asked, "nextPageToken": "?"}):
        assert developer("POST", "/rest/api/3/changelog/bulkfetch", json=wrong).status_code == 400
    comment = jira(
        "POST",
        issue + "/comment",
        201,
        json={
            "body": words("APPROVED"),
            "properties": [{"key": "kinexus.comment", "value": {"kind": "told"}}],
        },
    )
    jira("GET", issue + "/comment?orderBy=-created")
    jira("GET", f"{issue}/comment/{comment['id']}?expand=properties")
    jira("PUT", f"{issue}/comment/{comment['id']}", json={"body": words("REJECTED")})
    jira("POST", "/comment/list?expand=properties", json={"ids": [int(comment["id"])]})
    jira("GET", f"/comment/{comment['id']}/properties")
    jira("PUT", f"/comment/{comment['id']}/properties/a", 201, json={"b": 1})
    jira("GET", f"/comment/{comment['id']}/properties/a")
    jira("GET", issue + "/properties")
    jira("GET", issue + "/properties/kinexus.review")
    jira("PUT", issue + "/properties/kinexus.review", 200, json=[2])
    jira("DELETE", issue + "/properties/kinexus.review", 204)
    link = {"globalId": "page=1", "object": {"url": "https://example.com/1", "title": "Page"}}
    remote = jira("POST", issue + "/remotelink", 201, json=link)
    jira("POST", issue + "/remotelink", 200, json=link)
    jira("GET", issue + "/remotelink")
    jira("GET", issue + "/remotelink?globalId=page%3D1")
    jira("GET", f"{issue}/remotelink/{remote['id']}")
    jira("GET", f"/issueLink/{site.jira.links[0].id}")
    jira(
        "POST",
        issue + "/attachments",
        files={"file": ("a.txt", b"hello")},
        headers={"X-Atlassian-Token": "no-check"},
    )
    for query in ({"jql": "project = PAY2", "maxResults": 2}, {"jql": "project = PAY2", "fields": "*all"}):
        jira("GET", "/search/jql", params=query)
    jira(
        "POST",
        "/search/jql",
        json={"jql": "labels = x", "fields": ["summary"], "reconcileIssues": [int(made["id"])]},
    )
    jira("POST", "/search/approximate-count", json={"jql": "project = PAY2"})
    me = jira("GET", "/myself")["accountId"]
    for path in (
        "/project",
        "/project/PAY2",
        "/project/search",
        "/project/PAY2/statuses",
        "/issuetype",
        "/priority",
        "/status",
        "/status/Done",
        "/status/10002",
        "/statuses?id=10002",
        "/issueLinkType",
        "/resolution",
        "/field",
        "/label",
        "/serverInfo",
        f"/user?accountId={me}&expand=groups",
        "/user/search?query=dana",
        f"/user/groups?accountId={me}",
        "/group/member?groupname=documentation-approvers",
        "/group/bulk",
        "/mypermissions?permissions=BROWSE_PROJECTS&projectKey=PAY2",
        "/issue/createmeta/PAY2/issuetypes",
        "/issue/createmeta/PAY2/issuetypes/10002",
        "/issue/createmeta/PAY2/issuetypes/10002?startAt=2&maxResults=3",
        issue + "/editmeta",
    ):
        jira("GET", path)
    hold(admin, openapi.JIRA, "DELETE", "/rest/api/3" + issue, 204)


def test_jira_errors_match(seed: Seed, developer: Person) -> None:
    for method, path, status, body in (
        ("POST", "/issue", 400, {"fields": {"summary": ""}}),
        ("POST", "/search/jql", 400, {"jql": ""}),
        ("POST", f"/issue/{seed.tickets['update']}/comment", 400, {"body": "text"}),
        ("POST", f"/issue/{seed.tickets['update']}/transitions", 400, {"transition": {"id": "999"}}),
        ("PUT", "/issue/PAY2-999", 404, {"fields": {}}),
    ):
        hold(developer, openapi.JIRA, method, "/rest/api/3" + path, status, json=body)


def test_confluence_answers_match(seed: Seed, kinexus: Person) -> None:
    def v2(method: str, path: str, status: int = 200, **options: Any) -> Any:
        return hold(kinexus, openapi.CONFLUENCE_V2, method, "/wiki/api/v2" + path, status, **options)

    page = v2(
        "POST",
        "/pages",
        json={
            "spaceId": seed.space_id,
            "status": "current",
            "title": "New",
            "parentId": seed.pages["api-guide"],
            "body": {"representation": "storage", "value": "<p>a</p>"},
        },
    )
    here = f"/pages/{page['id']}"
    v2(
        "PUT",
        here,
        json={
            "id": page["id"],
            "status": "current",
            "title": "New",
            "version": {"number": 2, "message": "m"},
            "body": {"representation": "storage", "value": "<p>b</p>"},
        },
    )
    v2("GET", here)
    v2("GET", here + "?body-format=storage&include-labels=true&include-properties=true&include-versions=true")
    v2("GET", here + "?version=1&body-format=storage")
    draft = {"id": page["id"], "status": "draft", "title": "Newest", "version": {"number": 1}}
    v2("PUT", here, json={**draft, "body": {"representation": "storage", "value": "<p>c</p>"}})
    v2("GET", here + "?get-draft=true&body-format=storage")
    v2("DELETE", here + "?draft=true", 204)
    v2("GET", here + "?get-draft=true&body-format=storage")
    v2("GET", "/pages?subtype=page")
    v2("GET", here + "?body-format=view")
    v2("PUT", here + "/title", json={"status": "current", "title": "Newer"})
    v2("GET", "/pages?limit=3&body-format=storage")
    v2("GET", f"/pages?id={page['id']},{seed.pages['webhooks']}&body-format=storage")
    v2("GET", f"/pages?space-id={seed.space_id}&title=Refunds&status=current")
    v2("GET", f"/spaces/{seed.space_id}/pages")
    v2("GET", here + "/versions")
    v2("GET", here + "/versions/2")
    v2("GET", here + "/ancestors")
    v2("GET", f"/pages/{seed.pages['api-guide']}/direct-children")
    v2("GET", f"/pages/{seed.pages['api-guide']}/children")
    v2("GET", f"/pages/{seed.pages['webhooks']}/labels")
    held = v2("POST", here + "/properties", json={"key": "kinexus", "value": {"a": 1}})
    v2("GET", here + "/properties?key=kinexus")
    v2(
        "PUT",
        f"{here}/properties/{held['id']}",
        json={"key": "kinexus", "value": 2, "version": {"number": 2}},
    )
    v2("GET", f"{here}/properties/{held['id']}")
    v2("DELETE", f"{here}/properties/{held['id']}", 204)
    v2("GET", "/spaces?keys=SD")
    v2("GET", f"/spaces/{seed.space_id}")
    v2("GET", f"/spaces/{seed.space_id}/operations")
    v2("DELETE", here, 204)


def test_confluence_v1_answers_match(seed: Seed, kinexus: Person) -> None:
    def v1(method: str, path: str, status: int = 200, **options: Any) -> Any:
        return hold(kinexus, openapi.CONFLUENCE_V1, method, "/wiki/rest/api" + path, status, **options)

    v1(
        "GET",
        "/search",
        params={"cql": 'space = SD AND text ~ "webhooks"', "expand": "content.space,content.version"},
    )
    v1(
        "GET",
        "/content/search",
        params={"cql": 'space = SD AND text ~ "webhooks"', "expand": "space,ancestors"},
    )
    v1("GET", "/user/current")
    v1("GET", f"/content/{seed.pages['webhooks']}/restriction/byOperation")
    v1("GET", f"/content/{seed.pages['webhooks']}/restriction/byOperation/read")
    v1("POST", f"/content/{seed.pages['webhooks']}/label", json=[{"prefix": "global", "name": "new"}])
    v1("DELETE", f"/content/{seed.pages['webhooks']}/label?name=new", 204)
    person = kinexus.session.get(kinexus.base + "/wiki/rest/api/user/current").json()["accountId"]
    v1("PUT", f"/content/{seed.pages['glossary']}/restriction/byOperation/update/user?accountId={person}")
    v1("DELETE", f"/content/{seed.pages['glossary']}/restriction/byOperation/update/user?accountId={person}")
    v1("PUT", f"/content/{seed.pages['glossary']}/move/append/{seed.pages['operations']}")
    v1("POST", "/content/archive", 202, json={"pages": [{"id": int(seed.pages["glossary"])}]})
