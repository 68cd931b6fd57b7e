"""`python -m local serve`: keep the region up until Ctrl-C, and say where everything is."""

import signal
import threading

from rich.console import Console

from local import state_file
from local.environment import local_environment
from local.state_file import RegionFacts


def serve(*, use_bedrock: bool = False) -> int:
    """Bring the region up, print its URLs, wait for Ctrl-C or SIGTERM, take it down."""
    console = Console()
    state_file.refuse_second()
    ended = threading.Event()
    with local_environment(
        use_bedrock=use_bedrock, say=lambda step: console.print(f"[dim]{step} …[/dim]")
    ) as up:
        facts = state_file.facts(up)
        with state_file.published(facts):
            show(console, facts)
            console.print("Press Ctrl-C to stop it.")
            for number in (signal.SIGTERM, signal.SIGINT):
                signal.signal(number, lambda *_: ended.set())
            ended.wait()
            console.print("[dim]stopping …[/dim]")
    return 0


def show(console: Console, facts: RegionFacts) -> None:
    """Print where everything is, and how to reach AWS from a shell."""
    for name, value in (
        ("Board (play the flow here)", facts.board_url),
        ("Jira", facts.jira_url),
        ("Confluence", facts.confluence_url),
        ("Webhook: change detection", facts.outputs["jiraWebhookUrl"]),
        ("Webhook: approval", facts.outputs["approvalWebhookUrl"]),
        ("AWS endpoint", facts.aws_endpoint),
        ("Bedrock", facts.bedrock_url),
    ):
        console.print(f"[bold]{name:27}[/bold] {value}", highlight=False, soft_wrap=True)
    console.print("\nThe AWS command line works on it after:", style="bold")
    for name, value in (
        ("AWS_ENDPOINT_URL", facts.aws_endpoint),
        ("AWS_CA_BUNDLE", facts.aws_ca_bundle),
        ("AWS_DEFAULT_REGION", facts.aws_region),
        ("AWS_ACCESS_KEY_ID", facts.aws_access_key_id),
        ("AWS_SECRET_ACCESS_KEY", facts.aws_secret_access_key),
        ("AWS_ENDPOINT_URL_BEDROCK_RUNTIME", facts.bedrock_url),
    ):
        console.print(f"  export {name}={value}", highlight=False, soft_wrap=True)
    console.print()
