"""Rules for the title of a new page: no invisible characters, and no word that mixes scripts."""

from __future__ import annotations

from common.runtime.errors import PermanentFailure
from common.runtime.invisible_characters import invisible_in
from common.runtime.unicode_safety import make_visible, mixed_script_words


def title_fault(title: str) -> str:
    """Return why a title is refused, as a message for its author; ``""`` if it is allowed."""
    unseen = list(dict.fromkeys(match[0] for match in invisible_in(title)))
    if unseen:
        named = ", ".join(f"U+{ord(character):04X}" for character in unseen[:5])
        more = f" and {len(unseen) - 5} more" if len(unseen) > 5 else ""
        shown = make_visible(title)
        return f"the title “{shown}” holds invisible characters ({named}{more}), which a title must not have"
    for match, scripts in mixed_script_words(title):
        return (
            f"the word “{match[0]}” in the title “{title}” mixes {scripts} letters and can be mistaken for another "
            "word: write it in one script"
        )
    return ""


def refuse_unsafe_title(title: str) -> None:
    """Raise PermanentFailure for a title that ``title_fault`` refuses."""
    if fault := title_fault(title):
        raise PermanentFailure(
            f"{fault}. Correct the summary of the ticket, or add the label docs:PAGE-ID of a page. Then reopen the "
            "ticket and close it again"
        )
