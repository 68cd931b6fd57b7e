"""Parsing: which blocks a page has and where, and which text is refused as malformed."""

from __future__ import annotations

import time

import pytest

from common import storage_format as sf


def kinds(storage: str) -> list[tuple[str, str]]:
    return [(block.kind, block.source) for block in sf.parse(storage).blocks]


def test_blocks_are_found_through_layouts_panels_and_expands() -> None:
    page = sf.parse(
        '<ac:layout><ac:layout-section ac:type="single"><ac:layout-cell>'
        '<ac:structured-macro ac:name="expand"><ac:parameter ac:name="title">More</ac:parameter><ac:rich-text-body>'
        "<h2>Title</h2><p>text</p></ac:rich-text-body></ac:structured-macro>"
        "</ac:layout-cell></ac:layout-section></ac:layout>"
    )
    assert [(block.kind, block.source) for block in page.blocks] == [
        ("heading", "<h2>Title</h2>"),
        ("paragraph", "<p>text</p>"),
    ]
    assert page.blocks[1].containers == ("layout", "layout-section", "layout-cell", "expand")
    assert page.blocks[1].headings == ("Title",)
    assert page.blocks[0].headings == ()


def test_items_rows_and_tasks_are_blocks_of_their_own() -> None:
    assert kinds("<ul><li>a</li><li><p>b</p></li></ul>") == [
        ("list_item", "<li>a</li>"),
        ("list_item", "<li><p>b</p></li>"),
    ]
    assert kinds("<table><tbody><tr><th>a</th><td><p>b</p></td></tr></tbody></table>") == [
        ("table_row", "<tr><th>a</th><td><p>b</p></td></tr>")
    ]
    task = "<ac:task><ac:task-id>1</ac:task-id><ac:task-status>complete</ac:task-status><ac:task-body>x</ac:task-body></ac:task>"
    assert kinds(f"<ac:task-list>{task}{task}</ac:task-list>") == [("task", task), ("task", task)]


def test_an_item_with_a_nested_list_is_several_blocks() -> None:
    """Its own text is one block, and each nested item is another."""
    assert kinds("<ul><li>a <b>b</b><ul><li>c</li></ul></li></ul>") == [
        ("list_item", "a <b>b</b>"),
        ("list_item", "<li>c</li>"),
    ]


def test_cells_with_blocks_are_containers() -> None:
    page = sf.parse("<table><tbody><tr><td><h2>x</h2><p>y</p></td><td>loose</td></tr></tbody></table>")
    assert [(block.kind, block.source) for block in page.blocks] == [
        ("heading", "<h2>x</h2>"),
        ("paragraph", "<p>y</p>"),
        ("paragraph", "loose"),
    ]
    assert page.blocks[1].containers == ("table", "tbody", "tr", "td")
    assert page.blocks[2].headings == ()


def test_loose_text_is_a_paragraph_with_its_inline_macros() -> None:
    status = '<ac:structured-macro ac:name="status"><ac:parameter ac:name="title">ON</ac:parameter></ac:structured-macro>'
    assert kinds(f"one <em>two</em> {status} three<p>four</p>\n five ") == [
        ("paragraph", f"one <em>two</em> {status} three"),
        ("paragraph", "<p>four</p>"),
        ("paragraph", "five"),
    ]


def test_an_inline_element_around_blocks_is_a_container() -> None:
    assert kinds("before <span><p>a</p> loose </span> after") == [
        ("paragraph", "before"),
        ("paragraph", "<p>a</p>"),
        ("paragraph", "loose"),
        ("paragraph", "after"),
    ]


def test_macros_code_images_rules_and_quotes_are_blocks() -> None:
    code = (
        '<ac:structured-macro ac:name="code"><ac:plain-text-body><![CDATA[<p>]]]]><![CDATA[>]]></ac:plain-text-body>'
        "</ac:structured-macro>"
    )
    toc = '<ac:structured-macro ac:name="toc" />'
    image = '<ac:image><ri:attachment ri:filename="a.png"/></ac:image>'
    storage = f"{code}{toc}{image}<hr/><blockquote><p>q</p></blockquote><pre>x</pre>"
    assert [kind for kind, _ in kinds(storage)] == ["code", "macro", "image", "rule", "quote", "code"]


