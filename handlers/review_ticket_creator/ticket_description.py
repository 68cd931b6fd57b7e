"""The review ticket's summary, description and announcement, as Jira rich text (ADF)."""

from __future__ import annotations

from collections.abc import Sequence

from common.domain.document import confidence_text
from common.markup import adf
from common.runtime.unicode_safety import make_visible
from handlers.review_ticket_creator import ticket_diff
from handlers.review_ticket_creator.changed_passage import ChangedPassage, change_amount, changed_passages
from handlers.review_ticket_creator.diff import removed_elements
from handlers.review_ticket_creator.diff.change_counts import formatting_changes_text, source_only_text
from handlers.review_ticket_creator.diff.edit_list import ListedEdit, listed_edits, unsourced_text
from handlers.review_ticket_creator.diff.page_comparison import PageComparison, compare_pages
from handlers.review_ticket_creator.diff.row_comparison import RowCounts, count_rows
from handlers.review_ticket_creator.review_content import Review
from handlers.review_ticket_creator.ticket_blocks import ADDED, REMOVED, join_blocks
from handlers.review_ticket_creator.ticket_diff import size

MAX_DESCRIPTION = 32_767
"""Jira's limit for a description or a comment, in characters of JSON."""

_SIZES = (1_500, 500, 160, 40)  # the maximum length of each text in the head, tried in this order
_MAX_EDITS = 40  # edits that are listed by number
_MAX_UNJOINED = 4 * MAX_DESCRIPTION  # more than this never fits, even with rows and items joined
_MAX_HEAD_AND_TAIL = MAX_DESCRIPTION // 2  # characters of JSON for head and tail together


def summary_line(review: Review) -> str:
    """Return the ticket's summary: one line, at most 255 characters."""
    verb = (
        "new page"
        if review.kind == "create"
        else "take back an update of"
        if review.is_revert
        else "update of"
    )
    line = " ".join(make_visible(f"Review documentation: {verb} {_quoted(review.title)}").split())
    return line if len(line) <= 255 else line[:253].rstrip() + "…”"


def description(review: Review) -> adf.Node:
    """Return the ticket's description: what changes and why, how to decide, and the changed passages.

    It has at most `MAX_DESCRIPTION` characters of JSON. If not all changed passages fit, those in the middle are left
    out, and a line there counts them and links to the full diff.
    """
    view = compare_pages(review.before, review.after)
    for longest in _SIZES:
        head, tail = _head(review, view, longest), _tail(review, longest)
        if size(adf.doc(*head, *tail)) <= _MAX_HEAD_AND_TAIL:
            break
    return _fit(head, changed_passages(view, is_new_page=review.kind == "create"), tail, review.diff_url)


def drafted_in_source(review_key: str, url: str, *, is_revert: bool = False) -> adf.Node:
    """Return the comment in a source ticket that its documentation, or taking it back, waits for review."""
    what = "Documentation is to be taken back: " if is_revert else "Documentation drafted: "
    return adf.doc(adf.paragraph(what, adf.link(review_key, url), ", please review."))


def announcement(review: Review, *, is_open: bool = True, mentioned: Sequence[str] = ()) -> adf.Node:
    """Return the comment that announces a revision; only decisions after this comment count for the revision.

    `mentioned` are the account ids of people who are asked to review it, besides the assignee.
    """
    ready = f"Revision {review.revision} is ready for review. "
    if review.previous is not None:
        counted = _counted(compare_pages(review.previous, review.after))
        ready += f"Since the previous revision: {counted}. "
    nodes = [
        adf.paragraph(adf.text(ready), adf.link("See what it changes", review.diff_url), "."),
        adf.paragraph("Decisions written before this comment do not count for this revision."),
    ]
    if mentioned:
        people = [part for account in mentioned for part in (adf.mention(account), " ")]
        nodes.append(adf.paragraph(*people, "You may review this too."))
    if not is_open:
        text = (
            "Kinexus cannot reopen this ticket: the workflow gives the Kinexus account no transition out of this "
            "status. Please reopen it yourself or ask an administrator of the project. Then decide as usual."
        )
        nodes.append(adf.panel("warning", adf.paragraph(text)))
    return adf.doc(*nodes)


