"""Formatting changes as text: how the kind, place, style, links and look of a passage changed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from common.runtime.unicode_safety import make_visible, mixed_script_words, visible_line
from handlers.review_ticket_creator.diff.passage import Passage, TextRun
from handlers.review_ticket_creator.diff.sequence_alignment import align
from handlers.review_ticket_creator.diff.word_diff import is_too_long, tokens

_KINDS = {
    "p": "paragraph", "li": "list item", "task-open": "open task", "task-done": "done task", "row": "table row",
    "code": "code line", "rule": "line", "chip": "macro", "frame": "box",
}  # fmt: skip
_LISTS = {"numbers": "a numbered list", "bullets": "bullets"}
_STYLES = {
    "b": "bold", "i": "italic", "u": "underlined", "s": "struck through", "code": "code", "sub": "subscript",
    "sup": "superscript", "mark": "an inline comment", "headcell": "a header cell",
}  # fmt: skip
_USUAL = {"spanned": "1", "starts at": "1", "table part": "body"}
_CELLS = ("cell", "headcell")
_MAX_QUOTED = 60  # characters of a text that is quoted


def passage_kind(shown: Passage) -> str:
    """Return the kind of a passage and the boxes it is in, such as "list item, level 2 in panel info"."""
    kind = f"heading {shown.kind[1]}" if shown.kind[0] == "h" else _KINDS[shown.kind]
    depth = f", level {shown.depth}" if shown.depth > 1 else ""
    inside = f" in {' in '.join(reversed(shown.frames))}" if shown.frames else ""
    return kind + depth + inside


def formatting_changes(old: Passage, new: Passage) -> tuple[str, ...]:
    """Return a text for each formatting change from one version of a passage to the next."""
    found: list[str] = []
    was, now = passage_kind(old), passage_kind(new)
    if old.list_type and new.list_type and old.list_type != new.list_type:
        found.append(f"was {_LISTS[old.list_type]}, now {_LISTS[new.list_type]}")
    elif old.list_type != new.list_type:
        was, now = _listed(was, old), _listed(now, new)
    if was != now:
        found.append(f"was {was}, now {now}")
    return (*found, *_looks(old.look, new.look), *_inline(old.runs, new.runs))


def mixed_words_across_runs(shown: Passage) -> Iterator[str]:
    """Yield a text for each word that mixes scripts and is split over several runs, where no run alone shows it."""
    text = "".join("\n" if run.style in _CELLS else run.text for run in shown.runs)
    for match, scripts in mixed_script_words(text):
        at = 0
        for run in shown.runs:
            at += 1 if run.style in _CELLS else len(run.text)
            if match.start() < at < match.end():
                yield f"“{make_visible(match[0])}” mixes {scripts} letters"
                break


def _listed(name: str, shown: Passage) -> str:
    return f"{name} of {_LISTS[shown.list_type]}" if shown.list_type else name


def _looks(old: Sequence[str], new: Sequence[str]) -> Iterator[str]:
    """Yield a text for each look (`name: value`) that changed."""
    if old == new:
        return
    for name in dict.fromkeys(look.partition(": ")[0] for look in (*old, *new)):
        was, now = (
            " and ".join(value for key, _, value in (look.partition(": ") for look in looks) if key == name)
            for looks in (old, new)
        )
        if was != now:
            usual = next((value for ending, value in _USUAL.items() if name.endswith(ending)), "none")
            yield f"{name}: was {make_visible(was) or usual}, now {make_visible(now) or usual}"


def _inline(before: Sequence[TextRun], after: Sequence[TextRun]) -> Iterator[str]:
    """Yield a text for each unchanged stretch of words whose style, link or look changed."""
    if not any(run[1:] != ("", "", ()) for run in (*before, *after)) or is_too_long(before, after):
        return
    old, new = tokens(before), tokens(after)
    cells = [0]
    for run in new:
        cells.append(cells[-1] + (run.style in _CELLS))
    for stretch in align([_text(run) for run in old], [_text(run) for run in new]):
        if not stretch.equal:
            continue
        places = range(stretch.after_start, stretch.after_end)
        pairs = zip(old[stretch.before_start : stretch.before_end], places, strict=True)
        for (was, now), group in groupby(pairs, lambda pair: (pair[0][1:], new[pair[1]][1:])):
            if was == now:
                continue
            numbers = [number for _, number in group]
            text = "".join(new[number].text for number in numbers)
            what = f"cell {cells[numbers[0] + 1]}" if new[numbers[0]].style in _CELLS else f"“{_short(text)}”"
            if text.strip() or was[1] != now[1] or new[numbers[0]].style in _CELLS:
                yield f"{what}: {'; '.join(_differences(TextRun('', *was), TextRun('', *now)))}"


def _text(run: TextRun) -> str:
    return "\0" if run.style in _CELLS else run.text


def _differences(was: TextRun, now: TextRun) -> Iterator[str]:
    before, after = set(was.style.split()), set(now.style.split())
    for style, name in _STYLES.items():
        if (style in before) != (style in after):
            yield f"now {name}" if style in after else f"no longer {name}"
    if was.target != now.target:
        yield f"link: was {make_visible(was.target) or 'none'}, now {make_visible(now.target) or 'none'}"
    yield from _looks(was.look, now.look)
    if before ^ after and not (before ^ after) & _STYLES.keys() and was.target == now.target:
        yield "no longer a link" if "link" in before else "now a link" if "link" in after else "now a label"


def _short(text: str) -> str:
    return visible_line(text, _MAX_QUOTED)
