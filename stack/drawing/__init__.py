"""Draws a recorded graph as a flowchart of components: which one calls which, and which stores each may use.

    print(mermaid(flow(run_program("path/to/program"))))

Alarms, logs and roles are left out, because nearly every component has them.
"""

from .flow import Arrow, Drawing, Node, flow
from .mermaid import mermaid

__all__ = ["Arrow", "Drawing", "Node", "flow", "mermaid"]
