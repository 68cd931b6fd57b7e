"""The board in a real browser: nothing typed is lost, all works by keyboard and on a phone, the URL holds the state."""

import json
import re
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import Browser, Page, expect

from local.atlassian import Running, Site, serve
from local.atlassian.pipeline_watch import Detail, QueueState, Step, Watched
from local.seed import Seed
from tests.browser import Screen, chromium, grave_faults, screen
from tests.local.atlassian.conftest import Person
from tests.local.atlassian.test_browser_pages import HOSTILE


def test_the_board_loads_only_its_own_scripts(seed: Seed, developer: Person) -> None:
    response = developer("GET", "/board")
    loaded = re.findall(r'(?:src|href)="(?!data:|#)([^"]*)"', response.text)
    assert loaded == ["/board/js/main.js"]
    policy = response.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert f"script-src {developer.base}/board/js/;" in policy
    script = developer("GET", loaded[0])
    for name in re.findall(r'from "\./([a-z_]+\.js)"', script.text):
        assert developer("GET", f"/board/js/{name}").status_code == 200, name
    assert developer("GET", "/board/js/..%2Fboard.css").status_code == 404


def test_a_name_cannot_close_the_boards_settings(seed: Seed, developer: Person) -> None:
    settings = developer("GET", "/board").text.split('id="settings">')[1].split("</script>")[0]
    assert "<" not in settings
    assert "reviewer" in {each["name"] for each in json.loads(settings)["people"]}


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


def test_a_closed_ticket_that_no_webhook_covers_says_so(
    site: Site, seed: Seed, developer: Person, admin: Person
) -> None:
    hook = {
        "name": "changes",
        "url": "http://127.0.0.1:9/never",
        "events": ["jira:issue_updated"],
        "filters": {"issue-related-events-section": "labels = needs-docs"},
    }
    admin("POST", "/rest/webhooks/1.0/webhook", 201, json=hook)
    developer("POST", "/rest/api/3/issue/PAY2-2/transitions", 204, json={"transition": {"id": "41"}})
    [card] = [each for each in developer("GET", "/board/data", 200)["issues"] if each["key"] == "PAY2-2"]
    assert card["webhook"] == {
        "status": "ignored",
        "text": "No webhook was sent: the ticket does not match labels = needs-docs",
    }


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


@pytest.fixture
def running(site: Site, seed: Seed) -> Iterator[Running]:
    with serve(site) as served:
        yield served


@pytest.fixture
def wide(browser: Browser, running: Running) -> Iterator[Screen]:
    with screen(browser, running.url) as shown:
        yield shown


@pytest.fixture
def phone(browser: Browser, running: Running) -> Iterator[Screen]:
    with screen(browser, running.url, width=390, height=800) as shown:
        yield shown


def _board(shown: Screen, running: Running, address: str = "") -> Page:
    page = shown.open(f"{running.url}/board{address}")
    page.wait_for_selector(".card", state="attached")
    return page


@pytest.mark.browser
def test_a_person_plays_a_ticket_on_the_board(site: Site, seed: Seed, running: Running, wide: Screen) -> None:
    page = _board(wide, running)
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
    issue = site.jira.get("PAY2-10")
    assert issue.fields.summary == HOSTILE
    assert issue.fields.labels == ("needs-docs", "api-change")
    assert issue.fields.status.name == "Done"
    assert [comment.author.name for comment in issue.comments] == ["reviewer"]
    assert site.confluence.pages[seed.pages["glossary"]].current.number == 2


@pytest.mark.browser
def test_what_is_typed_survives_reloads_and_other_tickets(
    site: Site, seed: Seed, running: Running, wide: Screen, developer: Person
) -> None:
    page = _board(wide, running, "#/tickets/PAY2-3")
    page.fill("#comment", "half a sentence")
    page.fill("#labels", "needs-docs half-a-label")
    page.goto(f"{running.url}/board#/tickets/PAY2-4")
    page.wait_for_selector('#content:has-text("PAY2-4")')
    expect(page.locator("#comment")).to_have_value("")
    page.goto(f"{running.url}/board#/tickets/PAY2-3")
    page.reload()
    expect(page.locator("#comment")).to_have_value("half a sentence")
    expect(page.locator("#labels")).to_have_value("needs-docs half-a-label")
    site.people.revoke("developer")
    page.click("#send")
    page.wait_for_selector('#note:has-text("401")')
    expect(page.locator("#comment")).to_have_value("half a sentence")
    site.people.restore("developer")
    wide.problems.clear()  # Chromium reports each 401 as an error
    page.click("#send")
    page.wait_for_selector('.comment:has-text("half a sentence")')
    expect(page.locator("#comment")).to_have_value("")
    page.click("#discard-typed")
    expect(page.locator("#labels")).to_have_value("needs-docs")


