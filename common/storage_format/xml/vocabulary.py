"""Element names of storage format, grouped by their role in block editing."""

from __future__ import annotations


def names(text: str) -> frozenset[str]:
    """Return the names in a text separated by white space."""
    return frozenset(text.split())


HEADINGS = {f"h{level}": level for level in range(1, 7)}

STRUCTURE = names(
    """
    p h1 h2 h3 h4 h5 h6 ul ol li dl dt dd blockquote pre hr
    table thead tbody tfoot tr td th
    div section article header footer main aside nav center figure
    ac:layout ac:layout-section ac:layout-cell
    ac:structured-macro ac:macro ac:rich-text-body ac:plain-text-body
    ac:task-list ac:task ac:task-body ac:image
    ac:adf-extension ac:adf-node ac:adf-content ac:adf-fallback
    """
)
"""Elements that make up the tree of blocks. Everything else, unknown elements included, is inline."""

MACROS = names("ac:structured-macro ac:macro")

BOXES = names("info note warning tip panel expand")
"""Macros that only frame their content: panels and expands."""

FLOWS = names(
    """
    p ac:layout-cell ac:rich-text-body ac:task-body li dd dt td th blockquote div section article header footer
    main aside nav center figure ac:adf-content
    """
)
"""Containers that may hold both blocks and loose text; other containers hold only specific elements."""

CODE_MACROS = names("code noformat code-block paste-code-macro")

MAX_DEPTH = 200
"""Maximum nesting of elements. Real pages stay under 60."""