def _head(review: Review, view: PageComparison, longest: int) -> list[adf.Node]:
    nodes = [
        adf.paragraph(adf.text(_short(review.summary, longest) or "Documentation was drafted.", adf.STRONG))
    ]
    if review.kind == "update" and (warning := removed_elements.large_removal_text(view)):
        nodes.append(adf.panel("warning", adf.paragraph(adf.text(warning, adf.STRONG))))
    nodes += [_facts(review, longest), _how_to_decide(is_revert=review.is_revert)]
    removed = removed_elements.removals(review.changes)
    if removed:
        nodes.append(
            adf.panel(
                "warning",
                adf.paragraph(adf.text("This edit removes content that is not text:", adf.STRONG)),
                _bullets(removed, longest),
            )
        )
    images = removed_elements.images(view.before.passages, view.after.passages)
    for word, names in (("added", images.added), ("removed", images.removed)):
        if names and review.kind == "update":
            nodes += [adf.paragraph(adf.text(f"Images {word}:", adf.STRONG)), _bullets(names, longest)]
    if unsourced := unsourced_text(review.unsourced):
        nodes.append(adf.panel("warning", adf.paragraph(_short(unsourced, longest))))
    title = "The new page" if review.kind == "create" else "What changes"
    nodes.append(adf.heading(3, title))
    summary = _counted(view)
    if not any(row.change for row in view.rows) and review.before != review.after:
        summary = (
            "Nothing that a reader sees changes, only details such as attributes. The full diff shows them in the "
            "view Source"
        )
    source_only = source_only_text(view)
    legend = [adf.text(f"{summary}. ")] if review.kind == "update" else [adf.text("Everything is new. ")]
    legend += [adf.text(f"{source_only}. ", adf.STRONG)] if source_only else []
    if review.kind == "update":
        legend += [adf.text("Green is added", *ADDED), adf.text(", "),
                   adf.text("red is removed", *REMOVED), adf.text(". ")]  # fmt: skip
    nodes.append(adf.paragraph(*legend, adf.link("See the full diff", review.diff_url), adf.text(".")))
    if edits := listed_edits(review.changes, review.because)[:_MAX_EDITS]:
        nodes += [
            adf.paragraph(adf.text("Edits by number:", adf.STRONG)),
            adf.ordered_list(*(_edit(edit, longest) for edit in edits)),
        ]
    return nodes


def _edit(edit: ListedEdit, longest: int) -> adf.Node:
    """Return an edit with its reason; a missing source is marked."""
    nodes = [adf.text(_short(edit.text, longest))]
    if edit.reason:
        mark = adf.EM if edit.is_sourced else adf.STRONG
        nodes += [adf.text(" "), adf.text(f"({_short(edit.reason, longest)})", mark)]
    return adf.paragraph(*nodes)


def _facts(review: Review, longest: int) -> adf.Node:
    if review.kind == "create":
        where = _short(review.place, max(longest, 100))
        page = adf.paragraph(f"New page {_quoted(_short(review.title, 255))} {where}".strip())
    elif review.page_url:
        page = adf.paragraph(adf.link(_short(review.title, 255), review.page_url))
    else:
        page = adf.paragraph(_short(review.title, 255))
    why = (
        f"{_short(review.why, longest)} ({confidence_text(review.confidence)}; chosen by {review.chosen_by})"
    )
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
        sources.append(adf.text(f"{', '.join(review.vanished[:20])} (deleted, or hidden from Kinexus)"))
    facts = [
        ("Page", page),
        ("Why this page", adf.paragraph(why)),
        ("Source tickets", adf.paragraph(*sources)),
    ]
    if review.made_by:
        facts.append(("Language model", adf.paragraph(_sentence(_short(review.made_by, 255)))))
    return _labelled(facts)


def _sentence(phrase: str) -> str:
    return phrase[:1].upper() + phrase[1:]


def _labelled(facts: Sequence[tuple[str, adf.Node]]) -> adf.Node:
    return adf.table(
        *[[adf.paragraph(adf.text(label, adf.STRONG)), value] for label, value in facts], header=True
    )


def _considered(review: Review, longest: int) -> adf.Node:
    """Return the pages that were considered, each as a link with the words that counted or why it was left out."""
    searches = f"{review.searches} searches" if review.searches != 1 else "one search"
    lines = []
    for page in review.considered:
        title = _short(page.title, min(longest, 120))
        named = adf.link(title, page.url) if page.url else adf.text(title)
        reason = f"left out, because {page.left_out}" if page.left_out else page.why
        lines.append(adf.paragraph(named, f": {_short(reason, min(longest, 200))}" if reason else ""))
    return adf.bullet_list(*lines, adf.paragraph(f"Found by {searches}"))


