"""The review ticket shows the change, is valid ADF, and fits Jira's limit for any page."""

import json
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from common.domain.document import ScoredPage
from common.markup import adf
from common.storage_format import BlockChange, Delete, Token
from handlers.review_ticket_creator import ticket_description
from handlers.review_ticket_creator.review_content import Review
from tests.common.markup import adf_schema
from tests.handlers.review_ticket_creator.diff import samples


def described(review: Review) -> adf.Node:
    """The description, checked against Jira's rules and limit."""
    description = ticket_description.description(review)
    adf_schema.check(description)
    assert len(json.dumps(description)) <= 32_767
    return description


def marked(node: adf.Node, kind: str) -> str:
    """All text with a mark of this type."""
    found = node["text"] if any(mark["type"] == kind for mark in node.get("marks", ())) else ""
    return found + "".join(marked(child, kind) for child in node.get("content", ()))


def colored(node: adf.Node, hex_color: str) -> str:
    marks = node.get("marks", ())
    found = node["text"] if any(mark.get("attrs", {}).get("color") == hex_color for mark in marks) else ""
    return found + " ".join(filter(None, (colored(child, hex_color) for child in node.get("content", ()))))


def test_the_ticket_shows_change_reason_page_and_instructions() -> None:
    text = adf.adf_to_text(described(samples.review()))
    assert "Raises the partner limit to 250 requests per minute" in text
    assert "PAY-128 (https://jira.example.com/browse/PAY-128) Raise the rate limit" in text
    assert "Rate limits (https://wiki.example.com/wiki/spaces/SD/pages/4711/Rate+limits)" in text
    assert "The page holds the table of limits per plan" in text
    assert "92% sure; chosen by the model" in text
    assert "2 of doc-5f2c9a71" in text
    assert "APPROVED publishes exactly this revision" in text
    assert "https://api.example.com/prod/reviews/doc-5f2c9a71/2?signature=abc" in text


def test_insertions_are_green_and_deletions_red_and_struck() -> None:
    description = described(samples.review())
    assert "250" in colored(description, "#006644")
    assert "100" in colored(description, "#bf2600")
    assert "100" in marked(description, "strike")
    assert "100" not in colored(description, "#006644")


def test_changes_are_shown_under_their_headings() -> None:
    text = adf.adf_to_text(described(samples.review()))
    assert "Rate limits › Limits per plan\n\n| Plan |" in text
    assert "| Partner | ~~100~~250 | ~~40~~80 |" in text


def test_text_far_from_a_change_is_not_shown() -> None:
    assert "introduced in 2021" not in adf.adf_to_text(described(samples.review()))


def test_removed_macros_and_comments_cause_a_warning() -> None:
    """And images are named."""
    description = described(samples.review())
    (warning,) = [n for n in description["content"] if n.get("attrs", {}).get("panelType") == "warning"]
    assert "inline comment: rotate" in adf.adf_to_text(warning)
    assert "jira macro: PAY-7" in adf.adf_to_text(warning)
    text = adf.adf_to_text(description)
    assert "Images added:\n\n- limits-2026.png" in text
    assert "Images removed:\n\n- limits.png" in text
    assert '"warning"' not in json.dumps(described(samples.review(changes=())))


def test_a_new_page_names_its_parent_and_shows_its_text() -> None:
    review = samples.review(
        kind="create", before="", parent_title="Payments API", page_url=None, changes=(), previous=None
    )
    text = adf.adf_to_text(described(review))
    assert "New page “Rate limits” under “Payments API”" in text
    assert "Requests above the limit are answered with" in text
    assert "Images" not in text


def test_a_new_page_without_a_parent_is_below_the_homepage() -> None:
    review = samples.review(kind="create", before="", page_url=None, changes=(), previous=None)
    assert "New page “Rate limits” below the homepage of the space" in adf.adf_to_text(described(review))
    hidden = samples.review(
        kind="create", before="", parent_title="", page_url=None, changes=(), previous=None
    )
    text = adf.adf_to_text(described(hidden))
    assert "New page “Rate limits”" in text
    assert "homepage" not in text


def changes_of(before: str, after: str, kind: str = "update") -> list[adf.Node]:
    """Return the blocks between the legend of the changes and the end of the ticket."""
    blocks = described(samples.review(kind=kind, before=before, after=after, changes=(), previous=None))[
        "content"
    ]
    legend = next(n for n, block in enumerate(blocks) if block["type"] == "heading") + 1
    return list(blocks[legend + 1 : -2])


