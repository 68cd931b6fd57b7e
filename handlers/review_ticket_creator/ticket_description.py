"""What the review ticket says, as Jira's rich text: enough to decide on without leaving the ticket."""

from __future__ import annotations

from collections.abc import Sequence

from common.markup import adf
from common.runtime.unicode_safety import make_visible
from handlers.review_ticket_creator import ticket_diff
from handlers.review_ticket_creator.diff import removed_elements
from handlers.review_ticket_creator.diff.change_counts import forms_changed, only_in_source
from handlers.review_ticket_creator.diff.compared import Compared, compared
from handlers.review_ticket_creator.diff.comparison import Counts, count
from handlers.review_ticket_creator.review_content import Review
from handlers.review_ticket_creator.ticket_diff import Changed, size

MAX_DESCRIPTION = 32_767
"""Characters of JSON that Jira takes as a description or a comment."""

_SIZES = (1_500, 500, 160, 40)  # how long a text around the changes may be, tried in this order
_AROUND = MAX_DESCRIPTION // 2  # how much of the limit what stands around the changes may take


def summary_line(review: Review) -> str:
    """Write the ticket's summary, at most 255 characters in one line."""
    verb = "new page" if review.kind == "create" else "update of"
    line = " ".join(make_visible(f"Review documentation: {verb} {_quoted(review.title)}").split())
    return line if len(line) <= 255 else line[:253].rstrip() + "…”"


def describe(review: Review) -> adf.Node:
    """Write the ticket's description: what changes and why, the changed passages, and how to decide.

    It always fits into `LIMIT` characters of JSON. What comes or goes is never shortened without a word: passages that
    have no room are left out from the middle, and counted there with the way to see them.
    """
    view = compared(review.before, review.after)
    tail = _tail(review)
    for longest in _SIZES:
        head = _head(review, view, longest)
        if size(adf.doc(*head, *tail)) <= _AROUND:
            break
    return _fitted(head, ticket_diff.changed(view), tail, review.diff_url)


def announcement(review: Review, *, is_open: bool = True) -> adf.Node:
    """Write the comment that announces a revision; from its time on, decisions count for this revision."""
    if review.previous is None:
        said = f"Revision {review.revision} is ready for review. "
    else:
        counted = _counted(compared(review.previous, review.after))
        said = f"Revision {review.revision} is ready for review; since the revision before: {counted}. "
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


def _head(review: Review, view: Compared, longest: int) -> list[adf.Node]:
    nodes = [
        adf.paragraph(adf.text(_short(review.summary, longest) or "Documentation was drafted.", adf.STRONG))
    ]
    if review.kind == "update" and (said := removed_elements.most_of_it(view)):
        nodes.append(adf.panel("warning", adf.paragraph(adf.text(said, adf.STRONG))))
    nodes.append(_facts(review, longest))
    gone = removed_elements.removals(review.changes)
    if gone:
        nodes.append(
            adf.panel(
                "warning",
                adf.paragraph(adf.text("This edit removes what has no words:", adf.STRONG)),
                _named(gone, longest),
            )
        )
    images = removed_elements.images(view.before.passages, view.after.passages)
    for word, names in (("added", images.added), ("removed", images.removed)):
        if names and review.kind == "update":
            nodes += [adf.paragraph(adf.text(f"Images {word}:", adf.STRONG)), _named(names, longest)]
    title = "The new page" if review.kind == "create" else "What changes"
    nodes.append(adf.heading(3, title))
    said = _counted(view)
    if not any(row.change for row in view.rows) and review.before != review.after:
        said = (
            "No words change, only what cannot be seen, such as attributes; the full diff shows it as source"
        )
    unseen = only_in_source(view)
    legend = [adf.text(f"{said}. ")] if review.kind == "update" else [adf.text("All of it is new. ")]
    legend += [adf.text(f"{unseen}. ", adf.STRONG)] if unseen else []
    if review.kind == "update":
        legend += [adf.text("Green is added", *ticket_diff.ADDED), adf.text(", "),
                   adf.text("red is removed", *ticket_diff.REMOVED), adf.text(". ")]  # fmt: skip
    nodes.append(adf.paragraph(*legend, adf.link("See the full diff", review.diff_url), adf.text(".")))
    return nodes


