"""Finds passages that only moved: to another place on the page, or under another heading."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from common.runtime.unicode_safety import visible_line
from handlers.review_ticket_creator.diff.passage import PagePassages, Passage
from handlers.review_ticket_creator.diff.row_comparison import Row

_MAX_HEADING = 80  # characters of a heading that is named


def moved_rows(rows: Sequence[Row], old: PagePassages, new: PagePassages) -> Mapping[Row, str]:
    """Map each row of a moved passage to a text that says where it came from or went.

    A moved passage is a removed one and an added one that are equal. Only one with the same text nowhere else among
    them is named.
    """
    removed = _by_passage((row, old.passages[row.before or 0]) for row in rows if row.sign == "-")
    added = _by_passage((row, new.passages[row.after or 0]) for row in rows if row.sign == "+")
    found: dict[Row, str] = {}
    for passage, origins in removed.items():
        targets = added.get(passage, [])
        if len(origins) == len(targets) == 1 and passage.text.strip():
            found[origins[0]] = f"moved: now {_place(new, targets[0].after or 0)}"
            found[targets[0]] = f"moved: was {_place(old, origins[0].before or 0)}"
    return found


def under_other_headings(rows: Sequence[Row], old: PagePassages, new: PagePassages) -> Mapping[Row, str]:
    """Map each unchanged row that is now under other headings to a text that says so.

    Headings that were only reworded, added or removed do not count: a passage is under other headings if both the old
    and the new ones are on both versions of the page.
    """
    reworded = {
        old.passages[row.before or 0].text: new.passages[row.after or 0].text
        for row in rows
        if row.sign == "~"
    }
    before, after = _heading_texts(old.passages), _heading_texts(new.passages)
    found: dict[Row, str] = {}
    for row in rows:
        if row.sign != "=":
            continue
        was, now = _above(old, row.before or 0), _above(new, row.after or 0)
        renamed = tuple(reworded.get(heading, heading) for heading in was)
        if now not in (was, renamed) and after.issuperset(was) and before.issuperset(now):
            found[row] = f"moved: was {_under(was)}, now {_under(now)}"
    return found


def with_moved(rows: Sequence[Row], moved: Mapping[Row, str]) -> tuple[list[Row], dict[Row, str]]:
    """Turn the unchanged rows in `moved` into changed ones and number all changes again; return also their texts."""
    if not moved:
        return list(rows), {}
    result: list[Row] = []
    texts: dict[Row, str] = {}
    number, previous = 0, 0
    for row in rows:
        group = -1 if row in moved else row.change
        if group and group != previous:
            number += 1
        previous = group
        sign = "~" if group == -1 else row.sign
        result.append(row._replace(sign=sign, change=number if group else 0))
        if row in moved:
            texts[result[-1]] = moved[row]
    return result, texts


def _by_passage(found: Iterable[tuple[Row, Passage]]) -> dict[Passage, list[Row]]:
    rows: dict[Passage, list[Row]] = {}
    for row, passage in found:
        rows.setdefault(passage, []).append(row)
    return rows


def _heading_texts(passages: Iterable[Passage]) -> set[str]:
    return {passage.text for passage in passages if passage.kind[0] == "h"}


def _above(page: PagePassages, place: int) -> tuple[str, ...]:
    headings = page.headings[place]
    return headings[:-1] if page.passages[place].kind[0] == "h" else headings


def _place(page: PagePassages, place: int) -> str:
    return _under(_above(page, place))


def _under(headings: Sequence[str]) -> str:
    if not headings:
        return "at the top of the page"
    return f"under “{visible_line(headings[-1], _MAX_HEADING)}”"
