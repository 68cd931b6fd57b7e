"""Images and page links in drafts name only what is known; others become words, or are refused with the reason."""

from __future__ import annotations

import pytest

from common import storage_format as sf
from handlers.document_orchestrator.drafting import edit_page_prompt, new_page_prompt
from handlers.document_orchestrator.drafting.edit_page_prompt import InvalidEditAnswer

PAGE = (
    '<p><ac:image><ri:attachment ri:filename="a b.png" /></ac:image></p>'
    '<p><ac:link><ri:page ri:content-title="Known &amp; linked" /></ac:link></p><p>text</p>'
)
KNOWN = ("![x](a%20b.png)", "[l](confluence-page:Known%20%26%20linked)", "[Found](confluence-page:found)")
UNKNOWN = {
    "![x](other.png)": "x",
    "![x](<img/other one.png> 'title')": "x",
    "[l](confluence-page:No%20such)": "l",
    "[**No** such](ac:)": "<strong>No</strong> such",
    "[l](confluence-page:No%20such?space=X#here)": "l",
}
CODE = ("`![x](other.png)`", "```\n![x](other.png)\n[l](confluence-page:No)\n```")


def replaced(markdown: str) -> str:
    page = sf.parse(PAGE)
    answer = {"summary": "s", "edits": [{"action": "replace", "block": 3, "markdown": markdown}]}
    outline = sf.outline(page)
    return edit_page_prompt.parse_edits(answer, page, outline, "Page", ["Found"]).storage


def written(markdown: str) -> str:
    answer = {"summary": "s", "markdown": f"## Heading\n\n{markdown}"}
    return new_page_prompt.parse_new_page(answer, "Page", ["Found"]).storage


@pytest.mark.parametrize("markdown", [*KNOWN, *CODE, "[l](https://example.com/other.png)"])
def test_what_is_known_and_what_is_code_stays(markdown: str) -> None:
    assert replaced(markdown) == PAGE.removesuffix("<p>text</p>") + sf.render(markdown)


@pytest.mark.parametrize("markdown", UNKNOWN)
def test_what_is_unknown_becomes_words(markdown: str) -> None:
    assert replaced(f"See {markdown}.") == PAGE.replace("text", f"See {UNKNOWN[markdown]}.")
    assert written(f"See {markdown}.").endswith(f"<p>See {UNKNOWN[markdown]}.</p>")


def test_a_new_page_has_no_attachments_and_links_what_was_found() -> None:
    assert written("![x](a%20b.png) here").endswith("<p>x here</p>")
    assert 'ri:content-title="found"' in written(KNOWN[2])


@pytest.mark.parametrize(
    ("markdown", "reason"),
    [
        ("See ![x][1].\n\n[1]: other.png", "'other.png'"),
        ("See [l][1].\n\n[1]: confluence-page:No", "no page 'No' was found"),
    ],
)
def test_what_cannot_become_words_is_refused_with_the_reason(markdown: str, reason: str) -> None:
    for make in (replaced, written):
        with pytest.raises(InvalidEditAnswer, match=reason):
            make(markdown)


def test_the_text_of_a_block_of_code_is_not_read_for_names() -> None:
    storage = '<ac:structured-macro ac:name="code"><ac:plain-text-body><![CDATA[a]]></ac:plain-text-body></ac:structured-macro>'
    page = sf.parse(storage)
    answer = {"summary": "s", "edits": [{"action": "replace", "block": 1, "markdown": "![x](b.png)"}]}
    edited = edit_page_prompt.parse_edits(answer, page, sf.outline(page)).storage
    assert edited == storage.replace("[a]", "[![x](b.png)]")


def test_the_title_of_a_box_can_be_replaced() -> None:
    storage = (
        '<ac:structured-macro ac:name="expand"><ac:parameter ac:name="title">Old</ac:parameter>'
        "<ac:rich-text-body><p>in</p></ac:rich-text-body></ac:structured-macro>"
    )
    page = sf.parse(storage)
    answer = {"summary": "s", "edits": [{"action": "replace", "block": 2, "markdown": "New"}]}
    edited = edit_page_prompt.parse_edits(answer, page, sf.outline(page)).storage
    assert edited == storage.replace("Old", "New")


@pytest.mark.parametrize(
    "markdown", ["![x](other.png)", "See ![x](other.png).", "See ![x][1].\n\n[1]: other.png"]
)
def test_an_attachment_that_the_page_does_not_show_yet_is_asked_for(markdown: str) -> None:
    page = sf.parse(PAGE)
    answer = {"summary": "s", "edits": [{"action": "replace", "block": 3, "markdown": markdown}]}
    outline = sf.outline(page)
    edited = edit_page_prompt.parse_edits(answer, page, outline, "Page", [], lambda: ["other.png"])
    assert '<ri:attachment ri:filename="other.png"' in edited.storage


@pytest.mark.parametrize("markdown", [*KNOWN, *CODE, "text"])
def test_without_an_unknown_image_attachments_are_not_asked_for(markdown: str) -> None:
    page = sf.parse(PAGE)
    answer = {"summary": "s", "edits": [{"action": "replace", "block": 3, "markdown": markdown}]}

    def asked() -> list[str]:
        raise AssertionError("this costs a request")

    edit_page_prompt.parse_edits(answer, page, sf.outline(page), "Page", ["Found"], asked)
