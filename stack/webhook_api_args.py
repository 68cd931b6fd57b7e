"""What WebhookApi wants to know, and what it refuses."""

from typing import NotRequired, TypedDict

import pulumi

from stack.arguments import check_fields, refuse
from stack.webhook_route import Authorization, TokenIssuer, WebhookRoute, check_routes


class CorsRules(TypedDict):
    """Which web pages of other hosts may call the API."""

    allow_origins: list[str]
    """Origins such as `https://example.com`."""
    allow_methods: list[str]
    """Methods they may use."""
    allow_headers: NotRequired[list[str]]
    """Headers they may send."""
    max_age_seconds: NotRequired[int]
    """How long browsers may remember the answer."""


class WebhookApiArgs(TypedDict):
    """Routes of the API and what surrounds them."""

    api_name: pulumi.Input[str]
    """Name in AWS."""
    routes: list[WebhookRoute]
    """All routes; a request for anything else gets 404."""
    description: NotRequired[pulumi.Input[str]]
    """What the API is for, as AWS shows it."""
    stage_name: NotRequired[str]
    """Name of the only stage, which is part of the URL; `prod` by default."""
    log_retention_days: NotRequired[pulumi.Input[int]]
    """How long the access log is kept; 30 days by default."""
    log_key_arn: NotRequired[pulumi.Input[str]]
    """KMS key that encrypts the access log; CloudWatch's own by default."""
    token_issuer: NotRequired[TokenIssuer]
    """Who issues the tokens of routes with authorization `JWT`."""
    cors: NotRequired[CorsRules]
    """Calls from web pages of other hosts; refused by default."""
    domain_name: NotRequired[pulumi.Input[str]]
    """Domain of your own, e.g. `hooks.example.com`; needs `certificate_arn`."""
    certificate_arn: NotRequired[pulumi.Input[str]]
    """Certificate of that domain, from ACM in the same region."""


def check_api(args: WebhookApiArgs) -> None:
    """Refuse routes that AWS would refuse, or that would shadow each other."""
    component = "WebhookApi"
    check_fields(component, args, WebhookApiArgs)
    check_routes(component, args["routes"])
    if ("domain_name" in args) != ("certificate_arn" in args):
        refuse(component, "domain_name", "and `certificate_arn` need each other", "Give both or none.")
    signed_in = any(
        Authorization(r.get("authorization", "NONE")) is Authorization.JWT for r in args["routes"]
    )
    if signed_in != ("token_issuer" in args):
        refuse(
            component,
            "token_issuer",
            "and routes with authorization JWT need each other",
            "Give both or none.",
        )
