"""Hypothesis strategies for pages and Markdown: everything that storage format may hold, in every spelling.

Pages are generated from a grammar, not from examples, so blocks also end up in unusual places.
"""

from __future__ import annotations

from hypothesis import strategies as st

from common.storage_format.xml import entities

_CHARACTERS = st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\ufffe\uffff")
_ODD = st.sampled_from(
    (
        "&nbsp;",
        "&amp;",
        "&lt;",
        "&#160;",
        "&#x1F600;",
        "&eacute;",
        "\u05e9\u05dc\u05d5\u05dd",
        "日本語",
        "👩‍👩‍👧",
        "\r\n",
        "]]&gt;",
        "⟦x 1⟧",
        "\\",
    )
)
_WORDS = st.text(_CHARACTERS, min_size=1, max_size=12).map(entities.escape_text)
TEXT = st.lists(st.one_of(_WORDS, _ODD, st.just(" "), st.just("word")), max_size=4).map("".join)

_SPACE = st.sampled_from(("", "", "", " ", "\n", "\r\n  ", "<!-- <p>no</p> -->", "<?pi <p> ?>"))
_ATTRIBUTE = st.sampled_from(
    (
        "",
        ' local-id="a-1"',
        " local-id='b'",
        ' class="x > y" style="a"',
        "\n  ac:local-id = 'c'",
        ' data-x="<&amp;>"'.replace("<", "&lt;"),
        ' title="/"',
    )
)


