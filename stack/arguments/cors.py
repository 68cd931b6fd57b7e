"""Which web pages of other hosts may call an API or read a bucket."""

from collections.abc import Sequence
from typing import Any, NotRequired, TypedDict

from .validation import check_fields, check_range, reject

BUCKET_METHODS = ("GET", "HEAD", "PUT", "POST", "DELETE")
"""What S3 knows."""
URL_METHODS = (*BUCKET_METHODS, "PATCH", "*")
"""What the URL of a function knows."""
API_METHODS = (*URL_METHODS, "OPTIONS")
"""What API Gateway knows."""


class CorsRules(TypedDict):
    """Which web pages of other hosts may call an API, the URL of a function, or a bucket."""

    allow_origins: list[str]
    """Origins such as `https://example.com`."""
    allow_methods: list[str]
    """Methods they may use; `*` for all, but not for buckets."""
    allow_headers: NotRequired[list[str]]
    """Headers they may send."""
    expose_headers: NotRequired[list[str]]
    """Headers of the answer that they may read."""
    allow_credentials: NotRequired[bool]
    """Send cookies and the like along; false by default, and not for buckets."""
    max_age_seconds: NotRequired[int]
    """How long browsers may remember the answer, up to a day."""


def api_cors(rules: CorsRules) -> dict[str, Any]:
    """Translate the rules into the spelling of API Gateway, and of Lambda for URLs of functions."""
    return {
        "allow_origins": rules["allow_origins"],
        "allow_methods": rules["allow_methods"],
        "allow_headers": rules.get("allow_headers"),
        "expose_headers": rules.get("expose_headers"),
        "allow_credentials": rules.get("allow_credentials"),
        "max_age": rules.get("max_age_seconds"),
    }


def bucket_cors(rules: CorsRules) -> dict[str, Any]:
    """Translate the rules into S3's spelling."""
    return {
        "allowed_origins": rules["allow_origins"],
        "allowed_methods": rules["allow_methods"],
        "allowed_headers": rules.get("allow_headers"),
        "expose_headers": rules.get("expose_headers"),
        "max_age_seconds": rules.get("max_age_seconds"),
    }


def check_cors(component: str, field: str, rules: CorsRules, methods: Sequence[str]) -> None:
    """Refuse what browsers or AWS would refuse; `methods` are those that the service knows."""
    check_fields(f"{component}.{field}", rules, CorsRules)
    for method in rules["allow_methods"]:
        if method not in methods:
            reject(
                component, f"{field}.allow_methods", f"has {method!r}", f"Use some of {', '.join(methods)}."
            )
    for origin in rules["allow_origins"]:
        if origin != "*" and ("://" not in origin or origin.endswith("/")):
            fix = "Write scheme and host, without a slash at the end: https://example.com."
            reject(component, f"{field}.allow_origins", f"has {origin!r}", fix)
    if rules.get("allow_credentials") and "*" in rules["allow_origins"]:
        reject(component, f"{field}.allow_credentials", "goes with no origin `*`", "Name the origins.")
    check_range(component, f"{field}.max_age_seconds", rules.get("max_age_seconds"), 0, 86400)
