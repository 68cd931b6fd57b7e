"""The words around a decision word that take its force: negations, questions, conditions, second thoughts."""

import re
from enum import Enum, auto

from common.document import Verdict


class Standing(Enum):
    """Whether a decision word decides where it stands."""

    DECIDES = auto()
    UNDECIDED = auto()
    QUESTION = auto()


_CONDITION = re.compile(
    r"\b(?:if|once(?! more)|when|whenever|unless|until|till|provided|providing|as soon as|as long as|assuming|pending"
    r"|subject to|condition(?:al(?:ly)?|s)?|contingent|in case|except|apart from|aside from|other than|besides|modulo"
    r"|only (?:after|for|as)|for \w+ only|as far as|so far|in principle|in theory|partially|partly|mostly|almost|minus"
    r"|barring|dependent|depending|grundsätzlich|en principe|w/ (?:\w+ ){0,2}(?:changes|comments|edits|fixes|nits)"
    r"|after(?! (?:\w+ly )?(?:reviewing|reading|checking|discussing|testing|verifying|talking"
    r"|comparing|trying|looking)\b"
    r"| (?:an? |some |my |our )?(?:\w+ )?(?:look|read|review|discussion|chat|check|read-through|walkthrough)\b)"
    r"|with (?:\w+ ){0,2}(?:changes|comments?|edits|modifications|corrections?|fix(?:es)?|reservations?|conditions?"
    r"|remarks?|nits?|suggestions?|caveats?|changes)"
    r"|wenn|falls|sobald|sofern|nachdem|vorausgesetzt|unter (?:der )?(?:bedingung|vorbehalt)|außer"
    r"|quand|lorsque|dès que|sous réserve|à condition|sauf|cuando|en cuanto|siempre que|salvo|quando|appena|a patto"
    r"|assim que|desde que|zodra|mits|tenzij|jeśli|если|когда|после|якщо|при условии)\b"
    r"|(?:^|[,:;(–—-]\s*|\bbut )si (?!tout)",
    re.IGNORECASE,
)
_CONTRAST = re.compile(
    r"\b(?:but|however|though|although|aber|jedoch|mais|pero|ma|però|mas|maar|но|ale|except|yet to)\b",
    re.IGNORECASE,
)
_REMEDY = re.compile(
    r"\b(?:please|just|only|then|first|still|needs?(?: to)?|must|should|have to|has to|to be)\s+(?:be\s+)?(?:also\s+)?"
    r"(?:fix|correct|rename|reword|rewrite|remove|replace|change|amend)(?:ed)?\b"
    r"|\b(?:fix|correct|change|reword)\b[^.!?\n]*\bfirst\b|\btbd\b|\bnot so fast\b",
    re.IGNORECASE,
)
_OBJECTION = re.compile(
    r"(?<!nothing )(?<!not )(?<!no )(?<!anything )\b(?:wrong|incorrect|(?:left )?to fix|fix (?:it|this|that|these|them)"
    r"|needs? (?:more |some )?work|disagree|waiting for|(?:the )?rest (?:is|are|needs?|of it)|falsch|faux)\b",
    re.IGNORECASE,
)
#: A sign as the subject of a sentence, or given to a part.
_SIGN_OF = re.compile(r"^\ufe0f?\s*(?:is|was|are|were|means|for)\b", re.IGNORECASE)
_DENIED = re.compile(
    r"^[\s:=,;.!(–—-]*(?:no+|nope|nah|not|never|nein|nicht|non|nee|niet|nie|false|нет|не|いいえ)(?!\w)(?!\s+(?:more|other"
    r"|further|comments?|issues?|objections?|changes?|problems?|remarks?|concerns?|need|complaints?|notes?|worries"
    r"|questions?|edits?|blockers?|doubts?|findings?|nits?|additions?|a single|much to|only)\b)",
    re.IGNORECASE,
)
_FLATLY_DENIED = re.compile(
    r"^[\s:=,;(–—-]*(?:no+|nope|nah|not|not yet|never|nein|nicht|non|nee|niet|nie|false|нет|не)[\s.!)]*$",
    re.IGNORECASE,
)
_DEFERRED = re.compile(
    r"^[\s,;:(–—-]*(?:tomorrow|later|next (?:week|sprint|release|month)|on (?:mon|tues|wednes|thurs|fri|satur|sun)day"
    r"|not before|morgen|demain|mañana|domani)\b",
    re.IGNORECASE,
)
_RECANTED = re.compile(
    r"\b(?:scratch that|on second thoughts?|changed my mind|take (?:it|that) back|actually,? (?:no|not|wait)"
    r"|wait,? (?:no|not)"
    r"|hold (?:on|off)|(?:do not|don'?t) (?:publish|ship|merge)|(?:stop|not yet|never ?mind)[.!,]*(?:$|\n)"
    r"|before (?:you )?(?:publish|ship|merg|releas)\w*|before (?:it|this) (?:goes|is|gets)|before going live)"
    r"|[👎🚫⛔🛑]",
    re.IGNORECASE,
)
_OPENING_CONDITION = re.compile(
    r"^[\s,;:.(–—-]*(?:(?:but|and|only|this|it)\s+){0,2}(?:if|once(?! more)|when|unless|until|provided|as soon as"
    r"|as long as|assuming|pending|subject to|after|only if|in case|wenn|falls|sobald|si|quand"
    r"|cuando|quando|se|если)\b",
    re.IGNORECASE,
)
_ACTION = re.compile(
    r"\b(?:publish|merge|release|go(?:es)? live|ship|deploy|apply|fix|chang|correct|updat|remov|replac|add|approv)",
    re.IGNORECASE,
)
_QUESTION_MARK = re.compile(r"[?？؟]")
_SENTENCE = re.compile(r"[.!。！](?=\s|$)|\n|…|(?<=\S)[.!](?=[A-Z])")
_HEARSAY = re.compile(
    r"^\s*(?:is|are|was|were|isn't|aren't|wasn't|should|would|could|can|cannot|can't|may|might|must|will|won't|has|have"
    r"|had|means?|means|status|state|requests?|orders?|flag|buttons?|column|label|value|words?|keyword|comments?|items?"
    r"|tickets?|users?|emails?|entries|rows?|or|rate|list|vendors?|flows?|workflow|process|steps?|field)\b",
    re.IGNORECASE,
)
_TOLD = re.compile(r"^\s*(?:have|has|had|were|was|are|is|been|by|above|earlier|last|in)\b", re.IGNORECASE)
_CONTINUES = re.compile(
    r"^\s*(?:by|with|for|as|because|cause|since|due|per|from|on|in|at|to|of|via|this|that|these|it|the|all|both|every\w*"
    r"|each|and|so|then|than\w*|thx|ty|cheers|danke|vielen|merci|gracias|muchas|grazie|mille|obrigad[oa]|muito|bedankt"
    r"|dank|tack|takk|tak|kiitos|dzi\w+|спасибо|дякую|please|pls|plz|bitte|svp|s'il|por|per|prosz\w+|пожалуйста"
    r"|ありがとう\w*|谢谢|looks?|looking|reads?|great|good|nice|perfect|excellent|awesome|fine|well|very|really|ok|okay"
    r"|yes|sure|now|again|finally|after|without|no|i|i'?m|i'?ve|we|we'?ve|you|my|our|your|let'?s|let|go|ready|ship"
    r"|publish\w*|(?:revision|version|draft|rev|r|v|iteration)\s*\#?\d+|kudos|team|happy|works|working|checked|tested"
    r"|verified|reviewed|confirmed|matches|too|also|just|lgtm|approved?|reject\w*|much|big|love\w*|hereby|unanimously"
    r"|content\s|text\s+(?:is|looks|reads)|pour|für|von|weil|passt|sieht|alles|gut|tutto|todo|tout|va|everyone|folks"
    r"|nothing|not|correct|accurate|wonderful|brilliant|superb|solid|clear|short|exactly|still|wrong|incorrect|too|there"
    r"|out|outdated|duplicate[sd]?|misleading|unclear|incomplete|sorry|unfortunately|based|instead|until|if|once|when"
    r"|unless|provided|pending|subject|conditional\w*|assuming|only|except|modulo|minus|but|however|though|will)\b",
    re.IGNORECASE,
)
_LEADS = re.compile(
    r"(?:\b(?:not|don't|do not|cannot|can't|never|won't|isn't)\s*$)|^\W*(?:if|once|when|unless|until|after|as soon as"
    r"|provided|wenn|falls|sobald|quand|si|cuando|quando|если)\b[^.!?]*[,:;–—-]?\s*$",
    re.IGNORECASE,
)
_PAST = re.compile(
    r"\b(?:was|were|been|previously|formerly|earlier|not|instead of|rather than|last|before|from|over|no longer)"
    r"\W*(?:\w+\W+){0,2}$",
    re.IGNORECASE,
)
_TAKES_BACK = re.compile(
    r"\b(?:wait|stop|hold (?:on|off)|withdraw\w*|revoke\w*|cancel\w*|retract\w*|mistake|undo|changed my mind|oops"
    r"|my bad|disapprov\w*|unapprov\w*|approv\w*|reject\w*|declin\w*|do ?n[o']t publish|revisions?)\b",
    re.IGNORECASE,
)
_PLEASE = re.compile(
    r"\b(?:please|pls|plz|bitte|por favor|svp|per favore)\b|\bthanks in advance\b", re.IGNORECASE
)
_SEPARATED = re.compile(r"^\s*(?:[:,;.!(\n]|\s[-–—]|[–—]|-\s)")


