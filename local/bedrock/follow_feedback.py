"""Changes a recorded answer as a reviewer asks, by the rules of `drafting`: says one thing more, leaves another out."""

import re
from dataclasses import replace
from typing import Any

from local.bedrock import drafting
from local.bedrock.prompt import OutlineBlock, Prompt

_QUOTED = re.compile("[“\"„‘']([^”\"“’']+)[”\"“’']")
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+")


def follow_feedback(prompt: Prompt, changed: dict[int, str]) -> list[dict[str, Any]]:
    """Return the edits of tool edit_page that make these texts of the prompt's blocks what its feedback asks for.

    ``changed`` holds the recorded text of each block that the answer changes.
    """
    old = {block.number: block.text for block in prompt.blocks}
    texts = {
        number: _without_left_out(text, old[number], prompt.feedback) for number, text in changed.items()
    }
    blocks = tuple(OutlineBlock(number, texts.get(number, text)) for number, text in old.items())
    near = _section(blocks, prompt.feedback) or tuple(block for block in blocks if block.number in changed)
    place = tuple(filter(drafting.is_prose, near)) or blocks
    said = drafting.edit_page(replace(prompt, tickets=(), blocks=place))["edits"]
    edits = {number: _replaced(number, text) for number, text in texts.items() if text != old[number]}
    edits |= {edit["block"]: edit for edit in said if edit["action"] == "replace"}
    return [*edits.values(), *(edit for edit in said if edit["action"] != "replace")]


def rewritten(prompt: Prompt, markdown: str) -> str:
    """Return a recorded new page as its feedback asks for."""
    passages = dict(enumerate(markdown.split("\n\n"), start=1))
    asked = replace(prompt, blocks=tuple(OutlineBlock(number, "") for number in passages))
    for edit in follow_feedback(asked, passages):
        before = f"{passages[edit['block']]}\n\n" if edit["action"] == "insert_after" else ""
        passages[edit["block"]] = before + edit["markdown"]
    return "\n\n".join(passages.values())


def _section(blocks: tuple[OutlineBlock, ...], feedback: str) -> tuple[OutlineBlock, ...]:
    """Return the blocks below the heading that the feedback quotes; none if it quotes none."""
    found: list[OutlineBlock] = []
    is_inside = False
    for block in blocks:
        if block.text.startswith("#"):
            is_inside = block.text.strip("# ").casefold() in map(str.casefold, _QUOTED.findall(feedback))
        elif is_inside:
            found.append(block)
    return tuple(found)


def _replaced(number: int, text: str) -> dict[str, Any]:
    return {"action": "replace", "block": number, "markdown": text}


def _without_left_out(text: str, old: str, feedback: str) -> str:
    """Return a text without the sentences and list items that are not on the page and that the feedback objects to."""
    if "```" in text or text.startswith("|"):
        return text
    lines = []
    for line in text.split("\n"):
        kept = [
            sentence
            for sentence in _SENTENCE_END.split(line)
            if sentence in old or not drafting.is_left_out(sentence, feedback)
        ]
        if kept or not line:
            lines.append(" ".join(kept))
    return "\n".join(lines) or text