@pytest.mark.browser
def test_page_text_survives_another_persons_version(
    site: Site, seed: Seed, running: Running, wide: Screen, developer: Person
) -> None:
    glossary = seed.pages["glossary"]
    page = _board(wide, running, f"#/pages/{glossary}")
    page.wait_for_selector(".document.page")
    page.click("#page-actions summary")
    page.fill("#storage", "<p>a long text</p>")
    body = {"representation": "storage", "value": "<p>theirs</p>"}
    new = {"id": glossary, "status": "current", "title": "Glossary", "body": body, "version": {"number": 2}}
    developer("PUT", f"/wiki/api/v2/pages/{glossary}", 200, json=new)
    page.wait_for_selector("#outdated:visible")
    page.click("#save-page")
    page.wait_for_selector('#note:has-text("409")')
    wide.problems.clear()  # Chromium reports the 409 as an error
    page.reload()
    expect(page.locator("#storage")).to_have_value("<p>a long text</p>")
    page.click("#page-actions summary")
    page.click("#discard-text")
    expect(page.locator("#storage")).to_have_value(re.compile("theirs"))


@pytest.mark.browser
def test_cancel_discards_and_escape_keeps_a_new_ticket(site: Site, running: Running, wide: Screen) -> None:
    page = _board(wide, running)
    page.click("#new")
    page.fill("#new-summary", "kept")
    page.keyboard.press("Escape")
    expect(page.locator("#dialog")).to_be_hidden()
    page.click("#new")
    expect(page.locator("#new-summary")).to_have_value("kept")
    page.click("#cancel")
    expect(page.locator("#dialog")).to_be_hidden()
    page.click("#new")
    expect(page.locator("#new-summary")).to_have_value("")
    page.click("#cancel")
    assert len(site.jira.issues) == 9


@pytest.mark.browser
def test_keys_move_between_cards_and_move_a_card(site: Site, running: Running, wide: Screen) -> None:
    page = _board(wide, running)
    focused = "document.activeElement.dataset.key"
    page.focus("[data-key=PAY2-3]")
    page.keyboard.press("ArrowDown")
    assert page.evaluate(focused) == "PAY2-4"
    page.keyboard.press("ArrowLeft")
    assert page.evaluate(focused) == "PAY2-9"
    page.keyboard.press("ArrowRight")
    assert page.evaluate(focused) == "PAY2-4"
    page.keyboard.press("Shift+ArrowRight")
    page.wait_for_selector('[data-status="In Review"] [data-key=PAY2-4]')
    assert page.evaluate(focused) == "PAY2-4"
    page.keyboard.press("Enter")
    page.wait_for_selector('#content:has-text("PAY2-4")')
    assert page.evaluate("document.activeElement.id") == "detail"
    page.keyboard.press("Escape")
    expect(page.locator("#detail")).to_be_hidden()
    assert page.evaluate(focused) == "PAY2-4"
    assert site.jira.get("PAY2-4").fields.status.name == "In Review"


