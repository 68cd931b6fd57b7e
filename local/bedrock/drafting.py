"""Drafts and page judgements without a model: deterministic rules that reuse the ticket's text.

They replace Nova, so the pipeline around it can be tried and tested. The rules know only words and sentences. Every
summary says that it was drafted without a model.
"""

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from local.bedrock.prompt import OutlineBlock, Prompt, PromptCandidate, TicketText
from local.bedrock.replaced_values import about, is_gone, is_said, replaced_values, with_cell, with_values

_NEAR = 8.0
_NEARLY = 0.98
"""A page with this share of another page's score fits as well: the stand-in is then `_UNSURE` which is meant."""
_SURE, _UNSURE = 0.75, 0.5
UNMODELLED = "(drafted without a model)"

_WORD = re.compile(r"[^\W_]{3,}|\b\d+\b")
_STOP = frozenset(
    re.findall(
        r"\w+",
        "the and for that this with from are was were has have not but its can will when then than into onto our your "
        "you they there which what who how all any each per via also may must should would could been being does did "
        "done only just more most such other some now new use used using",
    )
)
_SENTENCE = re.compile(r"(?<=[.!?…。])\s+")
_MARKER = re.compile(r"^\s*(?:[-*+•] (?:\[[ xX]\] )?|#+ |h[1-6]\. |\d+[.)] |> ?)")
_TOKEN = re.compile(r"⟦[^⟧]*⟧")
_ASKING = re.compile(
    r"^(?:as an? .{1,40}?,? i (?:want|need)|please\b,?|could you\b|can you\b|needs? revision:?|request changes:?)\s*",
    re.IGNORECASE,
)
_OPENING_VERB = re.compile(
    r"^(?:let\s+\w+|add|introduce|implement|support|create|build|allow|enable|provide|offer|ship|document|write)\s+"
    r"(?:(?:support|docs|documentation) (?:for|of)\s+)?(?:an?\s+|the\s+)?",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"\b\d[\d.,:]*")
_UNCHANGED = re.compile(
    r"\b(?:stays?|remains?|unchanged|still|nothing changes|not (?:yet|agreed))\b", re.IGNORECASE
)
_NO_CHANGE = re.compile(
    r"\b(?:nothing changes|no changes?) for (?:users|readers|customers|anybody|anyone)\b", re.IGNORECASE
)
_MOST_EDITS = 20
_SAY = re.compile(
    r"(?:needs? revision:?\s*|request changes:?\s*)?(?:please\s+|could you\s+|can you\s+)?(?:also\s+)?"
    r"(?:say|mention|add|write|note|state|explain)(?:\s+also)?(?:\s+that\b|:)?\s+(.+)",
    re.IGNORECASE,
)
# Where to say it: under “Limits”.
_PLACE = re.compile(
    r"\s+(?:under|in|below|at)\s+(?:the heading\s+)?[“\"„][^”\"“]+[”\"“](?=[.!]?$)", re.IGNORECASE
)
_LEAVE_OUT = re.compile(r"\b(?:leave out|leave off|remove|drop|delete|omit|without)\b", re.IGNORECASE)
_STEP = re.compile(r"^\s*(?:\d+[.)]|#)\s+\S", re.MULTILINE)
_ITEM = re.compile(r"^\s*[-*+•]\s+\S")
_USE = re.compile(
    r"\b(?:run|set|call|use|click|open|configure|send|choose|select|install|pass|enable)\b", re.IGNORECASE
)


def edit_page(prompt: Prompt, invalid_before: bool = False) -> dict[str, Any]:
    """Return the input of the tool edit_page: a sentence of the ticket added to the block that matches it best.

    The block's own Markdown is unchanged, including tokens. After an invalid answer, the sentence becomes a separate
    paragraph after the block instead, with links in place of images.
    """
    summary = _summary(prompt.tickets, f"Updates “{prompt.page_title}”")
    if _changes_nothing(prompt):
        return {"summary": summary, "edits": []}
    in_place, used = ({}, set()) if invalid_before else _in_place(prompt)
    rest = tuple(ticket for ticket in prompt.tickets if ticket.key not in used)
    target = _best_block(prompt.blocks, _word_weights(prompt))
    page_text = "\n".join(block.text for block in prompt.blocks)
    addition = " ".join(
        _sentences_to_add(replace(prompt, tickets=rest), page_text, target.text if target else "")
    )
    edits = dict(in_place)
    if addition and (target is None or invalid_before or not is_prose(target)):
        last = max((block.number for block in prompt.blocks), default=0)
        place = target.number if target else last
        added = {
            "action": "insert_after",
            "block": place,
            "markdown": _links_for_images(addition) if invalid_before else addition,
        }
        return {"summary": summary, "edits": [*edits.values(), added]}
    if addition and target is not None:
        text = str(edits.get(target.number, {}).get("markdown") or target.text)
        edits[target.number] = {
            "action": "replace", "block": target.number, "markdown": _lengthened(text, addition),
        }  # fmt: skip
    return {"summary": summary, "edits": list(edits.values())}


