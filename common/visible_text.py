"""Characters that would hide or turn text around, written out, so that what is shown is what is there."""

import re

# Controls, direction overrides and isolates, tag characters, halves of surrogate pairs, non-characters.
_TURNING = (
    "\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u206f\ufff9-\ufffb\ufffe\uffff"
    "\ud800-\udfff\U000e0000-\U000e007f"
)
_ZERO_WIDTH = "\u00ad\u200b\u2060-\u2064\ufeff"
#: Characters that a person's name may have where it is shown.
_LONGEST_NAME = 100
_SHOWN = re.compile(f"[{_TURNING}]")
_SHOWN_EXACTLY = re.compile(f"[{_TURNING}{_ZERO_WIDTH}]")


def visible(text: str, *, exactly: bool = False) -> str:
    """Write out characters that hide or reorder text as `⟨U+202E⟩`; with `exactly`, those without width too."""
    return (_SHOWN_EXACTLY if exactly else _SHOWN).sub(lambda match: f"⟨U+{ord(match.group()):04X}⟩", text)


def visible_name(text: str) -> str:
    """Return a name, which people choose themselves, as one line of bounded length with all that it hides in sight."""
    line = " ".join(visible(text, exactly=True).split())
    return line if len(line) <= _LONGEST_NAME else f"{line[:_LONGEST_NAME]}…"
