"""The cases of a benchmark of drafts: a page before, the tickets, and the page as its author left it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.corpus import read_json_lines, ticket_of
from benchmarks.editor_shape import as_editor
from common import storage_format as sf
from common.domain.ticket import Ticket
from handlers.document_orchestrator.drafting.edit_page_prompt import PreviousDraft


@dataclass(frozen=True)
class Case:
    """One page to draft. `before` and `after` are storage format; `before` is empty for a new page.

    `again` holds the previous draft and the reviewer's feedback for it, if the case is a revision.
    """

    case_id: str
    title: str
    before: str
    after: str
    tickets: tuple[Ticket, ...]
    again: PreviousDraft | None = None
    parent_title: str = ""

    @property
    def is_new_page(self) -> bool:
        """Whether the case is a new page."""
        return not self.before

    @property
    def sources(self) -> str:
        """Everything that a draft may take its facts from, as text."""
        parts = [self.title, self.parent_title, sf.to_markdown(self.before)]
        for ticket in self.tickets:
            parts += [ticket.key, ticket.summary, ticket.description, *ticket.labels, *ticket.components]
        if self.again is not None:
            parts.append(self.again.feedback)
        return "\n".join(parts)


def storage_of(text: str, title: str = "") -> str:
    """Return a page of a corpus, Markdown or storage format, as storage format in the editor's shape.

    A first heading that is the page's title is left out, as the title is no part of a page's body.
    """
    if not text or text.lstrip().startswith("<"):
        return text
    first, _, rest = text.lstrip().partition("\n")
    return as_editor(
        sf.render(rest if first.startswith("# ") and first[2:].strip() == title.strip() else text)
    )


def read_corpus(path: Path) -> list[Case]:
    """Read a corpus of real changes: a case for each page of each change."""
    return [case for line in read_json_lines(path) for case in _cases(line)]


def _cases(line: Mapping[str, Any]) -> Iterator[Case]:
    pages: Sequence[Mapping[str, Any]] = line["pages"]
    for number, page in enumerate(pages, 1):
        yield Case(
            case_id=line["id"] if len(pages) == 1 else f"{line['id']}.{number}",
            title=page["title"],
            before=storage_of(page["before"], page["title"]),
            after=storage_of(page["after"], page["title"]),
            tickets=(ticket_of(line),),
        )
