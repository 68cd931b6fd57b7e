"""Texts with the number of changes, shared by the review ticket and the diff page."""

from __future__ import annotations

from handlers.review_ticket_creator.diff.page_comparison import PageComparison


def formatting_changes_text(view: PageComparison) -> str:
    """Return the number of formatting changes as text; "" for none."""
    number = view.formatting_change_count
    return f"{number:,} formatting {'change' if number == 1 else 'changes'}" if number else ""


def source_only_text(view: PageComparison) -> str:
    """Return the number of changes that only the view Source shows as text; "" for none."""
    number = view.source_only_count
    return f"{number:,} {'change' if number == 1 else 'changes'} only visible in Source" if number else ""
