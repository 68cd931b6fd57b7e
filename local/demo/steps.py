"""Progress: one line per step, with the time it took; a step that fails ends the demo and is named."""

import time

from rich.console import Console
from rich.markup import escape
from rich.status import Status

from local.signals import handle_interrupts


class StepFailed(RuntimeError):
    """A step did not do what it should; `step` names it, `reason` says what was seen."""

    def __init__(self, step: str, reason: str) -> None:
        super().__init__(f"{step}: {reason}")
        self.step, self.reason = step, reason


class Steps:
    """The steps of a run, one at a time; beginning one ends the one before."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._step = self._last = ""
        self._since = 0.0
        self._status: Status | None = None

    @property
    def current(self) -> str:
        """Return the step under way, or the last one."""
        return self._step or self._last

    def begin(self, step: str) -> None:
        """Begin a step; raises KeyboardInterrupt when somebody asked to stop during the one before."""
        handle_interrupts()
        self.end()
        self._step, self._last, self._since = step, step, time.monotonic()
        if self._console.is_terminal:
            self._status = self._console.status(escape(step))
            self._status.start()

    def end(self, outcome: str = "") -> None:
        """End the step, if one is under way, with a line that says how it came out."""
        if not self._step:
            return
        self._stop_spinning()
        took = time.monotonic() - self._since
        line = escape(f"{self._step}: {outcome}" if outcome else self._step)
        self._console.print(f"[green]✓[/green] [dim]{took:5.1f} s[/dim]  {line}", soft_wrap=True)
        self._step = ""

    def check(self, true: bool, otherwise: str) -> None:
        """Raise StepFailed unless something that the step shows is so."""
        if not true:
            raise StepFailed(self._step, otherwise)

    def fail(self, failed: StepFailed) -> None:
        """Say in red which step failed, and why."""
        self._stop_spinning()
        self._console.print(
            f"\n[bold red]The demo failed at: {escape(failed.step)}[/bold red]", soft_wrap=True
        )
        self._console.print(escape(failed.reason), soft_wrap=True)

    def _stop_spinning(self) -> None:
        if self._status:
            self._status.stop()
            self._status = None
