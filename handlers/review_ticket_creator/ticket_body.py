"""What the review ticket says, as Jira's rich text: enough to decide on without leaving the ticket."""

from __future__ import annotations

import json
from collections.abc import Sequence

from common import adf
from common.visible_text import visible
from handlers.review_ticket_creator import removed, ticket_diff
from handlers.review_ticket_creator.comparison import Counts, Row, compare, count
from handlers.review_ticket_creator.passage import Passage, Reading
from handlers.review_ticket_creator.reading import read
from handlers.review_ticket_creator.review import Review

LIMIT = 32_767
"""Characters of JSON that Jira takes as a description or a comment."""

_SIZES = (1_500, 500, 160, 40)  # how long a single text may be, tried in this order until the whole fits


def summary_line(review: Review) -> str:
    """Write the ticket's summary, at most 255 characters in one line."""
    verb = "new page" if review.kind == "create" else "update of"
    line = " ".join(visible(f"Review documentation: {verb} {_quoted(review.title)}").split())
    return line if len(line) <= 255 else line[:253].rstrip() + "…”"


def describe(review: Review) -> adf.Node:
    """Write the ticket's description: what changes and why, the changed passages, and how to decide.

    It always fits into `LIMIT` characters of JSON, by leaving out passages in the middle and shortening long texts.
    """
    before, after, rows = _compared(review.before, review.after)
    changed = ticket_diff.changed(before, after, rows)
    for size in _SIZES:
        head, tail = _head(review, before, after, rows, size), _tail(review)
        changes = ticket_diff.written(changed, size)
        described = _fitted(head, changes, tail, review.diff_url)
        if described is not None:
            return described
    return adf.doc(*head, _left_out(len(changes), review.diff_url), *tail)


def announcement(review: Review, *, is_open: bool = True) -> adf.Node:
    """Write the comment that announces a revision; from its time on, decisions count for this revision."""
    if review.previous is None:
        said = f"Revision {review.revision} is ready for review. "
    else:
        _, _, rows = _compared(review.previous, review.after)
        said = f"Revision {review.revision} is ready for review; since the revision before: {_counted(count(rows))}. "
    nodes = [
        adf.paragraph(adf.text(said), adf.link("See what it changes", review.diff_url), "."),
        adf.paragraph("Decisions written before this comment do not count for it."),
    ]
    if not is_open:
        stuck = (
            "Kinexus could not reopen this ticket: its workflow lets our account do no transition out of this status. "
            "Please reopen it yourself, or ask an administrator of Jira to; then decide as before."
        )
        nodes.append(adf.panel("warning", adf.paragraph(stuck)))
    return adf.doc(*nodes)


def _compared(old: str, new: str) -> tuple[Reading, Reading, list[Row]]:
    before, after = read(old), read(new)
    return before, after, compare(before.passages, after.passages, _text_of)


def _text_of(passage: Passage) -> str:
    return passage.text


def _head(review: Review, before: Reading, after: Reading, rows: Sequence[Row], size: int) -> list[adf.Node]:
    nodes = [
        adf.paragraph(adf.text(_short(review.summary, size) or "Documentation was drafted.", adf.STRONG)),
        _facts(review, size),
    ]
    gone = removed.removals(review.changes)
    if gone:
        nodes.append(
            adf.panel(
                "warning",
                adf.paragraph(adf.text("This edit removes what has no words:", adf.STRONG)),
                _named(gone, size),
            )
        )
    images = removed.images(before.passages, after.passages)
    for word, names in (("added", images.added), ("removed", images.removed)):
        if names and review.kind == "update":
            nodes += [adf.paragraph(adf.text(f"Images {word}:", adf.STRONG)), _named(names, size)]
    title = "The new page" if review.kind == "create" else "What changes"
    nodes.append(adf.heading(3, title))
    said = _counted(count(rows))
    if not any(row.change for row in rows) and review.before != review.after:
        said = (
            "No words change, only what cannot be seen, such as attributes; the full diff shows it as source"
        )
    legend = [adf.text(f"{said}. ")] if review.kind == "update" else [adf.text("All of it is new. ")]
    if review.kind == "update":
        legend += [adf.text("Green is added", *ticket_diff.ADDED), adf.text(", "),
                   adf.text("red is removed", *ticket_diff.REMOVED), adf.text(". ")]  # fmt: skip
    nodes.append(adf.paragraph(*legend, adf.link("See the full diff", review.diff_url), adf.text(".")))
    return nodes