@pytest.fixture
def declining(site: Site) -> Iterator[None]:
    """A webhook endpoint that ignores every ticket, registered in Jira."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b'{"status": "ignored", "reason": "no label asks for it"}')

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    hook = {
        "name": "changes",
        "url": f"http://127.0.0.1:{server.server_port}/",
        "events": ["jira:issue_updated"],
    }
    site.webhooks.put(site.account("admin"), hook)
    yield
    server.shutdown()
    server.server_close()


@pytest.mark.browser
def test_an_ignored_ticket_says_why_within_two_seconds(
    running: Running, wide: Screen, declining: None
) -> None:
    page = _board(wide, running)
    page.focus("[data-key=PAY2-8]")
    page.keyboard.press("Shift+ArrowRight")
    page.wait_for_selector('[data-status="Done"] [data-key=PAY2-8]')
    page.wait_for_selector('[data-key=PAY2-8] .ignored:has-text("no label asks for it")', timeout=2_000)


@pytest.mark.browser
def test_back_returns_to_what_was_open(running: Running, wide: Screen, seed: Seed) -> None:
    page = _board(wide, running)
    page.click("[data-key=PAY2-3]")
    page.wait_for_selector('#content:has-text("PAY2-3")')
    page.click("[data-view=pages]")
    page.click("text=Glossary")
    page.wait_for_selector(".document.page")
    page.go_back()
    expect(page.locator("#detail")).to_be_hidden()
    page.go_back()
    page.wait_for_selector('#content:has-text("PAY2-3")')
    page.go_back()
    expect(page.locator("#detail")).to_be_hidden()
    expect(page.locator("[data-key=PAY2-3]")).to_be_visible()


@pytest.mark.browser
def test_late_steps_find_their_place_and_open_folds_stay_open(
    site: Site, running: Running, wide: Screen
) -> None:
    def step(second: int, text: str) -> Step:
        at = datetime(2026, 12, 1, 5, 0, second, tzinfo=UTC)
        return Step(at, "PAY2-3", "draft", text, (Detail("Prompt", f"asked {text}"),))

    letter = QueueState("ApprovalHandler", 1, 0, 0, (Detail("ReviewCompleted doc-1", "its body"),))
    seen = [step(1, "one"), step(3, "three")]
    site.pipeline = lambda: Watched(
        tuple(sorted(seen, key=lambda each: each.at)), (QueueState("Sweep", 2, 1, 0),), (letter,), {}
    )
    page = _board(wide, running)
    lines = page.locator("#all-steps > li")
    expect(lines).to_have_text([re.compile("three"), re.compile("one")])
    lines.last.locator("summary").click()
    seen.append(step(2, "two"))
    expect(lines).to_have_text([re.compile("three"), re.compile("two"), re.compile("one")])
    expect(lines.last.locator("pre")).to_be_visible()
    expect(page.locator("#queues li")).to_have_text("Sweep 2 waiting, 1 in flight")
    page.click("#dead-letters summary")
    expect(page.locator("#dead-letters pre")).to_have_text("its body")
    page.click("[data-key=PAY2-3]")
    expect(page.locator("#steps > li")).to_have_count(3)


@pytest.mark.browser
def test_an_open_ticket_leaves_all_columns_in_view(running: Running, wide: Screen) -> None:
    page = _board(wide, running, "#/tickets/PAY2-3")
    page.wait_for_selector('#content:has-text("PAY2-3")')
    edge = page.locator("#detail").bounding_box()
    last = page.locator(".column").last.bounding_box()
    assert edge
    assert last
    assert last["x"] + last["width"] <= edge["x"]
    assert page.evaluate("document.documentElement.scrollWidth") <= 1280


@pytest.mark.browser
def test_on_a_phone_the_ticket_opens_over_the_list(running: Running, phone: Screen) -> None:
    page = _board(phone, running)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.locator("[data-key=PAY2-3]").click()
    page.wait_for_selector('#content:has-text("PAY2-3")')
    box = page.locator("#detail").bounding_box()
    assert box
    assert (box["x"], box["width"]) == (0, 390)
    assert box["y"] < 120
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert page.evaluate("document.elementFromPoint(200, 500).closest('#detail') !== null")
    page.go_back()
    expect(page.locator("#detail")).to_be_hidden()


@pytest.mark.browser
@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("width", [390, 1280])
def test_axe_finds_nothing_serious(
    browser: Browser, running: Running, seed: Seed, dark: bool, width: int
) -> None:
    webhooks = seed.pages["webhooks"]
    with screen(browser, running.url, width=width, dark=dark) as shown:
        found = {}
        for address in ("#/tickets", "#/tickets/PAY2-3", f"#/pages/{webhooks}", "#/pages", "#/pipeline"):
            page = _board(shown, running, address)
            if address.count("/") > 1:
                page.wait_for_selector("#content h2")
            found[address] = grave_faults(page)
        for path in ("/browse/PAY2-3", f"/wiki/spaces/SD/pages/{webhooks}"):
            found[path] = grave_faults(shown.open(running.url + path))
    assert {place: faults for place, faults in found.items() if faults} == {}
