"""Writes a drawing as a Mermaid flowchart, which GitHub renders in Markdown.

https://mermaid.js.org/syntax/flowchart.html
"""

from .flow import Drawing

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
_COLOURS = {
    "function": "#fff3bf",
    "bus": "#eebefa",
    "table": "#b2f2bb",
    "bucket": "#b2f2bb",
    "secret": "#ced4da",
}
_STORES = ("table", "bucket", "secret")


def mermaid(drawing: Drawing) -> str:
    """Return the flowchart's text without the code fence; arrows to tables, buckets and secrets are dotted."""
    ids = {node.name: f"n{number}" for number, node in enumerate(drawing.nodes)}
    kinds = {node.name: node.kind for node in drawing.nodes}
    lines = ["flowchart LR"]
    for node in drawing.nodes:
        start, end = _SHAPES[node.kind]
        lines.append(f'    {ids[node.name]}{start}"{_text(node.name)}"{end}')
    for arrow in drawing.arrows:
        line = "-.->" if kinds[arrow.target] in _STORES else "-->"
        label = f'|"{_text(arrow.label)}"|' if arrow.label else ""
        lines.append(f"    {ids[arrow.source]} {line}{label} {ids[arrow.target]}")
    for kind, colour in _COLOURS.items():
        if shown := drawing.of_kind(kind):
            lines.append(f"    classDef {kind} fill:{colour},stroke:#495057,color:#212529")
            lines.append(f"    class {','.join(ids[node.name] for node in shown)} {kind}")
    return "\n".join(lines) + "\n"


def _text(text: str) -> str:
    """Escape a text for use inside quotes in Mermaid."""
    return text.replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;")
