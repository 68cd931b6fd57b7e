"""The words that people put before a decision without changing it: greetings, thanks, names, praise."""

import re

# After these a name or a few words may follow, up to a comma or the like.
_OPENERS = (
    r"hi|hello|hey|hiya|dear|greetings|good (?:morning|afternoon|evening|day)|morning|team|all|everyone|folks"
    r"|hallo|hi zusammen|guten (?:tag|morgen|abend)|moin|servus|grüezi|liebe[rs]?|bonjour|salut|bonsoir|coucou"
    r"|hola|buen[oa]s(?: (?:días|dias|tardes|noches))?|olá|ola|oi|bom dia|boa (?:tarde|noite)|ciao|salve|buongiorno"
    r"|buonasera|hej|hei|hallå|moi|terve|goedemorgen|goedemiddag|goedendag|dag|beste|cześć|czesc|dzień dobry"
    r"|ahoj|dobrý den|szia|merhaba|selam|привет|здравствуйте|добрый (?:день|вечер)|доброе утро|вітаю|добрий день"
    r"|γεια|καλημέρα|namaste|नमस्ते|こんにちは|お疲れ様です|お疲れさまです|你好|您好|大家好|안녕하세요|مرحبا|שלום"
    r"|thanks|thank you|thank u|thx|ty|many thanks|cheers|much appreciated|danke(?: (?:schön|dir|euch|ihnen))?"
    r"|vielen dank|besten dank|herzlichen dank|merci(?: beaucoup| bien)?"
    r"|(?:muchas |mil )?gracias|(?:muito )?obrigad[oa]"
    r"|(?:molte |mille )?grazie|dank (?:je|u)(?: wel)?|bedankt|tack(?: så mycket)?|takk|(?:mange )?tak|kiitos"
    r"|dziękuj[ęe]|dzięki|děkuj[iu]|díky|köszönöm|teşekkür(?:ler| ederim)|(?:большое )?спасибо|дякую|ευχαριστώ"
    r"|धन्यवाद|ありがとう(?:ございます)?|谢谢|感谢|謝謝|감사합니다|شكرا|תודה"
    r"|great (?:work|job|stuff)|nice(?: work| job| one)?|good (?:work|job|stuff)|well done|awesome|excellent|perfect"
    r"|great|brilliant|lovely|wonderful|super|prima|klasse|top|parfait|perfecto|perfetto|отлично"
    r"|(?:sehr )?gut|passt|alles gut|(?:très |muy )?bien|va bene|muito bem|goed"
    r"|looks (?:good|great|fine)(?: to me)?|all good|ok|okay|okey|alright|all right|right|fine|yes|yep|yeah|yup|sure"
    r"|ja|jawohl|oui|sí|si|sim|sì|да|так|evet|はい|是的|네|fyi|sorry|apologies|unfortunately|leider|malheureusement"
    r"|lamentablemente|purtroppo|helaas|к сожалению|i'm afraid|finally|now|so|well"
)
_PLEASE = (
    r"please|pls|plz|kindly|bitte|s'il (?:vous|te) pla[iî]t|svp|por favor|per favore|alstublieft|alsjeblieft|proszę"
    r"|prosím|пожалуйста|будь ласка|lütfen|お願いします|请"
)
_LABEL = r"(?:(?:my|our|final|the) )?(?:decision|verdict|review(?: result)?|result|outcome|vote|answer|edit|update)"
_NAMED = r"there|team|all|everyone|everybody|folks|both|guys|zusammen|alle|allemaal|tous|à tous|a todos|a tutti|kinexus"

_END = r"(?!\w)"
_STOP = r"(?:[,:;.!–—、，。！：]+|\s+[-–—])(?!\w)|[,:;.!、，。！：](?=\w)"
# Words between an opener and its comma must not turn the sense of what follows.
_TURNS = re.compile(
    r"\b(?:not|no|never|nothing|n't|cannot|can't|don't|doesn't|won't|isn't|if|once|when|after|unless|until|before|but"
    r"|who|nicht|kein\w*|nie|wenn|falls|sobald|non|ne|pas|si|jamais|nunca|niet|geen|не|нет|нельзя|if)\b",
    re.IGNORECASE,
)
_MENTION = re.compile(
    r"@[\w.\u00a0'’-]+(?:@[\w.-]+)?(?:[,:;–—]|\s[-–—](?=\s))?\s*|\[~[^\]\n]{1,200}\][,:;]?\s*"
)
_NAMED_MENTION = re.compile(
    r"@[^\W\d_][\w.'’-]*(?P<rest>(?: [^\W\d_][\w.'’-]*){1,3})(?:[,:;–—]|\s[-–—](?=\s))\s*"
)
_FULL_NAME = re.compile(r"@[^\W\d_][\w.'’-]*(?P<rest>(?: [A-Z][\w'’-]*[a-z]){1,2}) (?=[A-Z]{4})")
_SENSE = re.compile(r"approv|reject|lgtm|ship|revision|request|changes", re.IGNORECASE)
_OPENER = re.compile(rf"(?:{_OPENERS}|{_PLEASE}){_END}", re.IGNORECASE)
_PLEASE_OPENER = re.compile(rf"(?:{_PLEASE}){_END}", re.IGNORECASE)
_LABELLED = re.compile(rf"{_LABEL}\s*(?:[:=]|\s[-–—]\s)\s*", re.IGNORECASE)
_GROUP = re.compile(rf"\s+(?:{_NAMED}){_END}", re.IGNORECASE)
_TAIL = re.compile(r"(?P<words>[^,:;.!?？\n–—、，。！：]{0,60}?)(?:" + _STOP + r")\s*")
_JOINED = re.compile(r"\s*(?:,?\s*(?:but|and)\s+|[,:;.!–—、，。！：-]*\s*)", re.IGNORECASE)


def opening(line: str) -> tuple[int, bool]:
    """Measure the courtesy at the beginning of `line`.

    Returns how many characters of mentions, labels, greetings, thanks and praise come first, and whether they end by
    asking somebody ("please", "bitte", …) for what follows.
    """
    position, asks = 0, False
    for _ in range(6):
        rest = line[position:]
        step = _mention(rest) or _measure(_LABELLED, rest)
        if step:
            position, asks = position + step, False
            continue
        step = _greeting(rest)
        if not step:
            break
        asks = _PLEASE_OPENER.match(rest) is not None
        position += step
    return position, asks


def mentions(line: str) -> bool:
    """Tell whether `line` begins by addressing somebody."""
    return _MENTION.match(line) is not None


def mentions_somebody(text: str) -> bool:
    """Tell whether somebody is addressed anywhere in `text`."""
    return re.search(r"(?:^|\s)@\w|\[~", text) is not None


def _measure(pattern: re.Pattern[str], text: str) -> int:
    match = pattern.match(text)
    return match.end() if match else 0


def _mention(text: str) -> int:
    for pattern in (_NAMED_MENTION, _FULL_NAME):
        named = pattern.match(text)
        if named and not _SENSE.search(named.group("rest")) and not _TURNS.search(named.group("rest")):
            return named.end()
    return _measure(_MENTION, text)


def _greeting(text: str) -> int:
    opener = _OPENER.match(text)
    if opener is None:
        return 0
    end = opener.end()
    if group := _GROUP.match(text, end):
        end = group.end()
    tail = _TAIL.match(text, end)
    if tail and not _TURNS.search(tail.group("words")):
        end = tail.end()
    joined = _JOINED.match(text, end)
    return joined.end() if joined else end
