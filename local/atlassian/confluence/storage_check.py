"""Storage format as Confluence handles it: validation, changes when a page is saved, and text for the search index."""

import html.entities
import re
import uuid
from collections.abc import Callable
from xml.parsers import expat

MAX_BYTES = 5 * 1024 * 1024
_PREFIXES = frozenset({"ac", "ri", "at", "xml"})
_DOCTYPE = (
    "<!DOCTYPE page ["
    + "".join(
        f'<!ENTITY {name} "&#{code};">'
        for name, code in html.entities.name2codepoint.items()
        if name not in {"lt", "gt", "amp", "quot"}
    )
    + "]>"
)
_OPENING = (_DOCTYPE + "<page>").encode()
_MAX_DEPTH = 500

_VERBATIM = r"<!\[CDATA\[.*?\]\]>|<!--.*?-->"
_VERBATIM_OR_SPACE = re.compile(rf"({_VERBATIM})|&nbsp;|&#160;|&#[xX][aA]0;", re.DOTALL)
_TAG = re.compile(
    rf"(?P<verbatim>{_VERBATIM})|"
    r"<(?P<close>/?)(?P<name>[\w:.-]+)(?P<rest>(?:\"[^\"]*\"|'[^']*'|[^>\"'])*)>",
    re.DOTALL,
)
_ID_ATTRIBUTE = re.compile(
    r"(\s(?:ac:local-id|ac:macro-id|local-id|ac:task-uuid)\s*=\s*)(\"[^\"]*\"|'[^']*')"
)
_VERSION_AT_SAVE = re.compile(r"\sri:version-at-save\s*=\s*(?:\"[^\"]*\"|'[^']*')")
_TASK_UUID = re.compile(r"(<ac:task-uuid>)[^<]*(</ac:task-uuid>)")
_PARAMETERS = re.compile(
    r"(?:<ac:parameter\b[^>]*?(?:/>|>(?:(?!</?ac:parameter\b|<!\[CDATA\[).)*?</ac:parameter>)\s*){2,}",
    re.DOTALL,
)
_PARAMETER = re.compile(r"<ac:parameter\b[^>]*?(?:/>|>.*?</ac:parameter>)\s*", re.DOTALL)
_PARAMETER_NAME = re.compile(r"ac:name\s*=\s*[\"']([^\"']*)")
_RENAMED = {"b": "strong", "i": "em"}
_ATTRIBUTE = re.compile(r"[\w:.-]+\s*=\s*(?:\"[^\"]*\"|'[^']*')")
_BY_LOCAL_ID = re.compile(
    r"p|h[1-6]|[uod]l|li|d[td]|blockquote|pre|hr|table|thead|tbody|tfoot|t[rdh]|div|section"
    r"|ac:(?:layout(?:-section|-cell)?|structured-macro|image|task(?:-list)?|adf-node)"
)
"""The elements to which the new editor gives an id; inline elements have none."""


class InvalidStorage(Exception):
    """Confluence would refuse this body; the message is Confluence's own."""


def check_storage(storage: str) -> None:
    """Raise InvalidStorage unless the body is well-formed XML with known prefixes and HTML's entities."""
    _scan(storage, lambda data: None, lambda name: None)


def text_of(storage: str) -> str:
    """Return the text of a body for the search index, with blocks separated by line breaks."""
    parts: list[str] = []
    blocks = frozenset(
        {
            "p",
            "h1",
            "h2",
            "h3",
            "h4",
            "h5",
            "h6",
            "li",
            "td",
            "th",
            "tr",
            "pre",
            "ac:parameter",
            "ac:plain-text-body",
            "ac:rich-text-body",
            "ac:task-body",
            "br",
            "ac:layout-cell",
        }
    )

    def ends(name: str) -> None:
        if name in blocks:
            parts.append("\n")

    _scan(storage, parts.append, ends)
    return re.sub(r"\s*\n\s*", "\n", "".join(parts)).strip()


def open_parser() -> expat.XMLParserType:
    """Return a parser with HTML's entities defined, positioned inside an open `page` element."""
    parser = expat.ParserCreate("UTF-8")
    parser.buffer_text = True
    parser.Parse(_OPENING, False)
    return parser


