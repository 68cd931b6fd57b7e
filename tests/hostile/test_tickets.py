"""Every hostile ticket through every step without side effects, with a model that repeats it word for word.

The result is a harmless page, diff and review ticket, or a refusal, each within seconds. test_pipeline.py tests the
steps as the pipeline combines them.
"""

from __future__ import annotations

import json
import re
import time
import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest

from common import storage_format as sf
from common.atlassian.webhook_payload import NotAWebhook, parse_webhook
from common.domain.draft import Because
from common.domain.ticket import Ticket, WebLink
from handlers.approval_handler.decision import read_decision
from handlers.document_orchestrator.drafting import edit_page_prompt, new_page_prompt
from handlers.document_orchestrator.drafting.draft_sources import DraftSources
from handlers.document_orchestrator.page_selection import llm_judge
from handlers.document_orchestrator.page_selection.candidates import Candidate
from handlers.document_orchestrator.page_selection.cql_queries import cql_queries
from handlers.document_orchestrator.page_selection.explicit_pages import explicit_pages
from handlers.document_orchestrator.page_selection.ranking import Ranked
from handlers.document_orchestrator.page_selection.search_terms import search_terms
from handlers.document_orchestrator.prompt_text import TAGS, ticket_part
from handlers.review_ticket_creator import ticket_description
from handlers.review_ticket_creator.diff import diff_page
from handlers.review_ticket_creator.review_content import Review
from tests.hostile import harmless
from tests.hostile.corpus import ATTACKS, BOMBS, COMMENTS, KEYS, Attack

PAGE = "<p>Refunds go back in full.</p><h2>Limits</h2><p>Ninety days.</p>"
BOUND = 5.0
EACH = pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.name)
QUERY = re.compile(r'type = page AND space IN \(""\) AND \((?:title|text) ~ ""(?: OR (?:title|text) ~ "")*\)')
TAG = re.compile(rf"<\s*(/?)\s*({'|'.join(TAGS)})\b", re.IGNORECASE)
#: The parts of a ticket in which people wrote something everywhere.
WRITTEN = [f"{end}{name}" for name in ("ticket", "fields", "comments", "pull_requests") for end in ("", "/")]
AGAIN = ["previous_draft", "/previous_draft", "feedback", "/feedback"]
LITERAL = re.compile(r'"(?:[^"\\]|\\.)*"')


@contextmanager
def in_time() -> Iterator[None]:
    begun = time.process_time()
    yield
    assert time.process_time() - begun < BOUND


def ticket(attack: Attack) -> Ticket:
    fields = {"summary": attack.summary, "description": attack.description, "labels": list(attack.labels)}
    return Ticket.from_rest({"id": "1", "key": "PAY2-1", "fields": fields}, "https://site.test")


def written(attack: Attack) -> Ticket:
    """Return a ticket with the attack in each further field, comment and link."""
    text = attack.text[:20_000]
    link = WebLink("https://site.test/o/r/pull/1", text)
    return replace(
        ticket(attack), fields=((attack.summary, text), ("Notes", text)), comments=(text, text), links=(link,)
    )


def review(attack: Attack, after: str, changes: tuple[sf.BlockChange, ...]) -> Review:
    said = attack.text[:2_000]
    return Review(
        document_id="doc-" + "0" * 24,
        revision=1,
        kind="update",
        title=attack.summary[:200],
        page_url="https://site.test/wiki/pages/1",
        parent_title=attack.summary[:200],
        sources=(ticket(attack),),
        why=said,
        confidence=0.5,
        chosen_by="model",
        summary=said[:300],
        before=PAGE,
        after=after,
        changes=changes,
        previous=PAGE,
        diff_url="https://gateway.test/reviews/doc/1?signature=x",
    )


def test_the_corpus_has_its_promised_size() -> None:
    assert len(ATTACKS) >= 60
    assert len({attack.name for attack in ATTACKS}) == len(ATTACKS)


@EACH
def test_in_a_prompt_it_stays_one_bounded_part(attack: Attack) -> None:
    with in_time():
        part = ticket_part(ticket(attack))
    assert len(re.findall(r"<\s*/?\s*ticket", part, re.IGNORECASE)) == 2, part
    assert len(part) < 150_000


@pytest.mark.parametrize("attack", BOMBS, ids=lambda attack: attack.name)
def test_a_bomb_is_read_with_bounded_memory(attack: Attack) -> None:
    tracemalloc.start()
    try:
        ticket_part(ticket(attack))
        search_terms(ticket(attack))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 150_000_000


@EACH
def test_in_a_search_it_is_only_words(attack: Attack) -> None:
    with in_time():
        planned = cql_queries(search_terms(written(attack)), ["SD"])
    for query in planned:
        assert QUERY.fullmatch(LITERAL.sub('""', query.cql)), query.cql
        assert 'space IN ("SD")' in query.cql
        assert len(query.cql) < 8_000


