"""The pages shown where a diff is not: a wrong link, an overtaken revision, a closed review, nothing there."""

from __future__ import annotations

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
    """Say that the signature is wrong (to be sent with 403), and what to do."""
    return _page(
        "This link is not valid",
        "The link is incomplete or was changed on its way here.",
        "Open the review ticket in Jira and follow the link in its newest Kinexus comment. If that one leads here too, "
        "ask whoever runs Kinexus: the key that signs the links may have been replaced.",
    )


def missing() -> str:
    """Say that there is no such review (to be sent with 404)."""
    return _page(
        "There is no such review",
        "The link is valid, but nothing is kept for it, or not yet.",
        "If the review was opened just now, try again in a minute. Otherwise follow the link in the review ticket.",
    )


def unavailable() -> str:
    """Say that the review cannot be read right now (to be sent with 503)."""
    return _page(
        "This review cannot be shown right now",
        "Nothing is wrong with the link, and nothing is lost: the store behind this page does not answer.",
        "Try again in a minute. You can decide in the review ticket meanwhile: it shows what changes, too.",
    )


def superseded(revision: int, status: ReviewStatus) -> str:
    """Say that `revision` was overtaken, and lead to the ticket, where whoever may see the newest finds its link."""
    return _page(
        f"Revision {revision} is superseded",
        f"Revision {status.revision} is what is under review now. A decision counts for that one only.",
        f"The newest Kinexus comment in {make_visible(status.review_key)} has its link.",
        link=(status.review_url, f"Open {status.review_key}"),
    )


def closed(status: ReviewStatus) -> str:
    """Say what was decided, by whom and when, and nothing of the content."""
    verdict = (status.verdict or "closed").replace("_", " ")
    told = ["It was"]
    if status.decided_at:
        told = [f"{safe_display_name(status.decided_by)} decided" if status.decided_by else "It was decided"]
        told.append(f"on {_when(status.decided_at)}")
    told.append(f"in {make_visible(status.review_key)}, on revision {status.revision}.")
    link = (status.page_url, "Open the published page") if status.page_url else None
    return _page(
        f"This review is closed: {verdict}",
        " ".join(told),
        "A closed review no longer shows the draft.",
        link=link or (status.review_url, f"Open {status.review_key}"),
    )


def _page(title: str, *paragraphs: str, link: tuple[str, str] | None = None) -> str:
    said = "".join(f"<p>{html_page.escape(paragraph)}</p>" for paragraph in paragraphs)
    go = ""
    if link and link[0].startswith(("https://", "http://")):
        go = f'<a class="go" href="{html_page.escape(link[0])}">{html_page.escape(make_visible(link[1]))}</a>'
    heading = html_page.escape(make_visible(title))
    body = f'<main><p class="eyebrow">Kinexus review</p><h1>{heading}</h1>{said}{go}</main>'
    return html_page.html_document(title, _STYLE, body)


def _when(value: str) -> str:
    """Write Jira's time for people; what is no time is shown as it is."""
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return make_visible(value)
    zone = moment.strftime("%z")
    return f"{moment:%d %B %Y at %H:%M}" + (f" ({zone[:3]}:{zone[3:5]})" if zone else "")
