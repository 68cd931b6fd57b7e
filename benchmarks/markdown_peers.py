"""Compare our conversions between Markdown and storage format with common libraries.

    python -m benchmarks.markdown_peers [PAIRS_DIR] [STORAGE_DIR]

PAIRS_DIR (default: the specification in tests/common/storage_format/pairs) holds `*.md` files and the expected `*.xml`.
Printed is how many `render` and Python-Markdown (with its extensions) convert correctly, and how many results
Confluence would refuse. STORAGE_DIR (default: the seed's pages) holds pages as `*.xml`. Printed is how many of the
elements that an editor must keep (links to pages, mentions, images, macros) are visible in our outline and in
markdownify's text.
"""

from __future__ import annotations

import html
import re
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import markdown
import markdownify

from benchmarks.convert import comparable_tree
from common import storage_format as sf

HERE = Path(__file__).resolve().parent.parent
EXTENSIONS = ["fenced_code", "tables", "sane_lists", "footnotes", "def_list", "admonition"]
#: Elements that must be visible in the text: patterns for their names in storage format.
NAMED = {
    "link to a page": r'ri:content-title="([^"]+)"',
    "mention": r"(<ri:user )",
    "image": r'<ac:image[^>]*>\s*<ri:attachment ri:filename="([^"]+)"',
    "macro": r'<ac:structured-macro[^>]*ac:name="(?!code)([^"]+)"',
}
#: Tokens by which the outline shows elements that a model can keep or move, but not write.
TOKENS = {"link to a page": "⟦page-link", "mention": "⟦mention"}


def rendered(pairs: Path, render: Callable[[str], str]) -> tuple[int, int, int]:
    """Return how many outputs are as specified, how many are not valid storage format, and the total."""
    right = refused = total = 0
    for source in sorted(pairs.glob("*.md")):
        total += 1
        try:
            ours = comparable_tree(render(source.read_text()))
        except sf.MalformedStorage:
            refused += 1
            continue
        right += ours == comparable_tree(source.with_suffix(".xml").read_text())
    return right, refused, total


def seen(pages: Path, read: Callable[[str], str]) -> Counter[str]:
    """Count the elements of each kind that are visible in the text of all pages."""
    found: Counter[str] = Counter()
    for file in sorted(pages.glob("*.xml")):
        storage = file.read_text()
        try:
            text = read(storage)
        except sf.MalformedStorage:
            continue
        for kind, pattern in NAMED.items():
            names = re.findall(pattern, storage)
            named = sum(html.unescape(name) in text for name in names)
            tokens = text.count(TOKENS[kind]) if kind in TOKENS else 0
            found[kind] += min(len(names), max(named, tokens))
            found[f"all {kind}"] += len(names)
    return found


def outlined(storage: str) -> str:
    """Return the outline of a page, as a model reads it."""
    return sf.outline(sf.parse(storage)).text


def main() -> None:
    """Print both comparisons."""
    pairs = Path(sys.argv[1]) if len(sys.argv) > 1 else HERE / "tests/common/storage_format/pairs"
    pages = Path(sys.argv[2]) if len(sys.argv) > 2 else HERE / "local" / "seed" / "pages"
    for name, render in (
        ("sf.render", sf.render),
        (
            "Python-Markdown",
            lambda text: markdown.markdown(text, extensions=EXTENSIONS, output_format="xhtml"),
        ),
    ):
        right, refused, total = rendered(pairs, render)
        print(f"{name:16} {right:4} of {total} as specified, {refused} that Confluence would refuse")
    ours, theirs = seen(pages, outlined), seen(pages, markdownify.markdownify)
    print(f"\n{'still seen':16} {'of':>5} {'outline':>12} {'markdownify':>12}")
    for kind in NAMED:
        print(f"{kind:16} {ours[f'all {kind}']:5} {ours[kind]:12} {theirs[kind]:12}")


if __name__ == "__main__":
    main()
