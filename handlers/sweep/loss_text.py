"""The comment in a review ticket about content that Confluence lost when it saved the page."""

from __future__ import annotations

from collections import Counter

from common.atlassian.jira_client import Adf
from common.domain.document import Publication
from common.domain.page_links import comparison_url, history_url
from common.markup import adf
from common.storage_format import Fragile

_NAMES = {
    Fragile.MENTION: ("1 mention of a person", "{} mentions of people"),
    Fragile.MEDIA: ("1 image or file", "{} images or files"),
    Fragile.CARD: ("1 smart link", "{} smart links"),
    Fragile.COMMENT: ("the place of 1 comment in the text", "the places of {} comments in the text"),
    Fragile.WIDTH: ("the width of 1 column or block", "the widths of {} columns or blocks"),
}


def content_lost(publication: Publication, lost: Counter[Fragile]) -> Adf:
    """Comment what Confluence lost outside the approved edits, and how to see it and get it back."""
    version, before = publication.version, publication.version - 1
    return adf.doc(
        adf.panel(
            "warning",
            adf.paragraph(
                "Confluence lost content of the page ",
                adf.link(publication.title, publication.url),
                f" when it saved version {version}. The approved edits do not touch this content, but Confluence "
                "converts the whole page when an app saves it. Lost:",
            ),
            adf.bullet_list(*(_named(kind, lost[kind]) for kind in Fragile if lost[kind])),
            adf.paragraph(
                *_linked(
                    f"Compare versions {before} and {version}", comparison_url(publication.url, version)
                ),
                f", then put back what is missing by hand. Or restore version {before} in the ",
                *_linked("page history", history_url(publication.url)),
                " and edit the page there: this also takes back what this review published.",
            ),
        )
    )


def _named(kind: Fragile, number: int) -> str:
    one, more = _NAMES[kind]
    return one if number == 1 else more.format(number)


def _linked(text: str, url: str) -> list[adf.Node | str]:
    return [adf.link(text, url)] if url else [text]
