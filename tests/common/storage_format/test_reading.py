"""A page as Markdown and as plain text: all visible text is kept, and the Markdown renders to the same page."""

from __future__ import annotations

import pytest

from common import storage_format as sf


@pytest.mark.parametrize(
    ("storage", "markdown"),
    [
        ("<h2>A <em>b</em></h2><p>c<br/>d</p>", "## A *b*\n\nc\\\nd\n"),
        ("<ul><li>a<ol><li>b</li></ol></li><li><p>c</p><p>d</p></li></ul>", "- a\n  1. b\n- c\n\n  d\n"),
        (
            "<table><tbody><tr><th>a</th><th>b|c</th></tr><tr><td><p>1</p><p>2</p></td><td><ul><li>x</li></ul></td></tr>"
            "</tbody></table>",
            "| a | b\\|c |\n| --- | --- |\n| 1<br>2 | - x |\n",
        ),
        (
            '<ac:structured-macro ac:name="code"><ac:parameter ac:name="language">py</ac:parameter><ac:plain-text-body>'
            "<![CDATA[a = ']]]]><![CDATA[>']]></ac:plain-text-body></ac:structured-macro>",
            "```py\na = ']]>'\n```\n",
        ),
        (
            '<p><ac:link ac:anchor="x y"><ri:page ri:space-key="K" ri:content-title="T #1" /></ac:link></p>',
            "[T #1](confluence-page:T%20%231?space=K#x%20y)\n",
        ),
        (
            '<p><ac:image ac:alt="pic"><ri:attachment ri:filename="a b.png"/></ac:image>'
            '<ac:image><ri:url ri:value="https://e.com/x.png"/></ac:image></p>',
            "![pic](a%20b.png)![](https://e.com/x.png)\n",
        ),
        (
            '<p><ac:link><ri:user ri:account-id="5b"/></ac:link> <time datetime="2024-01-02"/> '
            '<ac:emoticon ac:name="smile" ac:emoji-fallback="🙂"/> '
            '<ac:structured-macro ac:name="status"><ac:parameter ac:name="title">OK</ac:parameter></ac:structured-macro> '
            '<ac:structured-macro ac:name="jira"><ac:parameter ac:name="key">A-1</ac:parameter></ac:structured-macro></p>',
            "@5b 2024-01-02 🙂 \\[OK\\] \\[jira: A-1\\]\n",
        ),
        (
            '<ac:structured-macro ac:name="note"><ac:rich-text-body><p>a</p></ac:rich-text-body></ac:structured-macro>'
            '<ac:structured-macro ac:name="expand"><ac:parameter ac:name="title">T</ac:parameter><ac:rich-text-body>'
            "<p>b</p></ac:rich-text-body></ac:structured-macro>",
            "> [!WARNING]\n> a\n\n<details><summary>T</summary>\n\nb\n\n</details>\n",
        ),
        ("<p>1. not a list</p><p># no # heading</p><p>a*b_c_d `e` [f] &lt;g&gt; &amp;amp;</p>",
         "1\\. not a list\n\n\\# no # heading\n\na\\*b_c_d \\`e\\` \\[f\\] \\<g> \\&amp;\n"),
        ("", ""),
    ],
)  # fmt: skip
def test_pages_read_as_markdown(storage: str, markdown: str) -> None:
    assert sf.to_markdown(storage) == markdown


def test_markdown_of_a_page_renders_to_an_equivalent_page() -> None:
    storage = (
        '<h1>T</h1><p>a <strong>b</strong> <code>c`d</code> <a href="https://e.com/x_(y)">e</a></p>'
        '<ul><li>x</li><li>y<ul><li>z</li></ul></li></ul><ol start="3"><li>t</li></ol><blockquote><p>q</p></blockquote><hr />'
        '<ac:structured-macro ac:name="tip"><ac:rich-text-body><p>t</p></ac:rich-text-body></ac:structured-macro>'
        "<table><thead><tr><th>a</th></tr></thead><tbody><tr><td>b</td></tr></tbody></table>"
        '<p><ac:link><ri:page ri:content-title="A &amp; B" /><ac:plain-text-link-body><![CDATA[x]]></ac:plain-text-link-body>'
        "</ac:link></p>"
    )
    assert sf.equivalent(sf.render(sf.to_markdown(storage)), storage)


