"""What is different between two versions of a page, as a reader of the tree sees it.

Confluence gives some elements new ids whenever it saves, so bytes say nothing; here elements, their lasting
attributes and words are compared in order.
"""

import html.entities
import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass

_PASSING = ("local-id", "macro-id", "version-at-save", "task-uuid")
_ENTITIES = "".join(f'<!ENTITY {name} "&#{code};">' for name, code in html.entities.name2codepoint.items())
_SPACES = 'xmlns:ac="ac" xmlns:ri="ri"'


@dataclass(frozen=True)
class Difference:
    """Elements and words at the beginning and end that both have, and what lies between them in each."""

    same_before: int
    same_after: int
    removed: tuple[str, ...]
    added: tuple[str, ...]

    @property
    def is_one_addition(self) -> bool:
        """Return whether words or whole elements were put in at one place and at most a word was replaced."""
        return (
            bool(self.added)
            and len(self.removed) <= 1
            and not any(item.startswith("<") for item in self.removed)
        )


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
    lasting = sorted(
        f"{name}={value}" for name, value in element.attrib.items() if not name.endswith(_PASSING)
    )
    flat = [" ".join([f"<{element.tag}", *lasting])]
    flat += (element.text or "").split()
    for child in element:
        flat += _walk(child)
        flat += (child.tail or "").split()
    return [*flat, f"</{element.tag}"]
