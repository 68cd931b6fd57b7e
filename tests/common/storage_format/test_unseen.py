"""Invisible characters: no edit adds one to a page, and those of the page are kept."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from common import storage_format as sf
from common.runtime.invisible_characters import invisible_in, is_invisible
from common.storage_format.xml import entities
from tests.common.storage_format.strategies import PAGES
from tests.example_count import examples

HIDDEN = "".join(
    map(chr, (0x200B, 0xAD, 0x34F, 0x61C, 0x202E, 0x2800, 0x3164, 0xFFA0, 0x115F, 0xFE0F, 0xE0148, 0xE01EF))
)
CODE = '<ac:structured-macro ac:name="code"><ac:plain-text-body><![CDATA[{}]]></ac:plain-text-body></ac:structured-macro>'


def edited(storage: str, markdown: str, block: int = 0) -> str:
    page = sf.parse(storage)
    return sf.apply(page, [sf.Replace(page.blocks[block].id, markdown)]).storage


@pytest.mark.parametrize(
    ("storage", "markdown", "right"),
    [
        ("<p>a</p>", f"b{HIDDEN}c", "<p>bc</p>"),
        ("<h2>a</h2>", f"## b{HIDDEN}c", "<h2>bc</h2>"),
        ("<ul><li>a</li></ul>", f"b{HIDDEN}c", "<ul><li>bc</li></ul>"),
        ("<table><tr><td>a</td><td>d</td></tr></table>", f"| b{HIDDEN}c | d |", "<table><tr><td>bc</td><td>d</td></tr></table>"),
        ("<p>a</p>", f"`b{HIDDEN}c`", "<p><code>bc</code></p>"),
        ("<p>a</p>", "b&#8203;&shy;c", "<p>bc</p>"),
        ("<p>a</p>", f"[b](https://e.org/x{HIDDEN}y)", '<p><a href="https://e.org/xy">b</a></p>'),
        ("<p>a</p>", "[b](confluence-page:A%E2%80%8BB)", '<p><ac:link><ri:page ri:content-title="AB" /><ac:plain-text-link-body>'
         "<![CDATA[b]]></ac:plain-text-link-body></ac:link></p>"),
        (CODE.format("a"), f"```\nb{HIDDEN}c\n```", CODE.format("bc")),
        (CODE.format("a"), "```\n]]\u200b><b>\n```", CODE.format("]]]]><![CDATA[><b>")),
        ("<p>a \U000e0100b</p>", "a b", "<p>a \U000e0100b</p>"),
    ],
)  # fmt: skip
def test_new_invisible_characters_are_removed(storage: str, markdown: str, right: str) -> None:
    assert edited(storage, markdown) == right


@pytest.mark.parametrize(
    ("storage", "markdown", "right"),
    [
        ("<p>soft\u00adhyphen, limit 5</p>", "soft\u00adhyphen, limit 10", "<p>soft\u00adhyphen, limit 10</p>"),
        ("<p>soft&shy;hyphen, limit 5</p>", "softhyphen, limit 10", "<p>soft&shy;hyphen, limit 10</p>"),
        ("<p>\u200bstart 5</p>", "start 10", "<p>\u200bstart 10</p>"),
        ("<p>a\u200bb 5</p>", "a\u200bb 1\u200b0", "<p>a\u200bb 10</p>"),
        ("<p>a\u200bb</p>", "other", "<p>other</p>"),
        ("loose\u00adtext 5\u200b", "loosetext 5\u200b!", "loose\u00adtext 5!"),
        ("<table><tr><td>soft&shy;hyphen</td><td>5</td></tr></table>", "| softhyphen | 10 |",
         "<table><tr><td>soft&shy;hyphen</td><td>10</td></tr></table>"),
        (CODE.format("x = ']]\u200b>'\n5"), "```\nx = ']]>'\n10\n```", CODE.format("x = ']]\u200b]]><![CDATA[>'\n10")),
        (CODE.format("&shy; 5"), "```\n&shy; 10\n```", CODE.format("&shy; 10")),
    ],
)  # fmt: skip
def test_existing_invisible_characters_stay_with_their_text(storage: str, markdown: str, right: str) -> None:
    assert edited(storage, markdown) == right


def test_an_inserted_block_has_no_invisible_characters() -> None:
    page = sf.parse("<p>a\u200bb</p>")
    after = sf.apply(page, [sf.InsertAfter(page.blocks[0].id, "a\u200bb")]).storage
    assert after == "<p>a\u200bb</p><p>ab</p>"


def unseen(storage: str) -> int:
    decoded = re.sub(r"&#?\w+;", lambda match: entities.decode(match[0]), storage)
    return sum(map(is_invisible, decoded))


@settings(max_examples=examples(150), deadline=None)
@given(PAGES, st.text(st.sampled_from("ab \u200b\u00ad\ufe0f👩\U000e0101[]`*|\n-#"), max_size=20), st.data())
def test_no_edit_adds_an_invisible_character(storage: str, markdown: str, data: st.DataObject) -> None:
    page = sf.parse(storage)
    if not page.blocks:
        return
    block = data.draw(st.sampled_from(page.blocks))
    kinds: list[type[sf.Replace | sf.InsertAfter]] = [sf.Replace, sf.InsertAfter]
    kind = data.draw(st.sampled_from(kinds))
    try:
        after = sf.apply(page, [kind(block.id, markdown)])
    except sf.InvalidEdit:
        return
    hidden = sum(1 for _ in invisible_in(markdown))
    allowed = sum(map(is_invisible, markdown)) - hidden
    assert unseen(after.changes[0].after) <= unseen(after.changes[0].before) + allowed
