"""How much changes, in the words that ticket and diff page share."""

from __future__ import annotations

from handlers.review_ticket_creator.diff.compared import Compared


def forms_changed(view: Compared) -> str:
    """Say how many changes of form there are; "" for none."""
    number = view.form_changes
    return f"{number:,} {'change' if number == 1 else 'changes'} of form" if number else ""


def only_in_source(view: Compared) -> str:
    """Say how many changes only the source shows; "" for none."""
    number = view.undrawn
    return f"{number:,} {'change' if number == 1 else 'changes'} only visible in Source" if number else ""
