"""Everything that a draft adds, removes or reformats is shown to the reviewer.

Properties over generated pages and edits. `oracle` computes the expected result without the diff's own code: what a view
shows as added minus what it shows as removed is what the page gains, character by character. So nothing new or removed
can be shortened, folded or hidden. The ticket shows it, or counts what it omits.
"""

from __future__ import annotations

import json
import random
import re
from collections import Counter

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from benchmarks.storage_invariants import random_edits
from common import storage_format as sf
from common.markup import adf
from handlers.review_ticket_creator import ticket_description
from handlers.review_ticket_creator.diff import diff_page
from tests.common.markup import adf_schema
from tests.common.storage_format.strategies import INLINE, MARKDOWN, PAGES
from tests.handlers.review_ticket_creator.diff import oracle, samples

LIMIT = 32_767
PLANTED = "Xplantedsentencex"
_LONG = "An honest sentence about the limit and how it is counted. "
_LEFT_OUT = re.compile(r"([\d,]+) characters? added")
_LEFT_REMOVED = re.compile(r"([\d,]+) characters? removed")
_LINKS = re.compile(r"[\d,]+ links?\b")

_WORDS = st.lists(
    st.sampled_from(["limit", "rate", "10", "250", "é", "日本語", "a&b", "<x>", "👩\u200d💻", "\u200b", "\u00ad", "p\u0430y", "word " * 260]),
    max_size=5,
).map(" ".join)  # fmt: skip
_SPANS = st.sampled_from(["{}", "{}", "<strong>{}</strong>", "<em>a {}</em>", "<code>{}</code>",
                          '<span style="color: red;">{}</span>', '<a href="https://e.org/{n}">{}</a>'])  # fmt: skip
_TEXTS = st.builds(
    lambda span, words, n: span.replace("{n}", str(n)).replace("{}", _escaped(words)),
    _SPANS,
    _WORDS,
    st.integers(0, 3),
)
_SIMPLE_BLOCKS = st.builds(
    lambda block, one, other: block.replace("{1}", one).replace("{2}", other),
    st.sampled_from(
        ["<p>{1}</p>", "<p>{1} {2}</p>", "<h2>{1}</h2>", "<ul><li>{1}</li><li>{2}</li></ul>", "<ol><li>{1}</li></ol>",
         "<table><tbody><tr><td>{1}</td><td>{2}</td></tr></tbody></table>", "<blockquote><p>{1}</p></blockquote>",
         "<ul><li><p>{1}</p><ol><li>{2}</li></ol></li></ul>"]
    ),
    _TEXTS,
    _TEXTS,
)  # fmt: skip
_SIMPLE_PAGES = st.lists(_SIMPLE_BLOCKS, max_size=9)


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def pages(before: str, after: str, kind: str = "update") -> str:
    return diff_page.render(samples.review(before=before, after=after, previous=None, changes=(), kind=kind))


def ticket(before: str, after: str, kind: str = "update") -> adf.Node:
    described = ticket_description.description(
        samples.review(before=before, after=after, changes=(), kind=kind)
    )
    adf_schema.check(described)
    assert len(json.dumps(described)) <= LIMIT
    return described


def _colored(node: adf.Node, color: str) -> str:
    marks = node.get("marks", ())
    found = node["text"] if any(mark.get("attrs", {}).get("color") == color for mark in marks) else ""
    return found + "".join(_colored(child, color) for child in node.get("content", ()))


def _decoded(text: str) -> Counter[str]:
    text = re.sub("⟨U\\+([0-9A-F]{4,6})⟩", lambda match: chr(int(match[1], 16)), text)
    return Counter("".join(text.split()))


def _left_out(text: str, pattern: re.Pattern[str]) -> int:
    return sum(int(number.replace(",", "")) for number in pattern.findall(text))


def _is_counted(shown: Counter[str], wanted: Counter[str], left_out: int) -> bool:
    return (wanted - shown).total() <= left_out


@settings(max_examples=40, deadline=None)
@given(_SIMPLE_PAGES, st.data())
def test_the_diff_shows_exactly_what_the_page_gains(blocks: list[str], data: st.DataObject) -> None:
    changed = list(blocks)
    for place in data.draw(st.lists(st.integers(0, max(0, len(blocks) - 1)), max_size=4)):
        changed[place : place + data.draw(st.integers(0, 2))] = data.draw(
            st.lists(_SIMPLE_BLOCKS, max_size=2)
        )
    before, after = "".join(blocks), "".join(changed)
    html = pages(before, after)
    old, new = oracle.said(before).characters, oracle.said(after).characters
    for name in ("side", "unified", "page"):
        shown = oracle.View(html, name).shown
        gained = shown.counted("added")
        gained.subtract(shown.counted("removed"))
        wanted = Counter(new)
        wanted.subtract(old)
        assert {c: n for c, n in gained.items() if n} == {c: n for c, n in wanted.items() if n}
    source = oracle.View(html, "source").shown
    assert not Counter("".join(after.split())) - Counter("".join(before.split())) - source.counted("added")
    description = ticket(before, after)
    text = adf.adf_to_text(description)
    assert _is_counted(_decoded(_colored(description, "#006644")), new - old, _left_out(text, _LEFT_OUT))
    assert _is_counted(_decoded(_colored(description, "#bf2600")), old - new, _left_out(text, _LEFT_REMOVED))


