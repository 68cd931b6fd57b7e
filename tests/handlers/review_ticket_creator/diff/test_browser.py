"""The diff page works in a real browser without scripts: tabs by keyboard, jumps, phone, dark mode, print.

The page is served over HTTP with its real headers; any console message and any further request fails the test. Skipped
only without an installed Chromium.
"""

import shutil
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from common.aws.review_store import ReviewStatus
from common.runtime.invisible_characters import DEFAULT_IGNORABLE, EMOJI, code_points
from handlers.review_page import status_pages
from handlers.review_page.response_headers import headers
from handlers.review_ticket_creator.diff import diff_page
from tests.handlers.review_ticket_creator.diff import samples
from tests.handlers.review_ticket_creator.diff.test_diff_page import HOSTILE

pytestmark = pytest.mark.browser

CHROMIUM = next(
    (path for path in map(shutil.which, ("chromium", "chromium-browser", "google-chrome")) if path), None
)
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("no Chromium is installed")
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield running
        running.close()


@dataclass
class Site:
    """A web server that sends review pages with their headers, and records requests."""

    html: str = ""
    asked: list[str] = field(default_factory=list)
    url: str = ""


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    served = Site()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            served.asked.append(self.path)
            body = served.html.encode()
            self.send_response(200)
            for name, value in headers(served.html).items():
                self.send_header(name, value)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    served.url = f"http://127.0.0.1:{server.server_port}/reviews/doc-1/2"
    yield served
    server.shutdown()
    server.server_close()


@pytest.fixture
def show(browser: Browser, site: Site) -> Iterator["Show"]:
    shown = Show(browser, site)
    yield shown
    shown.done()


@dataclass
class Show:
    """Opens pages, and at the end checks that there was no console message and no other request."""

    browser: Browser
    site: Site
    messages: list[str] = field(default_factory=list)
    opened: int = 0

    def __call__(self, html: str, width: int = 1280, height: int = 900, dark: bool = False) -> Page:
        self.site.html = html
        if not self.opened:
            self.site.asked.clear()
        self.opened += 1
        context = self.browser.new_context(
            viewport={"width": width, "height": height},
            color_scheme="dark" if dark else "light",
            java_script_enabled=True,
        )
        page = context.new_page()
        page.on("console", lambda message: self.messages.append(message.text))
        page.on("pageerror", lambda error: self.messages.append(str(error)))
        page.on("dialog", lambda dialog: self.messages.append(f"dialog: {dialog.message}"))
        page.on("request", lambda request: self.check(request.url))
        page.goto(self.site.url)
        return page

    def check(self, url: str) -> None:
        if not url.startswith((self.site.url, "data:,")):
            self.messages.append(f"request for {url}")

    def done(self) -> None:
        for context in self.browser.contexts:
            context.close()
        assert self.messages == []
        assert self.site.asked == ["/reviews/doc-1/2"] * self.opened


def test_the_text_shown_is_the_change(show: Show) -> None:
    page = show(diff_page.render(samples.review()))
    row = page.locator("#side tr.changed").first
    before, after = row.locator("td").nth(1), row.locator("td").nth(2)
    assert "Partner" in before.inner_text()
    assert before.locator("del").all_inner_texts() == ["100", "40"]
    assert after.locator("ins").all_inner_texts() == ["250", "80"]
    assert before.locator("ins").count() == after.locator("del").count() == 0
    assert page.locator("#side tr.added").count() == 2
    assert page.locator("#side tr.removed").count() == 1


def test_tabs_are_switched_by_keyboard(show: Show) -> None:
    page = show(diff_page.render(samples.review()))
    visible = page.locator(".view:visible")
    page.keyboard.press("Tab")  # the skip link
    assert page.evaluate("document.activeElement.textContent") == "Skip to the changes"
    page.locator("#show-side").focus()
    seen = [visible.first.get_attribute("id")]
    for _ in range(5):
        page.keyboard.press("ArrowRight")
        assert visible.count() == 1
        seen.append(visible.first.get_attribute("id"))
    assert seen == ["side", "unified", "page", "source", "since", "side"]
    page.keyboard.press("ArrowLeft")
    assert visible.first.get_attribute("id") == "since"


def test_the_tabs_are_a_named_group_of_radio_buttons(show: Show) -> None:
    page = show(diff_page.render(samples.review()))
    group = page.get_by_role("group", name="How to show the changes")
    assert group.get_by_role("radio").count() == 5
    assert group.get_by_role("radio", name="Side by side").is_checked()
    group.get_by_role("radio", name="Source").check()
    assert page.get_by_role("region", name="Source").is_visible()
    assert not page.get_by_role("region", name="Side by side").is_visible()


