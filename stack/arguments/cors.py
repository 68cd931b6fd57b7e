"""CORS: which web pages on other hosts may call an API, a function URL or a bucket."""

from collections.abc import Sequence
from typing import Any, NotRequired, TypedDict

import pulumi

from .validation import check_fields, check_range, known_value, reject, when_known

BUCKET_METHODS = ("GET", "HEAD", "PUT", "POST", "DELETE")
"""Methods that S3 accepts in CORS rules."""
URL_METHODS = (*BUCKET_METHODS, "PATCH", "*")
"""Methods that Lambda accepts in the CORS rules of a function URL."""
API_METHODS = (*URL_METHODS, "OPTIONS")
"""Methods that API Gateway accepts in CORS rules."""


class CorsRules(TypedDict):
    """CORS rules: which web pages on other hosts may call an API, a function URL or a bucket."""

    allow_origins: list[pulumi.Input[str]]
    """Origins such as `https://example.com`."""
    allow_methods: list[str]
    """Methods they may use; `*` for all (not supported by buckets)."""
    allow_headers: NotRequired[list[str]]
    """Headers they may send."""
    expose_headers: NotRequired[list[str]]
    """Response headers that they may read."""
    allow_credentials: NotRequired[bool]
    """Let them send cookies and other credentials; false by default, not supported by buckets."""
    max_age_seconds: NotRequired[int]
    """How long browsers may cache these rules, up to 86400 (a day)."""


def api_cors(rules: CorsRules) -> dict[str, Any]:
    """Return the rules as arguments of an API Gateway API or of a Lambda function URL."""
    return {
        "allow_origins": rules["allow_origins"],
        "allow_methods": rules["allow_methods"],
        "allow_headers": rules.get("allow_headers"),
        "expose_headers": rules.get("expose_headers"),
        "allow_credentials": rules.get("allow_credentials"),
        "max_age": rules.get("max_age_seconds"),
    }


def bucket_cors(rules: CorsRules) -> dict[str, Any]:
    """Return the rules as arguments of an S3 CORS configuration."""
    return {
        "allowed_origins": rules["allow_origins"],
        "allowed_methods": rules["allow_methods"],
        "allowed_headers": rules.get("allow_headers"),
        "expose_headers": rules.get("expose_headers"),
        "max_age_seconds": rules.get("max_age_seconds"),
    }


def check_cors(component: str, field: str, rules: CorsRules, methods: Sequence[str]) -> None:
    """Raise InvalidArgument for rules that browsers or AWS would reject; the service accepts only `methods`."""
    check_fields(f"{component}.{field}", rules, CorsRules)
    for method in rules["allow_methods"]:
        if method not in methods:
            reject(
                component,
                f"{field}.allow_methods",
                f"has {method!r}, which the service does not accept",
                f"Use only {', '.join(methods)}.",
            )

    def check_origin(origin: str) -> None:
        if origin != "*" and ("://" not in origin or origin.endswith("/")):
            fix = "Write scheme and host, without a slash at the end: https://example.com."
            reject(component, f"{field}.allow_origins", f"has {origin!r}, which is not an origin", fix)

    for origin in rules["allow_origins"]:
        when_known(origin, check_origin)
    if rules.get("allow_credentials") and "*" in map(known_value, rules["allow_origins"]):
        fix = "List the origins in `allow_origins`, e.g. https://example.com."
        reject(component, f"{field}.allow_credentials", "cannot be used with the origin `*`", fix)
    check_range(component, f"{field}.max_age_seconds", rules.get("max_age_seconds"), 0, 86400)
