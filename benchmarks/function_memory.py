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
nor a faster processor during the start, of which the documentation promises nothing. The time with bytecode in the
archives is measured beside it, in the same run.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from stack.function.bytecode import find_interpreter
from stack.function.packaging import function_archive, layer_archive
from stack.pipeline.functions import FUNCTIONS, FunctionShape
from stack.pipeline.layer import EXCLUDE, LOCK
from tests.stack.oldest_runtime import oldest_runtime
from tests.stack.pipeline_run import ROOT, lambda_environments

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


def measure(folder: Path) -> dict[tuple[str, bool], Start]:
    """Start every function ``RUNS`` times, without and with bytecode, by turns; return the medians."""
    commands = {
        (shape.name, compiled): _command(shape, compiled, folder)
        for shape in FUNCTIONS
        for compiled in (False, True)
    }
    environments = lambda_environments()
    found: dict[tuple[str, bool], list[Start]] = {key: [] for key in commands}
    for _ in range(RUNS):
        for key, command in commands.items():
            done = subprocess.run(
                command, env=environments[key[0]], check=True, capture_output=True, text=True
            )
            found[key].append(Start(*map(float, done.stdout.split())))
    return {
        key: Start(
            statistics.median(each.seconds for each in starts),
            statistics.median(each.memory_mb for each in starts),
        )
        for key, starts in found.items()
    }


def _command(shape: FunctionShape, compiled: bool, folder: Path) -> list[str]:
    """Unpack a function's archive and its layer; return the command that starts it as Lambda does."""
    python = f"{sys.version_info.major}.{sys.version_info.minor}"
    interpreter = find_interpreter(python) if compiled else None
    layer = layer_archive(LOCK, ROOT / ".build", exclude=EXCLUDE, interpreter=interpreter)
    task = function_archive(shape.name, ROOT, shape.include, folder, interpreter=interpreter)
    places = []
    for archive in (task, layer) if shape.needs_layer else (task,):
        place = folder / archive.stem
        with zipfile.ZipFile(archive) as content:
            content.extractall(place)
        places.append(str(place / "python" if archive == layer else place))
    path = json.dumps([*places, str(oldest_runtime())])
    # -B: as on Lambda, compiled files are not kept.
    return [sys.executable, "-I", "-S", "-B", "-c", _START, path, shape.handler.rpartition(".")[0]]


def main() -> None:
    """Measure; print time and millionths of a dollar per cold run at each memory, what is chosen, and the stack's."""
    with tempfile.TemporaryDirectory() as folder:
        starts = measure(Path(folder))
    table = Table(box=None, pad_edge=False)
    memories = (f"{memory} MB" for memory in CHOICES)
    for column in (
        "function",
        "processor s",
        "with bytecode",
        "takes MB",
        "waits s",
        *memories,
        "chosen",
        "stack",
    ):
        table.add_column(column, justify="left" if column == "function" else "right")
    for shape in FUNCTIONS:
        start, waiting = starts[shape.name, False], WAITING[shape.name]
        table.add_row(
            shape.name, f"{start.seconds:.2f}", f"{starts[shape.name, True].seconds:.2f}", f"{start.memory_mb:.0f}",
            f"{waiting:.2f}",
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
