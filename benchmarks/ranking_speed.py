"""Measure the time of page ranking against rank_bm25 on the same input: `python -m benchmarks.ranking_speed`.

Pages consist of random words (fixed seed) with the frequencies of English, so the vocabulary grows as in real text.
Both sides get the pages' plain text, and both times include tokenizing and indexing. Times are CPU time, best of three
runs.
"""

from __future__ import annotations

import random
import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rank_bm25 import BM25Okapi

from common.domain.ticket import Ticket
from common.storage_format import Section
from handlers.document_orchestrator.page_selection.ranking import rank_pages

KILOBYTES = 1_000
LIMIT = 0.3
_SUMMARY = "Add burst limits to the OrderService webhook configuration"
_DESCRIPTION = "Deliveries over max_burst are answered with 429 and Retry-After. " * 20
_SYLLABLES = re.findall(
    "[a-z]+", "ba con der est fi gra hu in jo ka lim mo ner or pre qui ra ser tion ul ver web xi yo"
)
_ENDINGS = ("", "", "s", "ing", "ed", "ation", "er")


@dataclass(frozen=True)
class SyntheticPage:
    """A generated page with the attributes that ranking reads."""

    title: str
    path: tuple[str, ...]
    sections: tuple[Section, ...]


def vocabulary(chance: random.Random, size: int = 20_000) -> list[str]:
    """Return random words, some of them identifiers, with the ticket's words among the frequent ones."""
    words = [
        "".join(chance.choices(_SYLLABLES, k=chance.randint(1, 4))) + chance.choice(_ENDINGS)
        for _ in range(size)
    ]
    words[50::400] = [f"{word}_{chance.choice(words)}" for word in words[50::400]]
    words[60::400] = [word.title() + chance.choice(words).title() for word in words[60::400]]
    words[100:108] = [
        "burst",
        "limits",
        "order",
        "OrderService",
        "webhooks",
        "configured",
        "delivery",
        "max_burst",
    ]
    return words


def make_page(chance: random.Random, words: Sequence[str], size: int) -> SyntheticPage:
    """Return a page of about ``size`` characters, with a heading before every five lines."""
    weights = [1 / (rank + 3) for rank in range(len(words))]
    drawn = iter(chance.choices(words, weights, k=size // 4))
    sections, written = [], 0
    while written < size:
        heading = " ".join(next(drawn) for _ in range(3))
        text = "\n".join(" ".join(next(drawn) for _ in range(30)) + "." for _ in range(5))
        sections.append(Section((heading,), text))
        written += len(heading) + len(text)
    return SyntheticPage(" ".join(next(drawn) for _ in range(2)), ("Home", "Products"), tuple(sections))


def rank_ours(ticket: Ticket, pages: Sequence[SyntheticPage]) -> None:
    """Rank with the pipeline's ranking."""
    rank_pages(ticket, pages)


def rank_peer(ticket: Ticket, pages: Sequence[SyntheticPage]) -> None:
    """Rank with rank_bm25 over title and body, split into words."""

    def tokens(text: str) -> list[str]:
        return re.findall(r"\w+", text.lower())

    index = BM25Okapi([tokens("\n".join([page.title, *(s.text for s in page.sections)])) for page in pages])
    index.get_scores(tokens(f"{ticket.summary} {ticket.description}"))


def best_seconds(
    work: Callable[[Ticket, Sequence[SyntheticPage]], None], ticket: Ticket, pages: Sequence[SyntheticPage]
) -> float:
    """Return the best CPU time of three runs, in seconds."""
    times = []
    for _ in range(3):
        began = time.process_time()
        work(ticket, pages)
        times.append(time.process_time() - began)
    return min(times)


def main() -> None:
    """Print the times; exit with 1 if 50 pages of 20 KB take longer than the limit."""
    chance = random.Random(7)
    words = vocabulary(chance)
    ticket = Ticket(
        "1", "X-1", "X", _SUMMARY, _DESCRIPTION, "Story", "Done", "done", ("needs-docs",), ("Webhooks",), ""
    )
    rank_pages(ticket, [make_page(chance, words, KILOBYTES)])
    print(f"{'pages':>6} {'KB each':>8} {'ours':>9} {'rank_bm25':>10} {'ours, per MB':>13}")
    taken = {}
    for count, size in ((50, 5), (50, 10), (50, 20), (50, 40), (50, 80), (100, 20), (200, 20)):
        pages = [make_page(chance, words, size * KILOBYTES) for _ in range(count)]
        own, peer = best_seconds(rank_ours, ticket, pages), best_seconds(rank_peer, ticket, pages)
        taken[count, size] = own
        per_megabyte = own / (count * size / 1000) * 1000
        print(f"{count:>6} {size:>8} {own * 1000:>6.0f} ms {peer * 1000:>7.0f} ms {per_megabyte:>10.0f} ms")
    if taken[50, 20] > LIMIT:
        raise SystemExit(f"FAILED: 50 pages of 20 KB took {taken[50, 20]:.3f} s; the limit is {LIMIT} s")


if __name__ == "__main__":
    main()
