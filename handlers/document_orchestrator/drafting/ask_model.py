"""Asks the model for a draft. A bad answer is asked for again in the same attempt, each time for another reason.

An invalid answer is explained to the model once. A valid one that rewrites most of a block for a small ticket is sent
back once; it is used if no better one follows. After a garbled or missing answer the prompt is changed once. An
answer that was cut off is requested once with the model's maximum length. One attempt makes at most
``MAX_MODEL_CALLS`` calls; without a usable answer it is deferred, and the next attempt has a shorter prompt.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from common import storage_format as sf
from common.atlassian.confluence_client import ConfluencePage
from common.aws.bedrock_client import (
    AnswerCutOff,
    BedrockClient,
    ContextExceeded,
    GuardrailIntervened,
    ModelAnswer,
    ModelFailure,
    ModelRefused,
    ModelTool,
)
from common.domain.model_use import ModelUse
from common.domain.ticket import Ticket
from common.runtime.attempt import current_attempt
from common.runtime.errors import PermanentFailure, UnusableAnswers
from handlers.document_orchestrator.drafting import edit_page_prompt, new_page_prompt
from handlers.document_orchestrator.drafting.draft_sources import DraftSources
from handlers.document_orchestrator.drafting.edit_page_prompt import (
    InvalidEditAnswer,
    PreviousDraft,
    Proposal,
    Reason,
)
from handlers.document_orchestrator.drafting.new_page_prompt import Sample
from handlers.document_orchestrator.title_rules import refuse_unsafe_title

log = logging.getLogger(__name__)

#: Share of tickets, page and previous draft that the prompt shows, by attempt. A prompt that a model's context cannot
#: hold is followed by one two steps shorter, so that one attempt fits a context of 8,000 tokens.
PROMPT_SHARES = (1.0, 0.7, 0.5, 0.35, 0.2)

_CHANGED_PROMPT: Mapping[Reason, str] = {
    "invalid": "",
    "rewritten": "",
    "failure": "An earlier answer could not be read. Call the tool {tool} exactly once, with one complete JSON object, "
    "and write nothing else.",
    "cut off": "An earlier answer was too long. Call the tool {tool} with a shorter answer: only what matters most.",
}


@dataclass(frozen=True)
class Question:
    """A prompt, and the function that validates the answer to it; the function raises InvalidEditAnswer."""

    prompt: str
    validate: Callable[[Mapping[str, Any]], Proposal]


def draft_update(
    model: BedrockClient,
    page: ConfluencePage,
    tickets: Sequence[Ticket],
    again: PreviousDraft | None,
    titles: Sequence[str] = (),
    attached: Callable[[], Iterable[str]] = tuple,
    style_guide: str = "",
) -> Proposal:
    """Return edits to an existing page (no edits if it is up to date); raise PermanentFailure or UnusableAnswers.

    ``titles`` are those of pages that the draft may link, besides the pages that it links already. ``attached`` returns
    the file names of the page's attachments; it is called only if an edit names an image that the page does not show.
    ``style_guide`` are the team's rules of wording.
    """
    try:
        parsed = sf.parse(page.storage)
    except sf.MalformedStorage as error:
        raise PermanentFailure(
            f'Kinexus cannot read the storage format of the page "{page.title}", so it does not edit it: {error}'
        ) from error
    focus = [
        word for ticket in tickets for word in (ticket.summary, *ticket.components, ticket.description[:2000])
    ]

    sources = DraftSources(tickets, again.feedback if again else "")

    def question(share: float) -> Question:
        outline = edit_page_prompt.shown_outline(parsed, focus, share)
        prompt = edit_page_prompt.edit_page_prompt(page.title, outline, tickets, again, share, style_guide)
        return Question(
            prompt,
            lambda answer: edit_page_prompt.parse_edits(
                answer, parsed, outline, page.title, titles, attached, sources
            ),
        )

    return _ask(model, edit_page_prompt.SYSTEM, edit_page_prompt.TOOL, question)


def draft_page(
    model: BedrockClient,
    title: str,
    parent_title: str,
    tickets: Sequence[Ticket],
    again: PreviousDraft | None,
    titles: Sequence[str] = (),
    sample: Sample | None = None,
    style_guide: str = "",
) -> Proposal:
    """Return the body of a new page; raise PermanentFailure or UnusableAnswers. It may link pages with ``titles``.

    ``sample`` shows how pages of the space are written, ``style_guide`` are the team's rules of wording.
    """
    refuse_unsafe_title(title)
    sources = DraftSources(tickets, again.feedback if again else "")

    def question(share: float) -> Question:
        prompt = new_page_prompt.new_page_prompt(
            title, parent_title, tickets, again, share, sample, style_guide
        )
        return Question(
            prompt,
            lambda answer: new_page_prompt.parse_new_page(answer, title, [parent_title, *titles], sources),
        )

    return _ask(model, new_page_prompt.SYSTEM, new_page_prompt.TOOL, question)


def _validated(asked: Question, answer: ModelAnswer, *, may_send_back: bool) -> Proposal:
    """Return a valid answer; raise InvalidEditAnswer, also for one that rewrites a block, if it may be sent back."""
    proposal = asked.validate(answer.input)
    if proposal.to_keep and may_send_back:
        raise InvalidEditAnswer(proposal.to_keep, usable=proposal)
    return proposal


def _ask(
    model: BedrockClient, system: str, tool: ModelTool, question: Callable[[float], Question]
) -> Proposal:
    attempt = current_attempt()
    shorter = attempt.number
    asked_again: list[Reason] = []
    earlier: list[tuple[ModelAnswer, str]] = []
    problem = ""
    use: ModelUse | None = None
    usable: Proposal | None = None
    for _ in range(attempt.draft_calls):
        asked = question(PROMPT_SHARES[min(shorter, len(PROMPT_SHARES) - 1)])
        notes = [_CHANGED_PROMPT[reason].format(tool=tool.name) for reason in asked_again]
        reason: Reason
        try:
            answer = model.ask(system, "\n\n".join([asked.prompt, *filter(None, notes)]), tool, earlier)
            use = answer.use.after(use)
            proposal = _validated(asked, answer, may_send_back="rewritten" not in asked_again)
            return replace(proposal, model=use)
        except GuardrailIntervened as error:
            raise PermanentFailure(
                f"no draft could be made: {error}. Take out what it may not read, such as personal data, and close the "
                "ticket again; an operator sees in the guardrail's own settings what that is"
            ) from error
        except ModelRefused as error:  # let go: an answer that was sent back can still be used
            if usable:
                return replace(usable, model=use)
            raise PermanentFailure(f"no draft could be made: {error}") from error
        except ModelFailure as error:
            problem, reason = str(error), "cut off" if isinstance(error, AnswerCutOff) else "failure"
            tool = tool.with_longest_answer()  # Nova's answer is garbled, too, if it is longer than allowed
            if isinstance(error, ContextExceeded):
                shorter, earlier = shorter + 2, []
        except InvalidEditAnswer as error:
            problem, reason = str(error), "rewritten" if error.usable else "invalid"
            usable = error.usable or usable
            earlier.append((answer, problem))
            asked_again += error.also
        log.warning("draft.answer_unusable", extra={"reason": problem, "attempt": attempt.number})
        if reason in asked_again:
            break
        asked_again.append(reason)
    if usable:
        return replace(usable, model=use)
    told = f"the language model's answer was invalid twice: {problem}" if reason == "invalid" else problem
    raise UnusableAnswers(
        f"no draft could be made: {told}. It may help to make the ticket's description shorter or clearer"
    )
