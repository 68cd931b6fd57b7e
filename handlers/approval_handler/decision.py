"""Reads a decision out of a comment.

The grammar: the first line that carries a decision word at its start decides, with everything that follows as
feedback. Before the word there may be formatting, a list marker, emoji, mentions and courtesies. Negations,
questions, conditions and quotations decide nothing, and neither does a word that only looks like a decision word
(letters of other alphabets, invisible characters): it is better to ask a person again than to publish by mistake.
"""

import re
import unicodedata
from dataclasses import dataclass

from common.document import Verdict
from handlers.approval_handler import caveats, courtesy

_MAX_LENGTH = 100_000  # Jira's own limit for a comment is 32,767 characters

_GAP = r"[ \t\u00a0_-]{1,3}"
_WORDS = re.compile(
    rf"""
      (?P<approved>approved?|lgtm|ship[ \t\u00a0-]{{0,3}}it)
    | (?P<rejected>reject(?:ed)?)
    | (?P<needs_revision>needs?{_GAP}(?:a{_GAP})?revisions?|request(?:ing)?{_GAP}changes|changes{_GAP}requested)
    """,
    re.VERBOSE | re.IGNORECASE | re.ASCII,
)
_SIGNS = re.compile(
    r"(?P<approved>✅|:white_check_mark:|:check_mark:|\(/\))|(?P<rejected>❌|:x:|:cross_mark:|\(x\))"
    r"|(?P<needs_revision>🔄|:arrows_counterclockwise:)"
)
_ANYWAY = re.compile(r"\s+anyway\b", re.IGNORECASE)
_IMPERATIVE = re.compile(r"(?:approve|reject|ship.{0,3}it|request.{1,3}changes)$", re.IGNORECASE)

_FENCE = re.compile(r"\s*(?:```|~~~)")
_WIKI_BLOCK = re.compile(r"\{(quote|code|noformat)(?::[^{}\n]*)?\}")
_QUOTED_LINE = re.compile(r"\s*(?:>|bq\. |&gt;|\|)")
_FORWARDED = re.compile(r"\s*(?:-{2,}\s*(?:original|forwarded) message|from: .*@)", re.IGNORECASE)
_OVERRIDES = re.compile("[\u202a-\u202e\u2066-\u2069]")

# What may stand before the word: formatting, markers, emoji that are no decision, invisible joiners at the edge.
_LEAD = re.compile(
    r"(?:[\s\u200b\u200e\u200f\u2060\ufeff]+|h[1-6]\.\s|\#{1,6}\s|[-*+•‣–—]\s|\d{1,3}[.)]\s|\*{1,3}(?=\S)|_{1,3}(?=\S)"
    r"|\+1\s|\+(?=[^\W\d])|\{color(?::[^{}]*)?\}|\{panel(?::[^{}]*)?\}|\{\{|`(?!`)|\[x\]\s|\[(?=[A-Za-z ]{3,20}\])"
    r"|[.…]{2,}\s?|[!,:;]+\s|[¡¿](?=\w))+",
    re.IGNORECASE,
)
_HEREBY = re.compile(r"(?:i|we)\s+(?:hereby\s+)?(?=approve\b|reject\b|request\s+changes)", re.IGNORECASE)
_CLOSE = re.compile(r"(?:\*{1,3}|_{1,3}|\{color\}|\}\}|`|\+(?!\w)|\]|[\ufe0e\ufe0f])+")
_SEPARATORS = " \t\u00a0.,:;!-–—*_`~+=|/\\)(]}{\ufe0f\u200b"


@dataclass(frozen=True)
class Said:
    """What a comment decides, and the feedback that came with it.

    ``anyway`` says that an approval holds although the page has unpublished work.
    """

    verdict: Verdict
    feedback: str
    anyway: bool = False


@dataclass(frozen=True)
class _Found:
    """A decision word at the start of a line: what it says and the text after it."""

    kind: Verdict
    word: str
    rest: str
    asked: bool
    addressed: bool


def read_decision(text: str) -> Said | None:
    """Read the decision that a comment carries, or None if it decides nothing.

    `text` is plain text, Markdown or Jira wiki markup; for ADF, pass `common.adf.to_text` of it. The
    `feedback` is what follows the decision word (or, where nothing follows, what stands before it). Never raises.
    """
    lines = _without_quotations(text[:_MAX_LENGTH])
    founds = [(number, found) for number, line in enumerate(lines) if (found := _at_start(line))]
    if len({found.kind for _, found in founds if not found.rest.strip(_SEPARATORS)}) == len(Verdict):
        return None  # somebody pasted the list of possible answers
    if len({found.kind for _, found in founds if _SIGNS.fullmatch(found.word)}) > 1:
        return None  # a checklist
    for number, found in founds:
        if _continues(found, lines[number - 1] if number else None):
            continue
        before = next((line for line in reversed(lines[:number]) if line is not None), "") or ""
        after = lines[number + 1] if number + 1 < len(lines) else None
        verdict = _judge(found, before, after or "")
        if verdict is caveats.Standing.QUESTION:
            continue
        following = "\n".join([found.rest, *(line for line in lines[number + 1 :] if line is not None)])
        if verdict is not caveats.Standing.DECIDES:
            return None
        if found.kind is Verdict.APPROVED and (caveats.recants(following) or _contradicted(founds, number)):
            return None
        anyway = found.kind is Verdict.APPROVED and _ANYWAY.match(found.rest) is not None
        return Said(found.kind, _feedback(found, text[:_MAX_LENGTH], number), anyway)
    return None


