"""Measure page selection on real changes, with the pipeline's own queries, candidates, ranking and fallback.

    python -m benchmarks.retrieval --pages P.jsonl --cases C.jsonl [--create N.jsonl] --out predictions.jsonl

``pages.jsonl`` holds {path, title, markdown}. The pages become one space of the simulator, which answers the CQL
searches; a folder becomes the parent page of its pages. Of a case only the fields of a ticket are used: summary,
description, labels, components. The model's judgement is replaced by its documented fallback. One line {id, ranked,
decision} is written per case; if cases have gold_pages, hits are printed too. ``--ablate`` also measures the ranking
with each idea switched off.
"""

from __future__ import annotations

import argparse
import itertools
import json
import re
import statistics
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from rank_bm25 import BM25Okapi

from benchmarks.corpus import read_json_lines, ticket_of
from common import storage_format as sf
from common.atlassian.confluence_client import ConfluenceClient, ConfluencePage, SearchHit, Space
from common.atlassian.http_client import AtlassianHttp
from handlers.document_orchestrator.page_selection import ranking, search_terms, tokenizer
from handlers.document_orchestrator.page_selection.ranking_fallback import decide_by_ranking
from handlers.document_orchestrator.page_selection.select_page import search_and_decide
from handlers.document_orchestrator.page_selection.selection import CreatePage, UpdatePage, unsure_page
from handlers.document_orchestrator.writable_spaces import WritableSpaces
from local import atlassian

SPACE = "DOCS"
MAX_TITLE = 255
LONGEST_TITLE = 200
# Ranking ideas, and the values that switch them off, set in each of these modules that has the name.
MODULES = (tokenizer, search_terms, ranking)
IDEAS: dict[str, dict[str, object]] = {
    "title weighted": {"TITLE_WEIGHT": 1.0},
    "headings weighted": {"HEADING_WEIGHT": 1.0},
    "path and parents": {"PATH_WEIGHT": 0.0},
    "page length": {"LENGTH_NORM": 0.0},
    "rare terms": {"RARITY_POWER": 0.0},
    "rarity softened": {"RARITY_POWER": 1.0},
    "best section": {"SECTION_WEIGHT": 0.0},
    "title covered": {"COVERAGE_WEIGHT": 0.0},
    "heading covered": {"HEADING_COVERAGE_WEIGHT": 0.0},
    "joined words split": {"splits": lambda word: ()},
    "stemming": {"stem": str.lower},
    "identifiers taken apart": {"parts": lambda raw: (raw.lower(),)},
    "compounds of neighbours": {"compounds": lambda found, longest=3: set()},
    "words of action discounted": {"ACTION_WEIGHT": 1.0},
    "what follows the preposition": {"TAIL_BONUS": 0.0},
    "description": {"DESCRIPTION_WEIGHT": 0.0},
    "description bounded": {"DESCRIPTION_SHARE": 1e9, "DESCRIPTION_WEIGHT": 1.0},
    "components": {"COMPONENT_WEIGHT": 0.0},
    "labels": {"LABEL_WEIGHT": 0.0},
}


class CountedConfluence(ConfluenceClient):
    """The pipeline's Confluence client, with counts of its requests."""

    searches = bodies = 0

    def search(self, cql: str, limit: int = 25) -> tuple[SearchHit, ...]:
        """Search, and count the request."""
        self.searches += 1
        return super().search(cql, limit)

    def pages(self, page_ids: Any) -> tuple[ConfluencePage, ...]:
        """Read page bodies, and count the request."""
        self.bodies += 1
        return super().pages(page_ids)


