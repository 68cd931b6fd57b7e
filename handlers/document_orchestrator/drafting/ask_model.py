"""Asks the model for a draft; an invalid answer is explained to it once, a second one is a permanent failure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from common import storage_format as sf
from common.atlassian.confluence_client import ConfluencePage
from common.aws.bedrock_client import BedrockClient, ModelAnswer, ModelFailure, ModelTool
from common.domain.ticket import Ticket
from common.runtime.errors import PermanentFailure
from handlers.document_orchestrator.drafting import edit_page_prompt, new_page_prompt
from handlers.document_orchestrator.drafting.edit_page_prompt import (
    InvalidEditAnswer,
    PreviousDraft,
    Proposal,
)
from handlers.document_orchestrator.title_rules import refuse_unsafe_title


def draft_update(
    model: BedrockClient, page: ConfluencePage, tickets: Sequence[Ticket], again: PreviousDraft | None
) -> Proposal:
    """Return edits to an existing page (no edits if it is up to date); raise PermanentFailure."""
    try:
        parsed = sf.parse(page.storage)
    except sf.MalformedStorage as error:
        raise PermanentFailure(
            f'Kinexus cannot read the storage format of the page "{page.title}", so it does not edit it: {error}'
        ) from error
    focus = [
        word for ticket in tickets for word in (ticket.summary, *ticket.components, ticket.description[:2000])
    ]
    outline = sf.outline(parsed, budget_tokens=edit_page_prompt.OUTLINE_BUDGET, focus=focus)
    text = edit_page_prompt.edit_page_prompt(page.title, outline, tickets, again)
    return _ask(
        model,
        edit_page_prompt.SYSTEM,
        text,
        edit_page_prompt.TOOL,
        lambda answer: edit_page_prompt.parse_edits(answer, parsed, outline),
    )


def draft_page(
    model: BedrockClient,
    title: str,
    parent_title: str,
    tickets: Sequence[Ticket],
    again: PreviousDraft | None,
) -> Proposal:
    """Return the body of a new page; raise PermanentFailure."""
    refuse_unsafe_title(title)
    text = new_page_prompt.new_page_prompt(title, parent_title, tickets, again)
    return _ask(model, new_page_prompt.SYSTEM, text, new_page_prompt.TOOL, new_page_prompt.parse_new_page)


def _ask(
    model: BedrockClient,
    system: str,
    text: str,
    tool: ModelTool,
    validate: Callable[[Mapping[str, Any]], Proposal],
) -> Proposal:
    earlier: list[tuple[ModelAnswer, str]] = []
    while True:
        try:
            answer = model.ask(system, text, tool, earlier)
        except ModelFailure as error:
            raise PermanentFailure(f"no draft could be made: {error}") from error
        try:
            return validate(answer.input)
        except InvalidEditAnswer as error:
            if earlier:
                raise PermanentFailure(
                    f"no draft could be made: the model's answer was invalid twice: {error}"
                ) from error
            earlier.append((answer, str(error)))
