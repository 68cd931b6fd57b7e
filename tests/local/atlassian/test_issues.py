"""Issues behave as in Jira: validation and its errors, history, resolution, comments, properties."""

from typing import Any

import pytest

from local.atlassian import Site
from local.seed import Seed
from tests.local.atlassian.conftest import Person, words

ISSUE = "/rest/api/3/issue"
VALID = {"project": {"key": "PAY2"}, "issuetype": {"name": "Story"}, "summary": "A story"}


@pytest.mark.parametrize(
    ("fields", "errors"),
    [
        ({"summary": ""}, {"summary": "You must specify a summary of the issue."}),
        ({"summary": "a\nb"}, {"summary": "The summary is invalid because it contains newline characters."}),
        ({"summary": "x" * 256}, {"summary": "Summary can't exceed 255 characters."}),
        (
            {"description": "wiki text"},
            {
                "description": "Operation value must be an Atlassian Document (see the Atlassian "
                "Document Format)"
            },
        ),
        (
            {"description": words("x" * 32_767)},
            {
                "description": "The entered text is too long. It exceeds the allowed limit "
                "of 32,767 characters."
            },
        ),
        ({"labels": ["needs docs"]}, {"labels": "The label 'needs docs' contains spaces which is invalid."}),
        ({"issuetype": {"name": "Saga"}}, {"issuetype": "Specify a valid issue type"}),
        ({"project": {"key": "NOPE"}}, {"project": "Specify a valid project ID or key"}),
        (
            {"colour": "red"},
            {"colour": "Field 'colour' cannot be set. It is not on the appropriate screen, or unknown."},
        ),
    ],
)
def test_a_wrong_field_is_refused_by_name(
    developer: Person, fields: dict[str, object], errors: dict[str, str]
) -> None:
    refused = developer("POST", ISSUE, 400, json={"fields": {**VALID, **fields}})
    assert refused == {"errorMessages": [], "errors": errors}


def test_a_document_with_an_unknown_node_is_invalid_input(developer: Person) -> None:
    broken = {"type": "doc", "version": 1, "content": [{"type": "blink", "content": []}]}
    refused = developer("POST", ISSUE, 400, json={"fields": {**VALID, "description": broken}})
    assert refused["errorMessages"][0] == "INVALID_INPUT"


def test_nothing_is_created_when_the_link_is_wrong(site: Site, developer: Person) -> None:
    before = len(site.jira.issues)
    update = {"issuelinks": [{"add": {"type": {"name": "Relates"}, "outwardIssue": {"key": "PAY2-999"}}}]}
    developer("POST", ISSUE, 404, json={"fields": VALID, "update": update})
    assert len(site.jira.issues) == before


def test_a_link_created_with_the_issue_shows_on_both_sides(seed: Seed, developer: Person) -> None:
    other = seed.tickets["update"]
    made = developer(
        "POST",
        ISSUE,
        201,
        json={
            "fields": VALID,
            "update": {"issuelinks": [{"add": {"type": {"name": "Blocks"}, "outwardIssue": {"key": other}}}]},
        },
    )
    near = developer("GET", f"{ISSUE}/{made['key']}", 200)["fields"]["issuelinks"]
    far = developer("GET", f"{ISSUE}/{other}?fields=issuelinks", 200)["fields"]["issuelinks"]
    assert [(link["type"]["outward"], link["outwardIssue"]["key"]) for link in near] == [("blocks", other)]
    assert [(link["type"]["inward"], link["inwardIssue"]["key"]) for link in far] == [
        ("is blocked by", made["key"])
    ]


def test_an_edit_is_one_history_entry_an_empty_edit_none(seed: Seed, developer: Person) -> None:
    path = f"{ISSUE}/{seed.tickets['update']}"
    developer("PUT", path, 204, json={"fields": {"summary": "New"}, "update": {"labels": [{"add": "a"}]}})
    developer("PUT", path, 204, json={"update": {"labels": [{"add": "a"}]}})
    history = developer("GET", path + "/changelog", 200)["values"]
    assert [[item["fieldId"] for item in entry["items"]] for entry in history] == [["summary", "labels"]]
    assert history[0]["items"][1]["toString"] == "needs-docs a"


