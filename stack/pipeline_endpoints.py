"""The pipeline's endpoints: where Jira reports to, and where reviewers look."""

from collections.abc import Mapping

import pulumi

from stack import pipeline_functions as functions
from stack.pipeline_args import DocumentationPipelineArgs
from stack.python_function import PythonFunction
from stack.webhook_api import WebhookApi

_ROUTES = (
    ("POST", "/webhooks/jira", functions.JIRA_WEBHOOK_HANDLER),
    ("POST", "/webhooks/approval", functions.APPROVAL_HANDLER),
    ("GET", "/reviews/{document_id}/{revision}", functions.REVIEW_PAGE),
)


def create_endpoints(
    name: str,
    args: DocumentationPipelineArgs,
    created: Mapping[str, PythonFunction],
    opts: pulumi.ResourceOptions,
) -> WebhookApi:
    """Create the API in front of the functions that answer HTTP."""
    return WebhookApi(
        f"{name}-api",
        {
            "api_name": pulumi.Output.concat(args["name_prefix"], "-api"),
            "description": "Jira's webhooks and the review pages",
            "routes": [
                {"method": method, "path": path, "function": created[shape.name].function}
                for method, path, shape in _ROUTES
            ],
            "log_retention_days": args["log_retention_days"],
        },
        opts,
    )
