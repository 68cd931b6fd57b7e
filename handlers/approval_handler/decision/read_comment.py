"""Reads the decision in a comment: it begins with a decision word, and an approval contains almost nothing else.

Quotations, code, tables and struck-out blocks at the beginning are skipped. After the word, an approval may contain
only the phrases of `harmless_words`, mentions, punctuation and approving emoji, to the end of the whole comment.
REJECTED must end its line or be followed by punctuation, a dash or "because". NEEDS REVISION may be followed by any
text. A character that is not listed here is never harmless.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from common.domain.document import Verdict
from common.domain.ticket import description_text
from handlers.approval_handler.decision.comment_tree import BlockKind, CommentBlock, RunKind, from_adf
from handlers.approval_handler.decision.harmless_words import APPROVING_EMOJI, PHRASES, THANKS
from handlers.approval_handler.decision.wiki_tree import from_wiki

_MAX_LENGTH = 100_000  # Jira's own limit for a comment is 32,767 characters

# The placeholders for a mention, and for everything that is not text, in the text of a block.
_MENTION, _UNKNOWN = "\ufdd0", "\ufffd"
_SPACE = r"[ \t\n\u00a0]"
_GAP = r"[ \t\u00a0_-]{1,3}"
_NAME = r"@\w+(?:[.'’-]\w+)*"
_WORD = re.compile(
    rf"""(?ai:
      (?P<approved>approved?|lgtm|ship[ \t\u00a0-]{{0,3}}it)
    | (?P<rejected>reject(?:ed)?)
    | (?P<needs_revision>needs?{_GAP}(?:a{_GAP})?revisions?)
    | (?P<changes>request(?:ing)?{_GAP}changes|changes{_GAP}requested)
    )(?![^\W_])""",
    re.VERBOSE,
)
_SIGN = re.compile(
    r"(?:(?P<approved>✅|:white_check_mark:|:check_mark:)|(?P<rejected>❌|:x:|:cross_mark:)"
    r"|(?P<needs_revision>🔄|:arrows_counterclockwise:))\ufe0f?(?![\u0300-\u036f\u200d\u20d0-\u20ff])"
)
_IMPERATIVE = re.compile(r"(?ai:approve|reject|ship.{0,3}it|request.{1,3}changes)")
_ANYWAY = re.compile(r"[ \t\u00a0]{1,3}(?ai:anyway)(?![^\W_])")
#: What may be between a mention and the word. A line break may not: it follows the name of a person who is quoted.
_AFTER_MENTION = r"(?:[,:;](?=[ \u00a0]+[^ \u00a0\n])| ?[-–—](?= ))?"
_LEAD = re.compile(
    rf"(?P<space>{_SPACE}+)|(?P<mention>{_MENTION}|{_NAME}){_AFTER_MENTION}|(?P<emphasis>\*{{1,3}}|_{{1,3}})"
)
#: What must follow REJECTED: the end of the line, punctuation, a dash, or "because".
_ENDED = re.compile(
    r"[*_]{0,3}(?:[ \t\u00a0]*(?:$|\n|[,:;!(、，。！：；（–—]|\.(?!\w)|-{1,2}(?=[ \t\n\u00a0]|$)|(?ai:because)(?!\w))"
    r"|[ \t\u00a0]+-)"
)
_SEPARATORS = " \t\n\u00a0.,:;!-–—*_`~+=|/\\)(]}{&\ufe0f"

_MARK = "-.,:;!、。，！–—"
_EMOJI = "|".join(map(re.escape, sorted(APPROVING_EMOJI, key=len, reverse=True)))
_TOKEN = re.compile(
    rf"""
      (?P<space>{_SPACE}+)
    | (?P<mention>{_MENTION}|{_NAME})
    | (?P<emoji>(?:{_EMOJI})[\U0001f3fb-\U0001f3ff]?\ufe0f?(?![^\W_]))
    | (?P<word>[^\W_]+(?:['’-][^\W_]+)*)
    | (?P<emphasis>\*{{1,3}}|_{{1,3}})
    | (?P<opening>\((?=[^\W_*]))
    | (?P<closing>\))
    | (?P<mark>(?:[!！]{{1,3}}|-{{1,3}}|[{_MARK}])(?![{_MARK}]))
    """,
    re.VERBOSE,
)
_NUMBER = re.compile(r"[0-9]{1,6}")

_PHRASES: dict[str, list[tuple[str, ...]]] = {}
for _phrase in PHRASES:
    _PHRASES.setdefault(_phrase.split()[0], []).append(tuple(_phrase.split()))
# Lower-casing maps letters of other alphabets (ſ, K) to Latin letters, so only words of these letters are lower-cased.
_LETTERS = frozenset(letter for phrase in PHRASES for letter in (*phrase, *phrase.upper())) | {"’"}


@dataclass(frozen=True)
class CommentDecision:
    """The decision in a comment.

    `feedback` is the text after the decision word, "" for an approval. `revision` is the number that an approval names,
    or None. `anyway` is True for APPROVED ANYWAY.
    """

    verdict: Verdict
    feedback: str = ""
    revision: int | None = None
    anyway: bool = False


@dataclass(frozen=True)
class ParsedComment:
    """A comment that was read, with its decision, or None if it decides nothing.

    `begins` is True if it begins with a decision word, even if other text makes it no decision. `is_harmless` is True
    if it contains only text that is allowed beside an approval.
    """

    decision: CommentDecision | None = None
    begins: bool = False
    is_harmless: bool = False


@dataclass(frozen=True)
class _Start:
    """The decision word of a comment: the number and text of its block, and its match.

    `addressed` is True if mentions come before it. `emphasis` are the marks that are open before it.
    """

    number: int
    text: str
    word: re.Match[str]
    addressed: bool
    emphasis: tuple[str, ...]

    @property
    def is_sign(self) -> bool:
        return self.word.re is _SIGN

    @property
    def verdict(self) -> Verdict:
        kind = str(self.word.lastgroup)
        return Verdict.NEEDS_REVISION if kind == "changes" else Verdict(kind)

    @property
    def rest(self) -> str:
        return self.text[self.word.end() :]


@dataclass(frozen=True)
class _Token:
    kind: str
    text: str


@dataclass(frozen=True)
class _Bare:
    """A word: `listed` is its lower case ("" if it has a letter that no listed word has), `gap` the text before it."""

    text: str
    listed: str
    gap: str


def read_decision(body: object, names: Collection[str] | None = None) -> CommentDecision | None:
    """Return the decision in a comment, or None if it decides nothing.

    `body` is ADF (a document) or Jira wiki markup. `names` are the words of the display names of the people in the
    ticket: an approval may thank one of them. If `names` is None, any capitalised word after a thanks is taken for a
    name. Never raises.
    """
    return read_comment(body, names).decision


def read_comment(body: object, names: Collection[str] | None = None) -> ParsedComment:
    """Read a comment: its decision, and what is needed to compare it with others. See `read_decision`."""
    if isinstance(body, Mapping):
        blocks = from_adf(body)
    elif isinstance(body, str):
        blocks = from_wiki(body) if len(body) <= _MAX_LENGTH else (CommentBlock(BlockKind.OTHER),)
    else:
        return ParsedComment()
    known = None if names is None else frozenset(name.casefold() for name in names)
    is_harmless = _only_text(blocks) and _revisions(map(_flat, blocks), (), known) == frozenset()
    start = _start(blocks, known)
    if start is None:
        return ParsedComment(is_harmless=is_harmless)
    read = _approval if start.verdict is Verdict.APPROVED else partial(_other, body)
    return ParsedComment(read(start, blocks, known), begins=True, is_harmless=is_harmless)


def _start(blocks: Sequence[CommentBlock], known: frozenset[str] | None) -> _Start | None:
    """Find the decision word at the beginning of the comment, after mentions and formatting."""
    for number, block in enumerate(blocks):
        if block.kind is BlockKind.OTHER:
            return None
        if block.kind is not BlockKind.TEXT:
            continue
        text, position, addressed, emphasis = _flat(block), 0, False, []
        while lead := _LEAD.match(text, position):
            position = lead.end()
            if lead["emphasis"]:
                emphasis.append(lead["emphasis"])
            if lead["mention"]:
                if not _is_person(lead["mention"], known):
                    return None
                addressed = True
        word = _WORD.match(text, position) or _SIGN.match(text, position)
        return _Start(number, text, word, addressed, tuple(emphasis)) if word else None
    return None


def _approval(
    start: _Start, blocks: Sequence[CommentBlock], known: frozenset[str] | None
) -> CommentDecision | None:
    following = blocks[start.number + 1 :]
    rest = start.rest
    anyway = _ANYWAY.match(rest) if start.word.group().lower() == "approved" else None
    texts = [rest[anyway.end() :] if anyway else rest, *map(_flat, following)]
    if _IMPERATIVE.fullmatch(start.word.group()) and (start.addressed or _mentions(texts)):
        return None  # it asks another person to approve
    if not _only_text(following):
        return None
    revisions = _revisions(texts, start.emphasis, known)
    if revisions is None or len(revisions) > 1:  # it names two different revisions
        return None
    return CommentDecision(Verdict.APPROVED, "", next(iter(revisions), None), anyway is not None)


def _other(
    body: object, start: _Start, blocks: Sequence[CommentBlock], _known: frozenset[str] | None
) -> CommentDecision | None:
    texts = [start.rest, *(_flat(block) for block in blocks[start.number + 1 :])]
    if start.addressed and _IMPERATIVE.fullmatch(start.word.group()):
        return None  # it asks another person to decide
    if re.match(r"[*_\ufe0f \t\u00a0]*[?？؟]", start.rest) or _answers_only(start, texts):
        return None
    allows_any_text = start.is_sign or start.word.lastgroup == "needs_revision"
    if not (allows_any_text or _ENDED.match(start.rest)) or (start.is_sign and _is_checklist(start, texts)):
        return None
    return CommentDecision(start.verdict, _feedback(description_text(body)[:_MAX_LENGTH], start.word.group()))


def _flat(block: CommentBlock) -> str:
    """Join a block's runs into one text, with a placeholder for each mention and for everything but plain text."""
    parts = []
    for run in block.runs:
        if run.kind is RunKind.MENTION and not run.struck:
            parts.append(_MENTION)
        elif run.kind is RunKind.EMOJI and not run.struck:
            is_known = _SIGN.fullmatch(run.text) or re.fullmatch(
                rf"(?:{_EMOJI})[\U0001f3fb-\U0001f3ff\ufe0f]*", run.text
            )
            parts.append(run.text if is_known else _UNKNOWN)
        elif run.kind is RunKind.TEXT and not ((run.struck or run.code) and run.text.strip()):
            parts.append(run.text.replace(_MENTION, _UNKNOWN))
        else:
            parts.append(_UNKNOWN)
    return "".join(parts)


def _only_text(blocks: Sequence[CommentBlock]) -> bool:
    return all(block.kind is BlockKind.TEXT for block in blocks)


def _mentions(texts: Sequence[str]) -> bool:
    return any(_MENTION in text or re.search(_NAME, text) for text in texts)


def _is_person(mention: str, known: frozenset[str] | None) -> bool:
    """Return whether a mention names a person: a real mention, or a typed `@name` of a known name."""
    return mention == _MENTION or known is None or mention[1:].casefold() in known


def _revisions(
    texts: Iterator[str] | Sequence[str], emphasis: Sequence[str], known: frozenset[str] | None
) -> frozenset[int] | None:
    """Return the revision numbers that harmless texts name; None if a text contains anything that is not harmless."""
    found: set[int] = set()
    parts = list(texts)
    for number, text in enumerate(parts):
        tokens = _tokens(text, emphasis if number == 0 else (), known)
        named = _named(tokens, known, is_last=number == len(parts) - 1) if tokens is not None else None
        if named is None:
            return None
        found |= named
    return frozenset(found)


def _tokens(text: str, emphasis: Sequence[str], known: frozenset[str] | None) -> list[_Token] | None:
    """Split a text into known tokens; None if it has anything else, or unpaired emphasis or parentheses."""
    found: list[_Token] = []
    open_emphasis, open_parentheses, position = list(emphasis), 0, 0
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None or match.lastgroup is None:
            return None
        kind, value = match.lastgroup, match.group()
        before, after = text[position - 1 : position], text[match.end() : match.end() + 1]
        position = match.end()
        if kind == "mention" and not _is_person(value, known):
            return None
        if kind == "emphasis":
            if before.isalnum() and after.isalnum():
                return None
            if open_emphasis and open_emphasis[-1] == value:
                open_emphasis.pop()
            else:
                open_emphasis.append(value)
            continue
        open_parentheses += {"opening": 1, "closing": -1}.get(kind, 0)
        if open_parentheses < 0:
            return None
        found.append(_Token(kind, value))
    return None if open_emphasis or open_parentheses else found


def _named(tokens: Sequence[_Token], known: frozenset[str] | None, *, is_last: bool) -> set[int] | None:
    """Return the revision (a set of at most one) if the words are a sequence of listed phrases, else None.

    All ways to divide the words into phrases are followed at the same time.
    """
    words = _words(tokens)
    revisions: dict[int, set[int]] = {0: set()}  # by the number of words read so far
    for number in range(len(words)):
        if number not in revisions:
            continue
        for length, named in _steps(words, number):
            if len(revisions[number] | named) <= 1:
                revisions.setdefault(number + length, set()).update(revisions[number] | named)
        if is_last and number == len(words) - 1 and _is_thanked(words, known) and _ends_with_word(tokens):
            revisions.setdefault(number + 1, set()).update(revisions[number])
    return revisions.get(len(words))


def _words(tokens: Sequence[_Token]) -> list[_Bare]:
    words, gap = [], ""
    for token in tokens:
        if token.kind == "word":
            listed = token.text.lower().replace("’", "'") if _LETTERS.issuperset(token.text) else ""
            words.append(_Bare(token.text, listed, gap))
            gap = ""
        else:
            gap += token.text if token.kind == "space" else "."
    return words


def _steps(words: Sequence[_Bare], number: int) -> Iterator[tuple[int, set[int]]]:
    """Yield the length of each listed phrase that begins at word `number`, and the revision that it names."""
    for phrase in _PHRASES.get(words[number].listed, ()):
        run = words[number : number + len(phrase)]
        if tuple(word.listed for word in run) == phrase and all(word.gap.isspace() for word in run[1:]):
            yield len(phrase), set()
    if words[number].text.isascii() and words[number].text.lower() == "revision":
        following = words[number + 1 : number + 2]
        if following and following[0].gap.isspace() and _NUMBER.fullmatch(following[0].text):
            yield 2, {int(following[0].text)}


def _is_thanked(words: Sequence[_Bare], known: frozenset[str] | None) -> bool:
    """Return whether the last word is the name of a person in the ticket, directly after a thanks."""
    name = words[-1]
    before = " ".join(word.listed for word in words[-3:-1])
    is_after_thanks = any(before == thanks or before.endswith(f" {thanks}") for thanks in THANKS)
    letters = name.text.replace("-", "").replace("'", "").replace("’", "")
    is_capitalised = letters.isalpha() and letters[0].isupper() and not letters.isupper()
    if not (is_after_thanks and is_capitalised and name.gap in (" ", "\u00a0")):
        return False
    return known is None or name.text.casefold() in known


def _ends_with_word(tokens: Sequence[_Token]) -> bool:
    """Return whether no mention follows the last word."""
    last = max(number for number, token in enumerate(tokens) if token.kind == "word")
    return all(token.kind != "mention" for token in tokens[last:])


def _answers_only(start: _Start, texts: Sequence[str]) -> bool:
    """Return whether a comment only repeats the possible answers, such as "APPROVED or REJECTED"."""
    kinds = {start.verdict}
    others = []
    for text in texts:
        for pattern in (_WORD, _SIGN):
            kinds |= {_Start(0, text, match, False, ()).verdict for match in pattern.finditer(text)}
            text = pattern.sub(" ", text)
        others.append(re.sub(r"\b(?:or|and)\b", " ", text).strip(_SEPARATORS))
    return len(kinds) > 1 and not any(part.strip(_SEPARATORS) for each in others for part in each.split())


def _is_checklist(start: _Start, texts: Sequence[str]) -> bool:
    """Return whether another line begins with a sign of another decision."""
    lines = [line for text in texts for line in text.split("\n")]
    signs = [sign for line in lines if (sign := _SIGN.match(line.lstrip(" \t\u00a0")))]
    return any(sign.lastgroup != start.word.lastgroup for sign in signs)


def _feedback(text: str, word: str) -> str:
    """Return the text after the decision word, without quotations, code and tables; all text if it is not found."""
    lines = text.split("\n")
    is_code = False
    for number, line in enumerate(lines):
        if line.startswith("```"):
            is_code = not is_code
        elif not is_code and not line.startswith((">", "|", "~~")) and word in line:
            first = line[line.index(word) + len(word) :].lstrip(_SEPARATORS)
            return "\n".join([first, *lines[number + 1 :]]).strip()
    return text.strip()
