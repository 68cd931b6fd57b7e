"""The outline: its text, what a token budget omits, and which block numbers can be edited."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from common import storage_format as sf
from common.storage_format.page.outline import estimated_tokens
from tests.common.storage_format.strategies import PAGES
from tests.example_count import examples

PAGE = (
    "<h1>Guide</h1><p>intro</p>"
    '<h2>Install</h2><ul><li>get it</li><li>unpack it<ol start="3"><li>with tar</li></ol></li></ul>'
    '<ac:structured-macro ac:name="info"><ac:parameter ac:name="title">Mind</ac:parameter><ac:rich-text-body>'
    "<p>the gap</p></ac:rich-text-body></ac:structured-macro>"
    "<h2>Limits</h2><table><tbody><tr><th>Name</th><th>Value</th></tr><tr><td>size</td><td>5 MB</td></tr></tbody></table>"
    '<ac:structured-macro ac:name="code"><ac:parameter ac:name="language">bash</ac:parameter>'
    "<ac:plain-text-body><![CDATA[make\nmake test]]></ac:plain-text-body></ac:structured-macro>"
    "<ac:task-list><ac:task><ac:task-id>1</ac:task-id><ac:task-status>complete</ac:task-status>"
    "<ac:task-body>done</ac:task-body></ac:task></ac:task-list><blockquote><p>said</p></blockquote><hr/>"
)


def test_every_block_is_a_numbered_piece_of_markdown() -> None:
    assert sf.outline(sf.parse(PAGE)).text == (
        "[1] # Guide\n[2] intro\n[3] ## Install\n[4] - get it\n[5] - unpack it\n[6]   3. with tar\n"
        "[15] ⟨info: Mind⟩\n[7] the gap\n⟨/info⟩\n[8] ## Limits\n[9] | Name | Value |\n[10] | size | 5 MB |\n"
        "[11] ```bash\nmake\nmake test\n```\n[12] - [x] done\n[13] > said\n[14] ---"
    )


def test_only_shown_numbers_are_resolved_to_blocks() -> None:
    page = sf.parse(PAGE)
    outline = sf.outline(page)
    assert page.block(outline.block_id(7)).source == "<p>the gap</p>"
    for number in (0, 16, -1):
        with pytest.raises(sf.InvalidEdit):
            outline.block_id(number)


def long_page() -> sf.Page:
    topics = ("rollback", "billing", "tokens", "quota", "search")
    parts = ["<h1>Manual</h1>"]
    for topic in topics:
        parts.append(f"<h2>About {topic}</h2>" + f"<p>The {topic} {'and so on ' * 40}</p>" * 5)
    return sf.parse("".join(parts))


def test_a_budget_keeps_headings_and_the_nearest_sections() -> None:
    page = long_page()
    outline = sf.outline(page, budget_tokens=800, focus="how the quota is counted")
    assert [line for line in outline.text.split("\n") if "#" in line][:6] == [
        "[1] # Manual", "[2] ## About rollback", "[8] ## About billing", "[14] ## About tokens", "[20] ## About quota",
        "[26] ## About search",
    ]  # fmt: skip
    assert outline.text.count("The quota") == 5
    assert "The billing" not in outline.text
    assert "… 5 blocks left out" in outline.text
    assert "Manual > About billing" in outline.omitted
    assert "Manual > About quota" not in outline.omitted
    assert outline.block_id(21) == page.blocks[20].id
    with pytest.raises(sf.InvalidEdit, match="not a block of this outline"):
        outline.block_id(9)


@pytest.mark.parametrize("budget", [1, 20, 100, 400])
def test_the_outline_stays_within_the_budget(budget: int) -> None:
    text = sf.outline(long_page(), budget_tokens=budget).text
    assert len(text) / 4 <= max(budget, 10), "the line that says how much is left out"


@settings(max_examples=examples(100), deadline=None, suppress_health_check=list(HealthCheck))
@given(PAGES, st.integers(30, 400))
def test_any_pages_outline_stays_within_the_budget(storage: str, budget: int) -> None:
    """The marks of boxes and of what is left out are counted as well."""
    outline = sf.outline(sf.parse(storage * 3), budget_tokens=budget, focus="word")
    assert estimated_tokens(outline.text) <= budget


def test_what_can_be_shown_uses_most_of_the_budget() -> None:
    box = (
        '<ac:structured-macro ac:name="panel"><ac:rich-text-body><p>{} is one of the words</p>'
        "</ac:rich-text-body></ac:structured-macro>"
    )
    page = sf.parse("".join(f"<h2>Part {number}</h2>{box.format(number)}" for number in range(900)))
    for budget in (200, 2_000, 10_000):
        assert 0.8 * budget <= estimated_tokens(sf.outline(page, budget).text) <= budget


def test_a_sufficient_budget_omits_nothing() -> None:
    assert sf.outline(long_page(), budget_tokens=100_000, focus=["quota"]).omitted == ()


def test_tokens_are_numbered_over_the_whole_page() -> None:
    """The numbers do not depend on which part of the page is shown."""
    image = '<ac:image><ri:attachment ri:filename="{}"/></ac:image>'
    page = sf.parse(
        f"<h1>A</h1><p>{image.format('one.png')} {'x ' * 900}</p><h1>B</h1><p>{image.format('two.png')} target</p>"
    )
    outline = sf.outline(page, budget_tokens=60, focus="target")
    assert "⟦image 2: two.png⟧ target" in outline.text
    assert "one.png" not in outline.text
