"""Answers as small models write them: wrapping is taken off, placeholders and HTML are refused, all in one message."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common import storage_format as sf
from handlers.document_orchestrator.drafting import edit_page_prompt, new_page_prompt
from handlers.document_orchestrator.drafting.answer_text import text_faults, unwrapped
from handlers.document_orchestrator.drafting.edit_page_prompt import InvalidEditAnswer, Proposal

TITLE = "Zyxomatic lattice"
BODY = "## What it is\n\nA lattice.\n\n- one"
PAGE = "<h2>Limits</h2><p>Ninety days.</p><p>A refund returns the whole payment.</p>"
CODE = "```bash\nmake\n```"


def page(markdown: object) -> str:
    return new_page_prompt.parse_new_page({"summary": "s", "markdown": markdown}, TITLE).storage


def edited(*edits: dict[str, Any], source: str = PAGE) -> Proposal:
    parsed = sf.parse(source)
    return edit_page_prompt.parse_edits(
        {"summary": "s", "edits": list(edits)}, parsed, sf.outline(parsed), TITLE
    )


def replace(block: int, markdown: str) -> dict[str, Any]:
    return {"action": "replace", "block": block, "markdown": markdown}


def fault_of(*edits: dict[str, Any]) -> str:
    with pytest.raises(InvalidEditAnswer) as refused:
        edited(*edits)
    return str(refused.value)


WRAPPED = [
    f"```markdown\n{BODY}\n```",
    f"```md\n{BODY}\n```\n",
    f"```\n{BODY}\n```",
    f"~~~markdown\n{BODY}\n~~~",
    f"<thinking>I should\n\nwrite ## this.</thinking>\n\n{BODY}",
    f"Here is the page:\n\n{BODY}",
    f"Sure! Here's the new page in Markdown:\n\n```markdown\n{BODY}\n```",
    f"# {TITLE}\n\n{BODY}",
    f"# **zyxomatic  lattice**\n{BODY}",
    f"<thinking>Hm.</thinking>Here is the documentation:\n```markdown\n# {TITLE}\n\n{BODY}\n```",
    BODY.replace("\n", r"\n"),
    BODY.splitlines(),
]


@pytest.mark.parametrize("markdown", WRAPPED, ids=repr)
def test_wrapping_is_taken_off_a_page(markdown: object) -> None:
    assert page(markdown) == page(BODY)


KEPT = [
    BODY,
    CODE,
    f"{CODE}\n\nand\n\n{CODE}",
    "```\na\n```\n\nand\n\n```\nb\n```",
    r"Split at \n and join.",
    r"Use `\n\n` between paragraphs.",
    r"Real\nbreak" + "\n\n- x",
    "## Another title\n\nText.",
    "Here is the list of limits:\n\n- one",
    "A [3] in text.",
    "<details><summary>More</summary>\n\nText.\n\n</details>",
]


@pytest.mark.parametrize("markdown", KEPT, ids=repr)
def test_text_that_is_not_wrapped_stays(markdown: str) -> None:
    assert unwrapped(markdown, is_page=True, title=TITLE) == markdown
    assert text_faults(markdown) == []


def test_a_page_in_a_fence_may_hold_code() -> None:
    assert page(f"```markdown\n## Use\n\n{CODE}\n\nDone.\n```") == page(f"## Use\n\n{CODE}\n\nDone.")
    assert page(f"```\n## Use\n\n{CODE}\n\nDone.\n```") == page(f"## Use\n\n{CODE}\n\nDone.")


@pytest.mark.parametrize("echo", ["[3] ", "[3]  ", "\n[3] "])
def test_an_echoed_block_number_is_taken_off(echo: str) -> None:
    text = "A refund returns a part of the payment."
    assert edited(replace(3, echo + text)).storage == edited(replace(3, text)).storage
    insert = {"action": "insert_after", "block": 2, "markdown": "New."}
    assert edited({**insert, "markdown": f"{echo}New."}).storage == edited(insert).storage
    assert "[7]" in edited(replace(3, "[7] is a footnote.")).storage


def test_a_fence_in_an_edit_is_code_unless_it_says_markdown() -> None:
    assert "structured-macro" in edited(replace(2, "```\nmake\n```")).storage
    assert (
        edited(replace(2, "```markdown\nSixty days.\n```")).storage
        == edited(replace(2, "Sixty days.")).storage
    )
    code = sf.render("```markdown\n- a\n```")
    assert "structured-macro" in edited(replace(1, "```markdown\n- b\n```"), source=code).storage


def test_harmless_shapes_of_edits_are_read() -> None:
    parsed = sf.parse(PAGE)
    edit = replace(2, "Sixty days.")
    for shape in (edit, str([edit]).replace("'", '"'), [{**edit, "block": "[2]", "action": "Replace"}]):
        got = edit_page_prompt.parse_edits({"summary": "s", "edits": shape}, parsed, sf.outline(parsed))
        assert got.storage == edited(edit).storage


PLACEHOLDERS = [
    "... (rest unchanged)", "…", "...", "(no change)", "(no changes)", "No change.", "Unchanged", "[unchanged]",
    "(rest of the page unchanged)", "[... rest of the content ...]", "<!-- rest of the page -->", "… existing text …",
    "Ninety days.\n\n... (rest unchanged)", "Ninety days.\n\n…", "same as before", "(the rest remains unchanged)",
    "[existing content here]", "- ... other items", "*(unchanged)*",
]  # fmt: skip


@pytest.mark.parametrize("text", PLACEHOLDERS)
def test_a_placeholder_is_refused(text: str) -> None:
    assert "placeholder" in fault_of(replace(2, text))
    assert text_faults(text)


@pytest.mark.parametrize(
    "text",
    [
        "The rest of the amount stays with the shop.", "(Existing customers keep their plan.)", "Wait …and see.",
        "Other fields remain unchanged.", "```\n...\n```", "Press `...` for more.", "(optional)", "---", "🎉",
        "Keep it here.", "[1]: https://e.org/x",
    ],
)  # fmt: skip
def test_text_that_reads_similarly_is_no_placeholder(text: str) -> None:
    assert text_faults(text) == []


def test_a_line_that_the_block_has_already_is_no_placeholder() -> None:
    assert text_faults("…\n\nmore", old="…") == []


@pytest.mark.parametrize(
    "html",
    ["<h2>What</h2><p>A <strong>b</strong></p>", "Text\n\n<table><tr><td>x</td></tr></table>", "<ul>\n<li>x</li>\n</ul>",
     '<p class="x">y</p>', '<ac:structured-macro ac:name="info"/>'],
)  # fmt: skip
def test_html_is_explained(html: str) -> None:
    with pytest.raises(InvalidEditAnswer, match="is HTML; write it as Markdown"):
        page(html)
    assert "is HTML" in fault_of(replace(2, html))


@pytest.mark.parametrize(
    "text", ["```html\n<p>x</p>\n```", "The tag `<p>` is closed.", "a <b>word</b>", "x < y > z"]
)
def test_html_in_code_and_inline_tags_are_not_html_pages(text: str) -> None:
    assert text_faults(text) == []


def test_all_that_is_wrong_is_in_one_message() -> None:
    told = fault_of(
        replace(2, "…"),
        {"action": "rewrite", "block": 1, "markdown": "x"},
        replace(99, "y"),
        {"action": "replace", "block": "none", "markdown": "z"},
        replace(3, "![p](https://evil.example/a.png)"),
    )
    for part in ("edit 1: `markdown` has a placeholder", "edit 2: `action` is 'rewrite'", "edit 3: [99]",
                 "edit 4: `block` must be a block's number", "no images from this website"):  # fmt: skip
        assert part in told


@given(st.text(alphabet="ab `\\n#-.[]3<>\n…*", max_size=60))
def test_taking_wrapping_off_twice_changes_nothing_more(text: str) -> None:
    once = unwrapped(text, is_page=True, title=TITLE)
    assert unwrapped(once, is_page=True, title=TITLE) == once
    text_faults(text)


@pytest.mark.parametrize("markdown", ["  - nested", "    - nested", "[1]   - nested"])
def test_an_indented_item_is_nested_also_below_an_echo(markdown: str) -> None:
    insert = {"action": "insert_after", "block": 1, "markdown": markdown}
    source = "<ul><li>a</li><li>b</li></ul>"
    assert edited(insert, source=source).storage == "<ul><li>a<ul><li>nested</li></ul></li><li>b</li></ul>"