@settings(max_examples=40, deadline=None)
@given(PAGES, st.integers(0, 2**32), st.integers(1, 4), MARKDOWN)
def test_each_character_and_link_of_any_draft_is_shown(
    storage: str, seed: int, count: int, markdown: str
) -> None:
    page = sf.parse(storage)
    edits = random_edits(page, random.Random(seed), count)
    try:
        after = sf.apply(page, [*edits, sf.InsertAfter(None, f"{markdown}\n\n{_LONG * 30}")]).storage
    except sf.InvalidEdit:
        assume(False)
    _check(storage, after)


@settings(max_examples=40, deadline=None)
@given(PAGES, PAGES)
def test_each_character_and_link_of_any_two_pages_is_shown(before: str, after: str) -> None:
    _check(before, after)


def _check(before: str, after: str) -> None:
    html = pages(before, after)
    shown = oracle.default_view(html)
    old, new = oracle.said(before), oracle.said(after)
    assert not (new.characters - old.characters) - shown.counted("added")
    assert not (old.characters - new.characters) - shown.counted("removed")
    description = ticket(before, after)
    text = adf.adf_to_text(description)
    added, removed = _left_out(text, _LEFT_OUT), _left_out(text, _LEFT_REMOVED)
    assert _is_counted(_decoded(_colored(description, "#006644")), new.characters - old.characters, added)
    assert _is_counted(_decoded(_colored(description, "#bf2600")), old.characters - new.characters, removed)
    if added or removed:
        assert "https://api.example.com/prod/reviews/doc-5f2c9a71/2?signature=abc" in text
    everything = " ".join((shown.added + shown.removed + shown.notes).split())
    for target in (new.targets - old.targets) | (old.targets - new.targets):
        assert oracle_text(target) in everything
        assert oracle_text(target) in " ".join(text.split()) or _LINKS.search(text) or added or removed


def oracle_text(target: str) -> str:
    return " ".join(target.split())


@pytest.mark.parametrize(
    "markdown",
    ["{}", "## {}", "- {}", "1. {}", "> {}", "| a | b |\n|---|---|\n| {} | c |", "```\n{}\n```", "`{}`", "**{}**", "- [ ] {}",
     "!!! note\n    {}", "[{}](https://e.org)"],
)  # fmt: skip
@pytest.mark.parametrize("kind", ["insert", "replace", "create", "remove"])
def test_a_planted_sentence_is_seen_in_every_view(markdown: str, kind: str) -> None:
    for length in (1_715, 40_000) if markdown in ("{}", "- {}") else (1_715,):
        _plant(markdown, length, kind)


def _plant(markdown: str, length: int, kind: str) -> None:
    text = (_LONG * 1_000)[: length // 2] + PLANTED + (_LONG * 1_000)[: length // 2]
    page = sf.parse("<p>first</p><p>second one that is replaced</p><p>third</p>")
    written = markdown.format(text)
    if kind == "create":
        before, after = "", sf.render(written)
    else:
        edit = (
            sf.Replace(page.blocks[1].id, written)
            if kind == "replace"
            else sf.InsertAfter(page.blocks[1].id, written)
        )
        before, after = page.source, sf.apply(page, [edit]).storage
    if kind == "remove":
        before, after = after, before
    html = pages(before, after, "create" if kind == "create" else "update")
    where = "removed" if kind == "remove" else "added"
    for name in ("side", "unified", "page", "source"):
        if kind != "create" or name in ("page", "source"):
            assert PLANTED in getattr(oracle.View(html, name).shown, where)
    described = ticket(before, after, "create" if kind == "create" else "update")
    is_shown = PLANTED in (
        adf.adf_to_text(described)
        if kind == "create"
        else _colored(described, "#bf2600" if kind == "remove" else "#006644")
    )
    left_out = _left_out(adf.adf_to_text(described), _LEFT_REMOVED if kind == "remove" else _LEFT_OUT)
    assert is_shown or left_out >= len(PLANTED)
    assert is_shown or length > 20_000


@settings(max_examples=80, deadline=None)
@given(st.one_of(PAGES, st.builds("<p>{}</p>".format, INLINE)), st.integers(0, 2**32))
def test_every_changed_attribute_is_shown_or_counted(storage: str, seed: int) -> None:
    """For any element: an attribute that no view knows is counted in the header and in the ticket."""
    tags = [
        m
        for m in re.finditer(r"<(?!!|\?|/)([^\s/>]+)(?=[\s/>])", _without_literals(storage))
        if m[1] not in _IDS
    ]
    assume(tags)
    tag = random.Random(seed).choice(tags)
    after = f'{storage[: tag.end()]} data-odd="1"{storage[tag.end() :]}'
    html = pages(storage, after)
    text = adf.adf_to_text(ticket(storage, after))
    is_drawn = "data-odd" in oracle.default_view(html).everything
    assert is_drawn or "1 change only visible in Source" in oracle.header(html)
    assert is_drawn or "1 change only visible in Source" in text


_IDS = ("ac:task-id", "ac:task-uuid")


def _without_literals(storage: str) -> str:
    return re.sub(
        r"<!--.*?-->|<!\[CDATA\[.*?\]\]>|<\?.*?\?>|<ac:adf-fallback.*?</ac:adf-fallback\s*>",
        lambda match: " " * len(match[0]),
        storage,
        flags=re.DOTALL,
    )
