"""The pipeline's HTTP API: the two webhook endpoints for Jira and the review pages."""

from collections.abc import Mapping

import pulumi

from ..function.python_function import PythonFunction
from ..http_api.webhook_api import WebhookApi
from . import functions
from .account import given
from .args import DocumentationPipelineArgs

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
    """Create the API with its routes to the functions in `created`."""
    return WebhookApi(
        f"{name}-api",
        api_name=pulumi.Output.concat(args["name_prefix"], "-api"),
        description="Jira's webhooks and the review pages",
        routes=[
            {"method": method, "path": path, "function": created[shape.name]}
            for method, path, shape in _ROUTES
        ],
        log_retention_days=args["log_retention_days"],
        opts=opts,
        **given(
            args,
            log_key_arn="key_arn",
            domain_name="domain_name",
            certificate_arn="certificate_arn",
            zone_id="zone_id",
        ),
    )