def test_a_screen_reader_announces_changes(show: Show) -> None:
    page = show(diff_page.render(samples.review()))
    page.locator("#show-unified").check()
    cell = page.locator("#unified tr.changed td").nth(1)
    assert cell.get_by_role("insertion").count() == 2
    assert cell.get_by_role("deletion").count() == 2
    assert "Changed:" in str(cell.text_content())
    assert page.get_by_role("columnheader", name="The page with its changes").count() == 1
    assert page.get_by_role("navigation", name="Changes").first.is_visible()


def test_the_list_of_changes_jumps_to_each(show: Show) -> None:
    page = show(diff_page.render(samples.review()), height=400)
    items = page.locator("#side nav li a")
    assert items.count() == 4
    items.nth(3).click()
    target = page.locator("#side-4")
    assert page.url.endswith("#side-4")
    box = target.bounding_box()
    assert box is not None
    assert 0 <= box["y"] < 400
    page.locator("tr:has(#side-4) a", has_text="↑").click()
    assert page.url.endswith("#side-3")


def test_source_shows_removed_above_added_lines(show: Show) -> None:
    page = show(diff_page.render(samples.review()))
    page.locator("#show-source").check()
    assert page.locator("#source del").first.inner_text() == "100"
    rows = page.locator("#source tr.removed, #source tr.added")
    first, second = (str(rows.nth(place).locator("td").last.text_content()) for place in (0, 1))
    assert first == "-Removed: <td>100</td>"
    assert second == "+Added: <td>250</td>"


@pytest.mark.parametrize("name", ["side", "unified", "source", "since"])
def test_a_phone_needs_no_sideways_scrolling(show: Show, name: str) -> None:
    page = show(diff_page.render(samples.review()), width=360, height=740)
    page.locator(f"#show-{name}").check()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert page.locator(f"#{name} ins").first.is_visible()


def test_on_a_phone_unchanged_text_is_shown_once(show: Show) -> None:
    page = show(diff_page.render(samples.review()), width=360, height=740)
    assert page.locator("#side .same").first.locator("td:visible").count() == 2  # the margin and one text


def _contrast(page: Page, selector: str) -> float:
    """The contrast between an element's text and its background, by WCAG 2.2's formula."""
    script = """selector => {
      const parse = color => color.match(/[\\d.]+/g).map(Number);
      const luminance = rgb => rgb.slice(0, 3).map(v => v / 255)
        .map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
        .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
      let element = document.querySelector(selector);
      const text = luminance(parse(getComputedStyle(element).color));
      while (parse(getComputedStyle(element).backgroundColor)[3] === 0) element = element.parentElement;
      const ground = luminance(parse(getComputedStyle(element).backgroundColor));
      return (Math.max(text, ground) + 0.05) / (Math.min(text, ground) + 0.05);
    }"""
    return float(page.evaluate(script, selector))


@pytest.mark.parametrize("dark", [False, True])
def test_text_has_enough_contrast_in_light_and_dark(show: Show, dark: bool) -> None:
    page = show(diff_page.render(samples.review()), dark=dark)
    for selector in ("h1", ".eyebrow", ".warning li", ".counts .added", ".counts .removed", "#side ins", "#side del", "#side a",
                     ".fold td", "#side .frame", ".tabs label", "#side .added .passage", ".chip"):  # fmt: skip
        assert _contrast(page, selector) >= 4.5, selector
    ground = page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
    assert (ground == "rgb(255, 255, 255)") is not dark


_UNUSUAL = (
    "<ul><li>a thing to do</li></ul><p>see <ac:image><ri:attachment ri:filename='a.png'/></ac:image></p><p>a\u200bb here</p>",
    "<ol start='3'><li>a thing to do</li></ol><p>see <a href='https://evil.example/login'><ac:image><ri:attachment "
    f"ri:filename='a.png'/></ac:image></a></p><p class='x'>a\u200bb p\u0430y there</p><p>{'long ' * 400}</p>",
)


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("width", [360, 1280])
def test_links_forms_and_invisible_characters_have_enough_contrast(
    show: Show, dark: bool, width: int
) -> None:
    before, after = _UNUSUAL
    page = show(
        diff_page.render(samples.review(before=before, after=after, previous=None)), width=width, dark=dark
    )
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    shown = page.locator("#side").inner_text()
    for said in (
        "was bullets, now a numbered list",
        "https://evil.example/login",
        "⟨U+200B⟩",
        "Latin and Cyrillic",
    ):
        assert said in shown
    assert shown.count("long") == 400
    for selector in ("#side .form li", "#side .target", "#side .unseen", "#side .mixed", ".counts .form-changed",
                     ".counts .source-only"):  # fmt: skip
        assert page.locator(selector).first.is_visible()
        assert _contrast(page, selector) >= 4.5, selector


