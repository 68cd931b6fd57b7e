"""What WebhookApi wants to know, and what it refuses."""

import re
from typing import NotRequired, TypedDict

import pulumi

from ..arguments.cors import API_METHODS, CorsRules, check_cors
from ..arguments.log_validation import check_logs
from ..arguments.validation import check_arn, check_fields, check_together, known_value, reject
from .authorizer import FunctionAuthorizer, TokenIssuer, check_authorizers
from .route import WebhookRoute, check_routes, check_throttle


class WebhookApiArgs(TypedDict):
    """Routes of the API and what surrounds them."""

    api_name: pulumi.Input[str]
    """Name in AWS."""
    routes: list[WebhookRoute]
    """All routes; a request for anything else gets 404."""
    description: NotRequired[pulumi.Input[str]]
    """What the API is for, as AWS shows it."""
    stage_name: NotRequired[str]
    """Name of the only stage, which is part of the URL; `prod` by default, `$default` for none in the URL."""
    rate_per_second: NotRequired[int]
    """Requests per second that each route lets through in the long run; 20 by default."""
    burst: NotRequired[int]
    """Requests that each route lets through at once; 40 by default."""
    log_retention_days: NotRequired[pulumi.Input[int]]
    """How long the access log is kept; 30 days by default."""
    log_key_arn: NotRequired[pulumi.Input[str]]
    """KMS key that encrypts the access log, and whose policy lets `logs.REGION.amazonaws.com` use it;
    CloudWatch's own by default."""
    token_issuer: NotRequired[TokenIssuer]
    """Who issues the tokens of routes with authorization `JWT`."""
    authorizer_function: NotRequired[FunctionAuthorizer]
    """The function that decides about routes with authorization `FUNCTION`."""
    cors: NotRequired[CorsRules]
    """Calls from web pages of other hosts; refused by default."""
    domain_name: NotRequired[pulumi.Input[str]]
    """Domain of your own, e.g. `hooks.example.com`; needs `certificate_arn` or `zone_id`."""
    certificate_arn: NotRequired[pulumi.Input[str]]
    """Certificate of that domain, from ACM in the same region; one is made in `zone_id` by default."""
    zone_id: NotRequired[pulumi.Input[str]]
    """Route 53 zone that gets the domain's record; DNS stays yours by default."""
    domain_path: NotRequired[str]
    """Path below the domain that this API has, e.g. `orders`; all of the domain by default."""
    only_own_domain: NotRequired[bool]
    """Refuse calls to the URL that AWS made up; false by default, needs `domain_name`."""


def check_api(args: WebhookApiArgs) -> None:
    """Refuse routes that AWS would refuse or that would shadow each other, and halves of pairs."""
    component = "WebhookApi"
    check_fields(component, args, WebhookApiArgs)
    check_routes(component, args["routes"])
    check_authorizers(component, args["routes"], args.get("token_issuer"), args.get("authorizer_function"))
    check_throttle(component, "", args)
    check_logs(component, args)
    if "cors" in args:
        check_cors(component, "cors", args["cors"], API_METHODS)
    name = known_value(args["api_name"])
    if name is not None and not re.fullmatch(r"[A-Za-z0-9._/#-]{1,128}", name):
        fix = "Use letters, digits and `._/#-`: the access log's group is named after it."
        reject(component, "api_name", f"is {name!r}", fix)
    stage = args.get("stage_name", "prod")
    if not re.fullmatch(r"\$default|[A-Za-z0-9_-]{1,128}", stage):
        reject(component, "stage_name", f"is {stage!r}", "Use letters, digits, `-` and `_`, or `$default`.")
    if "domain_name" in args and "certificate_arn" not in args and "zone_id" not in args:
        reject(
            component, "domain_name", "needs a certificate",
            "Give `certificate_arn`, or `zone_id` of the Route 53 zone in which one can be made.",
        )  # fmt: skip
    for field in ("certificate_arn", "zone_id", "domain_path", "only_own_domain"):
        check_together(component, args, field, "domain_name")
    check_arn(component, "certificate_arn", args.get("certificate_arn"))
    domain = known_value(args.get("domain_name"))
    if domain is not None and not re.fullmatch(r"(\*\.)?([a-z0-9-]+\.)+[a-z0-9-]+", domain):
        reject(
            component,
            "domain_name",
            f"is {domain!r}",
            "Write a host only, in small letters: hooks.example.com.",
        )
