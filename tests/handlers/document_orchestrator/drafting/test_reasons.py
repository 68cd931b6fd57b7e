"""Each edit says which words ask for it; facts without a source are marked; what is still true is kept."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common import storage_format as sf
from common.atlassian.confluence_client import ConfluencePage
from common.domain.draft import FEEDBACK, Because, Draft
from common.domain.ticket import Ticket
from common.runtime.attempt import attempt
from handlers.document_orchestrator.drafting import ask_model
from handlers.document_orchestrator.drafting.draft_sources import MAX_QUOTED_WORDS, DraftSources
from handlers.document_orchestrator.drafting.edit_page_prompt import PreviousDraft, Proposal
from tests.handlers.document_orchestrator.drafting.test_invalid_drafts import Scripted

LONG = (
    "A webhook that fails is tried again 8 times over 24 hours. Each delivery waits for an answer. The dashboard lists "
    "failed deliveries for a month, and a person can send them again."
)
PAGE = f"<p>{LONG}</p><p>Uploads may have 10 MB.</p>"
SAID = "Uploads may have “25 MB” now,\n\nsays\u00a0the team."
REWRITTEN = "Everything about hooks and their endpoints is explained elsewhere in new and better words."
KEPT = LONG.replace("8 times over 24", "12 times over 72")


def ticket(text: str = SAID, key: str = "PAY2-1") -> Ticket:
    fields = {"summary": "Larger uploads", "description": text}
    return Ticket.from_rest({"id": "1", "key": key, "fields": fields}, "")


def drafted(
    *answers: Any, text: str = SAID, again: PreviousDraft | None = None, calls: int = 3
) -> tuple[Proposal, Scripted]:
    """Draft an update with scripted answers: each a list of edits (block, markdown, because)."""
    model = Scripted(*({"summary": "s", "edits": [_edit(*edit) for edit in answer]} for answer in answers))
    page = ConfluencePage(
        page_id="1", title="Hooks", space_id="1", parent_id=None, status="current", version=1, author_id="",
        storage=PAGE, url="",
    )  # fmt: skip
    with attempt(0) as running:
        running.selection_calls = 3 - calls
        return ask_model.draft_update(model, page, [ticket(text)], again), model  # type: ignore[arg-type]


def _edit(block: int, markdown: str, because: object = "") -> dict[str, Any]:
    return {"action": "replace", "block": block, "markdown": markdown, "because": because}


@pytest.mark.parametrize(
    ("quoted", "found"),
    [
        ('Uploads may have "25 MB" now', Because("PAY2-1", 'Uploads may have "25 MB" now')),
        ("'25 MB\" now, says the team.'", Because("PAY2-1", '25 MB" now, says the team')),
        ("Larger uploads", Because("PAY2-1", "Larger uploads")),
        ("the new limit", Because(FEEDBACK)),
        ("Uploads may have 26 MB", Because()),
        ("loads may have", Because()),
        ("the", Because()),
        ("", Because()),
        (None, Because()),
        (["25 MB"], Because()),
    ],
)
def test_quotation_is_found_word_for_word(quoted: object, found: Because) -> None:
    assert DraftSources([ticket()], "Name the new limit, please.").because(quoted) == found


@given(
    st.lists(
        st.sampled_from(["Uploads", "may", "have", "25", "MB", "<b>", "“now”", "again", "–", "日本語"]),
        min_size=2,
        max_size=40,
    )
)
def test_any_words_of_a_ticket_are_found_and_cut(words: list[str]) -> None:
    found = DraftSources([ticket("  \n".join(words))]).because(" ".join(words))
    assert found.source == ("PAY2-1" if len(" ".join(words).strip("“” ")) > 3 else "")
    assert len(found.quote.split()) <= MAX_QUOTED_WORDS


def test_a_quotation_that_is_cut_says_so() -> None:
    words = [f"w{number}" for number in range(40)]
    found = DraftSources([ticket(" ".join(words))]).because(" ".join(words))
    assert found.quote == " ".join(words[:MAX_QUOTED_WORDS]) + "…"


def test_edit_without_its_source_is_kept_and_marked() -> None:
    """And every fact that stands neither in ticket nor page is named."""
    proposal, _ = drafted(
        [
            (2, "Uploads may have 25 MB, with `--force` 30 MB.", "the boss said so"),
            (1, KEPT, "Larger uploads"),
        ]
    )
    assert proposal.because == (Because(), Because("PAY2-1", "Larger uploads"))
    assert proposal.unsourced == ("--force", "30", "12", "72")
    assert "the boss" not in proposal.storage


def test_rewriting_for_a_small_ticket_is_sent_back_once() -> None:
    proposal, model = drafted([(1, REWRITTEN, "")], [(1, KEPT, "")])
    assert "12 times over 72" in proposal.storage
    assert model.told == [
        "most of the text of [1] is replaced, but the tickets say little: keep the sentences that are still true, word "
        "for word, and change only what the tickets made wrong"
    ]
    assert REWRITTEN in drafted([(1, REWRITTEN, "")], [(1, REWRITTEN, "")])[0].storage


def test_rewriting_is_used_if_no_better_answer_follows() -> None:
    wrong = [(99, "x", "")]
    assert REWRITTEN in drafted([(1, REWRITTEN, "")], wrong, wrong)[0].storage
    assert REWRITTEN in drafted([(1, REWRITTEN, "")], calls=1)[0].storage


def test_all_that_is_wrong_is_said_at_once() -> None:
    _, model = drafted([(1, REWRITTEN, ""), (99, "x", "")], [(1, REWRITTEN, "")])
    [told] = model.told
    assert "[99] is not a block" in told
    assert "keep the sentences that are still true" in told


def test_long_tickets_and_feedback_may_rewrite() -> None:
    assert not drafted([(1, REWRITTEN, "")], text="word " * 200)[1].told
    assert not drafted([(1, REWRITTEN, "")], again=PreviousDraft("", "Write it anew."))[1].told


def test_draft_stored_without_reasons_is_still_read() -> None:
    stored = (
        b'{"base":"","base_version":0,"change_ids":["c"],"document_id":"d","edits":[],"follows":0,"inputs":"",'
        b'"issue_keys":["PAY2-1"],"kind":"create","levels":{},"page_id":null,"parent_id":null,"revision":1,'
        b'"space_id":"1","storage":"<p>One.</p>","summary":"s","title":"T"}'
    )
    draft = Draft.from_bytes(stored)
    assert (draft.because, draft.unsourced) == ((), ())


def test_stored_reasons_are_read_back() -> None:
    edits = (sf.Replace("b1", "New."),)
    draft = Draft.from_bytes(
        b'{"document_id":"d","revision":1,"kind":"update","title":"T","space_id":"1","summary":"s","storage":"",'
        b'"change_ids":[],"issue_keys":[],"edits":[{"action":"replace","block_id":"b1","markdown":"New."}],'
        b'"because":[{"source":"PAY2-1","quote":"now"}],"unsourced":["8"]}'
    )
    assert (draft.edits, draft.because, draft.unsourced) == (edits, (Because("PAY2-1", "now"),), ("8",))
    assert Draft.from_bytes(draft.to_bytes()) == draft