def _lengthened(text: str, addition: str) -> str:
    own = _MARKER.sub("", text.strip(), count=1).strip()
    ended = own if own.endswith((".", "!", "?", ":", "⟧", "…")) else f"{own}."
    return f"{ended} {addition}"


def _in_place(prompt: Prompt) -> tuple[dict[int, dict[str, Any]], set[str]]:
    """Return edits by block that put new values in place of old ones and delete what is gone, and the tickets used."""
    edits: dict[int, dict[str, Any]] = {}
    used: set[str] = set()
    for ticket in prompt.tickets:
        sentences = _all_sentences(ticket)
        values = replaced_values([each for each in sentences if not _UNCHANGED.search(each)], prompt.blocks)
        header = ""
        for block in prompt.blocks:
            is_row = block.text.startswith("|")
            header = (header or block.text) if is_row else ""
            changed = with_values(block, values)
            if changed == block.text and is_row and header != block.text:
                changed = with_cell(block, header, sentences)
            if is_gone(block, sentences):
                edits[block.number] = {"action": "delete", "block": block.number}
            elif changed != block.text:
                edits[block.number] = {"action": "replace", "block": block.number, "markdown": changed}
            else:
                continue
            used.add(ticket.key)
    return dict(list(edits.items())[:_MOST_EDITS]), used


def _all_sentences(ticket: TicketText) -> list[str]:
    return [
        sentence
        for text in (ticket.description, ticket.summary)
        for chunk in _chunks(text)
        if not _is_code(chunk)
        for sentence in _sentences(chunk)
    ]


def _changes_nothing(prompt: Prompt) -> bool:
    """Return whether each ticket says that nothing changes for readers."""
    return (
        bool(prompt.tickets)
        and not prompt.feedback
        and all(_NO_CHANGE.search(f"{ticket.summary} {ticket.description}") for ticket in prompt.tickets)
    )


def write_page(prompt: Prompt, invalid_before: bool = False) -> dict[str, Any]:
    """Return the input of the tool write_page: sections on what changed, how to use it and the rest of the tickets.

    After an invalid answer, links replace images.
    """
    changed: list[str] = []
    use: list[str] = []
    rest: list[str] = []
    for ticket in prompt.tickets:
        for at, chunk in enumerate(_introduced(_chunks(ticket.description))):
            if at == 0 and not _is_code(chunk):
                changed.append(chunk)
            elif "```" in chunk or _STEP.search(chunk) or _USE.search(chunk):
                use.append(chunk)
            else:
                rest.append(chunk)
        if not ticket.description:
            changed.append(f"{_plain(ticket.summary)}.")
    if said := " ".join(_feedback(prompt.feedback)):
        rest.append(said)
    sections = [("What changed", changed), ("How to use it", use), ("Good to know", rest)]
    markdown = "\n\n".join(f"## {title}\n\n" + "\n\n".join(chunks) for title, chunks in sections if chunks)
    if invalid_before:
        markdown = _links_for_images(markdown)
    title = prompt.title or title_from(prompt.tickets[0] if prompt.tickets else None)
    return {"title": title, "summary": _summary(prompt.tickets, f"Describes “{title}”"), "markdown": markdown}


def _links_for_images(markdown: str) -> str:
    return markdown.replace("![", "[")


