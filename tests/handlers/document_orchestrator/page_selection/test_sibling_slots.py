"""A ticket that adds a new thing gets a page beside those of the same kind; one that adds a part gets none."""

from __future__ import annotations

import pytest

from common.storage_format import Section
from handlers.document_orchestrator.page_selection.candidates import Candidate
from handlers.document_orchestrator.page_selection.new_subject import adds_part, changes_existing, new_subject
from handlers.document_orchestrator.page_selection.ranking import rank_pages
from handlers.document_orchestrator.page_selection.ranking_fallback import decide_by_ranking
from handlers.document_orchestrator.page_selection.selection import CreatePage, UpdatePage
from tests.handlers.document_orchestrator.page_selection.tickets import ticket


def pages(parent: str, *titles: str) -> list[Candidate]:
    """Return candidates below a parent; its title and its id are the same."""
    return [
        Candidate(title, title, "", parent, (parent,), (Section((), f"About {title.lower()}."),))
        for title in titles
    ]


SHOP = [
    *pages("Catalogue", "Products", "Product Types", "Carts", "Gift Cards", "Configuration Profiles"),
    *pages("Connectors", "Ledger", "Warehouse", "Mail"),
]


def decided(summary: str, candidates: list[Candidate] = SHOP) -> object:
    asked = ticket(summary)
    return decide_by_ranking(asked, rank_pages(asked, candidates)).target


@pytest.mark.parametrize(
    ("summary", "title", "parent"),
    [
        ("Add Cart Rule", "Cart Rules", "Catalogue"),
        ("Introduce CartRule model", "Cart Rules", "Catalogue"),
        ("feat(shop): implement cart rules", "Cart Rules", "Catalogue"),
        ("Add support for cart rules", "Cart Rules", "Catalogue"),
        ("Introduce a CartRule for seasonal offers", "Cart Rules", "Catalogue"),
        ("Product type families", "Product Type Families", "Catalogue"),
        ("Add product category", "Product Categories", "Catalogue"),
        ("Introduce digital gift cards", "Digital Gift Cards", "Catalogue"),
        ("multiple loyalty cards", "Loyalty Cards", "Catalogue"),
        ("Introduce config profile sets", "Config Profile Sets", "Catalogue"),
        ("Add TaxOffice connector", "TaxOffice", "Connectors"),
    ],
)
def test_new_thing_gets_a_page_beside_its_siblings(summary: str, title: str, parent: str) -> None:
    assert decided(summary) == CreatePage(title, parent)


@pytest.mark.parametrize(
    "summary",
    [
        "Add Product Type",
        "Introduce giftcards",
        "Add color field to product",
        "Add expiry date to gift cards",
        "Add cart timeout parameter",
        "Add digital gift card",
        "Add support for nested products",
        "Add sorting for carts",
        "Add cartTimeout for mail connectors",
        "Remove cart rules",
        "Use product families",
        "Product uniqueness",
        "Add product and cart rules",
        "fix: product rules",
    ],
)
def test_part_or_change_of_a_thing_gets_no_page(summary: str) -> None:
    assert isinstance(decided(summary), UpdatePage)


def test_thing_without_siblings_gets_no_page() -> None:
    """One page of its kind says nothing about how the space is divided."""
    assert isinstance(decided("Add Cart Rule", pages("Manual", "Carts")), UpdatePage)


def test_change_of_something_unknown_creates_no_page_beside_another() -> None:
    """Weak evidence for all pages creates a page only for what is added."""
    sections = (Section((), "Welcome to all shoppers."),)
    welcome = [*SHOP, Candidate("Welcome", "Welcome", "", "Manual", ("Manual",), sections)]
    assert isinstance(decided("Let shoppers split orders into monthly instalments", welcome), CreatePage)
    for summary in (
        "Remove monthly instalments that shoppers split",
        "Add an option to let shoppers split orders",
        "Add support to let shoppers split orders",
    ):
        assert isinstance(decided(summary, welcome), UpdatePage)


@pytest.mark.parametrize(
    "summary", ["", " ", "to", "Add", "Add the", "feat:", "`", "Add (x)", "Добавить поле", "追加", "a" * 5000]
)
def test_any_summary_is_read(summary: str) -> None:
    new_subject(summary)
    changes_existing(summary)
    adds_part(summary)
    decided(summary)
