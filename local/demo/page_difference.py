"""The difference between two versions of a page, compared as trees.

Confluence gives some elements new ids at every save, so bytes cannot be compared. Elements, their stable attributes and
words are compared in order.
"""

import html.entities
import re
import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass

_UNSTABLE = ("local-id", "macro-id", "version-at-save", "task-uuid")
_ENTITIES = "".join(f'<!ENTITY {name} "&#{code};">' for name, code in html.entities.name2codepoint.items())
_TAG = re.compile(r"^</?")
_INLINE = ("{ac}inline-comment-marker", "strong", "em", "code", "a")
_SPACES = 'xmlns:ac="ac" xmlns:ri="ri"'


@dataclass(frozen=True)
class Difference:
    """Number of equal elements and words at the start and the end, and what differs between them."""

    same_before: int
    same_after: int
    removed: tuple[str, ...]
    added: tuple[str, ...]

    @property
    def is_one_passage(self) -> bool:
        """Return whether only words of one passage differ, with or without inline elements such as comment marks."""
        tags = (item for item in (*self.removed, *self.added) if item.startswith("<"))
        return bool(self.added) and all(_TAG.sub("", tag).split(" ")[0] in _INLINE for tag in tags)


def difference(before: str, after: str) -> Difference:
    """Compare two pages in storage format."""
    old, new = _flat(before), _flat(after)
    shortest = min(len(old), len(new))
    first = next((at for at in range(shortest) if old[at] != new[at]), shortest)
    last = next((at for at in range(shortest - first) if old[-1 - at] != new[-1 - at]), shortest - first)
    return Difference(first, last, tuple(old[first : len(old) - last]), tuple(new[first : len(new) - last]))


def _flat(storage: str) -> list[str]:
    document = f"<!DOCTYPE page [{_ENTITIES}]><page {_SPACES}>{storage}</page>"
    # The text comes from the simulator on this machine.
    return list(_walk(ElementTree.fromstring(document)))  # noqa: S314


def _walk(element: ElementTree.Element) -> list[str]:
    stable = sorted(
        f"{name}={value}" for name, value in element.attrib.items() if not name.endswith(_UNSTABLE)
    )
    flat = [" ".join([f"<{element.tag}", *stable])]
    flat += (element.text or "").split()
    for child in element:
        flat += _walk(child)
        flat += (child.tail or "").split()
    return [*flat, f"</{element.tag}"]
