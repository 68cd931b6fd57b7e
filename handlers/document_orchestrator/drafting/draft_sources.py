"""What a draft may take its facts from: its tickets and the reviewer's feedback."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from common.domain.draft import FEEDBACK, Because
from common.domain.facts import unsupported
from common.domain.ticket import Ticket
from common.runtime.invisible_characters import without_invisible

#: Words of the quotation that names the reason for an edit.
MAX_QUOTED_WORDS = 15
_MAX_QUOTED = 200  # characters, for scripts without spaces
_MIN_QUOTED = 4  # characters: "the" stands in every ticket
#: Facts without a source that are named to the reviewer.
MAX_UNSOURCED = 20
_QUOTES = str.maketrans(dict.fromkeys("‘’‚‛`´′", "'") | dict.fromkeys("“”„‟«»″", '"'))
_AROUND = " \"'…."
_WIDE = r"\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af"
_WORD = re.compile(rf"[{_WIDE}]|[^\W{_WIDE}]+")


@dataclass(frozen=True)
class DraftSources:
    """The tickets of a draft, and the feedback for the previous one (``""`` for a first draft)."""

    tickets: Sequence[Ticket] = ()
    feedback: str = ""

    def because(self, quotation: object) -> Because:
        """Return where a quotation stands word for word, and its first words; an empty Because if nowhere.

        “…” marks what is left out of a longer quotation. White space and the form of quotation marks do not matter. Of
        the feedback nothing is quoted: not everyone who sees the review may have been meant to read it.
        """
        quoted = _quotable(quotation)
        if len(quoted) < _MIN_QUOTED:
            return Because()
        wanted = re.compile(rf"(?<![A-Za-z0-9]){re.escape(quoted)}(?![A-Za-z0-9])")
        for ticket in self.tickets:
            if wanted.search(_plain(ticket.said)):
                is_whole = quoted == _plain(str(quotation)).strip(_AROUND)
                return Because(ticket.key, quoted if is_whole else f"{quoted}…")
        return Because(FEEDBACK) if wanted.search(_plain(self.feedback)) else Because()

    def unsourced(self, markdown: str, others: Iterable[str]) -> tuple[str, ...]:
        """Return new names, numbers, identifiers and URLs of a text that stand neither here nor in ``others``."""
        texts = [part for ticket in self.tickets for part in (ticket.key, *ticket.labels, ticket.said)]
        texts += [name for ticket in self.tickets for name in ticket.components]
        return unsupported(markdown, "\n".join([*texts, self.feedback, *others]), MAX_UNSOURCED)

    def word_count(self) -> int:
        """Return how many words the tickets say."""
        return sum(len(words_of(ticket.said)) for ticket in self.tickets)


def words_of(text: str) -> list[str]:
    """Return the words of a text; in scripts without spaces, its characters."""
    return _WORD.findall(text.casefold())


def _quotable(quotation: object) -> str:
    """Return a quotation as it is sought: on one line, without marks around it, at most MAX_QUOTED_WORDS words."""
    if not isinstance(quotation, str):
        return ""
    words = _plain(quotation).strip(_AROUND).split(" ")
    return " ".join(words[:MAX_QUOTED_WORDS])[:_MAX_QUOTED].strip(_AROUND)


def _plain(text: str) -> str:
    return " ".join(without_invisible(text).translate(_QUOTES).split())
