"""Inline Markdown to storage format: emphasis, code, links, images, footnote marks. Allows safe link targets only."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from common.storage_format.from_markdown.blocks import cdata
from common.storage_format.xml import entities

if TYPE_CHECKING:
    from markdown_it.token import Token

_URL = re.compile(
    r"(?<![\w@])(?:https?://|www\.(?=[\w-]+\.\w))[^\s<>\"\u27e6\u27e7\ue000-\uf8ff]+"
    r"|(?<![\w.+@/-])[\w.+-]+@[\w-]+(?:\.[\w-]+)*\.[A-Za-z]{2,}(?![\w@-])"
)
_TRAILING = re.compile(r"(?:[?!.,:;*_~'\"]|&[A-Za-z]+;)+$")
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")
_IMAGE_END = "</ac:image>"
_LINE_END = re.compile(r"\n|<br />")
_TAGS = {"em": "em", "strong": "strong", "s": "del"}
_PAGE_SCHEMES = ("confluence-page", "ac")


@dataclass
class InlineContext:
    """Context for rendering a line: heading anchors that links resolve to, and addresses that stay text."""

    anchors: Mapping[str, str] = field(default_factory=dict)
    images: Mapping[str, bool] = field(default_factory=dict)
    """Characters that stand for images of the page, and whether the image has a caption."""
    unlinked: frozenset[str] = frozenset()
    """Addresses that stay text and do not become links, because they are plain text on the page."""


def render_inline(tokens: Sequence[Token], context: InlineContext) -> str:
    """Return the Markdown tokens of a line as storage format."""
    return _Line(context).all(tokens)


def words(tokens: Sequence[Token]) -> str:
    """Return the words of the Markdown tokens of a line, without any markup; of an image, its alternative text."""
    parts = []
    for token in tokens:
        if token.type in ("softbreak", "hardbreak"):
            parts.append(" ")
        elif token.type == "image":
            parts.append(words(token.children or []))
        elif token.type != "footnote_anchor" and not token.nesting:
            parts.append(token.content)
    return " ".join("".join(parts).split())


class _Line:
    def __init__(self, context: InlineContext) -> None:
        self.context = context
        self.out: list[str] = []
        self.links = 0

    def all(self, tokens: Sequence[Token]) -> str:
        position = 0
        while position < len(tokens):
            token = tokens[position]
            if token.type == "link_open":
                close = _closing(tokens, position)
                self.link(token, tokens[position + 1 : close])
                position = close + 1
                continue
            if token.type == "em_open" and (close := self.caption(tokens, position)):
                position = close + 1
                continue
            self.one(token)
            position += 1
        return "".join(self.out)

    def one(self, token: Token) -> None:
        kind = token.type
        if kind == "text":
            self.text(token.content)
        elif kind == "softbreak":
            self.out.append("\n")
        elif kind == "hardbreak":
            self.out.append("<br />")
        elif kind == "code_inline":
            self.out.append(f"<code>{entities.escape_text(token.content)}</code>")
        elif kind in ("math_inline", "math_inline_double"):
            fence = "$$" if kind.endswith("double") else "$"
            self.out.append(entities.escape_text(f"{fence}{token.content}{fence}"))
        elif kind == "image":
            self.image(token)
        elif kind == "footnote_ref":
            number = token.meta["id"] + 1
            self.out.append(f"<sup>{anchor_link(f'footnote-{number}', str(number))}</sup>")
        elif kind == "footnote_anchor":
            pass
        elif (token.tag in _TAGS or kind.startswith("html_")) and token.nesting:
            slash = "/" if token.nesting < 0 else ""
            self.out.append(f"<{slash}{_TAGS.get(token.tag, token.tag)}>")
        else:
            self.out.append(entities.escape_text(token.content))

    def caption(self, tokens: Sequence[Token], position: int) -> int:
        """Read emphasis after an image as its caption; return the place of its end, or 0 if it is none.

        Emphasis right after an image of the page with a caption is that caption. After another image it is one if
        both are alone on their lines; after one of the page, only in underscores.
        """
        place = len(self.out)
        while place and not self.out[place - 1].replace("<br />", "").strip():
            place -= 1
        last = self.out[place - 1].rstrip() if place else ""
        is_new = last.endswith("</ac:image>") and not last.endswith(f"</ac:caption>{_IMAGE_END}")
        known = self.context.images.get(last[-1:])
        if self.links or (known is None and not is_new):
            return 0
        close = _closing(tokens, position, "em")
        if not known:
            before = "".join(self.out[:place]).rstrip()
            before = before[: before.rfind("<ac:image")] if is_new else before[:-1]
            following = tokens[close + 1] if close + 1 < len(tokens) else None
            is_last = following is None or following.type.endswith("break") or not following.content.strip()
            in_underscores = is_new or tokens[position].markup == "_"
            if _LINE_END.split(before)[-1].strip() or not is_last or not in_underscores:
                return 0
        outside, self.out = self.out, []
        caption = f"<ac:caption><p>{self.all(tokens[position + 1 : close])}</p></ac:caption>"
        self.out = outside[:place]
        self.out[-1] = f"{last.removesuffix(_IMAGE_END)}{caption}{_IMAGE_END}" if is_new else last + caption
        return close

    def text(self, text: str) -> None:
        self.out.append(entities.escape_text(text) if self.links else _linked(text, self.context.unlinked))

    def link(self, token: Token, inner: Sequence[Token]) -> None:
        self.links += 1
        outside, self.out = self.out, []
        body = self.all(inner)
        self.out = outside
        self.links -= 1
        target = str(token.attrGet("href") or "")
        scheme = target.partition(":")[0].lower()
        if token.info == "auto" and scheme not in ("http", "https", "mailto", "confluence-page"):
            self.out.append(f"&lt;{body}&gt;")
        else:
            self.out.append(link_element(target, body, self.context.anchors))

    def image(self, token: Token) -> None:
        source = str(token.attrGet("src") or "")
        alt = "".join(child.content if child.type != "softbreak" else " " for child in token.children or [])
        title = str(token.attrGet("title") or "")
        self.out.append(image_element(source, alt, title))


def _closing(tokens: Sequence[Token], position: int, name: str = "link") -> int:
    depth = 0
    for number in range(position, len(tokens)):
        depth += (tokens[number].type == f"{name}_open") - (tokens[number].type == f"{name}_close")
        if depth == 0:
            return number
    return len(tokens)


def link_element(target: str, body: str, anchors: Mapping[str, str]) -> str:
    """Return a link to `target` around `body` (storage format); if the target is not allowed, only the body."""
    target = target.strip()
    scheme = _SCHEME.match(target)
    name = scheme[1].lower() if scheme else ""
    if name in _PAGE_SCHEMES and scheme:
        return _page_link(target[scheme.end() :], body)
    if name in ("http", "https", "mailto") and is_followed(target):
        return f'<a href="{entities.escape_attribute(_encoded(target))}">{body or entities.escape_text(target)}</a>'
    if target.startswith("#") and len(target) > 1:
        anchor = anchors.get(anchor_key(target[1:]), unquote(target[1:]))
        return f'<a href="#{entities.escape_attribute(_encoded(anchor))}">{body}</a>'
    return body


def is_followed(url: str) -> bool:
    """Return whether a browser could open `url`: it has a host, or a mail address."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return bool(parts.netloc) if parts.scheme.lower() in ("http", "https") else bool(parts.path)


