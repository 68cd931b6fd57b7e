"""A look at the site and the model before anything is made, as a resource. For programs in Python only.

Pulumi has a resource's inputs checked by its provider in every preview and in every update, whether they changed or
not. That is where the look happens; everything else waits for this resource, so nothing is made when it refuses.
"""

from typing import TypedDict

import pulumi
from pulumi import dynamic

from .args import DocumentationPipelineArgs
from .preflight_provider import PreflightProvider


class PreflightArgs(TypedDict):
    """What is looked at."""

    jira_url: pulumi.Input[str]
    """Base of Jira's REST API."""
    confluence_url: pulumi.Input[str]
    """Base of Confluence's REST API."""
    email: pulumi.Input[str]
    """Account that the API token belongs to."""
    space_keys: pulumi.Input[str]
    """Keys of the spaces, comma separated."""
    trust_folders: pulumi.Input[bool]
    """Whether pages below folders are treated like others."""
    review_project: pulumi.Input[str]
    """Key of the project for review tickets; empty for the source ticket's own."""
    review_issue_type: pulumi.Input[str]
    """Issue type of review tickets."""
    approver_group: pulumi.Input[str]
    """Jira group of those who may approve; empty for none."""
    region: pulumi.Input[str]
    """Region that the model is asked in."""
    model_id: pulumi.Input[str]
    """Model or inference profile."""


class Preflight(dynamic.Resource, module="kinexus", name="Preflight"):
    """Refuses, with the remedy, while the site, the token's rights or the model are not what the pipeline needs.

    The token is read where the provider runs, from the stack's configuration, and is no input of this resource.
    """

    notes: pulumi.Output[list[str] | None]
    """What does not stop the pipeline but is worth knowing."""

    def __init__(self, name: str, args: PreflightArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(PreflightProvider(), name, {**args, "notes": None}, opts)


def after_preflight(
    name: str, args: DocumentationPipelineArgs, region: pulumi.Input[str], opts: pulumi.ResourceOptions
) -> tuple[pulumi.ResourceOptions, pulumi.Output[list[str]]]:
    """Look beforehand, unless that is off; return options for all that has to wait for it, and what was noted."""
    if not args["preflight"]:
        return opts, pulumi.Output.from_input([])
    preflight = Preflight(
        f"{name}-preflight",
        {
            "jira_url": args["jira_base_url"],
            "confluence_url": args["confluence_url"],
            "email": args["jira_email"],
            "space_keys": args["confluence_space_key"],
            "trust_folders": args["trust_folders"],
            "review_project": args["jira_review_project"],
            "review_issue_type": args["review_issue_type"],
            "approver_group": args["approver_group_id"],
            "region": region,
            "model_id": args["bedrock_model_id"],
        },
        opts,
    )
    waiting = pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(depends_on=[preflight]))
    return waiting, preflight.notes.apply(_warn)


def _warn(notes: list[str] | None) -> list[str]:
    """Show the notes with the preview or update."""
    for note in notes or []:
        pulumi.log.warn(note)
    return notes or []
