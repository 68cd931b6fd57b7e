"""The pages shown instead of a diff: wrong link, superseded revision, closed review, missing review, outage."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from common.aws.review_store import ReviewStatus
from common.markup import html_page
from common.runtime.unicode_safety import make_visible, safe_display_name

_STYLE = """
body { display: grid; min-height: 100vh; place-content: center; padding: 1.5rem }
main {
  border: 1px solid var(--line); border-radius: 12px; max-width: 36rem; padding: 1.8rem clamp(1.2rem, 4vw, 2.4rem) 2rem;
}
p { margin: .6rem 0 0; overflow-wrap: anywhere }
.go { background: var(--accent); border-radius: 6px; color: var(--ground); display: inline-block; font-weight: 600;
  margin-top: 1.2rem; padding: .55rem 1.1rem; text-decoration: none }
.go:hover { text-decoration: underline }
"""


def wrong_link() -> str:
    """Return the page for a wrong signature (403)."""
    return _page(
        "This link is not valid",
        "The link is incomplete or was changed.",
        "Open the review ticket in Jira and use the link in its newest Kinexus comment. If that link does not work "
        "either, ask the people who operate Kinexus: the key that signs the links may have been replaced.",
    )


def missing() -> str:
    """Return the page for a review that is not stored (404)."""
    return _page(
        "There is no such review",
        "The link is valid, but no review is stored for it.",
        "If the review was opened just now, try again in a minute. Otherwise use the link in the review ticket.",
    )


def unavailable() -> str:
    """Return the page for a review that cannot be read right now (503)."""
    return _page(
        "This review cannot be shown right now",
        "The link is fine and nothing is lost, but the storage behind this page does not answer.",
        "Please try again in a minute. The review ticket shows the changes too, so you can also decide there.",
    )


def superseded(revision: int, status: ReviewStatus) -> str:
    """Return the page for a revision that a newer one replaced, with a link to the ticket, not to that revision."""
    return _page(
        f"Revision {revision} is superseded",
        f"There is a newer draft: revision {status.revision}. A decision counts only for revision {status.revision}.",
        f"To see it, use the link in the newest Kinexus comment in {make_visible(status.review_key)}.",
        links=[(status.review_url, f"Open {status.review_key}")],
    )


def expired(status: ReviewStatus, days: int) -> str:
    """Return the page for an open review whose link is too old to show the draft."""
    key = make_visible(status.review_key)
    return _page(
        "This link has expired",
        f"A link shows the draft for {days} {'day' if days == 1 else 'days'} after it was announced. The review is "
        f"still open: {key} shows the changes, and you can decide there.",
        f"To open this link again, ask an operator to run: python -m ops renew-link {key}",
        links=[(status.review_url, f"Open {status.review_key}")],
    )


def closed(status: ReviewStatus) -> str:
    """Return the page for a closed review: what was decided, by whom and when, without the content."""
    verdict = (status.verdict or "closed").replace("_", " ")
    ticket = make_visible(status.review_key)
    if status.decided_at:
        who = f"{safe_display_name(status.decided_by)} decided" if status.decided_by else "It was decided"
        decided = f"{who} on {_when(status.decided_at)} in {ticket}, for revision {status.revision}."
    else:
        decided = f"The review ticket was {ticket}, and the last revision was {status.revision}."
    links = [
        (status.page_url, "Open the published page"),
        (status.compare_url, "See what changed, in Confluence"),
        (status.review_url, f"Open {status.review_key}"),
    ]
    return _page(
        f"This review is closed: {verdict}",
        decided,
        "A closed review no longer shows the draft.",
        links=[link for link in links if link[0]],
    )


def ticket_link(status: ReviewStatus) -> str:
    """Return the link to the review ticket that an open review shows, as HTML."""
    label = html_page.escape(f"Decide in {make_visible(status.review_key)}")
    if not status.review_url.startswith(("https://", "http://")):
        return label
    return f'<a href="{html_page.escape(status.review_url)}" rel="noreferrer noopener">{label}</a>'


def _page(title: str, *paragraphs: str, links: Sequence[tuple[str, str]] = ()) -> str:
    """Return a page of text with links, as (URL, label): the first as a button, the others below it."""
    texts = "".join(f"<p>{html_page.escape(paragraph)}</p>" for paragraph in paragraphs)
    shown = [link for link in links if link[0].startswith(("https://", "http://"))]
    button = _link("go", *shown[0]) if shown else ""
    button += "".join(f"<p>{_link('other', *link)}</p>" for link in shown[1:])
    heading = html_page.escape(make_visible(title))
    body = f'<main><p class="eyebrow">Kinexus review</p><h1>{heading}</h1>{texts}{button}</main>'
    return html_page.html_document(title, _STYLE, body)


def _link(kind: str, url: str, label: str) -> str:
    return f'<a class="{kind}" href="{html_page.escape(url)}">{html_page.escape(make_visible(label))}</a>'


def _when(value: str) -> str:
    """Format Jira's time for people; a text that is not a time is returned as it is."""
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return make_visible(value)
    zone = moment.strftime("%z")
    return f"{moment:%d %B %Y at %H:%M}" + (f" ({zone[:3]}:{zone[3:5]})" if zone else "")