def _facts(review: Review, size: int) -> adf.Node:
    if review.kind == "create":
        where = f" under {_quoted(_short(review.parent_title, size))}" if review.parent_title else ""
        page = adf.paragraph(f"New page {_quoted(_short(review.title, 255))}{where}")
    elif review.page_url:
        page = adf.paragraph(adf.link(_short(review.title, 255), review.page_url))
    else:
        page = adf.paragraph(_short(review.title, 255))
    why = f"{_short(review.why, size)} ({review.confidence:.0%} sure; chosen by {review.chosen_by})"
    sources = [
        part
        for place, ticket in enumerate(review.sources[:20])
        for part in (
            *([adf.hard_break()] if place else []),
            adf.link(ticket.key, ticket.url),
            adf.text(f" {_short(ticket.summary, min(size, 255))}"),
        )
    ]
    if len(review.sources) > 20:
        sources.append(adf.text(f" and {len(review.sources) - 20} more"))
    if review.vanished:
        sources += [adf.hard_break()] if sources else []
        sources.append(adf.text(f"{', '.join(review.vanished[:20])} (gone, or hidden from Kinexus)"))
    facts = [
        ("From", adf.paragraph(*sources)),
        ("Page", page),
        ("Why this page", adf.paragraph(why)),
        ("Revision", adf.paragraph(f"{review.revision} of {review.document_id}")),
    ]
    if review.considered:
        facts.insert(3, ("Considered", adf.paragraph(_considered(review, size))))
    return adf.table(
        *[[adf.paragraph(adf.text(label, adf.STRONG)), value] for label, value in facts], header=True
    )


def _considered(review: Review, size: int) -> str:
    found = f"{review.searches} searches" if review.searches != 1 else "one search"
    listed = ", ".join(_short(name, min(size, 120)) for name in review.considered)
    return f"{listed}; the score is nearness in words, found by {found}"


def _tail(review: Review) -> list[adf.Node]:
    return [
        adf.panel(
            "info",
            adf.paragraph(adf.text("How to decide", adf.STRONG)),
            adf.paragraph("Begin a comment with one of these, then move this ticket to done yourself:"),
            adf.bullet_list(
                adf.paragraph(
                    adf.text("APPROVED", adf.STRONG),
                    " publishes exactly this revision. Only thanks may stand beside it: with other words it publishes "
                    "nothing.",
                ),
                adf.paragraph(
                    adf.text("NEEDS REVISION", adf.STRONG),
                    " and what to change, in any words: a new revision follows.",
                ),
                adf.paragraph(
                    adf.text("REJECTED", adf.STRONG), ", alone or with a colon and why: nothing is published."
                ),
            ),
        ),
        adf.paragraph(adf.link("The full diff, side by side and as source", review.diff_url)),
    ]


def _fitted(
    head: list[adf.Node], changes: list[list[adf.Node]], tail: list[adf.Node], diff_url: str
) -> adf.Node | None:
    """Put as many changes as fit between head and tail, from both ends; None if not even one fits."""
    whole = adf.doc(*head, *(node for change in changes for node in change), *tail)
    if _size(whole) <= LIMIT:
        return whole
    room = LIMIT - _size(adf.doc(*head, _left_out(len(changes), diff_url), *tail))
    first: list[list[adf.Node]] = []
    last: list[list[adf.Node]] = []
    while len(first) + len(last) < len(changes):
        from_front = len(first) <= 2 * len(last)
        change = changes[len(first)] if from_front else changes[-1 - len(last)]
        room -= sum(_size(node) + 2 for node in change)
        if room < 0:
            break
        (first if from_front else last).append(change)
    if not first:
        return None
    left_out = _left_out(len(changes) - len(first) - len(last), diff_url)
    shown = [*first, [left_out], *reversed(last)]
    return adf.doc(*head, *(node for change in shown for node in change), *tail)


def _left_out(passages: int, diff_url: str) -> adf.Node:
    said = "passage is" if passages == 1 else "passages are"
    return adf.paragraph(
        adf.text(f"⋯ {passages:,} more {said} left out here: ", adf.EM),
        adf.link("see the full diff", diff_url),
    )


def _size(node: adf.Node) -> int:
    return len(json.dumps(node))


def _named(names: Sequence[str], size: int) -> adf.Node:
    shown = [_short(name, min(size, 200)) for name in names[:12]]
    return adf.bullet_list(*shown, *([f"and {len(names) - 12} more"] if len(names) > 12 else []))


def _counted(counts: Counts) -> str:
    told = [(counts.changed, "changed"), (counts.added, "added"), (counts.removed, "removed")]
    parts = [f"{number:,} {what}" for number, what in told if number]
    passages = "passage" if sum(number for number, _ in told) == 1 else "passages"
    return f"{', '.join(parts)} {passages}" if parts else "nothing changed"


def _short(text: str, longest: int) -> str:
    text = visible(text).strip()
    return text if len(text) <= longest else text[: longest - 1].rstrip() + "…"


def _quoted(text: str) -> str:
    return f"“{text}”"
