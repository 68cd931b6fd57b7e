"""Checks Jira, Confluence and the Bedrock model before anything is deployed, as a Pulumi resource. Only for Python.

The check runs in the provider's `check`, which Pulumi calls in every preview and update, even if no input changed. All
other resources depend on this one: if the check fails, nothing is created or changed.
"""

from typing import TypedDict

import pulumi
from pulumi import dynamic

from .args import DocumentationPipelineArgs
from .preflight_provider import PreflightProvider


class PreflightArgs(TypedDict):
    """The site, space, project and model to check."""

    jira_url: pulumi.Input[str]
    """Base of Jira's REST API."""
    confluence_url: pulumi.Input[str]
    """Base of Confluence's REST API."""
    email: pulumi.Input[str]
    """E-mail address of the account that owns the API token."""
    space_keys: pulumi.Input[str]
    """Keys of the spaces, comma separated."""
    trust_folders: pulumi.Input[bool]
    """Value of the setting `trustFolders`."""
    review_project: pulumi.Input[str]
    """Key of the project for review tickets; empty for the source ticket's own."""
    review_issue_type: pulumi.Input[str]
    """Issue type of review tickets."""
    review_link_type: pulumi.Input[str]
    """Type of the links between review tickets and source tickets."""
    review_fields: pulumi.Input[str]
    """Further fields of new review tickets, as JSON; empty for none."""
    document_labels: pulumi.Input[str]
    """Ticket labels that request documentation, comma separated."""
    confluence_email: pulumi.Input[str]
    """E-mail address of the account that owns the API token for Confluence."""
    token_url: pulumi.Input[str]
    """Token URL of OAuth 2.0 client credentials; empty for API tokens."""
    client_id: pulumi.Input[str]
    """Client id of OAuth 2.0 client credentials; empty for API tokens."""
    approver_group: pulumi.Input[str]
    """Id of the Jira group whose members may decide; empty for none."""
    ticket_fields: pulumi.Input[str]
    """Further fields that drafts are made from, comma separated; empty for none."""
    style_guide_page: pulumi.Input[str]
    """Id of the page with the style guide; empty for none."""
    routes: pulumi.Input[str]
    """Routes as JSON; empty for none."""
    region: pulumi.Input[str]
    """AWS region of the model."""
    model_id: pulumi.Input[str]
    """Model or inference profile."""
    request_fields: pulumi.Input[str]
    """Value of the setting `additionalModelRequestFields`."""


class Preflight(dynamic.Resource, module="kinexus", name="Preflight"):
    """Fails, with the remedy, if the site, the token's permissions or the model do not meet the pipeline's needs.

    The provider reads the token from the stack's configuration; the token is not an input of this resource.
    """

    notes: pulumi.Output[list[str] | None]
    """Warnings, which do not stop the deployment."""

    def __init__(self, name: str, args: PreflightArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(PreflightProvider(), name, {**args, "notes": None}, opts)


def after_preflight(
    name: str,
    args: DocumentationPipelineArgs,
    region: pulumi.Input[str],
    model_id: pulumi.Input[str],
    opts: pulumi.ResourceOptions,
) -> tuple[pulumi.ResourceOptions, pulumi.Output[list[str]]]:
    """Create the preflight check, unless it is disabled.

    Returns the options for resources that depend on it, and its warnings.
    """
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
            "review_link_type": args["review_link_type"],
            "review_fields": args["review_fields"],
            "document_labels": args["document_labels"],
            "confluence_email": args["confluence_email"],
            "token_url": args["atlassian_token_url"],
            "client_id": args["atlassian_client_id"],
            "approver_group": args["approver_group_id"],
            "ticket_fields": args["ticket_fields"],
            "style_guide_page": args["style_guide_page"],
            "routes": args["routes"],
            "region": region,
            "model_id": model_id,
            "request_fields": args["additional_model_request_fields"],
        },
        opts,
    )
    dependent = pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(depends_on=[preflight]))
    return dependent, preflight.notes.apply(_warn)


def _warn(notes: list[str] | None) -> list[str]:
    """Log the warnings to the output of the preview or update, and return them."""
    for note in notes or []:
        pulumi.log.warn(note)
    return notes or []