def test_the_first_screen_says_page_reason_and_what_to_do() -> None:
    other = ScoredPage("2", "Other page", 3.2, "https://site.test/2", "shared words: limit")
    blocks = described(samples.review(changes=(), considered=(other,)))["content"]
    first = adf.adf_to_text(adf.doc(*blocks[:3]))
    for text in ("Rate limits", "Why this page", "PAY-128", "APPROVED publishes exactly this revision"):
        assert text in first
    assert "doc-5f2c9a71" not in first.replace("/reviews/doc-5f2c9a71", "")
    last = adf.adf_to_text(adf.doc(blocks[-1]))
    assert "2 of doc-5f2c9a71" in last
    assert "Other page" in last


def test_considered_pages_are_links_with_words_and_reasons() -> None:
    considered = (
        ScoredPage("2", "Quotas", 3.25, "https://site.test/2", "shared words: limit"),
        ScoredPage("3", "Release notes 2.4", 0.0, "https://site.test/3", left_out="it is a record"),
        ScoredPage("4", "From before", 1.0),
    )
    blocks = described(samples.review(changes=(), considered=considered))["content"]
    last = json.dumps(blocks[-1])
    text = adf.adf_to_text(adf.doc(blocks[-1]))
    assert "https://site.test/2" in last
    assert "https://site.test/3" in last
    assert "Quotas: shared words: limit" in text.replace(" (https://site.test/2)", "")
    assert "left out, because it is a record" in text
    assert "From before" in text
    assert "3.25" not in text


def test_headings_lists_and_tables_are_such() -> None:
    blocks = changes_of(
        "<p>x</p>",
        "<p>x</p><h2>Limits</h2><ul><li>a</li><li>b</li></ul><ol start='3'><li>c</li><li>d</li></ol>"
        "<table><tbody><tr><th>Name</th><th>Limit</th></tr><tr><td>n</td><td>5</td></tr></tbody></table>",
    )
    assert [block["type"] for block in blocks] == ["heading", "bulletList", "orderedList", "table"]
    assert len(blocks[3]["content"]) == 2, "the header row, once"
    assert len(blocks[1]["content"]) == 2
    assert blocks[2]["attrs"] == {"order": 3}
    assert len(blocks[2]["content"]) == 2
    text = adf.adf_to_text(adf.doc(*blocks))
    assert "▦" not in text
    assert colored(blocks[0], "#006644") == "Limits"


def test_a_changed_row_stands_under_the_names_of_its_columns() -> None:
    page = "<table><tbody><tr><th>Name</th><th>Limit</th></tr><tr><td>n</td><td>5</td></tr><tr><td>m</td><td>6</td></tr></tbody></table>"
    [table] = changes_of(page, page.replace(">5<", ">50<").replace(">6<", ">60<"))
    assert adf.adf_to_text(adf.doc(table)).splitlines() == [
        "| Name | Limit |",
        "| --- | --- |",
        "| n | ~~5~~50 |",
        "| m | ~~6~~60 |",
    ]


def code(text: str) -> str:
    return (
        '<ac:structured-macro ac:name="code"><ac:parameter ac:name="language">yaml</ac:parameter>'
        f"<ac:plain-text-body><![CDATA[{text}]]></ac:plain-text-body></ac:structured-macro>"
    )


RETRIES = "retries: 3\n\nhosts:\n  - a"


def test_code_of_a_new_page_is_a_code_block() -> None:
    blocks = changes_of("", f"<h2>Setup</h2>{code(RETRIES)}<p>end</p>", "create")
    [block] = [block for block in blocks if block["type"] == "codeBlock"]
    assert block["content"] == [{"type": "text", "text": RETRIES}]
    assert colored(adf.doc(*blocks), "#006644") == "", "its text, not a diff"
    assert "Code · language: yaml" in adf.adf_to_text(adf.doc(*blocks))


def test_a_changed_line_of_code_is_coloured_under_its_label() -> None:
    blocks = changes_of(code(RETRIES), code(RETRIES.replace("3", "5")))
    assert [block["type"] for block in blocks] == ["paragraph", "paragraph"]
    assert adf.adf_to_text(blocks[0]) == "Code · language: yaml"
    assert adf.adf_to_text(blocks[1]) == "retries: ~~3~~5"


def test_a_long_change_omits_its_middle_with_a_count() -> None:
    before = "".join(f"<h2>Part {n}</h2><p>It was {n}.</p><p>-</p>" for n in range(2_000))
    description = described(samples.review(before=before, after=before.replace("It was", "It is")))
    text = adf.adf_to_text(description)
    assert "Part 0\n\nIt ~~was~~is 0." in text
    assert "~~was~~is 1999." in text
    shown = text.count("~~was~~")
    assert f"⋯ {2_000 - shown:,} more passages are left out here" in text
    assert len(json.dumps(description)) > 30_000


