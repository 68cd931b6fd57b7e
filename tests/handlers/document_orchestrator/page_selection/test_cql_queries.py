"""The CQL searches: few, limited to our spaces whatever a ticket says, and valid CQL."""

from __future__ import annotations

import re

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from handlers.document_orchestrator.page_selection.cql_queries import cql_queries, cql_string
from handlers.document_orchestrator.page_selection.search_terms import search_terms
from handlers.document_orchestrator.page_selection.select_page import search_and_decide
from tests.example_count import examples
from tests.handlers.document_orchestrator.page_selection.space import Docs
from tests.handlers.document_orchestrator.page_selection.tickets import ticket

HOSTILE = [
    'x" OR type = page',
    'x") OR space = SECRET OR (title ~ "x',
    'x\\" OR space = SECRET OR title ~ \\"',
    'a" ORDER BY created OR "',
    "title:secret AND space:SECRET || * ~ ? OR NOT x",
    "x\\",
    "' OR '1'='1",
    "＂ OR space = SECRET",
]


def cql_of(summary: str, description: str = "") -> list[str]:
    return [query.cql for query in cql_queries(search_terms(ticket(summary, description)), ["SD", "OPS"])]


def test_a_ticket_gives_four_searches_or_none_if_empty() -> None:
    """A full ticket gives four searches; one without words gives none."""
    assert len(cql_of("Add burst limits to the OrderService API", "Set max_burst in config. " * 50)) == 4
    assert cql_of("", "") == []
    assert cql_of("!!! (((", "???") == []


def test_a_ticket_with_only_a_description_is_searched_by_it() -> None:
    assert any("invoice" in cql for cql in cql_of("", "Invoices are numbered per tenant"))


def test_components_and_topic_labels_are_searched_too() -> None:
    asked = ticket("Improvements", components=("Billing API",), labels=("invoices", "needs-docs"))
    found = [query.cql for query in cql_queries(search_terms(asked), ["SD"])]
    assert all(f'~ "{word}"' in cql for word in ("billing", "api", "invoices") for cql in found[:2])
    assert not any("needs" in cql for cql in found)


@pytest.mark.parametrize("hostile", HOSTILE)
def test_ticket_text_cannot_search_outside_our_spaces(docs: Docs, hostile: str) -> None:
    docs.page("Ours about x", "<p>title page order created</p>")
    secret = docs.page("Secret about x", "<p>title page order created secret</p>", space="SECRET")
    for text in (f"{hostile}", f"Add {hostile} to it"):
        for cql in cql_of(text, text):
            assert secret not in {hit.page_id for hit in docs.confluence.search(cql, 50)}


@given(st.text(max_size=120), st.text(max_size=400))
@example(HOSTILE[1], HOSTILE[2])
@settings(max_examples=examples(150), suppress_health_check=[HealthCheck.too_slow])
def test_every_query_value_is_a_plain_word_or_phrase(summary: str, description: str) -> None:
    """All queries have the same frame, which limits them to pages in our spaces."""
    for cql in cql_of(summary, description):
        frame = re.fullmatch(r'type = page AND space IN \("SD", "OPS"\) AND \((.*)\)', cql, re.DOTALL)
        assert frame
        clause = r'(?:title|text) ~ "(?:\\"[^\W_]+(?:[_ ][^\W_]+)*\\"|[^\W_]+(?:[_.][^\W_]+)*)"'
        assert re.fullmatch(rf"{clause}(?: OR {clause})*", frame[1])
        assert len(cql) < 4_000


@given(st.text(max_size=60))
def test_a_quoted_literal_cannot_be_closed_early(value: str) -> None:
    literal = cql_string(value)
    assert re.fullmatch(r'"(?:[^"\\]|\\["\\])*"', literal, re.DOTALL)
    assert re.sub(r"\\(.)", r"\1", literal[1:-1], flags=re.DOTALL) == value


@pytest.mark.parametrize(
    ("summary", "title", "text"),
    [
        ("Raise the limit of the apigateway", "Traffic", "All calls pass the API Gateway."),
        ("Raise the limit of the API gateway", "Traffic", "All calls pass the apigateway."),
        ("Raise the limit of the apigateway", "API Gateway", "All calls pass it."),
        ("Raise the limit of the API gateway", "apigateway", "All calls pass it."),
    ],
)
def test_words_written_together_or_apart_are_found(docs: Docs, summary: str, title: str, text: str) -> None:
    docs.page(title, f"<p>{text}</p>")
    docs.page("Onboarding", "<p>Welcome.</p>")
    _, ranked, _ = search_and_decide(ticket(summary), docs.site, docs.confluence)
    assert [each.page.title for each in ranked] == [title]
