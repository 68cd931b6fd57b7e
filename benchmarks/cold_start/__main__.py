"""Measure the cold start of every function beside its floor: `python -m benchmarks.cold_start [--runs N]`.

From process start to the answer of the first real message: from the archive and the layer, unpacked and read-only as on
Lambda, with the oldest boto3 of the runtime. AWS, Atlassian and the model answer over TLS with what was recorded.
Processes are fresh, all cases and both floors by turns, and figures are medians: processor time, and wall-clock time
beside it. The floors are Python alone, and boto3 with one client; ratios are to the second. Each case is measured
without and with bytecode in its archive.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks.cold_start.record import Answer, Case
from benchmarks.cold_start.replay import Replay, replaying, trust
from local.region.certificate import write_certificate
from stack.function.bytecode import find_interpreter
from stack.function.packaging import function_archive, layer_archive
from stack.pipeline.functions import FUNCTIONS, FunctionShape
from stack.pipeline.layer import EXCLUDE, LOCK
from tests.stack.oldest_runtime import oldest_runtime

ROOT = Path(__file__).resolve().parents[2]
#: The most that a case may take, as a ratio to boto3 with one client: without bytecode, then with it.
GOALS: Mapping[str, tuple[float, float]] = {
    "ignored webhook": (1.3, 0),
    "recorded webhook": (1.3, 0),
    "review page": (1.3, 0),
    "approval webhook": (1.4, 0),
    "sweep": (0, 1.6),
    "review creator": (0, 2.1),
    "publishing": (0, 2.1),
    "orchestrator": (0, 2.5),
}
PYTHON, BOTO3 = "Python", "boto3 and one client"
_BOTO3 = "import boto3; boto3.client('dynamodb'); result = {}"
_FIRST_MESSAGE = """
import importlib, json
entry = importlib.import_module(module)
with open(event) as file:
    given = json.load(file)
class Context:
    aws_request_id = "first"
    get_remaining_time_in_millis = staticmethod(lambda: 90_000)
