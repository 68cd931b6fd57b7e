"""Which titles a new page may have: one that a reader cannot mistake for another."""

from __future__ import annotations

from common.runtime.errors import PermanentFailure
from common.runtime.invisible_characters import invisible_in
from common.runtime.unicode_safety import make_visible, mixed_script_words


def title_fault(title: str) -> str:
    """Return why a title is refused, in words for the one who wrote it; "" where it is not."""
    unseen = list(dict.fromkeys(match[0] for match in invisible_in(title)))
    if unseen:
        named = ", ".join(f"U+{ord(character):04X}" for character in unseen[:5])
        more = f" and {len(unseen) - 5} more" if len(unseen) > 5 else ""
        shown = make_visible(title)
        return f"the title “{shown}” holds invisible characters ({named}{more}), which a title may not hold"
    for match, scripts in mixed_script_words(title):
        return (
            f"the word “{match[0]}” in the title “{title}” mixes {scripts} letters, so that it can be mistaken for "
            "another word: write it in one script"
        )
    return ""


def refuse_unsafe_title(title: str) -> None:
    """Raise GivenUp for a title that is refused."""
    if fault := title_fault(title):
        raise PermanentFailure(
            f"{fault}: correct the summary of the ticket, or name a page, then close the ticket again"
        )
