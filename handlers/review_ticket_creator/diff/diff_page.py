"""The diff page: one file that shows a reviewer exactly what a revision changes, without any script."""

from __future__ import annotations

from collections.abc import Sequence

from common.markup import html_page
from common.runtime.unicode_safety import make_visible
from handlers.review_ticket_creator.diff import diff_views, removed_elements
from handlers.review_ticket_creator.diff.change_counts import forms_changed, only_in_source
from handlers.review_ticket_creator.diff.compared import Compared, SourceCompared, compared, source_compared
from handlers.review_ticket_creator.diff.comparison import Counts, count
from handlers.review_ticket_creator.diff.diff_css import STYLE
from handlers.review_ticket_creator.diff.passage_html import text
from handlers.review_ticket_creator.review_content import Review

_LABELLED = 160  # characters of a change in the list of changes


def render(review: Review) -> str:
    """Build the diff page of a revision.

    Two versions of the same review give the same bytes. What is farther than three passages (or lines) from any
    change is left out with its count, so the page's size follows the change and not the page.
    """
    view = compared(review.before, review.after)
    source = source_compared(review.before, review.after)
    views = []
    if review.kind == "update":
        views.append(_view("side", "Side by side", view, diff_views.side_by_side(view, "side"), "passages"))
    name = "With changes" if review.kind == "update" else "The new page"
    views.append(_view("unified", name, view, diff_views.unified(view, "unified"), "passages"))
    views.append(_view("source", "Source", source, diff_views.source(source, "source"), "lines"))
    if review.previous is not None:
        since = compared(review.previous, review.after)
        title = f"Since revision {review.follows}"
        views.append(_view("since", title, since, diff_views.unified(since, "since"), "passages"))
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
    name: str, title: str, view: Compared | SourceCompared, table: str, what: str
) -> tuple[str, str, str]:
    changes = diff_views.listed(view)
    if not changes:
        unseen = only_in_source(view) if isinstance(view, Compared) else ""
        counted = f" <b>{unseen}.</b>" if unseen else ""
        content = f'<p class="all-same">No {what} change.{_elsewhere(name)}{counted}</p>'
    else:
        content = f'{_changes(name, changes, view, what)}<div class="sheet">{table}</div>'
    heading = f'<h2 class="hidden" id="{name}-title">{title}</h2>'
    return (
        name,
        title,
        f'<section class="view" id="{name}" aria-labelledby="{name}-title">{heading}{content}</section>\n',
    )


def _elsewhere(name: str) -> str:
    return "" if name == "source" else " What cannot be seen, such as attributes, may change in the source."


def _changes(
    name: str, changes: Sequence[tuple[int, str]], view: Compared | SourceCompared, what: str
) -> str:
    items = "".join(
        f'<li><a href="#{name}-{number}">{text(_one_line(label))}</a></li>' for number, label in changes
    )
    counts = count(view.rows)
    places = "1 place" if counts.places == 1 else f"{counts.places:,} places"
    noun = what.removesuffix("s") if counts.changed + counts.added + counts.removed == 1 else what
    further = [forms_changed(view), only_in_source(view)] if isinstance(view, Compared) else []
    told = "; ".join(filter(None, [f"Changes in {places}: {_counted(counts)} {noun}", *further]))
    opened = " open" if len(changes) <= 12 else ""
    return (
        f'<nav aria-label="Changes"><details class="changes"{opened}><summary>{told}</summary>'
        f'<ol tabindex="0" aria-label="Changes in order">{items}</ol></details></nav>'
    )


def _counted(counts: Counts) -> str:
    """Say how many rows change, come and go."""
    told = ((counts.changed, "changed"), (counts.added, "added"), (counts.removed, "removed"))
    return ", ".join(f"{number:,} {word}" for number, word in told if number)


def _one_line(label: str) -> str:
    line = " ".join(label.split())
    return line if len(line) <= _LABELLED else line[: _LABELLED - 1] + "…"


