"""Compare `render` with storage format from other tools: `python -m benchmarks.convert CORPUS_DIR [--report FILE]`.

Every `*.md` below the directory with a `*.xml`, `*.csf` or `*.xhtml` of the same name (beside it, or in a sibling
directory `expected`) is rendered and compared as a normalised tree, without what `equivalent` ignores and what
Confluence treats as equal (see `SAME`). Variants `*-something.xml` that a `pairs.jsonl` lists are compared too. Prints
passed/total and writes the differing pairs to a readable report. The exit code is 1 only when something does not parse
or render; where another tool chose differently, a person decides.
"""

from __future__ import annotations

import argparse
import difflib
import html
import json
import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from common import storage_format as sf
from common.storage_format.from_markdown.code_languages import known_language
from common.storage_format.from_markdown.inline import anchor_of
from common.storage_format.xml.equivalence import Tree, normalised

SAME = """\
headings' ids (Confluence makes its own) and links to them, `style="text-align: …"` however spaced,
one paragraph alone in a list item, cell or task or its text, a code macro's empty, unknown or `none`
language, its `collapse=false`, a panel's `icon`
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the comparison; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.convert", description=__doc__)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--report", type=Path, default=Path("convert-report.md"))
    options = parser.parse_args(arguments)
    pairs = sorted(set(_pairs(options.corpus)))
    if not pairs:
        print(f"Found no *.md with a *.xml, *.csf or *.xhtml of the same name below {options.corpus}.")
        return 2
    passed, broken, report = 0, 0, [f"Treated as the same:\n{SAME}"]
    for source, expected, variant in pairs:
        markdown = source.read_bytes().decode("utf-8")
        try:
            ours = comparable_tree(_prepared(sf.render(markdown), variant))
            theirs = comparable_tree(expected.read_bytes().decode("utf-8"))
        except sf.MalformedStorage as error:
            broken += 1
            report.append(f"## {expected.name}\n\nInvalid storage format: {error}\n")
            continue
        if ours == theirs:
            passed += 1
            continue
        lines = difflib.unified_diff(_lines(theirs), _lines(ours), "expected", "rendered", lineterm="", n=2)
        report.append(f"## {expected.name}\n\n```diff\n" + "\n".join(lines) + "\n```\n")
    options.report.write_text("\n".join(report), "utf-8")
    print(f"passed {passed}/{len(pairs)}  differing {len(pairs) - passed - broken}  broken {broken}")
    if passed < len(pairs):
        print(f"differing pairs: {options.report}")
    return 1 if broken else 0


def _pairs(corpus: Path) -> Iterator[tuple[Path, Path, frozenset[str]]]:
    for source in corpus.rglob("*.md"):
        for folder in (source.parent, source.parent.parent / "expected"):
            for ending in (".xml", ".csf", ".xhtml"):
                if (expected := folder / (source.stem + ending)).exists():
                    yield source, expected, frozenset()
    for listing in corpus.rglob("pairs.jsonl"):
        for line in listing.read_text("utf-8").splitlines():
            pair = json.loads(line)
            options = frozenset(name for name, value in pair.get("options", {}).items() if value is True)
            source, expected = listing.parent / pair["input"], listing.parent / pair["expected"]
            if source.exists() and expected.exists() and expected.stem != source.stem:
                yield source, expected, options


def _prepared(storage: str, options: frozenset[str]) -> str:
    """Apply the other tool's options that change the result."""
    if "drop_first_h1" in options:
        return re.sub(r"<h1>.*?</h1>", "", storage, count=1, flags=re.DOTALL)
    return storage


# -- differences that do not matter ------------------------------------------------------------------------------


def comparable_tree(storage: str) -> Tree:
    """Return the normalised tree of a storage format text, without differences that do not matter (`SAME`)."""
    for custom, text in re.findall(r'<h[1-6] id="([^"]*)">(.*?)</h[1-6]>', storage, flags=re.DOTALL):
        anchor = html.escape(anchor_of(sf.plain_text(text)), quote=False).replace('"', "&quot;")
        storage = storage.replace(f'href="#{custom}"', f'href="#{anchor}"')
    return _reduced(normalised(storage))


def _reduced(tree: Tree) -> Tree:
    name, attributes, children = tree
    reduced = [child if isinstance(child, str) else _reduced(child) for child in children]
    kept = [child for child in reduced if not _is_default(child)]
    if name in ("li", "td", "th", "ac:task-body") and kept and _is_bare_paragraph(kept[0]):
        others = [
            child
            for child in kept[1:]
            if isinstance(child, str) or child[0] not in ("ul", "ol", "ac:task-list")
        ]
        if not others:
            kept = [*kept[0][2], *kept[1:]]
    if name == "ac:structured-macro":
        kept = _titled(kept)
    attributes = tuple(pair for pair in attributes if pair != ("class", ""))
    joined: list[Tree | str] = []
    for child in kept:
        if isinstance(child, str):
            child = re.sub(r"\s+", " ", child) if name not in ("ac:plain-text-body", "pre") else child
            if joined and isinstance(joined[-1], str):
                joined[-1] += child
                continue
        joined.append(child)
    if joined and isinstance(joined[-1], str) and name not in ("ac:plain-text-body", "pre"):
        joined[-1] = joined[-1].rstrip()
    return name, attributes, tuple(child for child in joined if child != "")


def _is_bare_paragraph(child: Tree | str) -> bool:
    return not isinstance(child, str) and child[0] == "p" and not child[1]


def _is_default(child: Tree | str) -> bool:
    """Return whether a macro parameter has its default value."""
    if isinstance(child, str) or child[0] != "ac:parameter":
        return False
    named = dict(child[1]).get("ac:name", "")
    value = "".join(part for part in child[2] if isinstance(part, str))
    if named == "language":
        return known_language(value) in ("", "none")
    return (named, value) in (("collapse", "false"), ("icon", "true"), ("linenumbers", "false"))


def _titled(children: list[Tree | str]) -> list[Tree | str]:
    """Normalise the names of code languages and sort parameters first."""
    out: list[Tree | str] = []
    for child in children:
        if not isinstance(child, str) and dict(child[1]).get("ac:name") == "language":
            child = (
                child[0],
                child[1],
                tuple(known_language(part) if isinstance(part, str) else part for part in child[2]),
            )
        out.append(child)
    return sorted(out, key=lambda child: (isinstance(child, str) or child[0] != "ac:parameter", ""))


def _lines(tree: Tree, depth: int = 0) -> list[str]:
    """Return a tree as indented lines."""
    name, attributes, children = tree
    pad = "  " * depth
    shown = "".join(f' {key}="{html.escape(value, quote=False)}"' for key, value in attributes)
    lines = [f"{pad}<{name}{shown}>"]
    for child in children:
        lines += [f"{pad}  {child!r}"] if isinstance(child, str) else _lines(child, depth + 1)
    return lines


if __name__ == "__main__":
    sys.exit(main())
