"""`python -m local serve`: run the local region until Ctrl-C and print its URLs."""

import signal
import threading

from rich.console import Console

from local import state_file
from local.bedrock.choose_model import STAND_IN, ModelChoice
from local.environment import local_environment
from local.state_file import RegionFacts


def serve(model_choice: ModelChoice = STAND_IN) -> int:
    """Start the region, print its URLs, wait for Ctrl-C or SIGTERM, stop the region."""
    console = Console()
    state_file.refuse_second()
    stopped = threading.Event()
    with local_environment(
        model_choice=model_choice,
        on_step=lambda step: console.print(f"[dim]{step} …[/dim]"),
        wait_until_warm=False,
    ) as up:
        facts = state_file.facts(up)
        with state_file.published(facts):
            print_urls(console, facts)
            console.print(f"Drafts are written by {model_choice.name}.", highlight=False, soft_wrap=True)
            console.print("Press Ctrl-C to stop the region.")
            for number in (signal.SIGTERM, signal.SIGINT):
                signal.signal(number, lambda *_: stopped.set())
            stopped.wait()
            console.print("[dim]stopping the region …[/dim]")
    return 0


def print_urls(console: Console, facts: RegionFacts) -> None:
    """Print the URLs of the region and the environment variables for the AWS command line."""
    for name, value in (
        ("Board (start here)", facts.board_url),
        ("Jira", facts.jira_url),
        ("Confluence", facts.confluence_url),
    ):
        console.print(f"[bold]{name:27}[/bold] {value}", highlight=False, soft_wrap=True)
    console.print("\nTo send a saved webhook body to the pipeline, signed: python -m local send body.json")
    console.print("\nTo use the AWS command line with this region, run first:", style="bold")
    for name, value in (
        ("AWS_ENDPOINT_URL", facts.aws_endpoint),
        ("AWS_CA_BUNDLE", facts.aws_ca_bundle),
        ("AWS_DEFAULT_REGION", facts.aws_region),
        ("AWS_ACCESS_KEY_ID", facts.aws_access_key_id),
        ("AWS_SECRET_ACCESS_KEY", facts.aws_secret_access_key),
        ("AWS_ENDPOINT_URL_BEDROCK_RUNTIME", facts.bedrock_url),
        ("AWS_ENDPOINT_URL_BEDROCK", facts.bedrock_url),
    ):
        console.print(f"  export {name}={value}", highlight=False, soft_wrap=True)
    console.print()
