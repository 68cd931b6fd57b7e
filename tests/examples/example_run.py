"""Runs the example programs with their required configuration."""

import json
from functools import cache
from pathlib import Path

from stack.testing import Graph, run_program
from tests.secrets_in_use import SECRET_SETTING

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "examples"

CONFIG = {
    "github_to_chat": {
        "githubSecret": json.dumps({"secret": SECRET_SETTING}),
        "chatHook": '{"url": "https://chat.example.com/x"}',
    },
    "nightly_export": {},
    "transforms": {},
}


@cache
def graph(example: str) -> Graph:
    """Return the resource graph of an example, run without a cloud."""
    settings = CONFIG[example]
    return run_program(
        EXAMPLES / example, project=example.replace("_", "-"), config=settings, secret_keys=tuple(settings)
    )