def choose_page(prompt: Prompt) -> dict[str, Any]:
    """Return the input of the tool choose_page: the page that the lexical ranking in the prompt favours.

    If the ranking favours a new page although a candidate's score is high, the candidate is chosen, because a model
    would see that its sections cover the same subject in other words. "create beside A" is followed.
    """
    known = {candidate.label: candidate for candidate in prompt.candidates}
    ticket = prompt.tickets[0] if prompt.tickets else None
    chosen = known.get(prompt.favours)
    if chosen is None and prompt.favours != "none" and not prompt.favours.startswith("create beside"):
        near = [candidate for candidate in prompt.candidates if candidate.score >= _NEAR]
        chosen = max(near, key=lambda candidate: candidate.score, default=None)
    if chosen:
        confidence = _SURE if _is_ahead(chosen, prompt.candidates) else _UNSURE
        return {
            "action": "update", "label": chosen.label, "title": chosen.title, "parent_label": "",
            "confidence": confidence,
            "reason": f"“{chosen.title}” shares most words with the ticket (judged without a model).",
        }  # fmt: skip
    if prompt.favours == "none":
        reason = "The lexical ranking favours no documentation (judged without a model)."
        return {"action": "none", "label": "", "confidence": 0.6, "reason": reason}
    return {
        "action": "create", "label": "", "title": title_from(ticket), "parent_label": "",
        "confidence": 0.7, "reason": "No page is about this by its words (judged without a model).",
    }  # fmt: skip


def _is_ahead(chosen: PromptCandidate, candidates: Sequence[PromptCandidate]) -> bool:
    """Return whether no other page fits nearly as well as the chosen one, by the scores of the ranking."""
    return all(each.score < chosen.score * _NEARLY for each in candidates if each.label != chosen.label)


def title_from(ticket: TicketText | None) -> str:
    """Return a page title from a ticket's summary: its subject without the opening verb ("Add …")."""
    if ticket is None:
        return "Untitled"
    subject = _OPENING_VERB.sub("", _plain(ticket.summary), count=1) or _plain(ticket.summary)
    return (subject[:1].upper() + subject[1:]) or ticket.key


def _word_weights(prompt: Prompt) -> Counter[str]:
    """Return the weights of the tickets' words; the reviewer's feedback and the summary weigh most."""
    words: Counter[str] = Counter()
    for ticket in prompt.tickets:
        words.update(dict.fromkeys(_words(ticket.summary), 3))
        words.update(_words(ticket.description))
    words.update(dict.fromkeys(_words(prompt.feedback), 6))
    return words


def _best_block(blocks: tuple[OutlineBlock, ...], weights: Counter[str]) -> OutlineBlock | None:
    """Return the block that shares most rare words with the tickets; prose if the page has any, else any block."""
    prose = [block for block in blocks if is_prose(block)]
    candidates = prose or [block for block in blocks if not block.text.lstrip().startswith("|")]
    spread = Counter(word for block in blocks for word in set(_words(block.text)))
    heading_words: dict[int, set[str]] = {}
    current: set[str] = set()
    for block in blocks:
        if block.text.startswith("#"):
            current = set(_words(block.text))
        heading_words[block.number] = current

    def score(block: OutlineBlock) -> float:
        own = set(_words(block.text))
        total = sum(
            weights[word] * math.log(1 + len(blocks) / spread[word]) for word in own if word in weights
        )
        total += 0.5 * sum(weights[word] for word in heading_words[block.number] if word in weights)
        return total / math.sqrt(20 + len(own))

    best = max(candidates, key=lambda block: (score(block), -block.number), default=None)
    return best if best is None or score(best) > 0 else _last_prose(prose) or best


def _last_prose(prose: list[OutlineBlock]) -> OutlineBlock | None:
    return prose[-1] if prose else None


def is_prose(block: OutlineBlock) -> bool:
    """Return whether the block is a paragraph or list item of at least three words."""
    text = block.text.strip()
    if text.startswith(("#", "|", "```", "~~~", ">", "![")) or "\n" in text:
        return False
    return len(_words(_TOKEN.sub("", text))) >= 3


