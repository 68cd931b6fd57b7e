"""Match a box of an earlier page version to the same box of the current version, or to none.

A box is found by blocks in it, which `block_matching` finds by content and path: a box that is deleted by all its
blocks, in their order, and no other may be in it; a box that gets a title by its first and last; a box that text is
put after by its last.
"""

from __future__ import annotations

from common.storage_format.editing.block_matching import BlockMatcher, BlockNotFound, quoted_text
from common.storage_format.edits import Delete, Edit, InsertAfter
from common.storage_format.page.boxes import Box, box_title
from common.storage_format.page.page import Page


def find_box(edit: Edit, box: Box, matcher: BlockMatcher, there: dict[int, int]) -> Box:
    """Return the box in the current version; raise BlockNotFound. Records the matched blocks in `there`."""
    numbers = {box.last} if isinstance(edit, InsertAfter) else {box.first, box.last}
    if isinstance(edit, Delete):
        numbers = set(range(box.first, box.last + 1))
    for number in sorted(numbers):
        there[number] = matcher.find(number)
    base, current = matcher.base.page, matcher.current.page
    changed = BlockNotFound(f"the {box.name} around {quoted_text(base, box.last)} was changed or deleted")
    found = _around(base, box, current, there[box.last])
    if found is None or found.last != there[box.last]:
        raise changed
    if isinstance(edit, InsertAfter):
        return found
    if found.first != there[box.first] or box_title(base, box) != box_title(current, found):
        raise changed
    if isinstance(edit, Delete) and [there[number] for number in sorted(numbers)] != list(
        range(found.first, found.last + 1)
    ):
        raise changed
    return found


def _around(base: Page, box: Box, current: Page, number: int) -> Box | None:
    """Return the box around a block of `current` that corresponds to the box around its last block in `base`."""
    here, there = base.blocks[box.last].node.container, current.blocks[number].node.container
    while here is not None and there is not None and here.name == there.name:
        if here.node is box.container.node:
            return next((each for each in current.boxes if each.container.node is there.node), None)
        here, there = here.above, there.above
    return None
