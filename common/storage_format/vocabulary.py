"""What the elements of storage format are to an editor of blocks."""

from __future__ import annotations

HEADINGS = {f"h{level}": level for level in range(1, 7)}

STRUCTURE = frozenset(
    ["p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "dl", "dt", "dd", "blockquote", "pre", "hr", "table", "thead", "tbody", "tfoot", "tr", "td", "th", "div", "section", "article", "header", "footer", "main", "aside", "nav", "center", "figure", "ac:layout", "ac:layout-section", "ac:layout-cell", "ac:structured-macro", "ac:macro", "ac:rich-text-body", "ac:plain-text-body", "ac:task-list", "ac:task", "ac:task-body", "ac:image", "ac:adf-extension", "ac:adf-node", "ac:adf-content", "ac:adf-fallback"]
)
"""Elements that make up the tree of blocks. Everything else is inline, and so is what nobody knows."""

MACROS = frozenset({"ac:structured-macro", "ac:macro"})

FLOWS = frozenset(
    ["p", "ac:layout-cell", "ac:rich-text-body", "ac:task-body", "li", "dd", "td", "th", "blockquote", "div", "section", "article", "header", "footer", "main", "aside", "nav", "center", "figure", "ac:adf-content"]
)
"""Containers that hold blocks and loose text alike."""

CODE_MACROS = frozenset({"code", "noformat", "code-block", "paste-code-macro"})

MAX_DEPTH = 200
"""How deep elements may nest. Real pages stay under 60."""