def _header(review: Review, view: Compared) -> str:
    kind = "New page" if review.kind == "create" else "Page update"
    parts = [
        f'<p class="eyebrow">{kind} · revision {review.revision}</p>',
        f'<h1 dir="auto">{text(review.title)}</h1>',
        f'<p class="summary" dir="auto">{text(review.summary)}</p>',
        f'<dl class="facts">{_facts(review)}</dl>',
        _most_of_it(review, view),
        _warning(review, view),
        _counts(view),
    ]
    return "\n".join(part for part in parts if part)


def _facts(review: Review) -> str:
    sources = "<br>".join(
        f"{_link(ticket.key, ticket.url)} {text(ticket.summary)}" for ticket in review.sources
    )
    if review.vanished:
        gone = text(", ".join(review.vanished)) + ' <span class="quiet">(gone, or hidden from Kinexus)</span>'
        sources = "<br>".join(filter(None, (sources, gone)))
    if review.kind == "create":
        where = f" under “{text(review.parent_title)}”" if review.parent_title else ""
        page = f"a new page{where}"
    else:
        page = _link(review.title, review.page_url or "")
    sure = f"({review.confidence:.0%} sure; chosen by {text(review.chosen_by)})"
    why = f'{text(review.why)} <span class="quiet">{sure}</span>'
    facts = (("From", sources), ("Page", page), ("Why this page", why))
    return "".join(f"<dt>{label}</dt><dd>{value}</dd>" for label, value in facts if value)


def _link(label: str, url: str) -> str:
    if not url.startswith(("https://", "http://")):
        return text(label)
    return f'<a href="{html_page.escape(url)}" rel="noreferrer noopener">{text(label)}</a>'


def _most_of_it(review: Review, view: Compared) -> str:
    said = removed_elements.most_of_it(view) if review.kind == "update" else ""
    return f'<div class="warning grave" role="note"><p>{text(said)}</p></div>' if said else ""


def _warning(review: Review, view: Compared) -> str:
    told = [f"Removed {name}" for name in removed_elements.removals(review.changes)]
    if review.kind == "update":
        images = removed_elements.images(view.before.passages, view.after.passages)
        told += [f"Image added: {name}" for name in images.added] + [
            f"Image removed: {name}" for name in images.removed
        ]
    if not told:
        return ""
    items = "".join(f"<li>{text(_one_line(line))}</li>" for line in told)
    return f'<div class="warning" role="note"><p>Besides the words</p><ul>{items}</ul></div>'


def _counts(view: Compared) -> str:
    counts = count(view.rows)
    come, gone = view.words
    items = [
        ("changed", f"{counts.changed:,} changed", counts.changed),
        ("added", f"{counts.added:,} added", counts.added),
        ("removed", f"{counts.removed:,} removed", counts.removed),
        ("added", f"+{come:,} {'word' if come == 1 else 'words'}", come),
        ("removed", f"−{gone:,} {'word' if gone == 1 else 'words'}", gone),
        ("form-changed", forms_changed(view), view.form_changes),
        ("source-only", only_in_source(view), view.undrawn),
    ]
    shown = "".join(f'<li class="{kind}">{said}</li>' for kind, said, number in items if number)
    return f'<ul class="counts" aria-label="How much changes">{shown}</ul>' if shown else ""


def _footer(review: Review) -> str:
    return (
        '<footer class="decide"><h2>How to decide</h2><p>In the review ticket, begin a comment with one of these, then '
        "move the ticket to done yourself:</p><ul>"
        f"<li><b>APPROVED</b> publishes exactly this revision {review.revision}. Only thanks may stand beside it: with "
        "other words it publishes nothing.</li>"
        "<li><b>NEEDS REVISION</b> and what to change, in any words: a new revision follows.</li>"
        "<li><b>REJECTED</b>, alone or with a colon and why: nothing is published.</li></ul>"
        f'<p class="quiet">{text(review.document_id)}</p></footer>'
    )
