"""Addresses of Confluence Cloud for people, made from a page's own address."""

from __future__ import annotations

import re

_PAGE = re.compile(r"(https?://[^/]+/wiki)/spaces/[^/]+/pages/(\d+)")


def attachments_url(page_url: str) -> str:
    """Return the address below which a page's attachments can be downloaded by name; "" if it cannot be made."""
    match = _PAGE.match(page_url)
    return f"{match[1]}/download/attachments/{match[2]}" if match else ""


def comparison_url(page_url: str, version: int) -> str:
    """Return the address of Confluence's comparison of a version with the one before; "" if there is none."""
    match = _PAGE.match(page_url)
    if match is None or version < 2:
        return ""
    selected = "&".join(f"selectedPageVersions={number}" for number in (version - 1, version))
    return f"{match[1]}/pages/diffpagesbyversion.action?pageId={match[2]}&{selected}"


def history_url(page_url: str) -> str:
    """Return the address of a page's history, where a version can be restored; "" if it cannot be made."""
    match = _PAGE.match(page_url)
    return f"{match[1]}/pages/viewpreviousversions.action?pageId={match[2]}" if match else ""
