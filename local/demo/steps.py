"""Progress: one line per step, with the time it took; a step that fails ends the demo and is named."""

import time

from rich.console import Console
from rich.status import Status


class StepFailed(RuntimeError):
    """A step did not do what it should; `step` names it, `reason` says what was seen."""

    def __init__(self, step: str, reason: str) -> None:
        super().__init__(f"{step}: {reason}")
        self.step, self.reason = step, reason


class Steps:
    """The steps of a run, one at a time; beginning one ends the one before."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._step = ""
        self._since = 0.0
        self._status: Status | None = None

    def begin(self, step: str) -> None:
        """Begin a step."""
        self.end()
        self._step, self._since = step, time.monotonic()
        if self._console.is_terminal:
            self._status = self._console.status(step)
            self._status.start()

    def end(self, outcome: str = "") -> None:
        """End the step, if one is under way, with a line that says how it came out."""
        if not self._step:
            return
        self._stop_spinning()
        took = time.monotonic() - self._since
        result = f": {outcome}" if outcome else ""
        self._console.print(
            f"[green]✓[/green] [dim]{took:5.1f} s[/dim]  {self._step}{result}", soft_wrap=True
        )
        self._step = ""

    def check(self, true: bool, otherwise: str) -> None:
        """Raise StepFailed unless something that the step shows is so."""
        if not true:
            self._stop_spinning()
            raise StepFailed(self._step, otherwise)

    def _stop_spinning(self) -> None:
        if self._status:
            self._status.stop()
            self._status = None