def _how_to_decide(*, is_revert: bool) -> adf.Node:
    in_words = "To change only words, write nothing but lines such as: “old words” → “new words”"
    one_edit = "To leave out an edit, write a line with its number, such as: drop 2"
    revision = (
        [" and only this: ", one_edit]
        if is_revert
        else [" and what to change, in your own words: a new revision follows.",
              adf.hard_break(), in_words, adf.hard_break(), one_edit]
    )  # fmt: skip
    return adf.panel(
        "info",
        adf.paragraph(adf.text("How to decide", adf.STRONG)),
        adf.paragraph("Start a comment with one of these words, then move this ticket to Done yourself:"),
        adf.bullet_list(
            adf.paragraph(
                adf.text("APPROVED", adf.STRONG),
                " publishes exactly this revision. You may add thanks, but nothing else: with other words, nothing "
                "is published.",
            ),
            adf.paragraph(
                adf.text("NEEDS REVISION", adf.STRONG),
                *revision,
            ),
            adf.paragraph(
                adf.text("REJECTED", adf.STRONG),
                ", alone or with a colon and the reason: nothing is published.",
            ),
        ),
    )


def _tail(review: Review, longest: int) -> list[adf.Node]:
    facts = [("Revision", adf.paragraph(f"{review.revision} of {review.document_id}"))]
    if review.considered:
        facts.insert(0, ("Considered", _considered(review, longest)))
    return [
        adf.paragraph(
            adf.link("The full diff: side by side, the whole page, and as source", review.diff_url)
        ),
        _labelled(facts),
    ]


def _fit(
    head: list[adf.Node], changes: Sequence[ChangedPassage], tail: list[adf.Node], diff_url: str
) -> adf.Node:
    """Return head, changes and tail. If not all changes fit, leave out those in the middle and count them there."""
    nodes = [ticket_diff.passage_nodes(change) for change in changes]
    if sum(size(node) for change in nodes for node in change) <= _MAX_UNJOINED:
        whole = adf.doc(*head, *join_blocks(node for change in nodes for node in change), *tail)
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
    omitted = list(changes[first:last])
    if omitted and (split := ticket_diff.leading_part(omitted[0], room - size(_rest(omitted[0], diff_url)))):
        part, rest = split
        shown += [*part, _rest(rest, diff_url)]
        omitted.pop(0)
    if omitted:
        shown.append(_left_out(omitted, diff_url))
    ending = (node for change in nodes[last:] for node in change)
    return adf.doc(*head, *join_blocks(shown), *join_blocks(ending), *tail)


def _left_out(changes: Sequence[ChangedPassage], diff_url: str) -> adf.Node:
    passages = "passage is" if len(changes) == 1 else "passages are"
    counted = change_amount(changes)
    text = f"⋯ {len(changes):,} more {passages} left out here"
    return _see_full_diff(f"{text} ({counted})" if any(counted) else text, diff_url)


def _rest(change: ChangedPassage, diff_url: str) -> adf.Node:
    return _see_full_diff(
        f"⋯ the rest of this passage is left out here ({change_amount([change])})", diff_url
    )


def _see_full_diff(text: str, diff_url: str) -> adf.Node:
    return adf.paragraph(adf.text(f"{text}: ", adf.EM), adf.link("see the full diff", diff_url))


def _bullets(names: Sequence[str], longest: int) -> adf.Node:
    shown = [_short(name, min(longest, 200)) for name in names[:12]]
    return adf.bullet_list(*shown, *([f"and {len(names) - 12} more"] if len(names) > 12 else []))


def _counted(view: PageComparison) -> str:
    counts = count_rows(view.rows)
    parts = [_passages(counts) or "nothing changed", formatting_changes_text(view)]
    return "; ".join(filter(None, parts))


def _passages(counts: RowCounts) -> str:
    numbers = [(counts.changed, "changed"), (counts.added, "added"), (counts.removed, "removed")]
    parts = [f"{number:,} {what}" for number, what in numbers if number]
    passages = "passage" if sum(number for number, _ in numbers) == 1 else "passages"
    return f"{', '.join(parts)} {passages}" if parts else ""


def _short(text: str, longest: int) -> str:
    text = make_visible(text).strip()
    return text if len(text) <= longest else text[: longest - 1].rstrip() + "…"


def _quoted(text: str) -> str:
    return f"“{text}”"
