"""Writes a drawing as a mermaid flowchart, which GitHub shows in Markdown.

https://mermaid.js.org/syntax/flowchart.html
"""

from stack.drawing.flow import Drawing

_SHAPES = {
    "api": ("[[", "]]"),
    "schedule": ("([", "])"),
    "queue": ("[/", "/]"),
    "function": ("[", "]"),
    "bus": ("{{", "}}"),
    "table": ("[(", ")]"),
    "bucket": ("[(", ")]"),
    "secret": (">", "]"),
}


def mermaid(drawing: Drawing) -> str:
    """Return the flowchart, without the fence around it."""
    ids = {node.name: f"n{number}" for number, node in enumerate(drawing.nodes)}
    lines = ["flowchart LR"]
    for node in drawing.nodes:
        start, end = _SHAPES[node.kind]
        lines.append(f'    {ids[node.name]}{start}"{_text(node.name)}"{end}')
    for arrow in drawing.arrows:
        label = f'|"{_text(arrow.label)}"|' if arrow.label else ""
        lines.append(f"    {ids[arrow.source]} -->{label} {ids[arrow.target]}")
    return "\n".join(lines) + "\n"


def _text(text: str) -> str:
    """Write text so that mermaid takes none of it for syntax."""
    return text.replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;")
