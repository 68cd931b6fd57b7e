"""Replace or add the caption of an image; its alternative text, size, border and all else stay."""

from __future__ import annotations

from common.storage_format.xml.block_key import block_key
from common.storage_format.xml.element_tree import parse_tree


def captioned(image: str, caption: str) -> str:
    """Return an `ac:image` with a caption (inline storage format), unchanged if that is its caption already."""
    element = parse_tree(image).elements[0]
    old = element.child("ac:caption")
    if old is None:
        tag = image[: element.opened]
        if element.opened == element.end:
            return f"{tag.removesuffix('/>').rstrip()}><ac:caption><p>{caption}</p></ac:caption></ac:image>"
        added = f"<ac:caption><p>{caption}</p></ac:caption>"
        return image[: element.closed] + added + image[element.closed :]
    line = old.child("p")
    if line is None:
        inner = caption
    else:
        tag = image[line.start : line.opened]
        inner = (
            f"{tag.removesuffix('/>').rstrip()}>{caption}</p>"
            if tag.endswith("/>")
            else f"{tag}{caption}</p>"
        )
    tag = image[old.start : old.opened]
    new = f"{tag.removesuffix('/>').rstrip()}>" if tag.endswith("/>") else tag
    new += f"{inner}</ac:caption>"
    if block_key(new) == block_key(old.markup):
        return image
    return image[: old.start] + new + image[old.end :]