class Corpus:
    """A simulated space with the pages; ``paths`` maps a page's id to its path."""

    def __init__(self, site: atlassian.Site, pages: Sequence[Mapping[str, str]]) -> None:
        self._store, self._author = site.confluence, site.account("kinexus")
        self.space = self._store.add_space(SPACE, "Documentation", self._author)
        self.paths: dict[str, str] = {}
        self._made: dict[PurePosixPath, str] = {}
        # The space's homepage has a title, too.
        self._titles = {page.title.casefold() for page in self._store.pages.values()}
        self._pages = {PurePosixPath(page["path"]): page for page in pages}
        self._indexes = {
            path.parent: path for path in self._pages if path.stem.lower() in ("index", "readme")
        }
        for path in self._pages:
            self._page(path)

    def _page(self, path: PurePosixPath) -> str:
        if path not in self._made:
            page = self._pages[path]
            above = path.parent.parent if self._indexes.get(path.parent) == path else path.parent
            lines = page["markdown"].lstrip().split("\n", 1)
            has_title = lines[0].startswith("# ") and lines[0][2:].strip() == page["title"].strip()
            storage = sf.render("\n".join(lines[1:]) if has_title else page["markdown"])
            self._made[path] = self._create(page["title"], path, storage, self._folder(above))
            self.paths[self._made[path]] = str(path)
        return self._made[path]

    def _folder(self, folder: PurePosixPath) -> str | None:
        """Return the page for a folder: its index page, or a new page that lists its children."""
        if len(folder.parts) < 2:
            return None
        if folder in self._indexes:
            return self._page(self._indexes[folder])
        if folder not in self._made:
            title = folder.name.replace("-", " ").replace("_", " ").capitalize()
            listing = '<ac:structured-macro ac:name="children" />'
            self._made[folder] = self._create(title, folder, listing, self._folder(folder.parent))
        return self._made[folder]

    def _create(self, title: str, path: PurePosixPath, storage: str, parent_id: str | None) -> str:
        # Titles are unique in a space, so a second page with the same title gets its folder's name added.
        title = " ".join(title.split())[:LONGEST_TITLE] or path.stem
        numbered = (f"{title} ({number})" for number in itertools.count(2))
        choices = itertools.chain((title, f"{title} ({path.parent.name})"[:MAX_TITLE]), numbered)
        free = next(choice for choice in choices if choice.casefold() not in self._titles)
        self._titles.add(free.casefold())
        return self._store.create(self._author, self.space.id, free, storage, parent_id).id


@dataclass(frozen=True)
class Bench:
    """A loaded corpus and the pipeline's client for it."""

    corpus: Corpus
    confluence: CountedConfluence
    site: WritableSpaces

    @classmethod
    @contextmanager
    def over(cls, pages: Sequence[Mapping[str, str]]) -> Iterator[Bench]:
        """Serve a simulated Confluence with these pages."""
        simulated = atlassian.Site(search_lag=0.0)
        corpus = Corpus(simulated, pages)
        account = simulated.account("kinexus")
        with atlassian.serve(simulated) as running:
            url = f"{running.url}/wiki"
            confluence = CountedConfluence(
                AtlassianHttp(url, account.email, lambda fresh: account.token), url
            )
            space = Space(corpus.space.id, corpus.space.key, corpus.space.homepage_id)
            yield cls(corpus, confluence, WritableSpaces((space,), url))

    def predict(self, case: Mapping[str, Any]) -> dict[str, Any]:
        """Return {id, ranked, decision, asked, page} for a case; ``page`` is the path of the page to be updated."""
        ticket = ticket_of(case)
        _, ranked, _ = search_and_decide(ticket, self.site, self.confluence)
        decided = decide_by_ranking(ticket, ranked)
        decision = "create" if isinstance(decided.target, CreatePage) else "update"
        asked = unsure_page(decided.target, decided.confidence) is not None
        chosen = decided.target.page_id if isinstance(decided.target, UpdatePage) else ""
        paths = [path for each in ranked if (path := self.corpus.paths.get(each.page.page_id))]
        page = self.corpus.paths.get(chosen, "")
        return {"id": case["id"], "ranked": paths, "decision": decision, "asked": asked, "page": page}


def hits(cases: Sequence[Mapping[str, Any]], predicted: Sequence[Mapping[str, Any]]) -> dict[str, float]:
    """Return hit@1, @3, @5 and @50 (gold page among the candidates) over the cases that have gold pages."""
    places = []
    for case, prediction in zip(cases, predicted, strict=True):
        gold, neutral = set(case.get("gold_pages") or ()), set(case.get("neutral_pages") or ())
        if gold:
            ranked = [path for path in prediction["ranked"] if path not in neutral]
            places.append(min((ranked.index(path) for path in gold if path in ranked), default=10**6))
    if not places:
        return {}
    return {f"hit@{k}": sum(place < k for place in places) / len(places) for k in (1, 3, 5, 50)}