@pytest.mark.parametrize(
    "after",
    [
        "<p>" + "long words " * 100_000 + "</p>",
        "<p>" + "🎉" * 50_000 + "</p>",
        "".join(f"<p>{'w' * 3_000}{n}</p>" for n in range(200)),
        "<p>" + "".join(f"<b>a{n}</b> <i>c{n}</i> " for n in range(3_000)) + "</p>",
        "<ac:structured-macro ac:name='code'><ac:plain-text-body><![CDATA[" + "line\n" * 20_000
        + "]]></ac:plain-text-body></ac:structured-macro>",
    ],
)  # fmt: skip
@pytest.mark.parametrize("before", ["", samples.BEFORE, "<p>" + "long other words " * 50_000 + "</p>"])
def test_the_ticket_fits_for_any_page(before: str, after: str) -> None:
    described(samples.review(before=before, after=after))


def test_a_long_code_block_takes_time_in_proportion() -> None:
    def seconds(lines: int) -> float:
        view = samples.review(before="", after=code("line\n" * lines))
        began = time.process_time()
        described(view)
        return time.process_time() - began

    assert min(seconds(16_000) for _ in range(2)) < 8 * min(seconds(4_000) for _ in range(2))


def test_the_ticket_fits_with_long_texts_everywhere() -> None:
    tickets = tuple(samples.TICKET for _ in range(60))
    removed = tuple(
        BlockChange(Delete("b"), "b", (), "x", "", (Token("macro", "🎉" * 5_000),)) for _ in range(50)
    )
    text = described(
        samples.review(
            summary="🎉" * 9_000, why="ü" * 9_000, title="🎉" * 3_000, sources=tickets, changes=removed
        )
    )
    assert "and 40 more" in adf.adf_to_text(text)


def test_content_of_pages_and_tickets_is_plain_text() -> None:
    hostile = "<p>&lt;script&gt;alert(1)&lt;/script&gt; \u202eevil <a href='javascript:alert(1)'>x</a></p>"
    description = described(
        samples.review(after=hostile, summary="a\u202eb\x00c", why="[x|javascript:alert(1)]")
    )
    assert "<script>alert(1)</script>" in adf.adf_to_text(description)
    assert "⟨U+202E⟩" in adf.adf_to_text(description)
    hrefs = [m["attrs"]["href"] for m in _marks(description) if m["type"] == "link"]
    assert all(href.startswith("https://") for href in hrefs)


def _marks(node: adf.Node) -> list[adf.Node]:
    return [*node.get("marks", ()), *(mark for child in node.get("content", ()) for mark in _marks(child))]


_storage = st.lists(
    st.sampled_from(
        ["<p>one two</p>", "<p>one three</p>", "<h2>h</h2>", "<ul><li>a</li><li>b</li></ul>", "<p>&#1;</p>", "text & more",
         "<table><tr><th>k</th><td>v</td></tr></table>", "<p><ac:image><ri:url ri:value='u'/></ac:image></p>", "<p>é🎉</p>"]
    ),
    max_size=12,
).map("".join)  # fmt: skip


@settings(max_examples=25, deadline=None)
@given(_storage, _storage, st.text(max_size=40))
def test_any_pair_of_pages_gives_a_valid_ticket(before: str, after: str, words: str) -> None:
    described(
        samples.review(before=before, after=after, summary=words, title=words, why=words, previous=before)
    )
    adf_schema.check(ticket_description.announcement(samples.review(previous=before, after=after)))


def test_an_invisible_change_is_described() -> None:
    text = adf.adf_to_text(described(samples.review(before="<p>x</p>", after='<p class="a">x</p>')))
    assert (
        "Nothing that a reader sees changes, only details such as attributes. The full diff shows them in the view Source."
        in text
    )


def test_the_summary_is_one_line_of_at_most_255_characters() -> None:
    assert (
        ticket_description.summary_line(samples.review()) == "Review documentation: update of “Rate limits”"
    )
    assert (
        ticket_description.summary_line(samples.review(kind="create", title="A\nB"))
        == "Review documentation: new page “A B”"
    )
    assert len(ticket_description.summary_line(samples.review(title="x" * 400))) == 255


def test_a_revision_is_announced_with_its_changes() -> None:
    text = adf.adf_to_text(ticket_description.announcement(samples.review()))
    assert "Revision 2 is ready for review. Since the previous revision: 2 changed passages." in text
    first = adf.adf_to_text(ticket_description.announcement(samples.review(revision=1, previous=None)))
    assert first.startswith("Revision 1 is ready for review. See what it changes (https://api.example.com")
