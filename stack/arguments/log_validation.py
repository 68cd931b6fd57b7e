"""What CloudWatch Logs takes as retention and as key of a log group."""

from typing import Any

from .validation import known_value, reject

RETENTION_DAYS = (
    1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
)  # fmt: skip
"""The days for which CloudWatch Logs can keep lines; it knows no others."""


def check_logs(component: str, args: Any) -> None:
    """Refuse `log_retention_days` and `log_key_arn` that CloudWatch Logs would refuse."""
    days = known_value(args.get("log_retention_days"))
    if days is not None and days not in RETENTION_DAYS:
        nearest = min(RETENTION_DAYS, key=lambda one: (abs(one - days), -one))
        fix = f"CloudWatch knows {', '.join(map(str, RETENTION_DAYS))}; the nearest is {nearest}."
        reject(component, "log_retention_days", f"is {days}", fix)
    key = known_value(args.get("log_key_arn"))
    if key is not None and not str(key).startswith("arn:"):
        reject(
            component,
            "log_key_arn",
            f"is {key!r}, and CloudWatch Logs takes neither ids nor aliases",
            "Give the key's ARN, and let `logs.REGION.amazonaws.com` use the key in its policy.",
        )
