"""Which web pages of other hosts may call an API or read a bucket."""

from typing import Any, NotRequired, TypedDict

from stack.arguments import check_fields, check_range, refuse


class CorsRules(TypedDict):
    """Which web pages of other hosts may call."""

    allow_origins: list[str]
    """Origins such as `https://example.com`."""
    allow_methods: list[str]
    """Methods they may use."""
    allow_headers: NotRequired[list[str]]
    """Headers they may send."""
    expose_headers: NotRequired[list[str]]
    """Headers of the answer that they may read."""
    allow_credentials: NotRequired[bool]
    """Send cookies and the like along; false by default, and not for buckets."""
    max_age_seconds: NotRequired[int]
    """How long browsers may remember the answer, up to a day."""


def api_cors(rules: CorsRules) -> dict[str, Any]:
    """Translate the rules into API Gateway's spelling."""
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


def check_cors(component: str, rules: CorsRules) -> None:
    """Refuse what browsers or AWS would refuse."""
    check_fields(f"{component}.cors", rules, CorsRules)
    for origin in rules["allow_origins"]:
        if origin != "*" and ("://" not in origin or origin.endswith("/")):
            fix = "Write scheme and host, without a slash at the end: https://example.com."
            refuse(component, "cors.allow_origins", f"has {origin!r}", fix)
    if rules.get("allow_credentials") and "*" in rules["allow_origins"]:
        refuse(component, "cors.allow_credentials", "goes with no origin `*`", "Name the origins.")
    check_range(component, "cors.max_age_seconds", rules.get("max_age_seconds"), 0, 86400)
