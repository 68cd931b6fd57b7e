"""Finds the words of a ticket or of the feedback that an edit comes from, as a model would quote them: `because`."""

import re
from typing import Any

from local.bedrock.prompt import Prompt
from local.bedrock.replaced_values import about

_SENTENCE = re.compile(r"[^\s.!?。][^\n]*?(?:[.!?。](?=\s|$)|$|(?<=。))", re.MULTILINE)
_NUMBER = re.compile(r"\d+")
_MARKER = re.compile(r"^(?:[-*+•] |#+ |\d+[.)] )")
_MOST_WORDS = 15


def with_quotations(answer: dict[str, Any], prompt: Prompt) -> dict[str, Any]:
    """Return an answer of the tool edit_page with `because` in each edit: words of the sentence nearest to the edit."""
    old = {block.number: block.text for block in prompt.blocks}
    edits = [
        {**edit, "because": edit.get("because") or _quotation(edit, old.get(edit["block"], ""), prompt)}
        for edit in answer.get("edits", [])
    ]
    return {**answer, "edits": edits}


def _quotation(edit: dict[str, Any], old: str, prompt: Prompt) -> str:
    new = edit.get("markdown", "")
    is_added = edit["action"] == "insert_after"
    wanted = _terms(new) - _terms("" if is_added else old) or _terms(new) ^ _terms(old) or _terms(old)
    texts = [prompt.feedback]
    texts += [text for ticket in prompt.tickets for text in (ticket.description, ticket.summary)]
    sentences = [_MARKER.sub("", found.strip()) for text in texts for found in _SENTENCE.findall(text)]
    best = max(sentences, key=lambda sentence: len(wanted & _terms(sentence)), default="")
    return " ".join(best.split()[:_MOST_WORDS]) if wanted & _terms(best) else ""


def _terms(text: str) -> set[str]:
    return {*about(text), *_NUMBER.findall(text)}