def test_markup_in_comments_cdata_and_instructions_is_ignored() -> None:
    assert kinds("<!-- <p>a</p> --><p>b<![CDATA[</p><p>]]></p><?x <p> ?>") == [
        ("paragraph", "<p>b<![CDATA[</p><p>]]></p>")
    ]


def test_an_adf_fallback_is_not_a_block() -> None:
    """The panel content is a block; its fallback copy is not."""
    storage = (
        '<ac:adf-extension><ac:adf-node type="panel"><ac:adf-attribute key="panel-type">note</ac:adf-attribute>'
        "<ac:adf-content><p>in</p></ac:adf-content></ac:adf-node><ac:adf-fallback><p>in</p></ac:adf-fallback>"
        "</ac:adf-extension>"
    )
    assert kinds(storage) == [("paragraph", "<p>in</p>")]


@pytest.mark.parametrize("storage", ["", " \r\n", "text", "<ac:layout></ac:layout>", "&nbsp;", "<!-- x -->"])
def test_nearly_empty_pages_are_reassembled(storage: str) -> None:
    page = sf.parse(storage)
    assert (
        page.prefix + "".join(b.source for b in page.blocks) + page.suffix == storage or len(page.blocks) > 1
    )
    assert sf.apply(page, []).storage == storage


def test_block_ids_are_unique_and_stable() -> None:
    """Equal blocks have different ids; a block keeps its id when others are added."""
    page = sf.parse("<p>a</p><p>a</p><p>b</p>")
    assert len({block.id for block in page.blocks}) == 3
    assert sf.parse("<p>new</p><p>b</p>").blocks[1].id == page.blocks[2].id
    assert page.block(page.blocks[1].id).span == (8, 16)
    with pytest.raises(sf.InvalidEdit):
        page.block("nonsense")


@pytest.mark.parametrize(
    ("storage", "line", "column", "what"),
    [
        ("<p>a", 1, 5, "ends inside"),
        ("a\n</p>", 2, 3, "mismatched"),
        ("a</r>b", 1, 6, "end tag without"),
        ("<p>\n&foo;</p>", 2, 1, "undefined entity"),
        ("<p>日本 & x</p>", 1, 8, "not well-formed"),
        ("x\ud800", 1, 2, "surrogate"),
        ("<p>\x00</p>", 1, 4, "not well-formed"),
        ("<p a='1' a='2'/>", 1, 10, "duplicate attribute"),
        ('<!DOCTYPE r [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>&b;', 1, 3, "not well-formed"),
        ('<!DOCTYPE r SYSTEM "file:///etc/passwd">', 1, 3, "not well-formed"),
        ("<?xml version='1.0'?><p/>", 1, 1, "declaration"),
    ],
)
def test_malformed_text_is_refused_with_line_and_column(
    storage: str, line: int, column: int, what: str
) -> None:
    with pytest.raises(sf.MalformedStorage) as refusal:
        sf.parse(storage)
    assert (refusal.value.line, refusal.value.column) == (line, column)
    assert what in refusal.value.what


@pytest.mark.parametrize(
    "storage",
    [
        "<div>" * 100_000 + "</div>" * 100_000,
        "<b>" * 100_000 + "</b>" * 100_000,
        "<p>" + "<b>" * 1_000 + "</b>" * 1_000 + "</p>",
        '<p title="' + "x" * 40_000_000 + '"/>',
        "<" * 1_000_000,
    ],
    ids=["deep blocks", "deep inline", "deep in a paragraph", "huge attribute", "angles"],
)
def test_hostile_pages_are_refused_quickly(storage: str) -> None:
    begun = time.process_time()
    with pytest.raises(sf.MalformedStorage):
        sf.parse(storage)
    assert time.process_time() - begun < 2


def test_xhtml_entities_are_decoded() -> None:
    page = sf.parse("<p>&nbsp;&hellip;&rarr;&auml;&euro;&thetasym;</p>")
    assert sf.plain_text(page.source) == "…→ä€ϑ"


def test_a_page_of_five_megabytes_is_parsed_and_edited() -> None:
    storage = "".join(f"<p>paragraph {number} with some <b>text</b></p>" for number in range(110_000))
    page = sf.parse(storage)
    target = page.blocks[55_000]
    edited = sf.apply(page, [sf.Replace(target.id, "new")]).storage
    assert edited == storage.replace(target.source, "<p>new</p>")