def test_a_field_in_both_fields_and_update_is_refused(seed: Seed, developer: Person) -> None:
    refused = developer(
        "PUT",
        f"{ISSUE}/{seed.tickets['update']}",
        400,
        json={"fields": {"labels": ["x"]}, "update": {"labels": [{"add": "y"}]}},
    )
    assert "labels" in refused["errors"]


def test_done_sets_a_resolution_and_reopening_clears_it(seed: Seed, developer: Person) -> None:
    path = f"{ISSUE}/{seed.tickets['update']}"

    def move(status: str) -> dict[str, Any]:
        listed = developer("GET", path + "/transitions", 200)["transitions"]
        wanted = next(each["id"] for each in listed if each["to"]["name"] == status)
        developer("POST", path + "/transitions", 204, json={"transition": {"id": wanted}})
        moved: dict[str, Any] = developer("GET", path + "?fields=resolution,resolutiondate,status", 200)
        fields: dict[str, Any] = moved["fields"]
        return fields

    done, again = move("Done"), move("In Progress")
    assert done["resolution"]["name"] == "Done"
    assert done["resolutiondate"]
    assert again["resolution"] is None
    assert again["status"]["statusCategory"]["key"] == "indeterminate"
    items = developer("GET", path + "/changelog", 200)["values"][0]["items"]
    assert [(item["fieldId"], item["to"]) for item in items] == [("resolution", "10000"), ("status", "10002")]


def test_a_transition_from_another_status_is_illegal(seed: Seed, developer: Person) -> None:
    path = f"{ISSUE}/{seed.tickets['update']}/transitions"
    developer("POST", path, 204, json={"transition": {"id": "41"}})
    refused = developer("POST", path, 400, json={"transition": {"id": "41"}})
    assert refused["errorMessages"] == [
        "It seems that you have tried to perform an illegal workflow operation."
    ]


def test_comments_are_ordered_by_the_sites_clock(site: Site, seed: Seed, developer: Person) -> None:
    path = f"{ISSUE}/{seed.tickets['update']}/comment"
    site.clock.freeze()
    for text in "abc":
        developer("POST", path, 201, json={"body": words(text)})
    newest = developer("GET", path + "?orderBy=-created&maxResults=2", 200)
    assert [each["body"]["content"][0]["content"][0]["text"] for each in newest["comments"]] == ["c", "b"]
    assert newest["total"] == 3
    assert len({each["created"] for each in newest["comments"]}) == 2
    developer("GET", path + "?orderBy=author", 400)


def test_people_edit_their_own_comments_only(seed: Seed, developer: Person, people: type) -> None:
    path = f"{ISSUE}/{seed.tickets['update']}/comment"
    made = developer("POST", path, 201, json={"body": words("a"), "properties": [{"key": "k", "value": 1}]})
    people("outsider")("PUT", f"{path}/{made['id']}", 400, json={"body": words("b")})
    edited = developer("PUT", f"{path}/{made['id']}", 200, json={"body": words("b")})
    assert edited["updated"] > edited["created"]
    assert developer("GET", f"/rest/api/3/comment/{made['id']}/properties/k", 200) == {"key": "k", "value": 1}


def test_a_full_issue_takes_no_comment(site: Site, seed: Seed, developer: Person) -> None:
    site.jira.comment_cap = 1
    path = f"{ISSUE}/{seed.tickets['update']}/comment"
    developer("POST", path, 201, json={"body": words("a")})
    developer("POST", path, 413, json={"body": words("b")})


def test_properties_have_limits(seed: Seed, developer: Person) -> None:
    path = f"{ISSUE}/{seed.tickets['update']}/properties"
    developer("PUT", f"{path}/k", 201, json="x" * 32_766)
    developer("PUT", f"{path}/k", 400, json="x" * 32_767)
    developer("PUT", f"{path}/{'k' * 256}", 400, json=1)