@pytest.mark.parametrize("dark", [False, True])
def test_a_warning_about_removals_comes_first(show: Show, dark: bool) -> None:
    page = show(diff_page.render(samples.review(after="<p>Gone.</p>", previous=None)), dark=dark)
    assert page.locator(".warning").first.inner_text().startswith("This update removes more than half")
    assert _contrast(page, ".warning.grave p") >= 4.5


def test_a_64_kb_draft_on_a_long_page_opens_quickly(show: Show) -> None:
    page = "".join(f"<p>Paragraph {number} says {number * number}.</p>" for number in range(20_000))
    new = "".join(f"<p>{'new words of a long draft ' * 40}</p>" for _ in range(63))
    html = diff_page.render(
        samples.review(
            before=page, after=page.replace("<p>Paragraph 9000 ", f"{new}<p>Paragraph 9000 "), previous=None
        )
    )
    assert len(html) < 400_000
    opened = show(html)
    took = opened.evaluate("performance.timing.domContentLoadedEventEnd - performance.timing.navigationStart")
    assert took < 5_000
    assert opened.locator("#side .added").count() == 63


def test_our_unicode_tables_match_the_browsers(show: Show) -> None:
    """A browser of another Unicode version may know more emoji; what is ignorable is stable."""
    page = show(diff_page.render(samples.review()))
    script = """pattern => {
      const found = [], test = new RegExp(pattern, "u");
      for (let code = 0; code < 0x110000; code++)
        if (!(code >= 0xd800 && code < 0xe000) && test.test(String.fromCodePoint(code))) found.push(code);
      return found;
    }"""

    def codes(table: str) -> set[int]:
        return {code for first, last in code_points(table) for code in range(first, last + 1)}

    assert codes(DEFAULT_IGNORABLE) == set(page.evaluate(script, r"\p{Default_Ignorable_Code_Point}"))
    theirs = set(page.evaluate(script, r"(?![#*0-9])\p{Emoji}"))
    assert len(codes(EMOJI) ^ theirs) < 40
    assert codes(EMOJI) >= {code for code in theirs if code < 0x1FA00}


def test_only_the_unified_view_is_printed(show: Show) -> None:
    page = show(diff_page.render(samples.review()))
    page.emulate_media(media="print")
    assert page.locator(".view:visible").count() == 1
    assert page.locator("#unified").is_visible()
    assert not page.locator(".tabs").is_visible()


def test_hostile_text_shows_as_text_and_does_nothing(show: Show) -> None:
    review = samples.review(
        after=HOSTILE, summary="<script>document.title='x'</script>", title="<img src=y>", previous=HOSTILE
    )
    page = show(diff_page.render(review))
    for name in ("side", "unified", "source", "since"):
        page.locator(f"#show-{name}").check()
        assert page.locator("main script, main img").count() == 0
    page.locator("#show-side").check()
    assert "<script>alert(1)</script>" in page.locator("#side").inner_text()
    assert "⟨U+202E⟩right to left" in page.locator("#side").inner_text()
    assert page.title() == "Revision 2: <img src=y>"


def test_everything_is_readable_with_scripts_switched_off(browser: Browser, tmp_path: Path) -> None:
    file = tmp_path / "review.html"
    file.write_text(diff_page.render(samples.review()), encoding="utf-8")
    with browser.new_context(java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(file.as_uri())
        page.locator("#show-source").check()
        assert page.locator("#source").is_visible()
        assert not page.locator("#side").is_visible()


@pytest.mark.parametrize(
    "html",
    [
        status_pages.wrong_link(),
        status_pages.missing(),
        status_pages.superseded(1, ReviewStatus(2, "PAY-9", "https://e.org/2")),
    ],
)
def test_the_other_pages_load_cleanly(show: Show, html: str) -> None:
    page = show(html, width=360, height=640)
    assert page.get_by_role("heading", level=1).is_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