def weigh(kind: Verdict, word: str, rest: str, next_line: str, *, is_sign: bool) -> Standing:
    """Tell whether `word` decides, given the `rest` of its line and the line after it.

    Approvals are weighed most strictly, because what they release cannot be called back; a request for a revision
    is followed by feedback, in which questions and conditions are natural.
    """
    sentence, later = _sentences(rest)
    if not later and not _ended(rest) and _OPENING_CONDITION.match(next_line):
        sentence = f"{sentence} {next_line}"
    if _asks(kind, rest, sentence):
        return Standing.QUESTION
    if (_DENIED if kind is Verdict.APPROVED else _FLATLY_DENIED).match(rest):
        return Standing.UNDECIDED
    if not is_sign and word.lower() not in ("lgtm",) and _is_talk(kind, word, rest):
        return Standing.UNDECIDED
    if kind is not Verdict.APPROVED:
        conditional = _OPENING_CONDITION.match(sentence)
        return Standing.UNDECIDED if conditional and _needs_condition(kind, sentence) else Standing.DECIDES
    if (
        _CONDITION.search(sentence)
        or _CONTRAST.search(sentence)
        or _REMEDY.search(rest)
        or _OBJECTION.search(rest)
        or _DEFERRED.match(rest)
        or (is_sign and _SIGN_OF.match(rest))
    ):
        return Standing.UNDECIDED
    for other in later:
        if re.match(r"\s*(?:but|only|provided|unless|conditional)", other, re.IGNORECASE):
            return Standing.UNDECIDED
        if _CONDITION.search(other) and _ACTION.search(other):
            return Standing.UNDECIDED
    return Standing.DECIDES