def asking(cases: Sequence[Mapping[str, Any]], predicted: Sequence[Mapping[str, Any]]) -> str:
    """Return how often the ticket is asked which page is meant, and how often the page is right then and otherwise."""
    updates = [
        (each["asked"], each["page"] in set(case.get("gold_pages") or ()))
        for case, each in zip(cases, predicted, strict=True)
        if each["page"]
    ]
    asked, rest = ([right for was_asked, right in updates if was_asked is wanted] for wanted in (True, False))

    def share(some: Sequence[bool]) -> str:
        return f"{sum(some) / len(some):.3f}" if some else "-"

    return f"asked: {len(asked)} of {len(predicted)} tickets; page right if asked {share(asked)}, if not {share(rest)}"


def plain_bm25(
    pages: Sequence[Mapping[str, str]], cases: Sequence[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """Predict with rank_bm25 over title and body of every page, as the baseline."""

    def tokens(text: str) -> list[str]:
        return re.findall(r"\w+", text.lower())

    index = BM25Okapi([tokens(f"{page['title']}\n{page['markdown']}") for page in pages])
    found = []
    for case in cases:
        scores = index.get_scores(tokens(f"{case['summary']}\n{case.get('description') or ''}"))
        order = sorted(range(len(pages)), key=lambda number: -scores[number])
        found.append({"id": case["id"], "ranked": [pages[number]["path"] for number in order]})
    return found


@contextmanager
def without_idea(idea: str) -> Iterator[None]:
    """Switch one ranking idea off for the length of a with block."""
    before = []
    for name, substitute in IDEAS[idea].items():
        for module in MODULES:
            if hasattr(module, name):
                before.append((module, name, getattr(module, name)))
                setattr(module, name, substitute)
    try:
        yield
    finally:
        for module, name, value in before:
            setattr(module, name, value)


def main() -> None:
    """Write the predictions and print a summary."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    for name in ("pages", "cases"):
        options.add_argument(f"--{name}", type=Path, required=True)
    options.add_argument("--create", type=Path)
    options.add_argument("--out", type=Path, required=True)
    options.add_argument(
        "--ablate", action="store_true", help="also measure with each ranking idea switched off"
    )
    chosen = options.parse_args()
    pages, cases = read_json_lines(chosen.pages), read_json_lines(chosen.cases)
    with Bench.over(pages) as bench:
        _measure(bench, cases, read_json_lines(chosen.create), chosen.out, ablate=chosen.ablate)
    print(f"{'plain BM25, every page':38}", _shown(hits(cases, plain_bm25(pages, cases))))


def _measure(
    bench: Bench,
    cases: Sequence[Mapping[str, Any]],
    creations: Sequence[Mapping[str, Any]],
    out: Path,
    *,
    ablate: bool,
) -> None:
    predicted, times = [], []
    for case in [*cases, *creations]:
        began = time.perf_counter()
        predicted.append(bench.predict(case))
        times.append(time.perf_counter() - began)
    out.write_text("".join(json.dumps(each) + "\n" for each in predicted), "utf-8")
    count = len(predicted) or 1
    print(f"{len(bench.corpus.paths)} pages, {len(cases)} changes of a page, {len(creations)} of a new one")
    print(f"{'the pipeline':38}", _shown(hits(cases, predicted[: len(cases)])))
    creates = [each["decision"] == "create" for each in predicted]
    right, wrong = sum(creates[len(cases) :]), sum(creates[: len(cases)])
    if creations:
        precision = f"{right / (right + wrong):.3f}" if right + wrong else "-"
        print(f"create: recall {right / len(creations):.3f}, precision {precision}")
    print(asking([*cases, *creations], predicted))
    print(
        f"per case: {statistics.median(times or [0.0]) * 1000:.0f} ms (median, searches included), "
        f"{bench.confluence.searches / count:.1f} searches, {bench.confluence.bodies / count:.1f} requests for bodies"
    )
    for idea in IDEAS if ablate else ():
        with without_idea(idea):
            print(
                f"without {idea:30}", _shown(hits(cases, [bench.predict(case) for case in cases])), flush=True
            )


def _shown(figures: Mapping[str, float]) -> str:
    return "  ".join(f"{name} {value:.3f}" for name, value in figures.items())


if __name__ == "__main__":
    main()
