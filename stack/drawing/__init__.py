"""Draws a recorded graph: what calls what, and what may use what, at the level of components.

    drawing = flow(run_program("path/to/program"))
    Path("stack.svg").write_text(svg(drawing))

Alarms, logs and roles are left out: they belong to nearly everything.
"""

from stack.drawing.flow import Arrow, Drawing, Node, flow
from stack.drawing.mermaid import mermaid
from stack.drawing.svg import svg

__all__ = ["Arrow", "Drawing", "Node", "flow", "mermaid", "svg"]
