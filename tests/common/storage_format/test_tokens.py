"""Content without a Markdown form survives an edit byte for byte: tokens, comment markers, link attributes."""

from __future__ import annotations

import pytest

from common import storage_format as sf

LINK = '<ac:link ac:card-appearance="inline"><ri:page ri:content-title="A &amp; B" /><ac:link-body>x</ac:link-body></ac:link>'
USER = '<ac:link><ri:user ri:account-id="5b" /></ac:link>'
SMILE = "<ac:emoticon  ac:name='smile'/>"
STATUS = '<ac:structured-macro ac:name="status" ac:macro-id="9"><ac:parameter ac:name="title">DONE</ac:parameter></ac:structured-macro>'
TOC = '<ac:structured-macro ac:name="toc" ac:schema-version="1" />'
STORAGE = f'<p>See {LINK} by {USER} {SMILE} on <time datetime="2024-05-06" /> {STATUS}.</p>{TOC}'


def apply(storage: str, markdown: str, number: int = 0) -> sf.Edited:
    page = sf.parse(storage)
    return sf.apply(page, [sf.Replace(page.blocks[number].id, markdown)])


def test_content_without_markdown_form_becomes_a_token() -> None:
    assert sf.outline(sf.parse(STORAGE)).text == (
        "[1] See ⟦page-link 1: x⟧ by ⟦mention 2⟧ ⟦emoticon 3: smile⟧ on ⟦date 4: 2024-05-06⟧ ⟦status 5: DONE⟧.\n"
        "[2] ⟦toc-macro 6⟧"
    )


def test_moved_tokens_are_restored() -> None:
    edited = apply(
        STORAGE, "⟦status 5⟧ **⟦mention 2: whoever⟧** wrote ⟦page-link 1: x⟧\n\n- on ⟦date 4⟧ ⟦emoticon 3⟧"
    )
    assert edited.storage == (
        f"<p>{STATUS} <strong>{USER}</strong> wrote {LINK}</p>"
        f'<ul><li>on <time datetime="2024-05-06" /> {SMILE}</li></ul>{TOC}'
    )
    assert edited.changes[0].removed == ()


def test_removed_tokens_are_reported() -> None:
    edited = apply(STORAGE, "See ⟦page-link 1⟧ and ⟦mention 2⟧.")
    assert edited.changes[0].removed == (
        sf.Token("emoticon", "smile"),
        sf.Token("date", "2024-05-06"),
        sf.Token("status", "DONE"),
    )
    page = sf.parse(STORAGE)
    assert sf.apply(page, [sf.Delete(page.blocks[1].id)]).changes[0].removed == (sf.Token("toc-macro", ""),)


@pytest.mark.parametrize(
    ("markdown", "reason"),
    [
        ("⟦page-link 1⟧ ⟦page-link 1⟧", "twice"),
        ("⟦page-link 9⟧", "not a token"),
        ("⟦jira-macro 1⟧", "not a token"),
        ("⟦anything⟧", "not a token"),
        ("`⟦page-link 1⟧` is fine, ```⟦mention 2⟧``` too", ""),
        ("```\n⟦page-link 1⟧\n```", "inside code"),
        ("[x](https://example.com/⟦page-link 1⟧)", "address"),
        ("⟦toc-macro 6⟧", "would appear twice"),
    ],
)
def test_tokens_cannot_be_invented_doubled_or_hidden(markdown: str, reason: str) -> None:
    if not reason:
        assert apply(STORAGE, markdown).storage
        return
    with pytest.raises(sf.InvalidEdit, match=reason):
        apply(STORAGE, markdown)