def _contradicted(founds: list[tuple[int, _Found]], number: int) -> bool:
    """Tell whether another decision than to approve begins one of the lines after `number`."""
    return any(
        later.kind is not Verdict.APPROVED
        and (later.word.isupper() or _SIGNS.fullmatch(later.word) or re.match(r"\s*(?::|$)", later.rest))
        for line, later in founds
        if line > number
    )


def mentions_a_decision(text: str) -> bool:
    """Tell whether a decision word or a word that takes one back stands anywhere in `text`."""
    return bool(_WORDS.search(text) or _SIGNS.search(text) or caveats.takes_back(text))


def _continues(found: _Found, above: str | None) -> bool:
    """Tell whether a small-lettered word goes on with the sentence of the line above, as in wrapped prose."""
    if above is None or not found.word.islower() or len(above.split()) < 3:
        return False
    return above.rstrip()[-1].isalnum() and not courtesy.opening(above.lstrip())[0]


def _judge(found: _Found, before: str, after: str) -> caveats.Standing:
    if found.asked and _IMPERATIVE.match(found.word):
        return caveats.Standing.QUESTION  # "please approve" asks somebody else
    addressed = found.addressed or courtesy.mentions_somebody(found.rest)
    if addressed and _IMPERATIVE.match(found.word) and caveats.asks_politely(found.rest):
        return caveats.Standing.QUESTION
    if caveats.leads_into(before):
        return caveats.Standing.UNDECIDED
    if _other_word(found):
        return caveats.Standing.UNDECIDED
    is_sign = _SIGNS.fullmatch(found.word) is not None
    return caveats.weigh(found.kind, found.word, found.rest, after, is_sign=is_sign)


def _at_start(line: str | None) -> _Found | None:
    if line is None or _OVERRIDES.search(line):
        return None
    position = _skip(line, 0)
    addressed = courtesy.mentions(line[position:])
    length, asked = courtesy.opening(line[position:])
    position = _skip(line, position + length)
    if hereby := _HEREBY.match(line, position):
        position = hereby.end()
    match = _WORDS.match(line, position) or _SIGNS.match(line, position)
    if match is None or match.lastgroup is None:
        return None
    end = match.end()
    closing = _CLOSE.match(line, end)
    end = closing.end() if closing else end
    is_sign = match.re is _SIGNS
    if not (is_sign or _ends_here(line, match.end())) or line[:position].rstrip().endswith(("~~", "[ ]")):
        return None
    if "`" in line[:position] and line[end:].strip(_SEPARATORS):
        return None  # code that is talked about
    return _Found(Verdict(match.lastgroup), match.group(), line[end:], asked, addressed)


def _skip(line: str, position: int) -> int:
    """Step over formatting and over emoji that decide nothing."""
    while True:
        start = position
        if lead := _LEAD.match(line, position):
            position = lead.end()
        while position < len(line) and _is_emoji(line[position]) and not _SIGNS.match(line, position):
            position += 1
        if position == start:
            return position


def _is_emoji(character: str) -> bool:
    if character in "☐⬜◻🔲👎🚫⛔✖✘✗🛑❓❔":
        return False  # an open box, or a sign that speaks against the word after it
    code = ord(character)
    return (
        0x1F300 <= code <= 0x1FAFF
        or 0x2600 <= code <= 0x27BF
        or 0x2B00 <= code <= 0x2BFF
        or code in (0x200D, 0xFE0F)
    )


def _ends_here(line: str, end: int) -> bool:
    """Tell whether a word ends at `end`: not inside a longer word, not overlaid by combining signs."""
    character = line[end : end + 1]
    if not character:
        return True
    if unicodedata.category(character) in ("Cf", "Mn", "Me", "Mc", "Nd", "Lu", "Ll", "Lt", "Lm", "Lo"):
        return False
    if character in "'’\"”»«“":
        return False
    return not (character in "-_" and line[end + 1 : end + 2].isalnum())


def _other_word(found: _Found) -> bool:
    """Tell whether another decision stands beside this one, so that neither counts."""
    if found.kind is not Verdict.APPROVED and found.rest.lstrip().startswith(":"):
        return False  # feedback begins
    beside = found.rest.lstrip(_SEPARATORS + "&\ufe0f")
    beside = re.sub(r"^(?:or|oder|ou|o|and)\s+", "", beside, flags=re.IGNORECASE)
    match = _WORDS.match(beside) or _SIGNS.match(beside)
    if match and match.lastgroup != found.kind:
        return True
    if found.kind is not Verdict.APPROVED:
        return False
    for match in (*_WORDS.finditer(found.rest), *_SIGNS.finditer(found.rest)):
        loud = match.group().isupper() or _SIGNS.fullmatch(match.group())
        if (
            loud
            and match.lastgroup != found.kind
            and not caveats.tells_of_the_past(found.rest[: match.start()])
        ):
            return True
    return False


def _without_quotations(text: str) -> list[str | None]:
    """Split into lines; those that quote (block quotations, code, forwarded mail) are None."""
    lines: list[str | None] = []
    fenced, block, forwarded = False, "", False
    for line in text.splitlines():
        forwarded = forwarded or _FORWARDED.match(line) is not None
        kept: str | None = line
        if _FENCE.match(line):
            fenced, kept = not fenced, None
        for mark in _WIKI_BLOCK.finditer(line):
            block = "" if block == mark.group(1) else block or mark.group(1)
            kept = line[mark.end() :] if not block else None
        lines.append(
            None if fenced or block or forwarded or kept is None or _QUOTED_LINE.match(line) else kept
        )
    return lines


def _feedback(found: _Found, text: str, number: int) -> str:
    lines = text.splitlines()
    first = found.rest.lstrip(_SEPARATORS).rstrip()
    after = "\n".join([first, *lines[number + 1 :]]).strip()
    return after or "\n".join(lines[:number]).strip()
