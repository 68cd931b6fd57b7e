"""The arguments of WebhookApi and their validation."""

import re
from typing import NotRequired, TypedDict

import pulumi

from ..arguments.cors import API_METHODS, CorsRules, check_cors
from ..arguments.log_validation import check_logs
from ..arguments.tags import check_tags
from ..arguments.validation import check_arn, check_fields, check_text, check_together, reject
from .authorizer import FunctionAuthorizer, TokenIssuer, check_authorizers
from .route import WebhookRoute, check_routes, check_throttle


class WebhookApiArgs(TypedDict):
    """Routes, limits, authorization, logs and domain of the API."""

    routes: list[WebhookRoute]
    """All routes; any other request gets 404."""
    api_name: NotRequired[pulumi.Input[str]]
    """Name in AWS; Pulumi chooses one by default."""
    description: NotRequired[pulumi.Input[str]]
    """Description that AWS shows."""
    stage_name: NotRequired[str]
    """Name of the only stage, which is part of the URL; `prod` by default. With `$default` the URL has no stage."""
    rate_per_second: NotRequired[int]
    """Throttling rate limit of each route, in requests per second; 20 by default."""
    burst: NotRequired[int]
    """Throttling burst limit of each route, in requests; 40 by default."""
    log_retention_days: NotRequired[pulumi.Input[int]]
    """How long the access log is kept; 30 days by default."""
    log_key_arn: NotRequired[pulumi.Input[str]]
    """KMS key that encrypts the access log; its policy must allow `logs.REGION.amazonaws.com` to use it.
    CloudWatch's own key by default."""
    token_issuer: NotRequired[TokenIssuer]
    """Issuer of the tokens for routes with authorization `JWT`."""
    authorizer_function: NotRequired[FunctionAuthorizer]
    """Lambda authorizer of routes with authorization `FUNCTION`."""
    cors: NotRequired[CorsRules]
    """CORS rules; no calls from web pages on other hosts are allowed by default."""
    domain_name: NotRequired[pulumi.Input[str]]
    """Custom domain, e.g. `hooks.example.com`; needs `certificate_arn` or `zone_id`."""
    certificate_arn: NotRequired[pulumi.Input[str]]
    """ACM certificate of that domain, in the same region; by default one is created and validated in `zone_id`."""
    zone_id: NotRequired[pulumi.Input[str]]
    """Route 53 zone in which the domain's record is created; none by default, then create the DNS record yourself."""
    domain_path: NotRequired[str]
    """Path below the domain under which the API is served, e.g. `orders`; the root by default."""
    only_own_domain: NotRequired[bool]
    """Disable the URL that AWS generates; false by default, needs `domain_name`."""
    tags: NotRequired[pulumi.Input[dict[str, pulumi.Input[str]]]]
    """Tags of everything that the component creates; none by default. For the whole stack use `tag_stack`."""


def check_api(args: WebhookApiArgs) -> None:
    """Raise InvalidArgument for arguments that AWS would reject, or that are incomplete or contradict each other."""
    component = "WebhookApi"
    check_fields(component, args, WebhookApiArgs)
    check_tags(component, args.get("tags"))
    check_routes(component, args["routes"])
    check_authorizers(component, args["routes"], args.get("token_issuer"), args.get("authorizer_function"))
    check_throttle(component, "", args)
    check_logs(component, args)
    if "cors" in args:
        check_cors(component, "cors", args["cors"], API_METHODS)
    fix = "Use 1 to 128 letters, digits and `._/#-`: the log group of the access log is named after it."
    check_text(component, "api_name", args.get("api_name"), r"[A-Za-z0-9._/#-]{1,128}", fix)
    stage = args.get("stage_name", "prod")
    if not re.fullmatch(r"\$default|[A-Za-z0-9_-]{1,128}", stage):
        reject(component, "stage_name", f"is {stage!r}", "Use letters, digits, `-` and `_`, or `$default`.")
    if "domain_name" in args and "certificate_arn" not in args and "zone_id" not in args:
        reject(
            component, "domain_name", "needs a certificate",
            "Give `certificate_arn`, or `zone_id` of the Route 53 zone in which a certificate can be validated.",
        )  # fmt: skip
    for field in ("certificate_arn", "zone_id", "domain_path", "only_own_domain"):
        check_together(component, args, field, "domain_name")
    check_arn(component, "certificate_arn", args.get("certificate_arn"))
    fix = "Write only the host name, in lower-case letters: hooks.example.com."
    check_text(component, "domain_name", args.get("domain_name"), r"(\*\.)?([a-z0-9-]+\.)+[a-z0-9-]+", fix)