def _facts(review: Review, longest: int) -> adf.Node:
    if review.kind == "create":
        where = f" under {_quoted(_short(review.parent_title, longest))}" if review.parent_title else ""
        page = adf.paragraph(f"New page {_quoted(_short(review.title, 255))}{where}")
    elif review.page_url:
        page = adf.paragraph(adf.link(_short(review.title, 255), review.page_url))
    else:
        page = adf.paragraph(_short(review.title, 255))
    why = f"{_short(review.why, longest)} ({review.confidence:.0%} sure; chosen by {review.chosen_by})"
    sources = [
        part
        for place, ticket in enumerate(review.sources[:20])
        for part in (
            *([adf.hard_break()] if place else []),
            adf.link(ticket.key, ticket.url),
            adf.text(f" {_short(ticket.summary, min(longest, 255))}"),
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
        facts.insert(3, ("Considered", adf.paragraph(_considered(review, longest))))
    return adf.table(
        *[[adf.paragraph(adf.text(label, adf.STRONG)), value] for label, value in facts], header=True
    )


def _considered(review: Review, longest: int) -> str:
    found = f"{review.searches} searches" if review.searches != 1 else "one search"
    listed = ", ".join(_short(name, min(longest, 120)) for name in review.considered)
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
    head: list[adf.Node], changes: Sequence[Changed], tail: list[adf.Node], diff_url: str
) -> adf.Node:
    """Put as many changes as fit between head and tail, from both ends, and count the others between them."""
    nodes = [ticket_diff.written(change) for change in changes]
    whole = adf.doc(*head, *(node for change in nodes for node in change), *tail)
    if size(whole) <= MAX_DESCRIPTION:
        return whole
    room = MAX_DESCRIPTION - size(adf.doc(*head, _left_out(changes, diff_url), *tail))
    first, last = 0, len(changes)
    while first < last:
        from_front = first <= 2 * (len(changes) - last)
        taken = sum(size(node) + 2 for node in nodes[first if from_front else last - 1])
        if taken > room:
            break
        room -= taken
        first, last = (first + 1, last) if from_front else (first, last - 1)
    shown = [node for change in nodes[:first] for node in change]
    left = list(changes[first:last])
    if left and (begun := ticket_diff.part(left[0], room - size(_rest(left[0], diff_url)))):
        part, rest = begun
        shown += [*part, _rest(rest, diff_url)]
        left.pop(0)
    if left:
        shown.append(_left_out(left, diff_url))
    return adf.doc(*head, *shown, *(node for change in nodes[last:] for node in change), *tail)


def _left_out(changes: Sequence[Changed], diff_url: str) -> adf.Node:
    passages = "passage is" if len(changes) == 1 else "passages are"
    counted = ticket_diff.amount(changes)
    said = f"⋯ {len(changes):,} more {passages} left out here"
    return _elsewhere(f"{said} ({counted})" if any(counted) else said, diff_url)


def _rest(change: Changed, diff_url: str) -> adf.Node:
    return _elsewhere(
        f"⋯ the rest of this passage is left out here ({ticket_diff.amount([change])})", diff_url
    )


def _elsewhere(said: str, diff_url: str) -> adf.Node:
    return adf.paragraph(adf.text(f"{said}: ", adf.EM), adf.link("see the full diff", diff_url))


def _named(names: Sequence[str], longest: int) -> adf.Node:
    shown = [_short(name, min(longest, 200)) for name in names[:12]]
    return adf.bullet_list(*shown, *([f"and {len(names) - 12} more"] if len(names) > 12 else []))


def _counted(view: Compared) -> str:
    counts = count(view.rows)
    said = [_passages(counts) or "nothing changed", forms_changed(view)]
    return "; ".join(filter(None, said))


def _passages(counts: Counts) -> str:
    told = [(counts.changed, "changed"), (counts.added, "added"), (counts.removed, "removed")]
    parts = [f"{number:,} {what}" for number, what in told if number]
    passages = "passage" if sum(number for number, _ in told) == 1 else "passages"
    return f"{', '.join(parts)} {passages}" if parts else ""


def _short(text: str, longest: int) -> str:
    text = make_visible(text).strip()
    return text if len(text) <= longest else text[: longest - 1].rstrip() + "…"


def _quoted(text: str) -> str:
    return f"“{text}”"