def _sentences_to_add(prompt: Prompt, page_text: str, block_text: str) -> list[str]:
    """Return sentences that the page lacks: the reviewer's feedback, then one sentence of each ticket.

    Of a ticket the sentence with the most facts is chosen: numbers, and words of the block that it is added to.
    """
    added = _feedback(prompt.feedback)
    near = set(_words(block_text))
    for ticket in prompt.tickets:
        sentences = [
            s for chunk in _chunks(ticket.description) if not _is_code(chunk) for s in _sentences(chunk)
        ]
        new = [s for s in sentences if len(_words(s)) >= 3 and s.casefold() not in page_text.casefold()]
        said = [s for s in new if is_said(s, prompt.blocks)]
        new = [s for s in new if s not in said and not is_left_out(s, prompt.feedback)]
        best = max(new, key=lambda s: (_facts(s, near), -new.index(s)), default="")
        if not best and not said and not prompt.feedback and f"{_plain(ticket.summary)}." not in page_text:
            best = f"{_plain(ticket.summary)}."
        if best:
            added.append(best)
    return list(dict.fromkeys(added))


def _facts(sentence: str, near: set[str]) -> int:
    """Return a score of how informative a sentence is: numbers count most, then words shared with the block."""
    return 3 * min(3, len(_NUMBER.findall(sentence))) + 2 * len(near & set(_words(sentence)))


def _feedback(feedback: str) -> list[str]:
    """Return what a reviewer asks to say, as sentences for the page; other feedback is never put on the page."""
    placed = (_PLACE.sub("", sentence) for sentence in _sentences(feedback))
    wanted = [match[1] for sentence in placed if (match := _SAY.match(sentence))]
    return [sentence[:1].upper() + sentence[1:] for sentence in wanted][:3]


def is_left_out(sentence: str, feedback: str) -> bool:
    """Return whether a reviewer asks to leave a sentence out: the request shares a number or two words with it."""
    requests = [each for each in _sentences(feedback) if _LEAVE_OUT.search(each)]
    return any(
        set(_NUMBER.findall(each)) & set(_NUMBER.findall(sentence)) or len(about(each) & about(sentence)) > 1
        for each in requests
    )


def _sentences(text: str) -> list[str]:
    """Return the sentences of a text, each on one line, with a final punctuation mark and without list markers."""
    sentences = []
    for line in text.splitlines():
        for sentence in _SENTENCE.split(_plain(_MARKER.sub("", line))):
            if clean := sentence.strip()[:1].upper() + sentence.strip()[1:]:
                sentences.append(
                    clean if clean.endswith((".", "!", "?", "…", "。")) else f"{clean.rstrip(':;,')}."
                )
    return sentences


def _chunks(text: str) -> list[str]:
    """Return the paragraphs, lists and fenced code of a description, one string each, without headings."""
    chunks: list[str] = []
    fence: list[str] | None = None
    paragraph: list[str] = []

    def close() -> None:
        if paragraph:
            chunks.append("\n".join(paragraph))
            paragraph.clear()

    for line in text.splitlines():
        if line.strip().startswith("```"):
            if fence is None:
                close()
                fence = [line]
            else:
                chunks.append("\n".join([*fence, line]))
                fence = None
        elif fence is not None:
            fence.append(line)
        elif not line.strip() or re.match(r"^\s*(?:#{1,6} |h[1-6]\. )", line):
            close()
        else:
            if paragraph and bool(_ITEM.match(line) or _STEP.match(line)) != bool(
                _ITEM.match(paragraph[-1]) or _STEP.match(paragraph[-1])
            ):
                close()
            paragraph.append(_TOKEN.sub("", line))
    close()
    if fence is not None:
        chunks.append("\n".join([*fence, "```"]))
    return chunks


def _introduced(chunks: list[str]) -> list[str]:
    """Return the chunks, with a chunk that ends in a colon ("For example:") joined to the next one."""
    joined: list[str] = []
    for chunk in chunks:
        if joined and joined[-1].endswith(":"):
            joined[-1] += f"\n\n{chunk}"
        else:
            joined.append(chunk)
    return joined


def _is_code(chunk: str) -> bool:
    return chunk.lstrip().startswith("```")


def _summary(tickets: tuple[TicketText, ...], action: str) -> str:
    sources = ", ".join(f"{ticket.key} ({_plain(ticket.summary)})" for ticket in tickets)
    return f"{action} because of {sources} {UNMODELLED}." if sources else f"{action} {UNMODELLED}."


def _plain(text: str) -> str:
    return " ".join(_TOKEN.sub("", text).split()).rstrip(".")


def _words(text: str) -> list[str]:
    lowered = (found.lower() for found in _WORD.findall(text))
    return [
        word[:-1] if len(word) > 4 and word.endswith("s") else word for word in lowered if word not in _STOP
    ]
