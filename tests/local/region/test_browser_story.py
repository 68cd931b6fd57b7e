"""In a real browser, against the whole region: from closing a ticket on the board to the published page."""

import io
import json
import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from playwright.sync_api import Browser, Page, TimeoutError, expect
from rich.console import Console

from local.serve import print_urls
from local.state_file import RegionFacts
from tests.browser import chromium, grave_faults, screen

pytestmark = [pytest.mark.region, pytest.mark.browser]
_SECONDS = 90_000
#: A folder for pictures of what the stories show; empty for none.
_PICTURES = os.environ.get("KINEXUS_PICTURES", "")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


def _keep(page: Page, name: str) -> None:
    if _PICTURES:
        page.screenshot(path=str(Path(_PICTURES) / f"{name}.png"))


def _allowed(region: RegionFacts) -> tuple[str, str]:
    return region.jira_url, region.outputs["webhookApiUrl"]


def _wait_for_review_page(page: Page, selector: str) -> None:
    """Wait for the review page; load it once more if its function's first start took longer than API Gateway waits."""
    try:
        page.wait_for_selector(selector)
    except TimeoutError:
        page.reload()
        page.wait_for_selector(selector)


def test_every_printed_url_opens(serving: RegionFacts) -> None:
    printed = io.StringIO()
    print_urls(Console(file=printed), serving)
    urls = set(re.findall(r"https?://\S+", printed.getvalue()))
    assert serving.board_url in urls
    answers = {url: requests.get(url, verify=serving.aws_ca_bundle, timeout=30).status_code for url in urls}
    assert answers == dict.fromkeys(urls, 200)


def test_from_ticket_to_page_by_keyboard_alone(serving: RegionFacts, browser: Browser) -> None:
    with screen(browser, *_allowed(serving)) as shown:
        page = shown.open(serving.board_url)
        page.wait_for_selector("[data-key=PAY2-3]")
        _tab_to(page, "[data-key=PAY2-3]")
        page.keyboard.press("Shift+ArrowRight")
        page.wait_for_selector('[data-status="In Review"] [data-key=PAY2-3]')
        page.wait_for_selector("text=PAY2-3 moved to In Review.")  # until then a further key press is refused
        page.keyboard.press("Shift+ArrowRight")
        page.wait_for_selector("[data-key=PAY2-3] .webhook.recorded", timeout=_SECONDS)
        page.wait_for_selector(".card.review", timeout=_SECONDS)
        page.wait_for_selector("#all-steps .review")
        _keep(page, "board")
        _tab_to(page, ".card.review")
        page.keyboard.press("Enter")
        page.wait_for_selector("#content .document")
        assert grave_faults(page) == []
        _keep(page, "ticket")
        address = page.url
        _tab_to(page, '#content a[href*="/reviews/"]')
        page.keyboard.press("Enter")
        _wait_for_review_page(page, "#side ins")
        assert grave_faults(page) == []
        _keep(page, "diff")
        page.keyboard.press("Tab")
        _tab_to(page, "input[type=radio]:checked")
        for _ in range(2):
            page.keyboard.press("ArrowRight")
        assert page.locator("#page").is_visible()
        assert grave_faults(page) == []
        _keep(page, "whole-page")
        page.go_back()
        expect(page).to_have_url(address)
        _decide(page, "Robin Reviewer", "APPROVED")
        step = page.locator("#steps .publication").first
        expect(step).to_contain_text("Webhooks for merchants", timeout=_SECONDS)
        _keep(page, "published-steps")
        url = re.search(r"https?://\S+", step.inner_text())
        assert url
        published = shown.open(url[0])
        assert "72 hours" in published.inner_text(".document.page")
        assert grave_faults(published) == []


def test_from_ticket_to_page_on_a_phone_in_dark_mode(serving: RegionFacts, browser: Browser) -> None:
    with screen(browser, *_allowed(serving), width=390, height=844, dark=True) as shown:
        page = shown.open(serving.board_url)
        page.click("[data-key=PAY2-4]")
        page.click('#moves button:has-text("Done")')
        review = page.locator('#content a[data-issue]:not([data-issue="PAY2-4"])').first
        review.click(timeout=_SECONDS)
        page.wait_for_selector("#content .document table")
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        _keep(page, "phone-ticket")
        address = page.url
        page.locator('#content a[href*="/reviews/"]').first.click()
        _wait_for_review_page(page, "main ins, main .added")
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        assert grave_faults(page) == []
        _keep(page, "phone-diff")
        page.goto(address)
        page.select_option("#person", "outsider")
        page.fill("#comment", "APPROVED")
        page.click("#send-done")
        page.wait_for_selector(
            '.comment:has-text("is not one of the people who may decide")', timeout=_SECONDS
        )
        assert page.locator("#steps .publication").count() == 0
        page.wait_for_selector('#content .status:has-text("To Do")', timeout=_SECONDS)
        page.select_option("#person", "reviewer")
        page.fill("#comment", "APPROVED")
        page.click("#send-done")
        page.wait_for_selector('#note:has-text("Commented and moved to Done")')
        page.wait_for_selector("#steps .publication", timeout=_SECONDS)
        assert grave_faults(page) == []
        url = re.search(r"https?://\S+", page.locator("#steps .publication").first.inner_text())
        assert url
        published = shown.open(url[0])
        assert published.evaluate("document.documentElement.scrollWidth") <= 390
        assert grave_faults(published) == []


def test_a_dead_letter_is_shown_and_stays_in_its_queue(serving: RegionFacts, browser: Browser) -> None:
    sqs, url = serving.client("sqs"), serving.outputs["deadLetterQueueUrls"]["ApprovalHandler"]
    body = {"detail-type": "ReviewCompleted", "detail": {"issue_key": "PAY2-99"}}
    sqs.send_message(QueueUrl=url, MessageBody=json.dumps(body))
    with screen(browser, *_allowed(serving)) as shown:
        page = shown.open(f"{serving.board_url}#/pipeline")
        page.click('#dead-letters summary:has-text("ReviewCompleted PAY2-99")')
        expect(page.locator("#dead-letters pre")).to_contain_text('"issue_key": "PAY2-99"')
        assert grave_faults(page) == []
    [letter] = sqs.receive_message(QueueUrl=url).get("Messages", [])
    sqs.delete_message(QueueUrl=url, ReceiptHandle=letter["ReceiptHandle"])
    assert json.loads(letter["Body"]) == body


def _tab_to(page: Page, selector: str) -> None:
    """Press Tab until the element has the focus; fail after 150 elements."""
    page.wait_for_selector(selector)
    for _ in range(150):
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{selector} cannot be reached by Tab")


def _decide(page: Page, person: str, comment: str) -> None:
    """Act as a person, comment, and move the open ticket to Done, all by keyboard."""
    page.wait_for_selector("#moves button")
    _tab_to(page, "#person")
    page.keyboard.type(person)
    _tab_to(page, "#comment")
    page.keyboard.type(comment)
    _tab_to(page, "#send-done")
    page.keyboard.press("Enter")
    page.wait_for_selector('#note:has-text("Commented and moved to Done")')