def _element(name: str, content: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    spelled = st.sampled_from((f"</{name}>", f"</{name} >"))
    return st.builds(
        lambda attributes, inside, close: f"<{name}{attributes}>{inside}{close}", _ATTRIBUTE, content, spelled
    )


_EMPTY = st.sampled_from(
    (
        "<br />",
        "<br/>",
        '<ac:emoticon ac:name="smile" />',
        '<time datetime="2024-02-03" />',
        '<ac:link><ri:page ri:content-title="Page &amp; more" /></ac:link>',
        '<ac:link><ri:user ri:account-id="5b:1" /></ac:link>',
        '<ac:link ac:anchor="x"><ac:plain-text-link-body><![CDATA[a <b> ]]]]><![CDATA[> c]]></ac:plain-text-link-body></ac:link>',
        '<ac:image ac:width="10"><ri:attachment ri:filename="a.png"/></ac:image>',
        '<ac:image ac:align="center"><ri:attachment ri:filename="b.png"/><ac:caption><p>A <em>cap</em>_tion_ '
        '<ac:inline-comment-marker ac:ref="c">word</ac:inline-comment-marker></p></ac:caption></ac:image>',
        '<ac:structured-macro ac:name="status"><ac:parameter ac:name="title">DONE</ac:parameter></ac:structured-macro>',
        '<ac:structured-macro ac:name="jira" ac:macro-id="1"><ac:parameter ac:name="key">A-1</ac:parameter></ac:structured-macro>',
        "<x:unknown y='1'/>",
        '<ac:placeholder ac:type="mention">who</ac:placeholder>',
        "<![CDATA[loose <p> & text]]>",
        '<a href="https://example.com/?a=1&amp;b=2" data-card-appearance="inline">card</a>',
        '<a href="relative/path">r</a>',
        '<a name="x"/>',
        "<code>a`b</code>",
        '<code><ac:inline-comment-marker ac:ref="r9">in code</ac:inline-comment-marker></code>',
        "<span></span>",
    )
)


def _unnamed(inside: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Return the same strategy with a short description; nested descriptions fill the memory when a failure is shrunk."""

    @st.composite
    def nested(draw: st.DrawFn) -> str:
        return draw(inside)

    return nested()


def _inlines(inside: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    wrapped = st.sampled_from(
        ("strong", "em", "b", "u", "span", "code", "sub", "del", "ac:inline-comment-marker", "x")
    )
    return st.lists(
        st.one_of(TEXT, _EMPTY, wrapped.flatmap(lambda name: _element(name, inside))), max_size=4
    ).map("".join)


INLINE = st.recursive(TEXT, lambda inside: _inlines(_unnamed(inside)), max_leaves=6)

_LEAVES = st.one_of(
    _element("p", INLINE),
    *(_element(f"h{level}", INLINE) for level in (1, 2, 6)),
    st.sampled_from(
        (
            "<p/>",
            "<p />",
            "<hr/>",
            "<hr />",
            '<ac:structured-macro ac:name="toc" />',
            '<ac:structured-macro ac:name="code"><ac:parameter ac:name="language">py</ac:parameter>'
            "<ac:plain-text-body><![CDATA[<p>x</p> ]]]]><![CDATA[> y]]></ac:plain-text-body></ac:structured-macro>",
            "<pre>a\n b</pre>",
            '<ac:image><ri:url ri:value="https://example.com/a.png"/></ac:image>',
            '<ac:adf-extension><ac:adf-node type="panel"><ac:adf-content><p>in</p></ac:adf-content></ac:adf-node>'
            "<ac:adf-fallback><p>in</p></ac:adf-fallback></ac:adf-extension>",
            '<ac:image><ri:attachment ri:filename="c.png"/><ac:caption>plain *caption*</ac:caption></ac:image>',
            "<unknown:block><p>within</p></unknown:block>",
            "<dl><dt>term</dt><dd>definition</dd><dd><p>one</p><p>two</p></dd></dl>",
            "<ul></ul>",
            "<table><tbody><tr/></tbody></table>",
        )
    ),
)


def _task(body: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.builds(
        lambda number, status, inside: (
            f"<ac:task>\n<ac:task-id>{number}</ac:task-id><ac:task-status>{status}</ac:task-status>"
            f"<ac:task-body>{inside}</ac:task-body></ac:task>"
        ),
        st.integers(1, 99),
        st.sampled_from(("complete", "incomplete")),
        body,
    )


def _spaced(items: st.SearchStrategy[str], minimum: int = 0) -> st.SearchStrategy[str]:
    return st.lists(st.builds(str.__add__, items, _SPACE), min_size=minimum, max_size=3).map("".join)


def _containers(inside: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    flow = st.one_of(inside, INLINE, st.builds(str.__add__, INLINE, inside))
    item = _element("li", st.one_of(INLINE, _element("p", INLINE), flow))
    cell = st.one_of(_element("td", st.one_of(INLINE, _element("p", INLINE), flow)), _element("th", INLINE))
    row = _element("tr", _spaced(cell, 1))
    section = _element("ac:layout-section", _spaced(_element("ac:layout-cell", inside), 1))
    return st.one_of(
        _element("ul", _spaced(item, 1)),
        _element("ol", _spaced(item, 1)),
        _element("table", st.one_of(_element("tbody", _spaced(row, 1)), _spaced(row, 1))),
        _element("table", st.builds(str.__add__, _element("thead", row), _element("tbody", _spaced(row)))),
        _element("ac:task-list", _spaced(_task(st.one_of(INLINE, flow)), 1)),
        _element("blockquote", flow),
        _element("div", flow),
        _element("span", inside),
        _element("p", inside),
        st.builds(
            lambda name, title, body: (
                f'<ac:structured-macro ac:name="{name}" ac:schema-version="1">'
                f'<ac:parameter ac:name="title">{title}</ac:parameter>'
                f"<ac:rich-text-body>{body}</ac:rich-text-body></ac:structured-macro>"
            ),
            st.sampled_from(("info", "expand", "panel", "excerpt", "anything")),
            TEXT,
            flow,
        ),
        _element("ac:layout", _spaced(section, 1)),
    )


BLOCKS = st.recursive(_spaced(_LEAVES), lambda inside: _spaced(_containers(_unnamed(inside))), max_leaves=8)
PAGES = st.one_of(st.builds("".join, st.lists(st.one_of(BLOCKS, BLOCKS, INLINE, _SPACE), max_size=4)))
"""Storage format: well-formed, of any shape."""

MARKDOWN = st.one_of(
    st.text(max_size=60),
    st.lists(
        st.sampled_from(
            (
                "word", " ", "\n", "\n\n", "**", "*", "_", "~~", "`", "```", "```py\n", "# ", "###### ", "- ", "  - ", "1. ", "3) ",
                "- [ ] ", "- [x] ", "> ", "> [!NOTE]\n", "!!! note \"t\"\n    ", ":::tip\n", ":::", "| a | b |\n|---|:-:|\n", "| x | y |\n",
                "[l](https://e.com)", "[p](confluence-page:A%20B)", "[j](javascript:alert(1))", "[", "](", ")", "![i](a.png)", "![", "[^1]", "[^1]: note\n",
                "<details><summary>s</summary>\n", "</details>", "<b>", "<!-- c -->", "<!--", "&amp;", "&", "<", "]]>", "$a_b$", "$$\n", "\\", "    ",
                "\t", "---\n", "===\n", ": d\n", "https://e.com/a_b?c=d&e", "⟦x 1⟧", "\x00", "\x0b", "\ud800", "\u2028", "\ufffe", "日本",
            )
        ),
        max_size=14,
    ).map("".join),
)  # fmt: skip
"""Any text, and valid or nearly valid Markdown."""

_BREAKS = st.sampled_from(
    ("<", ">", "</p>", "<p>", "&", "&foo;", "]]>", "<![CDATA[", "<!--", "<?", '"', "'", "\x00", "\x0b", "\ud800", "</r>", "<r>",
     "<!DOCTYPE r [<!ENTITY a 'b'>]>", "<?xml version='1.0'?>", "&#0;", "<p p='1' p='2'/>", "<p a=1>", "</", "/>")
)  # fmt: skip


def _broken(page: str, breaks: str, place: float, length: int) -> str:
    at = int(place * len(page))
    return page[:at] + breaks + page[at + length :]


BROKEN = st.builds(_broken, PAGES, _BREAKS, st.floats(0, 1), st.integers(0, 5))
"""A page with something inserted or removed anywhere: mostly malformed."""
