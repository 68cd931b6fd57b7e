"""Browse pages show the content escaped."""

from local.atlassian import Site
from local.seed import Seed
from tests.local.atlassian.conftest import Person, words

HOSTILE = '<script>alert(1)</script> & "quotes" <img src=x onerror=alert(2)>'


def test_an_issue_is_readable_and_escaped(seed: Seed, developer: Person) -> None:
    made = developer(
        "POST",
        "/rest/api/3/issue",
        201,
        json={
            "fields": {
                "project": {"key": "PAY2"},
                "issuetype": {"name": "Bug"},
                "summary": HOSTILE,
                "labels": ["<b>"],
                "description": words(HOSTILE),
            }
        },
    )
    developer("POST", f"/rest/api/3/issue/{made['key']}/comment", 201, json={"body": words(HOSTILE)})
    developer(
        "POST",
        f"/rest/api/3/issue/{made['key']}/remotelink",
        201,
        json={"object": {"url": "javascript:alert(1)", "title": HOSTILE}},
    )
    html = developer("GET", f"/browse/{made['key']}").text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html
    assert "<script>alert" not in html
    assert "<img" not in html
    assert "javascript:" not in html


def test_a_mention_by_id_alone_shows_the_persons_name(site: Site, seed: Seed, developer: Person) -> None:
    mention = {"type": "mention", "attrs": {"id": site.account("reviewer").account_id}}
    body = {"type": "doc", "version": 1, "content": [{"type": "paragraph", "content": [mention]}]}
    key = seed.tickets["update"]
    developer("POST", f"/rest/api/3/issue/{key}/comment", 201, json={"body": body})
    assert "<p>@Robin Reviewer</p>" in developer("GET", f"/browse/{key}").text


def test_a_page_shows_its_unpublished_draft(seed: Seed, developer: Person) -> None:
    page_id = seed.pages["webhooks"]
    draft = {"id": page_id, "status": "draft", "title": "Webhooks", "version": {"number": 1}}
    body = {"representation": "storage", "value": "<p>not published yet</p>"}
    developer("PUT", f"/wiki/api/v2/pages/{page_id}", 200, json={**draft, "body": body})
    html = developer("GET", f"/board/page/{page_id}").text
    assert "Unpublished draft" in html
    assert "not published yet" in html


def test_a_page_is_readable_with_its_versions(seed: Seed, developer: Person) -> None:
    response = developer("GET", f"/wiki/spaces/SD/pages/{seed.pages['webhooks']}/Webhooks+for+merchants")
    html = response.text
    assert response.status_code == 200
    assert "<mark>try again up to 8 times over 24 hours</mark>" in html
    assert "@Robin Reviewer" in html
    assert html.count('data-version="') == 5
    assert "&lt;ac:layout&gt;" in html


def test_hostile_storage_shows_as_text(seed: Seed, developer: Person) -> None:
    page = developer(
        "POST",
        "/wiki/api/v2/pages",
        200,
        json={
            "spaceId": seed.space_id,
            "status": "current",
            "title": HOSTILE,
            "body": {
                "representation": "storage",
                "value": (
                    '<p onclick="x">a</p><script>alert(1)</script><a href="javascript:alert(1)">l</a>'
                    "<ac:plain-text-body><![CDATA[<script>alert(2)</script>]]></ac:plain-text-body>"
                ),
            },
        },
    )
    html = developer("GET", f"/board/page/{page['id']}").text
    shown = html.partition("<h3>Versions")[0]
    assert "<script" not in html
    assert "onclick" not in shown
    assert 'href="javascript' not in html
    assert "&lt;script&gt;alert(2)" in shown
