"""The diff page: one HTML file without scripts that shows a reviewer exactly what a revision changes."""

from __future__ import annotations

from collections.abc import Sequence

from common.domain.document import confidence_text
from common.domain.review_link import TICKET_LINK
from common.markup import html_page
from common.runtime.unicode_safety import make_visible
from handlers.review_ticket_creator.diff import diff_views, removed_elements, whole_page
from handlers.review_ticket_creator.diff.change_counts import formatting_changes_text, source_only_text
from handlers.review_ticket_creator.diff.diff_css import STYLE
from handlers.review_ticket_creator.diff.edit_list import ListedEdit, listed_edits, unsourced_text
from handlers.review_ticket_creator.diff.page_comparison import (
    PageComparison,
    SourceComparison,
    compare_pages,
    compare_sources,
)
from handlers.review_ticket_creator.diff.passage_html import text_html
from handlers.review_ticket_creator.diff.row_comparison import RowCounts, count_rows
from handlers.review_ticket_creator.review_content import Review

_MAX_OPEN = 12  # edits and changes of a list that is open at first
_MAX_LABEL = 160  # characters of a change in the list of changes


def render(review: Review) -> str:
    """Build the diff page of a revision, as HTML.

    The same review always gives the same bytes. Passages (or lines) that are more than three away from any change are
    folded; on a page of more than `MAX_WHOLE_PAGE` characters they are left out and counted.
    """
    view = compare_pages(review.before, review.after)
    source = compare_sources(review.before, review.after)
    views = []
    if review.kind == "update":
        views.append(
            _view("side", "Side by side", view, diff_views.side_by_side_view(view, "side"), "passages")
        )
        views.append(
            _view("unified", "With changes", view, diff_views.unified_view(view, "unified"), "passages")
        )
    name = "Whole page" if review.kind == "update" else "The new page"
    views.append(
        _view("page", name, view, whole_page.whole_page_view(view, "page", review.page_url), "passages")
    )
    views.append(_view("source", "Source", source, diff_views.source_view(source, "source"), "lines"))
    if review.previous is not None:
        since = compare_pages(review.previous, review.after)
        title = f"Since revision {review.follows}"
        views.append(_view("since", title, since, diff_views.unified_view(since, "since"), "passages"))
    tabs = "".join(_tab(place == 0, name, title) for place, (name, title, _) in enumerate(views))
    body = (
        '<a class="skip" href="#changes">Skip to the changes</a>'
        f"<header>{_header(review, view)}</header>\n"
        f'<main id="changes"><fieldset class="tabs"><legend class="hidden">How to show the changes</legend>{tabs}'
        f"</fieldset>\n{''.join(html for _, _, html in views)}</main>\n{_footer(review)}"
    )
    return html_page.html_document(f"Revision {review.revision}: {make_visible(review.title)}", STYLE, body)


def _tab(checked: bool, name: str, title: str) -> str:
    state = " checked" if checked else ""
    return (
        f'<span><input type="radio" name="view" id="show-{name}" aria-controls="{name}" autocomplete="off"{state}>'
        f'<label for="show-{name}">{title}</label></span>'
    )


def _view(
    name: str, title: str, view: PageComparison | SourceComparison, table: str, what: str
) -> tuple[str, str, str]:
    changes = diff_views.list_changes(view)
    if not changes and name == "page":
        content = f'<div class="sheet">{table}</div>'
    elif not changes:
        source_only = source_only_text(view) if isinstance(view, PageComparison) else ""
        counted = f" <b>{source_only}.</b>" if source_only else ""
        content = f'<p class="all-same">No {what} change.{_source_hint(name)}{counted}</p>'
    else:
        content = f'{_changes(name, changes, view, what)}<div class="sheet">{table}</div>'
    heading = f'<h2 class="hidden" id="{name}-title">{title}</h2>'
    return (
        name,
        title,
        f'<section class="view" id="{name}" aria-labelledby="{name}-title">{heading}{content}</section>\n',
    )


def _source_hint(name: str) -> str:
    return "" if name == "source" else " Details such as attributes may still change: see the view Source."


def _changes(
    name: str, changes: Sequence[tuple[int, str]], view: PageComparison | SourceComparison, what: str
) -> str:
    items = "".join(
        f'<li><a href="#{name}-{number}">{text_html(_one_line(label))}</a></li>' for number, label in changes
    )
    counts = count_rows(view.rows)
    places = "1 place" if counts.places == 1 else f"{counts.places:,} places"
    noun = what.removesuffix("s") if counts.changed + counts.added + counts.removed == 1 else what
    details = (
        [formatting_changes_text(view), source_only_text(view)] if isinstance(view, PageComparison) else []
    )
    summary = "; ".join(filter(None, [f"Changes in {places}: {_counted(counts)} {noun}", *details]))
    opened = " open" if len(changes) <= _MAX_OPEN else ""
    return (
        f'<nav aria-label="Changes"><details class="changes"{opened}><summary>{summary}</summary>'
        f'<ol tabindex="0" aria-label="Changes in order">{items}</ol></details></nav>'
    )


def _counted(counts: RowCounts) -> str:
    """Return the numbers of changed, added and removed rows as text."""
    numbers = ((counts.changed, "changed"), (counts.added, "added"), (counts.removed, "removed"))
    return ", ".join(f"{number:,} {word}" for number, word in numbers if number)


def _one_line(label: str) -> str:
    line = " ".join(label.split())
    return line if len(line) <= _MAX_LABEL else line[: _MAX_LABEL - 1] + "…"


