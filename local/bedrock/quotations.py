"""Finds the words of a ticket or of the feedback that an edit comes from, as a model would quote them: `because`."""

import re
from collections import Counter
from typing import Any

from local.bedrock.prompt import Prompt
from local.bedrock.replaced_values import about

_SENTENCE = re.compile(r"[^\s.!?。][^\n]*?(?:[.!?。](?=\s|$)|$|(?<=。))", re.MULTILINE)
# A sentence that is too long to quote is quoted by whole clauses.
_CLAUSE_END = re.compile(r"(?<=[,;:—–])\s+")
_NUMBER = re.compile(r"\d+(?:[.:]\d+)*")
_MARKER = re.compile(r"^(?:[-*+•] |#+ |\d+[.)] )")
_MOST_WORDS = 15
_NUMBER_WEIGHT = 3


def with_quotations(answer: dict[str, Any], prompt: Prompt) -> dict[str, Any]:
    """Return an answer of the tool edit_page with `because` in each edit: words of the sentence nearest to the edit."""
    old = {block.number: block.text for block in prompt.blocks}
    edits = [
        {**edit, "because": edit.get("because") or _quotation(edit, old.get(edit["block"], ""), prompt)}
        for edit in answer.get("edits", [])
    ]
    return {**answer, "edits": edits}


def _quotation(edit: dict[str, Any], old: str, prompt: Prompt) -> str:
    """Return the passage that shares most with what the edit changes, and then with the whole block; else ""."""
    new = _terms(edit.get("markdown", ""))
    before = Counter() if edit["action"] == "insert_after" else _terms(old)
    wanted = set(new - before) or set(before - new) or set(before)
    texts = [prompt.feedback]
    texts += [text for ticket in prompt.tickets for text in (ticket.description, ticket.summary)]
    sentences = [_MARKER.sub("", found.strip()) for text in texts for found in _SENTENCE.findall(text)]

    def nearness(passage: str) -> tuple[int, int, int]:
        terms = set(_terms(passage))
        return _weight(wanted & terms), _weight(terms & {*new, *before}), -len(passage)

    passages = [passage for sentence in sentences for passage in _passages(sentence)]
    best = max(passages, key=nearness, default="")
    return best if wanted & set(_terms(best)) else ""


def _passages(sentence: str) -> list[str]:
    """Return what can be quoted of a sentence: it whole, or runs of its clauses; the beginning of a long clause."""
    if len(sentence.split()) <= _MOST_WORDS:
        return [sentence]
    clauses = _CLAUSE_END.split(sentence)
    starts = [0]
    for match in _CLAUSE_END.finditer(sentence):
        starts.append(match.end())
    ends = [start + len(clause) for start, clause in zip(starts, clauses, strict=True)]
    runs = [
        sentence[start:end].rstrip(" ,;:—–")
        for first, start in enumerate(starts)
        for end in ends[first:]
        if len(sentence[start:end].split()) <= _MOST_WORDS
    ]
    long = [clause for clause in clauses if len(clause.split()) > _MOST_WORDS]
    return runs + [" ".join(clause.split()[:_MOST_WORDS]) for clause in long]


def _terms(text: str) -> Counter[str]:
    """Return the words that say what a text is about, once each, and its numbers as often as they stand in it."""
    return Counter([*(word for word in about(text) if not word[0].isdigit()), *_NUMBER.findall(text)])


def _weight(terms: set[str]) -> int:
    return sum(_NUMBER_WEIGHT if term[0].isdigit() else 1 for term in terms)