def _encoded(url: str) -> str:
    """Return `url` with white space and control characters percent-encoded, so that all readers see the same URL."""
    return re.sub(r"[\x00-\x20\x7f-\xa0\ud800-\udfff]", lambda match: _percent(match[0]), url)


def _percent(character: str) -> str:
    return "".join(f"%{byte:02X}" for byte in character.encode("utf-8", "replace"))


def _page_link(target: str, body: str) -> str:
    title, _, anchor = target.partition("#")
    title, _, query = title.partition("?space=")
    title = unquote(title).strip() or plain(body)
    space = f' ri:space-key="{entities.escape_attribute(unquote(query))}"' if query else ""
    at = f' ac:anchor="{entities.escape_attribute(unquote(anchor))}"' if anchor else ""
    if not title:
        return body
    page = f'<ri:page{space} ri:content-title="{entities.escape_attribute(title)}" />'
    return f"<ac:link{at}>{page}{link_body(body)}</ac:link>"


def anchor_link(anchor: str, text: str) -> str:
    """Return a link to an anchor macro on the same page."""
    return f'<ac:link ac:anchor="{entities.escape_attribute(anchor)}">{link_body(text)}</ac:link>'


def link_body(body: str) -> str:
    """Return the visible part of an `ac:link`: CDATA if it is plain text."""
    if "<" in body:
        return f"<ac:link-body>{body}</ac:link-body>"
    return (
        f"<ac:plain-text-link-body>{cdata(entities.decode(body))}</ac:plain-text-link-body>" if body else ""
    )


def plain(body: str) -> str:
    """Return the text of inline storage format."""
    return entities.decode(re.sub(r"<[^>]*>", "", body))


def image_element(source: str, alt: str, title: str = "") -> str:
    """Return an image: external for http(s) URLs, else an attachment of the page; for other schemes the alt text."""
    source = source.strip()
    attributes = f' ac:alt="{entities.escape_attribute(alt)}"' if alt else ""
    attributes += f' ac:title="{entities.escape_attribute(title)}"' if title else ""
    scheme = _SCHEME.match(source)
    if scheme and scheme[1].lower() in ("http", "https") and is_followed(source):
        resource = f'<ri:url ri:value="{entities.escape_attribute(_encoded(source))}" />'
    else:
        filename = unquote(source.split("#")[0].split("?")[0]).replace("\\", "/").rsplit("/", 1)[-1]
        if not filename.strip(". ") or (scheme and len(scheme[1]) > 1):
            return entities.escape_text(alt)
        resource = f'<ri:attachment ri:filename="{entities.escape_attribute(filename)}" />'
    return f"<ac:image{attributes}>{resource}</ac:image>"


def anchor_key(anchor: str) -> str:
    """Return an anchor reduced to letters and digits, to compare different spellings."""
    return "".join(character for character in unquote(anchor).lower() if character.isalnum())


def anchor_of(text: str) -> str:
    """Return the anchor that Confluence gives a heading with this text."""
    return re.sub(r"\s", "-", text.strip())


def addresses(text: str) -> frozenset[str]:
    """Return the addresses in a text that would become links automatically."""
    return (
        frozenset(match[0] for match in _URL.finditer(text))
        if "@" in text or "//" in text or "www." in text
        else frozenset()
    )


def _linked(text: str, unlinked: frozenset[str]) -> str:
    """Return text as storage format, with bare addresses as links."""
    out, at = [], 0
    for match in _URL.finditer(text):
        url = match[0]
        if "@" not in url or "://" in url or url.startswith("www."):
            url = _TRAILING.sub("", url)
            while url.endswith(")") and url.count(")") > url.count("("):
                url = _TRAILING.sub("", url[:-1])
            target = url if "://" in url else f"http://{url}"
        else:
            target = f"mailto:{url}"
        if not is_followed(target) or match[0] in unlinked:
            continue
        out.append(entities.escape_text(text[at : match.start()]))
        out.append(f'<a href="{entities.escape_attribute(target)}">{entities.escape_text(url)}</a>')
        at = match.start() + len(url)
    return "".join(out) + entities.escape_text(text[at:])
