"""Runs the real program with a complete configuration, for the tests of its resource graph."""

from functools import cache
from pathlib import Path
from typing import Any

import yaml

from stack.function.packaging import function_archive
from stack.testing import Graph, run_program
from tests.secrets_in_use import STACK_API_TOKEN, STACK_LINK_KEY, STACK_WEBHOOK_SECRETS

ROOT = Path(__file__).resolve().parents[2]
SETTINGS = Path(__file__).parent / "settings"

SECRETS: dict[str, str] = {
    "jiraApiToken": STACK_API_TOKEN,
    "webhookSecret": ", ".join(STACK_WEBHOOK_SECRETS),
    "linkKey": STACK_LINK_KEY,
}

FUNCTIONS = (
    "ApprovalHandler",
    "DocumentOrchestrator",
    "JiraWebhookHandler",
    "ReviewPage",
    "ReviewTicketCreator",
    "Sweep",
)


def some_layer() -> str:
    """Return the path of a small archive used as the layer: these tests install no packages."""
    return str(function_archive("some-layer", ROOT / "stack", ["__init__.py"], ROOT / ".build"))


def settings_of(stack: str) -> dict[str, Any]:
    """Read the tests' own settings of `dev` and `prod`; operators may edit Pulumi.STACK.yaml."""
    settings: dict[str, Any] = yaml.safe_load((SETTINGS / f"{stack}.yaml").read_text())["config"]
    return settings


@cache
def run(
    stack: str = "dev",
    *,
    named: str = "",
    preview: bool = False,
    without: tuple[str, ...] = (),
    **changed: Any,
) -> Graph:
    """Run the program of this repository with the settings of a stack and made-up secrets; once per process.

    `changed` replaces or adds settings, `without` removes them, `named` calls the stack something else.
    """
    config = {**settings_of(stack), **{f"kinexus:{key}": value for key, value in SECRETS.items()}}
    config["kinexus:layerArchive"] = some_layer()
    config |= {f"kinexus:{key}": value for key, value in changed.items()}
    return run_program(
        ROOT,
        project="kinexus",
        stack=named or stack,
        config={key: value for key, value in config.items() if key.removeprefix("kinexus:") not in without},
        secret_keys=(*SECRETS, "chatWebhookUrl"),
        preview=preview,
    )


def graph(stack: str) -> Graph:
    """Return the graph of `dev` or `prod` as its file in `settings` configures it."""
    return run(stack)


@cache
def lambda_environments(stack: str = "dev") -> dict[str, dict[str, str]]:
    """Return the environment variables of each function, as Lambda starts it in a stack."""
    given = {"AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x"}
    given |= {"AWS_REGION": "us-east-1", "AWS_DEFAULT_REGION": "us-east-1"}
    return {
        one.inputs["name"].partition("-")[2]: {**given, **one.inputs["environment"]["variables"]}
        for one in graph(stack).of_type("aws:lambda/function:Function")
    }
