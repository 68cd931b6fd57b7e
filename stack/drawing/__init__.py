"""Draws a recorded graph: what calls what, and what may use what, at the level of components.

    print(mermaid(flow(run_program("path/to/program"))))

Alarms, logs and roles are left out: they belong to nearly everything.
"""

from .flow import Arrow, Drawing, Node, flow
from .mermaid import mermaid

__all__ = ["Arrow", "Drawing", "Node", "flow", "mermaid"]