result = entry.handle(given, Context())
"""
_SCRIPT = """
import sys, time
places, module, event = sys.argv[1].split(":"), sys.argv[2], sys.argv[3]
sys.path[:0] = [place for place in places if place]
{body}
assert result.get("statusCode", 200) == 200 and not result.get("batchItemFailures"), result
sys.stdout.write("measured %s\\n" % time.process_time())
"""


@dataclass(frozen=True)
class Start:
    """One cold start, in seconds."""

    processor: float
    wall: float


@dataclass(frozen=True)
class Process:
    """What is started: a command, its environment, and the answers that it gets."""

    command: Sequence[str]
    environment: Mapping[str, str]
    answers: Sequence[Answer] = ()


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print; return 1 if a goal is missed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.cold_start", description=__doc__)
    parser.add_argument("--runs", type=int, default=11)
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        cases, environment = recorded(folder)
        files = write_certificate(folder)
        with replaying(files, environment["DOCUMENTS_BUCKET"]) as server:
            url = f"https://127.0.0.1:{server.server_port}"
            environment |= {
                "JIRA_BASE_URL": url, "CONFLUENCE_URL": f"{url}/wiki", "AWS_ENDPOINT_URL": url,
                "AWS_CA_BUNDLE": str(files.authority), "AWS_DEFAULT_REGION": "us-east-1", "AWS_REGION": "us-east-1",
                "AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x", "PATH": os.environ["PATH"],
            }  # fmt: skip
            processes = _processes(cases, environment, folder, files.authority)
            found = measure(processes, server, options.runs)
    missed = _print(found, [each.name for each in cases], options.runs)
    for line in missed:
        print(line)
    return 1 if missed else 0


def recorded(folder: Path) -> tuple[list[Case], dict[str, str]]:
    """Record in a process of its own, which the recording changes; return the cases and the environment."""
    kept = folder / "recorded.json"
    command = [sys.executable, "-W", "ignore", "-m", "benchmarks.cold_start.record", str(kept)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    read = json.loads(kept.read_text())
    cases = [
        Case(**{**case, "answers": [Answer(**each) for each in case["answers"]]}) for case in read["cases"]
    ]
    return cases, read["environment"]


def measure(processes: Mapping[str, Process], server: Replay, runs: int) -> dict[str, Start]:
    """Start every process so many times, by turns; return the medians."""
    found: dict[str, list[Start]] = {name: [] for name in processes}
    for _ in range(runs):
        for name, process in processes.items():
            server.prepare(process.answers)
            found[name].append(_started(name, process))
            if server.unexpected or server.missing:
                raise RuntimeError(f"{name}: not recorded {server.unexpected}, not asked {server.missing}")
    return {
        name: Start(
            statistics.median(each.processor for each in starts),
            statistics.median(each.wall for each in starts),
        )
        for name, starts in found.items()
    }


def _started(name: str, process: Process) -> Start:
    begun = time.monotonic()
    done = subprocess.run(
        process.command, env=dict(process.environment), capture_output=True, text=True, check=False
    )
    wall = time.monotonic() - begun
    told = [line for line in done.stdout.splitlines() if line.startswith("measured ")]
    if done.returncode or not told:
        raise RuntimeError(f"{name}: {done.stdout[-2_000:]}{done.stderr[-2_000:]}")
    return Start(float(told[-1].split()[1]), wall)


def _processes(
    cases: Sequence[Case], environment: Mapping[str, str], folder: Path, authority: Path
) -> dict[str, Process]:
    runtime = str(oldest_runtime())
    shapes = {shape.name: shape for shape in FUNCTIONS}
    processes = {
        PYTHON: Process(_command("result = {}", [], "", ""), environment),
        BOTO3: Process(_command(_BOTO3, [runtime], "", ""), environment),
    }
    for is_compiled in (False, True):
        unpacked = {
            name: _unpacked(shapes[name], is_compiled, folder, authority)
            for name in dict.fromkeys(case.function for case in cases)
        }
        for case in cases:
            event = folder / f"{case.name.replace(' ', '-')}.json"
            event.write_text(json.dumps(case.event))
            module = shapes[case.function].handler.rpartition(".")[0]
            variables = {
                name: environment[name] for name in shapes[case.function].variables if name in environment
            }
            given = {
                **{name: value for name, value in environment.items() if name.startswith(("AWS", "PATH"))},
                **variables,
            }
            command = _command(_FIRST_MESSAGE, [*unpacked[case.function], runtime], module, str(event))
            processes[_label(case.name, is_compiled)] = Process(command, given, case.answers)
    return processes


def _label(name: str, is_compiled: bool) -> str:
    return f"{name}, bytecode" if is_compiled else name


def _command(body: str, places: Sequence[str], module: str, event: str) -> list[str]:
    # -B: as on Lambda, compiled files are not kept.
    script = _SCRIPT.replace("{body}", body)
    return [sys.executable, "-I", "-S", "-B", "-c", script, ":".join(places), module, event]


def _unpacked(shape: FunctionShape, is_compiled: bool, folder: Path, authority: Path) -> list[str]:
    """Unpack a function's archive, and its layer if it has one; return both places."""
    python = f"{sys.version_info.major}.{sys.version_info.minor}"
    interpreter = find_interpreter(python) if is_compiled else None
    archives = [function_archive(shape.name, ROOT, shape.include, folder, interpreter=interpreter)]
    if shape.needs_layer:
        archives.append(layer_archive(LOCK, ROOT / ".build", exclude=EXCLUDE, interpreter=interpreter))
    places = []
    for archive in archives:
        place = folder / archive.stem
        if not place.exists():
            with zipfile.ZipFile(archive) as content:
                content.extractall(place)
            for bundle in place.rglob("certifi/cacert.pem"):
                trust(authority, bundle)
        places.append(str(place / "python" if archive is not archives[0] else place))
    return places


def _print(found: Mapping[str, Start], names: Sequence[str], runs: int) -> list[str]:
    """Print the table; return a line for each missed goal."""
    floor = found[BOTO3].processor
    table = Table(box=None, pad_edge=False)
    for column in ("", "processor ms", "ratio", "wall ms", "with bytecode", "ratio", "wall ms", "goal"):
        table.add_column(column, justify="right" if column else "left")
    for name in (PYTHON, BOTO3):
        table.add_row(
            name, _ms(found[name].processor), f"{found[name].processor / floor:.2f}", _ms(found[name].wall)
        )
    missed = []
    for name in names:
        plain, compiled = found[name], found[_label(name, True)]
        ratios = plain.processor / floor, compiled.processor / floor
        at = 0 if GOALS[name][0] else 1
        goal = GOALS[name][at]
        table.add_row(
            name,
            _ms(plain.processor), f"{ratios[0]:.2f}", _ms(plain.wall),
            _ms(compiled.processor), f"{ratios[1]:.2f}", _ms(compiled.wall),
            f"{goal}{' with bytecode' if at else ''}",
        )  # fmt: skip
        if ratios[at] > goal:
            missed.append(f"{name}: {ratios[at]:.2f} times the floor, more than {goal}")
    console = Console(width=130)
    console.print(
        f"Medians of {runs} cold starts, to the answer of the first message; ratios to {BOTO3}", table
    )
    return missed


def _ms(seconds: float) -> str:
    return f"{seconds * 1_000:,.0f}"


if __name__ == "__main__":
    sys.exit(main())
