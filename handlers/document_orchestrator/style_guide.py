"""The team's style guide, which drafts follow: a Confluence page with rules of wording (setting ``styleGuidePage``)."""

from __future__ import annotations

import logging

from common import storage_format as sf
from common.atlassian.http_client import NotFound
from common.atlassian.page_restrictions import Access, RestrictionReader, Restrictions
from common.runtime.deadline import Clock
from handlers.document_orchestrator.prompt_text import whole_blocks

log = logging.getLogger(__name__)

#: Characters of the style guide that a prompt shows.
MAX_STYLE_GUIDE = 8_000
#: Seconds for which it is kept: a change of the page takes effect after that.
CACHE_SECONDS = 3600


class StyleGuide:
    """The style guide, cached. ``page_id`` is ``""`` without one; ``now`` is a clock in seconds."""

    def __init__(self, confluence: RestrictionReader, page_id: str, trust_folders: bool, now: Clock) -> None:
        self._confluence, self._page_id, self._trust_folders, self._now = (
            confluence,
            page_id,
            trust_folders,
            now,
        )
        self._kept, self._until = "", float("-inf")

    def text(self) -> str:
        """Return the style guide as Markdown, ``""`` without one, or if not everyone may view its page.

        A draft repeats its words, so the rule for pages in reviews holds for it, too. Raises the errors of
        common.atlassian.http_client.
        """
        if self._page_id and self._now() >= self._until:
            self._kept, self._until = self._read(), self._now() + CACHE_SECONDS
        return self._kept

    def _read(self) -> str:
        try:
            pages = self._confluence.pages([self._page_id])
            accesses = Restrictions(self._confluence, trust_folders=self._trust_folders).of(pages)
        except NotFound:
            pages, accesses = (), []
        if Access.OPEN not in accesses:
            log.warning("style_guide.not_shown", extra={"page_id": self._page_id})
            return ""
        try:
            return whole_blocks(sf.to_markdown(pages[0].storage).strip(), MAX_STYLE_GUIDE)
        except sf.MalformedStorage as error:
            log.warning("style_guide.malformed", extra={"page_id": self._page_id, "detail": str(error)})
            return ""