def test_a_token_can_move_between_edited_blocks_once() -> None:
    page = sf.parse(STORAGE)
    one, two = page.blocks
    edited = sf.apply(
        page, [sf.Replace(one.id, "gone: ⟦toc-macro 6⟧"), sf.Replace(two.id, "here: ⟦status 5⟧")]
    )
    assert edited.storage == f"<p>gone: {TOC}</p><p>here: {STATUS}</p>"
    assert sf.Token("toc-macro", "") not in edited.changes[1].removed
    with pytest.raises(sf.InvalidEdit, match="two edits"):
        sf.apply(page, [sf.Replace(one.id, "⟦toc-macro 6⟧"), sf.Replace(two.id, "⟦toc-macro 6⟧")])


def test_a_macro_alone_needs_no_paragraph() -> None:
    assert apply(STORAGE, "Before\n\n⟦toc-macro 6⟧\n\nafter", 1).storage.endswith(
        f"<p>Before</p>{TOC}<p>after</p>"
    )


def test_literal_token_brackets_are_doubled() -> None:
    storage = "<p>a ⟦page-link 1⟧ and <code>⟦x⟧</code></p>"
    page = sf.parse(storage)
    shown = page.markdown(0)
    assert shown == "a ⟦⟦page-link 1⟧ and `⟦⟦x⟧`"
    assert apply(storage, shown + " more").storage == "<p>a ⟦page-link 1⟧ and <code>⟦x⟧</code> more</p>"


MARKED = (
    '<p>It is <ac:inline-comment-marker ac:ref="r1">very <em>fast</em></ac:inline-comment-marker> now.</p>'
)


def test_a_comment_marker_stays_around_its_text() -> None:
    assert apply(MARKED, "Today it is very *fast*, they say.").storage == (
        '<p>Today it is <ac:inline-comment-marker ac:ref="r1">very <em>fast</em></ac:inline-comment-marker>, they say.</p>'
    )


def test_a_comment_marker_across_markup_is_split() -> None:
    """Both parts keep the same reference."""
    edited = apply(MARKED, "It **is very** fast now")
    assert edited.changes[0].removed == ()
    assert edited.storage.count('ac:ref="r1"') == 2
    assert sf.plain_text(edited.storage) == "It is very fast now"


def test_a_comment_marker_without_its_text_is_reported() -> None:
    assert apply(MARKED, "It is slow now.").changes[0].removed == (sf.Token("inline-comment", "very fast"),)
    page = sf.parse(MARKED)
    assert sf.apply(page, [sf.Delete(page.blocks[0].id)]).changes[0].removed[0].kind == "inline-comment"


def test_markers_around_a_token_and_in_code_stay() -> None:
    storage = (
        f'<p><ac:inline-comment-marker ac:ref="r1">see {LINK}</ac:inline-comment-marker> or '
        '<code><ac:inline-comment-marker ac:ref="r2">make</ac:inline-comment-marker></code></p>'
    )
    edited = apply(storage, "Do see ⟦page-link 1⟧ or `make`")
    assert edited.changes[0].removed == ()
    assert edited.storage == storage.replace("<p>", "<p>Do ")


def test_markers_in_unchanged_cells_stay() -> None:
    storage = (
        '<table><tbody><tr><td><ac:inline-comment-marker ac:ref="r1">a</ac:inline-comment-marker></td><td>b</td></tr>'
        "</tbody></table>"
    )
    edited = apply(storage, "| a | c |")
    assert edited.storage == storage.replace("<td>b", "<td>c")
    assert edited.changes[0].removed == ()


def test_spans_and_link_attributes_survive() -> None:
    storage = '<p><span style="color: red">red</span> <a href="https://e.com/?a=1&amp;b=2" data-card="1">card</a></p>'
    assert apply(storage, "Still red: [card two](https://e.com/?a=1&b=2)").storage == (
        '<p>Still <span style="color: red">red</span>: <a href="https://e.com/?a=1&amp;b=2" data-card="1">card two</a></p>'
    )


def test_among_equal_words_the_same_one_stays_marked() -> None:
    marker = '<ac:inline-comment-marker ac:ref="r1">cache</ac:inline-comment-marker>'
    edited = apply(f"<p>cache, {marker} and cache</p>", "A cache, cache or cache")
    assert edited.storage == f"<p>A cache, {marker} or cache</p>"


