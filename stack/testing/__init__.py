"""A test kit for Pulumi programs: run one without an engine, and look at the whole graph it made.

    graph = run_program("path/to/program", project="shop", stack="dev", config={"size": "3"})
    assert graph.named("orders-table").inputs["billingMode"] == "PAY_PER_REQUEST"

What it does not prove: the checks a provider makes, naming rules, quotas, and whatever only the cloud knows.
Every check with an example: docs/testing.md.
"""

from . import checks
from .graph import UNKNOWN, AppliedTransform, Graph, Registration, Resource
from .monitor import Create, Invoke, RecordingMonitor
from .program import run_program

__all__ = [
    "UNKNOWN",
    "AppliedTransform",
    "Create",
    "Graph",
    "Invoke",
    "RecordingMonitor",
    "Registration",
    "Resource",
    "checks",
    "run_program",
]