def leads_into(line: str) -> bool:
    """Tell whether `line`, the one before a decision word, makes it a condition or a negation."""
    return _LEADS.search(line.rstrip()) is not None


def recants(text: str) -> bool:
    """Tell whether `text`, what follows an approval, takes it back or wants something done first."""
    return _RECANTED.search(text) is not None


def asks_politely(text: str) -> bool:
    """Tell whether somebody is asked for something."""
    return _PLEASE.search(text) is not None


def takes_back(text: str) -> bool:
    """Tell whether `text` may take a decision back."""
    return _TAKES_BACK.search(text) is not None


def tells_of_the_past(text: str) -> bool:
    """Tell whether what follows `text` is only told about ("was …", "instead of …")."""
    return _PAST.search(text) is not None


def _sentences(rest: str) -> tuple[str, list[str]]:
    """Split what follows the word: the rest of its own sentence, and the later ones of its line."""
    lead = re.match(r"[\s.!…]*", rest)
    if lead and re.search(r"[.!…]", lead.group()):
        return "", [part for part in _SENTENCE.split(rest[lead.end() :]) if part.strip()]
    parts = _SENTENCE.split(rest)
    return parts[0], [part for part in parts[1:] if part.strip()]


def _ended(rest: str) -> bool:
    return rest.rstrip(" \t*_`").endswith((".", "!", "。", "！"))


def _asks(kind: Verdict, rest: str, sentence: str) -> bool:
    """Tell whether the decision itself is asked for, not something else in its reasons."""
    if re.match(r"[\s!.,:;)(*_–—-]*[?？؟]", rest):
        return True
    if kind is not Verdict.APPROVED and _SEPARATED.match(rest):
        return False
    return _QUESTION_MARK.search(sentence) is not None


def _needs_condition(kind: Verdict, sentence: str) -> bool:
    return kind is Verdict.REJECTED or not _SEPARATED.match(sentence)


def _is_talk(kind: Verdict, word: str, rest: str) -> bool:
    """Tell whether the word is only talked about: "approved requests are logged", "REJECTED is a state"."""
    if kind is Verdict.NEEDS_REVISION:
        return word.lower().startswith("changes") and _TOLD.match(rest) is not None
    if not re.match(r"[ \t\u00a0]+[^\W\d_]|[ \t\u00a0]*=", rest):
        return False
    if rest.lstrip().startswith("=") or _HEARSAY.match(rest):
        return True
    loud = word.isupper() or word.lower().startswith("ship")
    return not loud and not _CONTINUES.match(rest)
