"""The demo's summary: the outcome and files of each ticket, and the number of calls."""

import os
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from local.demo.counts import CallCounts
from local.demo.scenario import Result


def print_summary(console: Console, results: list[Result], seconds: float) -> None:
    """Print the summary."""
    console.print("\n[bold]What happened[/bold]")
    for result in results:
        console.print(f"  [bold]{result.key}[/bold] {escape(result.summary)}", soft_wrap=True)
        console.print(f"    {escape(result.what_happened)}", soft_wrap=True)
        for name, file in (("diff page", result.diff_file), ("published page", result.page_file)):
            if file:
                console.print(f"    {name}: {_relative(file)}", soft_wrap=True)
        if result.page_url:
            console.print(f"    URL during the demo: {result.page_url}", soft_wrap=True)
    _calls(console, results)
    console.print(f"\n[bold green]Everything was verified in {seconds:.1f} s.[/bold green]")


def _calls(console: Console, results: list[Result]) -> None:
    table = Table(
        title="Calls made by the pipeline", title_justify="left", title_style="bold", box=None, pad_edge=False
    )
    table.add_column("ticket")
    for name in ("Jira", "Confluence", "AWS", "model", "input tokens", "output tokens"):
        table.add_column(name, justify="right")
    for result in results:
        _row(table, result.key, result.counts)
    published = [result.counts for result in results if result.page_file]
    if published:
        total = sum(published, CallCounts())
        mean = [f"{value / len(published):.0f}" for value in _cells(total)]
        table.add_row("mean per page", *mean, style="bold")
    console.print()
    console.print(table)


def _row(table: Table, name: str, counts: CallCounts) -> None:
    table.add_row(name, *(str(value) for value in _cells(counts)))


def _cells(counts: CallCounts) -> tuple[int, ...]:
    return (
        counts.jira,
        counts.confluence,
        counts.aws,
        counts.model,
        counts.input_tokens,
        counts.output_tokens,
    )


def _relative(file: Path) -> str:
    return os.path.relpath(file)
