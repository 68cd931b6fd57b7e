"""Answers for the seeded tickets, written by hand, in place of the rules: what a person would draft.

An answer serves only while summary and description of the ticket say what they said when it was written, and the page
has each passage that it changes exactly once; otherwise the rules of `drafting` serve. Its summary says that it is
recorded. Feedback that no answer was written for is followed by rules, on the answer for the ticket.
"""

import json
from functools import cache
from pathlib import Path
from typing import Any

from local.bedrock.follow_feedback import follow_feedback, rewritten
from local.bedrock.prompt import Prompt

RECORDED = "(a recorded answer, written by hand)"
FOLLOWED = "(a recorded answer, written by hand, and changed for the feedback by rules)"
NOT_FOLLOWED = "(a recorded answer, written by hand; no rule of the stand-in can follow the feedback)"
_FILE = Path(__file__).with_suffix(".json")

Answer = dict[str, Any]


@cache
def _answers() -> tuple[Answer, ...]:
    return tuple(json.loads(_FILE.read_text("utf-8")))


def recorded_answer(tool: str, prompt: Prompt) -> Answer | None:
    """Return the recorded input of a tool for a prompt; None if there is none."""
    known = [answer for answer in _answers() if _is_about(answer, prompt)]
    given = next((answer for answer in known if "feedback" in answer), known[0] if known else None)
    if given is None:
        return None
    if tool == "choose_page":
        return _choice(given, prompt)
    if tool == "edit_page":
        return _edits(given, prompt)
    if tool == "write_page" and "markdown" in given:
        markdown = rewritten(prompt, given["markdown"]) if prompt.feedback else given["markdown"]
        summary = _summary(given, prompt, is_followed=markdown != given["markdown"])
        return {"title": prompt.title, "summary": summary, "markdown": markdown}
    return None


def _summary(answer: Answer, prompt: Prompt, *, is_followed: bool) -> str:
    if not prompt.feedback or "feedback" in answer:
        return f"{answer['why']} {RECORDED}."
    return f"{answer['why']} {FOLLOWED if is_followed else NOT_FOLLOWED}."


def _is_about(answer: Answer, prompt: Prompt) -> bool:
    if len(prompt.tickets) != 1 or prompt.tickets[0].summary != answer["summary"]:
        return False
    return all(
        [
            *(part in prompt.tickets[0].description for part in answer["description"]),
            *(part in prompt.feedback for part in answer.get("feedback", [])),
        ]
    )


def _choice(answer: Answer, prompt: Prompt) -> Answer | None:
    reason = f"{answer.get('why_page', answer['why'])} {RECORDED}."
    if "page" in answer:
        labels = [each.label for each in prompt.candidates if each.title == answer["page"]]
        if not labels:
            return None
        return {"action": "update", "label": labels[0], "confidence": 0.95, "reason": reason}
    if "title" in answer:
        if any(each.title == answer["title"] for each in prompt.candidates):
            return None
        beside = [each.label for each in prompt.candidates if each.title == answer.get("beside")]
        return {
            "action": "create",
            "title": answer["title"],
            "beside_label": "".join(beside[:1]),
            "confidence": 0.95,
            "reason": reason,
        }
    return {"action": "none", "confidence": 0.95, "reason": reason}


def _edits(answer: Answer, prompt: Prompt) -> Answer | None:
    """Return the edits with the numbers of this outline; changes of the same block become one edit.

    Such an edit quotes the words of the first change that has a quotation (`because`).
    """
    if answer.get("page") != prompt.page_title:
        return None
    changed: dict[int, str] = {}
    because: dict[int, str] = {}
    for edit in answer["edits"]:
        holding = [block for block in prompt.blocks if edit["old"] in block.text]
        if len(holding) != 1 or holding[0].text.count(edit["old"]) != 1:
            return None
        number = holding[0].number
        changed[number] = changed.get(number, holding[0].text).replace(edit["old"], edit["new"])
        because[number] = because.get(number) or edit.get("because", "")
    edits: list[Answer] = [
        {"action": "replace", "block": number, "markdown": text} for number, text in changed.items()
    ]
    is_asked = bool(prompt.feedback) and "feedback" not in answer
    followed = follow_feedback(prompt, changed) if is_asked else edits
    summary = _summary(answer, prompt, is_followed=followed != edits)
    quoting = [{**edit, "because": because.get(edit["block"], "")} for edit in followed]
    return {"summary": summary, "edits": quoting}
