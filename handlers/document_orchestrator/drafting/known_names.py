"""Images and page links in a draft name only attachments and pages that are known; others become words.

Known attachments are those of the page; Confluence is asked for them only if a draft names one that the page does not
show yet. Known titles are those that the page links, its own, and those that page selection found. Confluence shows an
image without its attachment as broken, and a link to a title that does not exist offers to create the page.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from html import unescape
from urllib.parse import unquote

_CODE = (
    r"(?:^|(?<=\n))[ ]{0,3}(?P<fence>`{3,}|~{3,})[^\n]*\n.*?(?:\n[ ]{0,3}(?P=fence)[`~]*[ \t]*(?=\n|\Z)|\Z)"
)
_SPAN = r"(?P<ticks>`+)(?!`).*?(?<!`)(?P=ticks)(?!`)"
_REFERENCE = re.compile(
    rf"{_CODE}|{_SPAN}|\\.|(?P<image>!?)\[(?P<words>(?:[^\[\]\\]|\\.)*)\]"
    r"\(\s*(?P<target><[^<>\n]*>|[^\s()<>]*)(?:\s+(?:\"[^\"\n]*\"|'[^'\n]*'))?\s*\)",
    re.DOTALL,
)
_FOOTNOTED = re.compile(r"!\[[^\]\n]*\] ?\[")  # an image whose address stands elsewhere
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:")
_PAGE_SCHEME = re.compile(r"(?:confluence-page|ac):", re.IGNORECASE)
_CDATA = re.compile(r"<!\[CDATA\[.*?\]\]>", re.DOTALL)
_ATTACHMENT = re.compile(r"""<ri:attachment\b[^>]*?\sri:filename\s*=\s*(?:"([^"]*)"|'([^']*)')""")
_PAGE = re.compile(r"""<ri:(?:page|blog-post)\b[^>]*?\sri:content-title\s*=\s*(?:"([^"]*)"|'([^']*)')""")


@dataclass(frozen=True)
class KnownNames:
    """File names of attachments, and titles of pages in lower case."""

    attachments: frozenset[str]
    titles: frozenset[str]

    @classmethod
    def of(cls, storage: str, titles: Iterable[str] = ()) -> KnownNames:
        """Return the names that a page in storage format refers to, and further titles."""
        linked = {*_names(_PAGE, storage), *titles}
        return cls(frozenset(_names(_ATTACHMENT, storage)), frozenset(map(str.casefold, linked)))

    def with_attachments(self, markdown: Iterable[str], attached: Callable[[], Iterable[str]]) -> KnownNames:
        """Return the names with all attachments of the page, if one of these texts has an image of an unknown name."""
        if not any(_FOOTNOTED.search(text) or self._has_unknown_image(text) for text in markdown):
            return self
        return replace(self, attachments=self.attachments | frozenset(attached()))

    def _has_unknown_image(self, markdown: str) -> bool:
        images = (found for found in _REFERENCE.finditer(markdown) if found["image"])
        return any(self._kept(found) != found[0] for found in images)

    def in_words(self, markdown: str) -> str:
        """Return Markdown with images and page links of unknown names as their words; code is unchanged."""
        return _REFERENCE.sub(self._kept, markdown)

    def faults(self, storage: str) -> list[str]:
        """Return what is wrong with a draft in storage format: unknown names that ``in_words`` did not find."""
        faults = []
        attachments = sorted(_names(_ATTACHMENT, storage) - self.attachments)
        pages = sorted(title for title in _names(_PAGE, storage) if title.casefold() not in self.titles)
        if attachments:
            faults.append(f"the page has no attachment {attachments[0][:100]!r}: leave this image out")
        if pages:
            faults.append(f"no page {pages[0][:100]!r} was found: write its name without a link")
        return faults

    def _kept(self, found: re.Match[str]) -> str:
        target = found["target"]
        if target is None:
            return found[0]
        target = target.strip("<>")
        if found["image"]:
            is_known = bool(_SCHEME.match(target)) or _file_name(target) in self.attachments
        elif scheme := _PAGE_SCHEME.match(target):
            title = unquote(target[scheme.end() :].partition("#")[0].partition("?space=")[0]).strip()
            is_known = (title or found["words"]).strip().casefold() in self.titles
        else:
            is_known = True
        return found[0] if is_known else found["words"]


def _names(pattern: re.Pattern[str], storage: str) -> set[str]:
    return {unescape(one or other) for one, other in pattern.findall(_CDATA.sub("", storage))}


def _file_name(target: str) -> str:
    return unquote(target.split("#")[0].split("?")[0]).replace("\\", "/").rsplit("/", 1)[-1]
