"""Finds the pages that a ticket names: by ``docs:PAGE-ID`` labels, links in the description, and remote links.

Only links to the configured Confluence count.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

from common.domain.ticket import Ticket

_LABEL = re.compile(r"docs:(.*)", re.IGNORECASE)
_ID = re.compile(r"[1-9][0-9]{0,18}")
_URL = re.compile(r"https?://[^\s<>\"'|\[\]{}^`\\]+", re.IGNORECASE)
_PAGE_PATH = re.compile(r"/spaces/[^/]+/pages/(?:edit(?:-v2)?/)?([1-9][0-9]{0,18})(?:/.*)?")
_TINY_PATH = re.compile(r"/x/([A-Za-z0-9_-]{1,11})/?")
_BY_QUERY = ("/pages/viewpage.action", "/pages/editpage.action", "/pages/viewpreviousversions.action")

#: Pages that one ticket may name by labels, and by links: each gets its own document and review.
MOST_BY_LABEL, MOST_BY_LINK = 10, 3


@dataclass(frozen=True)
class ExplicitPage:
    """A page that a ticket names; ``page_id`` is None if the label has no valid page id.

    ``is_order`` is true for labels: they decide where documentation goes, while a link may only be a reference.
    """

    reference: str
    page_id: str | None
    is_order: bool


def explicit_pages(ticket: Ticket, remote_links: Iterable[str], browse_url: str) -> tuple[ExplicitPage, ...]:
    """Return the named pages, labels first, each page once.

    ``remote_links`` are the URLs of the issue's remote links. ``browse_url`` is the URL of Confluence for browsers,
    such as ``https://site.atlassian.net/wiki``.
    """
    found = [named for named in map(_by_label, ticket.labels) if named]
    urls = [*_URL.findall(ticket.description), *remote_links]
    found += [named for url in urls if (named := _by_url(url, browse_url))]
    by_page: dict[str, ExplicitPage] = {}
    for named in found:
        by_page.setdefault(named.page_id or named.reference, named)
    return tuple(by_page.values())


def limit_explicit_pages(named: Sequence[ExplicitPage]) -> tuple[tuple[ExplicitPage, ...], dict[str, str]]:
    """Return the named pages within the limits, and a reason for each group of pages beyond them."""
    labels, links = [n for n in named if n.is_order], [n for n in named if not n.is_order]
    rest = {
        f"{len(more)} more by {what}": f"one ticket may name at most {most} pages by {what}{instead}"
        for more, what, most, instead in (
            (labels[MOST_BY_LABEL:], "labels", MOST_BY_LABEL, ""),
            (
                links[MOST_BY_LINK:],
                "links",
                MOST_BY_LINK,
                "; to name a page for certain, use the label docs:PAGE-ID",
            ),
        )
        if more
    }
    return (*labels[:MOST_BY_LABEL], *links[:MOST_BY_LINK]), rest


def _by_label(label: str) -> ExplicitPage | None:
    match = _LABEL.fullmatch(label)
    if not match:
        return None
    return ExplicitPage(f"label {label}", match[1] if _ID.fullmatch(match[1]) else None, is_order=True)


def _by_url(url: str, browse_url: str) -> ExplicitPage | None:
    # Punctuation at the end of a sentence, or a closing bracket, is not part of the URL.
    url = url.rstrip(".,;:!?")
    if url.endswith(")") and "(" not in url:
        url = url.rstrip(").,;:!?")
    try:
        link, site = urlsplit(url), urlsplit(browse_url.rstrip("/"))
        if link.scheme.lower() not in ("http", "https"):
            return None
        if _host(link.netloc, link.scheme) != _host(site.netloc, site.scheme):
            return None
    except ValueError:
        return None
    if not link.path.startswith(f"{site.path}/"):
        return None
    page_id = _page_id(link.path.removeprefix(site.path), link.query)
    return ExplicitPage(url, page_id, is_order=False) if page_id else None


def _host(netloc: str, scheme: str) -> str:
    host = netloc.rpartition("@")[2].lower()
    return host.removesuffix(":443" if scheme.lower() == "https" else ":80")


def _page_id(path: str, query: str) -> str | None:
    if match := _PAGE_PATH.fullmatch(path):
        return match[1]
    if path in _BY_QUERY:
        asked = parse_qs(query).get("pageId", [""])[0]
        return asked if _ID.fullmatch(asked) else None
    if match := _TINY_PATH.fullmatch(path):
        return _tiny(match[1])
    return None


def _tiny(code: str) -> str | None:
    """Decode the page id in a tiny link: base64 of its little-endian bytes without the trailing A and =.

    https://support.atlassian.com/confluence/kb/how-to-programmatically-generate-the-tiny-link-of-a-confluence-page/
    """
    padded = code.replace("-", "/").replace("_", "+").ljust(11, "A") + "="
    return str(int.from_bytes(base64.b64decode(padded), "little") or "") or None
