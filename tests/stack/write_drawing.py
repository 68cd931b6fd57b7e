"""Draws the stack `dev` into docs/stack.md: `python -m tests.stack.write_drawing`."""

from stack.drawing import flow, mermaid
from tests.stack.pipeline_run import ROOT, graph

PAGE = ROOT / "docs" / "stack.md"
_TEXT = """# The stack

<!-- Written by `make graph`. -->

Drawn from the recorded graph of the stack `dev`: what starts which function (solid arrows), and which tables, bucket and
secrets each function may use (dotted arrows). Alarms, logs and roles are left out.

```mermaid
{flowchart}```
"""


def page() -> str:
    """Return the page."""
    return _TEXT.format(flowchart=mermaid(flow(graph("dev"))))


if __name__ == "__main__":
    PAGE.write_text(page())
