"""Progress output: one line per step with its duration; a failed step is named and ends the demo."""

import time

from rich.console import Console
from rich.markup import escape
from rich.status import Status

from local.signals import handle_interrupts


class StepFailed(RuntimeError):
    """A step failed; `step` names it, `reason` says what was found instead of what was expected."""

    def __init__(self, step: str, reason: str) -> None:
        super().__init__(f"{step}: {reason}")
        self.step, self.reason = step, reason


class Steps:
    """The steps of a run, one at a time; beginning a step ends the previous one."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._step = self._last = ""
        self._since = 0.0
        self._status: Status | None = None

    @property
    def current(self) -> str:
        """Return the running step, or the last one."""
        return self._step or self._last

    def begin(self, step: str) -> None:
        """Begin a step; raises KeyboardInterrupt when a stop was requested during the previous step."""
        handle_interrupts()
        self.end()
        self._step, self._last, self._since = step, step, time.monotonic()
        if self._console.is_terminal:
            self._status = self._console.status(escape(step))
            self._status.start()

    def end(self, outcome: str = "") -> None:
        """End the running step, if there is one, and print a line with its outcome."""
        if not self._step:
            return
        self._stop_spinning()
        took = time.monotonic() - self._since
        line = escape(f"{self._step}: {outcome}" if outcome else self._step)
        self._console.print(f"[green]✓[/green] [dim]{took:5.1f} s[/dim]  {line}", soft_wrap=True)
        self._step = ""

    def check(self, condition: bool, failure: str) -> None:
        """Raise StepFailed with the failure text unless the condition holds."""
        if not condition:
            raise StepFailed(self._step, failure)

    def fail(self, failed: StepFailed) -> None:
        """Print in red which step failed, and the reason."""
        self._stop_spinning()
        self._console.print(
            f"\n[bold red]The demo failed at: {escape(failed.step)}[/bold red]", soft_wrap=True
        )
        self._console.print(escape(failed.reason), soft_wrap=True)

    def _stop_spinning(self) -> None:
        if self._status:
            self._status.stop()
            self._status = None