def _header(review: Review, view: PageComparison) -> str:
    kind = "New page" if review.kind == "create" else "Page update"
    parts = [
        f'<p class="eyebrow">{kind} · revision {review.revision}</p>',
        f'<h1 dir="auto">{text_html(review.title)}</h1>',
        f'<p class="decide-in">{TICKET_LINK}</p>',
        f'<p class="summary" dir="auto">{text_html(review.summary)}</p>',
        f'<dl class="facts">{_facts(review)}</dl>',
        _large_removal(review, view),
        _removed_elements(review, view),
        _unsourced(review),
        _counts(view),
        _edits(review),
    ]
    return "\n".join(part for part in parts if part)


def _facts(review: Review) -> str:
    sure = f"({confidence_text(review.confidence)}; chosen by {text_html(review.chosen_by)})"
    why = f'{text_html(review.why)} <span class="quiet">{sure}</span>'
    model = f"<dt>Language model</dt><dd>{text_html(review.made_by)}</dd>" if review.made_by else ""
    return f"{_links(review)}<dt>Why this page</dt><dd>{why}</dd>{model}"


def _links(review: Review) -> str:
    """Return the source tickets and the page, with links."""
    sources = "<br>".join(
        f"{_link(ticket.key, ticket.url)} {text_html(ticket.summary)}" for ticket in review.sources
    )
    if review.vanished:
        vanished = (
            text_html(", ".join(review.vanished))
            + ' <span class="quiet">(deleted, or hidden from Kinexus)</span>'
        )
        sources = "<br>".join(filter(None, (sources, vanished)))
    if review.kind == "create":
        page = text_html(f"a new page {review.place}".strip())
    else:
        page = _link(review.title, review.page_url or "")
    facts = (("Source tickets", sources), ("Page", page))
    return "".join(f"<dt>{label}</dt><dd>{value}</dd>" for label, value in facts if value)


def _link(label: str, url: str) -> str:
    if not url.startswith(("https://", "http://")):
        return text_html(label)
    return f'<a href="{html_page.escape(url)}" rel="noreferrer noopener">{text_html(label)}</a>'


def _large_removal(review: Review, view: PageComparison) -> str:
    warning = removed_elements.large_removal_text(view) if review.kind == "update" else ""
    return f'<div class="warning grave" role="note"><p>{text_html(warning)}</p></div>' if warning else ""


def _removed_elements(review: Review, view: PageComparison) -> str:
    lines = [f"Removed {name}" for name in removed_elements.removals(review.changes)]
    if review.kind == "update":
        images = removed_elements.images(view.before.passages, view.after.passages)
        lines += [f"Image added: {name}" for name in images.added] + [
            f"Image removed: {name}" for name in images.removed
        ]
    if not lines:
        return ""
    items = "".join(f"<li>{text_html(_one_line(line))}</li>" for line in lines)
    return f'<div class="warning" role="note"><p>Changes besides the text</p><ul>{items}</ul></div>'


def _counts(view: PageComparison) -> str:
    counts = count_rows(view.rows)
    added, removed = view.words
    items = [
        ("changed", f"{counts.changed:,} changed", counts.changed),
        ("added", f"{counts.added:,} added", counts.added),
        ("removed", f"{counts.removed:,} removed", counts.removed),
        ("added", f"+{added:,} {'word' if added == 1 else 'words'}", added),
        ("removed", f"−{removed:,} {'word' if removed == 1 else 'words'}", removed),
        ("form-changed", formatting_changes_text(view), view.formatting_change_count),
        ("source-only", source_only_text(view), view.source_only_count),
    ]
    shown = "".join(f'<li class="{kind}">{label}</li>' for kind, label, number in items if number)
    return f'<ul class="counts" aria-label="How much changes">{shown}</ul>' if shown else ""


def _edits(review: Review) -> str:
    """Return the edits by number, as a reviewer names them to drop one."""
    listed = listed_edits(review.changes, review.because)
    items = "".join(map(_edit, listed))
    opened = " open" if len(listed) <= _MAX_OPEN else ""
    return (
        f'<details class="changes"{opened}><summary>Edits by number</summary><ol>{items}</ol></details>'
        if items
        else ""
    )


def _edit(edit: ListedEdit) -> str:
    kind = "quiet" if edit.is_sourced else "unsourced"
    reason = f' <span class="{kind}">{text_html(edit.reason)}</span>' if edit.reason else ""
    return f"<li>{text_html(edit.text)}{reason}</li>"


def _unsourced(review: Review) -> str:
    """Return the warning about facts that stand in no source."""
    text = unsourced_text(review.unsourced)
    return f'<div class="warning" role="note"><p>{text_html(text)}</p></div>' if text else ""


def _footer(review: Review) -> str:
    return (
        '<footer class="decide"><h2>How to decide</h2><p>In the review ticket, start a comment with one of these '
        "words, then move the ticket to Done yourself:</p><ul>"
        f"<li><b>APPROVED</b> publishes exactly this revision {review.revision}. You may add thanks, but nothing else: "
        "with other words, nothing is published.</li>"
        "<li><b>NEEDS REVISION</b> and what to change, in your own words: a new revision follows. To change only "
        "words, write nothing but lines such as: “old words” → “new words”. To leave out an edit, write a line "
        "with its number, such as: drop 2.</li>"
        "<li><b>REJECTED</b>, alone or with a colon and the reason: nothing is published.</li></ul>"
        f'<p class="decide-in">{TICKET_LINK}</p><dl class="facts">{_links(review)}</dl>'
        f'<p class="quiet">{text_html(review.document_id)}</p></footer>'
    )
