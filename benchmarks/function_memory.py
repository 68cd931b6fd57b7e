"""Choose each function's memory by its cold start and its price.

    python -m benchmarks.function_memory

Starts every function of the stack from its archive and layer in fresh processes, up to the clients of its dependencies,
with boto3 in the oldest version that Lambda may carry. The processor time is measured; the rest is computed:

- At ``m`` MB a function has ``m / 1769`` of a processor, and Python uses one:
  https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html
- It then waits for its calls, 0.2 s each for Atlassian, 2 s for the model and 0.02 s for AWS.
- Lambda bills memory × (start + waiting), the start included since August 2025.

Chosen is the memory with the lowest product of time and price; functions that read pages get 512 MB at least, because
the outline of a page of 5 MB takes 200 MB. What Lambda adds before Python starts is not counted,
nor a faster processor during the start, of which the documentation promises nothing.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from stack.pipeline.functions import FUNCTIONS
from stack.pipeline.layer import build_layer
from tests.stack.oldest_runtime import oldest_runtime
from tests.stack.pipeline_run import graph

RUNS = 11
#: Memory in MB; more would add a second processor, which Python does not use.
CHOICES = (256, 512, 1024, 1769)
LEAST_WITH_PAGES = 512
ONE_PROCESSOR = 1769
#: Dollars per GB and second on arm64, us-east-1: https://aws.amazon.com/lambda/pricing/
PRICE = 0.0000133334
ATLASSIAN, AWS, MODEL = 0.2, 0.02, 2.0
#: Seconds for which one run waits: calls of the demo to each service.
WAITING: Mapping[str, float] = {
    "JiraWebhookHandler": 4 * AWS,
    "DocumentOrchestrator": 20 * ATLASSIAN + 20 * AWS + 2 * MODEL,
    "ReviewTicketCreator": 14 * ATLASSIAN + 10 * AWS,
    "ApprovalHandler": 14 * ATLASSIAN + 12 * AWS,
    "ReviewPage": 2 * AWS,
    "Sweep": 12 * ATLASSIAN + 8 * AWS,
}
_START = """
import importlib, json, re, sys, time
sys.path[:0] = json.loads(sys.argv[1])
importlib.import_module(sys.argv[2])
dependencies = importlib.import_module(sys.argv[2].rpartition(".")[0] + ".dependencies")
for name, build in list(vars(dependencies).items()):
    if name.startswith("build_") and getattr(build, "__module__", "") == dependencies.__name__:
        build()
peak = re.search(r"VmHWM:\\s+(\\d+) kB", open("/proc/self/status").read())
print(time.process_time(), int(peak[1]) / 1024)
"""


@dataclass(frozen=True)
class Start:
    """A function's cold start: processor seconds, and the memory that it takes in MB."""

    seconds: float
    memory_mb: float


def duration(processor: float, waiting: float, memory_mb: int) -> float:
    """Return the seconds of a run that computes and waits."""
    return processor * ONE_PROCESSOR / min(memory_mb, ONE_PROCESSOR) + waiting


def dollars(processor: float, waiting: float, memory_mb: int) -> float:
    """Return the price of such a run."""
    return memory_mb / 1024 * duration(processor, waiting, memory_mb) * PRICE


def chosen(processor: float, waiting: float, least_mb: int = 0) -> int:
    """Return the memory with the lowest product of time and price."""

    def product(memory_mb: int) -> float:
        return duration(processor, waiting, memory_mb) * dollars(processor, waiting, memory_mb)

    return min((memory for memory in CHOICES if memory >= least_mb), key=product)


def measure(functions: Mapping[str, Mapping[str, Any]], folder: Path) -> dict[str, Start]:
    """Start every function ``RUNS`` times, by turns, from unpacked archives; return the medians."""
    with zipfile.ZipFile(build_layer()) as archive:
        archive.extractall(folder / "opt")
    commands: dict[str, tuple[list[str], dict[str, str]]] = {}
    for shape in FUNCTIONS:
        inputs = functions[shape.name]
        task = folder / shape.name
        with zipfile.ZipFile(inputs["code"].path) as archive:
            archive.extractall(task)
        layers = [str(folder / "opt" / "python")] if inputs["layers"] else []
        path = json.dumps([str(task), *layers, str(oldest_runtime())])
        module = shape.handler.rpartition(".")[0]
        # -B: as on Lambda, compiled files are not kept.
        commands[shape.name] = (
            [sys.executable, "-I", "-S", "-B", "-c", _START, path, module],
            {
                **inputs["environment"]["variables"],
                "AWS_REGION": "us-east-1", "AWS_DEFAULT_REGION": "us-east-1",
                "AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x",
                "PATH": os.environ["PATH"],
            },
        )  # fmt: skip
    found: dict[str, list[Start]] = {name: [] for name in commands}
    for _ in range(RUNS):
        for name, (command, environment) in commands.items():
            done = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
            found[name].append(Start(*map(float, done.stdout.split())))
    return {
        name: Start(
            statistics.median(each.seconds for each in starts),
            statistics.median(each.memory_mb for each in starts),
        )
        for name, starts in found.items()
    }


def main() -> None:
    """Measure; print time and millionths of a dollar per cold run at each memory, what is chosen, and the stack's."""
    made = graph("dev").of_type("aws:lambda/function:Function")
    functions = {one.inputs["name"].partition("-")[2]: one.inputs for one in made}
    with tempfile.TemporaryDirectory() as folder:
        starts = measure(functions, Path(folder))
    table = Table(box=None, pad_edge=False)
    memories = (f"{memory} MB" for memory in CHOICES)
    for column in ("function", "processor s", "takes MB", "waits s", *memories, "chosen", "stack"):
        table.add_column(column, justify="left" if column == "function" else "right")
    for shape in FUNCTIONS:
        start, waiting = starts[shape.name], WAITING[shape.name]
        table.add_row(
            shape.name, f"{start.seconds:.2f}", f"{start.memory_mb:.0f}", f"{waiting:.2f}",
            *(
                f"{duration(start.seconds, waiting, memory):.1f} s, {dollars(start.seconds, waiting, memory) * 1e6:.0f}"
                for memory in CHOICES
            ),
            str(chosen(start.seconds, waiting, LEAST_WITH_PAGES if shape.needs_layer else 0)),
            str(shape.memory_mb),
        )  # fmt: skip
    Console(width=150).print(table)


if __name__ == "__main__":
    main()
