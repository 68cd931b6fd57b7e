"""Asking the model for a draft: once, and once more with what was wrong; then a person must do it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from common import storage_format as sf
from common.confluence import ConfluencePage
from common.model import Answer, ModelFailure, Tool, ToolModel
from common.queue_door import GivenUp
from common.ticket import Ticket
from handlers.document_orchestrator import edit_page, write_page
from handlers.document_orchestrator.edit_page import Again, InvalidAnswer, Proposal
from handlers.document_orchestrator.titles import refuse_unsafe


def draft_update(
    model: ToolModel, page: ConfluencePage, tickets: Sequence[Ticket], again: Again | None
) -> Proposal:
    """Return edits to an existing page (none if it says everything already); raise GivenUp."""
    try:
        parsed = sf.parse(page.storage)
    except sf.MalformedStorage as error:
        raise GivenUp(f'the page "{page.title}" cannot be read, so it is not edited: {error}') from error
    focus = [
        word for ticket in tickets for word in (ticket.summary, *ticket.components, ticket.description[:2000])
    ]
    outline = sf.outline(parsed, budget_tokens=edit_page.OUTLINE_BUDGET, focus=focus)
    text = edit_page.prompt(page.title, outline, tickets, again)
    return _ask(
        model, edit_page.SYSTEM, text, edit_page.TOOL, lambda answer: edit_page.read(answer, parsed, outline)
    )


def draft_page(
    model: ToolModel, title: str, parent_title: str, tickets: Sequence[Ticket], again: Again | None
) -> Proposal:
    """Return the body of a new page; raise GivenUp."""
    refuse_unsafe(title)
    text = write_page.prompt(title, parent_title, tickets, again)
    return _ask(model, write_page.SYSTEM, text, write_page.TOOL, write_page.read)


def _ask(
    model: ToolModel, system: str, text: str, tool: Tool, read: Callable[[Mapping[str, Any]], Proposal]
) -> Proposal:
    earlier: list[tuple[Answer, str]] = []
    while True:
        try:
            answer = model.ask(system, text, tool, earlier)
        except ModelFailure as error:
            raise GivenUp(f"no draft could be made: {error}") from error
        try:
            return read(answer.input)
        except InvalidAnswer as error:
            if earlier:
                raise GivenUp(
                    f"no draft could be made: the model's edits were invalid twice: {error}"
                ) from error
            earlier.append((answer, str(error)))
