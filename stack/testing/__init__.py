"""A test kit for Pulumi programs: runs a program without an engine, and returns the whole resource graph.

    graph = run_program("path/to/program", project="shop", stack="dev", config={"size": "3"})
    assert graph.named("orders-table").inputs["billingMode"] == "PAY_PER_REQUEST"

It does not prove what only the provider and the cloud check, such as naming rules and quotas. docs/testing.md describes
every check with an example.
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
