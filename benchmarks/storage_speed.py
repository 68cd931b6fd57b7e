"""Measure how fast a page is parsed and edited: `python -m benchmarks.storage_speed [CORPUS_DIR]`.

For pages of 10 KB to 5 MB it compares `parse` and `apply` of one edit with a bare expat pass (no handlers) over the
same bytes, and with the same edit by lxml and by BeautifulSoup, on html.parser and on lxml: they reformat the page.
Each side runs equally often, by turns; times are medians of processor time. lxml alone, written in C, is faster than
ours. The pages imitate real ones; with a directory they consist of its `*.xml` files, repeated. The exit code is 1 when
a limit is missed: at most 8 times expat's time from 1 MB on, growth of at most 1.3, at least 5 times as fast as
BeautifulSoup on its faster parser.
"""

from __future__ import annotations

import gc
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from itertools import count
from pathlib import Path
from xml.parsers import expat

from common import storage_format as sf

SIZES = {"10 KB": 10_000, "100 KB": 100_000, "1 MB": 1_000_000, "5 MB": 5_000_000}
TEXT = "the queue keeps a message until its function has said that it is done and then forgets it"
WORDS = tuple(TEXT.split())
MARKDOWN = "The **new** text of this paragraph, with `code` and a [link](https://example.com)."
MAX_RATIO, MAX_GROWTH, MIN_GAIN = 8.0, 1.3, 5.0
RUNS = 7


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the measurements; return 1 if a limit is missed."""
    given = sys.argv[1:] if arguments is None else arguments
    ratios: dict[str, float] = {}
    failures = []
    heads = ("page", "blocks", "expat", "parse", "apply", "ratio", "lxml", "bs4", "bs4+lxml", "gain")
    print(" ".join(f"{head:>{9 if at > 1 else 7}}" for at, head in enumerate(heads)))
    for name, size in SIZES.items():
        times, blocks = _measured(_page(size, Path(given[0]) if given else None))
        bare, parsing, editing, lxml, soup, soup_on_lxml = times
        ratios[name], gain = editing / bare, min(soup, soup_on_lxml) / editing
        print(
            f"{name:>7} {blocks:>7} {_ms(bare)} {_ms(parsing)} {_ms(editing - parsing)} "
            f"{ratios[name]:>8.2f}x {_ms(lxml)} {_ms(soup)} {_ms(soup_on_lxml)} {gain:>8.1f}x"
        )
        if size >= 1_000_000 and ratios[name] > MAX_RATIO:
            failures.append(f"{name}: {ratios[name]:.2f} times expat's time; at most {MAX_RATIO} allowed")
        if gain < MIN_GAIN:
            failures.append(
                f"{name}: {gain:.1f} times as fast as BeautifulSoup; at least {MIN_GAIN} required"
            )
    growth = ratios["5 MB"] / ratios["1 MB"]
    print(f"growth from 1 MB to 5 MB (ratio of ratios): {growth:.2f}")
    if growth > MAX_GROWTH:
        failures.append(f"growth {growth:.2f}; at most {MAX_GROWTH} allowed")
    for failure in failures:
        print(f"FAILED {failure}")
    return 1 if failures else 0


def _measured(storage: str) -> tuple[list[float], int]:
    """Return the median seconds of each side, and the number of blocks.

    Sides are expat, `parse`, `parse` and `apply`, lxml, BeautifulSoup on html.parser, and BeautifulSoup on lxml.
    """
    page = sf.parse(storage)
    target = next(block for block in page.blocks[len(page.blocks) // 2 :] if block.kind == "paragraph")
    sides: tuple[Callable[[], object], ...] = (
        lambda: _expat(storage),
        lambda: sf.parse(storage),
        lambda: _edit(storage, target.id),
        lambda: _lxml(storage),
        lambda: _soup(storage, "html.parser"),
        lambda: _soup(storage, "lxml"),
    )
    times: list[list[float]] = [[] for _ in sides]
    for _ in range(RUNS):
        for side, found in zip(sides, times, strict=True):
            found.append(_seconds(side))
    return [statistics.median(found) for found in times], len(page.blocks)


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:>7.1f}ms"


def _seconds(what: Callable[[], object]) -> float:
    """Return the processor time of one run, after a garbage collection."""
    gc.collect()
    start = time.process_time()
    what()
    return time.process_time() - start


def _edit(storage: str, block_id: str) -> str:
    return sf.apply(sf.parse(storage), [sf.Replace(block_id, MARKDOWN)]).storage


def _expat(storage: str) -> None:
    parser = expat.ParserCreate("utf-8")
    parser.UseForeignDTD(True)
    parser.Parse("<r>", False)
    parser.Parse(storage.encode(), False)
    parser.Parse("</r>", True)


def _soup(storage: str, parser: str) -> str:
    from bs4 import BeautifulSoup

    soup = BeautifulSoup(storage, parser)
    paragraphs = soup.find_all("p")
    paragraphs[len(paragraphs) // 2].replace_with(BeautifulSoup(_rendered(), parser))
    return str(soup)


def _lxml(storage: str) -> str:
    from lxml import etree  # type: ignore[import-untyped]

    spaces = 'xmlns:ac="urn:ac" xmlns:ri="urn:ri" xmlns:at="urn:at"'
    parser = etree.XMLParser(recover=True, huge_tree=True)
    root = etree.fromstring(f"<r {spaces}>{storage}</r>".encode(), parser)
    paragraphs = root.findall(".//p")
    old = paragraphs[len(paragraphs) // 2]
    old.getparent().replace(old, etree.fromstring(_rendered()))
    return str(etree.tostring(root, encoding="unicode"))


def _rendered() -> str:
    """Return the new text as HTML, because the other libraries also start from Markdown."""
    from markdown_it import MarkdownIt

    return str(MarkdownIt().render(MARKDOWN))


def _page(size: int, corpus: Path | None) -> str:
    """Return a page of about `size` bytes."""
    parts: list[str] = []
    length = 0
    sections = _collected(corpus) if corpus else (_section(number) for number in count())
    for section in sections:
        parts.append(section)
        length += len(section.encode())
        if length >= size:
            break
    return "".join(parts)


def _collected(corpus: Path) -> Iterator[str]:
    texts = [path.read_text("utf-8") for path in sorted(corpus.rglob("*.xml"))]
    usable = [text for text in texts if _is_page(text)]
    while usable:
        yield from usable


def _is_page(text: str) -> bool:
    try:
        return bool(sf.parse(text).blocks)
    except sf.MalformedStorage:
        return False


def _section(number: int) -> str:
    """Return one section like those of real pages: text, list, table, panel, code."""
    words = [*WORDS[number % 7 :], *WORDS[: number % 7]]
    text = " ".join(words)
    return (
        f'<h2 local-id="h{number}">Section {number}: {" ".join(words[:4])}</h2>'
        f'<p local-id="p{number}">{text} <strong>{words[3]}</strong>, {text}&nbsp;&rarr; '
        f'<ac:link><ri:page ri:content-title="Page {number}" /><ac:link-body>{words[1]}</ac:link-body></ac:link>.</p>'
        f"<p>{text} <code>{words[2]}-{number}</code> {text} <em>d&eacute;j&agrave; vu</em> {text}</p>"
        + "<ul>"
        + "".join(f"<li><p>{number}.{item} {text}</p></li>" for item in range(6))
        + "</ul><table><tbody><tr><th><p>Name</p></th><th><p>Value</p></th></tr>"
        + "".join(f"<tr><td><p>{word}</p></td><td><p>{number} {text}</p></td></tr>" for word in words[:4])
        + '</tbody></table><ac:structured-macro ac:name="info" ac:schema-version="1"><ac:rich-text-body>'
        + f"<p>{text} 日本語の文字</p></ac:rich-text-body></ac:structured-macro>"
        + '<ac:structured-macro ac:name="code"><ac:parameter ac:name="language">python</ac:parameter>'
        + f"<ac:plain-text-body><![CDATA[def f{number}():\n    return '<p>' + {number}\n]]></ac:plain-text-body>"
        + "</ac:structured-macro>\n"
    )


if __name__ == "__main__":
    sys.exit(main())
