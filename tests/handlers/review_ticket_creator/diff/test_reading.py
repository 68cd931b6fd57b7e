"""A page in storage format is read as a person sees it, and two versions are compared by words."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handlers.review_ticket_creator.diff.passage import TextRun
from handlers.review_ticket_creator.diff.read_passages import read_passages
from handlers.review_ticket_creator.diff.word_diff import compare_runs
from tests.handlers.review_ticket_creator.diff import samples


def seen(storage: str) -> list[str]:
    """Each passage as `kind marker text`."""
    reading = read_passages(storage)
    pairs = zip(reading.passages, reading.markers, strict=True)
    return [" ".join(filter(None, (passage.kind, marker, passage.text))) for passage, marker in pairs]


@pytest.mark.parametrize(
    ("storage", "passages"),
    [
        ("", []),
        ("loose text", ["p loose text"]),
        ("<p>a &amp; b&nbsp;c &eacute; &#8364;</p>", ["p a & b\u00a0c é €"]),
        ("<p> a\n  <b>b</b> </p>", ["p a b"]),
        ("<p>one<br/>two</p><p/>", ["p one\ntwo"]),
        ("<h2>Title</h2>", ["h2 Title"]),
        (
            "<ul><li>a</li><li><p>b</p><ol start='3'><li>c</li><li>d</li></ol></li></ul>",
            ["li • a", "li • b", "li 3. c", "li 4. d"],
        ),
        (
            "<table><tbody><tr><th>A</th><td><p>x</p><p>y</p></td><td/></tr></tbody></table>",
            ["row A | x\ny | "],
        ),
        ("<table><tr><td>x<pre>a  b</pre>y</td></tr></table>", ["row xa b\ny"]),
        ("<table><tr><td><table><tr><td>a</td><td>b</td></tr></table></td></tr></table>", ["row | a| b"]),
        ("<hr/>", ["rule ―"]),
        ("<pre>a\n  b</pre>", ["code a", "code   b"]),
        ("<blockquote><p>said</p></blockquote>", ["p said"]),
        ("<p><a href='javascript:alert(1)'>x</a></p>", ["p x"]),
        ("<unknown><p>kept</p></unknown>", ["p kept"]),
        ("<p>a <ac:image><ri:attachment ri:filename='b.png'/></ac:image></p>", ["p a image · b.png"]),
        ("<p><time datetime='2026-03-01'/></p>", ["p 2026-03-01"]),
        ("<p><ac:link><ri:user ri:account-id='5b1'/></ac:link> hi</p>", ["p @5b1 hi"]),
        ("<p><ac:link><ri:page ri:content-title='Home'/></ac:link></p>", ["p Home"]),
        ("<p><ac:emoticon ac:name='smile' ac:emoji-fallback='🙂'/></p>", ["p 🙂"]),
        (
            "<ac:structured-macro ac:name='jira'><ac:parameter ac:name='key'>PAY-1</ac:parameter></ac:structured-macro>",
            ["chip Jira issues · key: PAY-1"],
        ),
        (
            "<ac:structured-macro ac:name='code'><ac:plain-text-body><![CDATA[if a < b:\n  <p>]]></ac:plain-text-body>"
            "</ac:structured-macro>",
            ["frame Code", "code if a < b:", "code   <p>"],
        ),
        (
            "<ac:structured-macro ac:name='info'><ac:rich-text-body><p>x</p></ac:rich-text-body></ac:structured-macro><p>y</p>",
            ["frame Info panel", "p x", "p y"],
        ),
        (
            "<ac:task-list><ac:task><ac:task-id>7</ac:task-id><ac:task-status>complete</ac:task-status>"
            "<ac:task-body>done</ac:task-body></ac:task></ac:task-list>",
            ["task-done done"],
        ),
        (
            "<ac:layout><ac:layout-section ac:type='two_equal'><ac:layout-cell><p>l</p></ac:layout-cell><ac:layout-cell>"
            "<p>r</p></ac:layout-cell></ac:layout-section></ac:layout>",
            ["frame Column 1", "p l", "frame Column 2", "p r"],
        ),
        (
            "<ac:adf-extension><ac:adf-node type='panel'><ac:adf-attribute key='panel-type'>note</ac:adf-attribute>"
            "<ac:adf-content><p>x</p></ac:adf-content></ac:adf-node><ac:adf-fallback><p>x</p></ac:adf-fallback></ac:adf-extension>",
            ["frame Panel · panel-type: note", "p x"],
        ),
        ("<p>not <b>closed", ["code <p>not <b>closed"]),
        ("<!DOCTYPE x [<!ENTITY a 'b'>]><p>&a;</p>", ["code <!DOCTYPE x [<!ENTITY a 'b'>]><p>&a;</p>"]),
    ],
)
def test_passages_as_a_reader_sees_them(storage: str, passages: list[str]) -> None:
    assert seen(storage) == passages


def test_styles_and_targets_are_kept_with_the_text() -> None:
    (passage,) = read_passages(
        "<p>a <strong>b <em>c</em></strong> <a href='https://e.org'>d</a></p>"
    ).passages
    assert passage.runs == (
        TextRun("a "), TextRun("b ", "b"), TextRun("c", "b i"), TextRun(" "), TextRun("d", "link", "https://e.org")
    )  # fmt: skip


def test_passages_have_their_headings_and_containers() -> None:
    reading = read_passages(samples.AFTER)
    place = next(n for n, passage in enumerate(reading.passages) if "Retry-After" in passage.text)
    assert reading.headings[place] == ("Rate limits", "Above the limit")
    assert next(p for p in reading.passages if p.text.startswith("response =")).frames == ("code",)
    assert next(p for p in reading.passages if p.text.startswith("Partners and")).frames == ("panel info",)


_runs = st.lists(
    st.builds(
        TextRun,
        st.sampled_from(["a b c", "a b", "x, y.", " ", "the limit is 100", ""]),
        st.sampled_from(["", "b", "code"]),
    ),
    max_size=5,
)


@settings(max_examples=300, deadline=None)
@given(_runs, _runs)
def test_a_word_diff_contains_both_texts(old: list[TextRun], new: list[TextRun]) -> None:
    pieces = compare_runs(old, new)
    assert "".join(piece.run.text for piece in pieces if piece.sign != "+") == "".join(
        run.text for run in old
    )
    assert "".join(piece.run.text for piece in pieces if piece.sign != "-") == "".join(
        run.text for run in new
    )


def test_whole_words_are_marked() -> None:
    pieces = compare_runs([TextRun("The limit is 100 requests")], [TextRun("The limits are 250 requests")])
    assert [(piece.sign, piece.run.text) for piece in pieces] == [
        ("=", "The "), ("-", "limit is 100"), ("+", "limits are 250"), ("=", " requests")
    ]  # fmt: skip


def test_another_style_or_link_is_a_change() -> None:
    assert [p.sign for p in compare_runs([TextRun("a")], [TextRun("a", "b")])] == ["-", "+"]
    assert [p.sign for p in compare_runs([TextRun("a", "link", "x")], [TextRun("a", "link", "y")])] == [
        "-",
        "+",
    ]