def test_plain_text_has_a_line_for_each_block() -> None:
    storage = (
        "<h1>T&nbsp;x</h1><p>a <b>b</b>c<br/>d</p><ul><li>e</li></ul>"
        '<ac:structured-macro ac:name="panel"><ac:parameter ac:name="bgColor">#fff</ac:parameter>'
        '<ac:parameter ac:name="title">P</ac:parameter><ac:rich-text-body><p>f</p></ac:rich-text-body></ac:structured-macro>'
        '<p><ac:link><ri:page ri:content-title="Page" /></ac:link><![CDATA[ <g> ]]><!-- h --></p>'
        "<ac:task-list><ac:task><ac:task-id>9</ac:task-id><ac:task-status>complete</ac:task-status>"
        "<ac:task-body>i</ac:task-body></ac:task></ac:task-list>"
    )
    assert sf.plain_text(storage).split("\n") == ["T x", "a bc", "d", "e", "P", "f", "Page <g>", "i"]


def test_sections_are_split_at_headings() -> None:
    """Each section has the headings above it."""
    sections = sf.sections("<p>0</p><h1>A</h1><p>1</p><h2>B</h2><h2>C</h2><p>2</p><p>3</p><h1>D</h1>")
    assert [(section.headings, section.text) for section in sections] == [
        ((), "0"), (("A",), "1"), (("A", "B"), ""), (("A", "C"), "2\n3"), (("D",), ""),
    ]  # fmt: skip
    assert sf.sections("") == ()


@pytest.mark.parametrize("read", [sf.to_markdown, sf.plain_text, sf.sections])
def test_malformed_storage_is_refused(read: object) -> None:
    assert callable(read)
    with pytest.raises(sf.MalformedStorage):
        read("<p>")


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("<p>a <b>b</b></p>", '<p local-id="1">a\n <strong>b</strong></p>\n', True),
        ("<p>a</p><p>b</p>", "<p>a</p> \n <p>b</p>", True),
        ('<a href="x" title="y">z</a>', "<a title='y'  href='x'>z</a>", True),
        ("<p>&auml;&nbsp;&#65;</p>", "<p>ä\u00a0A</p>", True),
        ("<p><![CDATA[<x>]]></p>", "<p>&lt;x&gt;</p>", True),
        (
            '<ac:structured-macro ac:name="a" ac:macro-id="1"/>',
            '<ac:structured-macro ac:name="a" ac:schema-version="1"/>',
            True,
        ),
        ('<time datetime="1"/>', '<time datetime="1"></time>', True),
        ("<p>a b</p>", "<p>ab</p>", False),
        ("<p>a</p>", "<p>A</p>", False),
        ("<p>a <em>b</em></p>", "<p>a<em>b</em></p>", False),
        ('<a href="x">z</a>', '<a href="y">z</a>', False),
        ("<pre>a  b</pre>", "<pre>a b</pre>", False),
        ("<h1>a</h1>", "<h2>a</h2>", False),
        ("<p>a</p><p>b</p>", "<p>b</p><p>a</p>", False),
    ],
)
def test_equivalence_ignores_what_confluence_rewrites(one: str, other: str, same: bool) -> None:
    assert sf.equivalent(one, other) is same
    assert sf.equivalent(other, one) is same


def test_equivalence_ignores_the_order_of_macro_parameters() -> None:
    """The order of other content counts."""
    macro = '<ac:structured-macro ac:name="x">{}</ac:structured-macro>'
    one, two = ('<ac:parameter ac:name="%s">1</ac:parameter>' % name for name in "ab")  # noqa: UP031
    assert sf.equivalent(macro.format(one + two), macro.format(two + one))
