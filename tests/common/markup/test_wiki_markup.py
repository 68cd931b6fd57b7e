"""Jira wiki markup, as in webhooks, reads as plain text, quickly and for any input."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from common.markup import adf, wiki_markup
from tests.example_count import examples


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("", ""),
        ("plain", "plain"),
        ("h2. Limits", "## Limits"),
        ("*bold* and _italic_ and +new+", "bold and italic and new"),
        ("a *b", "a *b"),
        ("2*3*4 and snake_case_name", "2*3*4 and snake_case_name"),
        ("-gone- stays", "~~gone~~ stays"),
        ("re-use well-known e-mail", "re-use well-known e-mail"),
        ("from -5 to -3", "from -5 to -3"),
        ("{{kubectl get pods}}", "`kubectl get pods`"),
        ("{{*kept*}}", "`*kept*`"),
        ("{{/pages/{id}}} is read", "`/pages/{id}` is read"),
        ("[docs|https://e.org/d]", "docs (https://e.org/d)"),
        ("[docs|https://e.org/d|smart-link]", "docs (https://e.org/d)"),
        ("[https://e.org]", "https://e.org"),
        ("[^report.pdf]", "[file: report.pdf]"),
        ("[ ] not a link", "[ ] not a link"),
        ("[~accountid:5b10ac] hi", "@5b10ac hi"),
        ("[~jdoe]", "@jdoe"),
        ("!shot.png|thumbnail!", "[image: shot.png]"),
        ("Stop! Now!", "Stop! Now!"),
        ("* one\n** two\n# first\n## deeper", "- one\n  - two\n1. first\n  1. deeper"),
        ("- dash", "- dash"),
        ("----", "---"),
        ("||Key||Value||\n|a|1|", "| Key | Value |\n| --- | --- |\n| a | 1 |"),
        ("|[x|https://e.org]|b|", "| x (https://e.org) | b |"),
        ("bq. said", "> said"),
        ("{quote}\nsaid *so*\n{quote}\nanswer", "> said so\nanswer"),
        ("{code:java}\nint *x* = 1;\n{code}", "```java\nint *x* = 1;\n```"),
        ("{code:title=a.py|borderStyle=solid}\nx\n{code}", "```\nx\n```"),
        ("{noformat}a{noformat}", "```\na\n```"),
        ("{panel:title=Note|bgColor=#fff}\ntext\n{panel}", "Note\ntext"),
        ("{color:#00875a}APPROVED{color}", "APPROVED"),
        ("(/) done (x) not", "✅ done ❌ not"),
        (r"\[not a link\] \{x\}", "[not a link] {x}"),
        (r"one\\two", "one\ntwo"),
        ("a\r\nb", "a\nb"),
        ("{code}never closed", "```\nnever closed\n```"),
        ('{adf:display=block}\n{"type":"doc","content":[{"type":"text","text":"inside"}]}\n{adf}', "inside"),
        ("{adf}\nnot json\n{adf}", "not json"),
        ("para one\n\npara two", "para one\n\npara two"),
    ],
)
def test_notation(markup: str, text: str) -> None:
    assert wiki_markup.wiki_to_text(markup) == text


def test_adf_instead_of_markup_is_read_too() -> None:
    assert wiki_markup.wiki_to_text(adf.doc(adf.paragraph("hello"))) == "hello"
    assert wiki_markup.wiki_to_text(None) == ""


@pytest.mark.parametrize(
    "piece",
    [
        "*",
        "_a ",
        "{",
        "{{",
        "{{a{",
        "[",
        "[a|",
        "|[",
        "!a",
        "||",
        "- ",
        "{quote}",
        "{code}",
        "(",
        "\\",
        "-a",
        "+a?",
    ],
)
def test_time_grows_linearly_with_repeated_markup(piece: str) -> None:
    def seconds(size: int) -> float:
        started = time.process_time()
        wiki_markup.wiki_to_text(piece * (size // len(piece)))
        return time.process_time() - started

    assert seconds(200_000) < 0.1 + 10 * seconds(50_000)
    assert seconds(400_000) < 4


@settings(max_examples=examples(200), deadline=None)
@given(st.text(alphabet="*_-+{}[]|!\\~^?h2. #\n(x)code:quote", max_size=80))
def test_never_raises(markup: str) -> None:
    assert isinstance(wiki_markup.wiki_to_text(markup), str)