def _scan(storage: str, on_text: Callable[[str], object], on_end: Callable[[str], object]) -> None:  # noqa: C901 a scanner, one branch per kind of markup
    parser = open_parser()
    depth = 1
    hidden: list[bool] = []

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > _MAX_DEPTH:
            raise InvalidStorage("Error parsing xhtml: elements are nested too deeply")
        for each in (name, *attributes):
            prefix, colon, _ = each.partition(":")
            if colon and prefix not in _PREFIXES:
                kind = "element" if each is name else "attribute"
                raise InvalidStorage(
                    f'Error parsing xhtml: The prefix "{prefix}" for {kind} "{each}" is not bound.'
                )
        # A parameter's value is a setting, not text, except the titles of panels and expands.
        hidden.append(
            (name == "ac:parameter" and attributes.get("ac:name") != "title")
            or name in {"ac:task-id", "ac:task-uuid", "ac:task-status", "ac:placeholder"}
        )

    def end(name: str) -> None:
        nonlocal depth
        depth -= 1
        if hidden:
            hidden.pop()
        on_end(name)

    def text(data: str) -> None:
        if not any(hidden):
            on_text(data)

    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = start, end, text
    try:
        parser.Parse(storage.encode("utf-8", "strict"), False)
        if depth != 1:
            raise InvalidStorage("Error parsing xhtml: unexpected end of content")
        parser.Parse(b"</page>", True)
    except expat.ExpatError as error:
        raise InvalidStorage(
            f"Error parsing xhtml: {expat.errors.messages.get(error.code, error)} at [row,col "
            f"{{unknown-source}}]: [{error.lineno},{error.offset}]"
        ) from error
    except UnicodeEncodeError as error:
        raise InvalidStorage("Error parsing xhtml: Illegal character entity") from error


def as_saved(storage: str, page_id: str, version: int, *, in_editor: bool = False) -> str:
    """Return the body as Confluence stores it: new ids, `strong` for `b`, sorted parameters.

    The new editor (`in_editor`) rewrites the whole page: each block element gets an id, attributes are sorted, `&nbsp;`
    becomes the character and `<br/>` becomes `<br />`. The ids are derived from page, version and position, so runs are
    reproducible.
    """
    count = 0

    def fresh() -> str:
        nonlocal count
        count += 1
        return str(uuid.uuid5(uuid.NAMESPACE_URL, f"{page_id}/{version}/{count}"))

    def tag(match: re.Match[str]) -> str:
        if match["verbatim"]:
            return match[0]
        name, rest = match["name"], match["rest"]
        if not match["close"]:
            rest = _ID_ATTRIBUTE.sub(lambda m: f'{m[1]}"{fresh()}"', rest)
            if name == "ac:structured-macro" and "ac:macro-id" not in rest:
                rest = _with(rest, f'ac:macro-id="{fresh()}"')
            if name in {"ri:page", "ri:attachment"}:
                rest = _with(_VERSION_AT_SAVE.sub("", rest), f'ri:version-at-save="{version}"')
            if in_editor:
                rest = _as_in_editor(name, rest, fresh)
        return f"<{match['close']}{_RENAMED.get(name, name)}{rest}>"

    saved = _TAG.sub(tag, storage)
    if in_editor:
        saved = _VERBATIM_OR_SPACE.sub(lambda m: m[1] or "\u00a0", saved)
    saved = _TASK_UUID.sub(lambda m: f"{m[1]}{fresh()}{m[2]}", saved)
    return _PARAMETERS.sub(_sorted_parameters, saved)


def _as_in_editor(name: str, rest: str, fresh: Callable[[], str]) -> str:
    """Return the part of a tag after the name, as the new editor writes it."""
    own = "ac:local-id" if name.startswith("ac:") else "local-id"
    attributes = _ATTRIBUTE.findall(rest)
    if _BY_LOCAL_ID.fullmatch(name) and not any(each.partition("=")[0].strip() == own for each in attributes):
        attributes.append(f'{own}="{fresh()}"')
    end = " /" if rest.rstrip().endswith("/") else ""
    return "".join(f" {each}" for each in sorted(attributes)) + end


def _with(rest: str, attribute: str) -> str:
    stripped = rest.rstrip()
    if stripped.endswith("/"):
        return f"{stripped[:-1].rstrip()} {attribute} /"
    return f"{stripped} {attribute}"


def _sorted_parameters(match: re.Match[str]) -> str:
    def name(parameter: str) -> str:
        found = _PARAMETER_NAME.search(parameter)
        return found[1] if found else ""

    return "".join(sorted(_PARAMETER.findall(match[0]), key=name))
