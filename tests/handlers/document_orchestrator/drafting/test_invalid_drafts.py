"""Invalid drafts: too long to review, or with a title that can be confused with another page's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from common import storage_format as sf
from common.aws.bedrock_client import ModelAnswer, ModelTool
from common.domain.ticket import Ticket
from common.runtime.errors import PermanentFailure, UnusableAnswers
from common.runtime.invisible_characters import invisible_in
from handlers.document_orchestrator import title_rules
from handlers.document_orchestrator.drafting import ask_model, edit_page_prompt, new_page_prompt
from handlers.document_orchestrator.drafting.edit_page_prompt import InvalidEditAnswer, Proposal
from handlers.document_orchestrator.page_selection import llm_judge
from handlers.document_orchestrator.page_selection.selection import CreatePage, NoDocument

KB = 1024


class Scripted:
    """A model that gives scripted answers, and records the corrections it gets."""

    def __init__(self, *answers: Mapping[str, Any]) -> None:
        self.answers = list(answers)
        self.told: list[str] = []

    def ask(
        self, system: str, prompt: str, tool: ModelTool, earlier: Sequence[tuple[ModelAnswer, str]] = ()
    ) -> ModelAnswer:
        self.told += [wrong for _, wrong in earlier[-1:]]
        return ModelAnswer("1", self.answers.pop(0), 1, 1)


def ticket(summary: str = "Refunds") -> Ticket:
    return Ticket.from_rest({"id": "1", "key": "PAY-1", "fields": {"summary": summary}}, "")


def edits(*given: tuple[str, int, str]) -> Proposal:
    page = sf.parse(f"<p>{'old ' * 30_000}</p><p>two</p>")
    listed = [{"action": action, "block": block, "markdown": markdown} for action, block, markdown in given]
    outline = sf.outline(page, budget_tokens=100_000)
    return edit_page_prompt.parse_edits({"summary": "s", "edits": listed}, page, outline)


def test_a_draft_may_add_at_most_64_kb() -> None:
    edits(("insert_after", 2, "é" * 32 * KB))
    with pytest.raises(
        InvalidEditAnswer, match=r"adds 65,537 bytes of new text, and a review shows at most 65,536"
    ):
        edits(("insert_after", 2, "é" * 32 * KB + "a"))
    with pytest.raises(InvalidEditAnswer, match="65,537"):
        edits(("insert_after", 2, "a" * 32 * KB), ("replace", 2, "b" * (32 * KB + 1)))
    new_page_prompt.parse_new_page({"markdown": "a" * 64 * KB})
    with pytest.raises(InvalidEditAnswer, match="65,537"):
        new_page_prompt.parse_new_page({"markdown": "a" * 64 * KB + "b"})


def test_kept_text_of_a_long_block_does_not_count() -> None:
    assert "x old" in edits(("replace", 1, "old " * 100 + "x " + "old " * 29_899 + "old")).storage


def test_a_draft_that_stays_too_long_is_reported() -> None:
    model = Scripted({"markdown": "a" * 65 * KB}, {"markdown": "b" * 65 * KB})
    with pytest.raises(
        UnusableAnswers,
        match=r"invalid twice: the draft adds 66,560 bytes .*split the work into several tickets",
    ):
        ask_model.draft_page(model, "Refunds", "", [ticket()], None)  # type: ignore[arg-type]
    assert "write less" in model.told[0]


@pytest.mark.parametrize(
    ("title", "why"),
    [
        (
            "pay\u202eouts",
            "the title “pay⟨U+202E⟩outs” holds invisible characters (U+202E), which a title must not have",
        ),
        ("Rate\u200b limits", "holds invisible characters (U+200B)"),
        ("Rate\U000e0148\U000e0149 limits", "(U+E0148, U+E0149)"),
        ("Rate \u3164limits", "(U+3164)"),
        (
            "P\u0430yments",
            "the word “P\u0430yments” in the title “P\u0430yments” mixes Latin and Cyrillic letters",
        ),
        ("\u0391PI", "mixes Latin and Greek letters"),
    ],
)
def test_a_confusable_title_is_refused(title: str, why: str) -> None:
    assert why in title_rules.title_fault(title)
    given = {"action": "create", "title": title, "confidence": 0.9, "reason": "new"}
    with pytest.raises(llm_judge.InvalidJudgement):
        llm_judge.parse_answer(given, [], ticket())
    with pytest.raises(PermanentFailure, match="Correct the summary of the ticket"):
        new_page_prompt.unique_title("", ticket(title), lambda taken: False)
    with pytest.raises(PermanentFailure):
        ask_model.draft_page(Scripted(), title, "", [ticket()], None)  # type: ignore[arg-type]


def test_the_judge_gets_one_correction_of_a_title() -> None:
    wrong = {"action": "create", "title": "Rate\u200b limits", "confidence": 0.9, "reason": "new"}
    model = Scripted(wrong, {**wrong, "title": "Rate limits"})
    fallback = llm_judge.JudgeAnswer(NoDocument(), 0.5, "none", "fallback")
    decided = llm_judge.judge(ticket(), [], model, fallback)
    assert decided.target == CreatePage("Rate limits", None)
    assert "U+200B" in model.told[0]


@pytest.mark.parametrize(
    "title", ["❤\ufe0f Refunds", "می\u200cخواهم", "Платежи и API", "Δ of rates", "10 µs"]
)
def test_other_titles_are_accepted(title: str) -> None:
    assert title_rules.title_fault(title) == ""


def test_invisible_characters_of_a_model_are_removed() -> None:
    hidden = "\u200b\u00ad\U000e0148\u3164\u2800"
    page = new_page_prompt.parse_new_page(
        {"markdown": f"# T{hidden}\n\na&shy;b{hidden}\n\n```\nc{hidden}\n```\n\n[d](https://e.org/{hidden})"}
    )
    assert list(invisible_in(page.storage)) == []
    assert "&shy;" not in page.storage
    with pytest.raises(InvalidEditAnswer):
        new_page_prompt.parse_new_page({"markdown": hidden})
    with pytest.raises(InvalidEditAnswer):
        edits(("insert_after", 2, hidden))
