"""`make demo`: close five tickets in the local region, review the drafts and verify the published pages over HTTP."""

import shutil
import time
from pathlib import Path

from rich.console import Console

from local.bedrock.choose_model import STAND_IN, ModelChoice
from local.demo import scenario, summary
from local.demo.steps import StepFailed, Steps
from local.environment import LocalEnvironment, local_environment
from local.error_logs import errors_logged
from local.region.ministack_venv import REPOSITORY, is_made, region_python

OUTPUT = REPOSITORY / "demo-output"


def demo(model_choice: ModelChoice = STAND_IN, output: Path = OUTPUT) -> int:
    """Play the demo and write its pages to a folder; return 0 when every step was verified, else 1."""
    console = Console(highlight=False)
    started = time.monotonic()
    shutil.rmtree(output, ignore_errors=True)  # let go: there may be no output of an earlier demo
    output.mkdir(parents=True)
    steps = Steps(console)
    try:
        results = _run(steps, model_choice, output)
    except Exception as error:
        # Any error is reported with the step in which it happened.
        reason = f"{type(error).__name__}: {error}"
        failed = error if isinstance(error, StepFailed) else StepFailed(steps.current, reason)
        steps.fail(failed)
        return 1
    summary.print_summary(console, results, time.monotonic() - started)
    return 0


def _run(steps: Steps, model_choice: ModelChoice, output: Path) -> list[scenario.Result]:
    """Start the region, play, stop it, and check that nothing is left behind. Raises StepFailed and others."""
    if not is_made():
        steps.begin("installing MiniStack in .region-env (only the first time)")
        region_python()
    with local_environment(model_choice=model_choice, on_step=steps.begin) as up:
        steps.end()
        results = _play(up, steps, output)
        steps.begin("stopping the region")
    steps.check(not up.stack.folder.exists(), f"MiniStack's temporary folder still exists: {up.stack.folder}")
    steps.check(up.stack.process.poll() is not None, f"MiniStack still runs (process {up.stack.process.pid})")
    steps.end("no process and no temporary folder is left")
    return results


def _play(up: LocalEnvironment, steps: Steps, output: Path) -> list[scenario.Result]:
    """Play every ticket; when a step fails, add the functions' logged errors to its reason."""
    try:
        return scenario.play(up, steps, output)
    except Exception as error:
        reason = error.reason if isinstance(error, StepFailed) else f"{type(error).__name__}: {error}"
        logged = errors_logged(up.stack.client, up.outputs["logGroups"].values())
        raise StepFailed(steps.current, "\n".join([reason, *logged])) from error
