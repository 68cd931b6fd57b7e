"""Draws the stack `dev` into docs/images: `python -m tests.stack.write_drawing`."""

from stack.drawing import flow, mermaid, svg
from tests.stack.pipeline_run import ROOT, graph

FOLDER = ROOT / "docs" / "images"


def pictures() -> dict[str, str]:
    """Return the pictures by file name."""
    drawing = flow(graph("dev"))
    return {"stack.svg": svg(drawing), "stack.mmd": mermaid(drawing)}


def main() -> None:
    """Write the pictures."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, text in pictures().items():
        (FOLDER / name).write_text(text)


if __name__ == "__main__":
    main()