_CAPTIONED = (
    '<ac:image ac:width="300" ac:border="true" ac:alt="Alt"><ri:attachment ri:filename="a.png" />'
    '<ac:caption local-id="c"><p local-id="p">{}</p></ac:caption></ac:image>'
)


@pytest.mark.parametrize(
    "around",
    [
        "{}",
        "<p>before {} after</p>",
        "<p>{}after</p>",
        "<p>before {}<strong>after</strong></p>",
        '<p>{}<ac:image><ri:attachment ri:filename="b.png" /></ac:image> after</p>',
        "<ul><li>{}</li></ul>",
        "<table><tbody><tr><td>{}</td></tr></tbody></table>",
    ],
)
def test_a_caption_is_shown_kept_and_changed(around: str) -> None:
    """All else of the image stays, and there is never a second caption."""
    link = '<ac:link><ri:page ri:content-title="P" /></ac:link>'
    old, new = (
        around.format(_CAPTIONED.format(f"A <strong>{word}</strong> in use, see {link}"))
        for word in ("lattice", "grid")
    )
    page = sf.parse(old)
    shown = sf.outline(page).text
    assert "⟦image 1: Alt⟧ _A **lattice** in use, see ⟦page-link 2: P⟧_" in shown
    number = page.blocks[0].number
    markdown = page.markdown(number)
    assert sf.apply(page, [sf.Replace(page.blocks[0].id, markdown.replace("lattice", "grid"))]).storage == new
    starred = markdown.replace(" _A", " *A").replace("⟧_", "⟧*").replace("**lattice**", "__lattice__")
    assert "local-id" in sf.apply(page, [sf.Replace(page.blocks[0].id, starred)]).storage
    alone = sf.apply(
        page,
        [
            sf.Replace(
                page.blocks[0].id,
                markdown.replace(markdown[markdown.index(" _A") : markdown.index("⟧_") + 2], ""),
            )
        ],
    )
    assert alone.storage.count("<ac:caption") == 1
    assert alone.changes[0].removed == ()


@pytest.mark.parametrize(
    "tag", ["u", 'span class="x"', 'ac:inline-comment-marker ac:ref="r"'], ids=["u", "span", "comment"]
)
@pytest.mark.parametrize("inside", ["{}", "before {}", "{} <strong>after</strong>"])
def test_a_caption_stays_in_its_image_whatever_is_around_both(tag: str, inside: str) -> None:
    wrapped = f"<{tag}>{inside.format(_CAPTIONED.format('A <em>lattice</em> plan'))}</{tag.split()[0]}>"
    page = sf.parse(f"<p>{wrapped} last</p>")
    edited = sf.apply(page, [sf.Replace(page.blocks[0].id, page.markdown(0).replace("last", "words"))])
    assert edited.storage.count("<ac:caption") == edited.storage.count("</ac:caption></ac:image>") == 1
    assert (wrapped in edited.storage) != bool(edited.changes[0].removed)


def test_emphasis_after_an_image_without_a_caption_stays_emphasis() -> None:
    storage = '<p><ac:image><ri:attachment ri:filename="a.png" /></ac:image> <em>text</em></p>'
    page = sf.parse(storage)
    edited = sf.apply(page, [sf.Replace(page.blocks[0].id, page.markdown(0).replace("text", "word"))])
    assert edited.storage == storage.replace("text", "word")


def test_a_caption_is_read_back_from_markdown_for_people() -> None:
    rendered = sf.render("![Alt](a.png) *A **b***\n")
    assert "<ac:caption><p>A <strong>b</strong></p></ac:caption></ac:image>" in rendered
    assert sf.equivalent(sf.render(sf.to_markdown(rendered)), rendered)
    assert "caption" not in sf.render("see ![a](b.png) *now* and then")