def test_a_remote_link_of_the_same_global_id_is_replaced(seed: Seed, developer: Person) -> None:
    path = f"{ISSUE}/{seed.tickets['update']}/remotelink"
    first = {"globalId": "g", "relationship": "doc", "object": {"url": "https://a", "title": "A"}}
    developer("POST", path, 201, json=first)
    developer("POST", path, 200, json={"globalId": "g", "object": {"url": "https://b", "title": "B"}})
    held = developer("GET", path, 200)
    assert [(link["object"]["title"], link.get("relationship")) for link in held] == [("B", None)]


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/rest/api/3/search?jql=project=PAY2", 410),
        ("POST", "/rest/api/2/search", 410),
        ("POST", "/rest/api/3/webhook", 403),
        ("GET", "/rest/api/3/nothing", 404),
        ("PATCH", "/rest/api/3/myself", 405),
    ],
)
def test_missing_things_answer_404(developer: Person, method: str, path: str, status: int) -> None:
    developer(method, path, status, json={})


def test_only_json_is_read(seed: Seed, developer: Person) -> None:
    path = f"{ISSUE}/{seed.tickets['update']}/comment"
    developer("POST", path, 415, data="x", headers={"Content-Type": "text/plain"})
    developer("POST", path, 400, data="{", headers={"Content-Type": "application/json"})


def test_an_unknown_token_gets_401_until_it_is_valid(site: Site, kinexus: Person) -> None:
    kinexus("GET", "/rest/api/3/myself", 200)
    site.people.revoke("kinexus")
    kinexus("GET", "/rest/api/3/myself", 401)
    kinexus("GET", "/wiki/api/v2/spaces", 401)
    site.people.restore("kinexus")
    kinexus("GET", "/rest/api/3/myself", 200)


def test_the_gateway_serves_the_same_site(kinexus: Person) -> None:
    gateway = "/ex/jira/3c1b6b0e-7a52-4f4c-8f3e-0b7f2d9f1a10"
    assert kinexus("GET", gateway + "/rest/api/3/myself", 200)["accountType"] == "app"


def test_a_hidden_issue_looks_missing(site: Site, seed: Seed, developer: Person, kinexus: Person) -> None:
    key = seed.tickets["update"]
    issue = developer("GET", f"{ISSUE}/{key}", 200)
    asked = {"issueIdsOrKeys": [issue["id"]]}
    jql = {"jql": f"key = {key}", "fields": ["summary"]}
    for hidden in (issue["id"], "PAY2"):
        site.jira.hidden["kinexus"] = {hidden}
        for path in ("", "/comment", "/transitions", "/changelog", "/properties", "/remotelink"):
            assert kinexus("GET", f"{ISSUE}/{key}{path}").status_code == 404, path
        assert kinexus("POST", f"{ISSUE}/bulkfetch", 200, json=asked) == {"issueErrors": [], "issues": []}
        assert kinexus("POST", "/rest/api/3/changelog/bulkfetch", 200, json=asked)["issueChangeLogs"] == []
        assert kinexus("POST", "/rest/api/3/search/jql", 200, json=jql)["issues"] == []
        assert developer("GET", f"{ISSUE}/{key}", 200)["id"] == issue["id"]
        is_whole = hidden == "PAY2"
        for path in ("/project/PAY2", "/mypermissions?permissions=BROWSE_PROJECTS&projectKey=PAY2"):
            assert kinexus("GET", f"/rest/api/3{path}").status_code == (404 if is_whole else 200), path


def test_a_bulk_read_lists_unreadable_but_not_missing_issues(
    site: Site, seed: Seed, developer: Person
) -> None:
    issue = developer("GET", f"{ISSUE}/{seed.tickets['update']}", 200)
    site.jira.unready.add(issue["id"])
    answer = developer("POST", f"{ISSUE}/bulkfetch", 200, json={"issueIdsOrKeys": [issue["id"], "99999"]})
    assert [error["id"] for error in answer["issueErrors"]] == [issue["id"]]
    assert answer["issues"] == []
    for wrong in ([], ["1"] * 101):
        assert developer("POST", f"{ISSUE}/bulkfetch", json={"issueIdsOrKeys": wrong}).status_code == 400
