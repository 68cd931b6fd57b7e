"""Runs the example programs with what they must be configured with."""

from functools import cache
from pathlib import Path

from stack.testing import Graph, run_program

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "examples"

CONFIG = {
    "github_to_chat": {
        "githubSecret": '{"secret": "hush"}',
        "chatHook": '{"url": "https://chat.example.com/x"}',
    },
    "nightly_export": {},
    "transforms": {},
}


@cache
def graph(example: str) -> Graph:
    """Return the graph of an example, run without a cloud."""
    settings = CONFIG[example]
    return run_program(
        EXAMPLES / example, project=example.replace("_", "-"), config=settings, secret_keys=tuple(settings)
    )
