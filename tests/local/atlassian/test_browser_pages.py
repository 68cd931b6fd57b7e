"""Browse pages and the board show the content escaped, load nothing external, and a person can use the board."""

import re
import shutil

import pytest

from local.atlassian import Site, serve
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


def test_the_board_is_one_page_without_external_resources(seed: Seed, developer: Person) -> None:
    response = developer("GET", "/board")
    assert re.findall(r'(?:src|href)="(?!data:)[^"]*"', response.text) == []
    policy = response.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    nonce = re.search(r"'nonce-([^']+)'", policy)
    assert nonce is not None
    assert f'<script nonce="{nonce[1]}">' in response.text


def test_the_boards_data_lists_tickets_and_the_tree(seed: Seed, developer: Person) -> None:
    data = developer("GET", "/board/data", 200)
    assert len(data["issues"]) == 9
    assert data["pages"][0] == {
        "id": seed.pages["home"],
        "title": "Software Development",
        "depth": 0,
        "version": 1,
        "status": "current",
    }
    assert "Security findings 2026" not in {page["title"] for page in data["pages"]}


@pytest.mark.browser
def test_a_person_plays_a_ticket_on_the_board(site: Site, seed: Seed) -> None:
    playwright = pytest.importorskip("playwright.sync_api")
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    with serve(site) as running, playwright.sync_playwright() as driver:
        try:
            browser = driver.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        except playwright.Error as error:
            pytest.skip(f"no browser: {error.message.splitlines()[0]}")
        page = browser.new_page()
        errors: list[str] = []
        outside: list[str] = []
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
        page.on(
            "request",
            lambda request: (
                None if request.url.startswith((running.url, "data:")) else outside.append(request.url)
            ),
        )
        page.goto(running.url + "/board")
        page.click("#new")
        page.fill("#new-summary", HOSTILE)
        page.fill("#new-labels", "needs-docs api-change")
        page.fill("#new-text", "First\n\nSecond")
        page.click("#create")
        page.wait_for_selector("#content h2")
        page.select_option("#person", "reviewer")
        page.fill("#comment", "APPROVED\nfine")
        page.click("#send-done")
        page.wait_for_selector('#note:has-text("Commented and moved")')
        page.click("[data-view=pages]")
        page.click("text=Glossary")
        page.wait_for_selector(".document.page")
        page.click("#page-actions summary")
        page.fill("#storage", "<p>edited by hand</p>")
        page.click("#save-page")
        page.wait_for_selector('.document.page:has-text("edited by hand")')
        browser.close()
    issue = site.jira.get("PAY2-10")
    assert issue.fields.summary == HOSTILE
    assert issue.fields.labels == ("needs-docs", "api-change")
    assert issue.fields.status.name == "Done"
    assert [comment.author.name for comment in issue.comments] == ["reviewer"]
    assert site.confluence.pages[seed.pages["glossary"]].current.number == 2
    assert errors == []
    assert outside == []
