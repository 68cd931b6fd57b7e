"""`make demo`: finished tickets become published pages on this machine, played through HTTP and verified."""

import shutil
import time
from pathlib import Path

from rich.console import Console

from local.demo import scenario, summary
from local.demo.steps import StepFailed, Steps
from local.environment import LocalEnvironment, local_environment
from local.error_logs import errors_logged
from local.region.ministack_venv import REPOSITORY, is_made, region_python

OUTPUT = REPOSITORY / "demo-output"


def demo(*, use_bedrock: bool = False, output: Path = OUTPUT) -> int:
    """Play the demo and leave its pages in a folder; return 0 when everything shown was verified, else 1."""
    console = Console(highlight=False)
    begun = time.monotonic()
    shutil.rmtree(output, ignore_errors=True)  # let go: there may be no output of an earlier demo
    output.mkdir(parents=True)
    steps = Steps(console)
    try:
        tales = _run(steps, use_bedrock, output)
    except Exception as error:
        # Whatever it was, the step that it happened in is the first thing to know.
        seen = f"{type(error).__name__}: {error}"
        failed = error if isinstance(error, StepFailed) else StepFailed(steps.current, seen)
        steps.fail(failed)
        return 1
    summary.show(console, tales, time.monotonic() - begun)
    return 0


def _run(steps: Steps, use_bedrock: bool, output: Path) -> list[scenario.Result]:
    """Bring the region up, play, take it down, and look whether anything is left. Raises StepFailed and others."""
    if not is_made():
        steps.begin("making the region's environment, once")
        region_python()
    with local_environment(use_bedrock=use_bedrock, say=steps.begin) as up:
        steps.end()
        tales = _play(up, steps, output)
        steps.begin("stopping")
    steps.check(not up.stack.folder.exists(), "MiniStack's folder is still there")
    steps.check(up.stack.process.poll() is not None, "MiniStack still runs")
    steps.end("no process and no temporary folder left")
    return tales


def _play(up: LocalEnvironment, steps: Steps, output: Path) -> list[scenario.Result]:
    """Play every ticket; when a step fails, say what the functions logged."""
    try:
        return scenario.play(up, steps, output)
    except Exception as error:
        reason = error.reason if isinstance(error, StepFailed) else f"{type(error).__name__}: {error}"
        logged = errors_logged(up.stack.client, up.outputs["logGroups"].values())
        raise StepFailed(steps.current, "\n".join([reason, *logged])) from error