@EACH
def test_it_names_no_page_of_another_site(attack: Attack) -> None:
    with in_time():
        links = ["javascript:alert(1)", attack.text[:2_000]]
        named = explicit_pages(written(attack), links, "https://site.test/wiki")
    for page in named:
        assert page.page_id is None or re.fullmatch("[0-9]{1,20}", page.page_id), page


@EACH
def test_a_new_page_that_repeats_it_is_harmless(attack: Attack) -> None:
    """And so is its review."""
    with in_time():
        try:
            page = new_page_prompt.parse_new_page({"summary": attack.text, "markdown": attack.text}).storage
        except edit_page_prompt.InvalidEditAnswer:
            return
        harmless.storage(page)
    with in_time():
        shown = review(attack, page, ())
        harmless.html(diff_page.render(shown))
        harmless.rich_text(ticket_description.description(shown))
        harmless.rich_text(ticket_description.announcement(shown))


@EACH
def test_an_edit_that_repeats_it_is_harmless_or_refused(attack: Attack) -> None:
    """And leaves the rest of the page unchanged."""
    page = sf.parse(PAGE)
    outline = sf.outline(page, budget_tokens=1_000, focus=[attack.text[:2_000]])
    edits = [{"action": "replace", "block": 1, "markdown": attack.text, "because": attack.text}]
    with in_time():
        try:
            given = {"summary": attack.text, "edits": edits}
            edited = edit_page_prompt.parse_edits(
                given, page, outline, sources=DraftSources([written(attack)])
            )
        except edit_page_prompt.InvalidEditAnswer:
            return
        harmless.storage(edited.storage)
        assert edited.storage.endswith("<h2>Limits</h2><p>Ninety days.</p>")
    with in_time():
        shown = replace(
            review(attack, edited.storage, sf.apply(page, edited.edits).changes),
            because=(Because("PAY2-1", attack.text),),
            unsourced=(attack.text, *edited.unsourced),
        )
        harmless.html(diff_page.render(shown))
        harmless.rich_text(ticket_description.description(shown))


@EACH
def test_as_a_page_it_is_read_within_limits(attack: Attack) -> None:
    with in_time():
        rendered = sf.render(attack.text)
        page = sf.parse(rendered)
        outline = sf.outline(page, budget_tokens=1_000, focus=["refund"])
        prompt = edit_page_prompt.edit_page_prompt(
            attack.summary,
            outline,
            [written(attack)],
            edit_page_prompt.PreviousDraft(attack.text, attack.text),
            style_guide=attack.text[:8_000],
        )
    assert _tags(prompt) == [*WRITTEN, "style_guide", "/style_guide", "page", "/page", *AGAIN]
    assert len(prompt) < 200_000


@EACH
def test_as_a_title_it_opens_no_part_of_a_prompt(attack: Attack) -> None:
    """Nor does it close one; the same holds for candidates."""
    with in_time():
        sample = new_page_prompt.Sample(attack.summary, attack.text)
        prompt = new_page_prompt.new_page_prompt(
            attack.summary, attack.summary, [written(attack)], None, 1.0, sample, attack.text[:8_000]
        )
    assert _tags(prompt) == [
        *WRITTEN, "title", "/title", "parent", "/parent", "sample", "/sample", "style_guide", "/style_guide",
    ]  # fmt: skip
    section = sf.Section((attack.summary,), attack.text)
    page = Candidate("1", attack.summary, "https://site.test", None, (attack.summary,), (section,))
    ranked = Ranked(page, 1.0, 1.0, is_named=True, nearest=(0,), why="words")
    with in_time():
        asked = llm_judge.judge_prompt(ticket(attack), [ranked, ranked], "update A")
    parts = ["candidate", "/candidate"] * 2
    assert _tags(asked) == ["ticket", "/ticket", "candidates", *parts, "/candidates"]
    assert asked.count("Lexical ranking favours:") == 1


def _tags(prompt: str) -> list[str]:
    """Return the names of a prompt's tags in order, closing ones with a slash."""
    return [f"{end}{name}" for end, name in TAG.findall(prompt)]


@pytest.mark.parametrize(("comment", "decides"), COMMENTS.values(), ids=COMMENTS.keys())
def test_a_hostile_comment_does_not_approve(comment: str, decides: str) -> None:
    with in_time():
        said = read_decision(comment)
        assert (said.verdict if said else "") == decides


@pytest.mark.parametrize("key", KEYS, ids=range(len(KEYS)))
def test_an_invalid_issue_key_is_refused(key: str) -> None:
    with pytest.raises(NotAWebhook, match=r"issue\.key"):
        parse_webhook(json.loads(json.dumps({"issue": {"id": "1", "key": key}})))


@pytest.mark.parametrize("issue_id", ["", "1/2", "../1", "１", "1?x", "-1", None, {}, [], True])
def test_an_invalid_issue_id_is_refused(issue_id: object) -> None:
    with pytest.raises(NotAWebhook, match=r"issue\.id"):
        parse_webhook({"issue": {"id": issue_id, "key": "A-1"}})
