"""The diff page is complete, counts correctly, escapes everything and grows only with the change (without a browser)."""

import base64
import hashlib
import re
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from common.markup.html_page import content_security_policy
from handlers.review_page.response_headers import headers
from handlers.review_ticket_creator.diff import diff_page, diff_views
from tests.handlers.review_ticket_creator.diff import samples

_ALLOWED = {
    "html", "head", "meta", "link", "title", "style", "body", "header", "main", "footer", "nav", "section", "h1", "h2", "p",
    "dl", "dt", "dd", "ul", "ol", "li", "a", "br", "span", "div", "fieldset", "legend", "input", "label", "details", "summary",
    "table", "thead", "tbody", "tr", "th", "td", "ins", "del", "b", "i", "u", "s", "sub", "sup", "code", "mark",
}  # fmt: skip
_VOID = {"meta", "link", "br", "input"}


class Page(HTMLParser):
    """A parsed page: balanced tags, ids, links, text."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.attributes: set[tuple[str, str]] = set()
        self.words: list[str] = []
        self.feed(html)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in _ALLOWED, tag
        for name, value in attrs:
            self.attributes.add((tag, name))
            if name == "id":
                self.ids.append(value or "")
            if name == "href":
                self.links.append(value or "")
        if tag not in _VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if not self.open or self.open[-1] != "style":
            self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())


HOSTILE = (
    "<p>&lt;script&gt;alert(1)&lt;/script&gt; &lt;img src=x onerror=alert(1)&gt;</p>"
    "<p><a href='javascript:alert(1)'>click</a> <a href='https://e.org/&quot; onmouseover=&quot;x'>quoted</a></p>"
    "<p>\u202eright to left \u2066 \u200b</p>"
    '<ac:structured-macro ac:name="&lt;b&gt;"><ac:parameter ac:name="x">"&gt;&lt;script&gt;</ac:parameter>'
    "</ac:structured-macro>"
    "<ac:structured-macro ac:name='code'><ac:plain-text-body><![CDATA[</td></table><script>alert(2)</script>]]>"
    "</ac:plain-text-body></ac:structured-macro>"
)


def test_the_page_shows_everything_a_reviewer_needs() -> None:
    page = Page(diff_page.render(samples.review()))
    for words in (
        "Page update · revision 2", "Rate limits", "Raises the partner limit", "PAY-128", "92% sure; chosen by the model",
        "Removed inline comment: rotate", "Image added: limits-2026.png", "Since revision 1", "start a comment with",
    ):  # fmt: skip
        assert words in page.text


def test_the_counts_are_right() -> None:
    text = Page(diff_page.render(samples.review())).text
    assert "4 changed 2 added 1 removed +31 words −6 words" in text
    assert "Changes in 4 places: 4 changed, 2 added, 1 removed passages" in text
    assert "Changes in 5 places: 6 changed, 1 added lines" in text


@settings(max_examples=150, deadline=None)
@given(*[st.lists(st.sampled_from(["a b", "a c", "<b>a</b> d e", "f", "g h i", ""]), max_size=12)] * 2)
def test_added_and_removed_words_add_up(old: list[str], new: list[str]) -> None:
    before, after = ("".join(f"<p>{line}</p>" for line in lines) for lines in (old, new))
    view = diff_views.compare_pages(before, after)
    come, gone = view.words
    totals = [sum(len(re.findall(r"\w+", p.text)) for p in r.passages) for r in (view.before, view.after)]
    assert totals[0] + come - gone == totals[1]


def test_every_anchor_leads_somewhere_and_every_id_is_unique() -> None:
    page = Page(diff_page.render(samples.review()))
    assert len(page.ids) == len(set(page.ids))
    inner = [link[1:] for link in page.links if link.startswith("#")]
    assert inner
    assert set(inner) <= set(page.ids)


@pytest.mark.parametrize(
    ("before", "after"),
    [("", HOSTILE), (HOSTILE, ""), (samples.BEFORE, HOSTILE), (HOSTILE, HOSTILE + "<p>x</p>")],
)
def test_everything_is_escaped(before: str, after: str) -> None:
    texts = {
        "title": '"><script>',
        "summary": "</title><script>x</script>",
        "why": "<img src=x>",
        "chosen_by": "<b>",
    }
    html = diff_page.render(samples.review(before=before, after=after, previous=HOSTILE, **texts))
    page = Page(html)
    assert "<script" not in html
    assert "\u202e" not in html
    assert all(not name.startswith("on") and name != "style" for _, name in page.attributes)
    assert all(link.startswith(("https://", "#", "data:,")) for link in page.links)
    assert "<script>alert(1)</script>" in page.text


def test_links_of_other_schemes_are_text() -> None:
    page = Page(
        diff_page.render(
            samples.review(
                before="", after="<p><a href='JavaScript:x'>a</a></p>", kind="create", previous=None
            )
        )
    )
    assert not any("javascript" in link.lower() for link in page.links)
    assert "a" in page.text.split()


def test_the_policy_allows_only_the_pages_own_style() -> None:
    html = diff_page.render(samples.review())
    (style,) = re.findall(r"<style>(.*?)</style>", html, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = content_security_policy(html)
    assert f"style-src 'sha256-{digest}'" in policy
    assert policy.startswith("default-src 'none'; ")
    assert "script" not in policy
    assert "unsafe" not in policy
    sent = headers(html)["content-security-policy"]
    assert sent == f"{policy}; frame-ancestors 'none'"
    assert headers(html)["cache-control"] == "no-store"


def test_nothing_is_loaded_from_elsewhere() -> None:
    html = diff_page.render(samples.review())
    assert not re.search(r"\b(?:src|srcset|action|poster|data)=", html)
    assert "@import" not in html
    assert "url(" not in html


def test_the_size_of_a_large_page_grows_with_the_change() -> None:
    def size(paragraphs: int) -> int:
        before = "".join(f"<p>Paragraph {n} says {n * n}.</p>" for n in range(paragraphs))
        return len(
            diff_page.render(
                samples.review(before=before, after=before.replace(" 50 says", " 50 tells"), previous=None)
            )
        )

    assert size(20_000) < size(200) + 500


def test_omitted_rows_are_counted() -> None:
    before = "".join(f"<p>Paragraph {n}.</p>" for n in range(1_300))
    text = Page(
        diff_page.render(
            samples.review(before=before, after=before.replace(" 50.", " fifty."), previous=None)
        )
    ).text
    assert "⋯ 47 unchanged passages ⋯" in text
    assert "⋯ 1,246 unchanged passages ⋯" in text


def test_a_change_of_block_type_is_described() -> None:
    text = Page(
        diff_page.render(samples.review(before="<p>Limits</p>", after="<h2>Limits</h2>", previous=None))
    ).text
    assert "was paragraph, now heading 2" in text


def test_a_new_page_has_no_side_by_side() -> None:
    page = Page(
        diff_page.render(
            samples.review(kind="create", before="", previous=None, page_url=None, parent_title="API")
        )
    )
    assert "a new page under “API”" in page.text
    top = Page(diff_page.render(samples.review(kind="create", before="", previous=None, page_url=None)))
    assert "a new page below the homepage of the space" in top.text
    assert "show-page" in page.ids
    assert "show-side" not in page.ids


def test_the_same_review_gives_the_same_bytes() -> None:
    assert diff_page.render(samples.review()) == diff_page.render(samples.review())


def test_without_changes_the_page_points_to_the_source() -> None:
    same = Page(diff_page.render(samples.review(after=samples.BEFORE, previous=None))).text
    assert same.count("No passages change.") == 2
    assert "No lines change." in same
    unseen = samples.review(before="<p>x</p>", after='<p class="a">x</p>', previous=None)
    text = Page(diff_page.render(unseen)).text
    assert "No passages change. Details such as attributes may still change: see the view Source." in text
    assert "Changes in 1 place: 1 changed line" in text


def test_surrogates_and_control_characters_can_be_sent() -> None:
    diff_page.render(samples.review(after="<p>\ud800 \x0c</p>", summary="\udfff")).encode()
