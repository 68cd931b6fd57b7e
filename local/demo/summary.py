"""What a person wants to know at the end: per ticket what happened and where to look, and what it took."""

import os
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from local.demo.counts import Counts
from local.demo.scenario import Result


def show(console: Console, tales: list[Result], seconds: float) -> None:
    """Print the summary."""
    console.print("\n[bold]What happened[/bold]")
    for tale in tales:
        console.print(f"  [bold]{tale.key}[/bold] {escape(tale.summary)}", soft_wrap=True)
        console.print(f"    {escape(tale.what_happened)}", soft_wrap=True)
        for name, file in (("difference", tale.diff_file), ("page", tale.page_file)):
            if file:
                console.print(f"    {name}: {_relative(file)}", soft_wrap=True)
        if tale.page_url:
            console.print(f"    was at: {tale.page_url}", soft_wrap=True)
    _calls(console, tales)
    console.print(f"\n[bold green]Everything was verified. {seconds:.1f} s in all.[/bold green]")


def _calls(console: Console, tales: list[Result]) -> None:
    table = Table(
        title="Calls of the pipeline", title_justify="left", title_style="bold", box=None, pad_edge=False
    )
    table.add_column("")
    for name in ("Jira", "Confluence", "AWS", "model", "tokens in", "tokens out"):
        table.add_column(name, justify="right")
    for tale in tales:
        _row(table, tale.key, tale.counts)
    published = [tale.counts for tale in tales if tale.page_file]
    if published:
        total = sum(published, Counts())
        mean = [f"{value / len(published):.0f}" for value in _cells(total)]
        table.add_row("per published page", *mean, style="bold")
    console.print()
    console.print(table)


def _row(table: Table, name: str, counts: Counts) -> None:
    table.add_row(name, *(str(value) for value in _cells(counts)))


def _cells(counts: Counts) -> tuple[int, ...]:
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
