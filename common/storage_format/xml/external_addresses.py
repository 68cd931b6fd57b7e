"""External URLs that a page loads content from: images, and resources of macros."""

from __future__ import annotations

from collections.abc import Iterator

from common.storage_format.xml import entities
from common.storage_format.xml.block_scanner import MARKUP
from common.storage_format.xml.element_tree import ATTRIBUTE


def external_addresses(storage: str) -> Iterator[str]:
    """Yield the URL of each `ri:url` of a well-formed page, in document order."""
    for match in MARKUP.finditer(storage):
        if match[1] == "ri:url":
            for name, one, other in ATTRIBUTE.findall(match[0]):
                if name == "ri:value":
                    yield entities.decode(one or other)
